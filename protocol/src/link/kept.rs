//! What each store must keep for a link, and the steps on it that need no database.
//!
//! **Sending** (once for each receiver): the rows, one a key, each with its dirty mark; one counter of marks, which
//! only rises, over the whole store; the current [`Incarnation`] and those left behind; the [`CutRecord`]s; the last
//! acknowledged point and what was refused. Superseded revisions are not kept: writing a row gives it the next mark.
//!
//! **Receiving** (once for each sender): every [`PositionV1`] by incarnation, the newest ordinal being current; the
//! rows with (ordinal, revision) and whether they were put aside; each batch once (incarnation, after, through, root,
//! signature, key, leaf hashes), the items naming (batch, index), until its last item is superseded.
//!
//! [`PositionV1`]: crate::wire::position::PositionV1

use super::effects::CutFrom;
use crate::identity::{Replica, ReplicaKey};
use crate::wire::batch::{Batch, Cutter};
use crate::wire::item::{Item, ItemFault, ItemKey};
use crate::wire::life::Incarnation;
use crate::wire::limits;
use crate::wire::position::Point;

/// A row to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UplinkRow {
    /// What it is about.
    pub key: ItemKey,
    /// The version of its kind's structure, for the protocol version agreed.
    pub version: u16,
    /// Its dirty mark, which is its revision.
    pub mark: u64,
    /// The structure, encoded.
    pub body: Vec<u8>,
}

/// That a batch was cut which ended here: written durably before the batch is sent. Several chains may stand at one
/// mark, since a batch may be abandoned and cut anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutRecord {
    /// Of the sender.
    pub incarnation: Incarnation,
    /// Where the receiver stands that took it.
    pub at: Point,
    /// When, by the sender's clock, milliseconds since 1970 UTC.
    pub cut_ms: i64,
}

/// A row that fits in no batch: whoever wrote it broke the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsendableRow {
    /// The row.
    pub key: ItemKey,
    /// What is wrong with it.
    pub fault: ItemFault,
}

/// Cuts the next batch from rows with marks above `from`, in rising order, and says what to record. `None`: there is
/// no such row. The iterator is left when the batch is full, so that a query may be open-ended.
///
/// # Errors
/// A row breaks the limits of an item.
pub fn cut(
    rows: impl IntoIterator<Item = UplinkRow>,
    from: CutFrom,
    head: u64,
    replica: &Replica,
    key: &ReplicaKey,
    clock_ms: i64,
) -> Result<Option<(Batch, CutRecord)>, UnsendableRow> {
    let mut cutter = Cutter::default();
    for row in rows {
        let item = Item::new(row.key.clone(), row.version, row.mark, &row.body)
            .map_err(|fault| UnsendableRow { key: row.key, fault })?;
        if cutter.push(item).is_err() {
            break;
        }
    }
    let batch = cutter.cut(replica, from.incarnation, from.at.cursor, head, key);
    Ok(batch.map(|batch| {
        let at = batch.point(from.at);
        (batch, CutRecord { incarnation: from.incarnation, at, cut_ms: clock_ms })
    }))
}

impl CutRecord {
    /// Whether the record may go: it is old, and the receiver was past it when it last spoke. What is not yet
    /// acknowledged is kept however old it is, so that years off line cost nothing.
    #[must_use]
    pub fn may_go(&self, acknowledged: Point, clock_ms: i64) -> bool {
        let age_ms = clock_ms.saturating_sub(self.cut_ms);
        age_ms > limits::CUT_RECORDS_DAYS * 24 * 3600 * 1000 && self.at.cursor < acknowledged.cursor
    }
}

impl std::fmt::Display for UnsendableRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.key.unit, self.fault)
    }
}

impl std::error::Error for UnsendableRow {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::digest::Digest;

    #[test]
    fn a_record_goes_when_it_is_old_and_behind_the_receiver() {
        let at = |cursor| Point { cursor, chain: Digest::ZERO };
        let day = 24 * 3600 * 1000;
        let record = CutRecord { incarnation: Incarnation([1; 16]), at: at(5), cut_ms: 0 };
        for (acknowledged, days, goes) in [(6, 401, true), (6, 400, false), (5, 401, false), (4, 9000, false)]
        {
            assert_eq!(record.may_go(at(acknowledged), days * day), goes);
        }
    }
}
