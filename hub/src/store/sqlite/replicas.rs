//! The other ends: children and the hub above, their keys, and the tokens that let them in.

use super::row;
use crate::store::{Contact, IssuedToken, KnownKey, Standing, StoreFault};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{KeyId, PublicKey, Replica, SecretHash, TokenRecord};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::life::Incarnation;

/// On which side of the link another end stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Child,
    Parent,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Parent => "parent",
        }
    }
}

/// Another end, with the queue that this hub keeps for it.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) id: i64,
    pub(super) replica: Replica,
    pub(super) side: Side,
    pub(super) incarnation: Incarnation,
    /// The protocol version agreed last.
    pub(super) version: u16,
}

const PEER: &str = "id, unit, role, side, incarnation, version";

fn peer(row: &Row<'_>) -> rusqlite::Result<Peer> {
    let side: String = row.get("side")?;
    Ok(Peer {
        id: row.get("id")?,
        replica: row::replica(row)?,
        side: if side == "parent" { Side::Parent } else { Side::Child },
        incarnation: Incarnation(row.get("incarnation")?),
        version: row.get("version")?,
    })
}

pub(super) fn find(db: &Connection, replica: &Replica) -> Result<Option<Peer>, StoreFault> {
    Ok(db
        .prepare_cached(&format!("SELECT {PEER} FROM replica WHERE unit = :unit AND role = :role"))?
        .query_row(named_params! { ":unit": replica.unit.as_str(), ":role": replica.role.word() }, peer)
        .optional()?)
}

pub(super) fn on_side(db: &Connection, side: Side) -> Result<Vec<Peer>, StoreFault> {
    let peers = db
        .prepare_cached(&format!("SELECT {PEER} FROM replica WHERE side = :side ORDER BY unit, role"))?
        .query_map(named_params! { ":side": side.word() }, peer)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(peers)
}

pub(super) fn parent(db: &Connection) -> Result<Option<Peer>, StoreFault> {
    Ok(on_side(db, Side::Parent)?.pop())
}

/// Every other end by its number.
pub(super) fn names(db: &Connection) -> Result<BTreeMap<i64, Replica>, StoreFault> {
    let names = db
        .prepare_cached("SELECT id, unit, role FROM replica")?
        .query_map([], |row| Ok((row.get("id")?, row::replica(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

pub(super) fn add(
    db: &Connection,
    replica: &Replica,
    side: Side,
    incarnation: Incarnation,
    now: DateTime<Utc>,
) -> Result<i64, StoreFault> {
    db.prepare_cached(
        "INSERT INTO replica (unit, role, side, enrolled, incarnation)
         VALUES (:unit, :role, :side, :now, :incarnation)",
    )?
    .execute(named_params! {
        ":unit": replica.unit.as_str(),
        ":role": replica.role.word(),
        ":side": side.word(),
        ":now": row::instant(now),
        ":incarnation": incarnation.0,
    })?;
    Ok(db.last_insert_rowid())
}

/// Leaves a queue's life behind and begins another.
pub(super) fn begin_life(db: &Connection, peer: &Peer, fresh: Incarnation) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO past_life (replica, incarnation) VALUES (:id, :old) ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! { ":id": peer.id, ":old": peer.incarnation.0 })?;
    db.prepare_cached("UPDATE replica SET incarnation = :fresh, acknowledged = 0 WHERE id = :id")?
        .execute(named_params! { ":id": peer.id, ":fresh": fresh.0 })?;
    Ok(())
}

/// How far the other end has acknowledged our queue's present life.
pub(super) fn acknowledged(db: &Connection, peer: &Peer) -> Result<u64, StoreFault> {
    Ok(db
        .prepare_cached("SELECT acknowledged FROM replica WHERE id = :id")?
        .query_row(named_params! { ":id": peer.id }, |row| row::mark(row, "acknowledged"))?)
}

pub(super) fn is_past_life(db: &Connection, peer: &Peer, life: Incarnation) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached("SELECT 1 FROM past_life WHERE replica = :id AND incarnation = :life")?
        .exists(named_params! { ":id": peer.id, ":life": life.0 })?)
}

/// Keeps the protocol version that was agreed.
pub(super) fn speaks(db: &Connection, peer: &Peer, version: u16) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE replica SET version = :version WHERE id = :id AND version <> :version")?
        .execute(named_params! { ":id": peer.id, ":version": version })?;
    Ok(())
}

