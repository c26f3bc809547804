//! The sending half of a direction: cuts while there is room, sends, and moves on with what is acknowledged.

use super::effects::{Cut, CutFrom, Request, Start};
use crate::wire::ack::{AckV1, AnswerV1, FullStateEndV1};
use crate::wire::close::CloseCode;
use crate::wire::life::Incarnation;
use crate::wire::limits;
use crate::wire::message::Message;
use crate::wire::position::{Point, PositionV1};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The sender of one connection.
#[derive(Debug)]
pub struct Sender {
    incarnation: Incarnation,
    ordinal: u32,
    version: u16,
    /// Where the receiver stood when it last said so.
    acknowledged: Point,
    /// Where each batch ends that was sent and not yet acknowledged.
    sent: VecDeque<Point>,
    /// Where the next batch begins: the end of the last one sent.
    next: Point,
    work: Work,
    /// The full-state-end: the receiver has it, or it was sent through a mark.
    whole: bool,
    end_sent: Option<u64>,
    held_until: Option<Instant>,
    answer_due: Option<Instant>,
    /// Answers that may still come: one for each batch and end that was sent. Stale batches are not all answered.
    owed: u32,
    /// How often in a row the receiver wanted it cut anew.
    cut_anew: u32,
}

/// What the store is doing for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// There may be rows to cut.
    Wanted,
    /// A cut was asked for; `stale` if rows changed since.
    Cutting { at: Point, stale: bool },
    /// The store had nothing after `next`.
    CaughtUp,
    /// A position that is not in memory is being looked up.
    Locating,
}

/// What the sender wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the store.
    Ask(Request),
    /// Send on the state stream.
    Send(Message),
    /// Close the connection.
    Close(CloseCode),
}

impl Sender {
    /// Begins where the receiver stands.
    #[must_use]
    pub fn new(start: Start, version: u16) -> Self {
        Self {
            incarnation: start.incarnation,
            ordinal: start.ordinal,
            version,
            acknowledged: start.at,
            sent: VecDeque::new(),
            next: start.at,
            work: Work::Wanted,
            whole: start.whole,
            end_sent: None,
            held_until: None,
            answer_due: None,
            owed: 0,
            cut_anew: 0,
        }
    }

