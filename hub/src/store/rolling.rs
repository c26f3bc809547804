//! What the stored months of the senders add to the rows of this hub's units, and what the sums look like on disk.

use super::territory::{Series, Territory};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::figures::{CountKey, Figures, TallyKey};
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, RollupRow, contributions};
use zhuji_protocol::rules::Tally;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::{CodecFault, decode, encode};

/// What one series adds under a territory to the units above its own. What it is to its own unit stands in its items.
#[must_use]
pub fn contributed(
    territory: &Territory,
    series: &Series,
    months: &BTreeMap<Month, Summary>,
) -> Contributions {
    added(territory, series, months, &|chain| chain.get(1..).unwrap_or_default().to_vec())
}

/// What one series is to its own unit, by month.
#[must_use]
pub fn own(
    territory: &Territory,
    series: &Series,
    months: &BTreeMap<Month, Summary>,
) -> BTreeMap<Month, RollupRow> {
    let rows = added(territory, series, months, &|chain| chain.get(..1).unwrap_or_default().to_vec());
    rows.into_iter().map(|((_, month), row)| (month, row)).collect()
}

fn added(
    territory: &Territory,
    series: &Series,
    months: &BTreeMap<Month, Summary>,
    to: &impl Fn(Vec<UnitId>) -> Vec<UnitId>,
) -> Contributions {
    let months: BTreeMap<Month, &Summary> = months.iter().map(|(month, summary)| (*month, summary)).collect();
    let turns: Vec<Month> = territory.turns(&series.unit).into_iter().collect();
    contributions(&months, &|month| to(territory.counts_for(series, month)), &turns)
}

/// A month of a series that was written or put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What counted before.
    pub before: Option<Summary>,
    /// What counts now.
    pub after: Option<Summary>,
}

/// The difference between what the series adds now and what it added before its changes, to the units above its own,
/// under one territory.
///
/// `standing` are the months that stand now; `stocks_of` reads those of one that did not change, and is asked only
/// where a month came or went. Everything is linear, so the differences of the months are carried as months are.
///
/// # Errors
/// Those of `stocks_of`.
pub fn moved_by<E>(
    territory: &Territory,
    series: &Series,
    changes: &BTreeMap<Month, Change>,
    standing: &BTreeSet<Month>,
    stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
) -> Result<Contributions, E> {
    let mut rows = Contributions::new();
    let (Some(first), Some(last)) = (changes.keys().next(), changes.keys().next_back()) else {
        return Ok(rows);
    };
    let turns = territory.turns(&series.unit);
    let mut stops: BTreeSet<Month> = changes.keys().copied().collect();
    stops.extend(standing.range(first..));
    stops.extend(turns.range(first..));
    let earlier = standing.range(..first).next_back().copied();
    let (mut was, mut is) = (Stock::of(earlier), Stock::of(earlier));
    let mut before: (Vec<UnitId>, Figures) = Default::default();
    for stop in stops {
        if stop > *last && before.1.is_zero() {
            break;
        }
        let change = changes.get(&stop);
        match change {
            Some(Change { before, after }) => {
                was = before.as_ref().map_or(was, |summary| Stock::Changed(&summary.stocks));
                is = after.as_ref().map_or(is, |summary| Stock::Changed(&summary.stocks));
            }
            None if standing.contains(&stop) => (was, is) = (Stock::of(Some(stop)), Stock::of(Some(stop))),
            None => {}
        }
        let above = match stop == *first || turns.contains(&stop) {
            true => territory.counts_for(series, stop).get(1..).unwrap_or_default().to_vec(),
            false => before.0.clone(),
        };
        let stocks = difference(was, is, stocks_of)?;
        let flows = change.map(Change::flows).unwrap_or_default();
        if before.0 != above || before.1 != stocks {
            for ancestor in &before.0 {
                rows.entry((ancestor.clone(), stop)).or_default().stock_change -= &before.1;
            }
            for ancestor in &above {
                rows.entry((ancestor.clone(), stop)).or_default().stock_change += &stocks;
            }
        }
        if !flows.is_zero() {
            for ancestor in &above {
                rows.entry((ancestor.clone(), stop)).or_default().flows += &flows;
            }
        }
        before = (above, stocks);
    }
    rows.retain(|_, row| !row.is_zero());
    Ok(rows)
}

/// The item whose stocks hold in a month.
#[derive(Clone, Copy)]
enum Stock<'c> {
    Nothing,
    Unchanged(Month),
    Changed(&'c Figures),
}

impl Stock<'_> {
    fn of(month: Option<Month>) -> Self {
        month.map_or(Self::Nothing, Self::Unchanged)
    }

    fn figures<E>(self, stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>) -> Result<Figures, E> {
        match self {
            Self::Nothing => Ok(Figures::default()),
            Self::Unchanged(month) => stocks_of(month),
            Self::Changed(stocks) => Ok(stocks.clone()),
        }
    }
}

fn difference<E>(
    was: Stock<'_>,
    is: Stock<'_>,
    stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
) -> Result<Figures, E> {
    match (was, is) {
        (Stock::Nothing, Stock::Nothing) => Ok(Figures::default()),
        (Stock::Unchanged(was), Stock::Unchanged(is)) if was == is => Ok(Figures::default()),
        _ => {
            let mut stocks = is.figures(stocks_of)?;
            match was {
                Stock::Changed(was) => stocks -= was,
                was => stocks -= &was.figures(stocks_of)?,
            }
            Ok(stocks)
        }
    }
}

