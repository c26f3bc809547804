//! What the stored months of the senders add to the rows of this hub's units, and what the sums look like on disk.

use super::territory::{Series, Territory};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::figures::{CountKey, Figures, Sum, TallyKey};
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

/// What many series add and take, in the making. Series that count for the same units share one sum.
#[derive(Debug, Default)]
pub struct Moving {
    sums: BTreeMap<Month, Vec<(Vec<UnitId>, Sums)>>,
}

#[derive(Debug, Default)]
struct Sums {
    flows: Sum,
    stocks: Sum,
}

impl Moving {
    fn of(&mut self, month: Month, units: &[UnitId]) -> &mut Sums {
        let sums = self.sums.entry(month).or_default();
        let at = sums.iter().position(|(known, _)| known == units).unwrap_or_else(|| {
            sums.push((units.to_vec(), Sums::default()));
            sums.len() - 1
        });
        &mut sums[at].1
    }

    /// The difference of each row.
    #[must_use]
    pub fn finish(self) -> Contributions {
        let mut rows = Contributions::new();
        for (month, sums) in self.sums {
            for (units, Sums { flows, stocks }) in sums {
                let row = RollupRow { flows: flows.finish(), stock_change: stocks.finish() };
                if !row.is_zero() {
                    units.into_iter().for_each(|unit| rows.entry((unit, month)).or_default().add(&row));
                }
            }
        }
        rows.retain(|_, row| !row.is_zero());
        rows
    }
}

/// Adds the difference between what the series adds now and what it added before its changes, to the units above its
/// own, under one territory.
///
/// `standing` are the months that stand now; `stocks_of` reads those of one that did not change, and is asked only
/// where a month came or went. Everything is linear, so the differences of the months are carried as months are.
///
/// # Errors
/// Those of `stocks_of`.
pub fn moved_by<E>(
    moving: &mut Moving,
    territory: &Territory,
    series: &Series,
    changes: &BTreeMap<Month, Change>,
    standing: &BTreeSet<Month>,
    stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
) -> Result<(), E> {
    let (Some(first), Some(last)) = (changes.keys().next(), changes.keys().next_back()) else {
        return Ok(());
    };
    let turns = territory.turns(&series.unit);
    let mut stops: BTreeSet<Month> = changes.keys().copied().collect();
    stops.extend(standing.range(first..));
    stops.extend(turns.range(first..));
    let earlier = standing.range(..first).next_back().copied();
    let mut now = Held { was: Stock::of(earlier), is: Stock::of(earlier) };
    let (mut above_before, mut before): (Vec<UnitId>, Held<'_>) = (Vec::new(), now);
    for stop in stops {
        if stop > *last && before.is_the_same() {
            break;
        }
        let change = changes.get(&stop);
        match change {
            Some(Change { before, after }) => {
                now.was = before.as_ref().map_or(now.was, |summary| Stock::Changed(&summary.stocks));
                now.is = after.as_ref().map_or(now.is, |summary| Stock::Changed(&summary.stocks));
            }
            None if standing.contains(&stop) => {
                now = Held { was: Stock::of(Some(stop)), is: Stock::of(Some(stop)) };
            }
            None => {}
        }
        let above = match stop == *first || turns.contains(&stop) {
            true => territory.counts_for(series, stop).get(1..).unwrap_or_default().to_vec(),
            false => above_before.clone(),
        };
        if !before.is_the_same() && !above_before.is_empty() {
            before.leaves(&mut moving.of(stop, &above_before).stocks, stocks_of)?;
        }
        if !above.is_empty() {
            let sums = moving.of(stop, &above);
            if !now.is_the_same() {
                now.enters(&mut sums.stocks, stocks_of)?;
            }
            if let Some(Change { before, after }) = change {
                after.iter().for_each(|after| sums.flows.add(&after.flows));
                before.iter().for_each(|before| sums.flows.subtract(&before.flows));
            }
        }
        (above_before, before) = (above, now);
    }
    Ok(())
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

    fn with<E>(
        self,
        stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
        act: impl FnOnce(&Figures),
    ) -> Result<(), E> {
        match self {
            Self::Nothing => {}
            Self::Unchanged(month) => act(&stocks_of(month)?),
            Self::Changed(stocks) => act(stocks),
        }
        Ok(())
    }
}

/// The stocks that held in a month before, and those that hold now.
#[derive(Clone, Copy)]
struct Held<'c> {
    was: Stock<'c>,
    is: Stock<'c>,
}

impl Held<'_> {
    fn is_the_same(&self) -> bool {
        match (self.was, self.is) {
            (Stock::Nothing, Stock::Nothing) => true,
            (Stock::Unchanged(was), Stock::Unchanged(is)) => was == is,
            (Stock::Changed(was), Stock::Changed(is)) => was == is,
            _ => false,
        }
    }

    fn enters<E>(
        self,
        sum: &mut Sum,
        stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
    ) -> Result<(), E> {
        self.is.with(stocks_of, |stocks| sum.add(stocks))?;
        self.was.with(stocks_of, |stocks| sum.subtract(stocks))
    }

    fn leaves<E>(
        self,
        sum: &mut Sum,
        stocks_of: &mut impl FnMut(Month) -> Result<Figures, E>,
    ) -> Result<(), E> {
        self.was.with(stocks_of, |stocks| sum.add(stocks))?;
        self.is.with(stocks_of, |stocks| sum.subtract(stocks))
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
            let standing = after.keys().copied().collect();
            let mut moving = Moving::default();
            let read = moved_by(&mut moving, &territory, &series, &changes, &standing, &mut |at| {
                Ok::<_, Infallible>(after[&at].stocks.clone())
            });
            prop_assert_eq!(read, Ok(()));
            let expected = rollup::difference(
                contributed(&territory, &series, &before),
                contributed(&territory, &series, &after),
            );
            prop_assert_eq!(moving.finish(), expected);
        }
    }
}
