//! One transaction in progress: what it changed is added up in memory, and written once before the commit.

use super::attending::Differences;
use super::directory::{self, Parsed};
use super::replicas::{self, Side};
use super::{hub, items, queue, rows};
use crate::store::arrival::{Effects, Moment};
use crate::store::downward::{View, to_queue};
use crate::store::onward::Branch;
use crate::store::rolling::{Change as MonthChange, Moving, contributed, moved_by};
use crate::store::territory::{Series, Territory};
use crate::store::{Author, StoreFault};
use rusqlite::Connection;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zhuji_protocol::directory::Directory;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::rollup::{Contributions, difference};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::published::{Change, publish};

/// A transaction in progress.
pub(super) struct Work<'a> {
    pub(super) db: &'a Connection,
    pub(super) moment: Moment,
    /// As it stood when the transaction began: what arrives in it is judged by that.
    pub(super) territory: Arc<Territory>,
    parsed: &'a mut Parsed,
    /// What is known of direct children's stored items, as the transaction before left them.
    pub(super) warm: Warm,
    mark: u64,
    /// Series that changed, with what they were.
    touched: BTreeMap<Series, Touched>,
    /// Who reports changed.
    pub(super) attendance_changed: bool,
    /// What was heard of who reports, by unit.
    pub(super) heard: Differences,
    /// The direct children, or the hub's own unit, under which it was heard.
    pub(super) heard_under: BTreeSet<UnitId>,
    /// The territory whose places count for who reports, as the rows have it.
    pub(super) counted_under: Arc<Territory>,
    /// Published keys that changed.
    published: BTreeSet<ItemKey>,
    /// The directory as this transaction changes it; none while it does not.
    directory_after: Option<Directory>,
    /// Units whose place changed: everything that ever was below them is counted anew.
    moved: BTreeSet<UnitId>,
    territory_changed: bool,
    /// Whether anybody was below when something was first handed down.
    has_children: Option<bool>,
    /// Children that have no queue yet.
    joined: BTreeSet<Replica>,
    /// By how many items more or fewer batches stand.
    standing: BTreeMap<i64, i64>,
    /// Whether anything of a sender's is refused, for those that were asked about.
    pub(super) refusing: BTreeMap<i64, bool>,
    pub(super) effects: Effects,
}

/// Direct children whose stored items are known, by the child.
pub(super) type Warm = BTreeMap<UnitId, Branch>;

/// More leaves than this are not kept from one transaction to the next: some 60 MiB.
const WARM_LEAVES: usize = 200_000;

/// What a series was before this transaction, as far as it changed.
#[derive(Default)]
struct Touched {
    /// Its sender's number.
    peer: i64,
    /// The months written, with what stood there before and what stands there now.
    changes: BTreeMap<Month, MonthChange>,
    /// The leaves of these months; none of one that was put aside.
    leaves: BTreeMap<Month, Option<Digest>>,
    /// The first month from which on its place changed, if it did: then all its months are looked at.
    moved_from: Option<Month>,
}

/// What a finished transaction leaves for the next.
pub(super) struct Finished {
    pub(super) effects: Effects,
    pub(super) territory: Arc<Territory>,
    pub(super) warm: Warm,
}

impl<'a> Work<'a> {
    pub(super) fn begin(
        db: &'a Connection,
        moment: Moment,
        known: Option<Arc<Territory>>,
        parsed: &'a mut Parsed,
        warm: Warm,
    ) -> Result<Self, StoreFault> {
        let (mark, version) = hub::counters(db)?;
        let territory = match known.filter(|known| known.version == version) {
            Some(known) => known,
            None => Arc::new(directory::territory(db, parsed)?),
        };
        Ok(Self {
            db,
            moment,
            territory: Arc::clone(&territory),
            parsed,
            warm,
            mark,
            touched: BTreeMap::new(),
            attendance_changed: false,
            heard: Differences::new(),
            heard_under: BTreeSet::new(),
            counted_under: territory,
            published: BTreeSet::new(),
            directory_after: None,
            moved: BTreeSet::new(),
            territory_changed: false,
            has_children: None,
            joined: BTreeSet::new(),
            standing: BTreeMap::new(),
            refusing: BTreeMap::new(),
            effects: Effects::default(),
        })
    }

    /// The act of a link, for the trail.
    pub(super) fn author_of(&self, peer: &Replica) -> Author {
        Author { who: peer.to_string(), at: self.moment.now }
    }

    /// The next mark: one counter for everything that this store sends.
    pub(super) fn next_mark(&mut self) -> u64 {
        self.mark += 1;
        self.mark
    }

    /// A month of the series was written, or put aside: what counted before, and what counts now with its leaf.
    pub(super) fn touch(
        &mut self,
        peer: i64,
        series: Series,
        month: Month,
        before: Option<Summary>,
        now: Option<(Summary, Digest)>,
    ) {
        let touched = self.touched.entry(series).or_default();
        touched.peer = peer;
        let (after, leaf) = now.map_or((None, None), |(summary, leaf)| (Some(summary), Some(leaf)));
        touched.leaves.insert(month, leaf);
        match touched.changes.entry(month) {
            Entry::Vacant(first) => {
                first.insert(MonthChange { before, after });
            }
            Entry::Occupied(mut again) => again.get_mut().after = after,
        }
    }