impl Change {
    fn flows(&self) -> Figures {
        let mut flows = self.after.as_ref().map(|after| after.flows.clone()).unwrap_or_default();
        if let Some(before) = &self.before {
            flows -= &before.flows;
        }
        flows
    }
}

/// Figures as they are kept. Differences may be below zero, so these are not the wire's.
#[derive(Serialize)]
struct Kept<'f> {
    tallies: Vec<(&'f TallyKey, &'f Tally)>,
    counts: Vec<(&'f CountKey, i64)>,
}

/// The same, read back.
#[derive(Deserialize)]
struct KeptFigures {
    tallies: Vec<(TallyKey, Tally)>,
    counts: Vec<(CountKey, i64)>,
}

/// The bytes of figures; none of nothing.
///
/// # Errors
/// They are more than anything that is kept.
pub fn kept_bytes(figures: &Figures) -> Result<Vec<u8>, CodecFault> {
    if figures.is_zero() {
        return Ok(Vec::new());
    }
    encode(&Kept { tallies: figures.tallies().collect(), counts: figures.counts().collect() })
}

/// The figures that the bytes are.
///
/// # Errors
/// They are none.
pub fn kept_figures(bytes: &[u8]) -> Result<Figures, CodecFault> {
    let mut figures = Figures::default();
    if bytes.is_empty() {
        return Ok(figures);
    }
    let kept: KeptFigures = decode(bytes)?;
    for (key, tally) in kept.tallies {
        figures.add_tally(key, tally);
    }
    for (key, count) in kept.counts {
        figures.add_count(key, count);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;
    use zhuji_protocol::directory::{Attributes, Directory, Entry};
    use zhuji_protocol::figures::Count;
    use zhuji_protocol::identity::Replica;
    use zhuji_protocol::rollup;
    use zhuji_protocol::unit::Level;
    use zhuji_protocol::wire::subkey::Scope;

    const COUNTY: &str = "430981000000";
    const TOWN: &str = "430981101000";
    const OTHER_TOWN: &str = "430981102000";
    const VILLAGE: &str = "430981101200";

    fn id(text: &str) -> UnitId {
        text.parse().expect("a unit id")
    }

    fn month(n: i32) -> Month {
        Month::from_number(2026 * 12 + n).expect("a month")
    }

    fn summary(leaders: i64, contacts: i64) -> Summary {
        let mut summary = Summary::default();
        summary.stocks.add_count(CountKey::Total(Count::Leaders), leaders);
        summary.flows.add_count(CountKey::Total(Count::Contacts), contacts);
        summary
    }

    /// The village moves from one town to the other in the fifth month, and is closed after the ninth.
    fn territory() -> Territory {
        let mut village = Entry::always(id(VILLAGE), "乐园村", Level::Village, Some(id(TOWN)));
        let moved: Attributes =
            Attributes { parent: Some(id(OTHER_TOWN)), ..village.latest().expect("attributes").clone() };
        village.change(month(4).first_day(), moved);
        village.end_before(month(9).first_day());
        let mut territory = Territory::empty(id(COUNTY));
        territory.directory = Directory::new([
            Entry::always(id(COUNTY), "沅江市", Level::County, None),
            Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
            Entry::always(id(OTHER_TOWN), "黄茅洲镇", Level::Township, Some(id(COUNTY))),
            village,
        ]);
        territory
    }

    #[test]
    fn figures_below_zero_survive_their_bytes() {
        let mut figures = Figures::default();
        figures.add_count(CountKey::Total(Count::Leaders), -3);
        figures.add_count(CountKey::CaseDays(4), 9);
        assert_eq!(kept_figures(&kept_bytes(&figures).expect("it encodes")).expect("it decodes"), figures);
        assert_eq!(kept_bytes(&Figures::default()), Ok(Vec::new()));
        assert_eq!(kept_figures(&[]), Ok(Figures::default()));
    }

    proptest! {
        /// Whatever months came, changed or went: the differences are those of counting before and after.
        #[test]
        fn differences_are_those_of_counting_twice(
            before in prop::collection::btree_map(0i32..12, (0i64..4, 0i64..4), 0..8),
            written in prop::collection::btree_map(0i32..12, prop::option::of((0i64..4, 0i64..4)), 1..6),
        ) {
            let territory = territory();
            let series =
                Series { sender: Replica::node(id(VILLAGE)), unit: id(VILLAGE), scope: Scope::Own };
            let of = |rows: &BTreeMap<i32, (i64, i64)>| -> BTreeMap<Month, Summary> {
                rows.iter().map(|(at, (leaders, contacts))| (month(*at), summary(*leaders, *contacts))).collect()
            };
            let mut after = before.clone();
            for (at, row) in &written {
                match row {
                    Some(row) => after.insert(*at, *row),
                    None => after.remove(at),
                };
            }
            let (before, after) = (of(&before), of(&after));
            let changes = written
                .keys()
                .map(|at| month(*at))
                .map(|at| (at, Change { before: before.get(&at).cloned(), after: after.get(&at).cloned() }))
                .collect();
            let moved = moved_by(&territory, &series, &changes, &after.keys().copied().collect(), &mut |at| {
                Ok::<_, Infallible>(after[&at].stocks.clone())
            });
            let expected = rollup::difference(
                contributed(&territory, &series, &before),
                contributed(&territory, &series, &after),
            );
            prop_assert_eq!(moved, Ok(expected));
        }
    }
}
