//! `contact-frequency`: a pairing (or leader) has so many contacts a period, of given modes, begun by a given side.

use super::judging::{Finding, subject};
use super::known::{KnownContact, KnownPairing};
use super::partial::Frequency;
use super::reasons::{Counted, Record};
use super::{Known, Span, Subject, SubjectType};
use crate::month::Period;
use crate::policy::{ContactFrequency, ContactPer};

pub(super) fn findings(asks: &ContactFrequency, known: &Known<'_>) -> Vec<Finding> {
    let periods: Vec<Period> = known.periods(asks.period).collect();
    let frequency = Frequency { min: asks.min, partial: asks.partial };
    let modes = known.modes(&asks.modes);
    let counts = |contact: &&KnownContact| {
        known.in_force.contains(contact.date)
            && modes.have(contact)
            && (asks.initiated_by.is_none() || contact.initiated_by == asks.initiated_by)
    };
    let counting = |pairing: &KnownPairing<'_>| -> Vec<Counted> {
        known.contacts(pairing).iter().filter(counts).map(counted).collect()
    };

    let mut findings = Vec::new();
    let mut judge = |who: &Subject, life: &[Span], contacts: &[Counted]| {
        for period in &periods {
            if let Some(asked) = frequency.asks(*period, life, known.in_force) {
                findings.push(asked.finding(who.clone(), "", contacts));
            }
        }
    };
    match asks.per {
        ContactPer::Pairing => {
            for pairing in known.pairings_of(asks.group.as_deref()) {
                let who = subject(SubjectType::Pairing, &pairing.row.id);
                judge(&who, pairing.active.as_slice(), &counting(pairing));
            }
        }
        ContactPer::Leader => {
            for leader in known.leaders.iter().filter(|leader| leader.is_in(asks.group.as_deref())) {
                let pairings = || leader.pairings.iter().map(|at| &known.pairings[*at]);
                let life = Span::union(pairings().filter_map(|pairing| pairing.active).collect());
                let mut contacts: Vec<Counted> = pairings().flat_map(counting).collect();
                contacts.sort_unstable_by_key(|contact| (contact.on, contact.place));
                judge(&subject(SubjectType::Leader, &leader.row.id), &life, &contacts);
            }
        }
    }
    findings
}

fn counted(contact: &KnownContact) -> Counted {
    Counted { record: Record::Contact, place: contact.place as usize, on: contact.date }
}
