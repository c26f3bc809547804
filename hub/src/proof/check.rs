//! A level proved by itself: what was signed, and that everything else follows from it.

use super::evidence::{Cover, anchor_link, batch_holds, item_of, published_holds, vouched_in};
use super::level::{HeldItem, Level, Relation, SignedBatch};
use super::misfit::{Misfit, What};
use crate::store::judging::{Taken, V1, payload};
use crate::store::onward::{Branch, Leaves, OnwardMonth, of_child, of_own, own_series, summary_key};
use crate::store::rolling::{contributed, own};
use crate::store::territory::{Series, Territory};
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::assignment::Assignments;
use zhuji_protocol::directory::Directory;
use zhuji_protocol::figures::Figures;
use zhuji_protocol::identity::{AuthorityCertificate, KeyId, PublicKey, Replica, Role, check_peer};
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, RollupRow};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::payload::{AnchorV1, SummaryV1};
use zhuji_protocol::wire::published::PublishedV1;
use zhuji_protocol::wire::subkey::{self, Scope};
use zhuji_protocol::wire::{item, kinds};

/// A level with what was found.
#[derive(Clone, Debug)]
pub struct Checked<'a> {
    /// The level.
    pub level: &'a Level,
    /// What does not fit, in the order of the records.
    pub misfits: Vec<Misfit>,
    /// What it judges by, from its published rows.
    pub territory: Territory,
    /// The months that stand and count for something, by who sent them.
    pub months: BTreeMap<Series, BTreeMap<Month, Standing<'a>>>,
    /// What they come to.
    pub rows: Contributions,
}

/// A month that stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The item's row.
    pub held: &'a HeldItem,
    /// Its batch, if the level has it.
    pub batch: Option<&'a SignedBatch>,
    /// Its revision.
    pub revision: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// Its body.
    pub body: Vec<u8>,
    /// Its figures.
    pub summary: Summary,
}

/// Proves a level.
#[must_use]
pub fn check(level: &Level) -> Checked<'_> {
    let own = level.head.hub.unit.clone();
    let mut checking = Checking { level, own: own.clone(), misfits: Vec::new() };
    let keys = checking.keys();
    let batches = checking.batches(&keys);
    let months = checking.items(&batches);
    let territory = checking.territory(&keys);
    let rows = rows_of(&territory, &months);
    let misfits = checking.misfits;
    let mut checked = Checked { level, misfits, territory, months, rows };
    let figures = checked.figures();
    let onward = checked.onward();
    let anchors = anchors(level);
    checked.misfits.extend(figures.into_iter().chain(onward).chain(anchors));
    checked
}

struct Checking<'a> {
    level: &'a Level,
    own: UnitId,
    misfits: Vec<Misfit>,
}

type Keys = BTreeMap<KeyId, (Relation, Replica, PublicKey)>;

impl<'a> Checking<'a> {
    fn found(&mut self, misfit: Misfit) {
        self.misfits.push(misfit);
    }

    /// Every key by its id, once its certificate holds.
    fn keys(&mut self) -> Keys {
        let head = &self.level.head;
        let authority = AuthorityCertificate::parse(&head.authority).ok();
        let certified = |der: &[u8], holder: &Replica, key: &PublicKey| {
            authority.as_ref().is_some_and(|authority| {
                check_peer(authority, der)
                    .is_ok_and(|found| found.replica == *holder && found.public_key == *key)
            })
        };
        let mut misfits = Vec::new();
        if head.hub.role != Role::Hub || !certified(&head.certificate, &head.hub, &head.key) {
            misfits.push(Misfit::of_level(&self.own, What::Authority));
        }
        let mut keys = Keys::new();
        for row in &self.level.keys {
            let about = |what| Misfit::of_sender(&self.own, &row.holder, what);
            let fits = match (row.relation, &row.certificate) {
                (Relation::Own, _) => row.holder == head.hub,
                (Relation::Child, Some(der)) => certified(der, &row.holder, &row.public),
                (Relation::Child, None) => true,
                (Relation::Parent, _) => head.parent.as_ref() == Some(&row.holder),
            };
            if !fits {
                misfits.push(about(What::Certificate));
            }
            let known = (row.relation, row.holder.clone(), row.public);
            if keys.insert(row.public.id(), known).is_some() {
                misfits.push(about(What::Twice));
            }
        }
        if keys.get(&head.key.id()).is_none_or(|(relation, ..)| *relation != Relation::Own) {
            misfits.push(Misfit::of_level(&self.own, What::Authority));
        }
        self.misfits.extend(misfits);
        keys
    }

