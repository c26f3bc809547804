//! An open link: both directions, on the one state stream. The same at either end.

use super::effects::{CutFrom, Outcome, Request, Start};
use super::receiver::Receiver;
use super::sender::{Sender, Step};
use crate::identity::PublicKey;
use crate::wire::ack::AskAgainV1;
use crate::wire::bounded::List;
use crate::wire::close::CloseCode;
use crate::wire::item::ItemKey;
use crate::wire::limits;
use crate::wire::message::Message;
use crate::wire::position::PositionV1;
use std::time::Instant;

/// Both directions.
#[derive(Debug)]
pub struct Exchange {
    sender: Sender,
    receiver: Receiver,
    /// The other end's highest mark when it greeted.
    incoming_head: u64,
}

impl Exchange {
    /// Sends from `start`, receives with `receiver`; the other end had marks up to `incoming_head`.
    #[must_use]
    pub fn new(start: Start, version: u16, receiver: Receiver, incoming_head: u64) -> Self {
        Self { sender: Sender::new(start, version), receiver, incoming_head }
    }

    /// Holds the sender back until then.
    pub fn hold(&mut self, until: Instant) {
        self.sender.hold(until);
    }

    /// Something arrived on the state stream.
    pub fn message(&mut self, message: Message, now: Instant) -> Vec<Step> {
        match message {
            Message::Batch(batch) => vec![self.receiver.batch(*batch)],
            Message::FullStateEnd(end) => vec![self.receiver.end(end)],
            Message::Ack(ack) => self.sender.acknowledged(ack, now),
            Message::Busy(busy) => {
                self.sender.busy(busy.seconds, now);
                Vec::new()
            }
            Message::AskAgain(ask) => vec![Step::Ask(Request::Remark(ask.keys.into_vec()))],
            Message::StreamOpen(_) | Message::Unknown { .. } => Vec::new(),
            Message::Hello(_) | Message::Welcome(_) | Message::Refused(_) => {
                vec![Step::Close(CloseCode::Protocol)]
            }
        }
    }

    /// The store answered.
    pub fn outcome(&mut self, outcome: Outcome, now: Instant) -> Vec<Step> {
        match outcome {
            Outcome::Cut(cut) => self.sender.cut(cut, now),
            Outcome::Located(point) => self.sender.located(point),
            Outcome::Applied(applied) => self.receiver.applied(applied).into_iter().collect(),
            Outcome::Greeted(_) | Outcome::Settled(_) | Outcome::Failed => {
                vec![Step::Close(CloseCode::StoreFault)]
            }
        }
    }

    /// Rows to be sent were changed.
    pub fn changed(&mut self) -> Vec<Step> {
        self.sender.changed()
    }

    /// Asks the other end to send rows again.
    #[must_use]
    pub fn ask_again(&self, keys: &[ItemKey]) -> Vec<Step> {
        keys.chunks(limits::ASKED_AGAIN)
            .map(|keys| AskAgainV1 { keys: List::first_of(keys.iter().cloned()) })
            .map(|ask| Step::Send(Message::AskAgain(ask)))
            .collect()
    }

    /// When [`tick`](Self::tick) is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.sender.deadline()
    }

    /// Time passed, or the exchange begins.
    pub fn tick(&mut self, now: Instant) -> Vec<Step> {
        self.sender.tick(now)
    }

    /// See [`Sender::cut_from`].
    #[must_use]
    pub fn cut_from(&self) -> Option<CutFrom> {
        self.sender.cut_from()
    }

    /// See [`Sender::waits_at`].
    #[must_use]
    pub fn waits_at(&self) -> Option<CutFrom> {
        self.sender.waits_at()
    }

    /// See [`Receiver::trust`].
    pub fn trust(&mut self, key: PublicKey) {
        self.receiver.trust(key);
    }

    /// See [`Receiver::wants_more`].
    #[must_use]
    pub fn wants_more(&self) -> bool {
        self.receiver.wants_more()
    }

    /// See [`Receiver::undecided`].
    #[must_use]
    pub fn undecided(&self) -> usize {
        self.receiver.undecided()
    }

    /// Whether all that either end had when they greeted, and all that was added since at this end, is through.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.sender.is_quiet()
            && self.receiver.is_idle()
            && self.receiver.position().at.cursor >= self.incoming_head
    }

    /// Where this end stands with what it receives.
    #[must_use]
    pub fn received(&self) -> &PositionV1 {
        self.receiver.position()
    }

    /// How far the other end has acknowledged what this end sends.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.sender.acknowledged_at().cursor
    }
}
