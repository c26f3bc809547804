//! How long a dialler waits before it dials again: full jitter, so that a county's offices do not come back in step.
//! Randomness is an argument; the state is kept over restarts, else a machine that restarts in a loop hammers.

use crate::wire::close::CloseCode;
use crate::wire::limits;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often in a row it did not work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    /// Since the last hello that was answered.
    pub failures: u32,
    /// Whether the last answer was one that only a person can mend.
    pub turned_away: bool,
}

/// How an attempt, or the connection that it led to, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No answer, or the line went dead.
    Lost,
    /// By either end, with a code.
    Closed(CloseCode),
    /// The hub is busy.
    Busy {
        /// And said for how long.
        seconds: u32,
    },
}

impl Backoff {
    /// The hello was answered. Nothing else starts the count over: a connection alone means nothing.
    pub fn opened(&mut self) {
        *self = Self::default();
    }

    /// How long to wait after an end. `random` is uniform.
    pub fn after(&mut self, ended: Ended, random: u64) -> Duration {
        self.turned_away = matches!(ended, Ended::Closed(code) if code.needs_a_person());
        let wait = match ended {
            Ended::Busy { seconds } => {
                // Between what was asked and half as much again: not everybody in the same second.
                let asked = Duration::from_secs(seconds.min(limits::BUSY_SECONDS).into());
                asked + share(asked / 2 + limits::BACKOFF_FIRST, random)
            }
            Ended::Lost | Ended::Closed(_) => self.wait(random),
        };
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// How long to wait after a restart of the program; nothing if all was well.
    #[must_use]
    pub fn after_restart(&self, random: u64) -> Duration {
        if *self == Self::default() { Duration::ZERO } else { self.wait(random) }
    }

    fn wait(&self, random: u64) -> Duration {
        if self.turned_away {
            let (least, most) = (limits::BACKOFF_TURNED_AWAY_LEAST, limits::BACKOFF_TURNED_AWAY_MOST);
            return least + share(most - least, random);
        }
        let doubled = limits::BACKOFF_FIRST.saturating_mul(1 << self.failures.min(16));
        share(doubled.min(limits::BACKOFF_MOST), random)
    }
}

/// A uniform part of `whole`.
fn share(whole: Duration, random: u64) -> Duration {
    let whole_ms = u64::try_from(whole.as_millis()).unwrap_or(u64::MAX - 1);
    Duration::from_millis(random % (whole_ms + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest wait that any randomness gives.
    fn ceiling(backoff: Backoff, ended: Ended) -> Duration {
        (0..=300_000u64).step_by(500).map(|random| backoff.clone().after(ended, random)).max().unwrap()
    }

    #[test]
    fn waits_double_from_a_second_to_five_minutes_and_start_over_only_with_an_answered_hello() {
        let mut backoff = Backoff::default();
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            assert_eq!(ceiling(backoff, Ended::Lost), Duration::from_secs(seconds));
            backoff.after(Ended::Closed(CloseCode::Replaced), 7);
        }
        for _ in 0..100 {
            backoff.after(Ended::Lost, u64::MAX);
        }
        assert_eq!(ceiling(backoff, Ended::Lost), limits::BACKOFF_MOST);
        backoff.opened();
        assert_eq!(ceiling(backoff, Ended::Lost), limits::BACKOFF_FIRST);
    }

    #[test]
    fn whoever_was_turned_away_waits_for_hours_and_over_restarts_too() {
        for code in CloseCode::all().filter(|code| code.needs_a_person()) {
            let mut backoff = Backoff::default();
            assert!(backoff.after(Ended::Closed(code), 0) >= limits::BACKOFF_TURNED_AWAY_LEAST);
            let bytes = crate::wire::codec::encode(&backoff).unwrap();
            let kept: Backoff = crate::wire::codec::decode(&bytes).unwrap();
            assert!(kept.after_restart(0) >= limits::BACKOFF_TURNED_AWAY_LEAST);
            assert!(kept.after_restart(u64::MAX) <= limits::BACKOFF_TURNED_AWAY_MOST);
        }
        assert_eq!(Backoff::default().after_restart(9), Duration::ZERO);
    }

    #[test]
    fn busy_is_believed_up_to_its_limit() {
        let mut backoff = Backoff::default();
        assert!(backoff.after(Ended::Busy { seconds: 30 }, 0) >= Duration::from_secs(30));
        let most = Duration::from_secs(limits::BUSY_SECONDS.into());
        assert!(backoff.after(Ended::Busy { seconds: u32::MAX }, u64::MAX) <= most * 2);
    }
}
