//! Who may speak: tokens, enrolment, keys. Each act and its entry in the trail are one transaction.

use super::audit;
use super::replicas::{self, Side};
use super::work::Work;
use crate::revocations::Revocation;
use crate::store::{Author, Enrolled, Standing, StoreFault};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use zhuji_protocol::identity::{Admission, PublicKey, Replica, Role, SecretHash};

/// Keys of one replica that are active at once: the present one, the next, and those that stores which were restored
/// in between asked for and lost.
const MOST_ACTIVE: usize = 8;

pub(super) fn issue_token(
    work: &mut Work<'_>,
    hash: &SecretHash,
    target: &Replica,
    expires: DateTime<Utc>,
    author: &Author,
) -> Result<(), StoreFault> {
    if let Some(peer) = replicas::find(work.db, target)? {
        let standing = replicas::standing(work.db, peer.id)?;
        if standing.bars_tokens() {
            return Err(StoreFault::NoToken(target.clone(), standing));
        }
    }
    replicas::issue_token(work.db, hash, target, author.at, expires)?;
    if target.role == Role::Node && replicas::expect(work.db, &target.unit, author.at)? {
        work.attendance_changed = true;
    }
    audit::append(work.db, author, "issue-token", &target.to_string(), "")
}

/// Gives what is to be known outside the store: that a replica which was put out is let in again.
pub(super) fn enrol(
    work: &mut Work<'_>,
    enrolled: &Enrolled,
    author: &Author,
) -> Result<Vec<Revocation>, StoreFault> {
    let replica = &enrolled.replica;
    let now = work.moment.now;
    let peer = child(work, replica)?;
    if enrolled.admission == Admission::Again {
        // Our answer was lost. How the key stands by now is not touched.
        replicas::keep_certificate(work.db, &enrolled.key, &enrolled.certificate)?;
        return Ok(Vec::new());
    }
    replicas::list_key(work.db, peer, &enrolled.key, Some(&enrolled.certificate), now)?;
    replicas::use_token(work.db, &enrolled.token, &enrolled.key.id(), now)?;
    replicas::replace_keys_before(work.db, peer, &enrolled.key)?;
    audit::append(work.db, author, "enrol", &replica.to_string(), &enrolled.key.id().to_string())?;
    let before = replicas::standing(work.db, peer)?;
    if before == Standing::Active {
        return Ok(Vec::new());
    }
    replicas::write_standing(work.db, peer, Standing::Active)?;
    work.attendance_changed |= before == Standing::Retired;
    let key = Some(enrolled.key);
    Ok(vec![Revocation { at: author.at, standing: Standing::Active, replica: replica.clone(), key }])
}

/// The row of a child; a new one where it has none.
pub(super) fn child(work: &mut Work<'_>, replica: &Replica) -> Result<i64, StoreFault> {
    if let Some(peer) = replicas::find(work.db, replica)? {
        return Ok(peer.id);
    }
    let life = work.moment.life(&replica.to_string());
    let peer = replicas::add(work.db, replica, Side::Child, life, work.moment.now)?;
    work.child_joins(replica.clone());
    if replica.role == Role::Hub {
        // From now on the figures of its subtree come from it.
        work.unit_moves(replica.unit.clone());
        work.attendance_changed = true;
    }
    Ok(peer)
}

pub(super) fn renew(
    db: &Connection,
    replica: &Replica,
    key: &PublicKey,
    certificate: &[u8],
    author: &Author,
) -> Result<(), StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    let keys = replicas::keys_of(db, replica)?;
    let known = keys.iter().find(|known| known.public == *key);
    let active = keys.iter().filter(|known| known.standing == Standing::Active).count();
    let unfit = match known {
        Some(known) => known.standing != Standing::Active,
        // Another replica's, or one too many.
        None => replicas::key(db, key)?.is_some() || active >= MOST_ACTIVE,
    };
    if unfit {
        return Err(StoreFault::KeyUnfit(replica.clone()));
    }
    replicas::list_key(db, peer.id, key, Some(certificate), author.at)?;
    audit::append(db, author, "renew", &replica.to_string(), &key.id().to_string())
}

/// A key under a certificate of this hub's authority was shown.
pub(super) fn key_used(
    work: &mut Work<'_>,
    replica: &Replica,
    key: &PublicKey,
    author: &Author,
) -> Result<Standing, StoreFault> {
    let Some(peer) = replicas::find(work.db, replica)? else {
        return readmit(work, replica, key, author);
    };
    let standing = replicas::standing(work.db, peer.id)?;
    if standing != Standing::Active {
        return Ok(standing);
    }
    let keys = replicas::keys_of(work.db, replica)?;
    match keys.iter().find(|known| known.public == *key) {
        Some(known) if known.standing == Standing::Active => {
            if replicas::replace_keys_before(work.db, peer.id, key)? > 0 {
                audit::append(work.db, author, "key-used", &replica.to_string(), &key.id().to_string())?;
            }
            Ok(Standing::Active)
        }
        Some(known) => Ok(known.standing),
        None => readmit(work, replica, key, author),
    }
}

/// This hub was restored from before it gave a certificate to the key, to the replica even. It is later than every key
/// that is listed.
fn readmit(
    work: &mut Work<'_>,
    replica: &Replica,
    key: &PublicKey,
    author: &Author,
) -> Result<Standing, StoreFault> {
    let known_elsewhere = replicas::key(work.db, key)?.is_some();
    if known_elsewhere || !work.territory.directory.ever_covers(&work.territory.own, &replica.unit) {
        return Err(StoreFault::UnknownReplica(replica.clone()));
    }
    let peer = child(work, replica)?;
    if replica.role == Role::Node && replicas::expect(work.db, &replica.unit, author.at)? {
        work.attendance_changed = true;
    }
    replicas::list_key(work.db, peer, key, None, author.at)?;
    replicas::replace_keys_before(work.db, peer, key)?;
    audit::append(work.db, author, "readmit", &replica.to_string(), &key.id().to_string())?;
    tracing::warn!(%replica, "a key that was not listed was taken in again: this store was restored from before it");
    Ok(Standing::Active)
}
