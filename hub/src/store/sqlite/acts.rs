//! What persons and programs do besides sending figures. Each act and its entry in the trail are one transaction.

use super::replicas::{self, Side};
use super::work::Work;
use super::{SqliteStore, V1, audit, directory, hub, items, links, row};
use crate::store::arrival::{Applied, Asked, Moment};
use crate::store::judging::may_be_asked_again;
use crate::store::territory::{Series, Territory};
use crate::store::{Assigning, Author, Enrolled, Founding, Standing, StoreFault, Uplink};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use zhuji_protocol::assignment::{Assignment, PolicyVersion};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{
    Admission, AuthorityCertificate, PublicKey, Replica, ReplicaKey, Role, SecretHash,
};
use zhuji_protocol::link::effects::{Outcome, Request};
use zhuji_protocol::policy::Policy;
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::codec::encode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::payload::{AssignmentV1, CalendarV1, DirectoryEntryV1, PolicyV1};
use zhuji_protocol::wire::published::{Change, VouchedKeyV1};
use zhuji_protocol::wire::{kinds, subkey};

/// Fills a new store.
pub(super) fn found(
    db: &mut Connection,
    founding: &Founding,
    author: &Author,
    moment: Moment,
) -> Result<(), StoreFault> {
    let transaction = db.transaction()?;
    hub::found(&transaction, founding, moment.now)?;
    let mut parsed = directory::Parsed::new();
    let mut work = Work::begin(&transaction, moment, None, &mut parsed)?;
    list_own_key(&mut work, &founding.key)?;
    put_entries(&mut work, std::slice::from_ref(&founding.entry))?;
    audit::append(&transaction, author, "found", founding.unit.as_str(), "")?;
    work.finish()?;
    transaction.commit()?;
    Ok(())
}

/// A key that this hub signs with: children are told, so that what it publishes stays provable after the next key.
fn list_own_key(work: &mut Work<'_>, key: &ReplicaKey) -> Result<(), StoreFault> {
    hub::list_own_key(work.db, key, work.moment.now)?;
    let replica = Replica::hub(work.territory.own.clone());
    vouch(work, VouchedKeyV1 { replica, key: key.public(), revoked: false })
}

fn vouch(work: &mut Work<'_>, vouched: VouchedKeyV1) -> Result<(), StoreFault> {
    let key = ItemKey {
        kind: kinds::item::VOUCHED_KEY,
        unit: vouched.replica.unit.clone(),
        subkey: subkey::vouched_key(vouched.key.id()),
    };
    let body = encode(&vouched).map_err(|_| StoreFault::TooLong)?;
    work.hand_down(key, V1, &body)
}

pub(super) fn uplink(db: &Connection) -> Result<Option<Uplink>, StoreFault> {
    let found = db
        .prepare_cached(
            "SELECT unit, role, address, ca_cert, cert FROM uplink JOIN replica ON id = uplink.replica",
        )?
        .query_row([], |row| {
            Ok((
                row::replica(row)?,
                row.get::<_, String>("address")?,
                row.get::<_, Vec<u8>>("ca_cert")?,
                row.get::<_, Vec<u8>>("cert")?,
            ))
        })
        .optional()?;
    let Some((parent, address, ca_cert, certificate)) = found else { return Ok(None) };
    let keys = replicas::keys_of(db, &parent)?;
    Ok(Some(Uplink {
        parent,
        address: address.parse().map_err(|_| StoreFault::Unreadable("address"))?,
        authority: AuthorityCertificate::parse(&ca_cert).map_err(|_| StoreFault::Unreadable("authority"))?,
        certificate,
        keys: keys.into_iter().map(|key| key.public).collect(),
    }))
}

pub(super) fn set_uplink(work: &mut Work<'_>, uplink: &Uplink, author: &Author) -> Result<(), StoreFault> {
    let peer = match replicas::find(work.db, &uplink.parent)? {
        Some(peer) => peer.id,
        None => {
            let life = work.moment.life(&uplink.parent.to_string());
            replicas::add(work.db, &uplink.parent, Side::Parent, life, work.moment.now)?
        }
    };
    work.db
        .prepare_cached(
            "INSERT INTO uplink (replica, address, ca_cert, cert) VALUES (:peer, :address, :ca_cert, :cert)
             ON CONFLICT (replica) DO UPDATE
                SET address = excluded.address, ca_cert = excluded.ca_cert, cert = excluded.cert",
        )?
        .execute(named_params! {
            ":peer": peer,
            ":address": uplink.address.to_string(),
            ":ca_cert": uplink.authority.der(),
            ":cert": uplink.certificate,
        })?;
    for key in &uplink.keys {
        believe(work, peer, &uplink.parent, *key)?;
    }
    // Everything is told upward from now on, so everything is looked at.
    work.judged_otherwise();
    audit::append(work.db, author, "enrol-upward", &uplink.parent.to_string(), &uplink.address.to_string())
}

