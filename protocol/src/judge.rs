//! An office judged by the policies it was under, segment by segment (design, section 3).
//!
//! `evaluate` judges what it is given; here it is decided which policy is given, and whose verdicts are kept.

use crate::assignment::{PolicyVersion, Segment};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::rules::{self, Asked, Explanation, SubjectType, Unexplained, Verdict};
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An office and what it is judged by.
#[derive(Clone, Debug)]
pub struct Office {
    /// The office's unit.
    pub unit: UnitId,
    /// Duties due before this day are left out: an office installed today does not begin with old debts.
    pub since: NaiveDate,
    /// Which policy version held when, oldest first.
    pub timeline: Vec<Segment>,
    /// The flattened policies that the timeline names.
    pub policies: BTreeMap<PolicyVersion, Policy>,
}

/// A verdict with the version that it was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The policy version.
    pub version: PolicyVersion,
    /// The verdict.
    pub verdict: Verdict,
}

impl Office {
    /// The policy and version in force on `day`.
    #[must_use]
    pub fn policy_on(&self, day: NaiveDate) -> Option<(&Segment, &Policy)> {
        let segment = self.timeline.iter().find(|segment| segment.has(day))?;
        Some((segment, self.policies.get(&segment.version)?))
    }

    /// Every verdict that this office holds today: the dated duties of each segment by the version that was in force
    /// when they fell due, and the standing ones as things are today.
    #[must_use]
    pub fn verdicts(&self, calendar: &Calendar, facts: &Facts, today: NaiveDate) -> Vec<Judged> {
        let mut verdicts = self.dated(calendar, facts, today);
        verdicts.extend(self.standing(calendar, facts, today));
        verdicts
    }

    /// The verdicts with a due date that counts for a month (all kinds but the standing ones).
    #[must_use]
    pub fn dated(&self, calendar: &Calendar, facts: &Facts, today: NaiveDate) -> Vec<Judged> {
        let mut kept = Vec::new();
        for segment in &self.timeline {
            let Some(policy) = self.in_force(segment, |standing| !standing) else { continue };
            let answer = rules::evaluate(&policy, calendar, facts, self.since.min(today), today);
            let due_here = |judged: &Judged| self.is_due_in(segment, &judged.verdict);
            kept.extend(self.held(segment, answer.verdicts).filter(due_here));
        }
        kept
    }

    /// The verdicts of the standing kinds as things were on `day`.
    #[must_use]
    pub fn standing(&self, calendar: &Calendar, facts: &Facts, day: NaiveDate) -> Vec<Judged> {
        let Some(segment) = self.timeline.iter().find(|segment| segment.has(day)) else { return Vec::new() };
        let Some(policy) = self.in_force(segment, |standing| standing) else { return Vec::new() };
        let answer = rules::evaluate(&policy, calendar, facts, day, day);
        self.held(segment, answer.verdicts).collect()
    }

    /// Explains one of [`verdicts`](Self::verdicts).
    ///
    /// # Errors
    /// If no verdict fits what is asked, or more than one.
    pub fn explain(
        &self,
        calendar: &Calendar,
        facts: &Facts,
        today: NaiveDate,
        asked: &Asked,
    ) -> Result<Explanation, Unexplained> {
        let mut fitting = Vec::new();
        for segment in &self.timeline {
            if let Some(policy) = self.in_force(segment, |standing| !standing) {
                let from = self.since.min(today);
                let dated = rules::explanations(&policy, calendar, facts, from, today, asked);
                fitting.extend(dated.into_iter().filter(|one| self.is_due_in(segment, &one.verdict)));
            }
        }
        let now = self.timeline.iter().find(|segment| segment.has(today));
        if let Some(policy) = now.and_then(|segment| self.in_force(segment, |standing| standing)) {
            fitting.extend(rules::explanations(&policy, calendar, facts, today, today, asked));
        }
        fitting.retain(|one| self.holds(&one.verdict));
        asked.the_one(fitting)
    }

    fn is_due_in(&self, segment: &Segment, verdict: &Verdict) -> bool {
        verdict.due >= self.since && segment.has(verdict.due)
    }

