//! A policy that has passed every check and has its `extends` resolved: the flattened policy.

use super::Rule;
use chrono::NaiveDate;

/// A jurisdiction's document as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// a-z, 0-9 and `-`.
    pub id: String,
    /// The document's title.
    pub title: String,
    /// The document's number.
    pub document: Option<String>,
    /// The day it was issued.
    pub issued: Option<NaiveDate>,
    /// The first day in force.
    pub effective: NaiveDate,
    /// The last day in force; open if absent.
    pub until: Option<NaiveDate>,
    /// The unit whose document it is; free text in the contract, a `UnitId` in every real policy.
    pub unit: String,
    /// Who receives its reports.
    pub office: Option<String>,
    /// Why a date was chosen that the document does not give.
    pub assumed: Option<String>,
    /// What the keys in records and rules are called.
    pub vocabulary: Vocabulary,
    /// The duties, in the order of the file.
    pub rules: Vec<Rule>,
    /// The official forms, in the order of the file.
    pub forms: Vec<Form>,
}

/// One key of a vocabulary with what people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What records and rules store.
    pub key: String,
    /// What people see.
    pub title: String,
}

/// The words of one vocabulary, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<Word>);

impl Words {
    /// Whether no word is given; then records are not held to any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `key` is a key here.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|word| word.key == key)
    }

    /// What people see for `key`.
    #[must_use]
    pub fn title(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|word| word.key == key).map(|word| word.title.as_str())
    }

    /// The key that `text` names, as a key or as a title.
    #[must_use]
    pub fn key_of(&self, text: &str) -> Option<&str> {
        self.0.iter().find(|word| word.key == text || word.title == text).map(|word| word.key.as_str())
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|word| word.key.as_str())
    }
}

/// All vocabularies of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Groups of leaders.
    pub groups: Words,
    /// Categories of talent.
    pub categories: Words,
    /// Classes of talent.
    pub classes: Words,
    /// Modes of contact.
    pub modes: Words,
    /// The modes that count as a visit.
    pub visiting: Vec<String>,
    /// Topics of contact.
    pub topics: Words,
    /// Kinds of service record.
    pub activities: Words,
    /// Kinds of reportable event.
    pub events: Words,
    /// Classes of case.
    pub case_classes: Words,
    /// Channels on which a case came.
    pub channels: Words,
    /// Festivals; the title of a word is its date, `holiday:NAME` or `MM-DD`.
    pub festivals: Words,
}

impl Vocabulary {
    /// Every vocabulary with its name in policy files; `visiting` is a list of modes and is none.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &Words); 10] {
        [
            ("groups", &self.groups),
            ("categories", &self.categories),
            ("classes", &self.classes),
            ("modes", &self.modes),
            ("topics", &self.topics),
            ("activities", &self.activities),
            ("events", &self.events),
            ("case-classes", &self.case_classes),
            ("channels", &self.channels),
            ("festivals", &self.festivals),
        ]
    }
}

/// An official form (policy-format, section 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Unique among the policy's forms.
    pub id: String,
    /// The title printed.
    pub title: String,
    /// The clause or annex.
    pub clause: String,
    /// What a row or page of it is about.
    pub per: FormPer,
    /// One row for each, or one page each.
    pub layout: FormLayout,
    /// Its columns, in order.
    pub columns: Vec<FormColumn>,
    /// A note printed at its foot.
    pub note: Option<String>,
    /// Why its columns were chosen, if the document does not give them.
    pub assumed: Option<String>,
}

/// What a row or page of a form is about; also the prefix of a column's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum FormPer {
    Contact,
    Pairing,
    Leader,
    Talent,
    Case,
    Unit,
}

/// Whether a form is one table or one page for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormLayout {
    /// One row for each.
    #[default]
    Table,
    /// One page each.
    Sheet,
}

/// A column of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormColumn {
    /// The column as the file writes it.
    pub written: String,
    /// The head over several columns.
    pub group: Option<String>,
    /// The heading, if one is given.
    pub heading: Option<String>,
    /// Where the cell comes from.
    pub source: FormSource,
}

/// Where a cell of a form comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormSource {
    /// English headings of one file, printed with a space between.
    Fields {
        /// The file.
        of: FormPer,
        /// Its headings.
        fields: Vec<String>,
    },
    /// How many there are.
    Count(FormPer),
    /// A text printed as it stands.
    Text(String),
    /// Filled by hand.
    Blank,
}
