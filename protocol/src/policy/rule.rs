//! The thirteen rule kinds and their parameters (policy-format, section 2).

use crate::unit::Level;
use chrono::NaiveDate;

/// One duty, with its clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique among the policy's rules; a-z, 0-9 and `-`.
    pub id: String,
    /// What people see.
    pub title: String,
    /// The clause of the document.
    pub clause: String,
    /// Why a figure was chosen that the document does not give; its verdicts are shown as assumed.
    pub assumed: Option<String>,
    /// Which parameters were chosen, for display.
    pub assumed_keys: Vec<String>,
    /// What it asks.
    pub asks: Asks,
}

/// What a rule asks: its kind with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented at its parameters")]
pub enum Asks {
    PairingQuota(PairingQuota),
    ContactFrequency(ContactFrequency),
    OccasionVisit(OccasionVisit),
    ActivitySet(ActivitySet),
    ServiceFrequency(ServiceFrequency),
    CaseDeadline(CaseDeadline),
    ReportDue(ReportDue),
    EventReport(EventReport),
    PairingTerm(PairingTerm),
    PairingHandover(PairingHandover),
    LiaisonNamed(LiaisonNamed),
    RosterReview(RosterReview),
    CategoryCoverage(CategoryCoverage),
}

/// The kind of a rule, without parameters: the key under which places are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of design.md, section 3")]
pub enum Kind {
    PairingQuota,
    ContactFrequency,
    OccasionVisit,
    ActivitySet,
    ServiceFrequency,
    CaseDeadline,
    ReportDue,
    EventReport,
    PairingTerm,
    PairingHandover,
    LiaisonNamed,
    RosterReview,
    CategoryCoverage,
}

impl Kind {
    /// Every kind with its word.
    pub const WORDS: [(Self, &'static str); 13] = [
        (Self::PairingQuota, "pairing-quota"),
        (Self::ContactFrequency, "contact-frequency"),
        (Self::OccasionVisit, "occasion-visit"),
        (Self::ActivitySet, "activity-set"),
        (Self::ServiceFrequency, "service-frequency"),
        (Self::CaseDeadline, "case-deadline"),
        (Self::ReportDue, "report-due"),
        (Self::EventReport, "event-report"),
        (Self::PairingTerm, "pairing-term"),
        (Self::PairingHandover, "pairing-handover"),
        (Self::LiaisonNamed, "liaison-named"),
        (Self::RosterReview, "roster-review"),
        (Self::CategoryCoverage, "category-coverage"),
    ];

    /// The word in policies and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// The kind that the word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// A standing kind is judged as things are on a day, so its tallies are stocks (design, section 4).
    #[must_use]
    pub fn is_standing(self) -> bool {
        matches!(self, Self::PairingQuota | Self::LiaisonNamed | Self::CategoryCoverage)
    }
}

impl Asks {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::PairingQuota(_) => Kind::PairingQuota,
            Self::ContactFrequency(_) => Kind::ContactFrequency,
            Self::OccasionVisit(_) => Kind::OccasionVisit,
            Self::ActivitySet(_) => Kind::ActivitySet,
            Self::ServiceFrequency(_) => Kind::ServiceFrequency,
            Self::CaseDeadline(_) => Kind::CaseDeadline,
            Self::ReportDue(_) => Kind::ReportDue,
            Self::EventReport(_) => Kind::EventReport,
            Self::PairingTerm(_) => Kind::PairingTerm,
            Self::PairingHandover(_) => Kind::PairingHandover,
            Self::LiaisonNamed(_) => Kind::LiaisonNamed,
            Self::RosterReview(_) => Kind::RosterReview,
            Self::CategoryCoverage(_) => Kind::CategoryCoverage,
        }
    }
}

/// A calendar period's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "plain words")]
pub enum Cadence {
    Year,
    Half,
    Quarter,
    Month,
}

/// How a period is judged of which only a part is active or in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partial {
    /// `required` = round-half-up(min × active days / days).
    #[default]
    Prorate,
    /// The whole number all the same.
    Full,
    /// No verdict unless the whole period is active.
    Exempt,
}

/// Which units a rule asks (policy-format, section 2, "Units").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Every listed unit at one of these levels; empty: the policy's own unit.
    pub levels: Vec<Level>,
    /// Only units that are the `unit` of an active talent or leader.
    pub having: Option<Having>,
}

/// What a unit must have to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum Having {
    Talents,
    Leaders,
}

