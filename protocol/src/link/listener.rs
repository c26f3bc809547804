//! The end that is dialled: a hub's side of one connection. It answers a hello only when its store has judged it.

use super::effects::{Admission, CutFrom, Greeted, Outcome, Request};
use super::end::{Action, Event, Input, Me, Now, Opened, actions};
use super::exchange::Exchange;
use super::receiver::Receiver;
use crate::identity::{PublicKey, Replica};
use crate::wire::bounded::{List, Text};
use crate::wire::close::CloseCode;
use crate::wire::hello::{BusyV1, Capabilities, HelloV1, RefusedV1, WelcomeV1, common_version};
use crate::wire::kinds::StreamClass;
use crate::wire::limits;
use crate::wire::message::Message;
use std::time::Instant;

/// One connection, from the hub's side.
#[derive(Debug)]
pub struct Listener {
    me: Me,
    peer: Replica,
    peer_keys: Vec<PublicKey>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The certificate is good; who it is has not said hello.
    Greeting { until: Instant },
    /// The store is judging the hello.
    Judging { hello: Box<HelloV1>, version: u16, skew_ms: i64 },
    /// Welcomed; the dialler opens the state stream when its own store is ready.
    Welcomed(Box<Exchange>),
    /// Both directions run.
    Open(Box<Exchange>),
    /// Nothing more is taken in.
    Closed,
}

impl Listener {
    /// A connection came in from `peer`, as its certificate says, with this key.
    #[must_use]
    pub fn accept(me: Me, peer: Replica, peer_key: PublicKey, now: Now) -> Self {
        let state = State::Greeting { until: now.at + limits::PATIENCE };
        Self { me, peer, peer_keys: vec![peer_key], state }
    }

    /// Something happened. After a close nothing does.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Action> {
        use StreamClass::{Control, State as StateStream};
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
            (_, Input::Message(Control, Message::StreamOpen(_))) => Vec::new(),
            (State::Greeting { .. }, Input::Message(Control, Message::Hello(hello))) => {
                self.greeted(hello, now)
            }
            (State::Greeting { until }, Input::Tick) if *until <= now.at => {
                vec![Action::Close(CloseCode::Silent)]
            }
            (State::Judging { .. }, Input::Outcome(Outcome::Greeted(greeted))) => self.judged(greeted, now),
            (State::Welcomed(_), Input::Message(StateStream, Message::StreamOpen(_))) => self.begin(now),
            (State::Open(exchange), Input::Message(StateStream, message)) => {
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
            State::Judging { .. } | State::Welcomed(_) | State::Closed => None,
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

    fn greeted(&mut self, hello: Box<HelloV1>, now: Now) -> Vec<Action> {
        let meant_for_us = hello.hub.as_ref().is_none_or(|hub| *hub == self.me.replica);
        if hello.replica != self.peer || !meant_for_us {
            return refuse(CloseCode::WrongReplica, now);
        }
        let Some(version) = common_version(&self.me.versions, &hello.versions) else {
            return refuse(CloseCode::NoCommonVersion, now);
        };
        let skew_ms = hello.clock_ms.saturating_sub(now.clock_ms);
        let asked = HelloV1 { versions: List::first_of([version]), ..(*hello).clone() };
        let ask = Action::Ask(Request::Greet(Box::new(asked)));
        self.state = State::Judging { hello, version, skew_ms };
        vec![ask]
    }

    fn judged(&mut self, greeted: Greeted, now: Now) -> Vec<Action> {
        match greeted {
            Greeted::Welcome(admission) => self.welcome(*admission, now),
            Greeted::Refused(code) => refuse(code, now),
            Greeted::Busy { seconds } => vec![
                Action::Send(StreamClass::Control, Message::Busy(BusyV1 { seconds })),
                Action::Close(CloseCode::Busy),
            ],
        }
    }

    fn welcome(&mut self, admission: Admission, now: Now) -> Vec<Action> {
        let State::Judging { hello, version, skew_ms } = &self.state else { return Vec::new() };
        let Admission { up, down, down_head, from_month, hold_seconds, keys } = admission;
        let capabilities = Capabilities::OURS.common(hello.capabilities);
        let welcome = WelcomeV1 {
            hub: self.me.replica.clone(),
            version: *version,
            capabilities,
            program: Text::cut(&self.me.program),
            process: self.me.process,
            clock_ms: now.clock_ms,
            up,
            down: down.incarnation,
            down_head,
            from_month,
            hold_seconds,
            extensions: List::new(),
        };
        let opened = Opened {
            peer: self.peer.clone(),
            program: hello.program.to_string(),
            version: *version,
            capabilities,
            skew_ms: *skew_ms,
            head: hello.head,
            from_month,
        };
        let mut receiver = Receiver::new(self.peer.clone(), self.peer_keys.clone(), up);
        keys.into_iter().for_each(|key| receiver.trust(key));
        let exchange = Exchange::new(down, *version, receiver, hello.head);
        self.state = State::Welcomed(Box::new(exchange));
        vec![
            Action::Send(StreamClass::Control, Message::Welcome(Box::new(welcome))),
            Action::Tell(Event::Opened(Box::new(opened))),
        ]
    }

    fn begin(&mut self, now: Now) -> Vec<Action> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Welcomed(mut exchange) => {
                let steps = exchange.tick(now.at);
                self.state = State::Open(exchange);
                actions(steps)
            }
            other => {
                self.state = other;
                Vec::new()
            }
        }
    }

    fn trust(&mut self, key: PublicKey) {
        if let State::Open(exchange) | State::Welcomed(exchange) = &mut self.state {
            exchange.trust(key);
        }
        self.peer_keys.push(key);
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

fn refuse(code: CloseCode, now: Now) -> Vec<Action> {
    let refused = RefusedV1 { reason: code.number(), clock_ms: now.clock_ms };
    vec![Action::Send(StreamClass::Control, Message::Refused(refused)), Action::Close(code)]
}
