//! Who reports, rolled up: moved by the difference of what was heard, counted afresh where places changed.

use super::row;
use crate::store::attendance::{Attending, kept_bytes, kept_reporting};
use crate::store::{StoreFault, Territory};
use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::unit::UnitId;

/// What was added and what was taken, by unit.
pub(super) type Differences = BTreeMap<UnitId, (Reporting, Reporting)>;

/// Whether the rows are those of this territory and of this day's places.
pub(super) fn holds(db: &Connection, territory: &Territory, today: NaiveDate) -> Result<bool, StoreFault> {
    let counted: Option<(NaiveDate, u64)> = db
        .prepare_cached("SELECT day, territory FROM attendance_counted")?
        .query_row([], |row| Ok((row::date(row, "day")?, row::mark(row, "territory")?)))
        .optional()?;
    Ok(counted.is_some_and(|(day, version)| {
        version == territory.version && !territory.directory.turns_between(day, today)
    }))
}

/// Says that the rows hold for a day and a territory.
pub(super) fn counted(db: &Connection, day: NaiveDate, territory: u64) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO attendance_counted (one, day, territory) VALUES (1, :day, :territory)
         ON CONFLICT (one) DO UPDATE SET day = excluded.day, territory = excluded.territory
          WHERE day <> excluded.day OR territory <> excluded.territory",
    )?
    .execute(named_params! { ":day": day.to_string(), ":territory": territory.cast_signed() })?;
    Ok(())
}

/// What counts at a unit.
pub(super) fn of_unit(db: &Connection, unit: &UnitId) -> Result<Reporting, StoreFault> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM attendance WHERE unit = :unit")?
        .query_row(named_params! { ":unit": unit.as_str() }, |row| row.get(0))
        .optional()?;
    body.map_or_else(
        || Ok(Reporting::default()),
        |body| kept_reporting(&body).map_err(|_| StoreFault::Unreadable("attendance")),
    )
}

fn put(db: &Connection, unit: &UnitId, sum: &Reporting) -> Result<(), StoreFault> {
    if *sum == Reporting::default() {
        db.prepare_cached("DELETE FROM attendance WHERE unit = :unit")?
            .execute(named_params! { ":unit": unit.as_str() })?;
        return Ok(());
    }
    let body = kept_bytes(sum).map_err(|_| StoreFault::TooLong)?;
    db.prepare_cached(
        "INSERT INTO attendance (unit, body) VALUES (:unit, :body)
         ON CONFLICT (unit) DO UPDATE SET body = excluded.body",
    )?
    .execute(named_params! { ":unit": unit.as_str(), ":body": body })?;
    Ok(())
}

pub(super) fn move_by(db: &Connection, differences: &Differences) -> Result<(), StoreFault> {
    for (unit, (added, taken)) in differences {
        if added == taken {
            continue;
        }
        let mut sum = of_unit(db, unit)?;
        sum.add(added);
        sum.subtract(taken);
        put(db, unit, &sum)?;
    }
    Ok(())
}

pub(super) fn count_afresh(db: &Connection, lines: &[Attending]) -> Result<(), StoreFault> {
    let mut sums: BTreeMap<&UnitId, Reporting> = BTreeMap::new();
    for line in lines {
        for unit in &line.chain {
            sums.entry(unit).or_default().add(&line.reporting);
        }
    }
    db.execute("DELETE FROM attendance", [])?;
    for (unit, sum) in sums {
        put(db, unit, &sum)?;
    }
    Ok(())
}
