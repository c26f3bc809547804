//! The keys with which this hub dials the hub above: one in use, one of a renewal under way, one of an enrolment. Each
//! is kept before it is shown to anybody, so that a lost answer locks nobody out. Those that were used are listed among
//! the hub's own keys for ever: whoever joins this level with the one above finds there who signed.

use super::{audit, hub};
use crate::store::{Author, StoreFault};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use zhuji_protocol::identity::{PublicKey, ReplicaKey};

const PRESENT: &str = "present";
const NEXT: &str = "next";
const NEWCOMER: &str = "newcomer";

/// The key in use; until the hub above exchanged it, the one by which this hub publishes.
pub(super) fn present(db: &Connection) -> Result<ReplicaKey, StoreFault> {
    match kept(db, PRESENT)? {
        Some(key) => Ok(key),
        None => hub::key(db),
    }
}

/// The key of a renewal: `fresh`, unless one is under way.
pub(super) fn next(db: &Connection, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    kept_or(db, NEXT, fresh)
}

/// The key of an enrolment: `fresh`, unless one is under way.
pub(super) fn newcomer(db: &Connection, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    kept_or(db, NEWCOMER, fresh)
}

/// The hub above gave a certificate for the next key, which is in use from now on. One for another key, since this hub has
/// enrolled anew meanwhile, is of no use to anybody.
pub(super) fn renewed(
    db: &Connection,
    key: &PublicKey,
    certificate: &[u8],
    author: &Author,
) -> Result<(), StoreFault> {
    let Some(next) = kept(db, NEXT)?.filter(|next| next.public() == *key) else { return Ok(()) };
    write(db, PRESENT, &next)?;
    hub::list_own_key(db, &next, author.at)?;
    remove(db, NEXT)?;
    db.prepare_cached("UPDATE uplink SET cert = :cert")?.execute(named_params! { ":cert": certificate })?;
    audit::append(db, author, "renew-upward", hub::unit(db)?.as_str(), &key.id().to_string())
}

/// The hub above let this one in with `key`.
pub(super) fn enrolled(db: &Connection, key: &PublicKey, now: DateTime<Utc>) -> Result<(), StoreFault> {
    match kept(db, NEWCOMER)?.filter(|newcomer| newcomer.public() == *key) {
        Some(newcomer) => {
            write(db, PRESENT, &newcomer)?;
            hub::list_own_key(db, &newcomer, now)?;
        }
        None => remove(db, PRESENT)?,
    }
    remove(db, NEWCOMER)?;
    remove(db, NEXT)
}

fn kept_or(db: &Connection, purpose: &str, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    if let Some(key) = kept(db, purpose)? {
        return Ok(key);
    }
    write(db, purpose, &fresh)?;
    Ok(fresh)
}

fn kept(db: &Connection, purpose: &str) -> Result<Option<ReplicaKey>, StoreFault> {
    let pkcs8: Option<Vec<u8>> = db
        .prepare_cached("SELECT pkcs8 FROM upward_key WHERE purpose = :purpose")?
        .query_row(named_params! { ":purpose": purpose }, |row| row.get(0))
        .optional()?;
    let read = |pkcs8: Vec<u8>| ReplicaKey::from_pkcs8(&pkcs8).map_err(|_| StoreFault::Unreadable("key"));
    pkcs8.map(read).transpose()
}

fn write(db: &Connection, purpose: &str, key: &ReplicaKey) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO upward_key (purpose, pkcs8) VALUES (:purpose, :pkcs8)
         ON CONFLICT (purpose) DO UPDATE SET pkcs8 = excluded.pkcs8",
    )?
    .execute(named_params! { ":purpose": purpose, ":pkcs8": key.pkcs8() })?;
    Ok(())
}

fn remove(db: &Connection, purpose: &str) -> Result<(), StoreFault> {
    db.prepare_cached("DELETE FROM upward_key WHERE purpose = :purpose")?
        .execute(named_params! { ":purpose": purpose })?;
    Ok(())
}
