//! Units, policies, assignments, calendars and vouched keys; together with the child hubs they are the territory.

use super::replicas::{self, Side};
use super::{hub, row};
use crate::store::{StoreFault, Territory};
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use std::sync::Arc;
use zhuji_protocol::assignment::{Assignment, Assignments, PolicyVersion};
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::directory::{Attributes, Directory, Entry, Span};
use zhuji_protocol::identity::{KeyId, PublicKey, Replica, Role};
use zhuji_protocol::policy::{Policy, Source, parse_flattened};
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::payload::PolicyV1;
use zhuji_protocol::wire::published::VouchedKeyV1;

/// Policies that were parsed once, by the digest of their text: the same text is the same policy for ever.
pub(super) type Parsed = BTreeMap<[u8; 32], Option<Arc<Policy>>>;

/// Everything that is judged by, as it stands in this transaction.
pub(super) fn territory(db: &Connection, parsed: &mut Parsed) -> Result<Territory, StoreFault> {
    territory_of(db, Directory::new(entries(db)?), parsed)
}

/// The same with a directory that is known: it is by far the longest part.
pub(super) fn territory_of(
    db: &Connection,
    directory: Directory,
    parsed: &mut Parsed,
) -> Result<Territory, StoreFault> {
    let (_, version) = hub::counters(db)?;
    let children = replicas::on_side(db, Side::Child)?;
    Ok(Territory {
        version,
        own: hub::unit(db)?,
        directory,
        child_hubs: children
            .into_iter()
            .filter(|peer| peer.replica.role == Role::Hub)
            .map(|peer| peer.replica.unit)
            .collect(),
        assignments: Assignments::new(assignments(db)?),
        policies: policies(db, parsed)?,
    })
}

fn entries(db: &Connection) -> Result<Vec<Entry>, StoreFault> {
    let mut entries: BTreeMap<UnitId, Entry> = BTreeMap::new();
    let mut units = db.prepare_cached("SELECT id FROM unit")?;
    for unit in units.query_map([], |row| row::unit(row, "id"))? {
        let id = unit?;
        entries.insert(id.clone(), Entry { id, spans: Vec::new(), successors: Vec::new() });
    }
    let mut spans = db.prepare_cached(
        "SELECT unit, begins, ends, code, name, level, parent FROM unit_span ORDER BY unit, nth",
    )?;
    let rows = spans.query_map([], |row| {
        let level: String = row.get("level")?;
        let attributes = Attributes {
            code: row.get("code")?,
            name: row.get("name")?,
            // The schema knows no other word.
            level: Level::from_word(&level).unwrap_or(Level::Village),
            parent: row::maybe_unit(row, "parent")?,
        };
        let (from, to) = (row::maybe_date(row, "begins")?, row::maybe_date(row, "ends")?);
        Ok((row::unit(row, "unit")?, Span { from, to, attributes }))
    })?;
    for found in rows {
        let (unit, span) = found?;
        if let Some(entry) = entries.get_mut(&unit) {
            entry.spans.push(span);
        }
    }
    let mut successors =
        db.prepare_cached("SELECT unit, successor FROM unit_successor ORDER BY unit, nth")?;
    for found in
        successors.query_map([], |row| Ok((row::unit(row, "unit")?, row::unit(row, "successor")?)))?
    {
        let (unit, successor) = found?;
        if let Some(entry) = entries.get_mut(&unit) {
            entry.successors.push(successor);
        }
    }
    Ok(entries.into_values().collect())
}

