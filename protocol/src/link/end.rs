//! What either end takes in and gives out. An end is driven: it moves no bytes and reads no clock.

use super::effects::{Outcome, Request};
use super::sender::Step;
use crate::identity::{PublicKey, Replica};
use crate::wire::close::CloseCode;
use crate::wire::hello::Capabilities;
use crate::wire::item::ItemKey;
use crate::wire::kinds::{SPOKEN_VERSIONS, StreamClass};
use crate::wire::message::Message;
use std::time::Instant;

/// Now, by both clocks: the steady one for deadlines, the wall's as data.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For deadlines.
    pub at: Instant,
    /// Milliseconds since 1970 UTC: told to the other end, never waited for.
    pub clock_ms: i64,
}

/// Who an end is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The replica.
    pub replica: Replica,
    /// The program's version, for people.
    pub program: String,
    /// Of this run of the program.
    pub process: crate::wire::life::ProcessId,
    /// The protocol versions that it speaks.
    pub versions: Vec<u16>,
}

impl Me {
    /// Speaks every version that there is.
    #[must_use]
    pub fn new(replica: Replica, program: &str, process: crate::wire::life::ProcessId) -> Self {
        Self { replica, program: program.to_owned(), process, versions: SPOKEN_VERSIONS.to_vec() }
    }

    /// The same program, a version older: speaks these only.
    #[must_use]
    pub fn speaking(self, versions: &[u16]) -> Self {
        Self { versions: versions.to_vec(), ..self }
    }
}

/// What happened to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message arrived on a stream of this class, the opening one included.
    Message(StreamClass, Message),
    /// The store answered a request, or cut unasked.
    Outcome(Outcome),
    /// Rows to be sent were changed.
    Changed,
    /// The store would judge these rows differently now: ask the other end for them.
    AskAgain(Vec<ItemKey>),
    /// The other end's certificate was renewed: this key signs too.
    Trust(PublicKey),
    /// The deadline is there.
    Tick,
    /// This end has to close: stopping, replaced, revoked.
    Close(CloseCode),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the message on the stream of this class; the dialler opens it first if it is not open.
    Send(StreamClass, Message),
    /// Have the store do it.
    Ask(Request),
    /// Somebody may want to know.
    Tell(Event),
    /// Close the connection with this code, once what was sent has had a moment to leave. The end takes no more.
    Close(CloseCode),
}

/// What somebody may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The hello was answered: now, and not before, the back-off starts over.
    Opened(Box<Opened>),
    /// The hub is busy: again in so many seconds.
    Busy {
        /// How long.
        seconds: u32,
    },
    /// The other end said something from a newer program; it was passed over.
    PassedOver {
        /// Its kind.
        kind: u16,
        /// Its version.
        version: u16,
    },
}

/// What the greeting brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The other end.
    pub peer: Replica,
    /// Its program's version.
    pub program: String,
    /// The protocol version agreed.
    pub version: u16,
    /// What both can do.
    pub capabilities: Capabilities,
    /// Its clock less ours, milliseconds.
    pub skew_ms: i64,
    /// Its highest mark: lag is this less the cursor.
    pub head: u64,
    /// Dialler: the first month that the hub takes of us.
    pub from_month: Option<i32>,
}

/// Steps of an open link are actions on the state stream.
pub(super) fn actions(steps: Vec<Step>) -> Vec<Action> {
    steps
        .into_iter()
        .map(|step| match step {
            Step::Ask(request) => Action::Ask(request),
            Step::Send(message) => Action::Send(StreamClass::State, message),
            Step::Close(code) => Action::Close(code),
        })
        .collect()
}
