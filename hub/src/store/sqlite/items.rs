//! What arrived: positions, batches with their signatures, and the items that stand.

use super::row;
use crate::store::StoreFault;
use crate::store::territory::Series;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::figures::Figures;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::batch::Batch;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::item::{Item, ItemKey, Subkey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::{ReportingV1, SummaryV1};
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::subkey;

/// Every position kept of a sender.
pub(super) fn positions(db: &Connection, peer: i64) -> Result<Vec<PositionV1>, StoreFault> {
    let positions = db
        .prepare_cached(
            "SELECT incarnation, ordinal, cursor, chain, whole FROM position WHERE replica = :peer ORDER BY ordinal",
        )?
        .query_map(named_params! { ":peer": peer }, |row| {
            Ok(PositionV1 {
                incarnation: Incarnation(row.get("incarnation")?),
                ordinal: row.get("ordinal")?,
                at: Point { cursor: row::mark(row, "cursor")?, chain: row::digest(row, "chain")? },
                whole: row.get("whole")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(positions)
}

pub(super) fn put_position(db: &Connection, peer: i64, position: &PositionV1) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO position (replica, incarnation, ordinal, cursor, chain, whole)
         VALUES (:peer, :incarnation, :ordinal, :cursor, :chain, :whole)
         ON CONFLICT (replica, incarnation) DO UPDATE
            SET cursor = excluded.cursor, chain = excluded.chain, whole = excluded.whole",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":incarnation": position.incarnation.0,
        ":ordinal": position.ordinal,
        ":cursor": position.at.cursor.cast_signed(),
        ":chain": position.at.chain.0,
        ":whole": position.whole,
    })?;
    Ok(())
}

/// Keeps a batch's proof; its items follow. Gives its number.
pub(super) fn add_batch(
    db: &Connection,
    peer: i64,
    batch: &Batch,
    leaves: &[Digest],
) -> Result<i64, StoreFault> {
    let leaves: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.0).collect();
    db.prepare_cached(
        "INSERT INTO batch (replica, incarnation, after, through, key_id, root, signature, leaves, standing)
         VALUES (:peer, :incarnation, :after, :through, :key, :root, :signature, :leaves, 0)",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":incarnation": batch.incarnation().0,
        ":after": batch.after().cast_signed(),
        ":through": batch.through().cast_signed(),
        ":key": batch.key().as_bytes(),
        ":root": batch.root().0,
        ":signature": batch.signature().0,
        ":leaves": leaves,
    })?;
    Ok(db.last_insert_rowid())
}

/// An item that stands: its row, its batch, its place in the order, and what it says if it counts.
#[derive(Clone, Debug)]
pub(super) struct Stands {
    pub(super) row: i64,
    pub(super) batch: i64,
    /// (ordinal, revision)
    pub(super) order: (u32, u64),
    /// Of a summary that is not put aside.
    pub(super) summary: Option<Summary>,
    /// Of a reporting item that is not put aside.
    pub(super) said: Option<Reporting>,
}

/// What stands under a key.
pub(super) fn standing(db: &Connection, peer: i64, key: &ItemKey) -> Result<Option<Stands>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT id, batch, ordinal, revision, aside, bytes FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey = :subkey",
    )?;
    let mut rows = statement.query(
        named_params! { ":peer": peer, ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
    )?;
    let Some(found) = rows.next()? else { return Ok(None) };
    let bytes = found.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?;
    let (mut summary, mut said) = (None, None);
    match key.kind {
        _ if found.get::<_, bool>("aside")? => {}
        kinds::item::SUMMARY => summary = Some(summary_in(bytes)?),
        kinds::item::REPORTING => {
            said = ReportingV1::decode(item_of(bytes)?.body()).ok().map(|(said, ..)| said);
        }
        _ => {}
    }
    Ok(Some(Stands {
        row: found.get("id")?,
        batch: found.get("batch")?,
        order: (found.get("ordinal")?, row::mark(found, "revision")?),
        summary,
        said,
    }))
}

