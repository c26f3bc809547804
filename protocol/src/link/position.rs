//! Where two ends of one direction stand to each other: decisions only, no effects.
//!
//! The sender keeps a record of every batch that it cut; the receiver keeps a position. What the receiver says is
//! looked up among the records, and served from there. Anything unknown proves that one of the two stores is not the
//! one that it was, and the sender begins a new incarnation.

use super::effects::Applied;
use crate::wire::ack::FullStateEndV1;
use crate::wire::batch::Batch;
use crate::wire::life::Incarnation;
use crate::wire::position::{Point, PositionV1};

/// From where a sender serves its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serve {
    /// From this point of the current incarnation. `whole`: the receiver has had its full-state-end.
    From {
        /// Where the receiver stands.
        at: Point,
        /// Whether the full-state-end is behind it.
        whole: bool,
    },
    /// The receiver knows more than we do, or another chain: our store was restored or copied. Open a new
    /// incarnation and send everything.
    Reincarnate,
}

/// How a receiver takes a sender's incarnation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The one that it knows: it stands here.
    Current(PositionV1),
    /// A new one: it gets the next ordinal, and retires the one before.
    New(PositionV1),
    /// One that was retired speaks again: two stores are at it, a fork.
    Retired,
}

/// Where a batch stands to the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It begins at the cursor: apply it, and stand here.
    Next(Point),
    /// All of it is behind the cursor: our acknowledgement was lost.
    Repeat,
    /// It begins elsewhere: the sender must cut anew from the cursor.
    Gap,
}

/// From where to serve a receiver that says it stands at `peer` (`None`: never heard of us).
///
/// `is_past` knows the incarnations that this sender itself has left behind; `is_recorded` knows the points at which
/// a batch of the current one ended, abandoned ones included.
pub fn serve(
    peer: Option<&PositionV1>,
    current: Incarnation,
    is_past: impl FnOnce(Incarnation) -> bool,
    is_recorded: impl FnOnce(Point) -> bool,
) -> Serve {
    let from_start = Serve::From { at: Point::START, whole: false };
    let Some(peer) = peer else { return from_start };
    if peer.incarnation != current {
        // It has not heard of the current one yet; or, if the one it names is none of ours, we are the older copy.
        return if is_past(peer.incarnation) { from_start } else { Serve::Reincarnate };
    }
    if peer.at == Point::START || is_recorded(peer.at) {
        Serve::From { at: peer.at, whole: peer.whole }
    } else {
        Serve::Reincarnate
    }
}

/// How to take a sender's incarnation, given every position that is kept of that sender.
#[must_use]
pub fn receive(kept: &[PositionV1], proposed: Incarnation) -> Incoming {
    let newest = kept.iter().max_by_key(|position| position.ordinal);
    match newest {
        Some(newest) if newest.incarnation == proposed => Incoming::Current(*newest),
        _ if kept.iter().any(|position| position.incarnation == proposed) => Incoming::Retired,
        newest => {
            let ordinal = newest.map_or(1, |newest| newest.ordinal.saturating_add(1));
            Incoming::New(PositionV1::fresh(proposed, ordinal))
        }
    }
}

/// Where a batch of the current incarnation stands.
#[must_use]
pub fn arrival(batch: &Batch, at: Point) -> Arrival {
    if batch.after() == at.cursor {
        Arrival::Next(batch.point(at))
    } else if batch.through() <= at.cursor {
        Arrival::Repeat
    } else {
        Arrival::Gap
    }
}

/// What a store does with a batch or a full-state-end, given every position that it keeps of the sender: called
/// inside the transaction that applies it. `Ok` is the position to record.
///
/// # Errors
/// Nothing is to be changed; the error is what the store answers.
pub fn take(kept: &[PositionV1], batch: &Batch) -> Result<PositionV1, Applied> {
    let current = current_of(kept, batch.incarnation())?;
    match arrival(batch, current.at) {
        Arrival::Next(at) => Ok(PositionV1 { at, ..current }),
        Arrival::Repeat => Err(Applied::Repeat(current)),
        Arrival::Gap => Err(Applied::NotNext(current)),
    }
}

