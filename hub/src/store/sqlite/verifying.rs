//! Counting everything afresh from the signed items, and naming the first thing that does not fit.

use super::replicas::{self, Side};
use super::{V1, anchors, audit, directory, hub, items, queue, row, rows, telling};
use crate::proof::check::said;
use crate::proof::evidence::{Cover, anchor_link, batch_holds, item_of, published_holds};
use crate::store::judging::Taken;
use crate::store::onward::{reporting_key, summary_key};
use crate::store::rolling::contributed;
use crate::store::territory::{Series, Territory};
use crate::store::{Checked, Misfit, StoreFault, Verified};
use rusqlite::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{KeyId, PublicKey, Replica};
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, difference};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::{AsideV1, SummaryV1};
use zhuji_protocol::wire::published::PublishedV1;
use zhuji_protocol::wire::signature::Signature;
use zhuji_protocol::wire::subkey::{self, Scope};

/// What was found: a count, or the first misfit.
type Found<T> = Result<Result<T, Misfit>, StoreFault>;

/// Unwraps a part, or ends with its misfit.
macro_rules! fits {
    ($found:expr) => {
        match $found? {
            Ok(part) => part,
            Err(misfit) => return Ok(Verified::Broken(misfit)),
        }
    };
}

pub(super) fn verify(
    db: &Connection,
    territory: &Territory,
    step: &mut dyn FnMut(),
) -> Result<Verified, StoreFault> {
    let names = replicas::names(db)?;
    let leaves = fits!(batches(db, &names, step));
    let published = fits!(published(db, territory, step));
    let counted = fits!(stored_items(db, territory, &names, &leaves, step));
    let rows = fits!(same_rows(db, counted.rows, step));
    let onward = fits!(onward(db, territory, &names, step)) + fits!(attendance(db, territory, &names, step));
    fits!(chains(db, step));
    let entries = fits!(audit::verify(db, step));
    let batches = leaves.len() as u64;
    Ok(Verified::Whole(Checked { batches, items: counted.items, rows, onward, published, entries }))
}

/// Each batch's leaves, once its root and its sender's signature hold.
fn batches(
    db: &Connection,
    names: &BTreeMap<i64, Replica>,
    step: &mut dyn FnMut(),
) -> Found<BTreeMap<i64, Vec<Digest>>> {
    let mut statement = db.prepare(
        "SELECT id, batch.replica, incarnation, after, through, batch.key_id, root, signature, leaves, public
           FROM batch LEFT JOIN replica_key
             ON replica_key.key_id = batch.key_id AND replica_key.replica = batch.replica
          ORDER BY id",
    )?;
    let mut found = statement.query([])?;
    let mut proved = BTreeMap::new();
    while let Some(batch) = found.next()? {
        let Some(sender) = names.get(&batch.get("replica")?) else {
            return Err(StoreFault::Unreadable("batch"));
        };
        match proved_leaves(batch, sender)? {
            Some(leaves) => proved.insert(batch.get("id")?, leaves),
            None => {
                let through = row::mark(batch, "through")?;
                return Ok(Err(Misfit::Batch { sender: sender.clone(), through }));
            }
        };
        step();
    }
    Ok(Ok(proved))
}

fn proved_leaves(batch: &Row<'_>, sender: &Replica) -> Result<Option<Vec<Digest>>, StoreFault> {
    let bytes: Vec<u8> = batch.get("leaves")?;
    let (chunks, _) = bytes.as_chunks::<32>();
    let leaves: Vec<Digest> = chunks.iter().map(|leaf| Digest(*leaf)).collect();
    let Some(public) = batch.get::<_, Option<[u8; 32]>>("public")? else { return Ok(None) };
    let cover = Cover {
        sender,
        incarnation: Incarnation(batch.get("incarnation")?),
        after: row::mark(batch, "after")?,
        through: row::mark(batch, "through")?,
        root: row::digest(batch, "root")?,
    };
    let signature = Signature(batch.get("signature")?);
    Ok(batch_holds(cover, &leaves, &PublicKey::new(public), &signature).is_ok().then_some(leaves))
}

struct Counted {
    items: u64,
    rows: Contributions,
}

