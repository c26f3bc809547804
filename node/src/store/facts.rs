//! All that `evaluate` reads, out of the store.

use super::record::{Kind, Record};
use super::{
    Store, StoreFault, case, contact, directory, event, exemption, leader, liaison, pairing, report,
};
use super::{review, service, setting, talent, unit};
use rusqlite::Connection;
use std::collections::BTreeMap;
use zhuji_protocol::directory::Directory;
use zhuji_protocol::facts::{self, Facts};

impl Store {
    /// The records as facts to be judged; see [`facts_of`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts(&mut self) -> Result<Facts, StoreFault> {
        self.reading(facts_of)
    }
}

/// All that `evaluate` reads, in the order of entry: the records, and as units the office, its members that are not
/// closed, and whatever of the directory is known here.
///
/// # Errors
/// When the store cannot be read.
pub fn facts_of(db: &Connection) -> Result<Facts, StoreFault> {
    let mut facts = recorded(db)?;
    let office = setting::office(db)?;
    let recorded_units =
        unit::all(db)?.into_iter().filter(|unit| unit.closed_on.is_none()).map(|unit| unit.facts);
    let mut units: BTreeMap<String, facts::Unit> =
        recorded_units.map(|unit| (unit.code.clone(), unit)).collect();
    units.extend(published(&directory::published(db)?));
    units.entry(office.unit.to_string()).or_insert_with(|| facts::Unit {
        code: office.unit.to_string(),
        name: office.name,
        level: office.level,
        parent: None,
    });
    facts.units = units.into_values().collect();
    Ok(facts)
}

/// What a folder carries: the records, and units as they were imported or made here.
///
/// The office's own row is only added where leaving it out would make the folder refuse what refers to it: a row too
/// many would ask a rule too many.
///
/// # Errors
/// When the store cannot be read.
pub fn facts_to_export(db: &Connection, policy_unit: Option<&str>) -> Result<Facts, StoreFault> {
    let mut facts = recorded(db)?;
    facts.units = unit::all(db)?.into_iter().map(|unit| unit.facts).collect();
    for (code, unit) in published(&directory::published(db)?) {
        if !facts.units.iter().any(|known| known.code == code) {
            facts.units.push(unit);
        }
    }
    let office = setting::office(db)?;
    let own = office.unit.as_str();
    let is_listed = facts.units.iter().any(|unit| unit.code == own);
    if !facts.units.is_empty() && !is_listed && policy_unit != Some(own) && refers_to(&facts, own) {
        let (code, name, level) = (own.to_owned(), office.name, office.level);
        facts.units.push(facts::Unit { code, name, level, parent: None });
    }
    Ok(facts)
}

fn refers_to(facts: &Facts, unit: &str) -> bool {
    let leaders = facts.leaders.iter().map(|leader| leader.unit.as_deref());
    let talents = facts.talents.iter().map(|talent| talent.unit.as_deref());
    let services = facts.services.iter().map(|service| service.unit.as_deref());
    let reports = facts.reports.iter().map(|report| Some(report.unit.as_str()));
    let liaisons = facts.liaisons.iter().map(|liaison| Some(liaison.unit.as_str()));
    let reviews = facts.reviews.iter().map(|review| Some(review.unit.as_str()));
    leaders
        .chain(talents)
        .chain(services)
        .chain(reports)
        .chain(liaisons)
        .chain(reviews)
        .flatten()
        .any(|of| of == unit)
}

/// The units of a directory that still stand, as facts.
fn published(directory: &Directory) -> impl Iterator<Item = (String, facts::Unit)> {
    directory.entries().filter_map(|entry| {
        let span = entry.spans.last().filter(|span| span.to.is_none())?;
        let attributes = &span.attributes;
        let unit = facts::Unit {
            code: entry.id.to_string(),
            name: attributes.name.clone(),
            level: attributes.level,
            parent: attributes.parent.as_ref().map(ToString::to_string),
        };
        Some((unit.code.clone(), unit))
    })
}

/// The records without units.
fn recorded(db: &Connection) -> Result<Facts, StoreFault> {
    Ok(Facts {
        units: Vec::new(),
        leaders: leader::all(db)?,
        talents: talent::all(db)?,
        pairings: pairing::all(db)?
            .into_iter()
            .filter(|pairing| pairing.stage == pairing::Stage::Active)
            .map(|pairing| pairing.facts)
            .collect(),
        contacts: contact::all(db)?,
        cases: case::all(db)?.into_iter().map(|case| case.facts).collect(),
        events: event::all(db)?.into_iter().map(|event| event.facts).collect(),
        services: service::all(db)?.into_iter().map(|service| service.facts).collect(),
        reports: report::all(db)?,
        liaisons: liaison::all(db)?.into_iter().map(|liaison| liaison.facts).collect(),
        reviews: review::all(db)?.into_iter().map(|review| review.facts).collect(),
        exemptions: exemption::all(db)?.into_iter().map(|exemption| exemption.facts).collect(),
    })
}

/// Reads the fields of one kind of record.
type Reader = fn(&Connection, &str) -> Result<BTreeMap<&'static str, String>, StoreFault>;

/// What a record holds now, by the words of the audit trail; nothing if it was taken out.
pub(super) fn fields_of(
    db: &Connection,
    kind: &str,
    id: &str,
) -> Result<BTreeMap<&'static str, String>, StoreFault> {
    fn fields<R: Record>(db: &Connection, id: &str) -> Result<BTreeMap<&'static str, String>, StoreFault> {
        Ok(R::find(db, id)?.map(|record| record.fields().into_iter().collect()).unwrap_or_default())
    }
    let readers: [(Kind, Reader); 12] = [
        (Kind::Leader, fields::<facts::Leader>),
        (Kind::Talent, fields::<facts::Talent>),
        (Kind::Pairing, fields::<pairing::Pairing>),
        (Kind::Contact, fields::<facts::Contact>),
        (Kind::Case, fields::<case::Case>),
        (Kind::Event, fields::<event::Event>),
        (Kind::Service, fields::<service::Service>),
        (Kind::Report, fields::<facts::Report>),
        (Kind::Liaison, fields::<liaison::Liaison>),
        (Kind::Review, fields::<review::Review>),
        (Kind::Exemption, fields::<exemption::Exemption>),
        (Kind::Unit, fields::<unit::Unit>),
    ];
    match readers.iter().find(|(known, _)| known.word() == kind) {
        Some((_, read)) => read(db, id),
        None => Ok(BTreeMap::new()),
    }
}
