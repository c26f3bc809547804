//! Rows held against each other: units that stand above themselves, pairings that overlap.

use super::Pairing;
use super::fault::Problem;
use super::rows::{Placed, Spell};
use super::sheet::Sheet;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// Tells each unit of a circle of parents, but not those below it.
pub(super) fn circles(rows: &[Placed], sheet: &Sheet<'_>) {
    let mut placed: HashMap<&str, &Placed> = HashMap::new();
    for row in rows.iter().filter(|row| !row.code.is_empty()) {
        // Of two rows of one code the first is the good one.
        placed.entry(&row.code).or_insert(row);
    }
    let parents = placed.iter().map(|(code, row)| (*code, row.parent.as_str())).collect();
    for code in in_circles(&parents) {
        let problem = Problem::ParentCircle { code: code.to_owned() };
        sheet.fault(placed[code].line, sheet.written("parent"), problem);
    }
}

/// The units from which the way up leads back to themselves.
fn in_circles<'a>(parents: &HashMap<&'a str, &'a str>) -> HashSet<&'a str> {
    let mut circles = HashSet::new();
    // On which walk a unit was first met: a walk that meets itself has found a circle.
    let mut met: HashMap<&str, usize> = HashMap::new();
    for (walk, start) in parents.keys().enumerate() {
        let mut at = *start;
        while parents.contains_key(at) && !met.contains_key(at) {
            met.insert(at, walk);
            at = parents[at];
        }
        if met.get(at) == Some(&walk) {
            while circles.insert(at) {
                at = parents[at];
            }
        }
    }
    circles
}

/// Tells each pairing that shares a day with an earlier row, or a recorded one, of the same leader and talent.
///
/// An empty `from` is the policy's `effective`; without a policy nothing is said of such rows.
pub(super) fn overlaps(
    rows: &[Spell],
    recorded: &[Pairing],
    effective: Option<NaiveDate>,
    sheet: &Sheet<'_>,
) {
    let days = |pairing: &Pairing| {
        let from = pairing.from.or(effective)?;
        Some((from, pairing.to.unwrap_or(NaiveDate::MAX)))
    };
    let mut by_pair: HashMap<(&str, &str), Vec<&Spell>> = HashMap::new();
    let mut recorded_by_pair: HashMap<(&str, &str), Vec<&Pairing>> = HashMap::new();
    for pairing in recorded {
        recorded_by_pair.entry((&pairing.leader, &pairing.talent)).or_default().push(pairing);
    }
    let shares = |a: (NaiveDate, NaiveDate), b: (NaiveDate, NaiveDate)| a.0.max(b.0) <= a.1.min(b.1);
    for row in rows {
        let pairing = &row.pairing;
        let own_days = days(pairing).filter(|_| row.has_days);
        let is_whole = !pairing.leader.is_empty() && !pairing.talent.is_empty();
        let Some(own_days) = own_days.filter(|_| is_whole) else { continue };
        let pair = (pairing.leader.as_str(), pairing.talent.as_str());
        let overlapping = |other: &Pairing| days(other).is_some_and(|days| shares(days, own_days));
        let earlier = by_pair.entry(pair).or_default();
        if let Some(other) = earlier.iter().find(|other| overlapping(&other.pairing)) {
            let problem = Problem::Overlap { id: other.pairing.id.clone(), line: other.line };
            sheet.fault(row.line, "1", problem);
        }
        let recorded = recorded_by_pair.get(&pair).into_iter().flatten();
        if let Some(other) = recorded.filter(|other| other.id != pairing.id).find(|other| overlapping(other))
        {
            sheet.fault(row.line, "1", Problem::OverlapKnown { id: other.id.clone() });
        }
        earlier.push(row);
    }
}