/// Every item against its batch and its own columns; gives what all of them come to.
fn stored_items(
    db: &Connection,
    territory: &Territory,
    names: &BTreeMap<i64, Replica>,
    leaves: &BTreeMap<i64, Vec<Digest>>,
    step: &mut dyn FnMut(),
) -> Found<Counted> {
    let mut statement = db.prepare(
        "SELECT replica, kind, unit, subkey, revision, batch, nth, leaf, bytes, aside
           FROM item ORDER BY replica, kind, unit, subkey",
    )?;
    let mut found = statement.query([])?;
    let mut series: BTreeMap<Series, BTreeMap<Month, zhuji_protocol::summary::Summary>> = BTreeMap::new();
    let mut count = 0;
    while let Some(stored) = found.next()? {
        let Some(sender) = names.get(&stored.get("replica")?) else {
            return Err(StoreFault::Unreadable("item"));
        };
        let key = row::item_key(stored)?;
        let Some(item) = proved_item(stored, &key, leaves)? else {
            return Ok(Err(Misfit::Item { sender: sender.clone(), key }));
        };
        if key.kind == kinds::item::SUMMARY
            && !stored.get::<_, bool>("aside")?
            && let Some((month, scope)) = items::summary_place(&key)
        {
            let Ok((summary, _)) = SummaryV1::decode(item.body()) else {
                return Ok(Err(Misfit::Item { sender: sender.clone(), key }));
            };
            let of = Series { sender: sender.clone(), unit: key.unit, scope };
            series.entry(of).or_default().insert(month, summary);
        }
        count += 1;
        step();
    }
    let mut rows = Contributions::new();
    for (of, months) in &series {
        for (key, row) in contributed(territory, of, months) {
            rows.entry(key).or_default().add(&row);
        }
    }
    rows.retain(|_, row| !row.is_zero());
    Ok(Ok(Counted { items: count, rows }))
}

fn proved_item(
    stored: &Row<'_>,
    key: &ItemKey,
    leaves: &BTreeMap<i64, Vec<Digest>>,
) -> Result<Option<Item>, StoreFault> {
    let Some(item) = item_of(stored.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?) else {
        return Ok(None);
    };
    let signed = leaves
        .get(&stored.get("batch")?)
        .and_then(|batch| stored.get::<_, u32>("nth").ok().and_then(|nth| batch.get(nth as usize)));
    let leaf = item.leaf();
    let fits = item.key() == key
        && item.revision() == row::mark(stored, "revision")?
        && row::digest(stored, "leaf")? == leaf
        && signed == Some(&leaf);
    Ok(fits.then_some(item))
}

/// The rows that stand against those that the items come to.
fn same_rows(db: &Connection, counted: Contributions, step: &mut dyn FnMut()) -> Found<u64> {
    let stand = match rows::all(db)? {
        Ok(stand) => stand,
        Err((unit, month)) => return Ok(Err(Misfit::Row { unit, month })),
    };
    let count = stand.len() as u64;
    stand.keys().for_each(|_| step());
    Ok(match difference(stand, counted).into_iter().next() {
        Some(((unit, month), _)) => Err(Misfit::Row { unit, month }),
        None => Ok(count),
    })
}

/// The rows for the hub above against those that follow from what is stored. Months in which a child was not a
/// direct one any more stay as they were sent, and prove nothing.
fn onward(
    db: &Connection,
    territory: &Territory,
    names: &BTreeMap<i64, Replica>,
    step: &mut dyn FnMut(),
) -> Found<u64> {
    if replicas::parent(db)?.is_none() {
        return Ok(Ok(0));
    }
    let Some(beginning) = Month::from_number(1900 * 12) else { return Ok(Ok(0)) };
    let children: Vec<UnitId> = territory.directory.ever_below(&territory.own).cloned().collect();
    let mut count = 0;
    let branches = children.into_iter().map(Some).chain([None]);
    for branch in branches {
        let rows = match &branch {
            Some(child) => telling::onward_of_child(db, territory, child, beginning, names)?,
            None => telling::onward_of_own(db, territory)?,
        };
        let (unit, scope) = match branch {
            Some(child) => (child, Scope::Subtree),
            None => (territory.own.clone(), Scope::Own),
        };
        for row in rows {
            let key = summary_key(&unit, row.month, scope);
            let Ok(expected) = SummaryV1::encode(&row.summary, Some(row.made_of)) else { continue };
            let stands = queue::body(db, Side::Parent, &key)?;
            if stands.is_none_or(|(_, body)| body != expected) {
                return Ok(Err(Misfit::Onward { key }));
            }
            count += 1;
            step();
        }
    }
    Ok(Ok(count))
}

