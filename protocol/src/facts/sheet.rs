//! One file of the folder as rows under known headings, with what is wrong with a cell told at its heading.

use super::cell;
use super::fault::{Fault, Problem};
use super::heading::FileShape;
use super::scan::{Record, Scanner};
use crate::policy::{Vocabulary, Words};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) faults: RefCell<Vec<Fault>>,
    pub(super) warnings: RefCell<Vec<Fault>>,
}

/// The ids of one file.
#[derive(Debug)]
pub(super) struct Ids<'t> {
    /// The file that they stand in.
    pub(super) file: &'static str,
    /// Each with the line of its first row, good or bad.
    lines: HashMap<Cow<'t, str>, usize>,
    /// Ids that are known without the file.
    known: Option<&'t HashSet<String>>,
    /// Whether the id of every row is known; else nothing can be called unknown.
    pub(super) is_whole: bool,
    /// Whether the file is there.
    pub(super) is_there: bool,
}

impl<'t> Ids<'t> {
    pub(super) fn new(file: &'static str, known: Option<&'t HashSet<String>>) -> Self {
        Self { file, lines: HashMap::new(), known, is_whole: true, is_there: false }
    }

    /// Whether a reference to `id` leads nowhere.
    pub(super) fn lacks(&self, id: &str) -> bool {
        self.is_whole && !self.lines.contains_key(id) && !self.known.is_some_and(|known| known.contains(id))
    }
}

/// A file with the places of its columns.
pub(super) struct Sheet<'r> {
    /// The name under which its faults are told.
    pub(super) file: String,
    shape: &'static FileShape,
    /// For each column of the shape: where it stands and its heading as written.
    columns: Vec<Option<(usize, String)>>,
    /// Every heading as written, known or not.
    headings: Vec<String>,
    /// Where headings are empty.
    unnamed: RefCell<Vec<usize>>,
    heading_line: usize,
    width: usize,
    notes: &'r Notes,
}

impl<'r> Sheet<'r> {
    /// Reads the heading line; `None` if there is none, or none that can be read.
    pub(super) fn open(
        shape: &'static FileShape,
        file: String,
        scanner: &mut Scanner<'_>,
        notes: &'r Notes,
    ) -> Option<Self> {
        let mut record = Record::default();
        let mut found = false;
        while !found && scanner.next(&mut record) {
            found = !record.is_blank();
        }
        let mut sheet = Self {
            file,
            shape,
            columns: shape.columns.iter().map(|_| None).collect(),
            headings: record.cells.iter().map(|heading| heading.clone().into_owned()).collect(),
            unnamed: RefCell::default(),
            heading_line: if found { record.line } else { 1 },
            width: record.cells.len(),
            notes,
        };
        if !found {
            sheet.fault(1, "1", Problem::NoHeading);
            return None;
        }
        if let Some((_, fault)) = record.broken {
            sheet.fault(record.line, "1", Problem::Quotes(fault));
            return None;
        }
        for (place, heading) in record.cells.iter().enumerate() {
            sheet.heading(place, heading);
        }
        for (column, place) in shape.columns.iter().zip(&sheet.columns) {
            if column.required && place.is_none() {
                let (english, chinese) = (column.english, column.chinese);
                sheet.fault(record.line, "1", Problem::MissingColumn { english, chinese });
            }
        }
        Some(sheet)
    }

    fn heading(&mut self, place: usize, heading: &str) {
        if heading.is_empty() {
            self.unnamed.get_mut().push(place);
            return;
        }
        match self.shape.position(heading) {
            None => {
                let known = self.shape.columns.iter().flat_map(|column| [column.english, column.chinese]);
                let known = known.map(str::to_owned).collect();
                let problem = Problem::UnknownColumn { heading: heading.to_owned(), known };
                self.fault(self.heading_line, heading, problem);
            }
            Some(column) if self.columns[column].is_some() => {
                let problem = Problem::ColumnTwice { heading: heading.to_owned() };
                self.fault(self.heading_line, heading, problem);
            }
            Some(column) => self.columns[column] = Some((place, heading.to_owned())),
        }
    }