/// Keeps an item, in place of the one in `before`. That one's batch is told of elsewhere.
pub(super) fn put(
    db: &Connection,
    peer: i64,
    (item, leaf): (&Item, Digest),
    ordinal: u32,
    (batch, nth): (i64, u32),
    before: Option<i64>,
) -> Result<(), StoreFault> {
    let Some(before) = before else {
        let key = item.key();
        db.prepare_cached(
            "INSERT INTO item (replica, kind, unit, subkey, ordinal, revision, batch, nth, leaf, bytes)
             VALUES (:peer, :kind, :unit, :subkey, :ordinal, :revision, :batch, :nth, :leaf, :bytes)",
        )?
        .execute(named_params! {
            ":peer": peer,
            ":kind": key.kind,
            ":unit": key.unit.as_str(),
            ":subkey": &key.subkey[..],
            ":ordinal": ordinal,
            ":revision": item.revision().cast_signed(),
            ":batch": batch,
            ":nth": nth,
            ":leaf": leaf.0,
            ":bytes": item.bytes(),
        })?;
        return Ok(());
    };
    db.prepare_cached(
        "UPDATE item
            SET ordinal = :ordinal, revision = :revision, batch = :batch, nth = :nth, leaf = :leaf, bytes = :bytes,
                aside = 0
          WHERE id = :before",
    )?
    .execute(named_params! {
        ":before": before,
        ":ordinal": ordinal,
        ":revision": item.revision().cast_signed(),
        ":batch": batch,
        ":nth": nth,
        ":leaf": leaf.0,
        ":bytes": item.bytes(),
    })?;
    Ok(())
}

/// So many more, or fewer, items of a batch stand. It goes when its last one is superseded, or if none was taken.
pub(super) fn count_standing(db: &Connection, batch: i64, more: i64) -> Result<(), StoreFault> {
    let standing: Option<i64> = db
        .prepare_cached("UPDATE batch SET standing = standing + :more WHERE id = :batch RETURNING standing")?
        .query_row(named_params! { ":batch": batch, ":more": more }, |row| row.get(0))
        .optional()?;
    if standing == Some(0) {
        db.prepare_cached("DELETE FROM batch WHERE id = :batch")?
            .execute(named_params! { ":batch": batch })?;
    }
    Ok(())
}

/// The item that the bytes are.
pub(super) fn item_of(bytes: &[u8]) -> Result<Item, StoreFault> {
    let mut fields = Fields::of(bytes);
    Item::read(&mut fields).ok().filter(|_| fields.rest().is_empty()).ok_or(StoreFault::Unreadable("item"))
}

fn summary_in(bytes: &[u8]) -> Result<Summary, StoreFault> {
    let item = item_of(bytes)?;
    let (summary, _) = SummaryV1::decode(item.body()).map_err(|_| StoreFault::Unreadable("summary"))?;
    Ok(summary)
}

/// The months of a series that stand.
pub(super) fn months(
    db: &Connection,
    peer: i64,
    series: &Series,
) -> Result<BTreeMap<Month, (Summary, Digest)>, StoreFault> {
    between(db, peer, series, &[], &[u8::MAX; 5])
}

/// Which months of a series stand.
pub(super) fn months_standing(
    db: &Connection,
    peer: i64,
    series: &Series,
) -> Result<BTreeSet<Month>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT subkey FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND aside = 0",
    )?;
    let mut rows = statement.query(named_params! {
        ":peer": peer,
        ":kind": kinds::item::SUMMARY,
        ":unit": series.unit.as_str(),
    })?;
    let mut months = BTreeSet::new();
    while let Some(found) = rows.next()? {
        months.extend(place_in(found)?.filter(|(_, scope)| *scope == series.scope).map(|(month, _)| month));
    }
    Ok(months)
}

/// The senders of a unit's months, each with what it sends.
pub(super) fn series_of_unit(db: &Connection, unit: &UnitId) -> Result<Vec<(i64, Series)>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT item.replica AS peer, item.subkey, replica.unit, replica.role
           FROM item JOIN replica ON replica.id = item.replica
          WHERE item.kind = :kind AND item.unit = :unit AND aside = 0",
    )?;
    let mut rows =
        statement.query(named_params! { ":kind": kinds::item::SUMMARY, ":unit": unit.as_str() })?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let Some((_, scope)) = place_in(row)? else { continue };
        let series = Series { sender: row::replica(row)?, unit: unit.clone(), scope };
        found.insert((row.get("peer")?, series));
    }
    Ok(found.into_iter().collect())
}

