//! Counting everything afresh from the signed items, and naming the first thing that does not fit.

use super::replicas::{self, Side};
use super::{audit, directory, hub, items, queue, row, rows, telling};
use crate::store::onward::summary_key;
use crate::store::rolling::contributed;
use crate::store::territory::{Series, Territory};
use crate::store::{Checked, Misfit, StoreFault, Verified};
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;
use zhuji_protocol::identity::{KeyId, PublicKey, Replica};
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, difference};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::batch::signed_bytes;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::{AsideV1, SummaryV1};
use zhuji_protocol::wire::published::{PublishedV1, VouchedKeyV1};
use zhuji_protocol::wire::subkey::Scope;
use zhuji_protocol::wire::tree;

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
    let counted = fits!(stored_items(db, territory, &names, &leaves, step));
    let rows = fits!(same_rows(db, counted.rows, step));
    let onward = fits!(onward(db, territory, &names, step));
    let published = fits!(published(db, step));
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
    let root = row::digest(batch, "root")?;
    let signature: [u8; 64] = batch.get("signature")?;
    let Some(public) = batch.get::<_, Option<[u8; 32]>>("public")? else { return Ok(None) };
    let signed = signed_bytes(
        sender,
        Incarnation(batch.get("incarnation")?),
        row::mark(batch, "after")?,
        row::mark(batch, "through")?,
        u32::try_from(leaves.len()).unwrap_or(u32::MAX),
        root,
    );
    let holds = tree::root(&leaves) == root && PublicKey::new(public).verifies(&signed, &signature);
    Ok(holds.then_some(leaves))
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
    let Ok(item) = items::item_of(stored.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?) else {
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

/// Every published row against its writer's proof.
fn published(db: &Connection, step: &mut dyn FnMut()) -> Found<u64> {
    let own = hub::own_keys(db)?;
    let mut count = 0;
    for key in queue::keys(db, Side::Child)? {
        let Some((version, body)) = queue::body(db, Side::Child, &key)? else { continue };
        if !is_proved(db, &own, &key, version, &body)? {
            return Ok(Err(Misfit::Published { key }));
        }
        count += 1;
        step();
    }
    Ok(Ok(count))
}

fn is_proved(
    db: &Connection,
    own: &[PublicKey],
    key: &ItemKey,
    version: u16,
    body: &[u8],
) -> Result<bool, StoreFault> {
    if key.kind == kinds::item::VOUCHED_KEY {
        let vouched: Result<VouchedKeyV1, _> = decode(body);
        return Ok(vouched
            .is_ok_and(|vouched| zhuji_protocol::wire::subkey::vouched_key(vouched.key.id()) == key.subkey));
    }
    if key.kind == kinds::item::ASIDE {
        // Proved by the batch that it travels in.
        return Ok(AsideV1::decode(body).is_ok());
    }
    let Ok(proof) = decode::<PublishedV1>(body) else { return Ok(false) };
    let writer = writer_key(db, own, &proof.key)?;
    Ok(writer.is_some_and(|writer| proof.holds(key, version, &writer)))
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