pub(super) fn heard_of(
    db: &Connection,
    replica: &Replica,
    contact: &Contact,
    now: DateTime<Utc>,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "UPDATE replica
            SET last_contact = :now, process = :process, program = :program, skew_seconds = :skew, head = :head
          WHERE unit = :unit AND role = :role",
    )?
    .execute(named_params! {
        ":now": row::instant(now),
        ":process": contact.process.0,
        ":program": contact.program,
        ":skew": contact.skew_seconds,
        ":head": contact.head.cast_signed(),
        ":unit": replica.unit.as_str(),
        ":role": replica.role.word(),
    })?;
    Ok(())
}

/// A batch told how far its sender is.
pub(super) fn raise_head(
    db: &Connection,
    peer: i64,
    head: u64,
    now: DateTime<Utc>,
) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE replica SET head = :head, last_contact = :now WHERE id = :id")?
        .execute(named_params! { ":id": peer, ":head": head.cast_signed(), ":now": row::instant(now) })?;
    Ok(())
}

const KEY: &str = "public, replica_key.standing AS standing, unit, role FROM replica_key JOIN replica ON replica.id = replica";

fn known_key(row: &Row<'_>) -> rusqlite::Result<KnownKey> {
    let standing: String = row.get("standing")?;
    Ok(KnownKey {
        replica: row::replica(row)?,
        public: row::public_key(row, "public")?,
        // The schema knows no other word.
        standing: Standing::from_word(&standing).unwrap_or(Standing::Revoked),
    })
}

pub(super) fn key(db: &Connection, key: &PublicKey) -> Result<Option<KnownKey>, StoreFault> {
    Ok(db
        .prepare_cached(&format!("SELECT {KEY} WHERE public = :public"))?
        .query_row(named_params! { ":public": key.as_bytes() }, known_key)
        .optional()?)
}

/// Until when the newest certificate of a replica holds; of the hub above, ours under its authority.
pub(super) fn certificate_until(db: &Connection, peer: &Peer) -> Result<Option<DateTime<Utc>>, StoreFault> {
    let newest: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT cert FROM (SELECT cert, since FROM replica_key WHERE replica = :replica
                               UNION ALL SELECT cert, '9999' FROM uplink WHERE replica = :replica)
              WHERE cert IS NOT NULL ORDER BY since DESC LIMIT 1",
        )?
        .query_row(named_params! { ":replica": peer.id }, |row| row.get(0))
        .optional()?;
    Ok(newest
        .and_then(|der| zhuji_protocol::identity::validity(&der).ok())
        .map(|validity| validity.not_after))
}

