//! Cutting batches, each recorded before it is sent.

use super::{anchor, row};
use crate::store::StoreFault;
use rusqlite::{Connection, named_params};
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::effects::CutFrom;
use zhuji_protocol::link::kept;
use zhuji_protocol::wire::batch::Batch;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::limits;
use zhuji_protocol::wire::position::Point;

/// Cuts the next batch and records where it ends; none if no row lies above.
///
/// # Errors
/// When the store cannot be written.
pub fn cut_next(
    db: &Connection,
    from: CutFrom,
    replica: &Replica,
    key: &ReplicaKey,
    clock_ms: i64,
) -> Result<Option<Batch>, StoreFault> {
    let head = row::head(db)?;
    let rows = row::above(db, from.at.cursor, limits::BATCH_ITEMS, from.version)?;
    let cut = kept::cut(rows, from, head, replica, key, clock_ms);
    let Some((batch, record)) =
        cut.map_err(|unsendable| StoreFault::Io(std::io::Error::other(unsendable)))?
    else {
        return Ok(None);
    };
    anchor::cut(db, batch.items())?;
    db.prepare_cached(
        "INSERT INTO cut_record (incarnation, through, chain, cut_ms)
         VALUES (:incarnation, :through, :chain, :cut_ms)
         ON CONFLICT DO UPDATE SET cut_ms = excluded.cut_ms",
    )?
    .execute(named_params! {
        ":incarnation": record.incarnation.0,
        ":through": record.at.cursor.cast_signed(),
        ":chain": record.at.chain.0,
        ":cut_ms": record.cut_ms,
    })?;
    Ok(Some(batch))
}

/// Whether a batch of this incarnation ended at this point.
///
/// # Errors
/// When the store cannot be read.
pub fn is_recorded(db: &Connection, incarnation: Incarnation, at: Point) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM cut_record
                             WHERE incarnation = :incarnation AND through = :through AND chain = :chain)",
        )?
        .query_row(
            named_params! {
                ":incarnation": incarnation.0,
                ":through": at.cursor.cast_signed(),
                ":chain": at.chain.0,
            },
            |row| row.get(0),
        )?)
}

/// Forgets records that are old and that the hub was past when it last spoke.
pub(super) fn forget_old(db: &Connection, acknowledged: Point, clock_ms: i64) -> Result<(), StoreFault> {
    let kept_from = clock_ms - limits::CUT_RECORDS_DAYS * 24 * 3600 * 1000;
    db.prepare_cached("DELETE FROM cut_record WHERE cut_ms < :kept_from AND through < :through")?
        .execute(named_params! { ":kept_from": kept_from, ":through": acknowledged.cursor.cast_signed() })?;
    Ok(())
}
