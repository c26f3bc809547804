//! What links ask of the store, many at once, and what one transaction answers.

use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::effects::{Outcome, Request};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::life::Incarnation;

/// A link's request, with the end that the link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The other end: a child, or the hub above.
    pub peer: Replica,
    /// What its link needs.
    pub request: Request,
}

impl Asked {
    /// How many items it brings.
    #[must_use]
    pub fn items(&self) -> usize {
        match &self.request {
            Request::Apply(batch) => batch.items().len(),
            _ => 0,
        }
    }

    /// How many bytes its items have.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match &self.request {
            Request::Apply(batch) => batch.items().iter().map(|item| item.bytes().len()).sum(),
            _ => 0,
        }
    }
}

/// When, and by which randomness: injected, so that simulation repeats.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The civil clock. Data, never order.
    pub now: DateTime<Utc>,
    /// Fresh for every transaction.
    pub seed: [u8; 32],
}

impl Moment {
    /// 128 bits for one purpose: for the same one always the same.
    #[must_use]
    pub fn life(&self, purpose: &str) -> Incarnation {
        let digest = Digest::of(&[&self.seed, purpose.as_bytes()]);
        let mut bits = [0; 16];
        bits.copy_from_slice(&digest.0[..16]);
        Incarnation(bits)
    }

    /// The serial number of the certificate that this transaction issues.
    #[must_use]
    pub fn serial(&self) -> [u8; 16] {
        self.life("serial").0
    }
}

/// What one transaction did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// One for each request, in order; `None` where the request has no answer.
    pub outcomes: Vec<Option<Outcome>>,
    /// What else changed.
    pub effects: Effects,
}

/// What a transaction changed for links that did not ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The ends whose queues grew: their links may cut (`Input::Changed`).
    pub to_wake: BTreeSet<Replica>,
    /// Directory, policies, assignments or child hubs changed: refused rows may be asked for again.
    pub territory_changed: bool,
    /// Ends that a copy spoke for: to be told loudly.
    pub forks: BTreeSet<Replica>,
}

impl Effects {
    /// Both.
    pub fn add(&mut self, other: Self) {
        self.to_wake.extend(other.to_wake);
        self.territory_changed |= other.territory_changed;
        self.forks.extend(other.forks);
    }
}
