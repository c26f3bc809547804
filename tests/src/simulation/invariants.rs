//! What must hold of a tree, whatever befell it (design, section 5). Each check says which invariant it is, and counts for
//! itself: from the leaves' own records, never from what a hub says of itself.

use super::machine::NodeMachine;
use super::people::NEWER;
use super::plan::Who;
use super::tree::Tree;
use anyhow::{Result, anyhow, bail, ensure};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;
use zhuji_hub::store::territory::Series;
use zhuji_hub::store::{HubStore, SqliteStore, Territory, Verified};
use zhuji_node::store::{self, audit, uplink};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::subkey::Scope;

/// The months of one office.
type Months = BTreeMap<Month, Summary>;

impl Tree {
    /// Whether nothing is left to send anywhere: told from heads, never from cursors.
    ///
    /// # Errors
    /// What is left, and where.
    pub async fn check_quiet(&self) -> Result<()> {
        for (unit, node) in &self.nodes {
            let store = node.open()?;
            let acknowledged = uplink::acknowledged(store.db()).map_err(fault)?;
            let backlog = uplink::backlog(store.db(), acknowledged.cursor).map_err(fault)?;
            ensure!(backlog == 0, "node {unit} has {backlog} rows to send");
        }
        for (unit, hub) in &self.hubs {
            let store = hub.read()?;
            for row in store
                .fleet()
                .await
                .map_err(hub_fault)?
                .into_iter()
                .chain(store.parent_row().await.map_err(hub_fault)?)
            {
                if !self.is_child_or_parent(unit, &row.replica) {
                    continue;
                }
                ensure!(row.behind == 0, "hub {unit} is {} behind {}", row.behind, row.replica);
                ensure!(row.owed == 0, "hub {unit} owes {} rows to {}", row.owed, row.replica);
            }
        }
        Ok(())
    }

    /// Whether the other end is one that still dials this hub, or is dialled by it.
    fn is_child_or_parent(&self, hub: &UnitId, replica: &Replica) -> bool {
        match self.nodes.get(&replica.unit).filter(|_| *replica == Replica::node(replica.unit.clone())) {
            Some(node) => node.hub == *hub,
            None => true,
        }
    }

    /// *Whole*: the total at every hub is the sum over the units below it, exactly.
    ///
    /// # Errors
    /// Where it is not.
    pub async fn check_whole(&self) -> Result<()> {
        let today = self.yard.clock.today();
        let top = self.hubs[&self.top()].read()?;
        let territory = top.territory().await.map_err(hub_fault)?;
        let mut leaves = BTreeMap::new();
        for (unit, node) in &self.nodes {
            leaves.insert(unit, counted_afresh(node, today)?);
        }
        let mut readers = BTreeMap::new();
        for (unit, hub) in &self.hubs {
            readers.insert(unit, hub.read()?);
        }
        let counting = Counting { tree: self, territory, readers: &readers, leaves: &leaves };
        let last = leaves.values().filter_map(|months| months.keys().next_back()).max().copied();
        let Some(last) = last else { return Ok(()) };
        let first = leaves.values().filter_map(|months| months.keys().next()).min().copied().unwrap_or(last);
        // From the bottom up: what is wrong above is told where it began.
        for (hub, store) in self.country.hubs.iter().rev().filter_map(|hub| readers.get_key_value(hub)) {
            for month in first.through(last) {
                let expected = counting.expected(hub, month, Month::of(today))?;
                let shown = shown(store, hub, month, today).await?;
                compare(&expected, &shown, month <= Month::of(today))
                    .map_err(|what| anyhow!("Whole: {hub} in {month}: {what}{}", counting.told(month)))?;
            }
        }
        Ok(())
    }

