//! The end that dials: greets, settles where both stand, then exchanges.

use super::effects::{CutFrom, Outcome, Request, Settled};
use super::end::{Action, Event, Input, Me, Now, Opened, actions};
use super::exchange::Exchange;
use super::receiver::Receiver;
use crate::identity::{PublicKey, Replica};
use crate::wire::bounded::{List, Text};
use crate::wire::close::CloseCode;
use crate::wire::hello::{Capabilities, HelloV1, WelcomeV1};
use crate::wire::kinds::StreamClass;
use crate::wire::life::Incarnation;
use crate::wire::limits;
use crate::wire::message::Message;
use crate::wire::position::PositionV1;
use std::time::{Duration, Instant};

/// One connection, from the dialling side.
#[derive(Debug)]
pub struct Dialer {
    hub: Replica,
    hub_keys: Vec<PublicKey>,
    versions: Vec<u16>,
    dialled: Now,
    state: State,
}

#[derive(Debug)]
enum State {
    /// `connect()` succeeded; that means nothing until the hub answers our hello.
    Greeting { until: Instant },
    /// The hub answered; our store is finding out where both stand.
    Settling(Box<WelcomeV1>),
    /// Both directions run.
    Open(Box<Exchange>),
    /// Nothing more is taken in.
    Closed,
}

/// What a dialler's store knows before it dials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The life of the store.
    pub incarnation: Incarnation,
    /// The highest mark of a row that goes up.
    pub head: u64,
    /// Where it stands with what comes down.
    pub down: Option<PositionV1>,
}

impl Dialer {
    /// The connection to `hub`, whose certificate holds `hub_key`, is there: greets.
    #[must_use]
    pub fn dial(
        me: &Me,
        hub: Replica,
        hub_key: PublicKey,
        standing: Standing,
        now: Now,
    ) -> (Self, Vec<Action>) {
        let hello = HelloV1 {
            replica: me.replica.clone(),
            hub: Some(hub.clone()),
            versions: List::first_of(me.versions.iter().copied()),
            capabilities: Capabilities::OURS,
            program: Text::cut(&me.program),
            process: me.process,
            clock_ms: now.clock_ms,
            incarnation: standing.incarnation,
            head: standing.head,
            down: standing.down,
            extensions: List::new(),
        };
        let state = State::Greeting { until: now.at + limits::PATIENCE };
        let dialer =
            Self { hub, hub_keys: vec![hub_key], versions: me.versions.clone(), dialled: now, state };
        let greet = [Message::open(StreamClass::Control), Message::Hello(Box::new(hello))];
        (dialer, greet.map(|message| Action::Send(StreamClass::Control, message)).into())
    }

