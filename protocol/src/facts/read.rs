//! From the bytes of a folder to facts, or to every fault of it.

use super::check;
use super::decode::decode;
use super::fault::{Fault, Problem};
use super::heading::{self, FILES, FileShape};
use super::rows::Rows;
use super::scan::Scanner;
use super::sheet::{Ids, Notes, Row, Sheet};
use super::{Facts, Pairing};
use crate::policy::Policy;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// A folder of CSV files as bytes.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The folder as given; faults are told under it.
    pub name: String,
    /// Every file in it, by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What is done with words, forms and rules that the policy lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// They are faults: nothing is judged.
    #[default]
    Evaluate,
    /// They are warned of and taken over, as an office imports what it has.
    Import,
}

/// Records that are there already: references to them are known.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "ids by file")]
pub struct Known {
    pub units: HashSet<String>,
    pub leaders: HashSet<String>,
    pub talents: HashSet<String>,
    pub contacts: HashSet<String>,
    /// Pairings, with whom and when: a row that overlaps one of another id is bad.
    pub pairings: Vec<Pairing>,
}

/// What the facts are held to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// `None` if there is none or it was refused: what needs it is not checked then.
    pub policy: Option<&'a Policy>,
    /// What is done with unknown words.
    pub strictness: Strictness,
    /// Records that are there already.
    pub known: Option<&'a Known>,
}

/// Facts, with what was taken over that the policy does not know.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The facts.
    pub facts: Facts,
    /// Words, forms and rules that the policy lacks; always empty when facts are read to be judged.
    pub warnings: Vec<Fault>,
}

/// Reads and checks a folder.
///
/// # Errors
/// Every fault of every file, in the order of the files and lines.
pub fn read(folder: &Folder, reading: Reading<'_>) -> Result<Taken, Vec<Fault>> {
    let notes = Notes::default();
    let pairing_ids: HashSet<String> =
        reading.known.iter().flat_map(|known| &known.pairings).map(|pairing| pairing.id.clone()).collect();
    let texts: Vec<Option<Cow<'_, str>>> = FILES.iter().map(|shape| folder.text(shape, &notes)).collect();
    let reader = Reader { folder, reading, notes: &notes, texts: &texts };
    let facts = reader.facts(&pairing_ids);
    reader.unknown_files();

    let mut faults = notes.faults.into_inner();
    let order = |fault: &Fault| FILES.iter().position(|shape| folder.told(shape.name) == fault.file);
    faults.sort_by_cached_key(|fault| (order(fault).unwrap_or(FILES.len()), fault.line));
    if faults.is_empty() { Ok(Taken { facts, warnings: notes.warnings.into_inner() }) } else { Err(faults) }
}

impl Folder {
    /// The name under which faults of a file are told.
    fn told(&self, name: &str) -> String {
        Path::new(&self.name).join(name).display().to_string()
    }

    fn text(&self, shape: &FileShape, notes: &Notes) -> Option<Cow<'_, str>> {
        match decode(self.files.get(shape.name)?) {
            Ok(text) => Some(text),
            Err(no_text) => {
                let encoding = no_text.encoding;
                let fault = |line| Fault {
                    file: self.told(shape.name),
                    line,
                    column: "1".to_owned(),
                    problem: Problem::NoText { encoding },
                };
                notes.faults.borrow_mut().extend(no_text.lines.into_iter().map(fault));
                None
            }
        }
    }
}

struct Reader<'a, 't> {
    folder: &'a Folder,
    reading: Reading<'t>,
    notes: &'a Notes,
    texts: &'t [Option<Cow<'t, str>>],
}

