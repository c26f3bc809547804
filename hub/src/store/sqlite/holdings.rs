//! What this level holds, taken as a value: for proving a figure, and for handing to another office.

use super::replicas::{self, Peer};
use super::{anchors, hub, items, row, rows, upward};
use crate::proof::level::{
    Extent, FigureRow, Head, HeldItem, HeldKey, Level, OnwardRow, PublishedRow, Relation, SignedBatch,
};
use crate::store::territory::Territory;
use crate::store::{Standing, StoreFault};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, named_params};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::figures::Figures;
use zhuji_protocol::identity::{KeyId, Replica, Role};
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::SummaryV1;
use zhuji_protocol::wire::signature::Signature;
use zhuji_protocol::wire::subkey;

/// Takes it.
pub(super) fn of(
    db: &Connection,
    territory: &Territory,
    extent: &Extent,
    now: DateTime<Utc>,
) -> Result<Level, StoreFault> {
    if let Some(unit) = extent.unit.as_ref().filter(|unit| territory.directory.get(unit).is_none()) {
        return Err(StoreFault::UnknownUnit(unit.clone()));
    }
    let taking = Taking::new(db, territory, extent);
    let names = replicas::names(db)?;
    let parent = replicas::parent(db)?;
    let items = taking.items(&names)?;
    let batches: BTreeSet<u64> = items.iter().map(|item| item.batch).collect();
    let identity = hub::identity(db)?;
    Ok(Level {
        head: Head {
            hub: identity.replica,
            parent: parent.as_ref().map(|parent| parent.replica.clone()),
            life: parent.as_ref().map(|parent| parent.incarnation),
            extent: extent.clone(),
            taken_ms: now.timestamp_millis(),
            authority: identity.authority.certificate().der().to_vec(),
            certificate: identity.certificate,
            key: identity.key.public(),
        },
        keys: taking.keys()?,
        published: taking.published()?,
        batches: taking.batches(&names, &batches)?,
        items,
        figures: taking.figures()?,
        onward: match parent {
            Some(parent) => taking.onward(&parent)?,
            None => Vec::new(),
        },
        anchors: taking.anchors()?,
    })
}

struct Taking<'a> {
    db: &'a Connection,
    territory: &'a Territory,
    extent: &'a Extent,
    /// The direct children whose subtrees are taken.
    branches: BTreeSet<UnitId>,
    /// Every unit whose items are taken; if everything is, items of units that stand nowhere here are too.
    units: BTreeSet<UnitId>,
    /// Every unit whose entry is needed to place them.
    placed: BTreeSet<UnitId>,
    is_whole: bool,
}

impl<'a> Taking<'a> {
    fn new(db: &'a Connection, territory: &'a Territory, extent: &'a Extent) -> Self {
        let (branches, is_whole) = extent.branches(&territory.own, &territory.directory);
        let below = branches.iter().flat_map(|branch| territory.directory.ever_under(branch));
        let units: BTreeSet<UnitId> = below.chain(is_whole.then(|| territory.own.clone())).collect();
        let placed = units.iter().chain([&territory.own]);
        let placed =
            placed.flat_map(|unit| territory.directory.ever_above(unit)).chain(units.clone()).collect();
        Self { db, territory, extent, branches, units, placed, is_whole }
    }

