//! A node, a hub, and the line between them, moved by hand.

use super::store::{Store, agrees};
use crate::link::dialer::{Dialer, Standing};
use crate::link::effects::{Outcome, Request};
use crate::link::end::{Action, Event, Input, Me, Now};
use crate::link::exchange::Exchange;
use crate::link::listener::Listener;
use crate::wire::close::CloseCode;
use crate::wire::kinds::StreamClass;
use crate::wire::life::ProcessId;
use crate::wire::message::Message;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Node,
    Hub,
}

pub(super) struct World {
    pub node: Store,
    pub hub: Store,
    pub dialer: Option<Dialer>,
    pub listener: Option<Listener>,
    /// What each side still has to do, with the connection that asked.
    node_work: VecDeque<(u32, Request)>,
    hub_work: VecDeque<(u32, Request)>,
    /// What the stores answered and the ends have not heard yet.
    answers: [VecDeque<(u32, Outcome)>; 2],
    pub up: VecDeque<(StreamClass, Message)>,
    pub down: VecDeque<(StreamClass, Message)>,
    connection: u32,
    pub now: Instant,
    pub closes: Vec<(Side, CloseCode)>,
    pub opened: usize,
    /// Whether a side ever went back to an older copy: then what it acknowledged may be gone.
    pub restored: [bool; 2],
}

fn me(store: &Store) -> Me {
    Me::new(store.replica.clone(), "0.1.0", ProcessId([9; 16])).speaking(&store.versions)
}

impl World {
    pub(super) fn new() -> Self {
        let random = Arc::new(AtomicU64::new(1));
        let mut node = Store::new("zhuji:node:430981001000", 1, &random);
        node.since = Some(1);
        Self {
            node,
            hub: Store::new("zhuji:hub:430981000000", 2, &random),
            dialer: None,
            listener: None,
            node_work: VecDeque::new(),
            hub_work: VecDeque::new(),
            answers: Default::default(),
            up: VecDeque::new(),
            down: VecDeque::new(),
            connection: 0,
            now: Instant::now(),
            closes: Vec::new(),
            opened: 0,
            restored: [false; 2],
        }
    }

    pub(super) fn store(&mut self, side: Side) -> &mut Store {
        match side {
            Side::Node => &mut self.node,
            Side::Hub => &mut self.hub,
        }
    }

    pub(super) fn wire(&mut self, from: Side) -> &mut VecDeque<(StreamClass, Message)> {
        match from {
            Side::Node => &mut self.up,
            Side::Hub => &mut self.down,
        }
    }

    fn now(&self) -> Now {
        Now { at: self.now, clock_ms: 0 }
    }

    /// The node dials, if it is not connected. A new connection takes the old one's place.
    pub(super) fn dial(&mut self) {
        if self.dialer.is_some() {
            return;
        }
        self.cut_line();
        self.connection += 1;
        let standing =
            Standing { incarnation: self.node.incarnation, head: self.node.mark, down: self.node.down() };
        let hub = self.hub.replica.clone();
        let (dialer, actions) =
            Dialer::dial(&me(&self.node), hub, self.hub.key.public(), standing, self.now());
        self.dialer = Some(dialer);
        self.listener = Some(Listener::accept(
            me(&self.hub),
            self.node.replica.clone(),
            self.node.key.public(),
            self.now(),
        ));
        self.act(Side::Node, actions);
    }

    /// The connection is gone, both ends notice. What a store was asked to do it still does, unless it crashes.
    pub(super) fn cut_line(&mut self) {
        self.dialer = None;
        self.listener = None;
        self.up.clear();
        self.down.clear();
        // A dialler decides what it has in hand before it dials again; a hub does so before it answers a hello.
        while self.work(Side::Node) {}
    }

    pub(super) fn write(&mut self, side: Side, month: i32, body: u8) {
        self.store(side).write(month, body);
        self.input(side, Input::Changed);
    }

    pub(super) fn input(&mut self, side: Side, input: Input) {
        let now = self.now();
        let actions = match side {
            Side::Node => self.dialer.as_mut().map(|dialer| dialer.handle(input, now)),
            Side::Hub => self.listener.as_mut().map(|listener| listener.handle(input, now)),
        };
        self.act(side, actions.unwrap_or_default());
    }

    fn act(&mut self, side: Side, actions: Vec<Action>) {
        let mut closed = false;
        for action in actions {
            match action {
                Action::Send(class, message) => self.wire(side).push_back((class, message)),
                Action::Ask(request) => {
                    self.check_acknowledged(side, &request);
                    let connection = self.connection;
                    self.queue(side).push_back((connection, request));
                }
                Action::Tell(Event::Opened(_)) => self.opened += 1,
                Action::Tell(_) => {}
                Action::Close(code) => {
                    self.closes.push((side, code));
                    closed = true;
                }
            }
        }
        if closed {
            self.cut_line();
        }
    }

    fn queue(&mut self, side: Side) -> &mut VecDeque<(u32, Request)> {
        match side {
            Side::Node => &mut self.node_work,
            Side::Hub => &mut self.hub_work,
        }
    }

