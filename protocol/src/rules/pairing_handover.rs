//! `pairing-handover`: a pairing handed over after its leader's post ended.

use super::judging::{Finding, Outcome, subject};
use super::known::KnownPairing;
use super::limit::days_after;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::policy::PairingHandover;
use chrono::NaiveDate;

pub(super) fn findings(asks: &PairingHandover, known: &Known<'_>) -> Vec<Finding> {
    let of_pairing = |pairing| of_pairing(asks, pairing, known);
    known.pairings_of(asks.group.as_deref()).filter_map(of_pairing).collect()
}

fn of_pairing(asks: &PairingHandover, pairing: &KnownPairing<'_>, known: &Known<'_>) -> Option<Finding> {
    let to = known.leaders[pairing.leader?].to.filter(|to| pairing.is_active_on(*to))?;
    let start = days_after(to, 1);
    if !known.in_force.contains(start) {
        return None;
    }
    let handed_over = if asks.successor {
        succeeded(pairing, start, known)
    } else {
        pairing.to.map(|on| Counted { record: Record::Pairing, place: pairing.place, on })
    };
    Some(Finding {
        subject: subject(SubjectType::Pairing, &pairing.row.id),
        item: String::new(),
        period: String::new(),
        start,
        start_reason: StartReason::LeaderLeft { to },
        due: days_after(to, asks.days),
        due_reason: DueReason::AfterLeaderLeft(asks.days),
        required: 1,
        required_reason: RequiredReason::One,
        outcome: Outcome::Triggered { done: handed_over.map(|one| one.on), lapses: None },
        counted: handed_over.into_iter().collect(),
    })
}

/// Another pairing of the talent is active, or the talent left: whichever came first.
fn succeeded(pairing: &KnownPairing<'_>, start: NaiveDate, known: &Known<'_>) -> Option<Counted> {
    let talent = &known.talents[pairing.talent?];
    let others = talent.pairings.iter().map(|at| &known.pairings[*at]);
    let successors = others.filter(|other| other.place != pairing.place).filter_map(|other| {
        let active = other.active.filter(|active| active.last() >= start)?;
        Some(Counted { record: Record::Pairing, place: other.place, on: active.first().max(start) })
    });
    let left = talent.to.map(|on| Counted { record: Record::Talent, place: talent.place, on });
    successors.chain(left).min_by_key(|one| (one.on, one.place))
}
