//! What people do meanwhile: they record, change the directory and the policies, and mend what a machine says that only
//! a person can.

use super::machine::HubMachine;
use super::plan::Who;
use super::tree::{Tree, built_in};
use anyhow::{Result, anyhow, bail};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use zhuji_hub::administration::Request;
use zhuji_node::store::{self, Act, Author, Kind, uplink};
use zhuji_protocol::facts::Contact;
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::month::Month;
use zhuji_protocol::policy::Side;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::payload::SummaryV1;
use zhuji_protocol::wire::subkey::{self, Scope};

/// For how long a command is tried again: a handshake in the worst weather takes some repetitions.
const ERRAND_PATIENCE: Duration = Duration::from_secs(600);

/// A kind of item that no program knows.
pub const NEWER: u16 = 300;

impl Tree {
    /// Somebody records a contact at a node, moves one to another day, or takes one back.
    ///
    /// # Errors
    /// The store refuses it.
    pub fn record(&mut self, node: &UnitId) -> Result<()> {
        let Some(machine) = self.nodes.get(node) else { return Ok(()) };
        let mut store = machine.open()?;
        let author = Author { who: "clerk".to_owned(), at: machine.machine.world.now() };
        let fault = |fault: store::StoreFault| anyhow!("{fault}");
        let pairings = store::pairing::all(store.db())?;
        let contacts = store::contact::all(store.db())?;
        let what = self.dice.between(0, 9);
        let change = store.change(&author).map_err(fault)?;
        let day = self.yard.clock.today() - chrono::Days::new(self.dice.between(0, 70));
        match (what, self.dice.pick(&contacts), self.dice.pick(&pairings)) {
            // A case may have come of it: then it stays.
            (0, Some(contact), _) if change.remove(contact, "entered by mistake").is_err() => return Ok(()),
            (0, Some(_), _) => {}
            (1 | 2, Some(contact), _) => {
                change.put(Act::Edit, &Contact { date: day, ..contact.clone() }).map(drop).map_err(fault)?;
            }
            (_, _, Some(pairing)) => {
                let contact = Contact {
                    id: change.next_id(Kind::Contact).map_err(fault)?,
                    pairing: pairing.facts.id.clone(),
                    date: day,
                    mode: None,
                    initiated_by: Some(Side::Leader),
                    topics: Vec::new(),
                    occasion: String::new(),
                    also_counts_for: String::new(),
                    note: String::new(),
                };
                change.put(Act::Add, &contact).map(drop).map_err(fault)?;
            }
            _ => {}
        }
        change.commit().map_err(fault)
    }

    /// A program gone wrong writes a thousand contacts of the hub's own unit into a node's rows.
    ///
    /// # Errors
    /// The store refuses it.
    pub fn trespass(&mut self, node: &UnitId) -> Result<()> {
        let Some(machine) = self.nodes.get(node) else { return Ok(()) };
        let victim = machine.hub.clone();
        if victim == *node {
            return Ok(());
        }
        let store = machine.open()?;
        let mut summary = Summary::default();
        summary.flows.add_count(CountKey::Total(Count::Contacts), 1000);
        let body = SummaryV1::encode(&summary, None).map_err(|fault| anyhow!("{fault}"))?;
        let month = Month::of(self.yard.clock.today());
        let subkey = subkey::summary(month.number(), Scope::Own);
        let key = ItemKey { kind: kinds::item::SUMMARY, unit: victim, subkey };
        uplink::put(store.db(), &key, 1, &body).map_err(|fault| anyhow!("{fault}"))?;
        self.trespassers.insert(node.clone());
        Ok(())
    }

    /// A newer program ran here for a day, and left a row of a kind that nobody knows yet.
    ///
    /// # Errors
    /// The store refuses it.
    pub fn send_newer(&mut self, node: &UnitId) -> Result<()> {
        let Some(machine) = self.nodes.get(node) else { return Ok(()) };
        let store = machine.open()?;
        let key = ItemKey { kind: NEWER, unit: node.clone(), subkey: subkey::reporting(Scope::Own) };
        uplink::put(store.db(), &key, 1, node.as_str().as_bytes()).map_err(|fault| anyhow!("{fault}"))?;
        self.newer.insert(node.clone());
        Ok(())
    }

    /// A township that runs a node comes under another county. Each unit moves at most once, and stays where a hub is.
    pub fn plan_move(&mut self) -> bool {
        let townships: Vec<UnitId> =
            self.with_level(Level::Township).into_iter().filter(|unit| !self.moved.contains(unit)).collect();
        let Some(mover) = self.dice.pick(&townships).cloned() else { return false };
        let present = self.country.find(&mover).and_then(|division| division.parent.clone());
        let counties: Vec<UnitId> = self
            .with_level(Level::County)
            .into_iter()
            .filter(|county| Some(county) != present.as_ref())
            .collect();
        self.dice.pick(&counties).cloned().is_some_and(|county| self.put_under(&mover, &county))
    }

    /// A township or village that nothing hangs from is closed.
    pub fn plan_close(&mut self) -> bool {
        let leaves: Vec<UnitId> = self
            .country
            .divisions
            .iter()
            .filter(|division| matches!(division.level, Level::Village | Level::Township))
            .map(|division| division.unit.clone())
            .filter(|unit| self.children(unit).is_empty())
            .collect();
        let Some(closed) = self.dice.pick(&leaves).cloned() else { return false };
        self.country.divisions.retain(|division| division.unit != closed);
        true
    }

