//! Dates as people type them, in the three ways that offices write them, and what day it is.

use super::Malformed;
use crate::month::{Month, Period};
use crate::texts::Told;
use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// A date: `2016-04-05`, `2016/4/5` or `2016.4.5`, from 1900 to 2199 (policy-format, section 6).
///
/// # Errors
/// When the text is no date, the day does not exist, or the year is out of range.
pub fn date(text: &str) -> Result<NaiveDate, Malformed> {
    parse_date(text).map_err(Malformed::new)
}

/// The same, as a fault that a command may tell.
///
/// # Errors
/// As [`date`].
pub fn parse_date(text: &str) -> Result<NaiveDate, MalformedDate> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let is_number = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let one_separator = ['-', '/', '.'].iter().filter(|mark| text.contains(**mark)).count() == 1;
    let lengths: &[usize] = if text.contains('-') { &[2] } else { &[1, 2] };
    let [year, month, day] = parts.as_slice() else { return Err(MalformedDate::Shape) };
    if !one_separator || !is_number(year, &[4]) || !is_number(month, lengths) || !is_number(day, lengths) {
        return Err(MalformedDate::Shape);
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let year = number(year).try_into().unwrap_or(0);
    let date = NaiveDate::from_ymd_opt(year, number(month), number(day)).ok_or(MalformedDate::NoSuchDay)?;
    if !(1900..=2199).contains(&date.year()) {
        return Err(MalformedDate::OutOfRange);
    }
    Ok(date)
}

/// A month: `2016-04`.
///
/// # Errors
/// When the text is none.
pub fn month(text: &str) -> Result<Month, Malformed> {
    let period: Option<Period> = text.trim().parse().ok();
    period
        .filter(|period| period.first == period.last)
        .map(|period| period.first)
        .ok_or_else(|| Malformed::new(MalformedMonth))
}

#[derive(Clone, Copy, Debug)]
struct MalformedMonth;

impl Told for MalformedMonth {
    fn key(&self) -> &'static str {
        "word-no-month"
    }
}

/// The civil date at UTC+8, whatever the machine's zone (design, section 4).
#[must_use]
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    (instant + CIVIL_OFFSET).date_naive()
}

/// All of China keeps one time.
const CIVIL_OFFSET: chrono::TimeDelta = chrono::TimeDelta::hours(8);

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MalformedDate {
    /// Not written as a date.
    Shape,
    /// Written as one, but the calendar has no such day.
    NoSuchDay,
    /// Before 1900 or after 2199.
    OutOfRange,
}

impl Told for MalformedDate {
    fn key(&self) -> &'static str {
        match self {
            Self::Shape => "date-shape",
            Self::NoSuchDay => "date-no-such-day",
            Self::OutOfRange => "date-out-of-range",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_no_longer_period() {
        assert_eq!(month("2016-04").ok().map(|month| month.to_string()).as_deref(), Some("2016-04"));
        for other in ["2016", "2016-H1", "2016-Q2", "2016-13", "四月"] {
            assert!(month(other).is_err(), "{other}");
        }
    }

    #[test]
    fn offices_write_dates_in_three_ways() {
        for text in ["2016-04-05", "2016/4/5", "2016.4.5", "2016/04/05", " 2016-04-05 "] {
            assert_eq!(parse_date(text).map(|date| date.to_string()).as_deref(), Ok("2016-04-05"));
        }
    }

    #[test]
    fn the_day_begins_at_sixteen_hours_utc() {
        let at = |text: &str| civil_date(text.parse().expect("an instant"));
        assert_eq!(at("2026-03-01T15:59:59Z").to_string(), "2026-03-01");
        assert_eq!(at("2026-03-01T16:00:00Z").to_string(), "2026-03-02");
    }

    #[test]
    fn what_is_no_date_is_told_apart() {
        for (text, why) in [
            ("2016-06-31", MalformedDate::NoSuchDay),
            ("2015.2.29", MalformedDate::NoSuchDay),
            ("0000-01-01", MalformedDate::OutOfRange),
            ("1899-12-31", MalformedDate::OutOfRange),
            ("2200-01-01", MalformedDate::OutOfRange),
            ("2016-4-5", MalformedDate::Shape),
            ("2016-04/05", MalformedDate::Shape),
            ("16-04-05", MalformedDate::Shape),
            ("", MalformedDate::Shape),
            ("2016-04-05-01", MalformedDate::Shape),
            ("２０１６-04-05", MalformedDate::Shape),
        ] {
            assert_eq!(parse_date(text), Err(why), "{text}");
        }
    }
}
