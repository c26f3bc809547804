//! What happened in a run: a hash over every packet, commit and fault, and how many of each there were. Two runs of one
//! seed have the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// The trace of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Trace(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    begun: Instant,
    counts: Counts,
    lines: Vec<String>,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Over everything, in order.
    pub hash: u64,
    /// Packets sent.
    pub packets: u64,
    /// Commits of all stores.
    pub commits: u64,
    /// Faults by kind.
    pub faults: BTreeMap<&'static str, u64>,
}

impl Trace {
    /// An empty trace; its times count from now.
    #[must_use]
    pub fn begin() -> Self {
        let counts = Counts { hash: 0xCBF2_9CE4_8422_2325, ..Counts::default() };
        Self(Arc::new(Mutex::new(State { begun: Instant::now(), counts, lines: Vec::new() })))
    }

    /// A packet left.
    pub fn packet(&self, from: u64, length: usize) {
        let mut state = self.state();
        state.counts.packets += 1;
        state.hash(&[1, from, length as u64]);
    }

    /// A store was asked to commit.
    pub fn commit(&self, whose: u64) {
        let mut state = self.state();
        state.counts.commits += 1;
        state.hash(&[2, whose]);
    }

    /// Something was done to the tree.
    pub fn fault(&self, kind: &'static str, whom: &str) {
        let mut state = self.state();
        *state.counts.faults.entry(kind).or_default() += 1;
        for byte in kind.bytes().chain(whom.bytes()) {
            state.hash(&[3, byte.into()]);
        }
        let at = state.begun.elapsed().as_secs();
        state.lines.push(format!("{:>2}:{:02}:{:02} {kind} {whom}", at / 3600, at / 60 % 60, at % 60));
    }

    /// What it came to so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts.clone()
    }

    /// What was done to the tree, one line each, with its time.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.state().lines.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hash(&mut self, words: &[u64]) {
        let at_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        for word in [at_us].iter().chain(words) {
            self.counts.hash = (self.counts.hash ^ word).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
