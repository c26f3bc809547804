//! Calendar months and the periods that are sums of them.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month, counted from year 0 so that months are ordered and stepped as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month(i32);

impl Month {
    /// The month in which `date` lies.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(date.year() * 12 + date.month0().cast_signed())
    }

    /// The month with this number (year × 12 + month from 0), within the years 1900–2199.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        (1900 * 12..2200 * 12).contains(&number).then_some(Self(number))
    }

    /// Year × 12 + month from 0.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let month = self.0.rem_euclid(12).cast_unsigned() + 1;
        NaiveDate::from_ymd_opt(self.year(), month, 1).expect("a month between 1900 and 2199 has a first day")
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let next = self.first_day() + Months::new(1);
        next.pred_opt().expect("the first of a month has a day before")
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Every month from this one to `last`, both included; none if `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.0.rem_euclid(12) + 1)
    }
}

/// A calendar period: `2026`, `2026-H1`, `2026-Q3` or `2026-04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first month.
    pub first: Month,
    /// Its last month.
    pub last: Month,
}

/// The text names no period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedPeriod(pub String);

impl Period {
    /// Whether the month lies in it.
    #[must_use]
    pub fn has(&self, month: Month) -> bool {
        (self.first..=self.last).contains(&month)
    }
}

impl FromStr for Period {
    type Err = MalformedPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || MalformedPeriod(text.to_owned());
        let (year, part) = match text.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (text, None),
        };
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        let year: i32 = year.parse().map_err(|_| malformed())?;
        let (first, count) = match part {
            None => (0, 12),
            Some("H1") => (0, 6),
            Some("H2") => (6, 6),
            Some("Q1") => (0, 3),
            Some("Q2") => (3, 3),
            Some("Q3") => (6, 3),
            Some("Q4") => (9, 3),
            Some(month) if month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit()) => {
                let number: i32 = month.parse().map_err(|_| malformed())?;
                (number - 1, if (1..=12).contains(&number) { 1 } else { 0 })
            }
            Some(_) => (0, 0),
        };
        let first = Month::from_number(year * 12 + first).filter(|_| count > 0).ok_or_else(malformed)?;
        Ok(Self { first, last: Month(first.0 + count - 1) })
    }
}

impl crate::texts::Told for MalformedPeriod {
    fn key(&self) -> &'static str {
        "fault-period"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("text", self.0.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_runs_of_months() {
        for (text, first, last) in [
            ("2026", "2026-01-01", "2026-12-31"),
            ("2026-H2", "2026-07-01", "2026-12-31"),
            ("2026-Q1", "2026-01-01", "2026-03-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("1900", "1900-01-01", "1900-12-31"),
            ("2199-12", "2199-12-01", "2199-12-31"),
        ] {
            let period: Period = text.parse().expect(text);
            assert_eq!(period.first.first_day().to_string(), first);
            assert_eq!(period.last.last_day().to_string(), last);
            assert_eq!(period.to_string(), text);
        }
        for bad in [
            "", "26", "2026-H3", "2026-Q5", "2026-13", "2026-00", "2026-1", "2026-+1", "1899-12", "2200",
            "+026",
        ] {
            assert!(bad.parse::<Period>().is_err(), "{bad} was taken");
        }
    }
}
