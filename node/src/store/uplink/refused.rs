//! What the hub acknowledged, and what it did not take.

use super::{cut, row};
use crate::store::StoreFault;
use rusqlite::{Connection, named_params};
use zhuji_protocol::wire::ack::{AckV1, Refusal};
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::position::Point;

/// A row that the hub did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub key: ItemKey,
    /// Why.
    pub reason: Refusal,
    /// The policy key, month or unit that it is about.
    pub detail: String,
}

/// Keeps where the hub stands, and what it refused.
///
/// # Errors
/// When the store cannot be written.
pub fn take(db: &Connection, ack: &AckV1, clock_ms: i64) -> Result<(), StoreFault> {
    let before = acknowledged(db)?;
    let now = ack.position.at;
    stands_at(db, now)?;
    // A row whose later revision went through is no longer refused.
    db.prepare_cached(
        "DELETE FROM refused_row
          WHERE EXISTS (SELECT 1 FROM uplink_row
                         WHERE uplink_row.kind = refused_row.kind AND uplink_row.unit = refused_row.unit
                           AND uplink_row.subkey = refused_row.subkey AND mark > revision
                           AND mark > :before AND mark <= :now)",
    )?
    .execute(named_params! { ":before": before.cursor.cast_signed(), ":now": now.cursor.cast_signed() })?;
    for item in ack.refused.iter() {
        db.prepare_cached(
            "INSERT INTO refused_row (kind, unit, subkey, revision, reason, detail, refused_ms)
             VALUES (:kind, :unit, :subkey, :revision, :reason, :detail, :refused_ms)
             ON CONFLICT (kind, unit, subkey)
                DO UPDATE SET revision = excluded.revision, reason = excluded.reason, detail = excluded.detail,
                              refused_ms = excluded.refused_ms",
        )?
        .execute(named_params! {
            ":kind": item.key.kind,
            ":unit": item.key.unit.as_str(),
            ":subkey": &item.key.subkey[..],
            ":revision": item.revision.cast_signed(),
            ":reason": item.reason.number(),
            ":detail": &item.detail[..],
            ":refused_ms": clock_ms,
        })?;
    }
    cut::forget_old(db, now, clock_ms)
}

/// The rows that the hub did not take.
///
/// # Errors
/// When the store cannot be read.
pub fn refused(db: &Connection) -> Result<Vec<Refused>, StoreFault> {
    let rows = db
        .prepare_cached("SELECT * FROM refused_row ORDER BY kind, unit, subkey")?
        .query_map([], |row| {
            Ok(Refused {
                key: row::key_of(row)?,
                reason: Refusal::from(row.get::<_, u16>("reason")?),
                detail: row.get("detail")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// How far the hub has acknowledged what goes up, in the current life.
///
/// # Errors
/// When the store cannot be read.
pub fn acknowledged(db: &Connection) -> Result<Point, StoreFault> {
    super::setting::acknowledged(db)
}

/// The hub says where it stands: its last acknowledgement may have been lost with the line.
///
/// # Errors
/// When the store cannot be written.
pub fn stands_at(db: &Connection, at: Point) -> Result<(), StoreFault> {
    super::anchor::acknowledged(db, at.cursor)?;
    super::setting::write_acknowledged(db, at)
}