    /// A township is closed, and what hung from it hangs from another one.
    pub fn plan_merge(&mut self) -> bool {
        let townships = self.with_level(Level::Township);
        let closing: Vec<UnitId> = townships
            .iter()
            .filter(|unit| {
                let below = self.children(unit);
                !below.is_empty() && below.iter().all(|village| !self.moved.contains(village))
            })
            .cloned()
            .collect();
        let Some(closed) = self.dice.pick(&closing).cloned() else { return false };
        let others: Vec<UnitId> = townships.into_iter().filter(|other| *other != closed).collect();
        let Some(heir) = self.dice.pick(&others).cloned() else { return false };
        for village in self.children(&closed) {
            self.put_under(&village, &heir);
        }
        self.country.divisions.retain(|division| division.unit != closed);
        true
    }

    /// Another policy, or another version of the one that holds, at a unit that a hub assigns to.
    ///
    /// # Errors
    /// The hub refuses it.
    pub async fn assign(&mut self) -> Result<bool> {
        let units: Vec<UnitId> =
            self.country.divisions.iter().map(|division| division.unit.clone()).collect();
        let Some(unit) = self.dice.pick(&units).cloned() else { return Ok(false) };
        let Some(hub) = self.country.chain(&unit).into_iter().find(|above| self.hubs.contains_key(above))
        else {
            return Ok(false);
        };
        if !self.is_up(&Who::Hub(hub.clone())) {
            return Ok(false);
        }
        let ids = ["meijia-2023", "yuanjiang-2015", "laibin", "nanhai-2018"];
        let id = self.dice.pick(&ids).copied().unwrap_or("laibin");
        let mut policy = built_in(id)?;
        policy.title = format!("{}（修订 {}）", policy.title, self.dice.between(1, 3));
        let from = self.yard.clock.today() - chrono::Days::new(self.dice.between(0, 40));
        let from = Some(from.max(policy.effective));
        let request = Request::AssignPolicy { unit, toml: policy.to_toml(), from, to: None };
        self.command(&hub, request).await?;
        Ok(true)
    }

    fn with_level(&self, level: Level) -> Vec<UnitId> {
        let divisions = self.country.divisions.iter().filter(|division| division.level == level);
        divisions.map(|division| division.unit.clone()).collect()
    }

    fn children(&self, unit: &UnitId) -> Vec<UnitId> {
        let divisions = self.country.divisions.iter();
        divisions
            .filter(|division| division.parent.as_ref() == Some(unit))
            .map(|division| division.unit.clone())
            .collect()
    }

    fn put_under(&mut self, mover: &UnitId, parent: &UnitId) -> bool {
        let Some(division) = self.country.divisions.iter_mut().find(|division| division.unit == *mover)
        else {
            return false;
        };
        if division.parent.as_ref() == Some(parent) {
            return false;
        }
        division.parent = Some(parent.clone());
        self.moved.insert(mover.clone());
        true
    }

    /// Nodes whose unit hangs from another hub than the one that they enrolled at.
    #[must_use]
    pub fn strays(&self) -> Vec<(UnitId, UnitId)> {
        let home = |node: &UnitId| self.country.hub_of_node(node);
        let nodes = self.nodes.iter().filter_map(|(unit, node)| Some((unit, node, home(unit)?)));
        nodes
            .filter(|(_, node, home)| node.hub != *home)
            .map(|(unit, _, home)| (unit.clone(), home))
            .collect()
    }

    /// Nodes that tell their operator that the hub turns them away.
    ///
    /// # Errors
    /// A store does not open.
    pub fn turned_away(&self) -> Result<Vec<UnitId>> {
        let mut found = Vec::new();
        for (unit, node) in &self.nodes {
            let store = node.open()?;
            let standing = uplink::standing(store.db()).map_err(|fault| anyhow!("{fault}"))?;
            if standing.turned_away.is_some() {
                found.push(unit.clone());
            }
        }
        Ok(found)
    }

    /// What people do when their machines ask them: enrol where the unit now belongs, or anew.
    ///
    /// # Errors
    /// A hub refuses for good.
    pub async fn errands(&mut self) -> Result<()> {
        for (unit, home) in self.strays() {
            self.enrol_patiently(&unit, &home).await?;
        }
        for unit in self.turned_away()? {
            if let Some(home) = self.country.hub_of_node(&unit) {
                self.yard.trace.fault("enrolled anew", &unit.to_string());
                self.enrol_patiently(&unit, &home).await?;
            }
        }
        self.hub_errands().await;
        Ok(())
    }

    /// Hubs that are turned away are enrolled anew; where one of the two cannot do it yet, its operator looks again later.
    async fn hub_errands(&self) {
        for (unit, above) in self.hubs_turned_away() {
            self.yard.trace.fault("enrolled anew", &unit.to_string());
            let _not_yet = self.enrol_hub(&unit, &above).await;
        }
    }

    /// Hubs whose own hub turns them away, as one restored from a copy that went on writing before it was heard.
    fn hubs_turned_away(&self) -> Vec<(UnitId, UnitId)> {
        let is_turned_away = |hub: &HubMachine| {
            let fault = hub.running.as_ref().and_then(|running| running.uplink().fault);
            fault.is_some_and(|fault| fault.turned_away().is_some())
        };
        let hubs = self.hubs.iter().filter(|(_, hub)| is_turned_away(hub));
        hubs.filter_map(|(unit, _)| Some((unit.clone(), self.country.hub_above(unit)?))).collect()
    }

    /// Tries until the directory is there and the line holds.
    ///
    /// # Errors
    /// The hub refuses for good.
    pub async fn enrol_patiently(&mut self, unit: &UnitId, hub: &UnitId) -> Result<()> {
        let until = Instant::now() + ERRAND_PATIENCE;
        loop {
            match self.enrol_node(unit, hub).await {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > until => {
                    bail!("{unit} could not be enrolled at {hub}: {error:#}")
                }
                Err(_) => {
                    self.hub_errands().await;
                    sleep(Duration::from_secs(10)).await;
                }
            }
        }
    }
}
