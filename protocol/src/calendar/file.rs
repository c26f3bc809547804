//! The calendar file: `date,holiday,is_day_off,year`, further columns ignored, each date once.

use super::Listed;
use crate::texts::{Language, Told, on_one_line};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::fmt;

/// What is wrong with a calendar file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFault {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The heading of the column; `1` where a whole line is meant.
    pub column: &'static str,
    /// What is wrong.
    pub kind: CalendarFaultKind,
}

/// The ways in which a calendar file can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarFaultKind {
    /// The file has no such column.
    MissingColumn,
    /// The line is no CSV.
    Unreadable,
    /// No date `2026-10-01` from 1900 to 2199.
    NoDate(String),
    /// The cell is empty.
    Empty,
    /// Neither `true` nor `false`.
    NotTrueOrFalse(String),
    /// No year from 1900 to 2199, or not the date's year or one beside it.
    NoYear(String),
    /// An earlier line has this date.
    Repeated(NaiveDate),
    /// A file without a single date says nothing.
    NoRows,
}

impl Told for CalendarFault {
    fn key(&self) -> &'static str {
        match self.kind {
            CalendarFaultKind::MissingColumn => "calendar-missing-column",
            CalendarFaultKind::Unreadable => "calendar-unreadable",
            CalendarFaultKind::NoDate(_) => "calendar-no-date",
            CalendarFaultKind::Empty => "calendar-empty",
            CalendarFaultKind::NotTrueOrFalse(_) => "calendar-not-true-or-false",
            CalendarFaultKind::NoYear(_) => "calendar-no-year",
            CalendarFaultKind::Repeated(_) => "calendar-repeated",
            CalendarFaultKind::NoRows => "calendar-no-rows",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match &self.kind {
            CalendarFaultKind::NoDate(text)
            | CalendarFaultKind::NotTrueOrFalse(text)
            | CalendarFaultKind::NoYear(text) => vec![("found", text.clone())],
            CalendarFaultKind::Repeated(date) => vec![("found", date.to_string())],
            CalendarFaultKind::MissingColumn | CalendarFaultKind::Empty => {
                vec![("column", self.column.to_owned())]
            }
            CalendarFaultKind::Unreadable | CalendarFaultKind::NoRows => Vec::new(),
        }
    }
}

impl CalendarFault {
    /// `LINE:COLUMN: text`, to stand behind the name of the file.
    #[must_use]
    pub fn located(&self, language: Language) -> String {
        on_one_line(&format!("{}:{}: {}", self.line, self.column, self.tell(language)))
    }
}

impl fmt::Display for CalendarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.located(Language::English))
    }
}

impl std::error::Error for CalendarFault {}

const WHOLE_LINE: &str = "1";
const COLUMNS: [&str; 4] = ["date", "holiday", "is_day_off", "year"];

/// The dates of a calendar file, or all its faults.
pub(super) fn parse(text: &str) -> Result<BTreeMap<NaiveDate, Listed>, Vec<CalendarFault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .into_records();

    let headings = match rows.next() {
        Some(Ok(headings)) => headings,
        Some(Err(_)) => return Err(vec![fault(1, WHOLE_LINE, CalendarFaultKind::Unreadable)]),
        None => return Err(vec![fault(1, WHOLE_LINE, CalendarFaultKind::NoRows)]),
    };
    let place = |column: &str| headings.iter().position(|heading| heading == column);
    let missing = COLUMNS.into_iter().filter(|column| place(column).is_none());
    let missing: Vec<_> = missing.map(|column| fault(1, column, CalendarFaultKind::MissingColumn)).collect();
    if !missing.is_empty() {
        return Err(missing);
    }

    let mut days = BTreeMap::new();
    let mut faults = Vec::new();
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                faults.push(fault(line, WHOLE_LINE, CalendarFaultKind::Unreadable));
                continue;
            }
        };
        let line = row.position().map_or(1, csv::Position::line);
        let cell = |column: &str| place(column).and_then(|at| row.get(at)).unwrap_or_default();
        match day(&cell) {
            Ok((date, _)) if days.contains_key(&date) => {
                faults.push(fault(line, "date", CalendarFaultKind::Repeated(date)));
            }
            Ok((date, listed)) => {
                days.insert(date, listed);
            }
            Err(wrong) => faults.extend(wrong.into_iter().map(|(column, kind)| fault(line, column, kind))),
        }
    }
    match (days.is_empty(), faults.is_empty()) {
        (true, true) => Err(vec![fault(1, WHOLE_LINE, CalendarFaultKind::NoRows)]),
        (_, false) => Err(faults),
        (false, true) => Ok(days),
    }
}

type WrongCells = Vec<(&'static str, CalendarFaultKind)>;

fn day<'r>(cell: &impl Fn(&str) -> &'r str) -> Result<(NaiveDate, Listed), WrongCells> {
    let mut wrong = WrongCells::new();
    let date = date(cell("date"));
    if date.is_none() {
        wrong.push(("date", CalendarFaultKind::NoDate(cell("date").to_owned())));
    }
    let holidays: Vec<String> = cell("holiday")
        .split([';', '；'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if holidays.is_empty() {
        wrong.push(("holiday", CalendarFaultKind::Empty));
    }
    let day_off = match cell("is_day_off") {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            wrong.push(("is_day_off", CalendarFaultKind::NotTrueOrFalse(other.to_owned())));
            None
        }
    };
    let beside = |year: &i32| date.is_none_or(|date| (date.year() - year).abs() <= 1);
    let notice = cell("year").parse::<i32>().ok().filter(|year| (1900..=2199).contains(year)).filter(beside);
    if notice.is_none() {
        wrong.push(("year", CalendarFaultKind::NoYear(cell("year").to_owned())));
    }
    match (date, day_off, notice) {
        (Some(date), Some(day_off), Some(notice)) if wrong.is_empty() => {
            Ok((date, Listed { notice, holidays, day_off }))
        }
        _ => Err(wrong),
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == "2026-10-01".len() && (1900..=2199).contains(&date.year())).then_some(date)
}

fn fault(line: u64, column: &'static str, kind: CalendarFaultKind) -> CalendarFault {
    CalendarFault { line, column, kind }
}
