//! What a person rules about a replica, and what was ruled since the backup from which this store was restored.

use super::replicas::{self, Peer, Side};
use super::work::Work;
use super::{admitting, audit};
use crate::revocations::Revocation;
use crate::store::{Author, Ruling, Standing, StoreFault};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{Replica, Role};

/// Gives how the replica stands now, and what is to be kept of it outside the store.
pub(super) fn rule(
    work: &mut Work<'_>,
    replica: &Replica,
    ruling: Ruling,
    reason: &str,
    author: &Author,
) -> Result<(Standing, Vec<Revocation>), StoreFault> {
    let line = |standing, key| Revocation { at: author.at, standing, replica: replica.clone(), key };
    let Some(peer) = replicas::find(work.db, replica)?.filter(|peer| peer.side == Side::Child) else {
        let standing = before_it_enrolled(work, replica, ruling)?;
        audit::append(work.db, author, ruling.word(), &replica.to_string(), reason)?;
        return Ok((standing, vec![line(standing, None)]));
    };
    let before = replicas::standing(work.db, peer.id)?;
    let standing = ruling.on(before).ok_or_else(|| StoreFault::RulingUnfit(replica.clone(), before))?;
    let keys = replicas::keys_of(work.db, replica)?;
    stand(work, &peer, before, standing)?;
    audit::append(work.db, author, ruling.word(), &replica.to_string(), reason)?;
    let lines = keys.into_iter().map(|key| line(standing, Some(key.public))).collect();
    Ok((standing, lines))
}

/// A unit that is expected, or has a token, and never came.
fn before_it_enrolled(
    work: &mut Work<'_>,
    replica: &Replica,
    ruling: Ruling,
) -> Result<Standing, StoreFault> {
    let unknown = || StoreFault::UnknownReplica(replica.clone());
    let standing = match ruling {
        Ruling::Retire => Standing::Retired,
        Ruling::Revoke => Standing::Revoked,
        Ruling::Suspend | Ruling::Resume | Ruling::Ban => return Err(unknown()),
    };
    let withdrawn = replicas::withdraw_tokens(work.db, replica)? > 0;
    let unexpected = ruling == Ruling::Retire && expect_no_more(work, replica)?;
    (withdrawn || unexpected).then_some(standing).ok_or_else(unknown)
}

/// How a copy was found, in the trail: processes that were replaced keep coming back.
pub(super) const RETURNS: &str = "returns";
/// How a copy was found, in the trail: a life that is over spoke again.
pub(super) const OLD_LIFE: &str = "old-life";

/// Two stores speak as one replica. Which of them is right nobody can tell here, so neither is let in; no person ruled it,
/// and enrolling one anew ends it.
pub(super) fn fork_found(work: &mut Work<'_>, peer: &Peer, how: &str) -> Result<(), StoreFault> {
    work.effects.forks.insert(peer.replica.clone());
    if peer.side == Side::Child && replicas::standing(work.db, peer.id)? == Standing::Active {
        replicas::write_standing(work.db, peer.id, Standing::Forked)?;
    }
    let author = Author::of_link(&peer.replica, work.moment.now);
    audit::append(work.db, &author, "fork", &peer.replica.to_string(), how)
}

fn expect_no_more(work: &mut Work<'_>, replica: &Replica) -> Result<bool, StoreFault> {
    let removed = replica.role == Role::Node && replicas::expect_no_more(work.db, &replica.unit)?;
    work.attendance_changed |= removed;
    Ok(removed)
}

fn stand(work: &mut Work<'_>, peer: &Peer, before: Standing, standing: Standing) -> Result<(), StoreFault> {
    replicas::write_standing(work.db, peer.id, standing)?;
    if let Some(of_keys) = standing.of_keys() {
        replicas::put_keys(work.db, peer.id, of_keys)?;
        replicas::withdraw_tokens(work.db, &peer.replica)?;
    }
    if standing == Standing::Retired {
        expect_no_more(work, &peer.replica)?;
    }
    // What it said last of its reporting counts no more, or again.
    work.attendance_changed |= (before == Standing::Retired) != (standing == Standing::Retired);
    Ok(())
}

/// Rules again what was ruled. Gives how many replicas stand otherwise than before, or have a key that does.
pub(super) fn apply(work: &mut Work<'_>, kept: &[Revocation], author: &Author) -> Result<usize, StoreFault> {
    let mut last: BTreeMap<&Replica, &Revocation> = BTreeMap::new();
    let mut changed = BTreeSet::new();
    for line in kept {
        last.insert(&line.replica, line);
        let (Some(key), Some(standing)) = (line.key, line.standing.of_keys()) else { continue };
        // One that enrolled after the backup is remembered as well, or its certificate would let it in.
        let peer = admitting::child(work, &line.replica)?;
        if replicas::put_key(work.db, peer, &key, standing, line.at)? {
            changed.insert(&line.replica);
        }
    }
    for (replica, line) in last {
        let Some(peer) = replicas::find(work.db, replica)?.filter(|peer| peer.side == Side::Child) else {
            if line.standing == Standing::Retired && expect_no_more(work, replica)? {
                changed.insert(replica);
            }
            continue;
        };
        let before = replicas::standing(work.db, peer.id)?;
        if before != line.standing && line.standing != Standing::Replaced {
            stand(work, &peer, before, line.standing)?;
            changed.insert(replica);
        }
    }
    for replica in &changed {
        audit::append(work.db, author, "rule-again", &replica.to_string(), "")?;
    }
    Ok(changed.len())
}