/// Who reports, as the hub above was told, against what follows from the items and from the day on which it was told.
/// A child that is no direct one on that day stays as it was told, and proves nothing.
fn attendance(
    db: &Connection,
    territory: &Territory,
    names: &BTreeMap<i64, Replica>,
    step: &mut dyn FnMut(),
) -> Found<u64> {
    let (Some(_), Some(day)) = (replicas::parent(db)?, hub::attended_on(db)?) else { return Ok(Ok(0)) };
    let mut count = 0;
    for (unit, scope, expected) in telling::attendance(db, territory, day, names, None)? {
        let key = reporting_key(&unit, scope);
        if queue::body(db, Side::Parent, &key)?.is_none_or(|(_, body)| body != expected) {
            return Ok(Err(Misfit::Onward { key }));
        }
        count += 1;
        step();
    }
    Ok(Ok(count))
}

/// The ends of the children's audit chains, each against the one before.
fn chains(db: &Connection, step: &mut dyn FnMut()) -> Found<()> {
    let mut last: BTreeMap<Replica, Digest> = BTreeMap::new();
    for row in anchors::of(db, None)? {
        let before = last.get(&row.sender).copied().unwrap_or(Digest::ZERO);
        if anchor_link(before, &row) != row.link {
            return Ok(Err(Misfit::Anchor { sender: row.sender, entries: row.now.entries }));
        }
        last.insert(row.sender, row.link);
        step();
    }
    Ok(Ok(()))
}

/// Every published row against its writer's proof, and what is judged by against what is published.
fn published(db: &Connection, territory: &Territory, step: &mut dyn FnMut()) -> Found<u64> {
    let own = hub::own_keys(db)?;
    let mut count = 0;
    let (mut entries, mut assignments) = (BTreeSet::new(), BTreeSet::new());
    for key in queue::keys(db, Side::Child)? {
        let Some((version, body)) = queue::body(db, Side::Child, &key)? else { continue };
        if !is_proved(db, &own, &key, version, &body)? {
            return Ok(Err(Misfit::Published { key }));
        }
        let said = (version == V1).then(|| said(key.clone(), &body)).flatten();
        let is_judged_by = match &said {
            Some(Taken::Entry(entry)) => {
                entries.insert(entry.id.clone());
                territory.directory.get(&entry.id).is_some_and(|kept| kept == entry)
            }
            Some(Taken::Assignment(assignment)) => {
                assignments.insert((assignment.unit.clone(), assignment.serial));
                territory.assignments.of(&assignment.unit).any(|kept| *kept == *assignment)
            }
            _ => true,
        };
        if !is_judged_by {
            return Ok(Err(Misfit::Published { key }));
        }
        count += 1;
        step();
    }
    // Nothing is judged by that was not published.
    let entry = territory.directory.entries().map(|entry| &entry.id).find(|unit| !entries.contains(unit));
    let assigned = territory
        .assignments
        .all()
        .find(|assignment| !assignments.contains(&(assignment.unit.clone(), assignment.serial)))
        .map(|assignment| &assignment.unit);
    Ok(match entry.or(assigned) {
        Some(unit) => Err(Misfit::Published { key: entry_key(unit.clone()) }),
        None => Ok(count),
    })
}

fn entry_key(unit: UnitId) -> ItemKey {
    ItemKey { kind: kinds::item::DIRECTORY_ENTRY, unit, subkey: subkey::directory_entry() }
}

fn is_proved(
    db: &Connection,
    own: &[PublicKey],
    key: &ItemKey,
    version: u16,
    body: &[u8],
) -> Result<bool, StoreFault> {
    if key.kind == kinds::item::ASIDE {
        // Proved by the batch that it travels in.
        return Ok(AsideV1::decode(body).is_ok());
    }
    let writer = match decode::<PublishedV1>(body) {
        Ok(proof) => writer_key(db, own, &proof.key)?,
        Err(_) => None,
    };
    Ok(published_holds(key, version, body, |_| writer))
}

fn writer_key(db: &Connection, own: &[PublicKey], id: &KeyId) -> Result<Option<PublicKey>, StoreFault> {
    if let Some(key) = own.iter().find(|key| key.id() == *id) {
        return Ok(Some(*key));
    }
    if let Some(known) = replicas::key_with_id(db, id)? {
        return Ok(Some(known.public));
    }
    Ok(directory::vouched(db, id)?.map(|(_, key)| key))
}
