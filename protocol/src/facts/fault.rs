//! What can be wrong with the facts folder, and where it stands.

use super::scan::QuoteFault;
use crate::texts::{Language, Told, on_one_line, text, text_with};
use std::fmt;

/// One fault, or one warning, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, with the folder as given.
    pub file: String,
    /// The line on which the row begins, from 1; the heading is line 1.
    pub line: usize,
    /// The heading as written, or `1` where a whole line is meant.
    pub column: String,
    /// What is wrong.
    pub problem: Problem,
}

/// The ways in which facts can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what the text names")]
pub enum Problem {
    /// A `.csv` of another name.
    UnknownFile { name: String, known: Vec<String> },
    /// Bytes that are no text in the encoding that the file has.
    NoText { encoding: &'static str },
    /// A file without a heading line.
    NoHeading,
    /// A column that the file does not have.
    UnknownColumn { heading: String, known: Vec<String> },
    /// Cells under an empty heading.
    UnnamedColumn { place: usize },
    /// A column that stands there already, in either language.
    ColumnTwice { heading: String },
    /// A column that must be there.
    MissingColumn { english: &'static str, chinese: &'static str },
    /// A row with more or fewer cells than the heading.
    CellCount { expected: usize, found: usize },
    /// Quotes that do not fit.
    Quotes(QuoteFault),
    /// A cell that must be filled.
    MissingCell,
    /// No date.
    MalformedDate { text: String },
    /// A date before 1900 or after 2199.
    DateOutOfRange { text: String },
    /// No period.
    MalformedPeriod { text: String },
    /// No level.
    MalformedLevel { text: String, known: Vec<String> },
    /// Neither leader nor talent.
    MalformedSide { text: String },
    /// An id or unit code that an earlier row has.
    Repeated { id: String, line: usize },
    /// `from` after `to`.
    FromAfterTo,
    /// A step of a case before the one that precedes it.
    StepBackwards { before: String },
    /// A reference to a row that is not there.
    UnknownReference { id: String, file: &'static str },
    /// A pairing of the same leader and talent on some of the same days as an earlier row.
    Overlap { id: String, line: usize },
    /// The same, with a pairing that is recorded already.
    OverlapKnown { id: String },
    /// A word that the policy's vocabulary lacks.
    UnknownWord { word: String, vocabulary: &'static str, known: Vec<String> },
    /// A form that the policy does not have.
    UnknownForm { id: String, known: Vec<String> },
    /// A rule that the policy does not have.
    UnknownRule { id: String, known: Vec<String> },
    /// A unit that stands above itself.
    ParentCircle { code: String },
}

impl Problem {
    fn key(&self) -> &'static str {
        match self {
            Self::UnknownFile { .. } => "facts-unknown-file",
            Self::NoText { .. } => "facts-no-text",
            Self::NoHeading => "facts-no-heading",
            Self::UnknownColumn { .. } => "facts-unknown-column",
            Self::UnnamedColumn { .. } => "facts-unnamed-column",
            Self::ColumnTwice { .. } => "facts-column-twice",
            Self::MissingColumn { .. } => "facts-missing-column",
            Self::CellCount { .. } => "facts-cell-count",
            Self::Quotes(QuoteFault::Inside) => "facts-quote-inside",
            Self::Quotes(QuoteFault::AfterClosing) => "facts-text-after-quote",
            Self::Quotes(QuoteFault::Open) => "facts-quote-open",
            Self::MissingCell => "facts-missing-cell",
            Self::MalformedDate { .. } => "facts-malformed-date",
            Self::DateOutOfRange { .. } => "facts-date-out-of-range",
            Self::MalformedPeriod { .. } => "facts-malformed-period",
            Self::MalformedLevel { .. } => "facts-malformed-level",
            Self::MalformedSide { .. } => "facts-malformed-side",
            Self::Repeated { .. } => "facts-repeated",
            Self::FromAfterTo => "facts-from-after-to",
            Self::StepBackwards { .. } => "facts-step-backwards",
            Self::UnknownReference { .. } => "facts-unknown-reference",
            Self::Overlap { .. } => "facts-overlap",
            Self::OverlapKnown { .. } => "facts-overlap-known",
            Self::UnknownWord { .. } => "facts-unknown-word",
            Self::UnknownForm { .. } => "facts-unknown-form",
            Self::UnknownRule { .. } => "facts-unknown-rule",
            Self::ParentCircle { .. } => "facts-parent-circle",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnknownFile { name, .. } => vec![("name", name.clone())],
            Self::NoText { encoding } => vec![("encoding", (*encoding).to_owned())],
            Self::UnknownColumn { heading, .. } | Self::ColumnTwice { heading } => {
                vec![("heading", heading.clone())]
            }
            Self::UnnamedColumn { place } => vec![("place", place.to_string())],
            Self::MissingColumn { english, chinese } => {
                vec![("english", (*english).to_owned()), ("chinese", (*chinese).to_owned())]
            }
            Self::CellCount { expected, found } => {
                vec![("expected", expected.to_string()), ("found", found.to_string())]
            }
            Self::MalformedDate { text }
            | Self::DateOutOfRange { text }
            | Self::MalformedPeriod { text }
            | Self::MalformedLevel { text, .. }
            | Self::MalformedSide { text } => vec![("text", text.clone())],
            Self::Repeated { id, line } | Self::Overlap { id, line } => {
                vec![("id", id.clone()), ("line", line.to_string())]
            }
            Self::StepBackwards { before } => vec![("before", before.clone())],
            Self::UnknownReference { id, file } => vec![("id", id.clone()), ("file", (*file).to_owned())],
            Self::OverlapKnown { id } | Self::UnknownForm { id, .. } | Self::UnknownRule { id, .. } => {
                vec![("id", id.clone())]
            }
            Self::UnknownWord { word, vocabulary, .. } => {
                vec![("word", word.clone()), ("vocabulary", (*vocabulary).to_owned())]
            }
            Self::ParentCircle { code } => vec![("code", code.clone())],
            Self::NoHeading | Self::Quotes(_) | Self::MissingCell | Self::FromAfterTo => Vec::new(),
        }
    }

    /// What was written, and what could have been.
    fn choice(&self) -> Option<(&str, &[String])> {
        match self {
            Self::UnknownFile { name: word, known }
            | Self::UnknownColumn { heading: word, known }
            | Self::MalformedLevel { text: word, known }
            | Self::UnknownWord { word, known, .. }
            | Self::UnknownForm { id: word, known }
            | Self::UnknownRule { id: word, known } => Some((word, known)),
            _ => None,
        }
    }
}

impl Fault {
    /// `FILE:LINE:COLUMN: text`
    #[must_use]
    pub fn located(&self, language: Language) -> String {
        on_one_line(&format!("{}:{}:{}: {}", self.file, self.line, self.column, self.tell(language)))
    }
}

impl Told for Fault {
    fn key(&self) -> &'static str {
        self.problem.key()
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        self.problem.args()
    }

    fn tell(&self, language: Language) -> String {
        let mut told = text_with(language, self.key(), &self.args());
        if let Some((written, known)) = self.problem.choice() {
            if let Some(near) = crate::policy::nearest(written, known) {
                told.push_str(&text_with(language, "policy-near", &[("near", near.to_owned())]));
            } else if known.is_empty() {
                told.push_str(&text(language, "policy-none-known"));
            } else {
                told.push_str(&text_with(language, "policy-known", &[("known", known.join(", "))]));
            }
        }
        told
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.located(Language::English))
    }
}

impl std::error::Error for Fault {}
