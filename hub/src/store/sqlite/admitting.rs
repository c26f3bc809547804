//! Who may speak: tokens, enrolment, keys. Each act and its entry in the trail are one transaction.

use super::audit;
use super::replicas::{self, Side};
use super::work::Work;
use crate::store::{Author, Enrolled, Standing, StoreFault};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use zhuji_protocol::identity::{Admission, PublicKey, Replica, Role, SecretHash};

pub(super) fn issue_token(
    work: &mut Work<'_>,
    hash: &SecretHash,
    target: &Replica,
    expires: DateTime<Utc>,
    author: &Author,
) -> Result<(), StoreFault> {
    replicas::issue_token(work.db, hash, target, author.at, expires)?;
    if target.role == Role::Node && replicas::expect(work.db, &target.unit, author.at)? {
        work.attendance_changed = true;
    }
    audit::append(work.db, author, "issue-token", &target.to_string(), "")
}

pub(super) fn enrol(work: &mut Work<'_>, enrolled: &Enrolled, author: &Author) -> Result<(), StoreFault> {
    let replica = &enrolled.replica;
    let now = work.moment.now;
    let peer = match replicas::find(work.db, replica)? {
        Some(peer) => peer.id,
        None => {
            let life = work.moment.life(&replica.to_string());
            let peer = replicas::add(work.db, replica, Side::Child, life, now)?;
            work.child_joins(replica.clone());
            if replica.role == Role::Hub {
                // From now on the figures of its subtree come from it.
                work.unit_moves(replica.unit.clone());
                work.attendance_changed = true;
            }
            peer
        }
    };
    if enrolled.admission == Admission::Again {
        // Our answer was lost. How the key stands by now is not touched.
        return replicas::keep_certificate(work.db, &enrolled.key, &enrolled.certificate);
    }
    replicas::list_key(work.db, peer, &enrolled.key, Some(&enrolled.certificate), now)?;
    replicas::use_token(work.db, &enrolled.token, &enrolled.key.id(), now)?;
    replicas::replace_keys_before(work.db, peer, &enrolled.key)?;
    audit::append(work.db, author, "enrol", &replica.to_string(), &enrolled.key.id().to_string())
}

pub(super) fn renew(
    db: &Connection,
    replica: &Replica,
    key: &PublicKey,
    certificate: &[u8],
    author: &Author,
) -> Result<(), StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    replicas::list_key(db, peer.id, key, Some(certificate), author.at)?;
    audit::append(db, author, "renew", &replica.to_string(), &key.id().to_string())
}

pub(super) fn key_used(
    db: &Connection,
    replica: &Replica,
    key: &PublicKey,
    author: &Author,
) -> Result<Standing, StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    let keys = replicas::keys_of(db, replica)?;
    match keys.iter().find(|known| known.public == *key) {
        Some(known) if known.standing == Standing::Active => {
            if replicas::replace_keys_before(db, peer.id, key)? > 0 {
                audit::append(db, author, "key-used", &replica.to_string(), &key.id().to_string())?;
            }
            Ok(Standing::Active)
        }
        Some(known) => Ok(known.standing),
        None if keys.iter().any(|known| known.standing == Standing::Revoked) => Ok(Standing::Revoked),
        None => {
            replicas::list_key(db, peer.id, key, None, author.at)?;
            audit::append(db, author, "readmit", &replica.to_string(), &key.id().to_string())?;
            tracing::warn!(%replica, "a key that was not listed was taken in again");
            Ok(Standing::Active)
        }
    }
}

pub(super) fn revoke(db: &Connection, replica: &Replica, author: &Author) -> Result<(), StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    replicas::revoke_keys(db, peer.id)?;
    replicas::withdraw_tokens(db, replica)?;
    audit::append(db, author, "revoke", &replica.to_string(), "")
}
