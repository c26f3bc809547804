//! Two clocks: tokio's, which is paused and drives the transport, and the civil one, on which months pass at once. Every
//! machine may be wrong about the civil one.

use super::dice::Dice;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;
use zhuji_protocol::console::civil_date;
use zhuji_protocol::transport::World;

/// 2026-03-02, eight in the morning at UTC+8: a Monday.
const BEGINNING: i64 = 1_772_409_600;

/// The civil clock of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    begun: Instant,
    leapt_seconds: Arc<AtomicI64>,
}

/// By how much a machine is wrong.
#[derive(Clone, Debug, Default)]
pub struct Skew(Arc<AtomicI64>);

impl Clock {
    /// Begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self { begun: Instant::now(), leapt_seconds: Arc::default() }
    }

    /// The right time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.begun.elapsed()).unwrap_or(TimeDelta::zero());
        let leapt = TimeDelta::seconds(self.leapt_seconds.load(Ordering::Relaxed));
        DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default() + elapsed + leapt
    }

    /// The right date.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        civil_date(self.now())
    }

    /// Days pass on the civil clock and on no other.
    pub fn leap(&self, days: i64) {
        self.leapt_seconds.fetch_add(days * 24 * 3600, Ordering::Relaxed);
    }

    /// What a machine takes from outside.
    #[must_use]
    pub fn world(&self, skew: &Skew, dice: Dice) -> World {
        let (clock, skew, dice) = (self.clone(), skew.clone(), Mutex::new(dice));
        World {
            clock: Arc::new(move || clock.now() + skew.get()),
            random: Arc::new(move || dice.lock().unwrap_or_else(PoisonError::into_inner).draw()),
        }
    }
}

impl Skew {
    /// How wrong it is.
    #[must_use]
    pub fn get(&self) -> TimeDelta {
        TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }

    /// It jumps.
    pub fn set(&self, skew: TimeDelta) {
        self.0.store(skew.num_seconds(), Ordering::Relaxed);
    }
}