/// What a series is to its own unit in a period: the flows of months that count, and the stocks that hold in `last`.
pub(super) fn in_period(
    db: &Connection,
    peer: i64,
    series: &Series,
    period: Period,
    last: Month,
    counts: impl Fn(Month) -> bool,
) -> Result<Summary, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT subkey, bytes FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey <= :until AND aside = 0
          ORDER BY subkey DESC",
    )?;
    let mut rows = statement.query(named_params! {
        ":peer": peer,
        ":kind": kinds::item::SUMMARY,
        ":unit": series.unit.as_str(),
        ":until": &subkey::summary(period.last.number(), series.scope)[..],
    })?;
    let mut own = Summary::default();
    // The newest month up to `last` says what stands there; older ones say nothing of it.
    let mut stocks_wanted = counts(last);
    while let Some(found) = rows.next()? {
        let Some((month, _)) = place_in(found)?.filter(|(_, scope)| *scope == series.scope) else { continue };
        if month < period.first && !stocks_wanted {
            break;
        }
        let (has_flows, has_stocks) = (period.has(month) && counts(month), stocks_wanted && month <= last);
        if !has_flows && !has_stocks {
            continue;
        }
        let summary = summary_in(found.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?)?;
        if has_flows {
            own.flows += &summary.flows;
        }
        if has_stocks {
            own.stocks = summary.stocks;
            stocks_wanted = false;
        }
    }
    Ok(own)
}

fn between(
    db: &Connection,
    peer: i64,
    series: &Series,
    first: &[u8],
    last: &[u8],
) -> Result<BTreeMap<Month, (Summary, Digest)>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT subkey, leaf, bytes FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey BETWEEN :first AND :last AND aside = 0
          ORDER BY subkey",
    )?;
    let mut rows = statement.query(named_params! {
        ":peer": peer,
        ":kind": kinds::item::SUMMARY,
        ":unit": series.unit.as_str(),
        ":first": first,
        ":last": last,
    })?;
    let mut months = BTreeMap::new();
    while let Some(found) = rows.next()? {
        let item = item_of(found.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?)?;
        let Some((month, scope)) = summary_place(item.key()) else { continue };
        if scope != series.scope {
            continue;
        }
        let (summary, _) = SummaryV1::decode(item.body()).map_err(|_| StoreFault::Unreadable("summary"))?;
        months.insert(month, (summary, row::digest(found, "leaf")?));
    }
    Ok(months)
}

/// The stocks of one month of a series; none if it does not stand.
pub(super) fn stocks_of(
    db: &Connection,
    peer: i64,
    series: &Series,
    month: Month,
) -> Result<Figures, StoreFault> {
    let key = subkey::summary(month.number(), series.scope);
    let found = between(db, peer, series, &key, &key)?.remove(&month);
    Ok(found.map(|(summary, _)| summary.stocks).unwrap_or_default())
}

/// The month and scope of a summary's key; `None` for a structure of a newer program.
pub(super) fn summary_place(key: &ItemKey) -> Option<(Month, subkey::Scope)> {
    let (number, scope) = subkey::read_summary(&key.subkey)?;
    Some((Month::from_number(number)?, scope))
}

/// The same, in a row's column `subkey`.
fn place_in(row: &Row<'_>) -> Result<Option<(Month, subkey::Scope)>, StoreFault> {
    let bytes = row.get_ref("subkey")?.as_blob().map_err(rusqlite::Error::from)?;
    let subkey = Subkey::of(bytes).map_err(|_| StoreFault::Unreadable("sub-key"))?;
    Ok(subkey::read_summary(&subkey).and_then(|(number, scope)| Some((Month::from_number(number)?, scope))))
}

/// The units of which months stand.
pub(super) fn units_with_months(db: &Connection) -> Result<BTreeSet<UnitId>, StoreFault> {
    let units = db
        .prepare_cached("SELECT DISTINCT unit FROM item WHERE kind = :kind")?
        .query_map(named_params! { ":kind": kinds::item::SUMMARY }, |row| row::unit(row, "unit"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(units)
}

/// Every series of a unit, with the leaves of its months.
pub(super) fn leaves_of_unit(
    db: &Connection,
    unit: &UnitId,
    names: &BTreeMap<i64, Replica>,
) -> Result<BTreeMap<Series, BTreeMap<Month, Digest>>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT replica, kind, unit, subkey, leaf FROM item
          WHERE kind = :kind AND unit = :unit AND aside = 0",
    )?;
    let mut rows =
        statement.query(named_params! { ":kind": kinds::item::SUMMARY, ":unit": unit.as_str() })?;
    let mut leaves: BTreeMap<Series, BTreeMap<Month, Digest>> = BTreeMap::new();
    while let Some(found) = rows.next()? {
        let Some((month, scope)) = summary_place(&row::item_key(found)?) else { continue };
        let Some(sender) = names.get(&found.get("replica")?) else { continue };
        let series = Series { sender: sender.clone(), unit: unit.clone(), scope };
        leaves.entry(series).or_default().insert(month, row::digest(found, "leaf")?);
    }
    Ok(leaves)
}