/// Oldest first; of those of one moment, the one in use last.
pub(super) fn keys_of(db: &Connection, replica: &Replica) -> Result<Vec<KnownKey>, StoreFault> {
    let keys = db
        .prepare_cached(&format!(
            "SELECT {KEY} WHERE unit = :unit AND role = :role
                                       ORDER BY since, replica_key.standing = 'active', public"
        ))?
        .query_map(named_params! { ":unit": replica.unit.as_str(), ":role": replica.role.word() }, known_key)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// The key with this id, of whichever end.
pub(super) fn key_with_id(db: &Connection, id: &KeyId) -> Result<Option<KnownKey>, StoreFault> {
    Ok(db
        .prepare_cached(&format!("SELECT {KEY} WHERE key_id = :id"))?
        .query_row(named_params! { ":id": id.as_bytes() }, known_key)
        .optional()?)
}

/// Lists a key as active. One that was revoked stays so.
pub(super) fn list_key(
    db: &Connection,
    peer: i64,
    key: &PublicKey,
    certificate: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO replica_key (public, key_id, replica, standing, since, cert)
         VALUES (:public, :id, :replica, 'active', :now, :cert)
         ON CONFLICT (public) DO UPDATE
            SET cert = coalesce(excluded.cert, cert),
                since = excluded.since,
                standing = CASE standing WHEN 'revoked' THEN 'revoked' ELSE 'active' END
          WHERE replica = excluded.replica",
    )?
    .execute(named_params! {
        ":public": key.as_bytes(),
        ":id": key.id().as_bytes(),
        ":replica": peer,
        ":now": row::instant(now),
        ":cert": certificate,
    })?;
    Ok(())
}

/// Another certificate was issued for a key that is listed.
pub(super) fn keep_certificate(
    db: &Connection,
    key: &PublicKey,
    certificate: &[u8],
) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE replica_key SET cert = :cert WHERE public = :public")?
        .execute(named_params! { ":public": key.as_bytes(), ":cert": certificate })?;
    Ok(())
}

/// Every other key of the end, listed before this one, is done with.
pub(super) fn replace_keys_before(db: &Connection, peer: i64, key: &PublicKey) -> Result<usize, StoreFault> {
    Ok(db
        .prepare_cached(
            "UPDATE replica_key SET standing = 'replaced'
              WHERE replica = :replica AND public <> :public AND standing = 'active'
                AND since <= (SELECT since FROM replica_key WHERE public = :public)",
        )?
        .execute(named_params! { ":replica": peer, ":public": key.as_bytes() })?)
}

/// How the end stands by a person's ruling.
pub(super) fn standing(db: &Connection, peer: i64) -> Result<Standing, StoreFault> {
    let word: String = db
        .prepare_cached("SELECT standing FROM replica WHERE id = :replica")?
        .query_row(named_params! { ":replica": peer }, |row| row.get(0))?;
    Standing::from_word(&word).ok_or(StoreFault::Unreadable("standing"))
}

pub(super) fn write_standing(db: &Connection, peer: i64, standing: Standing) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE replica SET standing = :standing WHERE id = :replica")?
        .execute(named_params! { ":replica": peer, ":standing": standing.word() })?;
    Ok(())
}

/// Every replica whose office is at an end.
pub(super) fn retired(db: &Connection) -> Result<BTreeSet<Replica>, StoreFault> {
    let retired = db
        .prepare_cached("SELECT unit, role FROM replica WHERE standing = 'retired'")?
        .query_map([], row::replica)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(retired)
}

/// Every key of the end stands so from now on; what was revoked stays revoked.
pub(super) fn put_keys(db: &Connection, peer: i64, standing: Standing) -> Result<(), StoreFault> {
    db.prepare_cached(
        "UPDATE replica_key SET standing = :standing WHERE replica = :replica AND standing <> 'revoked'",
    )?
    .execute(named_params! { ":replica": peer, ":standing": standing.word() })?;
    Ok(())
}

/// One key stands so, listed before or not; what was revoked stays revoked. Gives whether that is news.
pub(super) fn put_key(
    db: &Connection,
    peer: i64,
    key: &PublicKey,
    standing: Standing,
    now: DateTime<Utc>,
) -> Result<bool, StoreFault> {
    let written = db
        .prepare_cached(
            "INSERT INTO replica_key (public, key_id, replica, standing, since)
             VALUES (:public, :id, :replica, :standing, :now)
             ON CONFLICT (public) DO UPDATE SET standing = excluded.standing
              WHERE replica = excluded.replica AND standing NOT IN ('revoked', excluded.standing)",
        )?
        .execute(named_params! {
            ":public": key.as_bytes(),
            ":id": key.id().as_bytes(),
            ":replica": peer,
            ":standing": standing.word(),
            ":now": row::instant(now),
        })?;
    Ok(written > 0)
}

