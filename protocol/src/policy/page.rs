//! A TOML file with the place of every key and value, and the faults found on it so far.
//!
//! It knows types, ranges and repeats, but not what a policy is.

use super::fault::{Fault, Problem, Type};
use chrono::{Datelike, NaiveDate};
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The largest number in a policy.
pub(super) const MOST: i64 = 36_500;

/// One file being read.
pub(super) struct Page<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, line_starts, faults: RefCell::default() }
    }

    /// Notes a fault at the bytes of `span`.
    pub(super) fn fault(&self, span: &Range<usize>, problem: Problem) {
        let fault = self.fault_at(span, problem);
        self.faults.borrow_mut().push(fault);
    }

    /// A fault at the bytes of `span`, not noted.
    pub(super) fn fault_at(&self, span: &Range<usize>, problem: Problem) -> Fault {
        let start = span.start.min(self.text.len());
        let line = self.line_starts.partition_point(|first| *first <= start);
        let line_start = self.line_starts[line - 1];
        let column = self.text[line_start..start].chars().count() + 1;
        let meant = self.text.get(start..span.end.min(self.text.len())).unwrap_or_default();
        let width = meant.lines().next().unwrap_or_default().chars().count().max(1);
        Fault { file: self.file.to_owned(), line, column, width, problem }
    }

    /// The faults in the order of the file.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults
    }
}

/// A value with the place of its key and its own.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) key: Range<usize>,
    pub(super) span: Range<usize>,
}

impl<T> At<T> {
    pub(super) fn with<U>(&self, value: U) -> At<U> {
        At { value, key: self.key.clone(), span: self.span.clone() }
    }
}

