//! What can be wrong with a policy file, where it stands, and what would be right.

use crate::texts::{Language, Told, on_one_line, text, text_with};
use std::fmt;

/// One fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file as given, or the id of a built-in policy.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant; at least 1.
    pub width: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// The type that a value should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A date without quotes, time and zone.
    Date,
    /// `true` or `false`.
    YesNo,
    /// A list of strings.
    List,
    /// A table.
    Table,
    /// `[[name]]`, any number of times.
    Tables,
}

impl Type {
    fn key(self) -> &'static str {
        match self {
            Self::Text => "policy-type-text",
            Self::Number => "policy-type-number",
            Self::Date => "policy-type-date",
            Self::YesNo => "policy-type-yes-no",
            Self::List => "policy-type-list",
            Self::Table => "policy-type-table",
            Self::Tables => "policy-type-tables",
        }
    }
}

/// The ways in which a policy file can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what the text names")]
pub enum Problem {
    /// `extends` names no built-in policy and no file beside this one.
    NoSuchPolicy { id: String },
    /// An argument names no built-in policy.
    NoSuchBuiltIn { id: String, known: Vec<String> },
    /// The file cannot be read.
    Unreadable { why: String },
    /// The file of an extended policy holds another id.
    WrongId { expected: String, found: String },
    /// `extends` leads back to where it began.
    Circle { chain: Vec<String> },
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is no TOML.
    Syntax { message: String },
    /// There is no `[policy]`.
    NoPolicy,
    /// A key that nothing reads.
    UnknownKey { key: String, known: Vec<String> },
    /// A key that must be there.
    MissingKey { key: String },
    /// One of several keys must be there.
    MissingOneOf { keys: Vec<String> },
    /// A value of another type.
    WrongType { expected: Type },
    /// A string without a character.
    EmptyText,
    /// A list without an element.
    EmptyList,
    /// A list that names something twice, or an id used twice.
    Repeated { what: String },
    /// An id of other characters than a-z, 0-9 and `-`.
    MalformedId { text: String },
    /// A word that is none of those known here.
    UnknownWord { word: String, known: Vec<String> },
    /// A key that the vocabulary does not name.
    NotInVocabulary { word: String, vocabulary: &'static str, known: Vec<String> },
    /// A form id that no form has.
    UnknownForm { id: String, known: Vec<String> },
    /// `drop` names a rule that the extended policy does not have.
    UnknownDropped { id: String, known: Vec<String> },
    /// `assumed_keys` names no parameter of the rule's kind.
    NotAParameter { key: String, kind: String, known: Vec<String> },
    /// A number out of range.
    OutOfRange { least: i64, most: i64 },
    /// A date before 1900 or after 2199.
    DateOutOfRange,
    /// Two keys that exclude each other.
    NotTogether { key: String, other: String },
    /// A key that needs another one beside it.
    OnlyBeside { key: String, other: String },
    /// `max` is below `min`.
    MaxBelowMin { max: i64, min: i64 },
    /// `until` lies before `effective`.
    UntilBeforeEffective,
    /// `within_days` ends before it begins.
    WithinBeforeStart { least: i64 },
    /// The step `to` does not come after the step `from`.
    StepsBackwards { from: String, to: String },
    /// No form of a due date.
    MalformedDue { text: String },
    /// A month-day that lies before a period's first day.
    DueBeforePeriod { due: String, earliest: String },
    /// A due date of one form with a cadence that takes another.
    DueAgainstCadence { due: String, cadence: String },
    /// A single due date before the policy is in force.
    DueBeforeEffective { due: String, effective: String },
    /// Neither `holiday:NAME` nor `MM-DD`.
    MalformedFestival { text: String },
    /// A holiday that no notice names.
    UnknownHoliday { name: String },
    /// `;` or space at an end, in a key or title.
    UnfitWord { word: String },
    /// Two keys of one vocabulary have the same title.
    TitleTwice { title: String, key: String },
    /// A title is another word's key.
    TitleIsKey { title: String, key: String },
    /// An `occasion-visit` in a policy without `visiting`.
    NoVisiting,
    /// A form column without a heading before its `=`.
    NoHeading,
    /// A form column whose source is none.
    MalformedSource { source: String },
    /// A form column whose source has a space outside quotes.
    SpaceInSource { source: String },
    /// A form column that names no heading of the file.
    UnknownField { field: String, file: &'static str, known: Vec<String> },
    /// Two form columns with the same heading and source.
    ColumnTwice,
}

impl Problem {
    fn key(&self) -> &'static str {
        match self {
            Self::NoSuchPolicy { .. } => "policy-no-such",
            Self::NoSuchBuiltIn { .. } => "policy-no-such-built-in",
            Self::Unreadable { .. } => "policy-unreadable",
            Self::WrongId { .. } => "policy-wrong-id",
            Self::Circle { .. } => "policy-circle",
            Self::NotUtf8 => "policy-not-utf8",
            Self::Syntax { .. } => "policy-syntax",
            Self::NoPolicy => "policy-no-table",
            Self::UnknownKey { .. } => "policy-unknown-key",
            Self::MissingKey { .. } => "policy-missing-key",
            Self::MissingOneOf { .. } => "policy-missing-one-of",
            Self::WrongType { .. } => "policy-wrong-type",
            Self::EmptyText => "policy-empty-text",
            Self::EmptyList => "policy-empty-list",
            Self::Repeated { .. } => "policy-repeated",
            Self::MalformedId { .. } => "policy-malformed-id",
            Self::UnknownWord { .. } => "policy-unknown-word",
            Self::NotInVocabulary { .. } => "policy-not-in-vocabulary",
            Self::UnknownForm { .. } => "policy-unknown-form",
            Self::UnknownDropped { .. } => "policy-unknown-dropped",
            Self::NotAParameter { .. } => "policy-not-a-parameter",
            Self::OutOfRange { .. } => "policy-out-of-range",
            Self::DateOutOfRange => "policy-date-out-of-range",
            Self::NotTogether { .. } => "policy-not-together",
            Self::OnlyBeside { .. } => "policy-only-beside",
            Self::MaxBelowMin { .. } => "policy-max-below-min",
            Self::UntilBeforeEffective => "policy-until-before-effective",
            Self::WithinBeforeStart { .. } => "policy-within-before-start",
            Self::StepsBackwards { .. } => "policy-steps-backwards",
            Self::MalformedDue { .. } => "policy-malformed-due",
            Self::DueBeforePeriod { .. } => "policy-due-before-period",
            Self::DueAgainstCadence { .. } => "policy-due-against-cadence",
            Self::DueBeforeEffective { .. } => "policy-due-before-effective",
            Self::MalformedFestival { .. } => "policy-malformed-festival",
            Self::UnknownHoliday { .. } => "policy-unknown-holiday",
            Self::UnfitWord { .. } => "policy-unfit-word",
            Self::TitleTwice { .. } => "policy-title-twice",
            Self::TitleIsKey { .. } => "policy-title-is-key",
            Self::NoVisiting => "policy-no-visiting",
            Self::NoHeading => "policy-no-heading",
            Self::MalformedSource { .. } => "policy-malformed-source",
            Self::SpaceInSource { .. } => "policy-space-in-source",
            Self::UnknownField { .. } => "policy-unknown-field",
            Self::ColumnTwice => "policy-column-twice",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoSuchPolicy { id } | Self::NoSuchBuiltIn { id, .. } => vec![("id", id.clone())],
            Self::Unreadable { why } => vec![("why", why.clone())],
            Self::WrongId { expected, found } => {
                vec![("expected", expected.clone()), ("found", found.clone())]
            }
            Self::Circle { chain } => vec![("chain", chain.join(" → "))],
            Self::Syntax { message } => vec![("message", message.clone())],
            Self::UnknownKey { key, .. } | Self::MissingKey { key } => vec![("key", key.clone())],
            Self::MissingOneOf { keys } => vec![("keys", keys.join(", "))],
            Self::Repeated { what } => vec![("what", what.clone())],
            Self::MalformedId { text } | Self::MalformedDue { text } | Self::MalformedFestival { text } => {
                vec![("text", text.clone())]
            }
            Self::UnknownWord { word, .. } | Self::UnfitWord { word } => vec![("word", word.clone())],
            Self::NotInVocabulary { word, vocabulary, .. } => {
                vec![("word", word.clone()), ("vocabulary", (*vocabulary).to_owned())]
            }
            Self::UnknownForm { id, .. } | Self::UnknownDropped { id, .. } => vec![("id", id.clone())],
            Self::NotAParameter { key, kind, .. } => vec![("key", key.clone()), ("kind", kind.clone())],
            Self::OutOfRange { least, most } => {
                vec![("least", least.to_string()), ("most", most.to_string())]
            }
            Self::NotTogether { key, other } | Self::OnlyBeside { key, other } => {
                vec![("key", key.clone()), ("other", other.clone())]
            }
            Self::MaxBelowMin { max, min } => vec![("max", max.to_string()), ("min", min.to_string())],
            Self::WithinBeforeStart { least } => vec![("least", least.to_string())],
            Self::StepsBackwards { from, to } => vec![("from", from.clone()), ("to", to.clone())],
            Self::DueBeforePeriod { due, earliest } => {
                vec![("due", due.clone()), ("earliest", earliest.clone())]
            }
            Self::DueAgainstCadence { due, cadence } => {
                vec![("due", due.clone()), ("cadence", cadence.clone())]
            }
            Self::DueBeforeEffective { due, effective } => {
                vec![("due", due.clone()), ("effective", effective.clone())]
            }
            Self::UnknownHoliday { name } => vec![("name", name.clone())],
            Self::TitleTwice { title, key } | Self::TitleIsKey { title, key } => {
                vec![("title", title.clone()), ("key", key.clone())]
            }
            Self::MalformedSource { source } | Self::SpaceInSource { source } => {
                vec![("source", source.clone())]
            }
            Self::UnknownField { field, file, .. } => {
                vec![("field", field.clone()), ("file", (*file).to_owned())]
            }
            Self::NotUtf8
            | Self::NoPolicy
            | Self::WrongType { .. }
            | Self::EmptyText
            | Self::EmptyList
            | Self::DateOutOfRange
            | Self::UntilBeforeEffective
            | Self::NoVisiting
            | Self::NoHeading
            | Self::ColumnTwice => Vec::new(),
        }
    }

    /// What was written, and what could have been.
    fn choice(&self) -> Option<(&str, &[String])> {
        match self {
            Self::UnknownKey { key: word, known }
            | Self::UnknownWord { word, known }
            | Self::NotInVocabulary { word, known, .. }
            | Self::NoSuchBuiltIn { id: word, known }
            | Self::UnknownForm { id: word, known }
            | Self::UnknownDropped { id: word, known }
            | Self::NotAParameter { key: word, known, .. }
            | Self::UnknownField { field: word, known, .. } => Some((word, known)),
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
        let mut args = self.args();
        if let Problem::WrongType { expected } = &self.problem {
            args.push(("expected", text(language, expected.key())));
        }
        let mut told = text_with(language, self.key(), &args);
        if let Some((written, known)) = self.problem.choice() {
            if let Some(near) = nearest(written, known) {
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

/// The known word that is so near to `written` that it was probably meant.
pub(crate) fn nearest<'a>(written: &str, known: &'a [String]) -> Option<&'a str> {
    let distance_at_most = 1 + written.chars().count() / 4;
    known
        .iter()
        .map(|word| (distance(written, word), word.as_str()))
        .filter(|(distance, _)| *distance <= distance_at_most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many characters have to be put in, taken out or replaced (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = before + usize::from(from != *to);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_if_it_is_near() {
        let known = ["effective".to_owned(), "extends".to_owned(), "until".to_owned()];
        assert_eq!(nearest("efective", &known), Some("effective"));
        assert_eq!(nearest("untill", &known), Some("until"));
        assert_eq!(nearest("office", &known), None);
    }
}