    /// Something happened. After a close nothing does.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Action> {
        let done = match (&mut self.state, input) {
            (State::Closed, _) => Vec::new(),
            (_, Input::Close(code)) => vec![Action::Close(code)],
            (_, Input::Message(_, Message::Unknown { kind, version })) => {
                vec![Action::Tell(Event::PassedOver { kind, version })]
            }
            (_, Input::Trust(key)) => {
                self.trust(key);
                Vec::new()
            }
            (State::Greeting { .. }, Input::Message(StreamClass::Control, answer)) => self.answered(answer),
            (State::Greeting { until }, Input::Tick) if *until <= now.at => {
                vec![Action::Close(CloseCode::Silent)]
            }
            (State::Settling(_), Input::Outcome(Outcome::Settled(settled))) => self.settled(settled, now),
            (State::Open(exchange), Input::Message(StreamClass::State, message)) => {
                actions(exchange.message(message, now.at))
            }
            (State::Open(exchange), Input::Outcome(outcome)) => actions(exchange.outcome(outcome, now.at)),
            (State::Open(exchange), Input::Changed) => actions(exchange.changed()),
            (State::Open(exchange), Input::AskAgain(keys)) => actions(exchange.ask_again(&keys)),
            (State::Open(exchange), Input::Tick) => actions(exchange.tick(now.at)),
            (_, Input::Outcome(Outcome::Failed)) => vec![Action::Close(CloseCode::StoreFault)],
            (_, Input::Message(..)) => vec![Action::Close(CloseCode::Protocol)],
            // Before the link is open there is nobody to be told; what changed is sent when it opens.
            (_, Input::Outcome(_) | Input::Changed | Input::AskAgain(_) | Input::Tick) => Vec::new(),
        };
        self.until_closed(done)
    }

    /// When the next [`Input::Tick`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Greeting { until } => Some(*until),
            State::Open(exchange) => exchange.deadline(),
            State::Settling(_) | State::Closed => None,
        }
    }

    /// The open link, for what a driver asks of it.
    #[must_use]
    pub fn exchange(&self) -> Option<&Exchange> {
        match &self.state {
            State::Open(exchange) => Some(exchange),
            _ => None,
        }
    }

    /// See [`Sender::cut_from`](super::sender::Sender::cut_from).
    #[must_use]
    pub fn cut_from(&self) -> Option<CutFrom> {
        self.exchange()?.cut_from()
    }

    fn answered(&mut self, answer: Message) -> Vec<Action> {
        match answer {
            Message::Welcome(welcome) if welcome.hub != self.hub => {
                vec![Action::Close(CloseCode::WrongReplica)]
            }
            Message::Welcome(welcome) if !self.versions.contains(&welcome.version) => {
                vec![Action::Close(CloseCode::NoCommonVersion)]
            }
            Message::Welcome(welcome) => {
                self.state = State::Settling(welcome.clone());
                vec![Action::Ask(Request::Settle(welcome))]
            }
            Message::Refused(refused) => vec![Action::Close(refused.code())],
            Message::Busy(busy) => {
                let seconds = busy.seconds.min(limits::BUSY_SECONDS);
                vec![Action::Tell(Event::Busy { seconds }), Action::Close(CloseCode::Busy)]
            }
            _ => vec![Action::Close(CloseCode::Protocol)],
        }
    }

    fn settled(&mut self, settled: Settled, now: Now) -> Vec<Action> {
        let State::Settling(welcome) = &self.state else { return Vec::new() };
        let (up, down) = match settled {
            Settled::Ready { up, down } => (up, down),
            Settled::Reincarnated => return vec![Action::Close(CloseCode::Reincarnated)],
            Settled::Fork => return vec![Action::Close(CloseCode::Fork)],
        };
        let opened = self.opened(welcome, now);
        let receiver = Receiver::new(self.hub.clone(), self.hub_keys.clone(), down);
        let mut exchange = Exchange::new(up, welcome.version, receiver, welcome.down_head);
        if welcome.hold_seconds > 0 {
            let seconds = welcome.hold_seconds.min(limits::BUSY_SECONDS);
            exchange.hold(now.at + Duration::from_secs(seconds.into()));
        }
        let open = Message::open(StreamClass::State);
        let mut done = vec![Action::Tell(opened), Action::Send(StreamClass::State, open)];
        done.extend(actions(exchange.tick(now.at)));
        self.state = State::Open(Box::new(exchange));
        done
    }

    fn opened(&self, welcome: &WelcomeV1, now: Now) -> Event {
        // The hub's clock was read between our hello and now; the steady clock says how long ago that was at most.
        let waited = i64::try_from((now.at - self.dialled.at).as_millis()).unwrap_or(i64::MAX);
        let ours = self.dialled.clock_ms.saturating_add(waited / 2);
        Event::Opened(Box::new(Opened {
            peer: welcome.hub.clone(),
            program: welcome.program.to_string(),
            version: welcome.version,
            capabilities: welcome.capabilities,
            skew_ms: welcome.clock_ms.saturating_sub(ours),
            head: welcome.down_head,
            from_month: welcome.from_month,
        }))
    }

    fn trust(&mut self, key: PublicKey) {
        if let State::Open(exchange) = &mut self.state {
            exchange.trust(key);
        }
        self.hub_keys.push(key);
    }

    /// A close is the last thing done.
    fn until_closed(&mut self, mut done: Vec<Action>) -> Vec<Action> {
        if let Some(close) = done.iter().position(|action| matches!(action, Action::Close(_))) {
            done.truncate(close + 1);
            self.state = State::Closed;
        }
        done
    }
}
