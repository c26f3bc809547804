//! The directory as hubs publish it, and the office itself until they do; notices of holidays beside it.

use super::{Act, Change, Kind, StoreFault, setting, unit};
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::directory::{Directory, Entry};

/// The directory. Without any network it holds the office and its members alone.
///
/// # Errors
/// When the store cannot be read.
pub fn read(db: &Connection) -> Result<Directory, StoreFault> {
    let office = setting::office(db)?;
    let mut directory =
        Directory::new([Entry::always(office.unit.clone(), &office.name, office.level, None)]);
    for member in unit::members(db)? {
        if let Ok(id) = member.facts.code.parse() {
            let host = Some(office.unit.clone());
            directory.put(Entry::always(id, &member.facts.name, member.facts.level, host));
        }
    }
    for entry in published(db)?.entries() {
        directory.put(entry.clone());
    }
    Ok(directory)
}

/// What hubs have published of it.
///
/// # Errors
/// When the store cannot be read.
pub fn published(db: &Connection) -> Result<Directory, StoreFault> {
    let mut directory = Directory::new([]);
    let mut statement = db.prepare_cached("SELECT entry FROM directory_entry ORDER BY unit")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        match serde_json::from_str(text) {
            Ok(entry) => directory.put(entry),
            // Only a store changed by hand comes here; the rest works on.
            Err(error) => tracing::warn!(%error, "a directory entry cannot be read"),
        }
    }
    Ok(directory)
}

/// Takes an entry from a hub.
///
/// # Errors
/// When the store cannot be written.
pub fn receive(change: &Change<'_>, entry: &Entry) -> Result<(), StoreFault> {
    let text = serde_json::to_string(entry).map_err(|error| StoreFault::Io(error.into()))?;
    change
        .prepare_cached(
            "INSERT INTO directory_entry (unit, entry) VALUES (:unit, :entry)
             ON CONFLICT (unit) DO UPDATE SET entry = excluded.entry",
        )?
        .execute(named_params! { ":unit": entry.id.as_str(), ":entry": text })?;
    change.enter(Act::Receive, Kind::Directory, entry.id.as_str(), &[("entry", text)], &BTreeMap::new())
}

/// The shipped notices of holidays with newer ones over them.
///
/// # Errors
/// When the store cannot be read.
pub fn calendar(db: &Connection) -> Result<Calendar, StoreFault> {
    let mut calendar = Calendar::shipped().clone();
    let mut statement = db.prepare_cached("SELECT days FROM calendar_notice ORDER BY year")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        match Calendar::parse(text) {
            Ok(newer) => calendar = calendar.updated_by(&newer),
            Err(_) => tracing::warn!("a stored notice of holidays cannot be read"),
        }
    }
    Ok(calendar)
}

/// Takes a year's notice from a hub, laid out as the shipped file.
///
/// # Errors
/// When the store cannot be written.
pub fn receive_notice(change: &Change<'_>, year: i32, days: &str) -> Result<(), StoreFault> {
    change
        .prepare_cached(
            "INSERT INTO calendar_notice (year, days) VALUES (:year, :days)
             ON CONFLICT (year) DO UPDATE SET days = excluded.days",
        )?
        .execute(named_params! { ":year": year, ":days": days })?;
    let fields = [("days", days.to_owned())];
    change.enter(Act::Receive, Kind::Setting, &format!("calendar-{year}"), &fields, &BTreeMap::new())
}
