//! What time it is at an office whose clock may be wrong: a dead battery puts it to 1970 at every start, a wrong setting
//! to any year. Clocks order nothing; but a record needs a civil date, and a certificate a day of renewal.

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that is wrong by no more than this is believed: the civil date is right, or one day off around midnight.
const BELIEVED: TimeDelta = TimeDelta::hours(24);

/// What both clocks said when the hub was last heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Ours.
    pub ours: DateTime<Utc>,
    /// The hub's.
    pub hubs: DateTime<Utc>,
}

impl Heard {
    /// The time that our clock means when it says `clock`.
    ///
    /// A clock that was right then is believed. One that was wrong runs on wrongly, and its difference is taken off, unless
    /// it was mended since: one that was behind then says a time after the hub's, and one that was ahead has gone back. (One
    /// that was days behind and was left alone for as many days looks mended, and is off by those.) The answer is never
    /// earlier than what the hub said: a battery that dies again at every start falls back, the world does not.
    #[must_use]
    pub fn corrected(&self, clock: DateTime<Utc>) -> DateTime<Utc> {
        let ahead = self.ours - self.hubs;
        if ahead.abs() <= BELIEVED {
            return clock;
        }
        let was_mended = if ahead > TimeDelta::zero() { clock < self.ours } else { clock >= self.hubs };
        let meant = if was_mended { Some(clock) } else { clock.checked_sub_signed(ahead) };
        meant.unwrap_or(self.hubs).max(self.hubs)
    }
}

/// The time that our clock means; as it says, while no hub was heard.
#[must_use]
pub fn corrected(clock: DateTime<Utc>, heard: Option<Heard>) -> DateTime<Utc> {
    heard.map_or(clock, |heard| heard.corrected(clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_clock_that_was_wrong_is_set_right_until_somebody_mends_it() {
        let hubs = at("2026-06-15T04:00:00Z");
        for (ours, clock, meant) in [
            // Right, or nearly so: believed whatever it says later.
            ("2026-06-15T04:00:01Z", "2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z"),
            ("2026-06-14T05:00:00Z", "2026-06-16T00:00:00Z", "2026-06-16T00:00:00Z"),
            // A battery that died: it counts from 1970, and goes on so.
            ("1970-01-01T00:10:00Z", "1970-01-03T00:10:00Z", "2026-06-17T04:00:00Z"),
            // Switched off and on: it fell back, and nobody knows for how long.
            ("1970-01-03T00:00:00Z", "1970-01-01T00:00:00Z", "2026-06-15T04:00:00Z"),
            ("2000-01-01T00:00:00Z", "2000-01-01T12:00:00Z", "2026-06-15T16:00:00Z"),
            // Mended.
            ("1970-01-01T00:10:00Z", "2026-08-01T01:00:00Z", "2026-08-01T01:00:00Z"),
            // Set to 2040 by mistake, running on, and mended.
            ("2040-01-01T00:00:00Z", "2040-01-02T00:00:00Z", "2026-06-16T04:00:00Z"),
            ("2040-01-01T00:00:00Z", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
            // Set right past, to before the hub was heard: time does not go back.
            ("2040-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-06-15T04:00:00Z"),
        ] {
            let heard = Heard { ours: at(ours), hubs };
            assert_eq!(heard.corrected(at(clock)), at(meant), "{ours} then, {clock} now");
        }
        assert_eq!(corrected(hubs, None), hubs);
    }

    #[test]
    fn no_clock_makes_it_panic() {
        for ours in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("2026-06-15T04:00:00Z")] {
            for hubs in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("2026-06-15T04:00:00Z")] {
                for clock in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                    assert!(Heard { ours, hubs }.corrected(clock) >= DateTime::<Utc>::MIN_UTC);
                }
            }
        }
    }
}
