//! Figures: verdicts and records counted under keys. They form a group under addition, so that a total moves by
//! exact differences (design, section 4).
//!
//! A key holds policy keys and codes only; no type here can hold a name or a text of a record.

use crate::policy::{Kind, Side};
use crate::rules::Tally;
use serde::{Deserialize, Serialize};
use std::ops::{AddAssign, SubAssign};

/// Under what verdicts are counted. A promise on the wire: variants are only ever added at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by design.md, section 4")]
pub enum TallyKey {
    /// Up to the first hub at or above the unit that the policy is assigned to.
    Rule { policy: String, rule: String, kind: Kind, assumed: bool },
    /// Above it: places under different documents stay comparable.
    Kind { kind: Kind, assumed: bool },
}

impl TallyKey {
    /// The rule's kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Rule { kind, .. } | Self::Kind { kind, .. } => *kind,
        }
    }

    /// Whether the figure rests on a figure that the document does not give.
    #[must_use]
    pub fn assumed(&self) -> bool {
        match self {
            Self::Rule { assumed, .. } | Self::Kind { assumed, .. } => *assumed,
        }
    }

    /// The same verdicts, without policy and rule.
    #[must_use]
    pub fn without_policy(&self) -> Self {
        Self::Kind { kind: self.kind(), assumed: self.assumed() }
    }
}

/// What is counted besides verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum Count {
    Leaders,
    Talents,
    Pairings,
    Contacts,
    Events,
    Services,
    Cases,
}

/// By which vocabulary of its policy a count is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum Facet {
    TalentCategory,
    ContactMode,
    ContactTopic,
    EventKind,
    ServiceKind,
}

/// The furthest step that a case has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the contract's steps")]
pub enum CaseState {
    Received,
    Accepted,
    Dispatched,
    Delivered,
    Answered,
    FedBack,
}

/// Under what records are counted. A promise on the wire: variants are only ever added at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by design.md, section 4")]
pub enum CountKey {
    Total(Count),
    /// A key of the policy's vocabulary, or `-` for anything that it does not name.
    Keyed {
        policy: String,
        facet: Facet,
        key: String,
    },
    ContactsBegunBy(Side),
    CasesIn(CaseState),
    ClassedCases {
        policy: String,
        class: String,
        state: CaseState,
    },
    /// Calendar days from receipt to feedback, else answer; 366 stands for that and over.
    CaseDays(u16),
    ClassedCaseDays {
        policy: String,
        class: String,
        days: u16,
    },
}

impl CountKey {
    /// The policy whose vocabulary the key is of.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        match self {
            Self::Keyed { policy, .. }
            | Self::ClassedCases { policy, .. }
            | Self::ClassedCaseDays { policy, .. } => Some(policy),
            Self::Total(_) | Self::ContactsBegunBy(_) | Self::CasesIn(_) | Self::CaseDays(_) => None,
        }
    }

    /// Counted as things are on a day rather than by the month they happened in.
    #[must_use]
    pub fn is_stock(&self) -> bool {
        matches!(
            self,
            Self::Total(Count::Leaders | Count::Talents | Count::Pairings)
                | Self::Keyed { facet: Facet::TalentCategory, .. }
        )
    }
}

/// Tallies and counts under their keys. What is zero has no entry.
///
/// The lists are in strictly ascending order of their keys: figures are read, added and written far more often than
/// one key is looked for, and all of that is one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    tallies: Vec<(TallyKey, Tally)>,
    counts: Vec<(CountKey, i64)>,
}

impl Figures {
    /// Adds verdicts.
    pub fn add_tally(&mut self, key: TallyKey, tally: Tally) {
        if tally.is_zero() {
            return;
        }
        match place(&self.tallies, &key) {
            Err(at) => self.tallies.insert(at, (key, tally)),
            Ok(at) => {
                self.tallies[at].1 += tally;
                if self.tallies[at].1.is_zero() {
                    self.tallies.remove(at);
                }
            }
        }
    }

    /// Adds records.
    pub fn add_count(&mut self, key: CountKey, count: i64) {
        if count == 0 {
            return;
        }
        match place(&self.counts, &key) {
            Err(at) => self.counts.insert(at, (key, count)),
            Ok(at) => {
                self.counts[at].1 += count;
                if self.counts[at].1 == 0 {
                    self.counts.remove(at);
                }
            }
        }
    }

    /// The tallies that are not zero, by key.
    pub fn tallies(&self) -> impl Iterator<Item = (&TallyKey, &Tally)> {
        self.tallies.iter().map(|(key, tally)| (key, tally))
    }

    /// The counts that are not zero, by key.
    pub fn counts(&self) -> impl Iterator<Item = (&CountKey, i64)> {
        self.counts.iter().map(|(key, count)| (key, *count))
    }

    /// The count under `key`.
    #[must_use]
    pub fn count(&self, key: &CountKey) -> i64 {
        place(&self.counts, key).map_or(0, |at| self.counts[at].1)
    }

    /// All verdicts, whatever their rule.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tallies.iter().fold(Tally::default(), |sum, (_, tally)| sum + *tally)
    }

    /// Whether everything is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.tallies.is_empty() && self.counts.is_empty()
    }

    /// How many keys are not zero.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.tallies.len() + self.counts.len()
    }

    /// What goes on upward: under a policy that is kept, as it is; else tallies by kind, and totals only.
    #[must_use]
    pub fn reduced(&self, keeps: &impl Fn(&str) -> bool) -> Self {
        let mut reduced = Self::default();
        for (key, tally) in &self.tallies {
            let kept = match key {
                TallyKey::Rule { policy, .. } if !keeps(policy) => key.without_policy(),
                _ => key.clone(),
            };
            reduced.add_tally(kept, *tally);
        }
        for (key, count) in &self.counts {
            if key.policy().is_none_or(keeps) {
                reduced.add_count(key.clone(), *count);
            }
        }
        reduced
    }
}

