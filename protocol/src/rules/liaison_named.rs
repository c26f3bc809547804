//! `liaison-named`: a unit has a liaison.

use super::judging::{Finding, Outcome, subject};
use super::limit::days_after;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, Span, SubjectType};
use crate::policy::LiaisonNamed;
use std::collections::HashMap;

pub(super) fn findings(asks: &LiaisonNamed, known: &Known<'_>) -> Vec<Finding> {
    let effective = known.policy.effective;
    let mut named: HashMap<&str, Vec<Counted>> = HashMap::new();
    for (place, liaison) in known.facts.liaisons.iter().enumerate() {
        let from = liaison.from.unwrap_or(effective);
        if Span::of(from, liaison.to).is_some_and(|life| life.contains(known.as_of)) {
            named.entry(&liaison.unit).or_default().push(Counted {
                record: Record::Liaison,
                place,
                on: from,
            });
        }
    }
    let finding = |unit: &str| {
        let counted = named.get(unit).cloned().unwrap_or_default();
        let holds = !counted.is_empty();
        Finding {
            subject: subject(SubjectType::Unit, unit),
            item: String::new(),
            period: String::new(),
            start: effective,
            start_reason: StartReason::Effective,
            due: days_after(effective, asks.grace_days),
            due_reason: DueReason::Days(asks.grace_days),
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Standing { holds, actual: u32::from(holds), aim: false },
            counted,
        }
    };
    known.units(&asks.units, known.today()).into_iter().map(finding).collect()
}
