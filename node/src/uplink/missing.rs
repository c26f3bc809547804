//! Month by month, what the hub had of this office before a restore against what the records come to now.

use crate::store::{self, StoreFault, uplink};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::{Shortfall, Summary};

/// The months that lack something, with what they lack. What was entered again meanwhile is counted, sent or not.
///
/// # Errors
/// When the store cannot be read.
pub fn shortfalls(
    db: &rusqlite::Connection,
    today: NaiveDate,
) -> Result<BTreeMap<Month, Vec<Shortfall>>, StoreFault> {
    let missed = uplink::missed_months(db)?;
    if missed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let calendar = store::directory::calendar(db)?;
    let office = store::judging::office(db, &calendar)?;
    let now: BTreeMap<Month, Summary> =
        office.summaries(&calendar, &store::facts_of(db)?, today).into_iter().collect();
    let nothing = Summary::default();
    let short = missed.into_iter().map(|(month, known)| {
        let now = now.get(&month).unwrap_or(&nothing);
        (month, now.shortfalls(&known))
    });
    Ok(short.filter(|(_, short)| !short.is_empty()).collect())
}

#[cfg(test)]
mod tests;
