//! `roster-review`: the roster reviewed every period.

use super::Known;
use super::judging::Finding;
use super::partial::Frequency;
use super::reasons::{Counted, Record};
use super::service_frequency::unit_periods;
use crate::policy::RosterReview;
use std::collections::HashMap;

pub(super) fn findings(asks: &RosterReview, known: &Known<'_>) -> Vec<Finding> {
    let mut by_unit: HashMap<&str, Vec<Counted>> = HashMap::new();
    for (place, review) in known.facts.reviews.iter().enumerate() {
        if review.date <= known.as_of {
            let counted = Counted { record: Record::Review, place, on: review.date };
            by_unit.entry(&review.unit).or_default().push(counted);
        }
    }
    for own in by_unit.values_mut() {
        own.sort_unstable_by_key(|review| (review.on, review.place));
    }
    let frequency = Frequency { min: asks.min, partial: asks.partial };
    unit_periods(frequency, asks.period, &asks.units, known, "", &by_unit)
}
