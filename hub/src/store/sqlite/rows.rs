//! The roll-up: one row an ancestor and month, moved by exact differences.

use super::fault::unreadable;
use super::row;
use crate::store::StoreFault;
use crate::store::rolling::{row_bytes, row_of};
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, RollupRow};
use zhuji_protocol::unit::UnitId;

/// Moves every row by its difference; a row that comes to nothing goes.
pub(super) fn move_by(db: &Connection, differences: &Contributions) -> Result<(), StoreFault> {
    for ((unit, month), difference) in differences {
        let mut sum = one(db, unit, *month)?;
        sum.add(difference);
        if sum.is_zero() {
            db.prepare_cached("DELETE FROM rollup WHERE unit = :unit AND month = :month")?
                .execute(named_params! { ":unit": unit.as_str(), ":month": month.number() })?;
        } else {
            let body = row_bytes(&sum).map_err(|_| StoreFault::TooLong)?;
            db.prepare_cached(
                "INSERT INTO rollup (unit, month, body) VALUES (:unit, :month, :body)
                 ON CONFLICT (unit, month) DO UPDATE SET body = excluded.body",
            )?
            .execute(named_params! { ":unit": unit.as_str(), ":month": month.number(), ":body": body })?;
        }
    }
    Ok(())
}

fn one(db: &Connection, unit: &UnitId, month: Month) -> Result<RollupRow, StoreFault> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM rollup WHERE unit = :unit AND month = :month")?
        .query_row(named_params! { ":unit": unit.as_str(), ":month": month.number() }, |row| row.get(0))
        .optional()?;
    body.map_or_else(|| Ok(RollupRow::default()), |body| row_of(&body).map_err(unreadable("roll-up")))
}

/// The rows of a unit up to a month, all of them without one.
pub(super) fn of_unit(
    db: &Connection,
    unit: &UnitId,
    last: Option<Month>,
) -> Result<BTreeMap<Month, RollupRow>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT month, body FROM rollup WHERE unit = :unit AND month <= :last ORDER BY month",
    )?;
    let mut found = statement.query(named_params! {
        ":unit": unit.as_str(),
        ":last": last.map_or(i32::MAX, Month::number),
    })?;
    let mut rows = BTreeMap::new();
    while let Some(row) = found.next()? {
        let month = Month::from_number(row.get("month")?).ok_or(StoreFault::Unreadable("month"))?;
        let body = row.get_ref("body")?.as_blob().map_err(rusqlite::Error::from)?;
        rows.insert(month, row_of(body).map_err(unreadable("roll-up"))?);
    }
    Ok(rows)
}

/// Every row; one that does not read back is named instead.
pub(super) fn all(db: &Connection) -> Result<Result<Contributions, (UnitId, Month)>, StoreFault> {
    let mut statement = db.prepare("SELECT unit, month, body FROM rollup ORDER BY unit, month")?;
    let mut found = statement.query([])?;
    let mut rows = Contributions::new();
    while let Some(row) = found.next()? {
        let unit = row::unit(row, "unit")?;
        let month = Month::from_number(row.get("month")?).ok_or(StoreFault::Unreadable("month"))?;
        match row_of(row.get_ref("body")?.as_blob().map_err(rusqlite::Error::from)?) {
            Ok(body) => rows.insert((unit, month), body),
            Err(_) => return Ok(Err((unit, month))),
        };
    }
    Ok(Ok(rows))
}
