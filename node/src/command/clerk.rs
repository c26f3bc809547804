//! The clerk writes what was typed into a record's fields, and collects every fault before anything is written.

use super::fault::{FieldFault, Problem};
use super::words::OptionalDate;
use crate::desk::Desk;
use crate::store::{Record, StoreFault, unit};
use chrono::NaiveDate;
use zhuji_protocol::console::Failure;
use zhuji_protocol::policy::{Policy, Word, Words};

/// Writes typed values into fields. What was not typed is left as it is.
pub(super) struct Clerk<'a> {
    desk: &'a Desk,
    faults: Vec<FieldFault>,
}

impl<'a> Clerk<'a> {
    pub(super) fn new(desk: &'a Desk) -> Self {
        Self { desk, faults: Vec::new() }
    }

    /// Refuses, with all faults at once.
    pub(super) fn finish(self) -> Result<(), Failure> {
        if self.faults.is_empty() {
            return Ok(());
        }
        Err(Failure::Told(self.faults.into_iter().map(|fault| Box::new(fault) as _).collect()))
    }

    pub(super) fn fault(&mut self, field: &'static str, problem: Problem) {
        self.faults.push(FieldFault { field, problem });
    }

    /// A text; an empty one clears the field.
    pub(super) fn text(&mut self, into: &mut String, typed: Option<String>) {
        if let Some(typed) = typed {
            typed.trim().clone_into(into);
        }
    }

    /// A text that must not stay empty.
    pub(super) fn required(&mut self, field: &'static str, into: &mut String, typed: Option<String>) {
        self.text(into, typed);
        if into.is_empty() {
            self.fault(field, Problem::Missing);
        }
    }

    /// A value that must be there. A field that has a fault already is not told twice.
    pub(super) fn must<T>(&mut self, field: &'static str, value: Option<&T>) {
        if value.is_none() && !self.faults.iter().any(|fault| fault.field == field) {
            self.fault(field, Problem::Missing);
        }
    }

    /// A list of free texts; `;` divides, an empty one clears.
    pub(super) fn list(&mut self, into: &mut Vec<String>, typed: Option<Vec<String>>) {
        if let Some(typed) = typed {
            *into = items(&typed);
        }
    }

    /// A word of the policy, typed as key or title.
    pub(super) fn word(
        &mut self,
        field: &'static str,
        words: &Words,
        into: &mut Option<String>,
        typed: Option<String>,
    ) {
        let Some(typed) = typed else { return };
        let typed = typed.trim();
        *into = if typed.is_empty() { None } else { self.key(field, words, typed) };
    }

    /// Several words of the policy.
    pub(super) fn words(
        &mut self,
        field: &'static str,
        words: &Words,
        into: &mut Vec<String>,
        typed: Option<Vec<String>>,
    ) {
        let Some(typed) = typed else { return };
        into.clear();
        for word in items(&typed) {
            if let Some(key) = self.key(field, words, &word).filter(|key| !into.contains(key)) {
                into.push(key);
            }
        }
    }

    /// The key that a typed word names; without words of a policy it stands for itself.
    pub(super) fn key(&mut self, field: &'static str, words: &Words, typed: &str) -> Option<String> {
        if words.is_empty() {
            return self.plain_word(field, typed);
        }
        let key = words.key_of(typed).map(str::to_owned);
        if key.is_none() {
            let known: Vec<String> =
                words.0.iter().map(|word| format!("{}（{}）", word.title, word.key)).collect();
            self.fault(field, Problem::UnknownWord { word: typed.to_owned(), known: known.join("、") });
        }
        key
    }

    /// A word that may stand in a list of a file: without the marks that divide lists.
    fn plain_word(&mut self, field: &'static str, typed: &str) -> Option<String> {
        if typed.contains([';', '；']) || typed.chars().any(char::is_control) {
            self.fault(field, Problem::Mark { text: typed.to_owned() });
            return None;
        }
        Some(typed.to_owned())
    }

    /// The day of something that has happened, or none.
    pub(super) fn past(
        &mut self,
        field: &'static str,
        into: &mut Option<NaiveDate>,
        typed: Option<OptionalDate>,
    ) {
        if let Some(OptionalDate(typed)) = typed {
            *into = typed;
            self.not_later_than_today(field, typed);
        }
    }

    /// The day of something that must have happened.
    pub(super) fn happened(
        &mut self,
        field: &'static str,
        into: &mut Option<NaiveDate>,
        typed: Option<NaiveDate>,
    ) {
        if let Some(typed) = typed {
            *into = Some(typed);
        }
        match *into {
            None => self.fault(field, Problem::Missing),
            Some(_) => self.not_later_than_today(field, *into),
        }
    }

