//! All that `evaluate` reads, out of the store.

use super::record::{Kind, Record};
use super::{
    Store, StoreFault, case, contact, event, exemption, leader, liaison, pairing, report, review, service,
};
use super::{talent, unit};
use rusqlite::Connection;
use std::collections::BTreeMap;
use zhuji_protocol::facts::{self, Facts};

impl Store {
    /// The records as facts, in the order of entry: all that `evaluate` reads, and what a folder carries.
    ///
    /// Units are those recorded here; the directory's are added where a judge needs them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts(&mut self) -> Result<Facts, StoreFault> {
        self.reading(facts_of)
    }
}

/// The same within a reading transaction.
///
/// # Errors
/// When the store cannot be read.
pub fn facts_of(db: &Connection) -> Result<Facts, StoreFault> {
    Ok(Facts {
        units: unit::all(db)?.into_iter().map(|unit| unit.facts).collect(),
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
