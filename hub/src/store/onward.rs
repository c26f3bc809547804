//! What a hub tells the hub above it of one direct child and month, and what it made it of (design, section 4).

use super::territory::{Series, Territory};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::figures::Figures;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::RollupRow;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::encode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::{kinds, subkey, tree};

/// One stored item, as far as proving needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Part {
    /// Who signed it.
    pub sender: Replica,
    /// Its key.
    pub key: ItemKey,
    /// Its leaf hash.
    pub leaf: Digest,
}

/// The leaves of the stored months of one unit's senders.
pub type Leaves = BTreeMap<Series, BTreeMap<Month, Digest>>;

/// The root over the parts, in their order.
#[must_use]
pub fn made_of(mut parts: Vec<Part>) -> Digest {
    parts.sort();
    parts.dedup();
    tree::root(&parts.iter().map(part_leaf).collect::<Vec<_>>())
}

fn part_leaf(part: &Part) -> Digest {
    // Three short fields always encode.
    tree::leaf(&encode(part).unwrap_or_default())
}

/// Everything under one direct child that its rows are made of. It follows leaf by leaf what is stored, so that a month
/// is not hashed anew for one item of it.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    leaves: Leaves,
    months: BTreeMap<Month, MadeOf>,
}

/// What one month is made of: parts in order, and the tree over them.
#[derive(Clone, Debug)]
struct MadeOf {
    parts: Vec<Part>,
    tree: tree::Standing,
}

impl Branch {
    /// A branch as it is stored.
    #[must_use]
    pub fn new(leaves: Leaves) -> Self {
        Self { leaves, months: BTreeMap::new() }
    }

    /// How many leaves it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.values().map(BTreeMap::len).sum()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A month was written, or does not stand any more.
    pub fn put(&mut self, series: &Series, month: Month, leaf: Option<Digest>) {
        let months = self.leaves.entry(series.clone()).or_default();
        let until = months.range(month.next()..).next().map(|(next, _)| *next);
        let stood = match leaf {
            Some(leaf) => months.insert(month, leaf),
            None => months.remove(&month),
        };
        let carried_in = |at: &Month| *at >= month && until.is_none_or(|until| *at < until);
        match (stood, leaf) {
            (Some(_), Some(leaf)) => {
                for (_, made_of) in self.months.range_mut(month..).take_while(|(at, _)| carried_in(at)) {
                    made_of.change(part(series, month, leaf));
                }
            }
            _ => self.months.retain(|at, _| !carried_in(at)),
        }
        if self.leaves.get(series).is_some_and(BTreeMap::is_empty) {
            self.leaves.remove(series);
        }
    }

    /// Whether an item of the month itself counts in it; its parts are known.
    fn has_of(&self, month: Month) -> bool {
        let number = Some(month.number());
        let is_of = |part: &Part| subkey::read_summary(&part.key.subkey).map(|(of, _)| of) == number;
        self.months.get(&month).is_some_and(|made_of| made_of.parts.iter().any(is_of))
    }

    /// What the child's month is made of, as a root; `None` if of nothing.
    fn made_of(&mut self, territory: &Territory, child: &UnitId, month: Month) -> Option<Digest> {
        let leaves = &self.leaves;
        let made_of =
            self.months.entry(month).or_insert_with(|| MadeOf::new(carried(territory, child, month, leaves)));
        (!made_of.parts.is_empty()).then(|| made_of.tree.root())
    }
}

impl MadeOf {
    fn new(mut parts: Vec<Part>) -> Self {
        parts.sort();
        let tree = tree::Standing::new(parts.iter().map(part_leaf).collect());
        Self { parts, tree }
    }

    /// The item under this key has another leaf. One that does not count here is none of the parts.
    fn change(&mut self, part: Part) {
        let found =
            self.parts.binary_search_by(|known| (&known.sender, &known.key).cmp(&(&part.sender, &part.key)));
        if let Ok(at) = found {
            self.tree.change(at, part_leaf(&part));
            self.parts[at] = part;
        }
    }
}

/// A row for the hub above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnwardMonth {
    /// The month.
    pub month: Month,
    /// The absolute figures, reduced to what the hub above may see.
    pub summary: Summary,
    /// What they were made of.
    pub made_of: Digest,
}

