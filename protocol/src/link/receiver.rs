//! The receiving half of a direction: proves batches, has them applied in order, and answers after the commit.

use super::effects::{Applied, Request};
use super::sender::Step;
use crate::identity::{PublicKey, Replica};
use crate::wire::ack::{AckV1, AnswerV1, FullStateEndV1, RefusedItemV1};
use crate::wire::batch::{Batch, BatchFault};
use crate::wire::bounded::List;
use crate::wire::close::CloseCode;
use crate::wire::hello::BusyV1;
use crate::wire::limits;
use crate::wire::message::Message;
use crate::wire::position::{Point, PositionV1};

/// More than a sender has unacknowledged, twice over because it may have begun anew: whoever sends more is no sender.
const MOST_APPLYING: usize = 2 * limits::UNACKNOWLEDGED_BATCHES + 2;

/// The receiver of one connection.
#[derive(Debug)]
pub struct Receiver {
    sender: Replica,
    keys: Vec<PublicKey>,
    position: PositionV1,
    /// Requests that the store has not answered.
    applying: usize,
    /// The point from which the sender was asked to cut anew: asked once, else each stale batch would ask again.
    asked_anew: Option<Point>,
}

impl Receiver {
    /// Stands at `position` with `sender`, who signs with one of `keys`.
    #[must_use]
    pub fn new(sender: Replica, keys: Vec<PublicKey>, position: PositionV1) -> Self {
        Self { sender, keys, position, applying: 0, asked_anew: None }
    }

    /// The sender has another key: its certificate was renewed.
    pub fn trust(&mut self, key: PublicKey) {
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    /// Where it stands: after the last commit.
    #[must_use]
    pub fn position(&self) -> &PositionV1 {
        &self.position
    }

    /// Whether the driver should go on reading the state stream: else the sender waits, and no queue grows.
    #[must_use]
    pub fn wants_more(&self) -> bool {
        self.applying < limits::UNACKNOWLEDGED_BATCHES
    }

    /// Batches and ends that the store has not decided.
    #[must_use]
    pub fn undecided(&self) -> usize {
        self.applying
    }

    /// Whether nothing waits for the store.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.applying == 0
    }

    /// A batch arrived.
    pub fn batch(&mut self, batch: Batch) -> Step {
        if batch.incarnation() != self.position.incarnation {
            return Step::Close(CloseCode::Protocol);
        }
        match batch.check(&self.sender, &self.keys) {
            Ok(checked) => self.ask(Request::Apply(Box::new(checked))),
            Err(BatchFault::Root | BatchFault::UnknownKey | BatchFault::Signature) => {
                Step::Close(CloseCode::BadSignature)
            }
            Err(_) => Step::Close(CloseCode::Protocol),
        }
    }

    /// A full-state-end arrived.
    pub fn end(&mut self, end: FullStateEndV1) -> Step {
        if end.incarnation != self.position.incarnation {
            return Step::Close(CloseCode::Protocol);
        }
        self.ask(Request::ApplyEnd(end))
    }

    /// The store answered.
    pub fn applied(&mut self, applied: Applied) -> Option<Step> {
        self.applying = self.applying.saturating_sub(1);
        match applied {
            Applied::Done { position, refused } => {
                self.asked_anew = None;
                Some(self.answer(position, AnswerV1::Applied, refused))
            }
            Applied::Repeat(position) => Some(self.answer(position, AnswerV1::Applied, Vec::new())),
            Applied::NotNext(position) if self.asked_anew == Some(position.at) => None,
            Applied::NotNext(position) => {
                self.asked_anew = Some(position.at);
                Some(self.answer(position, AnswerV1::CutAnew, Vec::new()))
            }
            Applied::Busy { seconds } => Some(Step::Send(Message::Busy(BusyV1 { seconds }))),
            Applied::Retired => Some(Step::Close(CloseCode::Replaced)),
        }
    }

    fn ask(&mut self, request: Request) -> Step {
        if self.applying >= MOST_APPLYING {
            return Step::Close(CloseCode::LimitBroken);
        }
        self.applying += 1;
        Step::Ask(request)
    }

    fn answer(&mut self, position: PositionV1, answer: AnswerV1, refused: Vec<RefusedItemV1>) -> Step {
        self.position = position;
        // A batch has no more items than an answer has room for.
        Step::Send(Message::Ack(AckV1 { position, answer, refused: List::first_of(refused) }))
    }
}