    /// *Provable*: every store's figures follow from signed items, every trail is unbroken.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub async fn check_provable(&self) -> Result<()> {
        for (unit, hub) in &self.hubs {
            match hub.read()?.verify(&mut || {}).await.map_err(hub_fault)? {
                Verified::Whole(_) => {}
                Verified::Broken(misfit) => bail!("Provable: hub {unit}: {misfit:?}"),
            }
        }
        for (unit, node) in &self.nodes {
            let mut store = node.open()?;
            match store.reading(|db| audit::verify(db, || {})).map_err(fault)? {
                audit::Verified::Whole { .. } => {}
                audit::Verified::Broken { entry, why } => {
                    bail!("Provable: node {unit}: entry {entry}: {why:?}")
                }
            }
        }
        Ok(())
    }

    /// *Durable*: what a sender was told to be on its receiver's disk is there. A receiver whose store was replaced by an
    /// older copy knows less, and that is what restoring means.
    ///
    /// # Errors
    /// Where more was acknowledged than is there.
    pub async fn check_durable(&self) -> Result<()> {
        for (unit, node) in &self.nodes {
            let (hub, replica) = (self.hubs[&node.hub].read()?, Replica::node(unit.clone()));
            let store = node.open()?;
            let acknowledged = uplink::acknowledged(store.db()).map_err(fault)?;
            let life = uplink::current(store.db(), Incarnation([0; 16]), 0).map_err(fault)?;
            if !self.restored.contains(&Who::Hub(node.hub.clone())) {
                let there = hub.position_with(&replica).map_err(hub_fault)?;
                let there = there.filter(|there| there.incarnation == life).map(|there| there.at.cursor);
                ensure!(
                    there.is_none_or(|there| there >= acknowledged.cursor),
                    "Durable: node {unit} was told {}, its hub has {there:?}",
                    acknowledged.cursor
                );
            }
            if !self.restored.contains(&Who::Node(unit.clone())) {
                let there = uplink::position(store.db()).map_err(fault)?;
                let told = hub.acknowledged_by(&replica).map_err(hub_fault)?;
                ensure!(
                    is_there(told, there.map(|there| (there.incarnation, there.at.cursor))),
                    "Durable: hub {} was told {told:?}, node {unit} has {there:?}",
                    node.hub
                );
            }
        }
        for (unit, hub) in &self.hubs {
            let Some(above) = self.country.hub_above(unit) else { continue };
            let (lower, upper) = (hub.read()?, self.hubs[&above].read()?);
            let ends = [(unit, &lower, &above, &upper), (&above, &upper, unit, &lower)];
            for (sender, from, receiver, to) in ends {
                if self.restored.contains(&Who::Hub(receiver.clone())) {
                    continue;
                }
                let told = from.acknowledged_by(&Replica::hub(receiver.clone())).map_err(hub_fault)?;
                let there = to.position_with(&Replica::hub(sender.clone())).map_err(hub_fault)?;
                ensure!(
                    is_there(told, there.map(|there| (there.incarnation, there.at.cursor))),
                    "Durable: hub {sender} was told {told:?}, hub {receiver} has {there:?}"
                );
            }
        }
        Ok(())
    }

    /// *Bounded authority*: what is another unit's was refused and told; nothing else is refused once all is quiet.
    ///
    /// # Errors
    /// What was taken, or is refused without need.
    pub async fn check_authority(&self) -> Result<()> {
        let top = self.hubs[&self.top()].read()?;
        let territory = top.territory().await.map_err(hub_fault)?;
        for (unit, hub) in &self.hubs {
            for refused in hub.read()?.refused().await.map_err(hub_fault)? {
                let key = &refused.item.key;
                let is_own = key.unit == refused.replica.unit;
                let exists = territory.directory.on(&key.unit, self.yard.clock.today()).is_some();
                let lives_here = self.is_child_or_parent(unit, &refused.replica);
                ensure!(
                    !(is_own && exists && lives_here && !self.moved_under(&key.unit)),
                    "Bounded authority: {unit} refuses {} its own: {:?}",
                    refused.replica,
                    refused.item
                );
            }
        }
        for unit in &self.trespassers {
            let Some(node) = self.nodes.get(unit) else { continue };
            let store = node.open()?;
            let refused = uplink::refused(store.db()).map_err(fault)?;
            let wrote = uplink::keys_of_kind(store.db(), zhuji_protocol::wire::kinds::item::SUMMARY)
                .map_err(fault)?;
            let others = wrote.iter().filter(|key| key.unit != *unit);
            for key in others {
                ensure!(
                    refused.iter().any(|refused| refused.key == *key),
                    "Bounded authority: node {unit} was not told that {} is not its own",
                    key.unit
                );
            }
        }
        Ok(())
    }

    /// *Mixed versions*: what only a newer program knows is kept at every hub on its way, to the last byte.
    ///
    /// # Errors
    /// Where it is missing.
    pub fn check_newer(&self) -> Result<()> {
        for unit in &self.newer {
            let Some(node) = self.nodes.get(unit) else { continue };
            let store = node.open()?;
            // A store that was restored from before may not have it.
            if uplink::keys_of_kind(store.db(), NEWER).map_err(fault)?.is_empty() {
                continue;
            }
            for hub in self.country.chain(&node.hub).iter().filter_map(|above| self.hubs.get(above)) {
                let db = rusqlite::Connection::open(&hub.machine.path)?;
                let known: bool = db.query_row(
                    "SELECT EXISTS (SELECT 1 FROM item WHERE kind = ?1 AND unit = ?2 AND instr(bytes, CAST(?2 AS BLOB)))",
                    rusqlite::params![NEWER, unit.as_str()],
                    |row| row.get(0),
                )?;
                ensure!(known, "Mixed versions: hub {} dropped what {unit} sent", hub.machine.unit);
            }
        }
        Ok(())
    }

    /// Whether the unit or one above it came under another parent, so that months of before are another hub's.
    fn moved_under(&self, unit: &UnitId) -> bool {
        self.moved.contains(unit) || self.country.chain(unit).iter().any(|above| self.moved.contains(above))
    }
}

/// Whether what was acknowledged is there, if both speak of one life.
fn is_there(told: Option<(Incarnation, u64)>, there: Option<(Incarnation, u64)>) -> bool {
    match (told, there) {
        (Some((life, told)), Some((known, there))) if life == known => there >= told,
        _ => true,
    }
}