/// The rows of one direct child from `first` on. `rows` are all of the child's rows, `sent` the months that were sent
/// once; a month that no longer has anything is sent as zero. A month in which the child is not a direct one is
/// left out: whoever stands above it then sends it.
#[must_use]
pub fn of_child(
    territory: &Territory,
    child: &UnitId,
    first: Month,
    rows: &BTreeMap<Month, RollupRow>,
    branch: &mut Branch,
    sent: &BTreeSet<Month>,
) -> Vec<OnwardMonth> {
    let leaves = &branch.leaves;
    let began = leaves.values().filter_map(|months| months.keys().next()).min().copied();
    let mut sure: BTreeSet<Month> = rows.keys().chain(sent).copied().collect();
    sure.extend(territory.turns(child).into_iter().filter(|turn| began.is_some_and(|began| began <= *turn)));
    let mut months = sure.clone();
    months.extend(leaves.values().flat_map(BTreeMap::keys));
    months.retain(|month| *month >= first && territory.chain(child, *month).len() == 2);

    let keeps = territory.keeps();
    let mut stocks = Figures::default();
    let mut rest = rows.iter().peekable();
    let mut onward = Vec::new();
    for month in months {
        while let Some((_, row)) = rest.next_if(|(of, _)| **of <= month) {
            stocks += &row.stock_change;
        }
        let flows = rows.get(&month).map(|row| row.flows.clone()).unwrap_or_default();
        let summary = Summary { stocks: stocks.clone(), flows }.reduced(&keeps);
        let made = branch.made_of(territory, child, month);
        // A month in which nothing of the child's counts, changes or was ever sent says nothing. One in which the last
        // stock leaves is told as zero.
        if made.is_none() && !rows.contains_key(&month) && !sent.contains(&month) {
            continue;
        }
        // What arrived but does not count here changes nothing, whenever it arrived.
        if !sure.contains(&month) && !branch.has_of(month) {
            continue;
        }
        onward.push(OnwardMonth { month, summary, made_of: made.unwrap_or_else(|| made_of(Vec::new())) });
    }
    onward
}

/// The rows of the hub's own unit: what its own office's node sent, passed on.
#[must_use]
pub fn of_own(
    territory: &Territory,
    months: &BTreeMap<Month, (Summary, Digest)>,
    sent: &BTreeSet<Month>,
) -> Vec<OnwardMonth> {
    let series = own_series(territory);
    let keeps = territory.keeps();
    let all: BTreeSet<Month> = months.keys().chain(sent).copied().collect();
    all.into_iter()
        .map(|month| {
            let found = months.get(&month).filter(|_| !territory.counts_for(&series, month).is_empty());
            let parts = found.map(|(_, leaf)| part(&series, month, *leaf));
            OnwardMonth {
                month,
                summary: found.map(|(summary, _)| summary.reduced(&keeps)).unwrap_or_default(),
                made_of: made_of(parts.into_iter().collect()),
            }
        })
        .collect()
}

/// What the node of the hub's own office sends.
#[must_use]
pub fn own_series(territory: &Territory) -> Series {
    Series {
        sender: Replica::node(territory.own.clone()),
        unit: territory.own.clone(),
        scope: subkey::Scope::Own,
    }
}

/// The items that a child's month was made of: those of the month, and of every other series that counts in it
/// the latest earlier one, whose stock is carried.
fn carried(territory: &Territory, child: &UnitId, month: Month, leaves: &Leaves) -> Vec<Part> {
    leaves
        .iter()
        .filter(|(series, _)| Territory::branch(&territory.counts_for(series, month)) == Some(child))
        .filter_map(|(series, months)| {
            let (of, leaf) = months.range(..=month).next_back()?;
            Some(part(series, *of, *leaf))
        })
        .collect()
}

fn part(series: &Series, month: Month, leaf: Digest) -> Part {
    let key = summary_key(&series.unit, month, series.scope);
    Part { sender: series.sender.clone(), key, leaf }
}

/// The key of a month's figures.
#[must_use]
pub fn summary_key(unit: &UnitId, month: Month, scope: subkey::Scope) -> ItemKey {
    ItemKey { kind: kinds::item::SUMMARY, unit: unit.clone(), subkey: subkey::summary(month.number(), scope) }
}

