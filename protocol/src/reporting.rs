//! Who reports: how many units of a subtree are expected, have ever reported, have a policy, and how fresh they are.

use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// A unit whose newest figures are older than this many days is stale.
pub const STALE_AFTER_DAYS: u64 = 7;

/// Dates older than this many days are counted together when they are folded.
pub const DATES_KEPT_DAYS: u64 = 60;

/// The reporting of one unit or of a whole subtree; it adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporting {
    /// Units from whose office figures are expected: from the first issued token until they are retired.
    pub expected: i64,
    /// Of these, units that have ever reported.
    pub reported: i64,
    /// Of these, units under a policy.
    pub with_policy: i64,
    /// As-of date → number of units.
    pub as_of: BTreeMap<NaiveDate, i64>,
    /// Units whose date is older than what is kept apart.
    pub older: i64,
}

impl Reporting {
    /// A unit that is expected and has not reported yet.
    #[must_use]
    pub fn silent() -> Self {
        Self { expected: 1, ..Self::default() }
    }

    /// A unit that has reported.
    #[must_use]
    pub fn heard(as_of: NaiveDate, has_policy: bool) -> Self {
        Self {
            expected: 1,
            reported: 1,
            with_policy: i64::from(has_policy),
            as_of: BTreeMap::from([(as_of, 1)]),
            older: 0,
        }
    }

    /// Adds other units.
    pub fn add(&mut self, other: &Self) {
        self.expected += other.expected;
        self.reported += other.reported;
        self.with_policy += other.with_policy;
        self.older += other.older;
        for (date, units) in &other.as_of {
            *self.as_of.entry(*date).or_default() += units;
        }
    }

    /// Takes other units away.
    pub fn subtract(&mut self, other: &Self) {
        self.expected -= other.expected;
        self.reported -= other.reported;
        self.with_policy -= other.with_policy;
        self.older -= other.older;
        for (date, units) in &other.as_of {
            *self.as_of.entry(*date).or_default() -= units;
        }
        self.as_of.retain(|_, units| *units != 0);
    }

    /// Expected and never heard of.
    #[must_use]
    pub fn missing(&self) -> i64 {
        self.expected - self.reported
    }

    /// Heard of, but not lately.
    #[must_use]
    pub fn stale(&self, today: NaiveDate) -> i64 {
        let fresh_from = today.checked_sub_days(Days::new(STALE_AFTER_DAYS)).unwrap_or(NaiveDate::MIN);
        self.older + self.as_of.range(..fresh_from).map(|(_, units)| units).sum::<i64>()
    }

    /// The same, with dates older than [`DATES_KEPT_DAYS`] counted together.
    #[must_use]
    pub fn folded(&self, today: NaiveDate) -> Self {
        let kept_from = today.checked_sub_days(Days::new(DATES_KEPT_DAYS)).unwrap_or(NaiveDate::MIN);
        let mut folded = self.clone();
        let kept = folded.as_of.split_off(&kept_from);
        folded.older += folded.as_of.values().sum::<i64>();
        folded.as_of = kept;
        folded
    }
}

/// What a node says of itself, to the hub right above it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnReport {
    /// Major, minor and patch number of its program.
    pub program: [u16; 3],
    /// Its clock minus the hub's, in seconds, as of the last hello; a positive figure runs ahead.
    pub skew_seconds: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn missing_and_stale_are_told_from_the_readers_own_today() {
        let mut units = Reporting::heard(day("2026-03-20"), true);
        units.add(&Reporting::heard(day("2026-03-13"), false));
        units.add(&Reporting::heard(day("2026-01-01"), true));
        units.add(&Reporting::silent());
        assert_eq!((units.expected, units.reported, units.missing(), units.with_policy), (4, 3, 1, 2));
        assert_eq!(units.stale(day("2026-03-20")), 1);
        assert_eq!(units.stale(day("2026-03-21")), 2);
        let mut fewer = units.clone();
        fewer.subtract(&Reporting::heard(day("2026-01-01"), true));
        fewer.add(&Reporting::heard(day("2026-01-01"), true));
        assert_eq!(fewer, units);
        fewer.subtract(&units);
        assert_eq!(fewer, Reporting::default());
        let folded = units.folded(day("2026-03-20"));
        assert_eq!(folded.older, 1);
        assert_eq!(folded.stale(day("2026-03-20")), 1);
        assert_eq!(Reporting::heard(day("2026-01-19"), true).folded(day("2026-03-20")).older, 0);
        assert_eq!(Reporting::heard(day("2026-01-18"), true).folded(day("2026-03-20")).older, 1);
    }
}
