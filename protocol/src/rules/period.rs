//! Calendar periods as rules walk them, written `2016` `2016-H1` `2016-Q3` `2016-04`.

use super::Span;
use crate::month::{Month, Period};
use crate::policy::Cadence;
use chrono::NaiveDate;
use std::fmt;

impl Cadence {
    /// How many months a period has.
    #[must_use]
    pub fn months(self) -> i32 {
        match self {
            Self::Year => 12,
            Self::Half => 6,
            Self::Quarter => 3,
            Self::Month => 1,
        }
    }
}

impl Period {
    /// The period of this length in which `day` lies.
    #[must_use]
    pub fn containing(cadence: Cadence, day: NaiveDate) -> Self {
        let months = cadence.months();
        let mut first = Month::of(day);
        while first.number().rem_euclid(months) != 0 {
            first = first.previous();
        }
        let mut last = first;
        for _ in 1..months {
            last = last.next();
        }
        Self { first, last }
    }

    /// The periods of this length that have a day in `days`, in order; `days` is not open.
    pub fn meeting(cadence: Cadence, days: Span) -> impl Iterator<Item = Self> {
        let first = Self::containing(cadence, days.first());
        std::iter::successors(Some(first), move |period| {
            Some(Self::containing(cadence, period.last.next().first_day()))
        })
        .take_while(move |period| period.first_day() <= days.last())
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.first.first_day()
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.last.last_day()
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u32 {
        u32::try_from((self.last_day() - self.first_day()).num_days() + 1).unwrap_or_default()
    }

    /// Its days on which `life` runs.
    #[must_use]
    pub fn within(self, life: Span) -> Option<Span> {
        Span::of(self.first_day().max(life.first()), Some(self.last_day().min(life.last())))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.first.year();
        let months = self.last.number() - self.first.number() + 1;
        let part = self.first.number().rem_euclid(12) / months + 1;
        match months {
            12 => write!(f, "{year:04}"),
            6 => write!(f, "{year:04}-H{part}"),
            3 => write!(f, "{year:04}-Q{part}"),
            _ => self.first.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_they_are_read_and_follow_each_other() {
        for (cadence, day, text, next) in [
            (Cadence::Year, "2016-02-29", "2016", "2017"),
            (Cadence::Half, "2016-07-01", "2016-H2", "2017-H1"),
            (Cadence::Quarter, "2016-03-31", "2016-Q1", "2016-Q2"),
            (Cadence::Month, "2016-02-29", "2016-02", "2016-03"),
            (Cadence::Month, "2016-12-31", "2016-12", "2017-01"),
        ] {
            let period = Period::containing(cadence, day.parse().unwrap());
            assert_eq!(period.to_string(), text);
            assert_eq!(text.parse(), Ok(period));
            let through = Span::of(period.first_day(), Some(period.last_day() + chrono::Days::new(1)));
            let walked: Vec<String> =
                Period::meeting(cadence, through.unwrap()).map(|period| period.to_string()).collect();
            assert_eq!(walked, [text, next]);
        }
    }
}
