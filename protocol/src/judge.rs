//! An office judged by the policies it was under, segment by segment (design, section 3).
//!
//! `evaluate` judges what it is given; here it is decided which policy is given, and whose verdicts are kept.

use crate::assignment::{PolicyVersion, Segment};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::rules::{self, SubjectType, Verdict};
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
            let due_here = |verdict: &Verdict| verdict.due >= self.since && segment.has(verdict.due);
            kept.extend(self.held(segment, answer.verdicts).filter(|judged| due_here(&judged.verdict)));
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
