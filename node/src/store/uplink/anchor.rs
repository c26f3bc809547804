//! The end of the audit chain, anchored at the hub: whoever writes the past anew cannot write that anew as well.

use super::row;
use crate::store::{StoreFault, audit};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::identity::Role;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::payload::{AnchorV1, ChainPointV1};
use zhuji_protocol::wire::{kinds, subkey};

/// The version of anchors that this program writes.
const VERSION: u16 = 1;

/// Writes the end of the chain to be sent, if it is another than the one that was. Gives whether it is.
///
/// # Errors
/// When the store cannot be written.
pub fn put_anchor(db: &Connection, unit: &UnitId) -> Result<bool, StoreFault> {
    let now = audit::end(db)?;
    let key = ItemKey { kind: kinds::item::ANCHOR, unit: unit.clone(), subkey: subkey::anchor(Role::Node) };
    let stands = row::body(db, &key)?.and_then(|body| AnchorV1::decode(&body).ok());
    if stands.is_some_and(|stands| stands.now == now) {
        return Ok(false);
    }
    let before = match acknowledged_anchor(db)? {
        Some(told) => {
            let head = audit::hash_at(db, told.entries)?.unwrap_or(Digest::ZERO);
            Some(ChainPointV1 { head, ..told })
        }
        None => None,
    };
    let body = AnchorV1 { now, before }.encode().map_err(|fault| std::io::Error::other(fault))?;
    row::put(db, &key, VERSION, &body)
}

/// The end of the chain that the hub acknowledged last.
///
/// # Errors
/// When the store cannot be read.
pub fn acknowledged_anchor(db: &Connection) -> Result<Option<ChainPointV1>, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT entries, head FROM anchor_sent WHERE acknowledged = 1 ORDER BY mark DESC LIMIT 1",
        )?
        .query_row([], point)
        .optional()?)
}

fn point(row: &Row<'_>) -> rusqlite::Result<ChainPointV1> {
    let entries: i64 = row.get("entries")?;
    Ok(ChainPointV1 { entries: entries.cast_unsigned(), head: Digest(row.get("head")?) })
}

/// A batch is cut: the ends of the chain in it may be acknowledged with it.
pub(super) fn cut(db: &Connection, items: &[Item]) -> Result<(), StoreFault> {
    for item in items.iter().filter(|item| item.key().kind == kinds::item::ANCHOR) {
        let Ok(anchor) = AnchorV1::decode(item.body()) else { continue };
        db.prepare_cached(
            "INSERT INTO anchor_sent (mark, entries, head) VALUES (:mark, :entries, :head)
             ON CONFLICT (mark) DO UPDATE SET entries = excluded.entries, head = excluded.head, acknowledged = 0",
        )?
        .execute(named_params! {
            ":mark": item.revision().cast_signed(),
            ":entries": anchor.now.entries.cast_signed(),
            ":head": anchor.now.head.0,
        })?;
    }
    Ok(())
}

/// The hub stands at this mark: the last end of the chain up to there is the one that it keeps.
pub(super) fn acknowledged(db: &Connection, cursor: u64) -> Result<(), StoreFault> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(mark) FROM anchor_sent WHERE mark <= :cursor")?
        .query_row(named_params! { ":cursor": cursor.cast_signed() }, |row| row.get(0))?;
    let Some(last) = last else { return Ok(()) };
    db.prepare_cached("UPDATE anchor_sent SET acknowledged = 1 WHERE mark = :last AND acknowledged = 0")?
        .execute(named_params! { ":last": last })?;
    db.prepare_cached("DELETE FROM anchor_sent WHERE mark < :last")?
        .execute(named_params! { ":last": last })?;
    Ok(())
}
