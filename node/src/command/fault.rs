//! What is wrong with a field that somebody typed, and what would be right.

use chrono::NaiveDate;
use zhuji_protocol::texts::{self, Language, Told};

/// A fault of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, by the word of its column.
    pub field: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It must be filled.
    Missing,
    /// It has not happened yet.
    Future {
        /// What was typed.
        date: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// It lies before what it must not precede.
    Before {
        /// What was typed.
        date: NaiveDate,
        /// The field that comes first.
        earlier: &'static str,
        /// Its date.
        than: NaiveDate,
    },
    /// The policy does not have this word.
    UnknownWord {
        /// What was typed.
        word: String,
        /// What it has.
        known: String,
    },
    /// There is no such record.
    NoSuchRecord {
        /// What was typed.
        id: String,
    },
    /// There is no such unit here.
    NoSuchUnit {
        /// What was typed.
        unit: String,
    },
    /// The id stands for another record already.
    Taken {
        /// What was typed.
        id: String,
    },
    /// An id or a word of a list may not hold this.
    Mark {
        /// What was typed.
        text: String,
    },
    /// The leader and the talent are paired already in these days.
    Overlap {
        /// The pairing there is.
        id: String,
    },
    /// It is no level that fits.
    Level {
        /// What was typed.
        level: String,
    },
    /// The office can have no (more) members of its own.
    NoMembers,
    /// The pairing did not come far enough, or is over.
    Stage {
        /// Where it stands.
        stage: &'static str,
    },
}

impl Told for FieldFault {
    fn key(&self) -> &'static str {
        match self.problem {
            Problem::Missing => "field-missing",
            Problem::Future { .. } => "field-future",
            Problem::Before { .. } => "field-before",
            Problem::UnknownWord { .. } => "field-unknown-word",
            Problem::NoSuchRecord { .. } => "field-no-such-record",
            Problem::NoSuchUnit { .. } => "field-no-such-unit",
            Problem::Taken { .. } => "field-taken",
            Problem::Mark { .. } => "field-mark",
            Problem::Overlap { .. } => "field-overlap",
            Problem::Level { .. } => "field-level",
            Problem::NoMembers => "field-no-members",
            Problem::Stage { .. } => "field-stage",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match &self.problem {
            Problem::Future { date, today } => vec![("date", date.to_string()), ("today", today.to_string())],
            Problem::Before { date, than, .. } => {
                vec![("date", date.to_string()), ("than", than.to_string())]
            }
            Problem::UnknownWord { word, known } => vec![("word", word.clone()), ("known", known.clone())],
            Problem::NoSuchRecord { id } | Problem::Taken { id } | Problem::Overlap { id } => {
                vec![("id", id.clone())]
            }
            Problem::NoSuchUnit { unit } => vec![("unit", unit.clone())],
            Problem::Mark { text } => vec![("text", text.clone())],
            Problem::Level { level } => vec![("level", level.clone())],
            Problem::Missing | Problem::NoMembers | Problem::Stage { .. } => Vec::new(),
        }
    }

    fn tell(&self, language: Language) -> String {
        let mut args = self.args();
        args.push(("field", heading(language, self.field)));
        match &self.problem {
            Problem::Before { earlier, .. } => args.push(("earlier", heading(language, earlier))),
            Problem::Stage { stage } => {
                args.push(("stage", texts::text(language, &format!("stage-{stage}"))));
            }
            _ => {}
        }
        texts::text_with(language, self.key(), &args)
    }
}

/// A field's name, as headings of tables have it.
pub(crate) fn heading(language: Language, field: &str) -> String {
    texts::text(language, &format!("column-{field}"))
}
