//! What judging answers, and how it is printed (policy-format, section 7).

use super::{Tally, Verdict};
use crate::texts::{Language, Told};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer of judging a set of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's keys")]
pub struct Answer {
    pub policy: String,
    pub as_of: NaiveDate,
    pub from: NaiveDate,
    pub notes: Vec<Note>,
    /// Sorted by rule, subject id, item and period, as code points.
    pub verdicts: Vec<Verdict>,
    /// Every rule has one.
    pub tallies: BTreeMap<String, TallyRow>,
}

/// A tally as the answer prints it, `expected` first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the contract's keys")]
pub struct TallyRow {
    pub expected: i64,
    #[serde(flatten)]
    pub tally: Tally,
}

impl From<Tally> for TallyRow {
    fn from(tally: Tally) -> Self {
        Self { expected: tally.expected(), tally }
    }
}

/// Something that the reader of an answer should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A festival in use does not fall in a year, because the notice of that year is not there or does not
    /// name it, or the year has no 29 February.
    NoFestival {
        /// The festival's key.
        festival: String,
        /// The year.
        year: i32,
    },
}

impl Told for Note {
    fn key(&self) -> &'static str {
        match self {
            Self::NoFestival { .. } => "note-no-festival",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoFestival { festival, year } => {
                vec![("festival", festival.clone()), ("year", year.to_string())]
            }
        }
    }
}

/// An answer as JSON prints it, its notes worded.
#[derive(Clone, Debug, Serialize)]
pub struct WordedAnswer<'a> {
    policy: &'a str,
    as_of: NaiveDate,
    from: NaiveDate,
    notes: Vec<String>,
    verdicts: &'a [Verdict],
    tallies: &'a BTreeMap<String, TallyRow>,
}

impl Answer {
    /// The answer with its notes in words, in the contract's order of keys.
    #[must_use]
    pub fn worded(&self, language: Language) -> WordedAnswer<'_> {
        WordedAnswer {
            policy: &self.policy,
            as_of: self.as_of,
            from: self.from,
            notes: self.notes.iter().map(|note| note.tell(language)).collect(),
            verdicts: &self.verdicts,
            tallies: &self.tallies,
        }
    }
}