/// The key of a unit's reporting.
#[must_use]
pub fn reporting_key(unit: &UnitId, scope: subkey::Scope) -> ItemKey {
    ItemKey { kind: kinds::item::REPORTING, unit: unit.clone(), subkey: subkey::reporting(scope) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::directory::{Directory, Entry};
    use zhuji_protocol::figures::{Count, CountKey};
    use zhuji_protocol::unit::Level;

    const CITY: &str = "430900000000";
    const COUNTY: &str = "430981000000";
    const TOWN: &str = "430981101000";

    fn id(text: &str) -> UnitId {
        text.parse().expect("a unit id")
    }

    fn month(text: &str) -> Month {
        Month::of(format!("{text}-01").parse().expect("a date"))
    }

    fn territory() -> Territory {
        let mut territory = Territory::empty(id(CITY));
        territory.directory = Directory::new([
            Entry::always(id(CITY), "益阳市", Level::City, None),
            Entry::always(id(COUNTY), "沅江市", Level::County, Some(id(CITY))),
            Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
        ]);
        territory
    }

    fn leaders(change: i64) -> RollupRow {
        let mut row = RollupRow::default();
        row.stock_change.add_count(CountKey::Total(Count::Leaders), change);
        row
    }

    fn series(unit: &str) -> Series {
        Series { sender: Replica::node(id(unit)), unit: id(unit), scope: subkey::Scope::Own }
    }

    #[test]
    fn stocks_are_told_as_they_stand_and_name_the_items_that_they_are_carried_from() {
        let (january, march) = (Digest::of(&[b"1"]), Digest::of(&[b"3"]));
        let rows = BTreeMap::from([(month("2026-01"), leaders(3)), (month("2026-03"), leaders(2))]);
        let leaves = Leaves::from([
            (series(TOWN), BTreeMap::from([(month("2026-01"), january)])),
            (series(COUNTY), BTreeMap::from([(month("2026-03"), march)])),
        ]);
        let told = of_child(
            &territory(),
            &id(COUNTY),
            month("2026-02"),
            &rows,
            &mut Branch::new(leaves),
            &BTreeSet::new(),
        );
        assert_eq!(told.len(), 1, "nothing changes in February, and January is before what was asked");
        assert_eq!(told[0].summary.stocks.count(&CountKey::Total(Count::Leaders)), 5);
        let parts = vec![
            part(&series(COUNTY), month("2026-03"), march),
            part(&series(TOWN), month("2026-01"), january),
        ];
        assert_eq!(told[0].made_of, made_of(parts));
    }

    #[test]
    fn what_was_told_once_and_has_nothing_any_more_is_told_as_zero() {
        let sent = BTreeSet::from([month("2026-01")]);
        let mut none = (BTreeMap::new(), Branch::default());
        let told = of_child(&territory(), &id(COUNTY), month("2026-01"), &none.0, &mut none.1, &sent);
        assert_eq!(told.len(), 1);
        assert!(told[0].summary.is_zero());
        let own = of_own(&territory(), &BTreeMap::new(), &sent);
        assert!(own.len() == 1 && own[0].summary.is_zero());
        assert!(
            of_child(&territory(), &id(COUNTY), month("2026-01"), &none.0, &mut none.1, &BTreeSet::new())
                .is_empty()
        );
    }

    #[test]
    fn what_it_was_made_of_does_not_depend_on_the_order_of_finding_it() {
        let one = part(&series(TOWN), month("2026-01"), Digest::of(&[b"1"]));
        let two = part(&series(COUNTY), month("2026-01"), Digest::of(&[b"2"]));
        assert_eq!(made_of(vec![one.clone(), two.clone()]), made_of(vec![two.clone(), one.clone()]));
        assert_ne!(made_of(vec![one]), made_of(vec![two]));
    }

    proptest::proptest! {
        /// A branch that followed every change names the same parts as one that is made afresh.
        #[test]
        fn a_branch_that_followed_is_a_branch_made_afresh(
            steps in proptest::collection::vec((0usize..2, 0i32..6, proptest::option::of(0u8..9), 0i32..6), 1..40)
        ) {
            let territory = territory();
            let mut branch = Branch::default();
            let at = |n: i32| Month::from_number(2026 * 12 + n).expect("a month");
            for (unit, month, leaf, asked) in steps {
                branch.put(&series([TOWN, COUNTY][unit]), at(month), leaf.map(|leaf| Digest::of(&[&[leaf]])));
                let mut afresh = Branch::new(branch.leaves.clone());
                for month in [asked, month] {
                    proptest::prop_assert_eq!(
                        branch.made_of(&territory, &id(COUNTY), at(month)),
                        afresh.made_of(&territory, &id(COUNTY), at(month))
                    );
                }
            }
        }
    }
}