    /// Sends nothing before then.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = Some(until);
    }

    /// Rows were changed.
    pub fn changed(&mut self) -> Vec<Step> {
        match &mut self.work {
            Work::Cutting { stale, .. } => *stale = true,
            Work::CaughtUp => self.work = Work::Wanted,
            Work::Wanted | Work::Locating => {}
        }
        self.go_on()
    }

    /// Where a transaction that changes rows may cut the next batch, if there is room for one.
    #[must_use]
    pub fn cut_from(&self) -> Option<CutFrom> {
        let has_room = self.sent.len() < limits::UNACKNOWLEDGED_BATCHES;
        let may = has_room && self.held_until.is_none() && self.work != Work::Locating;
        may.then_some(CutFrom { incarnation: self.incarnation, at: self.next, version: self.version })
    }

    /// The same while nothing else is under way: there is nothing to send, and what is written next can go at once.
    #[must_use]
    pub fn waits_at(&self) -> Option<CutFrom> {
        self.cut_from().filter(|_| self.work == Work::CaughtUp)
    }

    /// The store cut, asked or unasked. A cut from elsewhere is abandoned: its record stays, and costs nothing. Its rows
    /// are still to be sent.
    pub fn cut(&mut self, cut: Cut, now: Instant) -> Vec<Step> {
        let from = match &cut {
            Cut::Batch { from, .. } | Cut::Nothing { from, .. } => *from,
        };
        let mut stale = false;
        if let Work::Cutting { at, stale: changed } = self.work
            && at == from.at
        {
            stale = changed;
            self.work = Work::Wanted;
        }
        if self.cut_from() != Some(from) {
            if self.work == Work::CaughtUp && matches!(cut, Cut::Batch { .. }) {
                self.work = Work::Wanted;
            }
            return self.go_on();
        }
        let mut steps = Vec::new();
        match cut {
            Cut::Batch { batch, .. } => {
                self.next = batch.point(self.next);
                self.sent.push_back(self.next);
                self.work = Work::Wanted;
                self.expect_answer(now);
                self.owed = self.owed.saturating_add(1);
                steps.push(Step::Send(Message::Batch(batch)));
            }
            Cut::Nothing { since, .. } if !stale => {
                self.work = Work::CaughtUp;
                steps.extend(self.end_of_full_state(since, now));
            }
            Cut::Nothing { .. } => {}
        }
        steps.extend(self.go_on());
        steps
    }

    /// The receiver told where it stands.
    pub fn acknowledged(&mut self, ack: AckV1, now: Instant) -> Vec<Step> {
        let PositionV1 { incarnation, at, whole, ordinal } = ack.position;
        // Whoever answers more than was asked, or wants everything again for ever, is no receiver.
        if incarnation != self.incarnation || !self.is_owed() || self.goes_in_circles(ack.answer) {
            return vec![Step::Close(CloseCode::Protocol)];
        }
        let mut steps = Vec::new();
        // An answer that says nothing new is not worth a commit.
        let is_new =
            at.cursor > self.acknowledged.cursor || (whole && !self.whole) || !ack.refused.is_empty();
        self.ordinal = ordinal;
        self.whole |= whole;
        match (ack.answer, self.sent.iter().position(|sent| *sent == at)) {
            (AnswerV1::Applied, Some(index)) => {
                self.sent.drain(..=index);
                self.acknowledged = at;
            }
            // A full-state-end, a repeat, or an answer overtaken by a later one.
            (AnswerV1::Applied, None) if at == self.acknowledged || at.cursor < self.acknowledged.cursor => {}
            (AnswerV1::CutAnew, known) if known.is_some() || at == self.acknowledged => self.go_back_to(at),
            // Known to the store, perhaps: a batch that was abandoned here and arrived all the same.
            _ if self.work == Work::Locating => {}
            _ => {
                self.go_back_to(self.acknowledged);
                self.work = Work::Locating;
                steps.push(Step::Ask(Request::Locate(ack.position)));
            }
        }
        if self.owes_answer() {
            self.expect_answer(now);
        } else {
            self.answer_due = None;
        }
        if is_new {
            steps.push(Step::Ask(Request::Acknowledged(ack)));
        }
        steps.extend(self.go_on());
        steps
    }

    /// The store looked the position up; `None`: it has no record of it, and the next hello must settle it.
    pub fn located(&mut self, point: Option<Point>) -> Vec<Step> {
        let Some(point) = point else { return vec![Step::Close(CloseCode::Protocol)] };
        self.go_back_to(point);
        self.go_on()
    }

    /// The receiver takes nothing for a while.
    pub fn busy(&mut self, seconds: u32, now: Instant) {
        // It may say so unasked: that costs nothing.
        self.owed = self.owed.saturating_sub(1);
        if self.work != Work::Locating {
            self.go_back_to(self.acknowledged);
        }
        self.answer_due = None;
        self.hold(now + Duration::from_secs(seconds.min(limits::BUSY_SECONDS).into()));
    }

    /// When [`tick`](Self::tick) is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        [self.held_until, self.answer_due].into_iter().flatten().min()
    }

    /// Time passed; also the first step of a new sender.
    pub fn tick(&mut self, now: Instant) -> Vec<Step> {
        if self.answer_due.is_some_and(|due| due <= now) {
            return vec![Step::Close(CloseCode::Silent)];
        }
        if self.held_until.is_some_and(|until| until <= now) {
            self.held_until = None;
        }
        self.go_on()
    }

    /// Whether everything that there is was sent and acknowledged, the full-state-end included.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.work == Work::CaughtUp && self.sent.is_empty() && self.whole
    }

    /// Where the receiver stood when it last said so.
    #[must_use]
    pub fn acknowledged_at(&self) -> Point {
        self.acknowledged
    }

    fn go_on(&mut self) -> Vec<Step> {
        match (self.work, self.cut_from()) {
            (Work::Wanted, Some(from)) => {
                self.work = Work::Cutting { at: from.at, stale: false };
                vec![Step::Ask(Request::Cut(from))]
            }
            _ => Vec::new(),
        }
    }

    /// The moment at which the store has nothing more is the moment at which everything was sent.
    fn end_of_full_state(&mut self, since: Option<i32>, now: Instant) -> Option<Step> {
        let through = self.next.cursor;
        if self.whole || self.end_sent == Some(through) {
            return None;
        }
        self.end_sent = Some(through);
        self.expect_answer(now);
        self.owed = self.owed.saturating_add(1);
        let (incarnation, ordinal) = (self.incarnation, self.ordinal);
        Some(Step::Send(Message::FullStateEnd(FullStateEndV1 { incarnation, ordinal, through, since })))
    }

    fn go_back_to(&mut self, point: Point) {
        self.acknowledged = point;
        self.next = point;
        self.sent.clear();
        self.end_sent = None;
        self.work = Work::Wanted;
    }

    /// Takes one of the answers that may still come.
    fn is_owed(&mut self) -> bool {
        let is_owed = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        is_owed
    }

    fn goes_in_circles(&mut self, answer: AnswerV1) -> bool {
        self.cut_anew = match answer {
            AnswerV1::Applied => 0,
            AnswerV1::CutAnew => self.cut_anew + 1,
        };
        self.cut_anew > limits::CUTS_ANEW
    }

    fn owes_answer(&self) -> bool {
        !self.sent.is_empty() || (self.end_sent.is_some() && !self.whole)
    }

    fn expect_answer(&mut self, now: Instant) {
        self.answer_due = Some(now + limits::PATIENCE);
    }
}