pub(super) fn issue_token(
    db: &Connection,
    hash: &SecretHash,
    target: &Replica,
    issued: DateTime<Utc>,
    expires: DateTime<Utc>,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO token (hash, unit, role, issued, expires) VALUES (:hash, :unit, :role, :issued, :expires)",
    )?
    .execute(named_params! {
        ":hash": hash.0,
        ":unit": target.unit.as_str(),
        ":role": target.role.word(),
        ":issued": row::instant(issued),
        ":expires": row::instant(expires),
    })?;
    Ok(())
}

fn maybe_key_id(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<KeyId>> {
    row.get::<_, Option<[u8; 32]>>(column).map(|id| id.map(KeyId::new))
}

pub(super) fn token(db: &Connection, hash: &SecretHash) -> Result<Option<TokenRecord>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT unit, role, expires, used_by FROM token WHERE hash = :hash")?
        .query_row(named_params! { ":hash": hash.0 }, |row| {
            Ok(TokenRecord {
                target: row::replica(row)?,
                expires: row::moment(row, "expires")?,
                used_by: maybe_key_id(row, "used_by")?,
            })
        })
        .optional()?)
}

pub(super) fn tokens(db: &Connection) -> Result<Vec<IssuedToken>, StoreFault> {
    let tokens = db
        .prepare_cached("SELECT unit, role, issued, expires, used_by FROM token ORDER BY issued, unit, role")?
        .query_map([], |row| {
            Ok(IssuedToken {
                target: row::replica(row)?,
                issued: row::moment(row, "issued")?,
                expires: row::moment(row, "expires")?,
                used_by: maybe_key_id(row, "used_by")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(tokens)
}

pub(super) fn use_token(
    db: &Connection,
    hash: &SecretHash,
    by: &KeyId,
    now: DateTime<Utc>,
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "UPDATE token SET used_by = :by, used_at = :now WHERE hash = :hash AND used_by IS NULL",
    )?
    .execute(named_params! { ":hash": hash.0, ":by": by.as_bytes(), ":now": row::instant(now) })?;
    Ok(())
}

/// Tokens of the replica that nobody used yet are gone. Gives how many.
pub(super) fn withdraw_tokens(db: &Connection, target: &Replica) -> Result<usize, StoreFault> {
    Ok(db
        .prepare_cached("DELETE FROM token WHERE unit = :unit AND role = :role AND used_by IS NULL")?
        .execute(named_params! { ":unit": target.unit.as_str(), ":role": target.role.word() })?)
}

/// Gives whether the unit was not expected before.
pub(super) fn expect(db: &Connection, unit: &UnitId, now: DateTime<Utc>) -> Result<bool, StoreFault> {
    let added = db
        .prepare_cached("INSERT INTO expected (unit, since) VALUES (:unit, :now) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":unit": unit.as_str(), ":now": row::instant(now) })?;
    Ok(added > 0)
}

pub(super) fn is_expected(db: &Connection, unit: &UnitId) -> Result<bool, StoreFault> {
    Ok(db
        .prepare_cached("SELECT 1 FROM expected WHERE unit = :unit")?
        .exists(named_params! { ":unit": unit.as_str() })?)
}

/// The unit is expected no more. Gives whether it was.
pub(super) fn expect_no_more(db: &Connection, unit: &UnitId) -> Result<bool, StoreFault> {
    let removed = db
        .prepare_cached("DELETE FROM expected WHERE unit = :unit")?
        .execute(named_params! { ":unit": unit.as_str() })?;
    Ok(removed > 0)
}

pub(super) fn expected(db: &Connection) -> Result<BTreeSet<UnitId>, StoreFault> {
    let units = db
        .prepare_cached("SELECT unit FROM expected")?
        .query_map([], |row| row::unit(row, "unit"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(units)
}
