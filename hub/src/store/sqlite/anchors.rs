//! The ends of children's audit chains, kept for ever.

use super::replicas::Peer;
use super::row;
use crate::proof::evidence::anchor_link;
use crate::proof::level::AnchorRow;
use crate::store::StoreFault;
use crate::store::anchoring::{Finding, KeptAnchor, judge};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::{AnchorV1, ChainPointV1};

/// Keeps an anchor, judged by those before. `None`: the same was told before.
pub(super) fn keep(
    db: &Connection,
    peer: &Peer,
    ordinal: u32,
    revision: u64,
    anchor: &AnchorV1,
    now: DateTime<Utc>,
) -> Result<Option<Finding>, StoreFault> {
    let last = last(db, peer)?;
    let is_told =
        |last: &AnchorRow| last.ordinal == ordinal && (last.now == anchor.now || (last.revision == revision));
    if last.as_ref().is_some_and(is_told) {
        return Ok(None);
    }
    let finding = judge(&known(db, peer, ordinal, anchor)?, ordinal, anchor);
    let mut row = AnchorRow {
        sender: peer.replica.clone(),
        ordinal,
        revision,
        now: anchor.now,
        before: anchor.before,
        received: row::instant(now),
        finding: finding.word().to_owned(),
        link: Digest::ZERO,
    };
    row.link = anchor_link(last.map_or(Digest::ZERO, |last| last.link), &row);
    db.prepare_cached(
        "INSERT INTO anchor (replica, ordinal, revision, entries, head, before_entries, before_head, received,
                             finding, link)
         VALUES (:replica, :ordinal, :revision, :entries, :head, :before_entries, :before_head, :received,
                 :finding, :link)
         ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":replica": peer.id,
        ":ordinal": ordinal,
        ":revision": revision.cast_signed(),
        ":entries": anchor.now.entries.cast_signed(),
        ":head": anchor.now.head.0,
        ":before_entries": anchor.before.map(|before| before.entries.cast_signed()),
        ":before_head": anchor.before.map(|before| before.head.0),
        ":received": row.received,
        ":finding": row.finding,
        ":link": row.link.0,
    })?;
    Ok(Some(finding))
}

const COLUMNS: &str =
    "unit, role, ordinal, revision, entries, anchor.head, before_entries, before_head, received,
                       finding, link";

fn last(db: &Connection, peer: &Peer) -> Result<Option<AnchorRow>, StoreFault> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM anchor JOIN replica ON replica.id = anchor.replica WHERE replica = :replica
              ORDER BY ordinal DESC, revision DESC LIMIT 1"
        ))?
        .query_row(named_params! { ":replica": peer.id }, anchor_row)
        .optional()?)
}

/// The last one of this life and of the one before, and those with the entries that the anchor names.
fn known(
    db: &Connection,
    peer: &Peer,
    ordinal: u32,
    anchor: &AnchorV1,
) -> Result<Vec<KeptAnchor>, StoreFault> {
    let kept = db
        .prepare_cached(
            "SELECT ordinal, entries, head FROM anchor WHERE replica = :replica AND entries IN (:now, :before)
             UNION
             SELECT * FROM (SELECT ordinal, entries, head FROM anchor
                             WHERE replica = :replica AND ordinal = :ordinal
                             ORDER BY revision DESC LIMIT 1)
             UNION
             SELECT * FROM (SELECT ordinal, entries, head FROM anchor
                             WHERE replica = :replica AND ordinal < :ordinal
                             ORDER BY ordinal DESC, revision DESC LIMIT 1)",
        )?
        .query_map(
            named_params! {
                ":replica": peer.id,
                ":now": anchor.now.entries.cast_signed(),
                ":before": anchor.before.map_or(anchor.now, |before| before).entries.cast_signed(),
                ":ordinal": ordinal,
            },
            |row| {
                let now =
                    ChainPointV1 { entries: row::mark(row, "entries")?, head: row::digest(row, "head")? };
                Ok(KeptAnchor { ordinal: row.get("ordinal")?, now })
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(kept)
}

/// Every anchor of a unit's children's chains, of all units without one, in the order in which they came.
pub(super) fn of(db: &Connection, unit: Option<&UnitId>) -> Result<Vec<AnchorRow>, StoreFault> {
    let rows = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM anchor JOIN replica ON replica.id = anchor.replica
              WHERE :unit IS NULL OR unit = :unit
              ORDER BY unit, role, ordinal, revision"
        ))?
        .query_map(named_params! { ":unit": unit.map(UnitId::as_str) }, anchor_row)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// How many entries a child's chain has, and the worst that was ever found of it.
pub(super) fn standing(db: &Connection, peer: &Peer) -> Result<Option<(u64, Finding)>, StoreFault> {
    let Some(last) = last(db, peer)? else { return Ok(None) };
    let mut worst = Finding::Follows;
    let mut words = db.prepare_cached("SELECT DISTINCT finding FROM anchor WHERE replica = :replica")?;
    for word in words.query_map(named_params! { ":replica": peer.id }, |row| row.get::<_, String>(0))? {
        // The schema knows no other word.
        worst = worst.max(Finding::from_word(&word?).unwrap_or(Finding::Rewritten));
    }
    Ok(Some((last.now.entries, worst)))
}

fn anchor_row(row: &Row<'_>) -> rusqlite::Result<AnchorRow> {
    let entries: Option<i64> = row.get("before_entries")?;
    let head: Option<[u8; 32]> = row.get("before_head")?;
    let before = entries
        .zip(head)
        .map(|(entries, head)| ChainPointV1 { entries: entries.cast_unsigned(), head: Digest(head) });
    Ok(AnchorRow {
        sender: row::replica(row)?,
        ordinal: row.get("ordinal")?,
        revision: row::mark(row, "revision")?,
        now: ChainPointV1 { entries: row::mark(row, "entries")?, head: row::digest(row, "head")? },
        before,
        received: row.get("received")?,
        finding: row.get("finding")?,
        link: row::digest(row, "link")?,
    })
}
