//! The one row of the hub itself: keys, certificates, counters.

use super::row;
use crate::store::{Founding, Identity, StoreFault};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{Connection, named_params};
use zhuji_protocol::identity::{HubAuthority, Replica, ReplicaKey};
use zhuji_protocol::unit::UnitId;

pub(super) fn found(db: &Connection, founding: &Founding, now: DateTime<Utc>) -> Result<(), StoreFault> {
    db.execute(
        "INSERT INTO hub (one, unit, address, ca_key, ca_cert, key, cert, latest, created)
         VALUES (1, :unit, :address, :ca_key, :ca_cert, :key, :cert, :now, :now)",
        named_params! {
            ":unit": founding.unit.as_str(),
            ":address": founding.address.to_string(),
            ":ca_key": founding.authority.key().pkcs8(),
            ":ca_cert": founding.authority.certificate().der(),
            ":key": founding.key.pkcs8(),
            ":cert": founding.certificate,
            ":now": row::instant(now),
        },
    )?;
    Ok(())
}

pub(super) fn identity(db: &Connection) -> Result<Identity, StoreFault> {
    let (unit, address, ca_key, ca_cert, key, certificate, latest) = db
        .prepare_cached("SELECT unit, address, ca_key, ca_cert, key, cert, latest FROM hub")?
        .query_row([], |row| {
            Ok((
                row::unit(row, "unit")?,
                row.get::<_, String>("address")?,
                row.get::<_, Vec<u8>>("ca_key")?,
                row.get::<_, Vec<u8>>("ca_cert")?,
                row.get::<_, Vec<u8>>("key")?,
                row.get::<_, Vec<u8>>("cert")?,
                row::moment(row, "latest")?,
            ))
        })?;
    let key_of = |pkcs8: &[u8]| ReplicaKey::from_pkcs8(pkcs8).map_err(|_| StoreFault::Unreadable("key"));
    let authority =
        HubAuthority::kept(key_of(&ca_key)?, &ca_cert).map_err(|_| StoreFault::Unreadable("authority"))?;
    let address = address.parse().map_err(|_| StoreFault::Unreadable("address"))?;
    Ok(Identity { replica: Replica::hub(unit), address, authority, key: key_of(&key)?, certificate, latest })
}

pub(super) fn unit(db: &Connection) -> Result<UnitId, StoreFault> {
    Ok(db.prepare_cached("SELECT unit FROM hub")?.query_row([], |row| row::unit(row, "unit"))?)
}

pub(super) fn key(db: &Connection) -> Result<ReplicaKey, StoreFault> {
    let pkcs8: Vec<u8> = db.prepare_cached("SELECT key FROM hub")?.query_row([], |row| row.get(0))?;
    ReplicaKey::from_pkcs8(&pkcs8).map_err(|_| StoreFault::Unreadable("key"))
}

pub(super) fn write_key(db: &Connection, key: &ReplicaKey, certificate: &[u8]) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE hub SET key = :key, cert = :cert")?
        .execute(named_params! { ":key": key.pkcs8(), ":cert": certificate })?;
    Ok(())
}

/// Lists a key as the hub's own; keys are never taken off.
pub(super) fn list_own_key(db: &Connection, key: &ReplicaKey, now: DateTime<Utc>) -> Result<(), StoreFault> {
    db.prepare_cached("INSERT INTO own_key (public, since) VALUES (:public, :since) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":public": key.public().as_bytes(), ":since": row::instant(now) })?;
    Ok(())
}

pub(super) fn own_keys(db: &Connection) -> Result<Vec<zhuji_protocol::identity::PublicKey>, StoreFault> {
    let keys = db
        .prepare_cached("SELECT public FROM own_key ORDER BY since, public")?
        .query_map([], |row| row::public_key(row, "public"))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// Who reports was told to the hub above by this day.
pub(super) fn attended(db: &Connection, day: NaiveDate) -> Result<(), StoreFault> {
    db.prepare_cached("UPDATE hub SET attended = :day WHERE attended IS NOT :day")?
        .execute(named_params! { ":day": day.to_string() })?;
    Ok(())
}

/// The day by which it was told last.
pub(super) fn attended_on(db: &Connection) -> Result<Option<NaiveDate>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT attended FROM hub")?
        .query_row([], |row| row::maybe_date(row, "attended"))?)
}

/// The highest mark given, and the version of the territory.
pub(super) fn counters(db: &Connection) -> Result<(u64, u64), StoreFault> {
    Ok(db
        .prepare_cached("SELECT mark, territory FROM hub")?
        .query_row([], |row| Ok((row::mark(row, "mark")?, row::mark(row, "territory")?)))?)
}

pub(super) fn write_counters(
    db: &Connection,
    mark: u64,
    territory: u64,
    now: DateTime<Utc>,
) -> Result<(), StoreFault> {
    // A transaction that changed nothing costs no write, but for the clock's once a minute.
    db.prepare_cached(
        "UPDATE hub SET mark = :mark, territory = :territory, latest = max(latest, :now)
          WHERE mark <> :mark OR territory <> :territory OR latest < :before",
    )?
    .execute(named_params! {
        ":mark": mark.cast_signed(),
        ":territory": territory.cast_signed(),
        ":now": row::instant(now),
        ":before": row::instant(now - TimeDelta::minutes(1)),
    })?;
    Ok(())
}
