//! `activity-set`: each of a list of activities once a period (六活动).

use super::Known;
use super::judging::Finding;
use super::partial::Frequency;
use super::service_frequency::of_units;
use crate::policy::ActivitySet;

pub(super) fn findings(asks: &ActivitySet, known: &Known<'_>) -> Vec<Finding> {
    let frequency = Frequency { min: asks.min, partial: asks.partial };
    let each = |activity: &String| of_units(activity, frequency, asks.period, &asks.units, known);
    asks.activities.iter().flat_map(each).collect()
}