    /// So many more items of a batch stand.
    pub(super) fn stands_in(&mut self, batch: i64, more: i64) {
        *self.standing.entry(batch).or_default() += more;
    }

    /// The directory as it is after this transaction, to be changed.
    pub(super) fn directory_after(&mut self) -> &mut Directory {
        self.directory_after.get_or_insert_with(|| self.territory.directory.clone())
    }

    /// A unit's place, or whose figures count for it, is about to change.
    pub(super) fn unit_moves(&mut self, unit: UnitId) {
        self.moved.insert(unit);
        self.territory_changed = true;
    }

    /// Policies or assignments are about to change.
    pub(super) fn judged_otherwise(&mut self) {
        self.territory_changed = true;
    }

    /// A child was let in: its queue is filled.
    pub(super) fn child_joins(&mut self, child: Replica) {
        self.joined.insert(child);
    }

    /// Signs a change set once, and publishes each change with its proof.
    pub(super) fn publish(&mut self, changes: Vec<Change>) -> Result<(), StoreFault> {
        let key = hub::key(self.db)?;
        let rows: Vec<(ItemKey, u16)> =
            changes.iter().map(|change| (change.key.clone(), change.version)).collect();
        let proofs = publish(&self.territory.own, &key, changes).map_err(|_| StoreFault::TooLong)?;
        for ((key, version), proof) in rows.into_iter().zip(proofs) {
            let body = proof.bytes().map_err(|_| StoreFault::TooLong)?;
            self.hand_down(key, version, &body)?;
        }
        Ok(())
    }

    /// Keeps a body that goes down, ours or relayed. One that stands there already is told to nobody again.
    pub(super) fn hand_down(&mut self, key: ItemKey, version: u16, body: &[u8]) -> Result<(), StoreFault> {
        let stands = queue::body(self.db, Side::Child, &key)?;
        if stands.is_some_and(|(stood, before)| stood == version && before == body) {
            return Ok(());
        }
        queue::put_body(self.db, Side::Child, &key, version, body)?;
        // A child that joins is told everything.
        if self.has_children()? {
            self.published.insert(key);
        }
        Ok(())
    }

    fn has_children(&mut self) -> Result<bool, StoreFault> {
        if self.has_children.is_none() {
            self.has_children = Some(!replicas::on_side(self.db, Side::Child)?.is_empty());
        }
        Ok(self.has_children == Some(true))
    }

    /// Writes what everything comes to: roll-ups, onward rows, queues, counters.
    pub(super) fn finish(mut self) -> Result<Finished, StoreFault> {
        let before = Arc::clone(&self.territory);
        for (batch, more) in std::mem::take(&mut self.standing) {
            items::count_standing(self.db, batch, more)?;
        }
        let names = match self.moves_figures() {
            true => replicas::names(self.db)?,
            false => BTreeMap::new(),
        };
        let mut version = before.version;
        if self.territory_changed {
            version += 1;
            hub::write_counters(self.db, self.mark, version, self.moment.now)?;
            let directory = self.directory_after.take().unwrap_or_else(|| before.directory.clone());
            let after = directory::territory_of(self.db, directory, self.parsed)?;
            self.touch_moved(&after, &names)?;
            self.territory = Arc::new(after);
            self.effects.territory_changed = true;
            self.warm.clear();
            // Policies and assignments move nobody.
            self.attendance_changed |= !self.moved.is_empty();
        }
        let affected = self.roll_up(&before)?;
        self.tell_onward(affected, &names)?;
        if self.territory_changed || !self.published.is_empty() || !self.joined.is_empty() {
            self.queue_down()?;
        }
        hub::write_counters(self.db, self.mark, version, self.moment.now)?;
        if self.warm.values().map(Branch::len).sum::<usize>() > WARM_LEAVES {
            self.warm.clear();
        }
        Ok(Finished { effects: self.effects, territory: self.territory, warm: self.warm })
    }

    /// Whether anything that is added up, or whose place is, may have changed.
    fn moves_figures(&self) -> bool {
        self.territory_changed
            || self.attendance_changed
            || !self.touched.is_empty()
            || !self.heard.is_empty()
    }

    /// Everything stored of the units whose place changed, as it was counted before.
    fn touch_moved(&mut self, after: &Territory, names: &BTreeMap<i64, Replica>) -> Result<(), StoreFault> {
        let stored = items::units_with_months(self.db)?;
        let mut units = self.territory.directory.ever_under_any(&self.moved);
        units.extend(after.directory.ever_under_any(&self.moved));
        for unit in stored.intersection(&units) {
            for (series, months) in items::leaves_of_unit(self.db, unit, names)? {
                let sender = names.iter().find(|(_, replica)| **replica == series.sender).map(|(id, _)| *id);
                let Some(peer) = sender else { continue };
                let touched = self.touched.entry(series).or_default();
                touched.peer = peer;
                touched.moved_from = months.keys().next().copied().or(touched.moved_from);
            }
        }
        Ok(())
    }

