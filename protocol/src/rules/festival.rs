//! Festivals: `holiday:NAME` falls as the notice says, `MM-DD` on that day (policy-format, section 3).

use super::Note;
use crate::calendar::Calendar;
use crate::policy::{Asks, Policy};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

/// A festival of a policy.
#[derive(Clone, Copy)]
pub(super) struct Festival<'a> {
    pub key: &'a str,
    day: FestivalDay<'a>,
}

#[derive(Clone, Copy)]
enum FestivalDay<'a> {
    Holiday(&'a str),
    MonthDay(&'a str),
}

impl<'a> Festival<'a> {
    /// The festival under `key`.
    pub(super) fn of(policy: &'a Policy, key: &'a str) -> Option<Self> {
        let day = policy.vocabulary.festivals.title(key)?;
        let day = day.strip_prefix("holiday:").map_or(FestivalDay::MonthDay(day), FestivalDay::Holiday);
        Some(Self { key, day })
    }

    /// The day on which it falls; for a holiday, `year` is that of the notice.
    pub(super) fn falls(self, calendar: &Calendar, year: i32) -> Option<NaiveDate> {
        match self.day {
            FestivalDay::Holiday(name) => calendar.festival(name, year),
            FestivalDay::MonthDay(day) => format!("{year:04}-{day}").parse().ok(),
        }
    }
}

/// One note for each festival in use and year of the window in which it does not fall.
pub(super) fn notes(policy: &Policy, calendar: &Calendar, from: NaiveDate, as_of: NaiveDate) -> Vec<Note> {
    let first = policy.effective.max(from);
    if first > as_of {
        return Vec::new();
    }
    let visits = policy.rules.iter().filter_map(|rule| match &rule.asks {
        Asks::OccasionVisit(visit) => Some(visit),
        _ => None,
    });
    let in_use: BTreeSet<&str> = visits.flat_map(|visit| &visit.festivals).map(String::as_str).collect();
    let mut notes = Vec::new();
    for festival in in_use.into_iter().filter_map(|key| Festival::of(policy, key)) {
        let missing = (first.year()..=as_of.year()).filter(|year| festival.falls(calendar, *year).is_none());
        notes.extend(missing.map(|year| Note::NoFestival { festival: festival.key.to_owned(), year }));
    }
    notes
}
