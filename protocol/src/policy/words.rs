//! The words of the policy language: what stands for the values of its parameters, and which parameters a kind has.

use super::*;

/// The words of a period.
pub(super) const CADENCES: [(&str, Cadence); 4] = [
    ("year", Cadence::Year),
    ("half", Cadence::Half),
    ("quarter", Cadence::Quarter),
    ("month", Cadence::Month),
];

/// The words of `partial`.
pub(super) const PARTIALS: [(&str, Partial); 3] =
    [("prorate", Partial::Prorate), ("full", Partial::Full), ("exempt", Partial::Exempt)];

/// The words of `initiated_by`.
pub(super) const SIDES: [(&str, Side); 2] = [("leader", Side::Leader), ("talent", Side::Talent)];

/// The words of `having`.
pub(super) const HAVINGS: [(&str, Having); 2] = [("talents", Having::Talents), ("leaders", Having::Leaders)];

/// The words of `roll`.
pub(super) const ROLLS: [(&str, Roll); 2] =
    [("none", Roll::None), ("next-working-day", Roll::NextWorkingDay)];

/// The steps of a case, in the order of time.
pub(super) const STEPS: [(&str, CaseStep); 6] = [
    ("received", CaseStep::Received),
    ("accepted", CaseStep::Accepted),
    ("dispatched", CaseStep::Dispatched),
    ("delivered", CaseStep::Delivered),
    ("answered", CaseStep::Answered),
    ("fed-back", CaseStep::FedBack),
];

/// The word of `value`, in a table of words.
pub(super) fn word_of<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

impl Kind {
    /// The parameters of the kind, as policy files write them.
    #[must_use]
    pub fn parameter_names(self) -> &'static [&'static str] {
        match self {
            Self::PairingQuota => &["group", "categories", "min", "max", "per", "grace_days"],
            Self::ContactFrequency => &["group", "min", "period", "per", "modes", "initiated_by", "partial"],
            Self::OccasionVisit => &["group", "festivals", "events", "before_days", "within_days"],
            Self::ActivitySet => &["activities", "min", "period", "partial", "levels", "having"],
            Self::ServiceFrequency => {
                &["activity", "min", "period", "partial", "per", "days", "levels", "having"]
            }
            Self::CaseDeadline => {
                &["case_classes", "from", "to", "working_days", "days", "months", "roll", "interim"]
            }
            Self::ReportDue => &["form", "cadence", "due", "levels", "having"],
            Self::EventReport => &["events", "working_days", "days", "roll"],
            Self::PairingTerm => &["group", "years", "cycle_from", "grace_days"],
            Self::PairingHandover => &["group", "days", "successor"],
            Self::LiaisonNamed => &["grace_days", "levels", "having"],
            Self::RosterReview => &["min", "period", "partial", "levels", "having"],
            Self::CategoryCoverage => &["categories", "grace_days", "aim", "levels", "having"],
        }
    }
}
