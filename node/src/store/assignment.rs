//! Which unit is under which policy: assignments from hubs, or the office's own choice until the first arrives.

use super::row::{date, day, optional_date};
use super::{Act, Change, Kind, StoreFault};
use rusqlite::{Connection, Row, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::assignment::{Assignment, Assignments, PolicyVersion};
use zhuji_protocol::unit::UnitId;

/// Every assignment that is known.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Assignments, StoreFault> {
    let assignments = db
        .prepare_cached("SELECT * FROM assignment ORDER BY unit, serial")?
        .query_map([], from_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Assignments::new(assignments))
}

/// Notes the office's own choice of a policy.
///
/// # Errors
/// When the store cannot be written.
pub fn choose(change: &Change<'_>, assignment: &Assignment) -> Result<(), StoreFault> {
    write(change, assignment, true)?;
    change.enter(Act::Init, Kind::Assignment, assignment.unit.as_str(), &fields(assignment), &BTreeMap::new())
}

/// Takes an assignment from a hub; the office's own choice ends with the first.
///
/// # Errors
/// When the store cannot be written.
pub fn receive(change: &Change<'_>, assignment: &Assignment) -> Result<(), StoreFault> {
    let chosen = change
        .prepare_cached("SELECT * FROM assignment WHERE local = 1")?
        .query_map([], from_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for own in chosen {
        change
            .prepare_cached("DELETE FROM assignment WHERE local = 1 AND unit = :unit")?
            .execute(named_params! { ":unit": own.unit.as_str() })?;
        let emptied: Vec<_> = fields(&own).into_iter().map(|(name, _)| (name, String::new())).collect();
        let old: BTreeMap<_, _> = fields(&own).into_iter().collect();
        change.enter(Act::Receive, Kind::Assignment, own.unit.as_str(), &emptied, &old)?;
    }
    write(change, assignment, false)?;
    change.enter(
        Act::Receive,
        Kind::Assignment,
        assignment.unit.as_str(),
        &fields(assignment),
        &BTreeMap::new(),
    )
}

/// The hub, restored from an older copy, does not know this assignment any more.
///
/// # Errors
/// When the store cannot be written.
pub fn withdraw(change: &Change<'_>, unit: &UnitId, serial: u32) -> Result<(), StoreFault> {
    let known = change
        .prepare_cached("SELECT * FROM assignment WHERE local = 0 AND unit = :unit AND serial = :serial")?
        .query_map(named_params! { ":unit": unit.as_str(), ":serial": serial }, from_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for assignment in known {
        change
            .prepare_cached("DELETE FROM assignment WHERE local = 0 AND unit = :unit AND serial = :serial")?
            .execute(named_params! { ":unit": unit.as_str(), ":serial": serial })?;
        let emptied: Vec<_> =
            fields(&assignment).into_iter().map(|(name, _)| (name, String::new())).collect();
        let old: BTreeMap<_, _> = fields(&assignment).into_iter().collect();
        change.enter(Act::Receive, Kind::Assignment, unit.as_str(), &emptied, &old)?;
    }
    Ok(())
}

/// Whether the office's own choice still holds: no hub has assigned anything yet.
///
/// # Errors
/// When the store cannot be read.
pub fn is_own_choice(db: &Connection) -> Result<bool, StoreFault> {
    Ok(db.query_row("SELECT EXISTS (SELECT 1 FROM assignment WHERE local = 1)", [], |row| row.get(0))?)
}

fn write(db: &Connection, assignment: &Assignment, local: bool) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO assignment (unit, serial, policy, number, digest, begins_on, ends_on, local, issuer)
         VALUES (:unit, :serial, :policy, :number, :digest, :begins_on, :ends_on, :local, :issuer)
         ON CONFLICT (unit, serial, local) DO UPDATE
            SET policy = excluded.policy, number = excluded.number, digest = excluded.digest,
                begins_on = excluded.begins_on, ends_on = excluded.ends_on,
                issuer = excluded.issuer",
    )?
    .execute(named_params! {
        ":unit": assignment.unit.as_str(),
        ":serial": assignment.serial,
        ":policy": assignment.version.policy,
        ":number": assignment.version.number,
        ":digest": assignment.version.digest,
        ":begins_on": day(Some(assignment.from)),
        ":ends_on": day(assignment.to),
        ":local": local,
        ":issuer": assignment.issuer.as_ref().map(UnitId::as_str),
    })?;
    Ok(())
}

pub(super) fn fields(assignment: &Assignment) -> Vec<(&'static str, String)> {
    vec![
        ("policy", format!("{}@{}", assignment.version.policy, assignment.version.number)),
        ("from", assignment.from.to_string()),
        ("to", super::row::field(assignment.to)),
    ]
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Assignment> {
    let unit = |text: String| {
        text.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
        })
    };
    Ok(Assignment {
        unit: unit(row.get("unit")?)?,
        version: PolicyVersion {
            policy: row.get("policy")?,
            number: row.get("number")?,
            digest: row.get("digest")?,
        },
        from: date(row, "begins_on")?,
        to: optional_date(row, "ends_on")?,
        serial: row.get("serial")?,
        issuer: row.get::<_, Option<String>>("issuer")?.map(unit).transpose()?,
    })
}