    /// Moves the rows by what the touched series add now, less what they added before. Gives each direct child whose
    /// onward rows may differ with the first month of which they may; `None` stands for the hub's own unit.
    fn roll_up(&mut self, before: &Arc<Territory>) -> Result<BTreeMap<Option<UnitId>, Month>, StoreFault> {
        let mut difference_of_all = Contributions::new();
        let mut moving = Moving::default();
        let mut affected: BTreeMap<Option<UnitId>, Month> = BTreeMap::new();
        let one_territory = Arc::ptr_eq(before, &self.territory);
        for (series, touched) in std::mem::take(&mut self.touched) {
            let Some(first) = touched.first() else { continue };
            self.warm_up(&series, &touched);
            if touched.moved_from.is_none() && one_territory {
                let standing = items::months_standing(self.db, touched.peer, &series)?;
                let mut stocks_of = |month| items::stocks_of(self.db, touched.peer, &series, month);
                moved_by(&mut moving, before, &series, &touched.changes, &standing, &mut stocks_of)?;
            } else {
                let months = summaries(items::months(self.db, touched.peer, &series)?);
                let added_before = contributed(before, &series, &touched.before(&months));
                for (key, row) in difference(added_before, contributed(&self.territory, &series, &months)) {
                    difference_of_all.entry(key).or_default().add(&row);
                }
            }
            let territories: &[&Territory] =
                if one_territory { &[before] } else { &[before, &self.territory] };
            for (branch, first) in branches(&series, first, territories) {
                let known = affected.entry(branch).or_insert(first);
                *known = (*known).min(first);
            }
        }
        for (key, row) in moving.finish() {
            difference_of_all.entry(key).or_default().add(&row);
        }
        difference_of_all.retain(|_, row| !row.is_zero());
        rows::move_by(self.db, &difference_of_all)?;
        Ok(affected)
    }

    /// What is warm follows what was written.
    fn warm_up(&mut self, series: &Series, touched: &Touched) {
        if self.warm.is_empty() {
            return;
        }
        for above in self.territory.directory.ever_above(&series.unit) {
            if let Some(branch) = self.warm.get_mut(&above) {
                for (month, leaf) in &touched.leaves {
                    branch.put(series, *month, *leaf);
                }
            }
        }
    }

    /// Queues to every child what changed and what it was never told.
    fn queue_down(&mut self) -> Result<(), StoreFault> {
        let children = replicas::on_side(self.db, Side::Child)?;
        if children.is_empty() {
            return Ok(());
        }
        let published = queue::keys(self.db, Side::Child)?;
        let only_joined = !self.territory_changed && self.published.is_empty();
        for child in children {
            if only_joined && !self.joined.contains(&child.replica) {
                continue;
            }
            let view = View::of(&self.territory, &child.replica);
            let queued = queue::queued(self.db, child.id)?;
            let keys = to_queue(&view, &published, &self.published, &queued);
            for key in &keys {
                let mark = self.next_mark();
                queue::enqueue(self.db, child.id, key, mark)?;
            }
            if !keys.is_empty() {
                self.effects.to_wake.insert(child.replica);
            }
        }
        Ok(())
    }

    /// Whether directory, policies or assignments changed, so that every onward row may differ.
    pub(super) fn everything_may_differ(&self) -> bool {
        self.territory_changed
    }
}

impl Touched {
    /// The first month that may count for something else now.
    fn first(&self) -> Option<Month> {
        self.changes.keys().next().copied().into_iter().chain(self.moved_from).min()
    }

    /// The months as they stood, given those that stand now.
    fn before(&self, now: &BTreeMap<Month, Summary>) -> BTreeMap<Month, Summary> {
        let mut months = now.clone();
        for (month, change) in &self.changes {
            match &change.before {
                Some(summary) => months.insert(*month, summary.clone()),
                None => months.remove(month),
            };
        }
        months
    }
}

fn summaries(months: BTreeMap<Month, (Summary, Digest)>) -> BTreeMap<Month, Summary> {
    months.into_iter().map(|(month, (summary, _))| (month, summary)).collect()
}

/// The direct children under which a series counts from a month on, in either territory.
fn branches(series: &Series, first: Month, territories: &[&Territory]) -> BTreeMap<Option<UnitId>, Month> {
    let mut found = BTreeMap::new();
    for territory in territories {
        let turns = territory.turns(&series.unit);
        for month in [first].into_iter().chain(turns.range(first..).copied()) {
            let chain = territory.counts_for(series, month);
            if chain.is_empty() {
                continue;
            }
            let earliest = found.entry(Territory::branch(&chain).cloned()).or_insert(month);
            *earliest = (*earliest).min(month);
        }
    }
    found
}
