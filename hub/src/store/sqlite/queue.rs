//! What is sent: the published and onward rows, the queue of each other end, and where batches were cut.

use super::replicas::{Peer, Side};
use super::row;
use crate::store::StoreFault;
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeSet;
use zhuji_protocol::link::kept::{CutRecord, UplinkRow};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::ack::RefusedItemV1;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::limits;
use zhuji_protocol::wire::position::Point;

/// Whether the protocol version `:version` has the row's kind: see `kinds::item::since`.
const TRAVELS: &str = "(:version >= 2 OR kind NOT IN (8, 9))";

/// Which table a row's body stands in.
fn bodies(side: Side) -> &'static str {
    match side {
        Side::Child => "published",
        Side::Parent => "onward",
    }
}

/// A body that goes to one side.
pub(super) fn body(db: &Connection, side: Side, key: &ItemKey) -> Result<Option<(u16, Vec<u8>)>, StoreFault> {
    let sql = format!(
        "SELECT version, body FROM {} WHERE kind = :kind AND unit = :unit AND subkey = :subkey",
        bodies(side)
    );
    Ok(db
        .prepare_cached(&sql)?
        .query_row(
            named_params! { ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
            |row| Ok((row.get("version")?, row.get("body")?)),
        )
        .optional()?)
}

pub(super) fn put_body(
    db: &Connection,
    side: Side,
    key: &ItemKey,
    version: u16,
    body: &[u8],
) -> Result<(), StoreFault> {
    let sql = format!(
        "INSERT INTO {} (kind, unit, subkey, version, body) VALUES (:kind, :unit, :subkey, :version, :body)
         ON CONFLICT (kind, unit, subkey) DO UPDATE SET version = excluded.version, body = excluded.body",
        bodies(side)
    );
    db.prepare_cached(&sql)?.execute(named_params! {
        ":kind": key.kind,
        ":unit": key.unit.as_str(),
        ":subkey": &key.subkey[..],
        ":version": version,
        ":body": body,
    })?;
    Ok(())
}

/// Takes a body back from one side, and from every queue there.
pub(super) fn withdraw(db: &Connection, side: Side, key: &ItemKey) -> Result<(), StoreFault> {
    let tables = [bodies(side), "outgoing"];
    for table in tables {
        db.prepare_cached(&format!(
            "DELETE FROM {table} WHERE kind = :kind AND unit = :unit AND subkey = :subkey"
        ))?
        .execute(
            named_params! { ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
        )?;
    }
    Ok(())
}

/// Every key with a body for one side.
pub(super) fn keys(db: &Connection, side: Side) -> Result<BTreeSet<ItemKey>, StoreFault> {
    let keys = db
        .prepare_cached(&format!("SELECT kind, unit, subkey FROM {}", bodies(side)))?
        .query_map([], row::item_key)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// The units of which something of one kind is told onward.
pub(super) fn told_units(db: &Connection, kind: u16) -> Result<BTreeSet<UnitId>, StoreFault> {
    let units = db
        .prepare_cached("SELECT DISTINCT unit FROM onward WHERE kind = :kind")?
        .query_map(named_params! { ":kind": kind }, |row| row::unit(row, "unit"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(units)
}

/// The onward keys of one kind and unit.
pub(super) fn onward_of(db: &Connection, kind: u16, unit: &UnitId) -> Result<Vec<ItemKey>, StoreFault> {
    let keys = db
        .prepare_cached("SELECT kind, unit, subkey FROM onward WHERE kind = :kind AND unit = :unit")?
        .query_map(named_params! { ":kind": kind, ":unit": unit.as_str() }, row::item_key)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// Puts a key at the end of an end's queue.
pub(super) fn enqueue(db: &Connection, peer: i64, key: &ItemKey, mark: u64) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO outgoing (replica, kind, unit, subkey, mark) VALUES (:peer, :kind, :unit, :subkey, :mark)
         ON CONFLICT (replica, kind, unit, subkey) DO UPDATE SET mark = excluded.mark",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":kind": key.kind,
        ":unit": key.unit.as_str(),
        ":subkey": &key.subkey[..],
        ":mark": mark.cast_signed(),
    })?;
    Ok(())
}

/// Everything that is queued to an end, acknowledged or not.
pub(super) fn queued(db: &Connection, peer: i64) -> Result<BTreeSet<ItemKey>, StoreFault> {
    let keys = db
        .prepare_cached("SELECT kind, unit, subkey FROM outgoing WHERE replica = :peer")?
        .query_map(named_params! { ":peer": peer }, row::item_key)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// The highest mark of an end's queue, among the rows that the version agreed last has.
pub(super) fn head(db: &Connection, peer: &Peer) -> Result<u64, StoreFault> {
    let sql =
        format!("SELECT mark FROM outgoing WHERE replica = :peer AND {TRAVELS} ORDER BY mark DESC LIMIT 1");
    let head: Option<i64> = db
        .prepare_cached(&sql)?
        .query_row(named_params! { ":peer": peer.id, ":version": peer.version }, |row| row.get(0))
        .optional()?;
    let head = head.unwrap_or(0);
    Ok(head.cast_unsigned())
}

/// The rows after a mark that the version has, as many as one batch can hold.
pub(super) fn rows_after(
    db: &Connection,
    peer: &Peer,
    after: u64,
    version: u16,
) -> Result<Vec<UplinkRow>, StoreFault> {
    let sql = format!(
        "SELECT kind, unit, subkey, mark, version, body
           FROM outgoing JOIN {} USING (kind, unit, subkey)
          WHERE replica = :peer AND mark > :after AND {TRAVELS}
          ORDER BY mark
          LIMIT :most",
        bodies(peer.side)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(named_params! {
        ":peer": peer.id,
        ":after": after.cast_signed(),
        ":most": limits::BATCH_ITEMS as u32,
        ":version": version,
    })?;
    let (mut rows, mut size_bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let body: Vec<u8> = row.get("body")?;
        size_bytes += body.len();
        rows.push(UplinkRow {
            key: row::item_key(row)?,
            version: row.get("version")?,
            mark: row::mark(row, "mark")?,
            body,
        });
        if size_bytes > limits::STATE_FRAME {
            break;
        }
    }
    Ok(rows)
}

pub(super) fn record_cut(
    db: &Connection,
    peer: i64,
    record: &CutRecord,
    cut_at: &str,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO cut (replica, incarnation, through, chain, cut_at)
         VALUES (:peer, :incarnation, :through, :chain, :cut_at)
         ON CONFLICT (replica, incarnation, through, chain) DO UPDATE SET cut_at = excluded.cut_at",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":incarnation": record.incarnation.0,
        ":through": record.at.cursor.cast_signed(),
        ":chain": record.at.chain.0,
        ":cut_at": cut_at,
    })?;
    Ok(())
}

/// Whether a batch of the present life ended here.
pub(super) fn was_cut(db: &Connection, peer: &Peer, at: Point) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM cut
              WHERE replica = :peer AND incarnation = :incarnation AND through = :through AND chain = :chain",
        )?
        .exists(named_params! {
            ":peer": peer.id,
            ":incarnation": peer.incarnation.0,
            ":through": at.cursor.cast_signed(),
            ":chain": at.chain.0,
        })?)
}

