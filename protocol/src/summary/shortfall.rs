//! What a month was known to have and has not now: so that after a restore a person can tell what to enter again.

use super::Summary;
use crate::figures::{CaseState, Count, CountKey, Figures};

/// A figure that records make, in words that whoever enters them knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recorded {
    /// Records of a kind.
    Count(Count),
    /// Cases that came at least as far as this step.
    CasesAt(CaseState),
    /// Duties that were done, in time or late: what was recorded otherwise shows here.
    DutiesDone,
}

/// A figure that is less than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Which.
    pub figure: Recorded,
    /// What it was.
    pub known: i64,
    /// What it is.
    pub now: i64,
}

impl Summary {
    /// Every figure that records make and that is less here than it was `known` to be. Pending, overdue and exempt duties
    /// are not looked at: they change with the day and the policy.
    #[must_use]
    pub fn shortfalls(&self, known: &Self) -> Vec<Shortfall> {
        let figures = Recorded::all().map(|figure| {
            let (known, now) = (figure.of(known), figure.of(self));
            Shortfall { figure, known, now }
        });
        figures.filter(|short| short.now < short.known).collect()
    }
}

impl Recorded {
    /// The figures, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        let counts = [
            Count::Contacts,
            Count::Services,
            Count::Events,
            Count::Cases,
            Count::Leaders,
            Count::Talents,
            Count::Pairings,
        ];
        let steps = [
            CaseState::Accepted,
            CaseState::Dispatched,
            CaseState::Delivered,
            CaseState::Answered,
            CaseState::FedBack,
        ];
        counts.map(Self::Count).into_iter().chain(steps.map(Self::CasesAt)).chain([Self::DutiesDone])
    }

    /// The word in the catalogue (`recorded-…`) and for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Count(Count::Leaders) => "leaders",
            Self::Count(Count::Talents) => "talents",
            Self::Count(Count::Pairings) => "pairings",
            Self::Count(Count::Contacts) => "contacts",
            Self::Count(Count::Events) => "events",
            Self::Count(Count::Services) => "services",
            Self::Count(Count::Cases) => "cases",
            Self::CasesAt(CaseState::Received) => "cases-received",
            Self::CasesAt(CaseState::Accepted) => "cases-accepted",
            Self::CasesAt(CaseState::Dispatched) => "cases-dispatched",
            Self::CasesAt(CaseState::Delivered) => "cases-delivered",
            Self::CasesAt(CaseState::Answered) => "cases-answered",
            Self::CasesAt(CaseState::FedBack) => "cases-fed-back",
            Self::DutiesDone => "duties-done",
        }
    }

    fn of(self, summary: &Summary) -> i64 {
        match self {
            Self::Count(count) => {
                let key = CountKey::Total(count);
                summary.stocks.count(&key) + summary.flows.count(&key)
            }
            Self::CasesAt(state) => cases_at_least(&summary.flows, state),
            Self::DutiesDone => {
                let tally = summary.flows.tally();
                tally.met + tally.late
            }
        }
    }
}

fn cases_at_least(figures: &Figures, least: CaseState) -> i64 {
    let far_enough = |key: &CountKey| matches!(key, CountKey::CasesIn(state) if *state >= least);
    figures.counts().filter(|(key, _)| far_enough(key)).map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::TallyKey;
    use crate::policy::Kind;
    use crate::rules::{Status, Tally};

    fn month(contacts: i64, answered: i64, received: i64, done: &[Status]) -> Summary {
        let mut summary = Summary::default();
        summary.flows.add_count(CountKey::Total(Count::Contacts), contacts);
        summary.flows.add_count(CountKey::Total(Count::Cases), answered + received);
        summary.flows.add_count(CountKey::CasesIn(CaseState::Answered), answered);
        summary.flows.add_count(CountKey::CasesIn(CaseState::Received), received);
        for status in done {
            let key = TallyKey::Kind { kind: Kind::ReportDue, assumed: false };
            summary.flows.add_tally(key, Tally::one(*status));
        }
        summary
    }

    fn short(now: &Summary, known: &Summary) -> Vec<(&'static str, i64, i64)> {
        let found = now.shortfalls(known);
        found.iter().map(|short| (short.figure.word(), short.known, short.now)).collect()
    }

    #[test]
    fn what_is_less_is_named_and_what_is_more_is_not() {
        let known = month(5, 1, 0, &[Status::Met]);
        assert_eq!(short(&known, &known), []);
        assert_eq!(short(&month(9, 1, 2, &[Status::Met, Status::Late]), &known), []);
        assert_eq!(short(&month(3, 1, 0, &[Status::Met]), &known), [("contacts", 5, 3)]);
        assert_eq!(short(&Summary::default(), &month(2, 0, 0, &[])), [("contacts", 2, 0)]);
    }

    #[test]
    fn a_case_that_fell_back_and_a_report_that_was_lost_are_named_too() {
        let known = month(0, 1, 0, &[Status::Late]);
        let now = month(0, 0, 1, &[Status::Overdue]);
        let steps =
            ["cases-accepted", "cases-dispatched", "cases-delivered", "cases-answered", "duties-done"];
        let expected: Vec<_> = steps.map(|word| (word, 1, 0)).into();
        assert_eq!(short(&now, &known), expected);
    }

    #[test]
    fn stocks_are_compared_as_well() {
        let mut known = Summary::default();
        known.stocks.add_count(CountKey::Total(Count::Leaders), 3);
        assert_eq!(short(&Summary::default(), &known), [("leaders", 3, 0)]);
    }
}
