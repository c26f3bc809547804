//! Who reports: each expected unit once, whether its office's node reports here or a child hub reports for it.

use super::onward::{Part, reporting_key};
use super::territory::{Series, Territory};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::subkey::Scope;

/// What the store knows of reporting.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    /// Units for whose node this hub issued a token.
    pub expected: BTreeSet<UnitId>,
    /// The latest reporting item of each sender and unit, with its leaf.
    pub items: BTreeMap<Series, (Reporting, Digest)>,
}

/// One line of the roll: what counts at a unit, and by which item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attending {
    /// The unit and those above it, up to this hub's own.
    pub chain: Vec<UnitId>,
    /// Whose words these are.
    pub sender: Replica,
    /// What counts.
    pub reporting: Reporting,
    /// The item; none while nothing was heard.
    pub part: Option<Part>,
}

impl Roll {
    /// Everything that counts on a day.
    #[must_use]
    pub fn attending(&self, territory: &Territory, today: NaiveDate) -> Vec<Attending> {
        let mut lines = Vec::new();
        for (series, (reporting, leaf)) in &self.items {
            let chain = territory.chain_on(&series.unit, today);
            if !territory.may_send(series, &chain) {
                continue;
            }
            let part = Part {
                sender: series.sender.clone(),
                key: reporting_key(&series.unit, series.scope),
                leaf: *leaf,
            };
            let reporting = reporting.clone();
            lines.push(Attending { chain, sender: series.sender.clone(), reporting, part: Some(part) });
        }
        lines.extend(self.silent_nodes(territory, today));
        lines.extend(self.silent_hubs(territory, today));
        lines
    }

    fn silent_nodes(&self, territory: &Territory, today: NaiveDate) -> Vec<Attending> {
        let series = |unit: &UnitId| Series {
            sender: Replica::node(unit.clone()),
            unit: unit.clone(),
            scope: Scope::Own,
        };
        self.expected
            .iter()
            .map(series)
            .filter(|series| !self.items.contains_key(series))
            .map(|series| (territory.chain_on(&series.unit, today), series))
            .filter(|(chain, series)| territory.may_send(series, chain))
            .map(|(chain, series)| silent(chain, series.sender))
            .collect()
    }

    /// A child hub that has not sent any reporting yet is one unit that is expected.
    fn silent_hubs(&self, territory: &Territory, today: NaiveDate) -> Vec<Attending> {
        territory
            .child_hubs
            .iter()
            .map(|unit| Replica::hub(unit.clone()))
            .filter(|hub| !self.items.keys().any(|series| series.sender == *hub))
            .map(|hub| (territory.chain_on(&hub.unit, today), hub))
            .filter(|(chain, _)| !chain.is_empty())
            .map(|(chain, hub)| silent(chain, hub))
            .collect()
    }
}

fn silent(chain: Vec<UnitId>, sender: Replica) -> Attending {
    Attending { chain, sender, reporting: Reporting::silent(), part: None }
}

/// What counts of a child's reporting: a node speaks for one unit, whatever it says.
#[must_use]
pub fn believed(sender: &Replica, said: &Reporting) -> Reporting {
    match (sender.role, said.as_of.keys().next_back()) {
        (Role::Node, Some(as_of)) => Reporting::heard(*as_of, said.with_policy > 0),
        (Role::Node, None) => Reporting::silent(),
        (Role::Hub, _) => said.clone(),
    }
}

/// The sums for the hub above: the hub's own unit under its own id, everything else under the direct child. A child
/// that was told of once and has nothing any more is told of as nothing.
#[must_use]
pub fn by_branch(
    territory: &Territory,
    lines: &[Attending],
    sent: &BTreeSet<UnitId>,
    today: NaiveDate,
) -> BTreeMap<UnitId, (Reporting, Vec<Part>)> {
    let mut sums: BTreeMap<UnitId, (Reporting, Vec<Part>)> =
        sent.iter().map(|unit| (unit.clone(), Default::default())).collect();
    for line in lines {
        let branch = Territory::branch(&line.chain).unwrap_or(&territory.own).clone();
        let (sum, parts) = sums.entry(branch).or_default();
        sum.add(&line.reporting);
        parts.extend(line.part.clone());
    }
    for (sum, _) in sums.values_mut() {
        *sum = sum.folded(today);
    }
    sums
}

/// The sum at one unit.
#[must_use]
pub fn at(lines: &[Attending], unit: &UnitId) -> Reporting {
    let mut sum = Reporting::default();
    for line in lines.iter().filter(|line| line.chain.contains(unit)) {
        sum.add(&line.reporting);
    }
    sum
}
