//! The calendar of working days and festivals (policy-format, section 3), 2004–2026 shipped as data.
//!
//! A notice names days off and swapped working days; every other date follows Monday–Friday.

mod file;

pub use file::{CalendarFault, CalendarFaultKind};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What one notice says of one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The year of the notice, which need not be the date's: 2018-12-30 stands in the notice of 2019.
    pub notice: i32,
    /// The holidays under which the notice lists the date; joint days carry several.
    pub holidays: Vec<String>,
    /// A day off, or a weekend day on which people work.
    pub day_off: bool,
}

/// Why a date is a working day or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayReason<'a> {
    /// A notice lists the date.
    Notice(&'a Listed),
    /// No notice lists it; it falls on Monday to Friday.
    Weekday,
    /// No notice lists it; it falls on Saturday or Sunday.
    Weekend,
}

impl DayReason<'_> {
    /// Whether people work on such a day.
    #[must_use]
    pub fn is_working_day(&self) -> bool {
        match self {
            Self::Notice(listed) => !listed.day_off,
            Self::Weekday => true,
            Self::Weekend => false,
        }
    }
}

/// Days off and working days as the yearly notices fix them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, Listed>,
    years: BTreeSet<i32>,
}

impl Calendar {
    /// The notices that the program ships with.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Calendar> = LazyLock::new(|| {
            // Proof: `the_shipped_notices_are_whole` parses the same bytes.
            Calendar::parse(include_str!("../data/holidays-cn.csv")).expect("the shipped notices parse")
        });
        &SHIPPED
    }

    /// Reads a calendar file, laid out as the shipped one.
    ///
    /// # Errors
    /// Every fault of the file, in the order of its lines.
    pub fn parse(text: &str) -> Result<Self, Vec<CalendarFault>> {
        file::parse(text).map(Self::of_days)
    }

    /// The calendar of these dates; of a date given twice, the later one stands.
    #[must_use]
    pub fn of_days(days: impl IntoIterator<Item = (NaiveDate, Listed)>) -> Self {
        let days: BTreeMap<_, _> = days.into_iter().collect();
        let years = days.values().map(|listed| listed.notice).collect();
        Self { days, years }
    }

    /// These notices with newer ones over them: a notice is replaced whole, because a revised notice
    /// also takes days back.
    #[must_use]
    pub fn updated_by(&self, newer: &Self) -> Self {
        let kept = self.days.iter().filter(|(_, listed)| !newer.has_data(listed.notice));
        Self::of_days(kept.chain(&newer.days).map(|(date, listed)| (*date, listed.clone())))
    }

    /// The dates of the notice of `year`, in order.
    pub fn notice(&self, year: i32) -> impl Iterator<Item = (NaiveDate, &Listed)> {
        // A notice reaches into the years beside its own, never further.
        let first = NaiveDate::from_ymd_opt(year - 1, 1, 1).unwrap_or(NaiveDate::MIN);
        let last = NaiveDate::from_ymd_opt(year + 1, 12, 31).unwrap_or(NaiveDate::MAX);
        self.days
            .range(first..=last)
            .filter(move |(_, listed)| listed.notice == year)
            .map(|(date, listed)| (*date, listed))
    }

    /// The notice of `year` as a file, which [`parse`](Self::parse) reads.
    #[must_use]
    pub fn notice_text(&self, year: i32) -> String {
        let mut text = "date,holiday,is_day_off,year\n".to_owned();
        for (date, listed) in self.notice(year) {
            let holidays = listed.holidays.join(";");
            text.push_str(&format!("{date},{holidays},{},{year}\n", listed.day_off));
        }
        text
    }

    /// The years of which a notice is there, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }

    /// Whether the notice of `year` is there.
    #[must_use]
    pub fn has_data(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether any notice names this holiday.
    #[must_use]
    pub fn holiday_known(&self, name: &str) -> bool {
        self.days.values().any(|listed| listed.carries(name))
    }

    /// The first day off that carries `name` in the notice of `year`.
    #[must_use]
    pub fn festival(&self, name: &str, year: i32) -> Option<NaiveDate> {
        self.notice(year).find(|(_, listed)| listed.day_off && listed.carries(name)).map(|(date, _)| date)
    }

    /// Why `date` is a working day or not.
    #[must_use]
    pub fn reason(&self, date: NaiveDate) -> DayReason<'_> {
        match (self.days.get(&date), date.weekday()) {
            (Some(listed), _) => DayReason::Notice(listed),
            (None, Weekday::Sat | Weekday::Sun) => DayReason::Weekend,
            (None, _) => DayReason::Weekday,
        }
    }

    /// Whether people work on `date`.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.reason(date).is_working_day()
    }

    /// The `count`-th working day after `date`, which is not counted; `date` itself for 0.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, count: u32) -> NaiveDate {
        let mut day = date;
        for _ in 0..count {
            day = self.next_working_day(day + Days::new(1));
        }
        day
    }

    /// `date` if it is a working day, else the next one.
    #[must_use]
    pub fn next_working_day(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while !self.is_working_day(day) {
            day = day + Days::new(1);
        }
        day
    }

    /// The working days after `after` up to and with `through`.
    #[must_use]
    pub fn working_days_between(&self, after: NaiveDate, through: NaiveDate) -> usize {
        after
            .iter_days()
            .skip(1)
            .take_while(|day| *day <= through)
            .filter(|day| self.is_working_day(*day))
            .count()
    }
}

impl Listed {
    fn carries(&self, name: &str) -> bool {
        self.holidays.iter().any(|holiday| holiday == name)
    }
}

#[cfg(test)]
mod tests;
