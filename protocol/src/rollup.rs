//! Roll-up: what a unit's months add to every ancestor's (design, section 4).
//!
//! Flows count in their month. A stock cell holds the unit's change against its previous month and is read as a prefix
//! sum, so that nothing has to happen when a month begins: leaving or closing writes the negative, entering writes the
//! last known stock. An ancestor's row is the exact sum of these contributions and moves by their differences.

use crate::figures::Figures;
use crate::month::Month;
use crate::summary::Summary;
use crate::unit::UnitId;
use std::collections::BTreeMap;

/// What one ancestor's month holds: the flows, and the change of the stocks against the month before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollupRow {
    /// What fell due or happened in the month.
    pub flows: Figures,
    /// The change of the stocks since the months before.
    pub stock_change: Figures,
}

impl RollupRow {
    /// Whether it adds nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.flows.is_zero() && self.stock_change.is_zero()
    }

    /// Adds another row.
    pub fn add(&mut self, other: &Self) {
        self.flows += &other.flows;
        self.stock_change += &other.stock_change;
    }

    /// Takes another row away.
    pub fn subtract(&mut self, other: &Self) {
        self.flows -= &other.flows;
        self.stock_change -= &other.stock_change;
    }
}

/// Rows by ancestor and month; zero rows are left out.
pub type Contributions = BTreeMap<(UnitId, Month), RollupRow>;

/// What one unit's months add to its ancestors' rows.
///
/// `months` are the stored items that count; `chain` gives the unit and its ancestors on its last valid day in a month
/// (empty once it is closed); `turns` are the months in which that answer may differ from the month before.
#[must_use]
pub fn contributions(
    months: &BTreeMap<Month, &Summary>,
    chain: &impl Fn(Month) -> Vec<UnitId>,
    turns: &[Month],
) -> Contributions {
    let mut rows = Contributions::new();
    let Some(first) = months.keys().next().copied() else { return rows };
    let mut stops: Vec<Month> = months.keys().copied().chain(turns.iter().copied()).collect();
    stops.retain(|month| *month >= first);
    stops.sort();
    stops.dedup();

    let nothing = Figures::default();
    let mut before: (Vec<UnitId>, &Figures) = (Vec::new(), &nothing);
    for month in stops {
        let item = months.get(&month);
        let ancestors = chain(month);
        let stock = item.map_or(before.1, |summary| &summary.stocks);
        for ancestor in &before.0 {
            rows.entry((ancestor.clone(), month)).or_default().stock_change -= before.1;
        }
        for ancestor in &ancestors {
            let row = rows.entry((ancestor.clone(), month)).or_default();
            row.stock_change += stock;
            if let Some(summary) = item {
                row.flows += &summary.flows;
            }
        }
        before = (ancestors, stock);
    }
    rows.retain(|_, row| !row.is_zero());
    rows
}

/// The difference that turns the contributions of before into those of after.
#[must_use]
pub fn difference(before: Contributions, after: Contributions) -> Contributions {
    let mut rows = after;
    for (key, row) in before {
        rows.entry(key).or_default().subtract(&row);
    }
    rows.retain(|_, row| !row.is_zero());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Count, CountKey};
    use proptest::prelude::*;

    fn id(n: u8) -> UnitId {
        format!("51172320{n:04}").parse().expect("a unit id")
    }

    fn month(n: u8) -> Month {
        Month::from_number(2026 * 12 + i32::from(n)).expect("a month")
    }

    fn summary(leaders: i64, contacts: i64) -> Summary {
        let mut summary = Summary::default();
        summary.stocks.add_count(CountKey::Total(Count::Leaders), leaders);
        summary.flows.add_count(CountKey::Total(Count::Contacts), contacts);
        summary
    }

    fn leaders_at(rows: &Contributions, unit: u8, at: u8) -> i64 {
        rows.iter()
            .filter(|((ancestor, month_of), _)| *ancestor == id(unit) && *month_of <= month(at))
            .map(|(_, row)| row.stock_change.count(&CountKey::Total(Count::Leaders)))
            .sum()
    }

    #[test]
    fn a_stock_carries_forward_and_leaves_with_its_unit() {
        let (january, march) = (summary(3, 1), summary(5, 2));
        let months = BTreeMap::from([(month(0), &january), (month(2), &march)]);
        // Unit 1 is under 8 until May, under 9 from June on, and closed from September on.
        let chain = |at: Month| match at.number() - month(0).number() {
            ..=4 => vec![id(1), id(8)],
            5..=7 => vec![id(1), id(9)],
            _ => vec![],
        };
        let rows = contributions(&months, &chain, &[month(5), month(8)]);
        for (at, under_8, under_9) in
            [(0, 3, 0), (1, 3, 0), (2, 5, 0), (4, 5, 0), (5, 0, 5), (7, 0, 5), (8, 0, 0), (11, 0, 0)]
        {
            assert_eq!(leaders_at(&rows, 8, at), under_8, "under 8 in month {at}");
            assert_eq!(leaders_at(&rows, 9, at), under_9, "under 9 in month {at}");
        }
    }

    proptest! {
        /// Whatever is written, moved or closed in whatever order, moving by differences gives the sum of the units.
        #[test]
        fn moving_by_differences_equals_counting_afresh(
            steps in prop::collection::vec((0u8..4, 0u8..6, 0i64..5, 0i64..5, 0u8..3, 0u8..6), 1..40)
        ) {
            let mut items: BTreeMap<u8, BTreeMap<Month, Summary>> = BTreeMap::new();
            let mut moves: BTreeMap<u8, (u8, u8)> = BTreeMap::new();
            let mut total = Contributions::new();
            let count = |items: &BTreeMap<u8, BTreeMap<Month, Summary>>, moves: &BTreeMap<u8, (u8, u8)>, unit: u8| {
                let empty = BTreeMap::new();
                let months = items.get(&unit).unwrap_or(&empty);
                let months: BTreeMap<Month, &Summary> = months.iter().map(|(m, s)| (*m, s)).collect();
                let (when, to) = moves.get(&unit).copied().unwrap_or((99, 0));
                let chain = move |at: Month| {
                    if at < month(when) { vec![id(unit), id(100)] }
                    else if to == 0 { vec![] }
                    else { vec![id(unit), id(100 + to)] }
                };
                contributions(&months, &chain, &[month(when)])
            };
            for (unit, at, leaders, contacts, to, when) in steps {
                let before = count(&items, &moves, unit);
                if contacts == 4 {
                    moves.insert(unit, (when, to));
                } else {
                    items.entry(unit).or_default().insert(month(at), summary(leaders, contacts));
                }
                for (key, row) in difference(before, count(&items, &moves, unit)) {
                    total.entry(key).or_default().add(&row);
                }
            }
            total.retain(|_, row| !row.is_zero());
            let mut afresh = Contributions::new();
            for unit in 0..4 {
                for (key, row) in count(&items, &moves, unit) {
                    afresh.entry(key).or_default().add(&row);
                }
            }
            afresh.retain(|_, row| !row.is_zero());
            prop_assert_eq!(total, afresh);
        }
    }
}
