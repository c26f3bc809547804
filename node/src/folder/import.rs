//! Facts become records: new ones are added, changed ones updated, and what is only known here is kept.

use crate::store::case::Case;
use crate::store::event::Event;
use crate::store::exemption::Exemption;
use crate::store::liaison::Liaison;
use crate::store::pairing::{Pairing, Stage};
use crate::store::review::Review;
use crate::store::service::Service;
use crate::store::unit::Unit;
use crate::store::{
    Act, Answer, Change, Db, Effect, Kind, Office, Record, StoreFault, contact, directory, exemption, leader,
    liaison, pairing, review, setting, talent, unit,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_protocol::facts::{self, Facts, Known};
use zhuji_protocol::unit::UnitId;

/// What taking over facts did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Records that were added or changed, in the order of the files.
    pub lines: Vec<Line>,
    /// How many stood there as they are, by kind.
    pub same: BTreeMap<Kind, usize>,
    /// The day from which the office is judged now, if older history moved it.
    pub since: Option<NaiveDate>,
}

/// One record that was added or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What was done.
    pub effect: Effect,
}

/// What is recorded already, so that rows of a folder may refer to it.
///
/// # Errors
/// When the store cannot be read.
pub fn known(db: &Db) -> Result<Known, StoreFault> {
    let directory = directory::read(db)?;
    let units = directory.entries().map(|entry| entry.id.to_string());
    Ok(Known {
        units: units.chain(unit::all(db)?.into_iter().map(|unit| unit.facts.code)).collect(),
        leaders: leader::all(db)?.into_iter().map(|leader| leader.id).collect(),
        talents: talent::all(db)?.into_iter().map(|talent| talent.id).collect(),
        contacts: contact::all(db)?.into_iter().map(|contact| contact.id).collect(),
        pairings: pairing::all(db)?
            .into_iter()
            .filter(|pairing| pairing.stage == Stage::Active)
            .map(|pairing| pairing.facts)
            .collect(),
    })
}

/// Takes over facts, within a change of the caller's: all of it or nothing.
///
/// # Errors
/// When the store refuses a record.
pub fn apply(
    change: &Change<'_>,
    office: &Office,
    facts: &Facts,
    mut step: impl FnMut(),
) -> Result<Imported, StoreFault> {
    let mut taking = Taking { change, imported: Imported::default(), step: &mut step };
    for row in &facts.units {
        taking.put(&unit_of(row, Unit::find(change, &row.code)?, office))?;
    }
    for row in &facts.leaders {
        taking.put(row)?;
    }
    for row in &facts.talents {
        taking.put(row)?;
    }
    for row in &facts.pairings {
        taking.put(&pairing_of(row, Pairing::find(change, &row.id)?))?;
    }
    for row in &facts.contacts {
        taking.put(row)?;
    }
    for row in &facts.cases {
        let before = Case::find(change, &row.id)?;
        let (demand, in_person) = before.map(|case| (case.demand, case.in_person)).unwrap_or_default();
        taking.put(&Case { facts: row.clone(), demand, in_person })?;
    }
    for row in &facts.events {
        let note = Event::find(change, &row.id)?.map(|event| event.note).unwrap_or_default();
        taking.put(&Event { facts: row.clone(), note })?;
    }
    for row in &facts.services {
        let note = Service::find(change, &row.id)?.map(|service| service.note).unwrap_or_default();
        taking.put(&Service { facts: row.clone(), note })?;
    }
    for row in &facts.reports {
        taking.put(row)?;
    }
    for row in last_of_each(&facts.liaisons, |row| (&row.unit, &row.name, row.from)) {
        let id = taking.id_of::<Liaison>(liaison::same_as(change, row))?;
        taking.put(&Liaison { id, facts: row.clone() })?;
    }
    for row in last_of_each(&facts.reviews, |row| (&row.unit, row.date)) {
        let id = taking.id_of::<Review>(review::same_as(change, row))?;
        taking.put(&Review { id, facts: row.clone() })?;
    }
    for row in last_of_each(&facts.exemptions, |row| (&row.rule, &row.subject, &row.period)) {
        let id = taking.id_of::<Exemption>(exemption::same_as(change, row))?;
        taking.put(&Exemption { id, facts: row.clone() })?;
    }
    let mut imported = taking.imported;
    if let Some(earliest) = earliest_happening(facts) {
        imported.since = setting::move_since(change, earliest)?;
    }
    Ok(imported)
}

struct Taking<'a, 'c> {
    change: &'a Change<'c>,
    imported: Imported,
    step: &'a mut dyn FnMut(),
}

impl Taking<'_, '_> {
    fn put<R: Record>(&mut self, record: &R) -> Result<(), StoreFault> {
        match self.change.put(Act::Import, record)? {
            Effect::Same => *self.imported.same.entry(R::KIND).or_default() += 1,
            effect => self.imported.lines.push(Line { kind: R::KIND, id: record.id().to_owned(), effect }),
        }
        (self.step)();
        Ok(())
    }

    /// The id of the record that a row without one is already, else a new one.
    fn id_of<R: Record>(&self, found: Answer<Option<R>>) -> Result<String, StoreFault> {
        match found? {
            Some(record) => Ok(record.id().to_owned()),
            None => self.change.next_id(R::KIND),
        }
    }
}

/// Rows without an id are the same record if they agree in what names it; the last of them stands, so that a folder
/// taken over twice changes nothing.
fn last_of_each<'a, T, K: Ord>(rows: &'a [T], name: impl Fn(&'a T) -> K) -> impl Iterator<Item = &'a T> {
    let last: BTreeMap<K, usize> = rows.iter().enumerate().map(|(place, row)| (name(row), place)).collect();
    let mut places: Vec<usize> = last.into_values().collect();
    places.sort_unstable();
    places.into_iter().map(|place| &rows[place])
}

fn unit_of(row: &facts::Unit, before: Option<Unit>, office: &Office) -> Unit {
    let id = row.code.parse::<UnitId>().ok();
    let member = id.is_some_and(|id| id.is_private_member() && id.host().as_ref() == Some(&office.unit));
    Unit { facts: row.clone(), member, closed_on: before.and_then(|unit| unit.closed_on) }
}

/// A pairing of a folder was activated; how it came about may be known here.
fn pairing_of(row: &facts::Pairing, before: Option<Pairing>) -> Pairing {
    let nothing = Pairing {
        facts: row.clone(),
        stage: Stage::Active,
        nominated_on: None,
        confirmed_on: None,
        agreed_on: None,
    };
    Pairing { facts: row.clone(), stage: Stage::Active, ..before.unwrap_or(nothing) }
}

/// The earliest contact, service, review, report, case or event; the roster's dates do not count (design, section 3).
fn earliest_happening(facts: &Facts) -> Option<NaiveDate> {
    happenings(facts).min()
}

/// How many happenings are dated later than today: they count for nothing until their day comes, and most are slips.
#[must_use]
pub fn ahead_of(facts: &Facts, today: NaiveDate) -> usize {
    happenings(facts).filter(|date| *date > today).count()
}

fn happenings(facts: &Facts) -> impl Iterator<Item = NaiveDate> {
    let contacts = facts.contacts.iter().map(|contact| contact.date);
    let services = facts.services.iter().map(|service| service.date);
    let reviews = facts.reviews.iter().map(|review| review.date);
    let reports = facts.reports.iter().filter_map(|report| report.submitted_on);
    let cases = facts.cases.iter().map(|case| case.received_on);
    let events = facts.events.iter().map(|event| event.happened_on);
    contacts.chain(services).chain(reviews).chain(reports).chain(cases).chain(events)
}