/// Every reporting item, or those of these units.
pub(super) fn reporting(
    db: &Connection,
    names: &BTreeMap<i64, Replica>,
    among: Option<&BTreeSet<UnitId>>,
) -> Result<BTreeMap<Series, (Reporting, Digest)>, StoreFault> {
    let mut reporting = BTreeMap::new();
    let Some(among) = among else {
        let mut statement =
            db.prepare_cached("SELECT replica, leaf, bytes FROM item WHERE kind = :kind AND aside = 0")?;
        let rows = statement.query(named_params! { ":kind": kinds::item::REPORTING })?;
        collect_reporting(rows, names, &mut reporting)?;
        return Ok(reporting);
    };
    let mut statement = db.prepare_cached(
        "SELECT replica, leaf, bytes FROM item WHERE kind = :kind AND unit = :unit AND aside = 0",
    )?;
    for unit in among {
        let rows =
            statement.query(named_params! { ":kind": kinds::item::REPORTING, ":unit": unit.as_str() })?;
        collect_reporting(rows, names, &mut reporting)?;
    }
    Ok(reporting)
}

fn collect_reporting(
    mut rows: rusqlite::Rows<'_>,
    names: &BTreeMap<i64, Replica>,
    reporting: &mut BTreeMap<Series, (Reporting, Digest)>,
) -> Result<(), StoreFault> {
    while let Some(found) = rows.next()? {
        let item = item_of(found.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?)?;
        let (Some(sender), Some(scope)) =
            (names.get(&found.get("replica")?), subkey::read_reporting(&item.key().subkey))
        else {
            continue;
        };
        let Ok((said, ..)) = ReportingV1::decode(item.body()) else { continue };
        let series = Series { sender: sender.clone(), unit: item.key().unit.clone(), scope };
        reporting.insert(series, (said, row::digest(found, "leaf")?));
    }
    Ok(())
}

/// Items of lives before `ordinal` that would be put aside: those of a month from `since` on, or of none.
pub(super) fn older_than(
    db: &Connection,
    peer: i64,
    ordinal: u32,
    since: Option<i32>,
) -> Result<Vec<ItemKey>, StoreFault> {
    let keys: Vec<ItemKey> = db
        .prepare_cached(
            "SELECT kind, unit, subkey FROM item
              WHERE replica = :peer AND ordinal < :ordinal AND aside = 0 ORDER BY kind, unit, subkey",
        )?
        .query_map(named_params! { ":peer": peer, ":ordinal": ordinal }, row::item_key)?
        .collect::<rusqlite::Result<_>>()?;
    let stays = |key: &ItemKey| {
        key.kind == kinds::item::SUMMARY
            && since.zip(subkey::read_summary(&key.subkey)).is_some_and(|(since, (month, _))| month < since)
    };
    Ok(keys.into_iter().filter(|key| !stays(key)).collect())
}

pub(super) fn put_aside(db: &Connection, peer: i64, key: &ItemKey) -> Result<(), StoreFault> {
    db.prepare_cached(
        "UPDATE item SET aside = 1
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey = :subkey",
    )?
    .execute(named_params! {
        ":peer": peer, ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..],
    })?;
    Ok(())
}

pub(super) fn aside(
    db: &Connection,
    names: &BTreeMap<i64, Replica>,
) -> Result<Vec<(Replica, ItemKey)>, StoreFault> {
    let found: Vec<(i64, ItemKey)> = db
        .prepare_cached(
            "SELECT replica, kind, unit, subkey FROM item WHERE aside = 1 ORDER BY unit, kind, subkey",
        )?
        .query_map([], |row| Ok((row.get("replica")?, row::item_key(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found.into_iter().filter_map(|(peer, key)| Some((names.get(&peer)?.clone(), key))).collect())
}