pub(super) fn trusts_parent(db: &Connection, key: &PublicKey) -> Result<bool, StoreFault> {
    let parent = replicas::parent(db)?;
    let known = replicas::key(db, key)?;
    Ok(parent.zip(known).is_some_and(|(parent, known)| parent.replica == known.replica))
}

pub(super) fn trust_parent(work: &mut Work<'_>, key: PublicKey, author: &Author) -> Result<(), StoreFault> {
    let Some(parent) = replicas::parent(work.db)? else { return Ok(()) };
    believe(work, parent.id, &parent.replica, key)?;
    work.judged_otherwise();
    audit::append(work.db, author, "trust-key", &parent.replica.to_string(), &key.id().to_string())
}

fn believe(work: &mut Work<'_>, peer: i64, parent: &Replica, key: PublicKey) -> Result<(), StoreFault> {
    replicas::list_key(work.db, peer, &key, None, work.moment.now)?;
    vouch(work, VouchedKeyV1 { replica: parent.clone(), key, revoked: false })
}

pub(super) fn renew_own_key(
    work: &mut Work<'_>,
    key: &ReplicaKey,
    certificate: &[u8],
    uplink: Option<Vec<u8>>,
    author: &Author,
) -> Result<(), StoreFault> {
    hub::write_key(work.db, key, certificate)?;
    if let Some(certificate) = uplink {
        work.db
            .prepare_cached("UPDATE uplink SET cert = :cert")?
            .execute(named_params! { ":cert": certificate })?;
    }
    list_own_key(work, key)?;
    audit::append(work.db, author, "renew-own-key", work.territory.own.as_str(), &key.id().to_string())
}

pub(super) fn begin_new_lives(db: &Connection, author: &Author, moment: Moment) -> Result<(), StoreFault> {
    let mut peers = replicas::on_side(db, Side::Child)?;
    peers.extend(replicas::parent(db)?);
    for peer in &peers {
        replicas::begin_life(db, peer, moment.life(&peer.replica.to_string()))?;
    }
    audit::append(db, author, "new-lives", hub::unit(db)?.as_str(), &peers.len().to_string())
}

pub(super) fn change_directory(
    work: &mut Work<'_>,
    entries: &[Entry],
    author: &Author,
) -> Result<(), StoreFault> {
    // A hub under another writes only the members whose nodes it lets in; all else comes from above.
    let members_only = entries.iter().all(|entry| entry.id.host().is_some());
    if replicas::parent(work.db)?.is_some() && !members_only {
        return Err(StoreFault::DirectoryFromAbove);
    }
    let mut after = work.territory.directory.clone();
    for entry in entries {
        after.put(entry.clone());
    }
    let faults = after.faults();
    if !faults.is_empty() {
        return Err(StoreFault::Directory(faults));
    }
    let changed: Vec<Entry> = entries
        .iter()
        .filter(|entry| work.territory.directory.get(&entry.id) != Some(entry))
        .cloned()
        .collect();
    put_entries(work, &changed)?;
    let subject = changed.first().map_or("", |entry| entry.id.as_str());
    audit::append(work.db, author, "change-directory", subject, &changed.len().to_string())
}

fn put_entries(work: &mut Work<'_>, entries: &[Entry]) -> Result<(), StoreFault> {
    let mut changes = Vec::with_capacity(entries.len());
    for entry in entries {
        directory::put_entry(work.db, entry)?;
        work.unit_moves(entry.id.clone());
        let key = ItemKey {
            kind: kinds::item::DIRECTORY_ENTRY,
            unit: entry.id.clone(),
            subkey: subkey::directory_entry(),
        };
        let payload = DirectoryEntryV1::encode(entry).map_err(|_| StoreFault::TooLong)?;
        changes.push(Change { key, version: V1, payload });
    }
    if changes.is_empty() { Ok(()) } else { work.publish(changes) }
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
    // Higher hubs act by inheritance: a hub assigns its own unit and those under no lower hub.
    let chain = work.territory.chain_on(&unit, from);
    let lower =
        chain.iter().any(|above| *above != work.territory.own && work.territory.child_hubs.contains(above));
    if chain.is_empty() || lower {
        return Err(StoreFault::NotOurUnit(unit));
    }
    if directory::policy_text(work.db, &version)?.is_none() {
        return Err(StoreFault::UnknownPolicy(version));
    }
    let highest = work.territory.assignments.of(&unit).map(|known| known.serial).max().unwrap_or(0);
    let assignment = Assignment { unit: unit.clone(), version, from, to, serial: highest + 1 };
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

pub(super) fn issue_token(
    work: &mut Work<'_>,
    hash: &SecretHash,
    target: &Replica,
    expires: DateTime<Utc>,
    author: &Author,
) -> Result<(), StoreFault> {
    replicas::issue_token(work.db, hash, target, author.at, expires)?;
    if target.role == Role::Node && replicas::expect(work.db, &target.unit, author.at)? {
        work.attendance_changed = true;
    }
    audit::append(work.db, author, "issue-token", &target.to_string(), "")
}

pub(super) fn enrol(work: &mut Work<'_>, enrolled: &Enrolled, author: &Author) -> Result<(), StoreFault> {
    let replica = &enrolled.replica;
    let now = work.moment.now;
    let peer = match replicas::find(work.db, replica)? {
        Some(peer) => peer.id,
        None => {
            let life = work.moment.life(&replica.to_string());
            let peer = replicas::add(work.db, replica, Side::Child, life, now)?;
            work.child_joins(replica.clone());
            if replica.role == Role::Hub {
                // From now on the figures of its subtree come from it.
                work.unit_moves(replica.unit.clone());
                work.attendance_changed = true;
            }
            peer
        }
    };
    replicas::list_key(work.db, peer, &enrolled.key, Some(&enrolled.certificate), now)?;
    if enrolled.admission == Admission::First {
        replicas::use_token(work.db, &enrolled.token, &enrolled.key.id(), now)?;
        replicas::replace_keys_before(work.db, peer, &enrolled.key)?;
        audit::append(work.db, author, "enrol", &replica.to_string(), &enrolled.key.id().to_string())?;
    }
    Ok(())
}

pub(super) fn renew(
    db: &Connection,
    replica: &Replica,
    key: &PublicKey,
    certificate: &[u8],
    author: &Author,
) -> Result<(), StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    replicas::list_key(db, peer.id, key, Some(certificate), author.at)?;
    audit::append(db, author, "renew", &replica.to_string(), &key.id().to_string())
}