/// An element of a list, with its place.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A table: its entries in the order of the file.
pub(super) struct Table<'a> {
    pub(super) page: &'a Page<'a>,
    pub(super) heading: Range<usize>,
    pub(super) entries: Vec<At<(&'a str, &'a DeValue<'a>)>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(page: &'a Page<'a>, heading: Range<usize>, table: &'a DeTable<'a>) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| At {
                value: (key.get_ref().as_ref(), value.get_ref()),
                key: key.span(),
                span: value.span(),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key.start);
        Self { page, heading, entries }
    }

    /// The value under `key`, of any type.
    pub(super) fn any(&self, key: &str) -> Option<At<&'a DeValue<'a>>> {
        self.entries.iter().find(|entry| entry.value.0 == key).map(|entry| entry.with(entry.value.1))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.any(key).is_some()
    }

    /// Refuses every other key.
    pub(super) fn only(&self, known: &[&str]) {
        for entry in &self.entries {
            let key = entry.value.0;
            if !known.contains(&key) {
                let known = known.iter().filter(|key| !self.has(key)).map(|key| (*key).to_owned()).collect();
                self.page.fault(&entry.key, Problem::UnknownKey { key: key.to_owned(), known });
            }
        }
    }

    /// Refuses the table if one of these is missing, at its heading.
    pub(super) fn need(&self, keys: &[&str]) {
        for key in keys.iter().filter(|key| !self.has(key)) {
            self.page.fault(&self.heading, Problem::MissingKey { key: (*key).to_owned() });
        }
    }

    /// Notes a fault between keys at the one that stands later; keys that are not there are passed over.
    pub(super) fn between(&self, keys: &[&str], problem: Problem) {
        let later =
            keys.iter().filter_map(|key| self.any(key)).map(|entry| entry.key).max_by_key(|key| key.start);
        self.page.fault(&later.unwrap_or_else(|| self.heading.clone()), problem);
    }

    fn wrong(&self, entry: &At<&DeValue<'_>>, expected: Type) {
        self.page.fault(&entry.span, Problem::WrongType { expected });
    }

    /// A string that is not empty.
    pub(super) fn text(&self, key: &str) -> Option<At<&'a str>> {
        let entry = self.any(key)?;
        let Some(text) = entry.value.as_str() else {
            self.wrong(&entry, Type::Text);
            return None;
        };
        if text.is_empty() {
            self.page.fault(&entry.span, Problem::EmptyText);
            return None;
        }
        Some(entry.with(text))
    }

    /// A string that is not empty, without its place.
    pub(super) fn plain(&self, key: &str) -> Option<String> {
        self.text(key).map(|text| text.value.to_owned())
    }

    /// An id: a-z, 0-9 and `-`.
    pub(super) fn id(&self, key: &str) -> Option<At<&'a str>> {
        let text = self.text(key)?;
        if !is_id(text.value) {
            self.page.fault(&text.span, Problem::MalformedId { text: text.value.to_owned() });
        }
        Some(text)
    }

    /// A whole number from `least` to 36500.
    pub(super) fn number(&self, key: &str, least: i64) -> Option<At<i64>> {
        self.number_of(key, least, least)
    }

    /// A whole number up to 36500 whose lower bound is another key's; `least` is only told.
    pub(super) fn number_at_most(&self, key: &str, least: i64) -> Option<At<i64>> {
        self.number_of(key, i64::MIN, least)
    }

    fn number_of(&self, key: &str, lowest: i64, least: i64) -> Option<At<i64>> {
        let entry = self.any(key)?;
        let Some(integer) = entry.value.as_integer() else {
            self.wrong(&entry, Type::Number);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let Some(number) = number.filter(|number| (lowest..=MOST).contains(number)) else {
            self.page.fault(&entry.span, Problem::OutOfRange { least, most: MOST });
            return None;
        };
        Some(entry.with(number))
    }

    /// A whole number from `least` (≥ 0) to 36500, without its place.
    pub(super) fn count(&self, key: &str, least: u32) -> Option<u32> {
        self.number(key, i64::from(least)).and_then(|number| u32::try_from(number.value).ok())
    }

    /// A local date from 1900 to 2199.
    pub(super) fn date(&self, key: &str) -> Option<At<NaiveDate>> {
        let entry = self.any(key)?;
        let local = entry.value.as_datetime().filter(|when| when.time.is_none() && when.offset.is_none());
        let Some(date) = local.and_then(|when| when.date) else {
            self.wrong(&entry, Type::Date);
            return None;
        };
        let date = NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into());
        let Some(date) = date.filter(|date| is_in_range(*date)) else {
            self.page.fault(&entry.span, Problem::DateOutOfRange);
            return None;
        };
        Some(entry.with(date))
    }

    /// `true` or `false`; absent: `false`.
    pub(super) fn yes_no(&self, key: &str) -> bool {
        let Some(entry) = self.any(key) else { return false };
        entry.value.as_bool().unwrap_or_else(|| {
            self.wrong(&entry, Type::YesNo);
            false
        })
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| (*word).to_owned()).collect();
            self.page.fault(&text.span, Problem::UnknownWord { word: text.value.to_owned(), known });
        }
        found.map(|value| text.with(value))
    }

    /// A list of strings, none empty and none twice; what is wrong with an element stands at the element.
    pub(super) fn list(&self, key: &str) -> Option<At<Vec<Element>>> {
        let entry = self.any(key)?;
        let Some(array) = entry.value.as_array() else {
            self.wrong(&entry, Type::List);
            return None;
        };
        if array.is_empty() {
            self.page.fault(&entry.span, Problem::EmptyList);
        }
        let mut list: Vec<Element> = Vec::new();
        for element in array.iter() {
            let span = element.span();
            match element.get_ref().as_str() {
                None => self.page.fault(&span, Problem::WrongType { expected: Type::Text }),
                Some("") => self.page.fault(&span, Problem::EmptyText),
                Some(text) if list.iter().any(|before| before.text == text) => {
                    self.page.fault(&span, Problem::Repeated { what: text.to_owned() });
                }
                Some(text) => list.push(Element { text: text.to_owned(), span }),
            }
        }
        Some(entry.with(list))
    }

    /// A table under `key`.
    pub(super) fn table(&self, key: &str) -> Option<Self> {
        let entry = self.any(key)?;
        let DeValue::Table(table) = entry.value else {
            self.wrong(&entry, Type::Table);
            return None;
        };
        Some(Self::new(self.page, entry.span, table))
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let Some(entry) = self.any(key) else { return Vec::new() };
        let DeValue::Array(array) = entry.value else {
            self.wrong(&entry, Type::Tables);
            return Vec::new();
        };
        if array.is_empty() {
            self.page.fault(&entry.span, Problem::EmptyList);
        }
        array.iter().filter_map(|element| self.table_of(element)).collect()
    }

    fn table_of(&self, element: &'a Spanned<DeValue<'a>>) -> Option<Self> {
        if let DeValue::Table(table) = element.get_ref() {
            return Some(Self::new(self.page, element.span(), table));
        }
        self.page.fault(&element.span(), Problem::WrongType { expected: Type::Table });
        None
    }
}

/// Whether the text is an id of a policy, rule or form.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The dates that policies, facts and command line know (policy-format, section 1).
pub(crate) fn is_in_range(date: NaiveDate) -> bool {
    (1900..=2199).contains(&date.year())
}