    fn batches(&mut self, keys: &Keys) -> BTreeMap<u64, &'a SignedBatch> {
        let mut first_items: BTreeMap<u64, ItemKey> = BTreeMap::new();
        for held in &self.level.items {
            if let Some(item) = item_of(&held.bytes) {
                first_items.entry(held.batch).or_insert_with(|| item.key().clone());
            }
        }
        let mut batches = BTreeMap::new();
        for batch in &self.level.batches {
            let key = keys
                .get(&batch.key)
                .filter(|(relation, holder, _)| *relation == Relation::Child && *holder == batch.sender);
            let cover = Cover {
                sender: &batch.sender,
                incarnation: batch.incarnation,
                after: batch.after,
                through: batch.through,
                root: batch.root,
            };
            let proved = match key {
                Some((.., key)) => batch_holds(cover, &batch.leaves, key, &batch.signature),
                None => Err(What::BatchKey),
            };
            let mut about = |what| {
                let misfit = Misfit::of_sender(&self.own, &batch.sender, what);
                self.misfits.push(match first_items.get(&batch.number) {
                    Some(key) => misfit.about(&key.unit, month_of(key)),
                    None => misfit,
                });
            };
            if let Err(what) = proved {
                about(what);
            }
            if batches.insert(batch.number, batch).is_some() {
                about(What::Twice);
            }
        }
        batches
    }

    fn items(
        &mut self,
        batches: &BTreeMap<u64, &'a SignedBatch>,
    ) -> BTreeMap<Series, BTreeMap<Month, Standing<'a>>> {
        let mut seen: BTreeSet<(Replica, ItemKey)> = BTreeSet::new();
        let mut months: BTreeMap<Series, BTreeMap<Month, Standing<'a>>> = BTreeMap::new();
        for held in &self.level.items {
            let about = |what| Misfit::of_sender(&self.own, &held.sender, what);
            let Some(item) = item_of(&held.bytes) else {
                self.misfits.push(about(What::ItemBytes));
                continue;
            };
            let key = item.key();
            let about = |what| about(what).about(&key.unit, month_of(key));
            let batch = batches.get(&held.batch).copied();
            let signed = batch
                .filter(|batch| batch.sender == held.sender)
                .and_then(|batch| batch.leaves.get(held.nth as usize));
            if signed != Some(&item.leaf()) {
                self.misfits.push(about(What::ItemLeaf));
            }
            if !seen.insert((held.sender.clone(), key.clone())) {
                self.misfits.push(about(What::Twice));
            }
            let place = subkey::read_summary(&key.subkey).filter(|_| key.kind == kinds::item::SUMMARY);
            let place = place.and_then(|(number, scope)| Some((Month::from_number(number)?, scope)));
            let Some((month, scope)) = place.filter(|_| !held.aside) else { continue };
            let Ok((summary, _)) = SummaryV1::decode(item.body()) else {
                self.misfits.push(about(What::ItemBytes));
                continue;
            };
            let series = Series { sender: held.sender.clone(), unit: key.unit.clone(), scope };
            let (revision, leaf, body) = (item.revision(), item.leaf(), item.body().to_vec());
            let standing = Standing { held, batch, revision, leaf, body, summary };
            months.entry(series).or_default().insert(month, standing);
        }
        months
    }

    /// What the published rows say, once their writers' proofs hold.
    fn territory(&mut self, keys: &Keys) -> Territory {
        let vouched: BTreeMap<KeyId, PublicKey> = self
            .level
            .published
            .iter()
            .filter(|row| row.key.kind == kinds::item::VOUCHED_KEY)
            .filter_map(|row| vouched_in(&row.key, &row.body))
            .filter(|vouched| !vouched.revoked)
            .map(|vouched| (vouched.key.id(), vouched.key))
            .collect();
        let writer = |proof: &PublishedV1| {
            let known = keys
                .get(&proof.key)
                .filter(|(relation, holder, _)| *relation != Relation::Child && holder.unit == proof.writer);
            known.map(|(.., key)| *key).or_else(|| vouched.get(&proof.key).copied())
        };
        let (mut directory, mut assignments) = (Directory::default(), Vec::new());
        let mut seen = BTreeSet::new();
        for row in &self.level.published {
            let about = |what| Misfit::of_level(&self.own, what).about(&row.key.unit, None);
            let mut found = Vec::new();
            if !published_holds(&row.key, row.version, &row.body, writer) {
                found.push(about(What::Published));
            }
            if !seen.insert(row.key.clone()) {
                found.push(about(What::Twice));
            }
            if row.version == V1 {
                match said(row.key.clone(), &row.body) {
                    Some(Taken::Entry(entry)) => directory.put(entry),
                    Some(Taken::Assignment(assignment)) => assignments.push(assignment),
                    _ => {}
                }
            }
            found.into_iter().for_each(|misfit| self.found(misfit));
        }
        let hubs = self.level.keys.iter().filter(|key| key.relation == Relation::Child);
        Territory {
            version: 0,
            own: self.own.clone(),
            directory,
            child_hubs: hubs
                .filter(|key| key.holder.role == Role::Hub)
                .map(|key| key.holder.unit.clone())
                .collect(),
            assignments: Assignments::new(assignments),
            policies: BTreeMap::new(),
        }
    }
}

