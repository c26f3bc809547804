//! The roll-up: one row an ancestor and month, moved by exact differences, and beside it what a unit has of its own.

use super::fault::unreadable;
use super::{items, row};
use crate::store::StoreFault;
use crate::store::rolling::{kept_bytes, kept_figures, own};
use crate::store::territory::Territory;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::figures::Figures;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::rollup::{Contributions, RollupRow};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;

/// Moves every row by its difference; a row that comes to nothing goes.
pub(super) fn move_by(db: &Connection, differences: &Contributions) -> Result<(), StoreFault> {
    for ((unit, month), difference) in differences {
        let found = one(db, unit, *month)?;
        let (number, mut sum) =
            found.map_or((None, RollupRow::default()), |(number, row)| (Some(number), row));
        sum.add(difference);
        match number {
            Some(number) if sum.is_zero() => {
                db.prepare_cached("DELETE FROM rollup WHERE id = :id")?
                    .execute(named_params! { ":id": number })?;
            }
            Some(number) => {
                db.prepare_cached("UPDATE rollup SET flows = :flows, stocks = :stocks WHERE id = :id")?
                    .execute(named_params! {
                        ":id": number, ":flows": bytes(&sum.flows)?, ":stocks": bytes(&sum.stock_change)?,
                    })?;
            }
            None => {
                db.prepare_cached(
                    "INSERT INTO rollup (unit, month, flows, stocks) VALUES (:unit, :month, :flows, :stocks)",
                )?
                .execute(named_params! {
                    ":unit": unit.as_str(),
                    ":month": month.number(),
                    ":flows": bytes(&sum.flows)?,
                    ":stocks": bytes(&sum.stock_change)?,
                })?;
            }
        }
    }
    Ok(())
}

fn bytes(figures: &Figures) -> Result<Vec<u8>, StoreFault> {
    kept_bytes(figures).map_err(|_| StoreFault::TooLong)
}

fn figures(row: &Row<'_>, column: &str) -> Result<Figures, StoreFault> {
    let bytes = row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?;
    kept_figures(bytes).map_err(unreadable("roll-up"))
}

fn kept(row: &Row<'_>) -> Result<RollupRow, StoreFault> {
    Ok(RollupRow { flows: figures(row, "flows")?, stock_change: figures(row, "stocks")? })
}

fn one(db: &Connection, unit: &UnitId, month: Month) -> Result<Option<(i64, RollupRow)>, StoreFault> {
    db.prepare_cached("SELECT id, flows, stocks FROM rollup WHERE unit = :unit AND month = :month")?
        .query_row(named_params! { ":unit": unit.as_str(), ":month": month.number() }, |row| {
            Ok((row.get("id")?, kept(row)))
        })
        .optional()?
        .map(|(number, row): (i64, Result<RollupRow, StoreFault>)| Ok((number, row?)))
        .transpose()
}

/// All months of a unit: the sums of what is below it, and its own.
pub(super) fn of_unit(
    db: &Connection,
    territory: &Territory,
    unit: &UnitId,
) -> Result<BTreeMap<Month, RollupRow>, StoreFault> {
    let mut statement = db.prepare_cached("SELECT month, flows, stocks FROM rollup WHERE unit = :unit")?;
    let mut found = statement.query(named_params! { ":unit": unit.as_str() })?;
    let mut rows: BTreeMap<Month, RollupRow> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let month = Month::from_number(row.get("month")?).ok_or(StoreFault::Unreadable("month"))?;
        rows.insert(month, kept(row)?);
    }
    for (peer, series) in items::series_of_unit(db, unit)? {
        let months = items::months(db, peer, &series)?;
        let months = months.into_iter().map(|(month, (summary, _))| (month, summary)).collect();
        for (month, row) in own(territory, &series, &months) {
            rows.entry(month).or_default().add(&row);
        }
    }
    rows.retain(|_, row| !row.is_zero());
    Ok(rows)
}

/// The flows of a period, and the stocks of `last`: below a unit and its own. Reads no more than that.
pub(super) fn in_period(
    db: &Connection,
    territory: &Territory,
    unit: &UnitId,
    period: Period,
    last: Month,
) -> Result<Summary, StoreFault> {
    let mut summary = Summary::default();
    let mut statement = db.prepare_cached(
        "SELECT month, flows, stocks FROM rollup
          WHERE unit = :unit AND month <= :until AND (month >= :first OR stocks <> x'')
          ORDER BY month",
    )?;
    let mut found = statement.query(named_params! {
        ":unit": unit.as_str(),
        ":first": period.first.number(),
        ":until": period.last.number(),
    })?;
    while let Some(row) = found.next()? {
        let month = Month::from_number(row.get("month")?).ok_or(StoreFault::Unreadable("month"))?;
        if month <= last {
            summary.stocks += &figures(row, "stocks")?;
        }
        if period.has(month) {
            summary.flows += &figures(row, "flows")?;
        }
    }
    for (peer, series) in items::series_of_unit(db, unit)? {
        let own = items::in_period(db, peer, &series, period, last, |month| {
            !territory.counts_for(&series, month).is_empty()
        })?;
        summary.stocks += &own.stocks;
        summary.flows += &own.flows;
    }
    Ok(summary)
}

/// Every row; one that does not read back is named instead.
pub(super) fn all(db: &Connection) -> Result<Result<Contributions, (UnitId, Month)>, StoreFault> {
    let mut statement = db.prepare("SELECT unit, month, flows, stocks FROM rollup ORDER BY unit, month")?;
    let mut found = statement.query([])?;
    let mut rows = Contributions::new();
    while let Some(row) = found.next()? {
        let unit = row::unit(row, "unit")?;
        let month = Month::from_number(row.get("month")?).ok_or(StoreFault::Unreadable("month"))?;
        match kept(row) {
            Ok(sum) => rows.insert((unit, month), sum),
            Err(_) => return Ok(Err((unit, month))),
        };
    }
    Ok(Ok(rows))
}
