//! What is true of units, published: directory, policies, assignments, calendars. Each act and its entry in the trail
//! are one transaction.

use super::work::Work;
use super::{V1, audit, directory, replicas};
use crate::store::{Assigning, Author, StoreFault};
use zhuji_protocol::assignment::{Assignment, PolicyVersion};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::policy::Policy;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::payload::{AssignmentV1, CalendarV1, DirectoryEntryV1, PolicyV1};
use zhuji_protocol::wire::published::Change;
use zhuji_protocol::wire::{kinds, subkey};

/// Changes of one change set: each travels with its way to the root, which grows with the set. A set of this length is
/// proved by six hashes, and signing one takes less time than writing its rows.
const ENTRIES_SIGNED_TOGETHER: usize = 64;

pub(super) fn change_directory(
    work: &mut Work<'_>,
    entries: Vec<Entry>,
    author: &Author,
) -> Result<(), StoreFault> {
    // A hub under another writes only the members whose nodes it lets in; all else comes from above.
    let members_only = entries.iter().all(|entry| entry.id.host().is_some());
    if replicas::parent(work.db)?.is_some() && !members_only {
        return Err(StoreFault::DirectoryFromAbove);
    }
    let mut changed = Vec::new();
    for entry in entries {
        if work.territory.directory.get(&entry.id) != Some(&entry) {
            changed.push(entry.id.clone());
            work.directory_after().put(entry);
        }
    }
    let faults = work.directory_after().faults();
    if !faults.is_empty() {
        return Err(StoreFault::Directory(faults));
    }
    changed.sort();
    changed.dedup();
    publish_entries(work, &changed)?;
    let subject = changed.first().map_or("", |unit| unit.as_str());
    audit::append(work.db, author, "change-directory", subject, &changed.len().to_string())
}

/// An entry that was not there before.
pub(super) fn put_entry(work: &mut Work<'_>, entry: &Entry) -> Result<(), StoreFault> {
    work.directory_after().put(entry.clone());
    publish_entries(work, std::slice::from_ref(&entry.id))
}

/// Writes entries as they are in the directory after this transaction, and publishes them.
fn publish_entries(work: &mut Work<'_>, units: &[UnitId]) -> Result<(), StoreFault> {
    for together in units.chunks(ENTRIES_SIGNED_TOGETHER) {
        let mut changes = Vec::with_capacity(together.len());
        for unit in together {
            work.unit_moves(unit.clone());
            let db = work.db;
            let Some(entry) = work.directory_after().get(unit) else { continue };
            directory::put_entry(db, entry)?;
            let key = ItemKey {
                kind: kinds::item::DIRECTORY_ENTRY,
                unit: unit.clone(),
                subkey: subkey::directory_entry(),
            };
            let payload = DirectoryEntryV1::encode(entry).map_err(|_| StoreFault::TooLong)?;
            changes.push(Change { key, version: V1, payload });
        }
        work.publish(changes)?;
    }
    Ok(())
}

pub(super) fn add_policy(
    work: &mut Work<'_>,
    policy: &Policy,
    flattened: &str,
    author: &Author,
) -> Result<PolicyVersion, StoreFault> {
    let digest = Digest::of(&[flattened.as_bytes()]).0;
    let own = work.territory.own.clone();
    let mut highest = 0;
    for (writer, version) in directory::policy_versions(work.db)? {
        if version.policy == policy.id && writer == own {
            if version.digest == digest {
                return Ok(version);
            }
            highest = highest.max(version.number);
        }
    }
    let version = PolicyVersion { policy: policy.id.clone(), number: highest + 1, digest };
    let body = PolicyV1 { policy: policy.id.clone(), number: version.number, toml: flattened.to_owned() };
    directory::put_policy(work.db, &own, &body, digest)?;
    work.judged_otherwise();
    let subkey = subkey::policy(&policy.id, version.number).ok_or(StoreFault::TooLong)?;
    let key = ItemKey { kind: kinds::item::POLICY, unit: own, subkey };
    let payload = body.encode().map_err(|_| StoreFault::TooLong)?;
    work.publish(vec![Change { key, version: V1, payload }])?;
    audit::append(work.db, author, "add-policy", &policy.id, &version.number.to_string())?;
    Ok(version)
}

pub(super) fn assign(
    work: &mut Work<'_>,
    assigning: Assigning,
    author: &Author,
) -> Result<Assignment, StoreFault> {
    let Assigning { unit, version, from, to } = assigning;
    if work.territory.directory.get(&unit).is_none() {
        return Err(StoreFault::UnknownUnit(unit));
    }
    if !work.territory.assigns_to(&unit, from) {
        return Err(StoreFault::NotOurUnit(unit));
    }
    if directory::policy_text(work.db, &version)?.is_none() {
        return Err(StoreFault::UnknownPolicy(version));
    }
    let highest = work.territory.assignments.of(&unit).map(|known| known.serial).max().unwrap_or(0);
    let assignment = Assignment { unit: unit.clone(), version, from, to, serial: highest + 1, issuer: None };
    directory::put_assignment(work.db, &assignment)?;
    work.judged_otherwise();
    let payload = AssignmentV1::encode(&assignment).map_err(|_| StoreFault::TooLong)?;
    let key = ItemKey {
        kind: kinds::item::ASSIGNMENT,
        unit: unit.clone(),
        subkey: subkey::assignment(assignment.serial),
    };
    work.publish(vec![Change { key, version: V1, payload }])?;
    let detail = format!("{}@{} {from}", assignment.version.policy, assignment.version.number);
    audit::append(work.db, author, "assign", unit.as_str(), &detail)?;
    Ok(assignment)
}

pub(super) fn put_calendar(
    work: &mut Work<'_>,
    year: u16,
    csv: &str,
    author: &Author,
) -> Result<(), StoreFault> {
    directory::put_calendar(work.db, year, csv)?;
    let unit = work.territory.own.clone();
    let key = ItemKey { kind: kinds::item::CALENDAR, unit, subkey: subkey::calendar(year) };
    let payload = CalendarV1 { csv: csv.to_owned() }.encode().map_err(|_| StoreFault::TooLong)?;
    work.publish(vec![Change { key, version: V1, payload }])?;
    audit::append(work.db, author, "calendar", &year.to_string(), "")
}
