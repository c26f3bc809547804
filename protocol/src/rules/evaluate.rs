//! `evaluate`: a pure function from a policy, a calendar and facts to verdicts.

use super::judging::Finding;
use super::{Answer, Known, Tally, Verdict, Why, festival};
use super::{
    activity_set, case_deadline, category_coverage, contact_frequency, event_report, liaison_named,
    occasion_visit, pairing_handover, pairing_quota, pairing_term, report_due, roster_review,
    service_frequency,
};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::policy::{Asks, Policy, Rule};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Where the window begins unless somebody says otherwise: 1 January of the year before, so that a year just
/// ended is still judged.
#[must_use]
pub fn default_from(as_of: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(as_of.year() - 1, 1, 1).unwrap_or(as_of)
}

/// Judges the facts by every rule of the policy, as they are known on `as_of`, for the window that begins
/// with `from`.
#[must_use]
pub fn evaluate(
    policy: &Policy,
    calendar: &Calendar,
    facts: &Facts,
    from: NaiveDate,
    as_of: NaiveDate,
) -> Answer {
    let known = Known::on(policy, calendar, facts, from, as_of);
    let mut rules: Vec<&Rule> = policy.rules.iter().collect();
    rules.sort_unstable_by(|one, other| one.id.cmp(&other.id));

    let mut verdicts = Vec::new();
    let mut tallies = BTreeMap::new();
    for rule in rules {
        let mut own: Vec<Verdict> =
            known.iter().flat_map(|known| judge(rule, known)).map(|judged| judged.verdict).collect();
        own.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
        let mut tally = Tally::default();
        own.iter().for_each(|verdict| tally += Tally::one(verdict.status));
        tallies.insert(rule.id.clone(), tally.into());
        verdicts.append(&mut own);
    }
    let notes = festival::notes(policy, calendar, from, as_of);
    Answer { policy: policy.id.clone(), as_of, from, notes, verdicts, tallies }
}

/// The order of one rule's verdicts.
pub(super) fn order(verdict: &Verdict) -> (&str, &str, &str) {
    (&verdict.subject.id, &verdict.item, &verdict.period)
}

/// A verdict with what it rests on.
pub(super) struct Judged {
    pub finding: Finding,
    pub why: Why,
    pub verdict: Verdict,
}

/// The verdicts of one rule, in no order.
pub(super) fn judge<'k>(rule: &'k Rule, known: &'k Known<'_>) -> impl Iterator<Item = Judged> + 'k {
    let given = findings(rule, known).into_iter().filter(|finding| finding.is_given(known.from, known.as_of));
    given.map(|finding| {
        let exemption = known.exemption(&rule.id, &finding.subject.id, &finding.item, &finding.period);
        let why = finding.why(exemption, known.as_of);
        let verdict = finding.verdict(rule, &why, known);
        Judged { finding, why, verdict }
    })
}

fn findings(rule: &Rule, known: &Known<'_>) -> Vec<Finding> {
    match &rule.asks {
        // Standing duties are asked only while the rule is in force.
        asks if asks.kind().is_standing() && !known.in_force.contains(known.as_of) => Vec::new(),
        Asks::PairingQuota(quota) => pairing_quota::findings(quota, known),
        Asks::ContactFrequency(asks) => contact_frequency::findings(asks, known),
        Asks::OccasionVisit(asks) => occasion_visit::findings(asks, known),
        Asks::ActivitySet(asks) => activity_set::findings(asks, known),
        Asks::ServiceFrequency(asks) => service_frequency::findings(asks, known),
        Asks::CaseDeadline(asks) => case_deadline::findings(asks, known),
        Asks::ReportDue(asks) => report_due::findings(asks, known),
        Asks::EventReport(asks) => event_report::findings(asks, known),
        Asks::PairingTerm(asks) => pairing_term::findings(asks, known),
        Asks::PairingHandover(asks) => pairing_handover::findings(asks, known),
        Asks::LiaisonNamed(asks) => liaison_named::findings(asks, known),
        Asks::RosterReview(asks) => roster_review::findings(asks, known),
        Asks::CategoryCoverage(asks) => category_coverage::findings(asks, known),
    }
}
