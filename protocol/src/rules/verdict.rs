//! Verdicts, and verdicts counted.

use crate::policy::Kind;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Neg, Sub};

/// A rule applied to one subject at a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the contract's keys, policy-format section 7")]
pub struct Verdict {
    pub rule: String,
    pub kind: Kind,
    pub clause: String,
    pub subject: Subject,
    pub item: String,
    pub period: String,
    pub start: NaiveDate,
    pub due: NaiveDate,
    pub done: Option<NaiveDate>,
    pub required: u32,
    pub actual: u32,
    pub status: Status,
    pub assumed: bool,
    pub calendar: CalendarBasis,
}

/// Whom a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the contract's keys")]
pub struct Subject {
    pub r#type: SubjectType,
    pub id: String,
}

/// What kind of record a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum SubjectType {
    Leader,
    Pairing,
    Talent,
    Unit,
    Case,
    Event,
}

impl SubjectType {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Pairing => "pairing",
            Self::Talent => "talent",
            Self::Unit => "unit",
            Self::Case => "case",
            Self::Event => "event",
        }
    }
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// On time.
    Met,
    /// Done after the due date.
    Late,
    /// The due date passed, not done.
    Overdue,
    /// Not done, not yet due.
    Pending,
    /// A recorded reason.
    Exempt,
}

impl Status {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::Pending => "pending",
            Self::Exempt => "exempt",
        }
    }
}

/// Whether a date rests on a published notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarBasis {
    /// Every year from the start's to the due date's has its notice.
    Official,
    /// Some year has none: the date is provisional.
    Plain,
}

impl CalendarBasis {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Plain => "plain",
        }
    }
}

/// Verdicts counted by status. Tallies form a group under addition, so that a change is a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the five statuses")]
pub struct Tally {
    pub met: i64,
    pub late: i64,
    pub overdue: i64,
    pub pending: i64,
    pub exempt: i64,
}

impl Tally {
    /// One verdict of this status.
    #[must_use]
    pub fn one(status: Status) -> Self {
        let mut tally = Self::default();
        *match status {
            Status::Met => &mut tally.met,
            Status::Late => &mut tally.late,
            Status::Overdue => &mut tally.overdue,
            Status::Pending => &mut tally.pending,
            Status::Exempt => &mut tally.exempt,
        } = 1;
        tally
    }

    /// All but the exempt ones.
    #[must_use]
    pub fn expected(&self) -> i64 {
        self.met + self.late + self.overdue + self.pending
    }

    /// (met + late) / expected; `None` where nothing is expected.
    #[must_use]
    pub fn completeness(&self) -> Option<f64> {
        rate(self.met + self.late, self.expected())
    }

    /// met / expected.
    #[must_use]
    pub fn timeliness(&self) -> Option<f64> {
        rate(self.met, self.expected())
    }

    /// (met + late) / (met + late + overdue): what is not yet due is left out.
    #[must_use]
    pub fn compliance_so_far(&self) -> Option<f64> {
        rate(self.met + self.late, self.met + self.late + self.overdue)
    }

    /// Whether nothing is counted.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts stay far below 2^52 (limits), and a rate is only shown"
)]
fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            met: self.met + other.met,
            late: self.late + other.late,
            overdue: self.overdue + other.overdue,
            pending: self.pending + other.pending,
            exempt: self.exempt + other.exempt,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Tally {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            met: -self.met,
            late: -self.late,
            overdue: -self.overdue,
            pending: -self.pending,
            exempt: -self.exempt,
        }
    }
}

impl Sub for Tally {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
