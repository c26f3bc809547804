//! What the stored months of the senders add to the rows of this hub's units, and what the sums look like on disk.

use super::territory::{Series, Territory};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zhuji_protocol::figures::{CountKey, Figures, TallyKey};
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, RollupRow, contributions};
use zhuji_protocol::rules::Tally;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::wire::codec::{CodecFault, decode, encode};

/// What one series adds under a territory.
#[must_use]
pub fn contributed(
    territory: &Territory,
    series: &Series,
    months: &BTreeMap<Month, Summary>,
) -> Contributions {
    let months: BTreeMap<Month, &Summary> = months.iter().map(|(month, summary)| (*month, summary)).collect();
    let turns: Vec<Month> = territory.turns(&series.unit).into_iter().collect();
    contributions(&months, &|month| territory.counts_for(series, month), &turns)
}

/// A row as it is kept. Differences may be below zero, so these are not the wire's figures.
#[derive(Serialize, Deserialize)]
struct KeptRow {
    flows: KeptFigures,
    stock_change: KeptFigures,
}

#[derive(Serialize, Deserialize)]
struct KeptFigures {
    tallies: Vec<(TallyKey, Tally)>,
    counts: Vec<(CountKey, i64)>,
}

/// The bytes of a row.
///
/// # Errors
/// The row is larger than anything that is kept.
pub fn row_bytes(row: &RollupRow) -> Result<Vec<u8>, CodecFault> {
    encode(&KeptRow { flows: kept(&row.flows), stock_change: kept(&row.stock_change) })
}

/// The row that the bytes are.
///
/// # Errors
/// They are none.
pub fn row_of(bytes: &[u8]) -> Result<RollupRow, CodecFault> {
    let row: KeptRow = decode(bytes)?;
    Ok(RollupRow { flows: figures(row.flows), stock_change: figures(row.stock_change) })
}

fn kept(figures: &Figures) -> KeptFigures {
    KeptFigures {
        tallies: figures.tallies().map(|(key, tally)| (key.clone(), *tally)).collect(),
        counts: figures.counts().map(|(key, count)| (key.clone(), count)).collect(),
    }
}

fn figures(kept: KeptFigures) -> Figures {
    let mut figures = Figures::default();
    for (key, tally) in kept.tallies {
        figures.add_tally(key, tally);
    }
    for (key, count) in kept.counts {
        figures.add_count(key, count);
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::figures::Count;

    #[test]
    fn a_row_below_zero_survives_its_bytes() {
        let mut row = RollupRow::default();
        row.stock_change.add_count(CountKey::Total(Count::Leaders), -3);
        row.flows.add_count(CountKey::CaseDays(4), 9);
        assert_eq!(row_of(&row_bytes(&row).expect("it encodes")).expect("it decodes"), row);
    }
}