pub(super) fn key_used(
    db: &Connection,
    replica: &Replica,
    key: &PublicKey,
    author: &Author,
) -> Result<Standing, StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    let keys = replicas::keys_of(db, replica)?;
    match keys.iter().find(|known| known.public == *key) {
        Some(known) if known.standing == Standing::Active => {
            if replicas::replace_keys_before(db, peer.id, key)? > 0 {
                audit::append(db, author, "key-used", &replica.to_string(), &key.id().to_string())?;
            }
            Ok(Standing::Active)
        }
        Some(known) => Ok(known.standing),
        None if keys.iter().any(|known| known.standing == Standing::Revoked) => Ok(Standing::Revoked),
        None => {
            replicas::list_key(db, peer.id, key, None, author.at)?;
            audit::append(db, author, "readmit", &replica.to_string(), &key.id().to_string())?;
            tracing::warn!(%replica, "a key that was not listed was taken in again");
            Ok(Standing::Active)
        }
    }
}

pub(super) fn revoke(db: &Connection, replica: &Replica, author: &Author) -> Result<(), StoreFault> {
    let peer = replicas::find(db, replica)?.ok_or_else(|| StoreFault::UnknownReplica(replica.clone()))?;
    replicas::revoke_keys(db, peer.id)?;
    replicas::withdraw_tokens(db, replica)?;
    audit::append(db, author, "revoke", &replica.to_string(), "")
}

/// Answers what links ask: first what changes figures and queues, then what is cut from them, in one transaction. So
/// a hop costs one commit where the link upward waits for rows.
pub(super) fn apply(store: &mut SqliteStore, group: &[Asked], moment: Moment) -> Result<Applied, StoreFault> {
    let answer = |work: &mut Work<'_>| {
        group.iter().map(|asked| work.answer(asked)).collect::<Result<Vec<_>, StoreFault>>()
    };
    let cut = |db: &Connection, mut outcomes: Vec<Option<Outcome>>| {
        for (asked, outcome) in group.iter().zip(&mut outcomes) {
            match &asked.request {
                Request::Cut(from) => {
                    *outcome = Some(links::cut_next(db, &asked.peer, *from, moment.now)?);
                }
                Request::Locate(knows) => *outcome = Some(links::locate(db, &asked.peer, knows)?),
                _ => {}
            }
        }
        Ok(outcomes)
    };
    let (outcomes, effects) = store.change_then(moment, answer, cut)?;
    Ok(Applied { outcomes, effects })
}

pub(super) fn ask_again(
    store: &mut SqliteStore,
    sender: &Replica,
    territory: &Territory,
) -> Result<Vec<ItemKey>, StoreFault> {
    let Some(peer) = replicas::find(&store.db, sender)? else { return Ok(Vec::new()) };
    let judged = items::judged_before(&store.db, peer.id, territory.version)?;
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    store.write(|db| items::mark_judged(db, peer.id, territory.version))?;
    Ok(judged
        .into_iter()
        .filter(|(key, reason)| may_be_asked_again(*reason) && may_count_now(territory, sender, key, *reason))
        .map(|(key, _)| key)
        .collect())
}

/// Where only place and month stood against a row, they are looked at before it is asked for.
fn may_count_now(territory: &Territory, sender: &Replica, key: &ItemKey, reason: Refusal) -> bool {
    let about_place = matches!(reason, Refusal::NotYours | Refusal::MonthNotYours | Refusal::UnknownUnit);
    match items::summary_place(key).filter(|_| about_place && key.kind == kinds::item::SUMMARY) {
        Some((month, scope)) => {
            let series = Series { sender: sender.clone(), unit: key.unit.clone(), scope };
            territory.takes(&series, month).is_ok()
        }
        None => true,
    }
}
