//! The lives of this store: a new one begins when it is made, restored, or found to be a copy.

use super::setting::{self, Standing};
use crate::store::StoreFault;
use rusqlite::{Connection, OptionalExtension, named_params};
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::position::Point;

/// The current life; the first one is opened when it is asked for, with `fresh` bits.
///
/// # Errors
/// When the store cannot be written.
pub fn current(db: &Connection, fresh: Incarnation, clock_ms: i64) -> Result<Incarnation, StoreFault> {
    let found = db
        .prepare_cached("SELECT incarnation FROM incarnation ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| row.get(0).map(Incarnation))
        .optional()?;
    match found {
        Some(incarnation) => Ok(incarnation),
        None => open_next(db, fresh, clock_ms).map(|()| fresh),
    }
}

/// Opens a new life: the hub knows more than this store, or another chain.
///
/// # Errors
/// When the store cannot be written.
pub fn open_next(db: &Connection, fresh: Incarnation, clock_ms: i64) -> Result<(), StoreFault> {
    db.prepare_cached("INSERT INTO incarnation (incarnation, opened_ms) VALUES (:incarnation, :opened_ms)")?
        .execute(named_params! { ":incarnation": fresh.0, ":opened_ms": clock_ms })?;
    // Every row is sent again, and refused again if it must be.
    db.execute("DELETE FROM refused_row", [])?;
    Ok(())
}

/// The store was restored: it goes on in a new life, in which nothing is acknowledged, refused or held against it yet.
///
/// # Errors
/// When the store cannot be written.
pub fn begin_anew(db: &Connection, fresh: Incarnation, clock_ms: i64) -> Result<(), StoreFault> {
    open_next(db, fresh, clock_ms)?;
    setting::write_acknowledged(db, Point::START)?;
    let before = setting::standing(db)?;
    let standing =
        Standing { backoff: None, turned_away: None, sync_asked_ms: 0, sync_served_ms: 0, ..before };
    setting::write_standing(db, &standing)
}

/// Whether it is a life that this store has left behind.
///
/// # Errors
/// When the store cannot be read.
pub fn is_past(db: &Connection, incarnation: Incarnation) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM incarnation WHERE incarnation = :incarnation)")?
        .query_row(named_params! { ":incarnation": incarnation.0 }, |row| row.get(0))?)
}