    /// Reads every row; bad rows are read as far as they can be, so that all their faults are told.
    pub(super) fn rows<'t, T>(
        &self,
        scanner: &mut Scanner<'t>,
        ids: &mut Ids<'t>,
        read: impl Fn(&Row<'_, 't>) -> T,
    ) -> Vec<T> {
        let key = self.shape.columns[0].english;
        let has_ids = matches!(key, "id" | "code");
        ids.is_whole &= self.columns[0].is_some();
        let (mut rows, mut record) = (Vec::new(), Record::default());
        while scanner.next(&mut record) {
            if record.is_blank() {
                continue;
            }
            if let Some((place, fault)) = record.broken {
                ids.is_whole = false;
                self.fault(record.line, self.written_at(place), Problem::Quotes(fault));
                continue;
            }
            if record.cells.len() != self.width {
                ids.is_whole = false;
                let problem = Problem::CellCount { expected: self.width, found: record.cells.len() };
                self.fault(record.line, "1", problem);
                continue;
            }
            self.check_unnamed(&record);
            let row = Row { sheet: self, record: &record };
            if has_ids {
                self.enter(&row, key, ids);
            }
            rows.push(read(&row));
        }
        rows
    }

    /// Enters the id of a row.
    fn enter<'t>(&self, row: &Row<'_, 't>, key: &str, ids: &mut Ids<'t>) {
        let Some(id) = row.cell(key).filter(|id| !id.is_empty()) else {
            // A column that is missing was told at the heading.
            if row.has(key) {
                row.fault(key, Problem::MissingCell);
            }
            ids.is_whole = false;
            return;
        };
        let line = *ids.lines.entry(id.clone()).or_insert(row.record.line);
        if line != row.record.line {
            row.fault(key, Problem::Repeated { id: id.clone().into_owned(), line });
        }
    }

    /// A column without a heading may hold nothing.
    fn check_unnamed(&self, record: &Record<'_>) {
        self.unnamed.borrow_mut().retain(|place| {
            let is_empty = record.cells[*place].is_empty();
            if !is_empty {
                self.fault(self.heading_line, "1", Problem::UnnamedColumn { place: place + 1 });
            }
            is_empty
        });
    }

    /// The heading as written over a place; `1` where there is none.
    fn written_at(&self, place: usize) -> &str {
        self.headings.get(place).filter(|heading| !heading.is_empty()).map_or("1", String::as_str)
    }

    /// The heading as written of a column.
    pub(super) fn written(&self, english: &str) -> &str {
        self.column(english).map_or("1", |(_, heading)| heading)
    }

    fn column(&self, english: &str) -> Option<&(usize, String)> {
        let place = self.shape.columns.iter().position(|column| column.english == english)?;
        self.columns[place].as_ref()
    }

    /// Notes a fault.
    pub(super) fn fault(&self, line: usize, column: &str, problem: Problem) {
        let fault = Fault { file: self.file.clone(), line, column: column.to_owned(), problem };
        self.notes.faults.borrow_mut().push(fault);
    }
}

/// What a row's words are held to.
#[derive(Clone, Copy)]
pub(super) struct Held<'p> {
    /// Without a policy any word is taken.
    pub(super) vocabulary: Option<&'p Vocabulary>,
    /// Unknown words are warned of and taken over.
    pub(super) is_lenient: bool,
}

/// One row. What is asked of a cell that is wrong is told, and answered as if the cell were empty.
pub(super) struct Row<'s, 't> {
    sheet: &'s Sheet<'s>,
    record: &'s Record<'t>,
}

