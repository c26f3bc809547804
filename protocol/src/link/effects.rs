//! What an end asks of its store, and what the store answers. Each request is one transaction; answers come back in
//! the order of the requests.

use crate::identity::PublicKey;
use crate::wire::ack::{AckV1, FullStateEndV1, RefusedItemV1};
use crate::wire::batch::{Batch, CheckedBatch};
use crate::wire::close::CloseCode;
use crate::wire::hello::{HelloV1, WelcomeV1};
use crate::wire::item::ItemKey;
use crate::wire::life::Incarnation;
use crate::wire::position::{Point, PositionV1};

/// What a store is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Hub: judge who dials, once its queued batches are decided. Of the versions that the hello lists only the one that
    /// was agreed is left. Answer: [`Outcome::Greeted`].
    Greet(Box<HelloV1>),
    /// Dialler: the hub answered; find where to serve it from, and how to take what it sends.
    /// Answer: [`Outcome::Settled`].
    Settle(Box<WelcomeV1>),
    /// Find a position among the records, opening nothing. Answer: [`Outcome::Located`].
    Locate(PositionV1),
    /// Cut the next batch, record where it ends, commit. Answer: [`Outcome::Cut`].
    Cut(CutFrom),
    /// Apply a batch, or find that it is not next; with the position, in one transaction. Answer:
    /// [`Outcome::Applied`].
    Apply(Box<CheckedBatch>),
    /// Put aside what was not sent again, if the position is the one named. Answer: [`Outcome::Applied`].
    ApplyEnd(FullStateEndV1),
    /// Keep what the receiver acknowledged and refused, for `status`; comes only with something new. No answer.
    Acknowledged(AckV1),
    /// Give these rows a new mark, so that they are sent again. No answer, but a change.
    Remark(Vec<ItemKey>),
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each answers the request that names it")]
pub enum Outcome {
    Greeted(Greeted),
    Settled(Settled),
    Located(Option<Point>),
    Cut(Cut),
    Applied(Applied),
    /// The store could not do it (a full disk, a lock): nothing was changed, and the link closes.
    Failed,
}

/// Where the next batch begins. A transaction that changes rows to be sent may cut from here at once, and hand the
/// answer in unasked: then a hop costs one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutFrom {
    /// The sender's incarnation on this link.
    pub incarnation: Incarnation,
    /// After this point.
    pub at: Point,
    /// The protocol version that items are encoded for; rows of a kind that it does not have are passed over.
    pub version: u16,
}

/// What a cut gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A batch, recorded durably.
    Batch {
        /// Where it begins.
        from: CutFrom,
        /// The batch.
        batch: Box<Batch>,
    },
    /// No row has a mark after this point.
    Nothing {
        /// The point.
        from: CutFrom,
        /// See [`FullStateEndV1::since`].
        since: Option<i32>,
    },
}

/// How a hub answers a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeted {
    /// Welcome.
    Welcome(Box<Admission>),
    /// Turned away.
    Refused(CloseCode),
    /// Again in so many seconds.
    Busy {
        /// How long.
        seconds: u32,
    },
}

/// What a hub's store knows of a replica that it lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Where the hub stands with what comes up, in the incarnation proposed.
    pub up: PositionV1,
    /// From where the replica is served.
    pub down: Start,
    /// The highest mark of a row that goes down to it.
    pub down_head: u64,
    /// See [`WelcomeV1::from_month`].
    pub from_month: Option<i32>,
    /// See [`WelcomeV1::hold_seconds`].
    pub hold_seconds: u32,
    /// Every key that the replica may sign with: its old one and its new one.
    pub keys: Vec<PublicKey>,
}

/// How a dialler's store takes the hub's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Both directions may begin.
    Ready {
        /// From where the hub is served.
        up: Start,
        /// Where we stand with what comes down.
        down: PositionV1,
    },
    /// The hub knows more than we do: a new incarnation was opened, dial again.
    Reincarnated,
    /// The hub speaks in an incarnation that we retired: its store is a copy.
    Fork,
}

/// Where a sender begins on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The incarnation served.
    pub incarnation: Incarnation,
    /// The receiver's count of it, as far as the sender was told; 0 if not.
    pub ordinal: u32,
    /// Where the receiver stands.
    pub at: Point,
    /// Whether the receiver has had the full-state-end.
    pub whole: bool,
}

/// What became of a batch or a full-state-end. Everything but [`Retired`](Self::Retired) and
/// [`Busy`](Self::Busy) names the position after the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Applied, but for these items.
    Done {
        /// After the commit.
        position: PositionV1,
        /// Not taken; the cursor passed over them.
        refused: Vec<RefusedItemV1>,
    },
    /// All of it was applied before; nothing was changed.
    Repeat(PositionV1),
    /// It does not begin at the cursor; nothing was changed.
    NotNext(PositionV1),
    /// Too much to do; nothing was changed.
    Busy {
        /// Again in so many seconds.
        seconds: u32,
    },
    /// Its incarnation was retired by a later hello; nothing was changed.
    Retired,
}