/// What a published row says.
#[must_use]
pub fn said(key: ItemKey, body: &[u8]) -> Option<Taken> {
    let proof: PublishedV1 = decode(body).ok()?;
    payload(&Item::new(key, V1, 1, body).ok()?, &proof)
}

fn rows_of(territory: &Territory, months: &BTreeMap<Series, BTreeMap<Month, Standing<'_>>>) -> Contributions {
    let mut rows = Contributions::new();
    for (series, months) in months {
        let summaries = months.iter().map(|(month, standing)| (*month, standing.summary.clone())).collect();
        for (key, row) in contributed(territory, series, &summaries) {
            rows.entry(key).or_default().add(&row);
        }
        for (month, row) in own(territory, series, &summaries) {
            rows.entry((series.unit.clone(), month)).or_default().add(&row);
        }
    }
    rows.retain(|_, row| !row.is_zero());
    rows
}

/// The month that an item's key names, if it names one.
pub(super) fn month_of(key: &item::ItemKey) -> Option<Month> {
    let (number, _) = subkey::read_summary(&key.subkey).filter(|_| key.kind == kinds::item::SUMMARY)?;
    Month::from_number(number)
}

impl Checked<'_> {
    /// The unit whose hub's level it is.
    #[must_use]
    pub fn own(&self) -> &UnitId {
        &self.level.head.hub.unit
    }

    /// The unit's rows by month.
    fn rows_of(&self, unit: &UnitId) -> BTreeMap<Month, RollupRow> {
        let from = Month::from_number(1900 * 12).into_iter().map(|first| (unit.clone(), first));
        let rows = from.flat_map(|from| self.rows.range(from..)).take_while(|((of, _), _)| of == unit);
        rows.map(|((_, month), row)| (*month, row.clone())).collect()
    }

    /// The units of which the level has everything.
    fn whole_units(&self) -> BTreeSet<UnitId> {
        let (branches, is_whole) = self.level.head.extent.branches(self.own(), &self.territory.directory);
        let below = branches.iter().flat_map(|branch| self.territory.directory.ever_under(branch));
        below.chain(is_whole.then(|| self.own().clone())).collect()
    }

    fn figures(&self) -> Vec<Misfit> {
        let about =
            |unit: &UnitId, month: Option<Month>, what| Misfit::of_level(self.own(), what).about(unit, month);
        let mut by_unit: BTreeMap<&UnitId, BTreeMap<Month, RollupRow>> = BTreeMap::new();
        for ((unit, month), row) in &self.rows {
            by_unit.entry(unit).or_default().insert(*month, row.clone());
        }
        let nothing = BTreeMap::new();
        let mut misfits = Vec::new();
        let mut said: BTreeSet<(&UnitId, Month)> = BTreeSet::new();
        for row in &self.level.figures {
            let Some(month) = Month::from_number(row.month) else {
                misfits.push(about(&row.unit, None, What::Figure));
                continue;
            };
            if !said.insert((&row.unit, month)) {
                misfits.push(about(&row.unit, Some(month), What::Twice));
            }
            let expected = shown(by_unit.get(&row.unit).unwrap_or(&nothing), month);
            if SummaryV1::encode(&expected, None).ok().as_ref() != Some(&row.body) {
                misfits.push(about(&row.unit, Some(month), What::Figure));
            }
        }
        let whole = self.whole_units();
        let unsaid = self.rows.keys().filter(|(unit, month)| {
            whole.contains(unit) && self.level.head.extent.has(*month) && !said.contains(&(unit, *month))
        });
        misfits.extend(unsaid.map(|(unit, month)| about(unit, Some(*month), What::Figure)));
        misfits
    }

    /// The rows for the hub above against those that follow from the items. Months in which a child was not a direct one
    /// any more stay as they were sent, and prove nothing.
    fn onward(&self) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let mut stand: BTreeMap<&ItemKey, &[u8]> = BTreeMap::new();
        for row in &self.level.onward {
            if stand.insert(&row.key, &row.body).is_some() {
                misfits.push(self.about_row(&row.key, What::Twice));
            }
        }
        if self.level.head.parent.is_none() {
            return misfits;
        }
        let extent = &self.level.head.extent;
        let (branches, is_whole) = extent.branches(self.own(), &self.territory.directory);
        let Some(first) = Month::from_number(1900 * 12) else { return misfits };
        for child in &branches {
            let under = self.territory.directory.ever_under(child);
            let series = self.months.iter().filter(|(series, _)| under.contains(&series.unit));
            let leaves: Leaves = series.map(|(series, months)| (series.clone(), leaves(months))).collect();
            let sent = sent(&stand, child, Scope::Subtree);
            let mut branch = Branch::new(leaves);
            let told = of_child(&self.territory, child, first, &self.rows_of(child), &mut branch, &sent);
            misfits.extend(self.same_rows(child, Scope::Subtree, &told, &stand));
        }
        if is_whole {
            let own = self.months.get(&own_series(&self.territory));
            let months = own.into_iter().flatten();
            let months = months.map(|(month, held)| (*month, (held.summary.clone(), held.leaf))).collect();
            let told = of_own(&self.territory, &months, &sent(&stand, self.own(), Scope::Own));
            misfits.extend(self.same_rows(self.own(), Scope::Own, &told, &stand));
        }
        misfits
    }

    fn same_rows(
        &self,
        unit: &UnitId,
        scope: Scope,
        told: &[OnwardMonth],
        stand: &BTreeMap<&ItemKey, &[u8]>,
    ) -> Vec<Misfit> {
        let told = told.iter().filter(|row| self.level.head.extent.has(row.month));
        told.filter_map(|row| {
            let key = summary_key(unit, row.month, scope);
            let expected = SummaryV1::encode(&row.summary, Some(row.made_of)).ok()?;
            let Some(body) = stand.get(&key) else { return Some(self.about_row(&key, What::Onward)) };
            if *body == expected {
                return None;
            }
            Some(self.about_row(
                &key,
                match SummaryV1::decode(body) {
                    Ok((summary, _)) if summary != row.summary => What::Onward,
                    Ok((_, made_of)) if made_of != Some(row.made_of) => What::MadeOf,
                    _ => What::OnwardBytes,
                },
            ))
        })
        .collect()
    }

    fn about_row(&self, key: &ItemKey, what: What) -> Misfit {
        Misfit::of_level(self.own(), what).about(&key.unit, month_of(key))
    }
}

