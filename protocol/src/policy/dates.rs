//! Dates that a policy writes as text: `MM-DD`, `+15d`, `2002-08-31`.

use super::page::MOST;
use super::{Cadence, ReportDate};
use chrono::NaiveDate;
use std::fmt;

/// `MM-DD`, two digits each; 02-29 is a day.
pub(crate) fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (digits(month, 2)?, digits(day, 2)?);
    // 2000 was a leap year.
    NaiveDate::from_ymd_opt(2000, month, day)?;
    Some((month, day))
}

/// A date with `-` and two digits for month and day.
pub(crate) fn iso_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    NaiveDate::from_ymd_opt(i32::try_from(digits(year, 4)?).ok()?, digits(month, 2)?, digits(day, 2)?)
}

/// How the due date of a report is written; a number of days may be out of range.
pub(super) fn report_date(text: &str) -> Option<Result<ReportDate, std::ops::RangeInclusive<i64>>> {
    if let Some(days) = text.strip_prefix('+').and_then(|rest| rest.strip_suffix('d')) {
        if days.is_empty() || !days.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let days = days.parse().ok().filter(|days| i64::from(*days) <= MOST);
        return Some(days.map(ReportDate::After).ok_or(0..=MOST));
    }
    month_day(text)
        .map(|(month, day)| ReportDate::MonthDay(month, day))
        .or_else(|| iso_date(text).map(ReportDate::On))
        .map(Ok)
}

impl fmt::Display for ReportDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(days) => write!(f, "+{days}d"),
            Self::MonthDay(month, day) => write!(f, "{month:02}-{day:02}"),
            Self::On(date) => write!(f, "{date}"),
        }
    }
}

/// The first month of the latest period of a year: no month-day before it can be due in every period.
pub(super) fn last_first_month(cadence: Cadence) -> u32 {
    match cadence {
        Cadence::Year => 1,
        Cadence::Half => 7,
        Cadence::Quarter => 10,
        Cadence::Month => 12,
    }
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let fits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}
