//! What the transaction tells the hub above: onward rows, rewritten where their value or what they were made of
//! changed.

use super::replicas::{self, Peer, Side};
use super::work::Work;
use super::{attending, hub, items, queue, rows};
use crate::store::StoreFault;
use crate::store::attendance::{Roll, believed, by_branch};
use crate::store::onward::{
    Branch, Leaves, OnwardMonth, made_of, of_child, of_own, own_series, reporting_key, summary_key,
};
use crate::store::territory::{Series, Territory};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::console::civil_date;
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::month::Month;
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::payload::{ReportingV1, SummaryV1};
use zhuji_protocol::wire::subkey::Scope;

impl Work<'_> {
    /// Rewrites the onward rows of what was affected.
    pub(super) fn tell_onward(
        &mut self,
        mut affected: BTreeMap<Option<UnitId>, Month>,
        names: &BTreeMap<i64, Replica>,
    ) -> Result<(), StoreFault> {
        self.count_attendance(names)?;
        let Some(parent) = replicas::parent(self.db)? else { return Ok(()) };
        if self.everything_may_differ() {
            let beginning = Month::from_number(1900 * 12);
            let children = self.territory.directory.ever_below(&self.territory.own).cloned().map(Some);
            affected
                .extend(children.chain([None]).filter_map(|branch| beginning.map(|month| (branch, month))));
            self.attendance_changed = true;
        }
        for (branch, first) in affected {
            let rows = match &branch {
                Some(child) => self.onward_of_branch(child, first, names)?,
                None => onward_of_own(self.db, &self.territory)?,
            };
            let (unit, scope) = match branch {
                Some(child) => (child, Scope::Subtree),
                None => (self.territory.own.clone(), Scope::Own),
            };
            for row in rows {
                self.tell_month(&parent, &unit, scope, &row)?;
            }
        }
        // All rows that stand are of one day: by that day they are checked.
        let is_new_day =
            || Ok::<_, StoreFault>(hub::attended_on(self.db)? != Some(civil_date(self.moment.now)));
        if self.attendance_changed || (!self.heard_under.is_empty() && is_new_day()?) {
            self.tell_attendance(&parent, names, None)?;
        } else {
            for branch in std::mem::take(&mut self.heard_under) {
                self.tell_attendance(&parent, names, Some(&branch))?;
            }
        }
        Ok(())
    }

    /// The onward rows of a direct child from a month on, by what is kept warm of it.
    fn onward_of_branch(
        &mut self,
        child: &UnitId,
        first: Month,
        names: &BTreeMap<i64, Replica>,
    ) -> Result<Vec<OnwardMonth>, StoreFault> {
        let branch = match self.warm.entry(child.clone()) {
            std::collections::btree_map::Entry::Occupied(warm) => warm.into_mut(),
            std::collections::btree_map::Entry::Vacant(cold) => {
                cold.insert(branch(self.db, &self.territory, child, names)?)
            }
        };
        let rows = rows::of_unit(self.db, &self.territory, child)?;
        let sent = sent_months(self.db, child, Scope::Subtree)?;
        Ok(of_child(&self.territory, child, first, &rows, branch, &sent))
    }

    fn tell_month(
        &mut self,
        parent: &Peer,
        unit: &UnitId,
        scope: Scope,
        row: &OnwardMonth,
    ) -> Result<(), StoreFault> {
        match SummaryV1::encode(&row.summary, Some(row.made_of)) {
            Ok(body) => self.tell(parent, summary_key(unit, row.month, scope), &body),
            // One place that cannot be told must not stop all others from being received.
            Err(fault) => {
                tracing::error!(%unit, month = %row.month, %fault, "a month cannot be sent to the hub above");
                Ok(())
            }
        }
    }

    /// Rolls up who reports: by what was heard, or afresh where places changed.
    fn count_attendance(&mut self, names: &BTreeMap<i64, Replica>) -> Result<(), StoreFault> {
        let heard = std::mem::take(&mut self.heard);
        let today = civil_date(self.moment.now);
        if !self.attendance_changed && attending::holds(self.db, &self.counted_under, today)? {
            attending::move_by(self.db, &heard)?;
            return attending::counted(self.db, today, self.territory.version);
        }
        if self.attendance_changed || !heard.is_empty() {
            self.attendance_changed = true;
            let lines = roll(self.db, names, None)?.attending(&self.territory, today);
            attending::count_afresh(self.db, &lines)?;
            attending::counted(self.db, today, self.territory.version)?;
        }
        Ok(())
    }

    /// A child said how it stands: what it said before is taken, what it says now is added, for every unit above.
    pub(super) fn hear(
        &mut self,
        series: &Series,
        before: Option<Reporting>,
        now: &Reporting,
    ) -> Result<(), StoreFault> {
        let chain = self.territory.chain_on(&series.unit, civil_date(self.moment.now));
        if !self.territory.may_send(series, &chain) {
            return Ok(());
        }
        let before = match (before, series.sender.role) {
            (Some(before), _) => believed(&series.sender, &before),
            (None, Role::Node) if replicas::is_expected(self.db, &series.unit)? => Reporting::silent(),
            (None, Role::Node) => Reporting::default(),
            // Whether it was counted as silent depends on all that it ever said.
            (None, Role::Hub) => {
                self.attendance_changed = true;
                return Ok(());
            }
        };
        let now = believed(&series.sender, now);
        self.heard_under.insert(Territory::branch(&chain).unwrap_or(&self.territory.own).clone());
        for unit in chain {
            let (added, taken) = self.heard.entry(unit).or_default();
            added.add(&now);
            taken.add(&before);
        }
        Ok(())
    }

    fn tell_attendance(
        &mut self,
        parent: &Peer,
        names: &BTreeMap<i64, Replica>,
        only: Option<&UnitId>,
    ) -> Result<(), StoreFault> {
        let today = civil_date(self.moment.now);
        hub::attended(self.db, today)?;
        for (unit, scope, body) in attendance(self.db, &self.territory, today, names, only)? {
            self.tell(parent, reporting_key(&unit, scope), &body)?;
        }
        Ok(())
    }

    /// Writes a row for the hub above and queues it, if it differs from what stands there.
    pub(super) fn tell(&mut self, parent: &Peer, key: ItemKey, body: &[u8]) -> Result<(), StoreFault> {
        self.tell_version(parent, key, super::V1, body)
    }

    /// The same for a structure of any version: what a newer child sends is passed on as it is.
    pub(super) fn tell_version(
        &mut self,
        parent: &Peer,
        key: ItemKey,
        version: u16,
        body: &[u8],
    ) -> Result<(), StoreFault> {
        let stands = queue::body(self.db, Side::Parent, &key)?;
        if stands.is_some_and(|(stood, before)| stood == version && before == body) {
            return Ok(());
        }
        queue::put_body(self.db, Side::Parent, &key, version, body)?;
        let mark = self.next_mark();
        queue::enqueue(self.db, parent.id, &key, mark)?;
        self.effects.to_wake.insert(parent.replica.clone());
        Ok(())
    }
}

