//! What arrived: positions, batches with their signatures, and the items that stand.

use super::row;
use crate::store::StoreFault;
use crate::store::territory::Series;
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::batch::Batch;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::item::{Item, ItemKey};
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

/// An item that stands: its batch, and its place in the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stands {
    pub(super) batch: i64,
    /// (ordinal, revision)
    pub(super) order: (u32, u64),
}

/// What stands under a key.
pub(super) fn standing(db: &Connection, peer: i64, key: &ItemKey) -> Result<Option<Stands>, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT batch, ordinal, revision FROM item
              WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey = :subkey",
        )?
        .query_row(
            named_params! { ":peer": peer, ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
            |row| {
                let order = (row.get("ordinal")?, row::mark(row, "revision")?);
                Ok(Stands { batch: row.get("batch")?, order })
            },
        )
        .optional()?)
}

/// Keeps an item in place of the one under its key; `before` is that one's batch.
pub(super) fn put(
    db: &Connection,
    peer: i64,
    item: &Item,
    ordinal: u32,
    (batch, nth): (i64, u32),
    before: Option<i64>,
) -> Result<(), StoreFault> {
    let key = item.key();
    db.prepare_cached(
        "INSERT INTO item (replica, kind, unit, subkey, ordinal, revision, batch, nth, leaf, bytes)
         VALUES (:peer, :kind, :unit, :subkey, :ordinal, :revision, :batch, :nth, :leaf, :bytes)
         ON CONFLICT (replica, kind, unit, subkey) DO UPDATE
            SET ordinal = excluded.ordinal, revision = excluded.revision, batch = excluded.batch,
                nth = excluded.nth, leaf = excluded.leaf, bytes = excluded.bytes, aside = 0",
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
        ":leaf": item.leaf().0,
        ":bytes": item.bytes(),
    })?;
    db.prepare_cached("UPDATE batch SET standing = standing + 1 WHERE id = :batch")?
        .execute(named_params! { ":batch": batch })?;
    if let Some(before) = before {
        db.prepare_cached("UPDATE batch SET standing = standing - 1 WHERE id = :batch")?
            .execute(named_params! { ":batch": before })?;
        drop_if_empty(db, before)?;
    }
    Ok(())
}

/// A batch goes when its last item is superseded, or if none was taken.
pub(super) fn drop_if_empty(db: &Connection, batch: i64) -> Result<(), StoreFault> {
    db.prepare_cached("DELETE FROM batch WHERE id = :batch AND standing = 0")?
        .execute(named_params! { ":batch": batch })?;
    Ok(())
}

/// The item that the bytes are.
pub(super) fn item_of(bytes: &[u8]) -> Result<Item, StoreFault> {
    let mut fields = Fields::of(bytes);
    Item::read(&mut fields).ok().filter(|_| fields.rest().is_empty()).ok_or(StoreFault::Unreadable("item"))
}

/// The months of a series that stand.
pub(super) fn months(
    db: &Connection,
    peer: i64,
    series: &Series,
) -> Result<BTreeMap<Month, (Summary, Digest)>, StoreFault> {
    between(db, peer, series, &[], &[u8::MAX; 5])
}

/// The months of a series that differences from `first` to `last` depend on: these, the one that stands before them
/// and the one after.
pub(super) fn months_around(
    db: &Connection,
    peer: i64,
    series: &Series,
    first: Month,
    last: Month,
) -> Result<BTreeMap<Month, (Summary, Digest)>, StoreFault> {
    let bound = |sql: &str, month: Month| -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(db.prepare_cached(sql)?.query_row(
            named_params! {
                ":peer": peer,
                ":kind": kinds::item::SUMMARY,
                ":unit": series.unit.as_str(),
                ":subkey": &subkey::summary(month.number(), series.scope)[..],
            },
            |row| row.get(0),
        )?)
    };
    let before = bound(
        "SELECT max(subkey) FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey < :subkey AND aside = 0",
        first,
    )?;
    let after = bound(
        "SELECT min(subkey) FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey > :subkey AND aside = 0",
        last,
    )?;
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_else(|| vec![u8::MAX; 5]));
    between(db, peer, series, &before, &after)
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

/// One month of a series, if it stands.
pub(super) fn one_month(
    db: &Connection,
    peer: i64,
    series: &Series,
    month: Month,
) -> Result<Option<Summary>, StoreFault> {
    let key = subkey::summary(month.number(), series.scope);
    Ok(between(db, peer, series, &key, &key)?.remove(&month).map(|(summary, _)| summary))
}

/// The month and scope of a summary's key; `None` for a structure of a newer program.
pub(super) fn summary_place(key: &ItemKey) -> Option<(Month, subkey::Scope)> {
    let (number, scope) = subkey::read_summary(&key.subkey)?;
    Some((Month::from_number(number)?, scope))
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

/// Every reporting item.
pub(super) fn reporting(
    db: &Connection,
    names: &BTreeMap<i64, Replica>,
) -> Result<BTreeMap<Series, (Reporting, Digest)>, StoreFault> {
    let mut statement =
        db.prepare_cached("SELECT replica, leaf, bytes FROM item WHERE kind = :kind AND aside = 0")?;
    let mut rows = statement.query(named_params! { ":kind": kinds::item::REPORTING })?;
    let mut reporting = BTreeMap::new();
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
    Ok(reporting)
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
