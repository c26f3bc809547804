//! What is asked to be shown: figures, the fleet, what is refused.

use super::replicas::{self, Peer, Side};
use super::{anchors, attending, items, queue, row, rows, telling};
use crate::report::UnitFigures;
use crate::store::attendance::at;
use crate::store::{FleetRow, RefusedBy, RefusedRow, Standing, StoreFault, Territory};
use chrono::NaiveDate;
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::dialer;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::ack::{Refusal, RefusedItemV1};

/// The unit and `depth` levels below it.
pub(super) fn figures(
    db: &Connection,
    territory: &Territory,
    unit: &UnitId,
    depth: usize,
    period: Period,
    today: NaiveDate,
) -> Result<Vec<UnitFigures>, StoreFault> {
    let entry = territory.directory.get(unit).ok_or_else(|| StoreFault::UnknownUnit(unit.clone()))?;
    let name = |entry: &zhuji_protocol::directory::Entry| {
        entry.on(today).or_else(|| entry.latest()).map_or_else(String::new, |found| found.name.clone())
    };
    let is_rolled_up = attending::holds(db, territory, today)?;
    // Before it was ever counted, or on a day whose places differ from those counted.
    let lines = match is_rolled_up {
        true => Vec::new(),
        false => telling::roll(db, &replicas::names(db)?, None)?.attending(territory, today),
    };
    let mut open = vec![(entry, 0)];
    let mut shown = Vec::new();
    while let Some((entry, level)) = open.pop() {
        shown.push(UnitFigures {
            unit: entry.id.clone(),
            name: name(entry),
            depth: level,
            summary: summary(db, territory, &entry.id, period, today)?,
            reporting: match is_rolled_up {
                true => attending::of_unit(db, &entry.id)?,
                false => at(&lines, &entry.id),
            },
        });
        if level < depth {
            let below: Vec<&UnitId> = territory.directory.children_on(&entry.id, today).collect();
            // The last one in is the first one shown.
            let entries = below.into_iter().rev().filter_map(|child| territory.directory.get(child));
            open.extend(entries.map(|entry| (entry, level + 1)));
        }
    }
    Ok(shown)
}

/// The sum of the period's flows, and the stocks of its last month, or of the current one while it runs.
fn summary(
    db: &Connection,
    territory: &Territory,
    unit: &UnitId,
    period: Period,
    today: NaiveDate,
) -> Result<Summary, StoreFault> {
    let current = Month::of(today);
    let last = if period.has(current) { current } else { period.last };
    rows::in_period(db, territory, unit, period, last)
}

/// The other ends of one side, with how they stand.
pub(super) fn fleet(db: &Connection, territory: &Territory, side: Side) -> Result<Vec<FleetRow>, StoreFault> {
    let said = items::reporting(db, &replicas::names(db)?, None)?;
    let mut as_of: BTreeMap<&Replica, NaiveDate> = BTreeMap::new();
    for (series, (reporting, _)) in &said {
        if let Some(day) = reporting.as_of.keys().next_back() {
            let newest = as_of.entry(&series.sender).or_insert(*day);
            *newest = (*newest).max(*day);
        }
    }
    let peers = replicas::on_side(db, side)?;
    peers.iter().map(|peer| fleet_row(db, territory, peer, as_of.get(&peer.replica).copied())).collect()
}

fn fleet_row(
    db: &Connection,
    territory: &Territory,
    peer: &Peer,
    as_of: Option<NaiveDate>,
) -> Result<FleetRow, StoreFault> {
    let position = items::positions(db, peer.id)?.pop();
    let keys = replicas::keys_of(db, &peer.replica)?;
    let standing = match replicas::standing(db, peer.id)? {
        Standing::Active => keys.last().map_or(Standing::Revoked, |key| key.standing),
        ruled => ruled,
    };
    let entry = territory.directory.get(&peer.replica.unit);
    let count = |sql: &str| -> Result<u64, StoreFault> {
        let count: i64 =
            db.prepare_cached(sql)?.query_row(named_params! { ":peer": peer.id }, |row| row.get(0))?;
        Ok(count.cast_unsigned())
    };
    let owed = count(
        "SELECT count(*) FROM outgoing JOIN replica ON id = replica WHERE replica = :peer AND mark > acknowledged",
    )?;
    let refused = count("SELECT count(*) FROM refused WHERE replica = :peer")?;
    let certificate_until = replicas::certificate_until(db, peer)?;
    let aside = count(
        "SELECT (SELECT count(*) FROM missing WHERE replica = :peer)
              + (SELECT count(*) FROM item WHERE replica = :peer AND aside = 1 AND kind NOT IN (1, 2, 9))",
    )?;
    let chain = anchors::standing(db, peer)?;
    let row = db
        .prepare_cached(
            "SELECT enrolled, last_contact, program, skew_seconds, head FROM replica WHERE id = :peer",
        )?
        .query_row(named_params! { ":peer": peer.id }, |row| {
            Ok(FleetRow {
                replica: peer.replica.clone(),
                name: entry.and_then(|entry| entry.latest()).map(|latest| latest.name.clone()),
                level: entry.and_then(|entry| entry.latest()).map(|latest| latest.level),
                certificate_until,
                standing,
                enrolled: row::moment(row, "enrolled")?,
                last_contact: row::maybe_moment(row, "last_contact")?,
                program: row.get("program")?,
                skew_seconds: row.get("skew_seconds")?,
                ordinal: position.map(|position| position.ordinal),
                as_of,
                behind: row::mark(row, "head")?
                    .saturating_sub(position.map_or(0, |position| position.at.cursor)),
                owed,
                refused,
                aside,
                chain,
            })
        })?;
    Ok(row)
}

/// What this hub says of itself when it dials.
pub(super) fn dialling(db: &Connection) -> Result<Option<dialer::Standing>, StoreFault> {
    let Some(parent) = replicas::parent(db)? else { return Ok(None) };
    Ok(Some(dialer::Standing {
        incarnation: parent.incarnation,
        head: queue::head(db, &parent)?,
        down: items::positions(db, parent.id)?.pop(),
    }))
}

/// Everything that is refused at present, here or there.
pub(super) fn refused(db: &Connection) -> Result<Vec<RefusedRow>, StoreFault> {
    let names = replicas::names(db)?;
    let mut found = Vec::new();
    for (table, by) in [("refused", RefusedBy::Us), ("refused_there", RefusedBy::Them)] {
        let sql = format!(
            "SELECT replica, kind, unit, subkey, revision, reason, detail FROM {table}
              ORDER BY replica, unit, kind, subkey"
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(replica) = names.get(&row.get("replica")?) else { continue };
            let detail: String = row.get("detail")?;
            let reason = Refusal::from(row.get::<_, u16>("reason")?);
            let (key, revision) = (row::item_key(row)?, row::mark(row, "revision")?);
            let item = RefusedItemV1::new(key, revision, reason, &detail);
            found.push(RefusedRow { replica: replica.clone(), by, item });
        }
    }
    Ok(found)
}