/// Keeps how far an end is. Records of cuts that are older than `old` and behind it may go: see `CutRecord::may_go`.
pub(super) fn acknowledged(db: &Connection, peer: i64, at: u64, old: &str) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE replica SET acknowledged = :at WHERE id = :peer")?
        .execute(named_params! { ":peer": peer, ":at": at.cast_signed() })?;
    db.prepare_cached("DELETE FROM cut WHERE replica = :peer AND cut_at < :old AND through < :at")?
        .execute(named_params! { ":peer": peer, ":old": old, ":at": at.cast_signed() })?;
    // What was sent again since and is not refused again was taken.
    db.prepare_cached(
        "DELETE FROM refused_there
          WHERE replica = :peer
            AND EXISTS (SELECT 1 FROM outgoing
                         WHERE outgoing.replica = refused_there.replica AND outgoing.kind = refused_there.kind
                           AND outgoing.unit = refused_there.unit AND outgoing.subkey = refused_there.subkey
                           AND mark > revision AND mark <= :at)",
    )?
    .execute(named_params! { ":peer": peer, ":at": at.cast_signed() })?;
    Ok(())
}

pub(super) fn refused_there(db: &Connection, peer: i64, refused: &RefusedItemV1) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO refused_there (replica, kind, unit, subkey, revision, reason, detail)
         VALUES (:peer, :kind, :unit, :subkey, :revision, :reason, :detail)
         ON CONFLICT (replica, kind, unit, subkey) DO UPDATE
            SET revision = excluded.revision, reason = excluded.reason, detail = excluded.detail",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":kind": refused.key.kind,
        ":unit": refused.key.unit.as_str(),
        ":subkey": &refused.key.subkey[..],
        ":revision": refused.revision.cast_signed(),
        ":reason": refused.reason.number(),
        ":detail": &refused.detail[..],
    })?;
    Ok(())
}