    /// The segment's policy with the wanted rules, in force no earlier than the unbroken run of its id: a new version
    /// asks nothing twice.
    fn in_force(&self, segment: &Segment, wanted: impl Fn(bool) -> bool) -> Option<Policy> {
        let mut policy = self.policies.get(&segment.version)?.clone();
        policy.effective = policy.effective.max(segment.run_start);
        policy.rules.retain(|rule| wanted(rule.asks.kind().is_standing()));
        Some(policy)
    }

    fn held(&self, segment: &Segment, verdicts: Vec<Verdict>) -> impl Iterator<Item = Judged> {
        verdicts
            .into_iter()
            .filter(|verdict| self.holds(verdict))
            .map(|verdict| Judged { version: segment.version.clone(), verdict })
    }

    /// Its own unit, its private members, and whatever else it recorded itself; verdicts on other units are theirs.
    fn holds(&self, verdict: &Verdict) -> bool {
        if verdict.subject.r#type != SubjectType::Unit {
            return true;
        }
        let Ok(id) = verdict.subject.id.parse::<UnitId>() else { return false };
        id == self.unit || (id.is_private_member() && id.host().as_ref() == Some(&self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Contact, Leader, Pairing, Talent};
    use crate::figures::{Count, CountKey};
    use crate::month::Month;
    use crate::policy::{Alone, Source, parse};
    use crate::rules::Status;

    const UNIT: &str = "511723205000";

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn policy(yearly: u32) -> Policy {
        let text = format!(
            "[policy]\nid='town'\ntitle='制度'\neffective=2020-01-01\nunit='{UNIT}'\n\
             [vocabulary]\nmodes={{visit='走访'}}\n\
             [[rule]]\nid='yearly'\nkind='contact-frequency'\ntitle='每年'\nclause='四'\nmin={yearly}\nperiod='half'\n\
             [[rule]]\nid='quota'\nkind='pairing-quota'\ntitle='一名'\nclause='四'\nmin=1\nmax=1\n\
             [[rule]]\nid='liaison'\nkind='liaison-named'\ntitle='联络员'\nclause='五'\nlevels=['township','department']\n"
        );
        let source = Source { file: "town.toml".into(), bytes: text.into_bytes() };
        parse(&source, &Alone, Calendar::shipped()).expect("the policy is sound")
    }

    fn version(number: u32) -> PolicyVersion {
        PolicyVersion { policy: "town".into(), number, digest: [0; 32] }
    }

    fn segment(number: u32, first: &str, last: Option<&str>) -> Segment {
        Segment {
            first: day(first),
            last: last.map(day),
            version: version(number),
            assigned_to: UNIT.parse().expect("a unit id"),
            run_start: day("2025-01-01"),
        }
    }

    fn office() -> Office {
        Office {
            unit: UNIT.parse().expect("a unit id"),
            since: day("2026-01-01"),
            timeline: vec![segment(1, "2025-01-01", Some("2026-08-31")), segment(2, "2026-09-01", None)],
            policies: BTreeMap::from([(version(1), policy(1)), (version(2), policy(3))]),
        }
    }

    fn facts() -> Facts {
        let contact = |id: &str, date: &str, mode: &str| Contact {
            id: id.into(),
            pairing: "P1".into(),
            date: day(date),
            mode: Some(mode.into()),
            initiated_by: None,
            topics: vec![],
            occasion: String::new(),
            also_counts_for: String::new(),
            note: String::new(),
        };
        Facts {
            leaders: vec![Leader { id: "L1".into(), name: "某".into(), ..Leader::default() }],
            talents: vec![Talent { id: "T1".into(), name: "某".into(), ..Talent::default() }],
            pairings: vec![Pairing {
                id: "P1".into(),
                leader: "L1".into(),
                talent: "T1".into(),
                ..Pairing::default()
            }],
            contacts: vec![contact("C1", "2026-03-02", "visit"), contact("C2", "2026-07-05", "unheard-of")],
            units: vec![
                unit("511723205000", crate::unit::Level::Township),
                unit("511723205000-0001", crate::unit::Level::Department),
                unit("511723205000-5001", crate::unit::Level::Department),
                unit("511723206000", crate::unit::Level::Township),
            ],
            ..Facts::default()
        }
    }

    fn unit(code: &str, level: crate::unit::Level) -> crate::facts::Unit {
        crate::facts::Unit { code: code.into(), name: "某单位".into(), level, parent: None }
    }

    #[test]
    fn each_duty_is_judged_by_the_version_in_which_it_falls_due() {
        let judged = office().dated(Calendar::shipped(), &facts(), day("2026-11-20"));
        let rows: Vec<_> = judged
            .iter()
            .map(|judged| {
                let verdict = &judged.verdict;
                (verdict.period.as_str(), judged.version.number, verdict.required, verdict.status)
            })
            .collect();
        assert_eq!(rows, [("2026-H1", 1, 1, Status::Met), ("2026-H2", 2, 3, Status::Pending)]);
    }

    #[test]
    fn verdicts_on_other_offices_are_theirs() {
        let judged = office().standing(Calendar::shipped(), &facts(), day("2026-11-20"));
        let units: Vec<_> = judged
            .iter()
            .filter(|judged| judged.verdict.rule == "liaison")
            .map(|judged| judged.verdict.subject.id.as_str())
            .collect();
        assert_eq!(units, ["511723205000", "511723205000-0001"]);
    }

    #[test]
    fn an_office_installed_today_has_no_old_debts() {
        let mut office = office();
        office.since = day("2026-07-01");
        let judged = office.dated(Calendar::shipped(), &facts(), day("2026-11-20"));
        assert!(judged.iter().all(|judged| judged.verdict.due >= day("2026-07-01")));
        assert_eq!(judged.len(), 1);
    }

    #[test]
    fn months_hold_flows_where_they_fell_due_and_stocks_as_they_were() {
        let mut facts = facts();
        facts.leaders[0].from = Some(day("2026-02-10"));
        let months = office().summaries(Calendar::shipped(), &facts, day("2026-11-20"));
        let at = |text: &str| &months[&Month::of(day(text))];
        assert_eq!(months.keys().next().map(ToString::to_string).as_deref(), Some("2026-01"));
        assert_eq!(months.keys().last().map(ToString::to_string).as_deref(), Some("2026-12"));
        let leaders = CountKey::Total(Count::Leaders);
        assert_eq!(at("2026-01-01").stocks.count(&leaders), 0);
        assert_eq!(at("2026-02-01").stocks.count(&leaders), 1);
        assert_eq!(at("2026-06-01").flows.tally().met, 1);
        assert_eq!(at("2026-12-01").flows.tally().pending, 1);
        assert_eq!(at("2026-12-01").stocks, at("2026-11-01").stocks);
        let keyed = |key: &str| CountKey::Keyed {
            policy: "town".into(),
            facet: crate::figures::Facet::ContactMode,
            key: key.into(),
        };
        assert_eq!(at("2026-03-01").flows.count(&keyed("visit")), 1);
        assert_eq!(at("2026-07-01").flows.count(&keyed("-")), 1);
        assert_eq!(at("2026-07-01").flows.count(&keyed("unheard-of")), 0);
    }

    #[test]
    fn a_policy_of_the_offices_own_choice_is_counted_by_kind_only() {
        let mut office = office();
        for segment in &mut office.timeline {
            segment.version.number = 0;
        }
        office.policies = BTreeMap::from([(version(0), policy(1))]);
        let months = office.summaries(Calendar::shipped(), &facts(), day("2026-11-20"));
        for summary in months.values() {
            for (key, _) in summary.flows.tallies().chain(summary.stocks.tallies()) {
                assert!(matches!(key, crate::figures::TallyKey::Kind { .. }));
            }
            assert!(summary.flows.counts().all(|(key, _)| key.policy().is_none()));
        }
    }

    #[test]
    fn without_a_policy_only_records_are_counted() {
        let office = Office { timeline: vec![], policies: BTreeMap::new(), ..office() };
        let months = office.summaries(Calendar::shipped(), &facts(), day("2026-11-20"));
        assert!(months.values().all(|summary| summary.flows.tally().expected() == 0));
        let contacts: i64 =
            months.values().map(|summary| summary.flows.count(&CountKey::Total(Count::Contacts))).sum();
        assert_eq!(contacts, 2);
    }
}
