//! Pairings reviewed when their term is up: earlier terms on time, this year's as it comes.

use super::Sample;
use super::dice::{Dice, Turn};
use chrono::{Days, Months, NaiveDate};
use zhuji_protocol::facts::Pairing;
use zhuji_protocol::policy::{Asks, PairingTerm};

/// The window before an anniversary in which a review counts (policy-format, section 3).
const WINDOW: Days = Days::new(180);

/// Enters the reviews of every pairing.
pub(super) fn review(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("terms");
    for rule in sample.rules() {
        let Asks::PairingTerm(term) = &rule.asks else { continue };
        for place in 0..sample.facts.pairings.len() {
            let pairing = &sample.facts.pairings[place];
            if sample.in_group(pairing, term.group.as_ref()) {
                let days = reviews(sample, &mut dice, pairing, term);
                sample.facts.pairings[place].reviewed_on.extend(days);
            }
        }
    }
    for pairing in &mut sample.facts.pairings {
        pairing.reviewed_on.sort_unstable();
        pairing.reviewed_on.dedup();
    }
}

fn reviews(sample: &Sample<'_>, dice: &mut Dice, pairing: &Pairing, term: &PairingTerm) -> Vec<NaiveDate> {
    let Some(from) = pairing.from else { return Vec::new() };
    let counted_from = term.cycle_from.unwrap_or(from);
    let anniversaries =
        (1..).map_while(|number| counted_from.checked_add_months(Months::new(12 * term.years * number)));
    anniversaries
        .take_while(|anniversary| *anniversary - WINDOW <= sample.through)
        .filter(|anniversary| from <= *anniversary - WINDOW)
        .filter_map(|anniversary| {
            let due = anniversary + Days::new(u64::from(term.grace_days));
            let turn = if due < sample.first { Turn::OnTime } else { dice.turn() };
            match turn {
                Turn::OnTime => Some(dice.day(anniversary - WINDOW, due)),
                Turn::Late => Some(due + Days::new(1 + dice.below(40))),
                Turn::NotDone => None,
            }
        })
        .filter(|day| *day <= sample.through && pairing.to.is_none_or(|to| *day <= to))
        .collect()
}
