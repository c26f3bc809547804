//! Due dates by a limit: working days, days or months after a date (policy-format, section 3).

use super::reasons::DueReason;
use crate::calendar::Calendar;
use crate::policy::{Limit, Roll};
use chrono::{Days, Months, NaiveDate};

/// When it is due, and why.
pub(super) fn due(calendar: &Calendar, start: NaiveDate, limit: Limit, roll: Roll) -> (NaiveDate, DueReason) {
    let before_roll = match limit {
        Limit::WorkingDays(count) => calendar.add_working_days(start, count),
        Limit::Days(count) => days_after(start, count),
        // The same day number, or that month's last day.
        Limit::Months(count) => start + Months::new(count),
    };
    let due = match roll {
        Roll::NextWorkingDay => calendar.next_working_day(before_roll),
        Roll::None => before_roll,
    };
    (due, DueReason::Limit { limit, roll, before_roll })
}

/// So many days after `day`.
pub(super) fn days_after(day: NaiveDate, count: u32) -> NaiveDate {
    day + Days::new(count.into())
}

/// So many days before `day`.
pub(super) fn days_before(day: NaiveDate, count: u32) -> NaiveDate {
    day - Days::new(count.into())
}

/// The same day so many years later; 29 February becomes 28 in common years.
pub(super) fn years_after(day: NaiveDate, years: u32) -> NaiveDate {
    day + Months::new(years * 12)
}
