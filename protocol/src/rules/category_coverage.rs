//! `category-coverage`: every listed category has an active pairing.

use super::judging::{Finding, Outcome, number, subject};
use super::known::KnownPairing;
use super::limit::days_after;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::policy::CategoryCoverage;
use std::collections::{HashMap, HashSet};

pub(super) fn findings(asks: &CategoryCoverage, known: &Known<'_>) -> Vec<Finding> {
    let covered = covered(asks, known);
    let effective = known.policy.effective;
    let finding = |unit: &str, category: &String| {
        let counted = covered.get(&(unit, category.as_str())).cloned().unwrap_or_default();
        let actual = number(counted.len());
        Finding {
            subject: subject(SubjectType::Unit, unit),
            item: category.clone(),
            period: String::new(),
            start: effective,
            start_reason: StartReason::Effective,
            due: days_after(effective, asks.grace_days),
            due_reason: DueReason::Days(asks.grace_days),
            required: 1,
            required_reason: RequiredReason::AtLeast(1),
            outcome: Outcome::Standing { holds: actual >= 1, actual, aim: asks.aim },
            counted,
        }
    };
    let units = known.units(&asks.units, known.today());
    units
        .into_iter()
        .flat_map(|unit| asks.categories.iter().map(move |category| finding(unit, category)))
        .collect()
}

/// The active pairings by unit and category. With levels a pairing counts for its leader's unit and every
/// unit above it; without, for the policy's own unit, whoever its leader.
fn covered<'a>(asks: &'a CategoryCoverage, known: &Known<'a>) -> HashMap<(&'a str, &'a str), Vec<Counted>> {
    let parents = known.parents();
    let units_of = |pairing: &KnownPairing<'a>| -> Vec<&'a str> {
        if asks.units.levels.is_empty() {
            return vec![known.policy.unit.as_str()];
        }
        let own = pairing.leader.and_then(|at| known.leaders[at].row.unit.as_deref());
        let mut seen = HashSet::new();
        // A circle of parents is refused in files; stored ones end at the first unit met twice.
        std::iter::successors(own, |unit| parents.get(unit).copied())
            .take_while(|unit| seen.insert(*unit))
            .collect()
    };
    let mut covered: HashMap<(&str, &str), Vec<Counted>> = HashMap::new();
    for pairing in known.pairings.iter().filter(|pairing| pairing.is_active_on(known.as_of)) {
        let Some(talent) = pairing.talent.map(|at| &known.talents[at]) else { continue };
        let wanted = |category: &&String| talent.row.categories.contains(category);
        let categories: Vec<&String> = asks.categories.iter().filter(wanted).collect();
        for unit in units_of(pairing) {
            for category in &categories {
                let counted = Counted { record: Record::Pairing, place: pairing.place, on: pairing.since() };
                covered.entry((unit, category.as_str())).or_default().push(counted);
            }
        }
    }
    covered
}
