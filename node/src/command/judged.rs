//! What `due` and `compliance` share: the office judged today, and how subjects are called.

use super::sheet;
use crate::desk::Desk;
use crate::store::{StoreFault, directory, facts_of, judging};
use std::collections::BTreeMap;
use zhuji_protocol::console::{Cell, Failure};
use zhuji_protocol::facts::Facts;
use zhuji_protocol::judge::{Judged, Office};
use zhuji_protocol::policy::{Policy, Rule};
use zhuji_protocol::rules::{Subject, SubjectType};
use zhuji_protocol::texts::Told;

/// The office judged today.
pub(super) struct Today {
    pub(super) office: Office,
    pub(super) facts: Facts,
    pub(super) verdicts: Vec<Judged>,
}

impl Today {
    pub(super) fn judge(desk: &mut Desk) -> Result<Self, StoreFault> {
        let today = desk.today;
        desk.store.reading(|db| {
            let calendar = directory::calendar(db)?;
            let office = judging::office(db, &calendar)?;
            let facts = facts_of(db)?;
            let verdicts = office.verdicts(&calendar, &facts, today);
            Ok(Self { office, facts, verdicts })
        })
    }

    /// The policy that a verdict was judged by.
    pub(super) fn policy(&self, judged: &Judged) -> Option<&Policy> {
        self.office.policies.get(&judged.version)
    }

    /// The rule that a verdict applies.
    pub(super) fn rule(&self, judged: &Judged) -> Option<&Rule> {
        self.policy(judged)?.rules.iter().find(|rule| rule.id == judged.verdict.rule)
    }
}

/// The names of everybody and everything that a verdict may be about.
pub(super) struct Names<'a> {
    leaders: BTreeMap<&'a str, &'a str>,
    talents: BTreeMap<&'a str, &'a str>,
    pairings: BTreeMap<&'a str, (&'a str, &'a str)>,
    units: BTreeMap<&'a str, &'a str>,
    concerned: BTreeMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let cases = facts.cases.iter().filter_map(|case| Some((case.id.as_str(), case.talent.as_deref()?)));
        let events = facts.events.iter().map(|event| (event.id.as_str(), event.talent.as_str()));
        Self {
            leaders: facts.leaders.iter().map(|leader| (leader.id.as_str(), leader.name.as_str())).collect(),
            talents: facts.talents.iter().map(|talent| (talent.id.as_str(), talent.name.as_str())).collect(),
            pairings: facts
                .pairings
                .iter()
                .map(|pairing| (pairing.id.as_str(), (pairing.leader.as_str(), pairing.talent.as_str())))
                .collect(),
            units: facts.units.iter().map(|unit| (unit.code.as_str(), unit.name.as_str())).collect(),
            concerned: cases.chain(events).collect(),
        }
    }

    /// A subject: programs read the id, people the name beside it.
    pub(super) fn cell(&self, subject: &Subject) -> Cell {
        let id = subject.id.as_str();
        let talent = |id: &str| self.talents.get(id).copied().unwrap_or_default();
        let name = match subject.r#type {
            SubjectType::Leader => self.leaders.get(id).copied().unwrap_or_default().to_owned(),
            SubjectType::Talent => talent(id).to_owned(),
            SubjectType::Unit => self.units.get(id).copied().unwrap_or_default().to_owned(),
            SubjectType::Pairing => self.pairings.get(id).map_or_else(String::new, |(leader, of)| {
                format!("{}–{}", self.leaders.get(leader).copied().unwrap_or_default(), talent(of))
            }),
            SubjectType::Case | SubjectType::Event => {
                self.concerned.get(id).map_or_else(String::new, |id| talent(id).to_owned())
            }
        };
        sheet::shown(id, (!name.is_empty()).then(|| format!("{name}（{id}）")))
    }
}

/// The word of a type of subject, in answers.
pub(super) fn subject_word(subject: SubjectType) -> &'static str {
    match subject {
        SubjectType::Leader => "leader",
        SubjectType::Pairing => "pairing",
        SubjectType::Talent => "talent",
        SubjectType::Unit => "unit",
        SubjectType::Case => "case",
        SubjectType::Event => "event",
    }
}

/// Without a policy there is nothing to judge, which is not the same as nothing done.
pub(super) fn tell_if_unjudged(desk: &Desk, today: &Today) -> Result<(), Failure> {
    if today.office.policy_on(desk.today).is_none() {
        desk.warn(&NoPolicy);
    }
    Ok(())
}

struct NoPolicy;

impl Told for NoPolicy {
    fn key(&self) -> &'static str {
        "judged-no-policy"
    }
}
