//! The hub itself: founded, let in above, its keys and the lives of its queues. Each act and its entry in the trail
//! are one transaction.

use super::replicas::{self, Side};
use super::work::Work;
use super::{V1, audit, directory, hub, publishing, row, upward};
use crate::store::arrival::Moment;
use crate::store::{Author, Founding, StoreFault, Uplink};
use rusqlite::{Connection, OptionalExtension, named_params};
use zhuji_protocol::identity::{AuthorityCertificate, PublicKey, Replica, ReplicaKey, check_peer};
use zhuji_protocol::wire::codec::encode;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::published::VouchedKeyV1;
use zhuji_protocol::wire::{kinds, subkey};

/// Fills a new store.
pub(super) fn found(
    db: &mut Connection,
    founding: &Founding,
    author: &Author,
    moment: Moment,
) -> Result<(), StoreFault> {
    let transaction = db.transaction()?;
    hub::found(&transaction, founding, moment.now)?;
    let mut parsed = directory::Parsed::new();
    let mut work = Work::begin(&transaction, moment, None, &mut parsed, super::Warm::new())?;
    list_own_key(&mut work, &founding.key)?;
    publishing::put_entry(&mut work, &founding.entry)?;
    audit::append(&transaction, author, "found", founding.unit.as_str(), "")?;
    work.finish()?;
    transaction.commit()?;
    Ok(())
}

/// A key that this hub signs with: children are told, so that what it publishes stays provable after the next key.
fn list_own_key(work: &mut Work<'_>, key: &ReplicaKey) -> Result<(), StoreFault> {
    hub::list_own_key(work.db, key, work.moment.now)?;
    let replica = Replica::hub(work.territory.own.clone());
    vouch(work, VouchedKeyV1 { replica, key: key.public(), revoked: false })
}

fn vouch(work: &mut Work<'_>, vouched: VouchedKeyV1) -> Result<(), StoreFault> {
    let key = ItemKey {
        kind: kinds::item::VOUCHED_KEY,
        unit: vouched.replica.unit.clone(),
        subkey: subkey::vouched_key(vouched.key.id()),
    };
    let body = encode(&vouched).map_err(|_| StoreFault::TooLong)?;
    work.hand_down(key, V1, &body)
}

pub(super) fn uplink(db: &Connection) -> Result<Option<Uplink>, StoreFault> {
    let found = db
        .prepare_cached(
            "SELECT unit, role, address, ca_cert, cert FROM uplink JOIN replica ON id = uplink.replica",
        )?
        .query_row([], |row| {
            Ok((
                row::replica(row)?,
                row.get::<_, String>("address")?,
                row.get::<_, Vec<u8>>("ca_cert")?,
                row.get::<_, Vec<u8>>("cert")?,
            ))
        })
        .optional()?;
    let Some((parent, address, ca_cert, certificate)) = found else { return Ok(None) };
    let keys = replicas::keys_of(db, &parent)?;
    Ok(Some(Uplink {
        parent,
        address: address.parse().map_err(|_| StoreFault::Unreadable("address"))?,
        authority: AuthorityCertificate::parse(&ca_cert).map_err(|_| StoreFault::Unreadable("authority"))?,
        certificate,
        keys: keys.into_iter().map(|key| key.public).collect(),
    }))
}

pub(super) fn set_uplink(work: &mut Work<'_>, uplink: &Uplink, author: &Author) -> Result<(), StoreFault> {
    let peer = match replicas::find(work.db, &uplink.parent)? {
        Some(peer) => {
            // Enrolling anew is the way out for a store that was copied: it goes on in a life that no copy knows.
            let fresh = work.moment.life(&uplink.parent.to_string());
            replicas::begin_life(work.db, &peer, fresh)?;
            peer.id
        }
        None => {
            if let Some(other) = replicas::parent(work.db)? {
                return Err(StoreFault::OtherParent(other.replica));
            }
            let life = work.moment.life(&uplink.parent.to_string());
            replicas::add(work.db, &uplink.parent, Side::Parent, life, work.moment.now)?
        }
    };
    work.db
        .prepare_cached(
            "INSERT INTO uplink (replica, address, ca_cert, cert) VALUES (:peer, :address, :ca_cert, :cert)
             ON CONFLICT (replica) DO UPDATE
                SET address = excluded.address, ca_cert = excluded.ca_cert, cert = excluded.cert",
        )?
        .execute(named_params! {
            ":peer": peer,
            ":address": uplink.address.to_string(),
            ":ca_cert": uplink.authority.der(),
            ":cert": uplink.certificate,
        })?;
    if let Ok(own) = check_peer(&uplink.authority, &uplink.certificate) {
        upward::enrolled(work.db, &own.public_key, work.moment.now)?;
    }
    for key in &uplink.keys {
        believe(work, peer, &uplink.parent, *key)?;
    }
    // Everything is told upward from now on, so everything is looked at.
    work.judged_otherwise();
    audit::append(work.db, author, "enrol-upward", &uplink.parent.to_string(), &uplink.address.to_string())
}

pub(super) fn trusts_parent(db: &Connection, key: &PublicKey) -> Result<bool, StoreFault> {
    let parent = replicas::parent(db)?;
    let known = replicas::key(db, key)?;
    Ok(parent.zip(known).is_some_and(|(parent, known)| parent.replica == known.replica))
}

pub(super) fn trust_parent(work: &mut Work<'_>, key: PublicKey, author: &Author) -> Result<(), StoreFault> {
    let Some(parent) = replicas::parent(work.db)? else { return Ok(()) };
    believe(work, parent.id, &parent.replica, key)?;
    work.judged_otherwise();
    audit::append(work.db, author, "trust-key", &parent.replica.to_string(), &key.id().to_string())
}

fn believe(work: &mut Work<'_>, peer: i64, parent: &Replica, key: PublicKey) -> Result<(), StoreFault> {
    replicas::list_key(work.db, peer, &key, None, work.moment.now)?;
    vouch(work, VouchedKeyV1 { replica: parent.clone(), key, revoked: false })
}

pub(super) fn renew_own_key(
    work: &mut Work<'_>,
    key: &ReplicaKey,
    certificate: &[u8],
    author: &Author,
) -> Result<(), StoreFault> {
    hub::write_key(work.db, key, certificate)?;
    list_own_key(work, key)?;
    audit::append(work.db, author, "renew-own-key", work.territory.own.as_str(), &key.id().to_string())
}

pub(super) fn begin_new_lives(db: &Connection, author: &Author, moment: Moment) -> Result<(), StoreFault> {
    let mut peers = replicas::on_side(db, Side::Child)?;
    peers.extend(replicas::parent(db)?);
    for peer in &peers {
        replicas::begin_life(db, peer, moment.life(&peer.replica.to_string()))?;
    }
    audit::append(db, author, "new-lives", hub::unit(db)?.as_str(), &peers.len().to_string())
}
