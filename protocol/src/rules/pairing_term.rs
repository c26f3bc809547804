//! `pairing-term`: a pairing reviewed every so many years.

use super::judging::{Finding, Outcome, subject};
use super::known::KnownPairing;
use super::limit::{days_after, days_before, years_after};
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::policy::PairingTerm;

/// How long before its anniversary a pairing may be reviewed for it.
const AHEAD_DAYS: u32 = 180;

pub(super) fn findings(asks: &PairingTerm, known: &Known<'_>) -> Vec<Finding> {
    known.pairings_of(asks.group.as_deref()).flat_map(|pairing| of_pairing(asks, pairing, known)).collect()
}

fn of_pairing(asks: &PairingTerm, pairing: &KnownPairing<'_>, known: &Known<'_>) -> Vec<Finding> {
    let Some(active) = pairing.active else { return Vec::new() };
    let base = asks.cycle_from.unwrap_or(pairing.from);
    let mut findings = Vec::new();
    for years in (1..).map(|k| k * asks.years) {
        let on = years_after(base, years);
        let start = days_before(on, AHEAD_DAYS);
        if start > known.as_of || active.last() < start {
            break; // later anniversaries have not begun either, or the pairing does not live to see them
        }
        let takes_part = asks.cycle_from.is_none() || pairing.from <= start;
        if !takes_part || !known.in_force.contains(on) {
            continue;
        }
        let ended = pairing.to.filter(|to| *to >= start);
        let reviewed = pairing.row.reviewed_on.iter().copied();
        let reviewed = reviewed.filter(|day| (start..=known.as_of).contains(day)).min();
        let done = reviewed.into_iter().chain(ended).min();
        findings.push(Finding {
            subject: subject(SubjectType::Pairing, &pairing.row.id),
            item: on.to_string(),
            period: String::new(),
            start,
            start_reason: StartReason::Anniversary { base, common: asks.cycle_from.is_some(), years, on },
            due: days_after(on, asks.grace_days),
            due_reason: DueReason::AfterAnniversary(asks.grace_days),
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Triggered { done, lapses: None },
            counted: done
                .map(|on| Counted { record: Record::Pairing, place: pairing.place, on })
                .into_iter()
                .collect(),
        });
    }
    findings
}
