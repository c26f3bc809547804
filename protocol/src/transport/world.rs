//! The wall clock and randomness, handed in so that a simulation can hand in its own.

use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use std::fmt;
use std::sync::Arc;

/// What a program takes from outside besides bytes.
#[derive(Clone)]
pub struct World {
    /// The wall clock: data for people and for the other end, never what a link waits by.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Uniform random numbers.
    pub random: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl World {
    /// The system's clock and randomness.
    #[must_use]
    pub fn real() -> Self {
        Self { clock: Arc::new(Utc::now), random: Arc::new(random_number) }
    }

    /// Now, by the wall clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

/// Secret bytes from the operating system: seeds of keys, secrets of tokens, serials, incarnations.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the library ends the process itself when the system has no randomness");
    bytes
}

fn random_number() -> u64 {
    u64::from_le_bytes(random_bytes())
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}