/// What is shown of a unit and month, as it follows from its rows.
fn shown(rows: &BTreeMap<Month, RollupRow>, month: Month) -> Summary {
    let mut stocks = Figures::default();
    rows.range(..=month).for_each(|(_, row)| stocks += &row.stock_change);
    Summary { stocks, flows: rows.get(&month).map(|row| row.flows.clone()).unwrap_or_default() }
}

fn leaves(months: &BTreeMap<Month, Standing<'_>>) -> BTreeMap<Month, Digest> {
    months.iter().map(|(month, standing)| (*month, standing.leaf)).collect()
}

fn sent(stand: &BTreeMap<&ItemKey, &[u8]>, unit: &UnitId, scope: Scope) -> BTreeSet<Month> {
    let keys = stand.keys().filter(|key| key.unit == *unit);
    let of_scope = keys.filter(|key| subkey::read_summary(&key.subkey).is_some_and(|(_, of)| of == scope));
    of_scope.filter_map(|key| month_of(key)).collect()
}

/// The rows of each sender's anchors, one after another, the last one being the item that stands.
fn anchors(level: &Level) -> Vec<Misfit> {
    let own = &level.head.hub.unit;
    let mut misfits = Vec::new();
    let mut last: BTreeMap<&Replica, (Digest, AnchorV1)> = BTreeMap::new();
    for row in &level.anchors {
        let before = last.get(&row.sender).map_or(Digest::ZERO, |(link, _)| *link);
        let link = anchor_link(before, row);
        if link != row.link {
            misfits.push(Misfit::of_sender(own, &row.sender, What::Anchor).about(&row.sender.unit, None));
        }
        last.insert(&row.sender, (row.link, AnchorV1 { now: row.now, before: row.before }));
    }
    for held in &level.items {
        let Some(item) = item_of(&held.bytes) else { continue };
        let key = item.key();
        let is_its_own = key.kind == kinds::item::ANCHOR
            && key.unit == held.sender.unit
            && subkey::read_anchor(&key.subkey) == Some(held.sender.role);
        let Ok(anchor) = AnchorV1::decode(item.body()) else { continue };
        if is_its_own && last.get(&held.sender).is_none_or(|(_, kept)| kept.now != anchor.now) {
            misfits.push(Misfit::of_sender(own, &held.sender, What::Anchor).about(&key.unit, None));
        }
    }
    misfits
}
