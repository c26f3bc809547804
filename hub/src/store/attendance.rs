//! Who reports: each expected unit once, whether its office's node reports here or a child hub reports for it.

use super::onward::{Part, reporting_key};
use super::territory::{Series, Territory};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::{CodecFault, decode, encode};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::subkey::Scope;

/// What the store knows of reporting.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    /// Units for whose node this hub issued a token.
    pub expected: BTreeSet<UnitId>,
    /// The latest reporting item of each sender and unit, with its leaf.
    pub items: BTreeMap<Series, (Reporting, Digest)>,
    /// Replicas whose office is at an end: nothing of them is expected, whatever they said last.
    pub retired: BTreeSet<Replica>,
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
            if self.retired.contains(&series.sender) || !territory.may_send(series, &chain) {
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
            // A unit that has a token again after it was retired is expected, and silent until it enrols.
            .filter(|series| !self.items.contains_key(series) || self.retired.contains(&series.sender))
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
            .filter(|hub| !self.retired.contains(hub))
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

/// What is kept of a sum: counts, and days as they are numbered since the beginning of the common era.
type Kept = (i64, i64, i64, i64, Vec<(i32, i64)>);

/// The bytes of a sum.
///
/// # Errors
/// They are more than anything that is kept.
pub fn kept_bytes(sum: &Reporting) -> Result<Vec<u8>, CodecFault> {
    let days = sum.as_of.iter().map(|(day, units)| (day.num_days_from_ce(), *units)).collect();
    let kept: Kept = (sum.expected, sum.reported, sum.with_policy, sum.older, days);
    encode(&kept)
}

/// The sum that the bytes are.
///
/// # Errors
/// They are none.
pub fn kept_reporting(bytes: &[u8]) -> Result<Reporting, CodecFault> {
    let (expected, reported, with_policy, older, days): Kept = decode(bytes)?;
    let day = |(day, units)| Some((NaiveDate::from_num_days_from_ce_opt(day)?, units));
    let as_of = days.into_iter().map(day).collect::<Option<_>>().ok_or(CodecFault::Malformed)?;
    Ok(Reporting { expected, reported, with_policy, as_of, older })
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
/// that was told of once and has nothing any more is told of as nothing; one that is no direct child today is left out,
/// since whoever stands above it then tells of it.
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
    sums.retain(|unit, _| *unit == territory.own || territory.chain_on(unit, today).len() == 2);
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

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::directory::{Directory, Entry};
    use zhuji_protocol::unit::Level;

    fn id(text: &str) -> UnitId {
        text.parse().expect("a unit id")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    const CITY: &str = "430900000000";
    const COUNTY: &str = "430981000000";
    const TOWN: &str = "430981101000";

    fn territory() -> Territory {
        let mut territory = Territory::empty(id(CITY));
        territory.directory = Directory::new([
            Entry::always(id(CITY), "益阳市", Level::City, None),
            Entry::always(id(COUNTY), "沅江市", Level::County, Some(id(CITY))),
            Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
        ]);
        territory
    }

    fn own(unit: &str) -> Series {
        Series { sender: Replica::node(id(unit)), unit: id(unit), scope: Scope::Own }
    }

    #[test]
    fn each_expected_unit_is_counted_once_by_whoever_speaks_for_it() {
        let mut territory = territory();
        let heard = Reporting::heard(day("2026-06-10"), true);
        let mut roll = Roll { expected: [CITY, TOWN].map(id).into(), ..Roll::default() };
        roll.items.insert(own(TOWN), (heard.clone(), Digest::ZERO));
        let today = day("2026-06-15");

        let lines = roll.attending(&territory, today);
        let city = at(&lines, &id(CITY));
        assert_eq!((city.expected, city.reported, city.missing()), (2, 1, 1));
        assert_eq!(at(&lines, &id(COUNTY)).expected, 1);

        // With a hub in between the same node speaks to that one.
        territory.child_hubs.insert(id(COUNTY));
        let lines = roll.attending(&territory, today);
        assert_eq!(at(&lines, &id(COUNTY)), Reporting::silent(), "the hub has not said anything yet");
        let folded = Series { sender: Replica::hub(id(COUNTY)), unit: id(TOWN), scope: Scope::Subtree };
        roll.items.insert(folded, (heard, Digest::ZERO));
        let lines = roll.attending(&territory, today);
        let city = at(&lines, &id(CITY));
        assert_eq!((city.expected, city.reported), (2, 1));
    }

    #[test]
    fn a_retired_unit_is_not_expected_until_it_has_a_token_again() {
        let mut territory = territory();
        let heard = Reporting::heard(day("2026-06-10"), true);
        let mut roll = Roll { expected: [CITY].map(id).into(), ..Roll::default() };
        roll.items.insert(own(TOWN), (heard, Digest::ZERO));
        roll.retired.insert(Replica::node(id(TOWN)));
        let today = day("2026-06-15");
        let city = |roll: &Roll, territory: &Territory| at(&roll.attending(territory, today), &id(CITY));
        assert_eq!((city(&roll, &territory).expected, city(&roll, &territory).reported), (1, 0));
        roll.expected.insert(id(TOWN));
        assert_eq!((city(&roll, &territory).expected, city(&roll, &territory).reported), (2, 0));
        // A lower hub that is retired before it said anything is not waited for either.
        territory.child_hubs.insert(id(COUNTY));
        assert_eq!(city(&roll, &territory).expected, 2);
        roll.retired.insert(Replica::hub(id(COUNTY)));
        assert_eq!(city(&roll, &territory).expected, 1);
    }

    #[test]
    fn what_is_told_onward_stands_under_direct_children_and_ends_as_nothing() {
        let territory = territory();
        let roll = Roll { expected: [CITY, TOWN].map(id).into(), ..Roll::default() };
        let today = day("2026-06-15");
        let lines = roll.attending(&territory, today);
        let sums = by_branch(&territory, &lines, &[TOWN].map(id).into(), today);
        let expected: Vec<(&str, i64)> =
            sums.iter().map(|(unit, (sum, _))| (unit.as_str(), sum.expected)).collect();
        assert_eq!(expected, [(CITY, 1), (COUNTY, 1)], "a township is no direct child of the city");
        let gone = by_branch(&territory, &[], &[COUNTY].map(id).into(), today);
        assert_eq!(gone[&id(COUNTY)].0, Reporting::default());
    }

    #[test]
    fn a_sum_survives_its_bytes() {
        let mut sum = Reporting::heard(day("2026-06-10"), true);
        sum.add(&Reporting::silent());
        assert_eq!(kept_reporting(&kept_bytes(&sum).expect("it encodes")), Ok(sum));
    }

    #[test]
    fn a_node_speaks_for_one_unit_whatever_it_says() {
        let mut said = Reporting::heard(day("2026-06-10"), true);
        said.add(&Reporting::heard(day("2026-06-12"), true));
        said.expected = 900;
        let counts = believed(&Replica::node(id(TOWN)), &said);
        assert_eq!(counts, Reporting::heard(day("2026-06-12"), true));
        assert_eq!(believed(&Replica::hub(id(TOWN)), &said), said);
    }
}