impl<'t> Reader<'_, 't> {
    fn facts(&self, pairing_ids: &'t HashSet<String>) -> Facts {
        let known = self.reading.known;
        let rows = Rows::new(self.reading.policy, self.reading.strictness);
        let mut units = Ids::new("units.csv", known.map(|known| &known.units));
        let mut leaders = Ids::new("leaders.csv", known.map(|known| &known.leaders));
        let mut talents = Ids::new("talents.csv", known.map(|known| &known.talents));
        let mut pairings = Ids::new("pairings.csv", Some(pairing_ids));
        let mut contacts = Ids::new("contacts.csv", known.map(|known| &known.contacts));
        let others = || Ids::new("", None);

        let unit_rows = self.file_then(&heading::UNITS, &mut units, |row| rows.unit(row), check::circles);
        let leader_rows = self.file(&heading::LEADERS, &mut leaders, |row| rows.leader(row, &units));
        let talent_rows = self.file(&heading::TALENTS, &mut talents, |row| rows.talent(row, &units));
        let effective = self.reading.policy.map(|policy| policy.effective);
        let recorded = known.map_or(&[][..], |known| &known.pairings);
        let pairing_rows = self.file_then(
            &heading::PAIRINGS,
            &mut pairings,
            |row| rows.pairing(row, &leaders, &talents),
            |rows, sheet| check::overlaps(rows, recorded, effective, sheet),
        );
        let contact_rows = self.file(&heading::CONTACTS, &mut contacts, |row| rows.contact(row, &pairings));
        let case_rows = self.file(&heading::CASES, &mut others(), |row| rows.case(row, &talents, &contacts));
        let event_rows = self.file(&heading::EVENTS, &mut others(), |row| rows.event(row, &talents));
        let service_rows =
            self.file(&heading::SERVICES, &mut others(), |row| rows.service(row, &units, &talents));
        let report_rows = self.file(&heading::REPORTS, &mut others(), |row| rows.report(row, &units));
        let liaison_rows = self.file(&heading::LIAISONS, &mut others(), |row| rows.liaison(row, &units));
        let review_rows = self.file(&heading::REVIEWS, &mut others(), |row| rows.review(row, &units));
        let exemption_rows = self.file(&heading::EXEMPTIONS, &mut others(), |row| rows.exemption(row));
        // A row without a date that it needs is `None`, and was told.
        Facts {
            units: unit_rows.into_iter().filter_map(|placed| placed.unit).collect(),
            leaders: leader_rows,
            talents: talent_rows,
            pairings: pairing_rows.into_iter().map(|spell| spell.pairing).collect(),
            contacts: contact_rows.into_iter().flatten().collect(),
            cases: case_rows.into_iter().flatten().collect(),
            events: event_rows.into_iter().flatten().collect(),
            services: service_rows.into_iter().flatten().collect(),
            reports: report_rows,
            liaisons: liaison_rows,
            reviews: review_rows.into_iter().flatten().collect(),
            exemptions: exemption_rows,
        }
    }

    fn file<T>(
        &self,
        shape: &'static FileShape,
        ids: &mut Ids<'t>,
        read: impl Fn(&Row<'_, 't>) -> T,
    ) -> Vec<T> {
        self.file_then(shape, ids, read, |_, _| {})
    }

    /// The rows of a file, checked among themselves; an absent file is empty.
    fn file_then<T>(
        &self,
        shape: &'static FileShape,
        ids: &mut Ids<'t>,
        read: impl Fn(&Row<'_, 't>) -> T,
        check: impl FnOnce(&[T], &Sheet<'_>),
    ) -> Vec<T> {
        let Some(place) = FILES.iter().position(|file| file.name == shape.name) else { return Vec::new() };
        ids.is_there = self.folder.files.contains_key(shape.name);
        let Some(text) = self.texts[place].as_deref() else {
            ids.is_whole = !ids.is_there;
            return Vec::new();
        };
        let mut scanner = Scanner::new(text);
        let Some(sheet) = Sheet::open(shape, self.folder.told(shape.name), &mut scanner, self.notes) else {
            ids.is_whole = false;
            return Vec::new();
        };
        let rows = sheet.rows(&mut scanner, ids, read);
        check(&rows, &sheet);
        rows
    }

    /// A `.csv` of another name is refused; other files are none of our business.
    fn unknown_files(&self) {
        for name in self.folder.files.keys().filter(|name| name.ends_with(".csv")) {
            if !FILES.iter().any(|shape| shape.name == name) {
                let known = FILES.iter().map(|shape| shape.name.to_owned()).collect();
                let problem = Problem::UnknownFile { name: name.clone(), known };
                let fault = Fault { file: self.folder.told(name), line: 1, column: "1".to_owned(), problem };
                self.notes.faults.borrow_mut().push(fault);
            }
        }
    }
}