/// The onward rows of a direct child from a month on, as they follow from what is stored.
pub(super) fn onward_of_child(
    db: &Connection,
    territory: &Territory,
    child: &UnitId,
    first: Month,
    names: &BTreeMap<i64, Replica>,
) -> Result<Vec<OnwardMonth>, StoreFault> {
    let rows = rows::of_unit(db, territory, child)?;
    let sent = sent_months(db, child, Scope::Subtree)?;
    Ok(of_child(territory, child, first, &rows, &mut branch(db, territory, child, names)?, &sent))
}

/// Everything stored that counts under a direct child, or ever did.
fn branch(
    db: &Connection,
    territory: &Territory,
    child: &UnitId,
    names: &BTreeMap<i64, Replica>,
) -> Result<Branch, StoreFault> {
    let mut leaves = Leaves::new();
    for unit in territory.directory.ever_under(child) {
        leaves.extend(items::leaves_of_unit(db, &unit, names)?);
    }
    Ok(Branch::new(leaves))
}

/// The onward rows of the hub's own unit.
pub(super) fn onward_of_own(db: &Connection, territory: &Territory) -> Result<Vec<OnwardMonth>, StoreFault> {
    let series = own_series(territory);
    let months = match replicas::find(db, &series.sender)? {
        Some(node) => items::months(db, node.id, &series)?,
        None => BTreeMap::new(),
    };
    let sent = sent_months(db, &territory.own, Scope::Own)?;
    Ok(of_own(territory, &months, &sent))
}

fn sent_months(db: &Connection, unit: &UnitId, scope: Scope) -> Result<BTreeSet<Month>, StoreFault> {
    let keys = queue::onward_of(db, kinds::item::SUMMARY, unit)?;
    let places = keys.iter().filter_map(items::summary_place);
    Ok(places.filter(|(_, of)| *of == scope).map(|(month, _)| month).collect())
}

/// Who reports, as the store knows it: everywhere, or of these units.
pub(super) fn roll(
    db: &Connection,
    names: &BTreeMap<i64, Replica>,
    among: Option<&BTreeSet<UnitId>>,
) -> Result<Roll, StoreFault> {
    let said = items::reporting(db, names, among)?.into_iter();
    let items = said
        .map(|(series, (said, leaf))| {
            let counts = believed(&series.sender, &said);
            (series, (counts, leaf))
        })
        .collect();
    let mut expected = replicas::expected(db)?;
    if let Some(among) = among {
        expected.retain(|unit| among.contains(unit));
    }
    Ok(Roll { expected, items, retired: replicas::retired(db)? })
}

/// The reporting rows for the hub above, as they follow from what is stored and from a day: of every branch, or only of
/// the one that a unit leads.
pub(super) fn attendance(
    db: &Connection,
    territory: &Territory,
    today: chrono::NaiveDate,
    names: &BTreeMap<i64, Replica>,
    only: Option<&UnitId>,
) -> Result<Vec<(UnitId, Scope, Vec<u8>)>, StoreFault> {
    let among = only.map(|unit| match *unit == territory.own {
        true => BTreeSet::from([unit.clone()]),
        false => territory.directory.ever_under(unit),
    });
    let lines = roll(db, names, among.as_ref())?.attending(territory, today);
    let sent = match only {
        Some(unit) => BTreeSet::from([unit.clone()]),
        None => queue::told_units(db, kinds::item::REPORTING)?,
    };
    let mut told = Vec::new();
    for (unit, (reporting, parts)) in by_branch(territory, &lines, &sent, today) {
        if only.is_some_and(|only| *only != unit) {
            continue;
        }
        let scope = if unit == territory.own { Scope::Own } else { Scope::Subtree };
        match ReportingV1::encode(&reporting, None, Some(made_of(parts))) {
            Ok(body) => told.push((unit, scope, body)),
            Err(fault) => tracing::error!(%unit, %fault, "reporting cannot be sent to the hub above"),
        }
    }
    Ok(told)
}