/// Writes an entry in place of the one under the same id.
pub(super) fn put_entry(db: &Connection, entry: &Entry) -> Result<(), StoreFault> {
    let unit = entry.id.as_str();
    let is_new = db
        .prepare_cached("INSERT INTO unit (id) VALUES (:unit) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":unit": unit })?
        > 0;
    if !is_new {
        db.prepare_cached("DELETE FROM unit_span WHERE unit = :unit")?
            .execute(named_params! { ":unit": unit })?;
        db.prepare_cached("DELETE FROM unit_successor WHERE unit = :unit")?
            .execute(named_params! { ":unit": unit })?;
    }
    for (nth, span) in (0i64..).zip(&entry.spans) {
        db.prepare_cached(
            "INSERT INTO unit_span (unit, nth, begins, ends, code, name, level, parent)
             VALUES (:unit, :nth, :begins, :ends, :code, :name, :level, :parent)",
        )?
        .execute(named_params! {
            ":unit": unit,
            ":nth": nth,
            ":begins": row::day(span.from),
            ":ends": row::day(span.to),
            ":code": span.attributes.code,
            ":name": span.attributes.name,
            ":level": span.attributes.level.word(),
            ":parent": span.attributes.parent.as_ref().map(UnitId::as_str),
        })?;
    }
    for (nth, successor) in (0i64..).zip(&entry.successors) {
        db.prepare_cached(
            "INSERT INTO unit_successor (unit, nth, successor) VALUES (:unit, :nth, :successor)",
        )?
        .execute(named_params! { ":unit": unit, ":nth": nth, ":successor": successor.as_str() })?;
    }
    Ok(())
}

fn assignments(db: &Connection) -> Result<Vec<Assignment>, StoreFault> {
    let assignments = db
        .prepare_cached("SELECT unit, serial, policy, number, digest, begins, ends FROM assignment")?
        .query_map([], |row| {
            let version = PolicyVersion {
                policy: row.get("policy")?,
                number: row.get("number")?,
                digest: row.get("digest")?,
            };
            Ok(Assignment {
                unit: row::unit(row, "unit")?,
                version,
                from: row::date(row, "begins")?,
                to: row::maybe_date(row, "ends")?,
                serial: row.get("serial")?,
                // What nobody below is judged by any more may still be named by months of before.
                issuer: None,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(assignments)
}

pub(super) fn put_assignment(db: &Connection, assignment: &Assignment) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO assignment (unit, serial, policy, number, digest, begins, ends)
         VALUES (:unit, :serial, :policy, :number, :digest, :begins, :ends)
         ON CONFLICT (unit, serial) DO UPDATE
            SET policy = excluded.policy, number = excluded.number, digest = excluded.digest,
                begins = excluded.begins, ends = excluded.ends",
    )?
    .execute(named_params! {
        ":unit": assignment.unit.as_str(),
        ":serial": assignment.serial,
        ":policy": assignment.version.policy,
        ":number": assignment.version.number,
        ":digest": assignment.version.digest,
        ":begins": assignment.from.to_string(),
        ":ends": row::day(assignment.to),
    })?;
    Ok(())
}

pub(super) fn withdraw_assignment(db: &Connection, unit: &UnitId, serial: u32) -> Result<(), StoreFault> {
    db.prepare_cached("DELETE FROM assignment WHERE unit = :unit AND serial = :serial")?
        .execute(named_params! { ":unit": unit.as_str(), ":serial": serial })?;
    Ok(())
}

fn policies(db: &Connection, parsed: &mut Parsed) -> Result<BTreeMap<String, Vec<Arc<Policy>>>, StoreFault> {
    let mut policies: BTreeMap<String, Vec<Arc<Policy>>> = BTreeMap::new();
    let mut statement =
        db.prepare_cached("SELECT id, digest, toml FROM policy ORDER BY id, number, writer")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, digest): (String, [u8; 32]) = (row.get("id")?, row.get("digest")?);
        let policy = match parsed.get(&digest) {
            Some(policy) => policy.clone(),
            None => {
                let policy = parse(&id, row.get("toml")?);
                parsed.insert(digest, policy.clone());
                policy
            }
        };
        policies.entry(id).or_default().extend(policy);
    }
    Ok(policies)
}

/// A policy of a newer program may be unreadable here: its keys are refused until the hub is upgraded.
fn parse(id: &str, toml: String) -> Option<Arc<Policy>> {
    let source = Source { file: id.to_owned(), bytes: toml.into_bytes() };
    match parse_flattened(&source, Calendar::shipped()) {
        Ok(policy) => Some(Arc::new(policy)),
        Err(faults) => {
            tracing::warn!(policy = id, faults = faults.len(), "a policy cannot be read by this program");
            None
        }
    }
}

pub(super) fn put_policy(
    db: &Connection,
    writer: &UnitId,
    policy: &PolicyV1,
    digest: [u8; 32],
) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO policy (writer, id, number, digest, toml) VALUES (:writer, :id, :number, :digest, :toml)
         ON CONFLICT (writer, id, number) DO UPDATE SET digest = excluded.digest, toml = excluded.toml",
    )?
    .execute(named_params! {
        ":writer": writer.as_str(),
        ":id": policy.policy,
        ":number": policy.number,
        ":digest": digest,
        ":toml": policy.toml,
    })?;
    Ok(())
}

pub(super) fn policy_versions(db: &Connection) -> Result<Vec<(UnitId, PolicyVersion)>, StoreFault> {
    let versions = db
        .prepare_cached("SELECT writer, id, number, digest FROM policy ORDER BY id, number, writer")?
        .query_map([], |row| {
            let version = PolicyVersion {
                policy: row.get("id")?,
                number: row.get("number")?,
                digest: row.get("digest")?,
            };
            Ok((row::unit(row, "writer")?, version))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(versions)
}

pub(super) fn policy_text(db: &Connection, version: &PolicyVersion) -> Result<Option<String>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT toml FROM policy WHERE id = :id AND number = :number AND digest = :digest")?
        .query_row(
            named_params! { ":id": version.policy, ":number": version.number, ":digest": version.digest },
            |row| row.get(0),
        )
        .optional()?)
}

pub(super) fn put_calendar(db: &Connection, year: u16, csv: &str) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO calendar (year, csv) VALUES (:year, :csv) ON CONFLICT (year) DO UPDATE SET csv = excluded.csv",
    )?
    .execute(named_params! { ":year": year, ":csv": csv })?;
    Ok(())
}

pub(super) fn calendars(db: &Connection) -> Result<Vec<(u16, String)>, StoreFault> {
    let calendars = db
        .prepare_cached("SELECT year, csv FROM calendar ORDER BY year")?
        .query_map([], |row| Ok((row.get("year")?, row.get("csv")?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(calendars)
}

pub(super) fn put_vouched(db: &Connection, vouched: &VouchedKeyV1) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO vouched_key (public, key_id, unit, role, revoked)
         VALUES (:public, :id, :unit, :role, :revoked)
         ON CONFLICT (public) DO UPDATE
            SET unit = excluded.unit, role = excluded.role, revoked = excluded.revoked",
    )?
    .execute(named_params! {
        ":public": vouched.key.as_bytes(),
        ":id": vouched.key.id().as_bytes(),
        ":unit": vouched.replica.unit.as_str(),
        ":role": vouched.replica.role.word(),
        ":revoked": vouched.revoked,
    })?;
    Ok(())
}

/// The writer whose key this is, if the parent vouches for it.
pub(super) fn vouched(db: &Connection, id: &KeyId) -> Result<Option<(Replica, PublicKey)>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT unit, role, public FROM vouched_key WHERE key_id = :id AND revoked = 0")?
        .query_row(named_params! { ":id": id.as_bytes() }, |row| {
            Ok((row::replica(row)?, row::public_key(row, "public")?))
        })
        .optional()?)
}