impl AddAssign<&Self> for Figures {
    fn add_assign(&mut self, other: &Self) {
        merge(&mut self.tallies, &other.tallies, |sum, tally| *sum += tally, |tally| tally, Tally::is_zero);
        merge(
            &mut self.counts,
            &other.counts,
            |sum, count| *sum += count,
            |count| count,
            |count| *count == 0,
        );
    }
}

impl SubAssign<&Self> for Figures {
    fn sub_assign(&mut self, other: &Self) {
        merge(&mut self.tallies, &other.tallies, |sum, tally| *sum += -tally, |tally| -tally, Tally::is_zero);
        merge(
            &mut self.counts,
            &other.counts,
            |sum, count| *sum -= count,
            |count| -count,
            |count| *count == 0,
        );
    }
}

/// Figures in the making. Keys that come to zero stay until the sum is finished: the next addend has most of them again.
#[derive(Clone, Debug, Default)]
pub struct Sum(Figures);

impl Sum {
    /// Adds figures.
    pub fn add(&mut self, other: &Figures) {
        merge(&mut self.0.tallies, &other.tallies, |sum, tally| *sum += tally, |tally| tally, |_| false);
        merge(&mut self.0.counts, &other.counts, |sum, count| *sum += count, |count| count, |_| false);
    }

    /// Takes figures away.
    pub fn subtract(&mut self, other: &Figures) {
        merge(&mut self.0.tallies, &other.tallies, |sum, tally| *sum += -tally, |tally| -tally, |_| false);
        merge(&mut self.0.counts, &other.counts, |sum, count| *sum -= count, |count| -count, |_| false);
    }

    /// What it comes to.
    #[must_use]
    pub fn finish(self) -> Figures {
        let mut figures = self.0;
        figures.tallies.retain(|(_, tally)| !tally.is_zero());
        figures.counts.retain(|(_, count)| *count != 0);
        figures
    }
}

/// Where a key stands, or would.
fn place<K: Ord, V>(list: &[(K, V)], key: &K) -> Result<usize, usize> {
    match list.last() {
        // What is read comes in order.
        Some((last, _)) if last < key => Err(list.len()),
        _ => list.binary_search_by(|(known, _)| known.cmp(key)),
    }
}

/// One pass over two lists: values under the same key are put together, others stand as `alone`.
fn merge<K: Ord + Clone, V: Copy>(
    list: &mut Vec<(K, V)>,
    other: &[(K, V)],
    together: impl Fn(&mut V, V),
    alone: impl Fn(V) -> V,
    is_zero: impl Fn(&V) -> bool,
) {
    let (mut at, mut some_zero, mut missing) = (0, false, Vec::new());
    for (key, value) in other {
        while list.get(at).is_some_and(|(known, _)| known < key) {
            at += 1;
        }
        match list.get_mut(at) {
            Some((known, sum)) if known == key => {
                together(sum, *value);
                some_zero |= is_zero(sum);
            }
            _ => missing.push((key.clone(), alone(*value))),
        }
    }
    if some_zero {
        list.retain(|(_, sum)| !is_zero(sum));
    }
    if !missing.is_empty() {
        list.append(&mut missing);
        // Two ascending runs: sorting is one pass.
        list.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Status;

    fn rule_key(policy: &str, rule: &str) -> TallyKey {
        TallyKey::Rule { policy: policy.into(), rule: rule.into(), kind: Kind::PairingQuota, assumed: false }
    }

    #[test]
    fn what_is_taken_away_leaves_no_trace() {
        let mut figures = Figures::default();
        figures.add_tally(rule_key("a", "r"), Tally::one(Status::Met));
        figures.add_count(CountKey::Total(Count::Contacts), 3);
        let same = figures.clone();
        figures -= &same;
        assert!(figures.is_zero());
        assert_eq!(figures, Figures::default());
    }

    #[test]
    fn above_its_assignment_a_policy_counts_by_kind_and_total_only() {
        let mut figures = Figures::default();
        figures.add_tally(rule_key("a", "r"), Tally::one(Status::Met));
        figures.add_tally(rule_key("b", "r"), Tally::one(Status::Late));
        figures.add_count(CountKey::Total(Count::Contacts), 2);
        let keyed = |policy: &str| CountKey::Keyed {
            policy: policy.into(),
            facet: Facet::ContactMode,
            key: "visit".into(),
        };
        figures.add_count(keyed("a"), 1);
        figures.add_count(keyed("b"), 1);

        let reduced = figures.reduced(&|policy| policy == "b");

        let tallies: Vec<_> = reduced.tallies().map(|(key, tally)| (key.clone(), *tally)).collect();
        assert_eq!(
            tallies,
            [
                (rule_key("b", "r"), Tally::one(Status::Late)),
                (TallyKey::Kind { kind: Kind::PairingQuota, assumed: false }, Tally::one(Status::Met)),
            ]
        );
        assert_eq!(reduced.count(&keyed("a")), 0);
        assert_eq!(reduced.count(&keyed("b")), 1);
        assert_eq!(reduced.count(&CountKey::Total(Count::Contacts)), 2);
        assert_eq!(reduced.tally(), figures.tally());
    }
}
