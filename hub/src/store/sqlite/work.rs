//! One transaction in progress: what it changed is added up in memory, and written once before the commit.

use super::directory::{self, Parsed};
use super::replicas::{self, Side};
use super::{hub, items, queue, rows};
use crate::store::arrival::{Effects, Moment};
use crate::store::downward::{View, to_queue};
use crate::store::rolling::contributed;
use crate::store::territory::{Series, Territory};
use crate::store::{Author, StoreFault};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
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
    mark: u64,
    /// Series that changed, with what they were.
    touched: BTreeMap<Series, Touched>,
    /// Who reports changed.
    pub(super) attendance_changed: bool,
    /// Published keys that changed.
    published: BTreeSet<ItemKey>,
    /// Units whose place changed: everything that ever was below them is counted anew.
    moved: BTreeSet<UnitId>,
    territory_changed: bool,
    /// Children that have no queue yet.
    joined: BTreeSet<Replica>,
    pub(super) effects: Effects,
}

/// What a series was before this transaction, as far as it changed.
#[derive(Default)]
struct Touched {
    /// The months written, with what stood there before.
    old: BTreeMap<Month, Option<Summary>>,
    /// The first month from which on its place changed, if it did: then all its months are looked at.
    moved_from: Option<Month>,
}

/// What a finished transaction leaves for the next.
pub(super) struct Finished {
    pub(super) effects: Effects,
    pub(super) territory: Arc<Territory>,
}

impl<'a> Work<'a> {
    pub(super) fn begin(
        db: &'a Connection,
        moment: Moment,
        known: Option<Arc<Territory>>,
        parsed: &'a mut Parsed,
    ) -> Result<Self, StoreFault> {
        let (mark, version) = hub::counters(db)?;
        let territory = match known.filter(|known| known.version == version) {
            Some(known) => known,
            None => Arc::new(directory::territory(db, parsed)?),
        };
        Ok(Self {
            db,
            moment,
            territory,
            parsed,
            mark,
            touched: BTreeMap::new(),
            attendance_changed: false,
            published: BTreeSet::new(),
            moved: BTreeSet::new(),
            territory_changed: false,
            joined: BTreeSet::new(),
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

    /// A month of the series is about to change. To be called before it does.
    pub(super) fn touch(&mut self, peer: i64, series: &Series, month: Month) -> Result<(), StoreFault> {
        let touched = self.touched.entry(series.clone()).or_default();
        if let std::collections::btree_map::Entry::Vacant(old) = touched.old.entry(month) {
            old.insert(items::one_month(self.db, peer, series, month)?);
        }
        Ok(())
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
        self.published.insert(key);
        Ok(())
    }

    /// Writes what everything comes to: roll-ups, onward rows, queues, counters.
    pub(super) fn finish(mut self) -> Result<Finished, StoreFault> {
        let before = Arc::clone(&self.territory);
        let names = replicas::names(self.db)?;
        let mut version = before.version;
        if self.territory_changed {
            version += 1;
            hub::write_counters(self.db, self.mark, version, self.moment.now)?;
            let after = directory::territory(self.db, self.parsed)?;
            self.touch_moved(&after, &names)?;
            self.territory = Arc::new(after);
            self.effects.territory_changed = true;
        }
        let affected = self.roll_up(&before, &names)?;
        self.tell_onward(affected, &names)?;
        if self.territory_changed || !self.published.is_empty() || !self.joined.is_empty() {
            self.queue_down()?;
        }
        hub::write_counters(self.db, self.mark, version, self.moment.now)?;
        Ok(Finished { effects: self.effects, territory: self.territory })
    }

    /// Everything stored of the units whose place changed, as it was counted before.
    fn touch_moved(&mut self, after: &Territory, names: &BTreeMap<i64, Replica>) -> Result<(), StoreFault> {
        let mut units = BTreeSet::new();
        for moved in &self.moved {
            units.extend(self.territory.directory.ever_under(moved));
            units.extend(after.directory.ever_under(moved));
        }
        for unit in units {
            for (series, months) in items::leaves_of_unit(self.db, &unit, names)? {
                let touched = self.touched.entry(series).or_default();
                touched.moved_from = months.keys().next().copied().or(touched.moved_from);
            }
        }
        Ok(())
    }

    /// Moves the rows by what the touched series add now, less what they added before. Gives each direct child whose
    /// onward rows may differ with the first month of which they may; `None` stands for the hub's own unit.
    fn roll_up(
        &mut self,
        before: &Territory,
        names: &BTreeMap<i64, Replica>,
    ) -> Result<BTreeMap<Option<UnitId>, Month>, StoreFault> {
        let ids: BTreeMap<&Replica, i64> = names.iter().map(|(id, replica)| (replica, *id)).collect();
        let mut moved_by = Contributions::new();
        let mut affected: BTreeMap<Option<UnitId>, Month> = BTreeMap::new();
        for (series, touched) in std::mem::take(&mut self.touched) {
            let (Some(peer), Some(first)) = (ids.get(&series.sender), touched.first()) else { continue };
            let months = match (touched.moved_from, touched.old.keys().next_back()) {
                (None, Some(last)) => items::months_around(self.db, *peer, &series, first, *last)?,
                _ => items::months(self.db, *peer, &series)?,
            };
            let months = summaries(months);
            let added_before = contributed(before, &series, &touched.before(&months));
            let added_now = contributed(&self.territory, &series, &months);
            for (key, row) in difference(added_before, added_now) {
                moved_by.entry(key).or_default().add(&row);
            }
            for (branch, first) in branches(&series, first, [before, &self.territory]) {
                let known = affected.entry(branch).or_insert(first);
                *known = (*known).min(first);
            }
        }
        moved_by.retain(|_, row| !row.is_zero());
        rows::move_by(self.db, &moved_by)?;
        Ok(affected)
    }

    /// Queues to every child what changed and what it was never told.
    fn queue_down(&mut self) -> Result<(), StoreFault> {
        let published = queue::keys(self.db, Side::Child)?;
        let only_joined = !self.territory_changed && self.published.is_empty();
        for child in replicas::on_side(self.db, Side::Child)? {
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
        self.old.keys().next().copied().into_iter().chain(self.moved_from).min()
    }

    /// The months as they stood, given those that stand now.
    fn before(&self, now: &BTreeMap<Month, Summary>) -> BTreeMap<Month, Summary> {
        let mut months = now.clone();
        for (month, old) in &self.old {
            match old {
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
fn branches(series: &Series, first: Month, territories: [&Territory; 2]) -> BTreeMap<Option<UnitId>, Month> {
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
