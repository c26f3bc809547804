//! Items that were not taken: kept until they are, and asked for again when the answer may have changed.

use super::row;
use crate::store::StoreFault;
use rusqlite::{Connection, named_params};
use zhuji_protocol::wire::ack::{Refusal, RefusedItemV1};
use zhuji_protocol::wire::item::ItemKey;

pub(super) fn refuse(
    db: &Connection,
    peer: i64,
    refused: &RefusedItemV1,
    at: &str,
    territory: u64,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO refused (replica, kind, unit, subkey, revision, reason, detail, at, judged)
         VALUES (:peer, :kind, :unit, :subkey, :revision, :reason, :detail, :at, :judged)
         ON CONFLICT (replica, kind, unit, subkey) DO UPDATE
            SET revision = excluded.revision, reason = excluded.reason, detail = excluded.detail,
                at = excluded.at, judged = excluded.judged",
    )?
    .execute(named_params! {
        ":peer": peer,
        ":kind": refused.key.kind,
        ":unit": refused.key.unit.as_str(),
        ":subkey": &refused.key.subkey[..],
        ":revision": refused.revision.cast_signed(),
        ":reason": refused.reason.number(),
        ":detail": &refused.detail[..],
        ":at": at,
        ":judged": territory.cast_signed(),
    })?;
    Ok(())
}

/// Whether anything of a sender's is refused.
pub(super) fn has_some(db: &Connection, peer: i64) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached("SELECT 1 FROM refused WHERE replica = :peer")?
        .exists(named_params! { ":peer": peer })?)
}

/// The item was taken: nothing of its key is refused any more.
pub(super) fn no_longer_refused(db: &Connection, peer: i64, key: &ItemKey) -> Result<(), StoreFault> {
    db.prepare_cached(
        "DELETE FROM refused WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey = :subkey",
    )?
    .execute(named_params! {
        ":peer": peer, ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..],
    })?;
    Ok(())
}

/// Refused rows of a sender that were judged under another territory, with the reasons.
pub(super) fn judged_before(
    db: &Connection,
    peer: i64,
    territory: u64,
) -> Result<Vec<(ItemKey, Refusal)>, StoreFault> {
    let rows = db
        .prepare_cached(
            "SELECT kind, unit, subkey, reason FROM refused
              WHERE replica = :peer AND judged < :territory ORDER BY kind, unit, subkey",
        )?
        .query_map(named_params! { ":peer": peer, ":territory": territory.cast_signed() }, |row| {
            Ok((row::item_key(row)?, Refusal::from(row.get::<_, u16>("reason")?)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

pub(super) fn mark_judged(db: &Connection, peer: i64, territory: u64) -> Result<(), StoreFault> {
    db.prepare_cached(
        "UPDATE refused SET judged = :territory WHERE replica = :peer AND judged < :territory",
    )?
    .execute(named_params! { ":peer": peer, ":territory": territory.cast_signed() })?;
    Ok(())
}
