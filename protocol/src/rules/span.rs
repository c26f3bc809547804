//! A run of days: a life, a time in force, a period.

use chrono::NaiveDate;

/// The days from `first` to `last`, both included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    first: NaiveDate,
    last: NaiveDate,
}

impl Span {
    /// Every day: the life of what has neither beginning nor end, such as a unit.
    pub const ALWAYS: Self = Self { first: NaiveDate::MIN, last: NaiveDate::MAX };

    /// The days from `first` to `last`, open if there is no `last`; `None` if there are none.
    #[must_use]
    pub fn of(first: NaiveDate, last: Option<NaiveDate>) -> Option<Self> {
        let last = last.unwrap_or(NaiveDate::MAX);
        (first <= last).then_some(Self { first, last })
    }

    /// One day.
    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }

    /// The first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day; far away if the span is open.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.last
    }

    /// Whether `day` is one of the days.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last
    }

    /// The days of both.
    #[must_use]
    pub fn meet(self, other: Self) -> Option<Self> {
        Self::of(self.first.max(other.first), Some(self.last.min(other.last)))
    }

    /// How many days.
    #[must_use]
    pub fn days(self) -> u32 {
        u32::try_from((self.last - self.first).num_days() + 1).unwrap_or(u32::MAX)
    }

    /// The days of any of them, in order and without overlaps.
    #[must_use]
    pub fn union(mut spans: Vec<Self>) -> Vec<Self> {
        spans.sort_unstable_by_key(|span| span.first);
        let mut union: Vec<Self> = Vec::with_capacity(spans.len());
        for span in spans {
            match union.last_mut() {
                Some(open) if span.first <= open.last => open.last = open.last.max(span.last),
                _ => union.push(span),
            }
        }
        union
    }
}
