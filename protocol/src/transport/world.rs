//! The wall clock and randomness, handed in so that a simulation can hand in its own.

use super::settings::EndpointOptions;
use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use std::fmt;
use std::sync::Arc;

/// What a program takes from outside besides bytes.
#[derive(Clone)]
pub struct World {
    /// The wall clock: data for people and for the other end, never what a link waits by.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Uniform random numbers, fit for secrets.
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

    /// Random bytes: seeds of keys, serials, incarnations, process ids.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(size_of::<u64>()) {
            let drawn = (self.random)().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        bytes
    }

    /// What an endpoint takes from outside: its own seed and its place in the jitter.
    #[must_use]
    pub fn endpoint_options(&self) -> EndpointOptions {
        EndpointOptions {
            draw: u16::from_le_bytes(self.bytes()),
            rng_seed: Some(self.bytes()),
            ..EndpointOptions::default()
        }
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