/// The same for a full-state-end: rows of the sender with an ordinal below the position's, and a month from
/// [`since`](FullStateEndV1::since) on, are put aside.
///
/// # Errors
/// Nothing is to be changed; the error is what the store answers.
pub fn take_end(kept: &[PositionV1], end: &FullStateEndV1) -> Result<PositionV1, Applied> {
    let current = current_of(kept, end.incarnation)?;
    if current.whole {
        Err(Applied::Repeat(current))
    } else if current.at.cursor == end.through {
        Ok(PositionV1 { whole: true, ..current })
    } else {
        Err(Applied::NotNext(current))
    }
}

fn current_of(kept: &[PositionV1], incarnation: Incarnation) -> Result<PositionV1, Applied> {
    match receive(kept, incarnation) {
        Incoming::Current(position) => Ok(position),
        Incoming::New(_) | Incoming::Retired => Err(Applied::Retired),
    }
}

/// Whether a row of (ordinal, revision) `new` takes the place of `old`. Order comes from these, never from a clock.
#[must_use]
pub fn supersedes(new: (u32, u64), old: (u32, u64)) -> bool {
    new > old
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::digest::Digest;

    const FIRST: Incarnation = Incarnation([1; 16]);
    const SECOND: Incarnation = Incarnation([2; 16]);

    fn at(cursor: u64) -> Point {
        Point { cursor, chain: Digest::of(&[&cursor.to_le_bytes()]) }
    }

    fn position(incarnation: Incarnation, ordinal: u32, cursor: u64) -> PositionV1 {
        PositionV1 { incarnation, ordinal, at: at(cursor), whole: true }
    }

    #[test]
    fn a_receiver_is_served_from_where_it_stands_if_the_sender_remembers_it() {
        let start = Serve::From { at: Point::START, whole: false };
        let recorded = |point: Point| [at(5), at(9)].contains(&point);
        let past = |incarnation| incarnation == FIRST;
        for (peer, expected) in [
            (None, start),
            (Some(PositionV1::fresh(SECOND, 2)), start),
            (Some(position(SECOND, 2, 5)), Serve::From { at: at(5), whole: true }),
            // It knows more than we do.
            (Some(position(SECOND, 2, 11)), Serve::Reincarnate),
            // The same cursor by another chain.
            (
                Some(PositionV1 { at: Point { chain: Digest::ZERO, ..at(5) }, ..position(SECOND, 2, 5) }),
                Serve::Reincarnate,
            ),
            // It stands in an incarnation that we left behind: it learns of this one now.
            (Some(position(FIRST, 1, 400)), start),
            // It stands in one that we do not know: we are the older copy.
            (Some(position(Incarnation([3; 16]), 3, 1)), Serve::Reincarnate),
        ] {
            assert_eq!(serve(peer.as_ref(), SECOND, past, recorded), expected, "{peer:?}");
        }
    }

    #[test]
    fn a_new_incarnation_gets_the_next_ordinal_and_a_retired_one_is_a_fork() {
        let kept = [position(FIRST, 1, 7), position(SECOND, 2, 3)];
        assert_eq!(receive(&[], FIRST), Incoming::New(PositionV1::fresh(FIRST, 1)));
        assert_eq!(receive(&kept, SECOND), Incoming::Current(kept[1]));
        assert_eq!(receive(&kept, FIRST), Incoming::Retired);
        let third = Incarnation([3; 16]);
        assert_eq!(receive(&kept, third), Incoming::New(PositionV1::fresh(third, 3)));
    }

    #[test]
    fn a_later_life_wins_over_a_higher_revision() {
        assert!(supersedes((2, 1), (1, 900)));
        assert!(supersedes((1, 2), (1, 1)));
        assert!(!supersedes((1, 1), (1, 1)));
        assert!(!supersedes((1, 900), (2, 1)));
    }
}
