//! What a store knows of itself: whose it is, and since when it judges.

use super::{Act, Change, Kind, StoreFault};
use chrono::{Datelike, NaiveDate};
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use std::path::PathBuf;
use zhuji_protocol::unit::{Level, UnitId};

/// The office whose store this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its id in the directory.
    pub unit: UnitId,
    /// Its name, as given at `init`.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Verdicts due before this day are left out (design, section 3).
    pub since: NaiveDate,
}

/// The office.
///
/// # Errors
/// When the store cannot be read, or was never initialised.
pub fn office(db: &Connection) -> Result<Office, StoreFault> {
    let uninitialised = || StoreFault::NotAStore(PathBuf::from(db.path().unwrap_or_default()));
    let read = |key| value(db, key)?.ok_or_else(uninitialised);
    Ok(Office {
        unit: read("unit")?.parse().map_err(|_| uninitialised())?,
        name: read("name")?,
        level: Level::from_word(&read("level")?).ok_or_else(uninitialised)?,
        since: read("since")?.parse().map_err(|_| uninitialised())?,
    })
}

pub(super) fn write_office(change: &Change<'_>, office: &Office) -> Result<(), StoreFault> {
    let settings = [
        ("unit", office.unit.to_string()),
        ("name", office.name.clone()),
        ("level", office.level.word().to_owned()),
        ("since", office.since.to_string()),
    ];
    for (key, value) in &settings {
        store(change, key, value)?;
    }
    change.enter(Act::Init, Kind::Setting, office.unit.as_str(), &settings, &BTreeMap::new())
}

/// The office was made by a wrong clock: judging begins on this day instead.
///
/// # Errors
/// When the store cannot be written.
pub fn mend_since(change: &Change<'_>, day: NaiveDate) -> Result<(), StoreFault> {
    write(change, Act::Receive, "since", &day.to_string())
}

/// History was taken over: judging begins with the year of its earliest day, if that is earlier than now.
///
/// # Errors
/// When the store cannot be written.
pub fn move_since(change: &Change<'_>, earliest: NaiveDate) -> Result<Option<NaiveDate>, StoreFault> {
    let office = office(change)?;
    let first_of_year = NaiveDate::from_ymd_opt(earliest.year(), 1, 1).unwrap_or(earliest);
    if first_of_year >= office.since {
        return Ok(None);
    }
    write(change, Act::Import, "since", &first_of_year.to_string())?;
    Ok(Some(first_of_year))
}

/// How many records of each kind there are.
///
/// # Errors
/// When the store cannot be read.
pub fn counts(db: &Connection) -> Result<Vec<(&'static str, i64)>, StoreFault> {
    Kind::of_records()
        .map(|kind| {
            // The table's name comes from our own list of kinds.
            let sql = format!("SELECT count(*) FROM {}", kind.table());
            Ok((kind.plural(), db.query_row(&sql, [], |row| row.get(0))?))
        })
        .collect()
}

/// The value of a setting.
///
/// # Errors
/// When the store cannot be read.
pub fn value(db: &Connection, key: &str) -> Result<Option<String>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT value FROM setting WHERE key = :key")?
        .query_row(named_params! { ":key": key }, |row| row.get(0))
        .optional()?)
}

/// Writes a setting, with its audit entry.
///
/// # Errors
/// When the store cannot be written.
pub fn write(change: &Change<'_>, act: Act, key: &'static str, value: &str) -> Result<(), StoreFault> {
    let old = self::value(change, key)?;
    if old.as_deref() == Some(value) {
        return Ok(());
    }
    store(change, key, value)?;
    let old: BTreeMap<_, _> = old.map(|old| (key, old)).into_iter().collect();
    change.enter(act, Kind::Setting, key, &[(key, value.to_owned())], &old)
}

fn store(db: &Connection, key: &str, value: &str) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO setting (key, value) VALUES (:key, :value)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(named_params! { ":key": key, ":value": value })?;
    Ok(())
}