impl<'t> Row<'_, 't> {
    pub(super) fn line(&self) -> usize {
        self.record.line
    }

    fn has(&self, column: &str) -> bool {
        self.sheet.column(column).is_some()
    }

    fn cell(&self, column: &str) -> Option<&Cow<'t, str>> {
        self.sheet.column(column).map(|(place, _)| &self.record.cells[*place])
    }

    /// Notes a fault at a cell of this row.
    pub(super) fn fault(&self, column: &str, problem: Problem) {
        self.sheet.fault(self.record.line, self.sheet.written(column), problem);
    }

    fn warn(&self, column: &str, problem: Problem) {
        let (file, column) = (self.sheet.file.clone(), self.sheet.written(column).to_owned());
        let warning = Fault { file, line: self.record.line, column, problem };
        self.sheet.notes.warnings.borrow_mut().push(warning);
    }

    /// A fault, or only a warning where words are taken over.
    pub(super) fn object(&self, column: &str, problem: Problem, is_lenient: bool) {
        if is_lenient {
            self.warn(column, problem);
        } else {
            self.fault(column, problem);
        }
    }

    /// The text of a cell; empty if the column is missing.
    pub(super) fn text(&self, column: &str) -> &str {
        self.cell(column).map_or("", |cell| cell.as_ref())
    }

    pub(super) fn own(&self, column: &str) -> String {
        self.text(column).to_owned()
    }

    pub(super) fn some(&self, column: &str) -> Option<String> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The text of a cell that must be filled.
    pub(super) fn must(&self, column: &str) -> &str {
        let text = self.text(column);
        if text.is_empty() && self.has(column) {
            self.fault(column, Problem::MissingCell);
        }
        text
    }

    pub(super) fn date(&self, column: &str) -> Option<NaiveDate> {
        let text = self.text(column);
        if text.is_empty() { None } else { self.dated(column, text) }
    }

    /// A date that must be there.
    pub(super) fn must_date(&self, column: &str) -> Option<NaiveDate> {
        self.must(column);
        self.date(column)
    }

    /// A date in a column, or in a list of a column.
    pub(super) fn dated(&self, column: &str, text: &str) -> Option<NaiveDate> {
        let told = || text.to_owned();
        match cell::date(text) {
            Ok(date) => return Some(date),
            Err(cell::NoDate::Malformed) => self.fault(column, Problem::MalformedDate { text: told() }),
            Err(cell::NoDate::OutOfRange) => self.fault(column, Problem::DateOutOfRange { text: told() }),
        }
        None
    }

    /// `from` and `to`, in order.
    pub(super) fn span(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (from, to) = (self.date("from"), self.date("to"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            self.fault("to", Problem::FromAfterTo);
        }
        (from, to)
    }

    pub(super) fn list(&self, column: &str) -> Vec<String> {
        cell::items(self.text(column)).map(str::to_owned).collect()
    }

    /// The key of a word of a vocabulary.
    pub(super) fn word(&self, column: &str, held: Held<'_>, words: Of) -> Option<String> {
        let text = self.text(column);
        (!text.is_empty()).then(|| self.key(column, text, held, words))
    }

    /// The keys of a list of words.
    pub(super) fn words(&self, column: &str, held: Held<'_>, words: Of) -> Vec<String> {
        cell::items(self.text(column)).map(|item| self.key(column, item, held, words)).collect()
    }

    /// The key that `text` names; an empty vocabulary names every word.
    fn key(&self, column: &str, text: &str, held: Held<'_>, (vocabulary, words): Of) -> String {
        let words = held.vocabulary.map(words).filter(|words| !words.is_empty());
        let Some(words) = words else { return text.to_owned() };
        words
            .key_of(text)
            .unwrap_or_else(|| {
                let known = words.0.iter().flat_map(|word| [word.key.clone(), word.title.clone()]).collect();
                let problem = Problem::UnknownWord { word: text.to_owned(), vocabulary, known };
                self.object(column, problem, held.is_lenient);
                text
            })
            .to_owned()
    }

    /// The id of another row, which must be there.
    pub(super) fn reference(&self, column: &str, ids: &Ids<'_>) -> Option<String> {
        let id = self.some(column)?;
        self.refers(column, &id, ids);
        Some(id)
    }

    /// Tells a reference that leads nowhere.
    pub(super) fn refers(&self, column: &str, id: &str, ids: &Ids<'_>) {
        if ids.lacks(id) {
            self.fault(column, Problem::UnknownReference { id: id.to_owned(), file: ids.file });
        }
    }
}

/// A vocabulary by its name.
pub(super) type Of = (&'static str, fn(&Vocabulary) -> &Words);