    fn keys(&self) -> Result<Vec<HeldKey>, StoreFault> {
        let own = Replica::hub(self.territory.own.clone());
        let mut signing = hub::own_keys(self.db)?;
        let upward = upward::present(self.db)?.public();
        if !signing.contains(&upward) {
            signing.push(upward);
        }
        let mut keys: Vec<HeldKey> = signing
            .into_iter()
            .map(|public| HeldKey {
                relation: Relation::Own,
                holder: own.clone(),
                public,
                standing: Standing::Active.word().to_owned(),
                certificate: None,
            })
            .collect();
        let mut statement = self.db.prepare(
            "SELECT unit, role, side, public, replica_key.standing AS standing, cert FROM replica_key JOIN replica ON replica.id = replica_key.replica
              ORDER BY unit, role, since, public",
        )?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let side: String = row.get("side")?;
            let relation = if side == "parent" { Relation::Parent } else { Relation::Child };
            let holder = row::replica(row)?;
            // Hubs decide whose figures count where, even where nothing of theirs is taken.
            let is_needed = self.is_whole
                || relation == Relation::Parent
                || holder.role == Role::Hub
                || self.units.contains(&holder.unit);
            if is_needed {
                keys.push(HeldKey {
                    relation,
                    holder,
                    public: row::public_key(row, "public")?,
                    standing: row.get("standing")?,
                    certificate: row.get("cert")?,
                });
            }
        }
        Ok(keys)
    }

    fn published(&self) -> Result<Vec<PublishedRow>, StoreFault> {
        let mut statement = self.db.prepare(
            "SELECT kind, unit, subkey, version, body FROM published WHERE kind IN (:entry, :assignment, :key)
              ORDER BY kind, unit, subkey",
        )?;
        let mut found = statement.query(named_params! {
            ":entry": kinds::item::DIRECTORY_ENTRY,
            ":assignment": kinds::item::ASSIGNMENT,
            ":key": kinds::item::VOUCHED_KEY,
        })?;
        let mut published = Vec::new();
        while let Some(row) = found.next()? {
            let key = row::item_key(row)?;
            if self.is_whole || key.kind != kinds::item::DIRECTORY_ENTRY || self.placed.contains(&key.unit) {
                published.push(PublishedRow { key, version: row.get("version")?, body: row.get("body")? });
            }
        }
        Ok(published)
    }

    /// Every item of the units taken.
    fn items(&self, names: &BTreeMap<i64, Replica>) -> Result<Vec<HeldItem>, StoreFault> {
        let mut statement = self.db.prepare(
            "SELECT item.replica AS replica, kind, item.unit AS unit, subkey, ordinal, batch, nth, aside, bytes
               FROM item JOIN replica ON replica.id = item.replica
              WHERE side = 'child' ORDER BY item.replica, kind, item.unit, subkey",
        )?;
        let mut found = statement.query([])?;
        let mut taken: Vec<HeldItem> = Vec::new();
        while let Some(row) = found.next()? {
            let key = row::item_key(row)?;
            let Some(sender) = names.get(&row.get("replica")?) else {
                return Err(StoreFault::Unreadable("item"));
            };
            if !self.is_whole && !self.units.contains(&key.unit) {
                continue;
            }
            let held = HeldItem {
                sender: sender.clone(),
                ordinal: row.get("ordinal")?,
                batch: row::mark(row, "batch")?,
                nth: row.get("nth")?,
                aside: row.get("aside")?,
                bytes: row.get("bytes")?,
            };
            let month = items::summary_place(&key).filter(|_| key.kind == kinds::item::SUMMARY);
            if month.is_none_or(|(month, _)| self.extent.has(month)) {
                taken.push(held);
            }
        }
        Ok(taken)
    }

    fn batches(
        &self,
        names: &BTreeMap<i64, Replica>,
        wanted: &BTreeSet<u64>,
    ) -> Result<Vec<SignedBatch>, StoreFault> {
        let mut statement = self.db.prepare(
            "SELECT id, replica, incarnation, after, through, key_id, root, signature, leaves FROM batch
              WHERE id = :id",
        )?;
        let mut batches = Vec::with_capacity(wanted.len());
        for number in wanted {
            let mut found = statement.query(named_params! { ":id": number.cast_signed() })?;
            let Some(row) = found.next()? else { continue };
            let Some(sender) = names.get(&row.get("replica")?) else {
                return Err(StoreFault::Unreadable("batch"));
            };
            let leaves: Vec<u8> = row.get("leaves")?;
            batches.push(SignedBatch {
                number: *number,
                sender: sender.clone(),
                incarnation: Incarnation(row.get("incarnation")?),
                after: row::mark(row, "after")?,
                through: row::mark(row, "through")?,
                key: KeyId::new(row.get("key_id")?),
                root: row::digest(row, "root")?,
                signature: Signature(row.get("signature")?),
                leaves: leaves.as_chunks::<32>().0.iter().map(|leaf| Digest(*leaf)).collect(),
            });
        }
        Ok(batches)
    }

    /// What is shown of every unit taken, month by month.
    fn figures(&self) -> Result<Vec<FigureRow>, StoreFault> {
        let mut figures = Vec::new();
        for unit in &self.units {
            let mut stocks = Figures::default();
            for (month, row) in rows::of_unit(self.db, self.territory, unit)? {
                stocks += &row.stock_change;
                if self.extent.has(month) {
                    let summary = Summary { stocks: stocks.clone(), flows: row.flows };
                    figures.push(figure(unit, month, &summary));
                }
            }
        }
        Ok(figures)
    }

    fn onward(&self, parent: &Peer) -> Result<Vec<OnwardRow>, StoreFault> {
        let mut statement = self.db.prepare(
            "SELECT kind, unit, subkey, mark, body FROM onward JOIN outgoing USING (kind, unit, subkey)
              WHERE replica = :parent AND kind = :kind ORDER BY unit, subkey",
        )?;
        let mut found =
            statement.query(named_params! { ":parent": parent.id, ":kind": kinds::item::SUMMARY })?;
        let mut onward = Vec::new();
        while let Some(row) = found.next()? {
            let key: ItemKey = row::item_key(row)?;
            let month = subkey::read_summary(&key.subkey).and_then(|(number, _)| Month::from_number(number));
            let is_taken = month.is_some_and(|month| self.extent.has(month))
                && (self.branches.contains(&key.unit) || (self.is_whole && key.unit == self.territory.own));
            if is_taken {
                onward.push(OnwardRow { key, mark: row::mark(row, "mark")?, body: row.get("body")? });
            }
        }
        Ok(onward)
    }

    fn anchors(&self) -> Result<Vec<crate::proof::level::AnchorRow>, StoreFault> {
        let mut rows = anchors::of(self.db, None)?;
        rows.retain(|row| self.is_whole || self.units.contains(&row.sender.unit));
        Ok(rows)
    }
}

fn figure(unit: &UnitId, month: Month, summary: &Summary) -> FigureRow {
    // A figure below zero cannot be written, and cannot come from items either: it stands as nothing, and is named.
    let body = SummaryV1::encode(summary, None).unwrap_or_default();
    FigureRow { unit: unit.clone(), month: month.number(), body }
}