    /// A day that may lie ahead, such as the end of a term.
    pub(super) fn day(&mut self, into: &mut Option<NaiveDate>, typed: Option<OptionalDate>) {
        if let Some(OptionalDate(typed)) = typed {
            *into = typed;
        }
    }

    fn not_later_than_today(&mut self, field: &'static str, date: Option<NaiveDate>) {
        let today = self.desk.today;
        if let Some(date) = date.filter(|date| *date > today) {
            self.fault(field, Problem::Future { date, today });
        }
    }

    /// Days that must follow one another where they are there.
    pub(super) fn in_order(&mut self, days: &[(&'static str, Option<NaiveDate>)]) {
        let mut before: Option<(&'static str, NaiveDate)> = None;
        for (field, date) in days {
            let Some(date) = *date else { continue };
            if let Some((earlier, than)) = before.filter(|(_, than)| date < *than) {
                self.fault(field, Problem::Before { date, earlier, than });
            }
            before = Some((field, date));
        }
    }

    /// The id of a record that must be there.
    pub(super) fn reference<R: Record>(
        &mut self,
        field: &'static str,
        into: &mut Option<String>,
        typed: Option<String>,
    ) -> Result<(), StoreFault> {
        let Some(typed) = typed else { return Ok(()) };
        let typed = typed.trim();
        *into = None;
        if typed.is_empty() {
            return Ok(());
        }
        if R::find(self.desk.store.db(), typed)?.is_some() {
            *into = Some(typed.to_owned());
        } else {
            self.fault(field, Problem::NoSuchRecord { id: typed.to_owned() });
        }
        Ok(())
    }

    /// The ids of records that must be there, each once.
    pub(super) fn references<R: Record>(
        &mut self,
        field: &'static str,
        into: &mut Vec<String>,
        typed: Option<Vec<String>>,
    ) -> Result<(), StoreFault> {
        let Some(typed) = typed else { return Ok(()) };
        into.clear();
        for id in items(&typed) {
            let mut found = None;
            self.reference::<R>(field, &mut found, Some(id))?;
            into.extend(found.filter(|id| !into.contains(id)));
        }
        Ok(())
    }

    /// A form of the policy by its id or title.
    pub(super) fn form(
        &mut self,
        field: &'static str,
        policy: Option<&Policy>,
        typed: &str,
    ) -> Option<String> {
        let forms = policy.iter().flat_map(|policy| &policy.forms);
        let words = forms.map(|form| Word { key: form.id.clone(), title: form.title.clone() }).collect();
        self.key(field, &Words(words), typed).filter(|id| !id.is_empty())
    }

    /// A rule of the policy by its id or title.
    pub(super) fn rule(
        &mut self,
        field: &'static str,
        policy: Option<&Policy>,
        typed: &str,
    ) -> Option<String> {
        let rules = policy.iter().flat_map(|policy| &policy.rules);
        let words = rules.map(|rule| Word { key: rule.id.clone(), title: rule.title.clone() }).collect();
        self.key(field, &Words(words), typed).filter(|id| !id.is_empty())
    }

    /// A unit by its code or its name.
    pub(super) fn unit(
        &mut self,
        field: &'static str,
        into: &mut Option<String>,
        typed: Option<String>,
    ) -> Result<(), StoreFault> {
        let Some(typed) = typed else { return Ok(()) };
        let typed = typed.trim();
        *into = None;
        if typed.is_empty() {
            return Ok(());
        }
        match unit::known(self.desk.store.db(), typed, self.desk.today)? {
            Some(code) => *into = Some(code),
            None => self.fault(field, Problem::NoSuchUnit { unit: typed.to_owned() }),
        }
        Ok(())
    }

    /// The id of a new record: the one typed if it is free, else the next of its kind.
    pub(super) fn new_id<R: Record>(&mut self, typed: Option<String>) -> Result<Option<String>, StoreFault> {
        let Some(typed) = typed else { return Ok(None) };
        let Some(id) = self.plain_word("id", typed.trim()).filter(|id| !id.is_empty()) else {
            return Ok(None);
        };
        if R::find(self.desk.store.db(), &id)?.is_some() {
            self.fault("id", Problem::Taken { id: id.clone() });
        }
        Ok(Some(id))
    }
}

/// The items of a list as people type it: several options, or one text with `;` between.
fn items(typed: &[String]) -> Vec<String> {
    typed
        .iter()
        .flat_map(|text| text.split([';', '；']))
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The record that a command names.
pub(super) fn find<R: Record>(desk: &Desk, id: &str) -> Result<R, Failure> {
    let unknown = || StoreFault::Unknown { kind: R::KIND.word(), id: id.to_owned() };
    Ok(R::find(desk.store.db(), id.trim()).map_err(StoreFault::from)?.ok_or_else(unknown)?)
}