    /// Acknowledged means committed: the other store holds it.
    fn check_acknowledged(&self, side: Side, request: &Request) {
        let (other, restored) = match side {
            Side::Node => (&self.hub, self.restored[1]),
            Side::Hub => (&self.node, self.restored[0]),
        };
        if let (Request::Acknowledged(ack), false) = (request, restored) {
            let kept = other.kept.iter().find(|kept| kept.incarnation == ack.position.incarnation);
            assert!(kept.is_some_and(|kept| kept.at.cursor >= ack.position.at.cursor), "{side:?}: {ack:?}");
        }
    }

    /// Delivers one message; whether there was one.
    pub(super) fn deliver(&mut self, from: Side) -> bool {
        let Some((class, message)) = self.wire(from).pop_front() else { return false };
        let to = match from {
            Side::Node => Side::Hub,
            Side::Hub => Side::Node,
        };
        // Everything travels as bytes.
        let bytes = message.encode(class).unwrap();
        let frame = crate::wire::frame::FrameReader::new(class).feed(&mut &bytes[..]).unwrap().unwrap();
        self.input(to, Input::Message(class, Message::read(&frame).unwrap()));
        true
    }

    /// A store does one thing that it was asked, and its end hears of it; whether there was one.
    pub(super) fn work(&mut self, side: Side) -> bool {
        self.commit(side) | self.hear(side)
    }

    /// A store does one thing that it was asked; whether there was one.
    pub(super) fn commit(&mut self, side: Side) -> bool {
        let Some((connection, request)) = self.queue(side).pop_front() else { return false };
        let remarks = matches!(request, Request::Remark(_));
        if let Some(outcome) = self.store(side).answer(request) {
            self.answers[side as usize].push_back((connection, outcome));
        }
        if remarks {
            self.input(side, Input::Changed);
        }
        true
    }

    /// An end hears one answer, if it is still there; whether there was one.
    pub(super) fn hear(&mut self, side: Side) -> bool {
        let Some((connection, outcome)) = self.answers[side as usize].pop_front() else { return false };
        if connection == self.connection {
            self.input(side, Input::Outcome(outcome));
        }
        true
    }

    /// The machine stops: after the commit of what it was doing, or before. Nobody is told.
    pub(super) fn crash(&mut self, side: Side, committed: bool) {
        if let Some((_, request)) = self.queue(side).pop_front()
            && committed
        {
            self.store(side).answer(request);
        }
        self.queue(side).clear();
        self.answers[side as usize].clear();
        self.cut_line();
    }

    /// A store goes back to an older copy of itself, as a file, and nobody says so.
    pub(super) fn restore(&mut self, side: Side, image: Store) {
        self.queue(side).clear();
        self.answers[side as usize].clear();
        self.cut_line();
        *self.store(side) = image;
        self.restored[side as usize] = true;
    }

    /// The store cuts in the transaction that wrote, unasked.
    pub(super) fn cut_unasked(&mut self, side: Side) {
        let from = match side {
            Side::Node => self.dialer.as_ref().and_then(Dialer::cut_from),
            Side::Hub => self.listener.as_ref().and_then(Listener::cut_from),
        };
        if let Some(from) = from {
            let cut = self.store(side).cut(from);
            self.input(side, Input::Outcome(Outcome::Cut(cut)));
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
        for side in [Side::Node, Side::Hub] {
            let deadline = match side {
                Side::Node => self.dialer.as_ref().and_then(Dialer::deadline),
                Side::Hub => self.listener.as_ref().and_then(Listener::deadline),
            };
            if deadline.is_some_and(|deadline| deadline <= self.now) {
                self.input(side, Input::Tick);
            }
        }
    }

    /// Everything that can happen without a fault happens; whether something did.
    fn settle(&mut self) -> bool {
        let mut moved = false;
        while self.deliver(Side::Node)
            | self.work(Side::Hub)
            | self.deliver(Side::Hub)
            | self.work(Side::Node)
        {
            moved = true;
        }
        moved
    }

    fn is_quiet(&self) -> bool {
        let node = self.dialer.as_ref().and_then(Dialer::exchange);
        let hub = self.listener.as_ref().and_then(Listener::exchange);
        node.is_some_and(Exchange::is_quiet) && hub.is_some_and(Exchange::is_quiet)
    }

    /// Faults stop: the link must heal within some minutes, and an operator settles a fork.
    pub(super) fn quiet(&mut self) {
        let mut turns = 0;
        while !self.is_quiet() {
            turns += 1;
            assert!(turns < 60, "it does not heal: {:?}", self.closes);
            if self.hub.forked {
                self.hub.forked = false;
                self.node.reincarnate();
            }
            self.dial();
            if !self.settle() {
                self.pass(Duration::from_secs(20));
            }
        }
        assert!(
            !self.closes.contains(&(Side::Node, CloseCode::Fork)) || self.restored[0],
            "a fork of nothing"
        );
    }

    pub(super) fn assert_agreement(&self) {
        for (sender, receiver) in [(&self.node, &self.hub), (&self.hub, &self.node)] {
            agrees(sender, receiver).unwrap_or_else(|what| panic!("{what}"));
        }
    }
}