/// A limit in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The n-th working day after the start.
    WorkingDays(u32),
    /// So many calendar days after the start.
    Days(u32),
    /// The same day number so many months later.
    Months(u32),
}

/// Whether a due date computed from days or months moves to the next working day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roll {
    /// It stays.
    None,
    /// It moves.
    #[default]
    NextWorkingDay,
}

/// Of whom a quota is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum QuotaPer {
    #[default]
    Leader,
    Talent,
}

/// A leader has between `min` and `max` talents; a talent has a leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingQuota {
    /// Only leaders of this group.
    pub group: Option<String>,
    /// Only talents with one of these; empty: all.
    pub categories: Vec<String>,
    /// At least.
    pub min: u32,
    /// At most.
    pub max: Option<u32>,
    /// Asked of whom.
    pub per: QuotaPer,
    /// Days after the start until it is due.
    pub grace_days: u32,
}

/// Of what a contact frequency is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum ContactPer {
    #[default]
    Pairing,
    Leader,
}

/// Who began a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "plain words")]
pub enum Side {
    Leader,
    Talent,
}

/// At least so many contacts a period.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct ContactFrequency {
    pub group: Option<String>,
    pub min: u32,
    pub period: Cadence,
    pub per: ContactPer,
    /// Empty: all.
    pub modes: Vec<String>,
    pub initiated_by: Option<Side>,
    pub partial: Partial,
}

/// A visit at a festival, an achievement, a difficulty (三必访).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct OccasionVisit {
    pub group: Option<String>,
    /// Empty: none.
    pub festivals: Vec<String>,
    /// Empty: none.
    pub events: Vec<String>,
    pub before_days: u32,
    /// ≥ −`before_days`.
    pub within_days: i32,
}

/// Each of a list of activities once a period (六活动).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct ActivitySet {
    pub activities: Vec<String>,
    pub min: u32,
    pub period: Cadence,
    pub partial: Partial,
    pub units: Units,
}

/// A service so often a period, or once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFrequency {
    /// The kind of service record.
    pub activity: String,
    /// How often, and of whom.
    pub how_often: HowOften,
}

/// How often a service is asked, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub enum HowOften {
    PerUnit {
        min: u32,
        period: Cadence,
        partial: Partial,
        units: Units,
    },
    PerTalent {
        min: u32,
        period: Cadence,
        partial: Partial,
    },
    /// Once for each talent, within so many days.
    Once {
        days: u32,
    },
}

/// A step of a case, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the contract's words")]
pub enum CaseStep {
    Received,
    Accepted,
    Dispatched,
    Delivered,
    Answered,
    FedBack,
}

/// One step of a case within a limit of another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct CaseDeadline {
    /// Empty: all.
    pub case_classes: Vec<String>,
    pub from: CaseStep,
    pub to: CaseStep,
    pub limit: Limit,
    pub roll: Roll,
    pub interim: bool,
}

/// A form submitted by its date.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct ReportDue {
    pub form: String,
    /// `None`: once.
    pub cadence: Option<Cadence>,
    pub due: ReportDate,
    pub units: Units,
}

/// When a report is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportDate {
    /// `+15d`: days after the period's last day.
    After(u32),
    /// `12-31`: month and day in the period's last year.
    MonthDay(u32, u32),
    /// `2002-08-31`, with cadence `once`.
    On(NaiveDate),
}

/// An event reported within a limit (五报告).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct EventReport {
    /// Empty: all.
    pub events: Vec<String>,
    /// Working days or days.
    pub limit: Limit,
    pub roll: Roll,
}

/// A pairing reviewed every so many years.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct PairingTerm {
    pub group: Option<String>,
    pub years: u32,
    pub cycle_from: Option<NaiveDate>,
    pub grace_days: u32,
}

/// A pairing handed over after its leader's post ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct PairingHandover {
    pub group: Option<String>,
    pub days: u32,
    pub successor: bool,
}

/// A unit has a liaison.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct LiaisonNamed {
    pub grace_days: u32,
    pub units: Units,
}

/// The roster reviewed every period.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct RosterReview {
    pub min: u32,
    pub period: Cadence,
    pub partial: Partial,
    pub units: Units,
}

/// Every listed category has an active pairing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's words")]
pub struct CategoryCoverage {
    pub categories: Vec<String>,
    pub grace_days: u32,
    /// What would be overdue stays pending.
    pub aim: bool,
    pub units: Units,
}