struct Counting<'a> {
    tree: &'a Tree,
    territory: Arc<Territory>,
    readers: &'a BTreeMap<&'a UnitId, SqliteStore>,
    leaves: &'a BTreeMap<&'a UnitId, Months>,
}

impl Counting<'_> {
    /// What a hub should show of its unit in a month. A month of a unit is the present record of its office, or, where the
    /// unit was under another hub then or since, what the hub of then acknowledged last: an office sends from the month on
    /// from which it counts at its hub without a break.
    fn expected(&self, hub: &UnitId, month: Month, current: Month) -> Result<Summary> {
        let mut sum = Summary::default();
        for (unit, months) in self.leaves {
            let chain = self.territory.chain(unit, month);
            if !chain.contains(hub) {
                continue;
            }
            let Some(home) = chain.iter().find(|above| self.readers.contains_key(above)) else { continue };
            let frozen;
            let months = if *home == self.tree.nodes[*unit].hub && self.stays(unit, home, month, current) {
                months
            } else {
                let series = Series {
                    sender: Replica::node((*unit).clone()),
                    unit: (*unit).clone(),
                    scope: Scope::Own,
                };
                frozen = self.readers[home].months_of(&series).map_err(hub_fault)?;
                &frozen
            };
            if let Some(flows) = months.get(&month) {
                sum.flows += &flows.flows;
            }
            if month <= current
                && let Some((_, latest)) = months.range(..=month).next_back()
            {
                sum.stocks += &latest.stocks;
            }
        }
        Ok(sum)
    }
}

impl Counting<'_> {
    /// Whether the unit's months count at `home` from `month` to the present one without a break.
    fn stays(&self, unit: &UnitId, home: &UnitId, month: Month, current: Month) -> bool {
        month.through(current.max(month)).all(|month| {
            let chain = self.territory.chain(unit, month);
            // A unit that was closed went nowhere.
            chain.is_empty() || chain.iter().find(|above| self.readers.contains_key(above)) == Some(home)
        })
    }

    /// What an office was told that its hub does not take, and from which month on it sends.
    fn refusals_of(&self, unit: &UnitId) -> String {
        let Ok(store) = self.tree.nodes[unit].open() else { return String::new() };
        let refused = uplink::refused(store.db()).unwrap_or_default();
        let reasons: BTreeMap<String, usize> = refused.iter().fold(BTreeMap::new(), |mut counted, row| {
            *counted.entry(format!("{:?} {}", row.reason, row.detail)).or_default() += 1;
            counted
        });
        let from = uplink::standing(store.db()).ok().and_then(|standing| standing.from_month);
        format!("\n  refused {reasons:?}, sends from {:?}", from.and_then(Month::from_number))
    }

    /// Each leaf's flows of a month, beside what its hub holds of it.
    fn told(&self, month: Month) -> String {
        let mut told = String::new();
        for (unit, months) in self.leaves {
            let hub = &self.tree.nodes[*unit].hub;
            let series =
                Series { sender: Replica::node((*unit).clone()), unit: (*unit).clone(), scope: Scope::Own };
            let held = self.readers[hub].months_of(&series).unwrap_or_default();
            let (own, held) = (months.get(&month), held.get(&month));
            if own != held {
                let flows =
                    |summary: Option<&Summary>| summary.map(|summary| summary.flows.reduced(&|_| false));
                told += &self.refusals_of(unit);
                told += &format!("\n  node {unit} has {:?}\n    its hub {hub} {:?}", flows(own), flows(held));
            }
        }
        told
    }
}

/// The months of an office from its own records, as they stand now.
fn counted_afresh(node: &NodeMachine, today: NaiveDate) -> Result<Months> {
    let store = node.open()?;
    let calendar = store::directory::calendar(store.db()).map_err(fault)?;
    let office = store::judging::office(store.db(), &calendar).map_err(fault)?;
    let facts = store::facts_of(store.db()).map_err(fault)?;
    Ok(office.summaries(&calendar, &facts, today))
}

async fn shown(store: &SqliteStore, unit: &UnitId, month: Month, today: NaiveDate) -> Result<Summary> {
    let period = Period { first: month, last: month };
    let shown = store.figures(unit, 0, period, today).await.map_err(hub_fault)?;
    Ok(shown.into_iter().next().map(|unit| unit.summary).unwrap_or_default())
}

/// Compared without policies: above the hub that a policy is assigned at, its keys do not travel.
fn compare(expected: &Summary, shown: &Summary, with_stocks: bool) -> Result<(), String> {
    let (expected, shown) = (expected.reduced(&|_| false), shown.reduced(&|_| false));
    if expected.flows != shown.flows {
        return Err(format!("flows\n  of the leaves {:?}\n  shown {:?}", expected.flows, shown.flows));
    }
    if with_stocks && expected.stocks != shown.stocks {
        return Err(format!("stocks\n  of the leaves {:?}\n  shown {:?}", expected.stocks, shown.stocks));
    }
    Ok(())
}

fn fault(fault: store::StoreFault) -> anyhow::Error {
    anyhow!("{fault}")
}

fn hub_fault(fault: zhuji_hub::store::StoreFault) -> anyhow::Error {
    anyhow!("{fault}")
}
