//! Carries a plan out: what is done to which machine when, who died, and what is put right at the end.

use super::machine::NodeMachine;
use super::mutations::Mutation;
use super::network::Weather;
use super::plan::{Deed, Plan, Who};
use super::tree::Tree;
use anyhow::{Context, Result};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::kinds::SPOKEN_VERSIONS;

/// A copy runs beside the original for so long.
const CLONE_RUNS: Duration = Duration::from_secs(900);

/// Directs one run.
pub struct Director<'t> {
    /// The tree.
    pub tree: &'t mut Tree,
    clones: BTreeMap<UnitId, NodeMachine>,
    due: BTreeMap<(Instant, u64), Deed>,
    next: u64,
}

impl<'t> Director<'t> {
    /// With nothing to do yet.
    #[must_use]
    pub fn new(tree: &'t mut Tree) -> Self {
        Self { tree, clones: BTreeMap::new(), due: BTreeMap::new(), next: 0 }
    }

    /// Carries a plan out.
    ///
    /// # Errors
    /// A program does what no fault explains.
    pub async fn carry_out(&mut self, plan: Plan) -> Result<()> {
        let begun = Instant::now();
        for (at, deed) in plan {
            self.put(begun + at, deed);
        }
        while let Some((at, _)) = self.due.keys().next().copied() {
            let dead = tokio::select! {
                biased;
                Some(address) = self.tree.deaths.recv() => Some(address),
                () = sleep_until(at) => None,
            };
            match dead {
                Some(address) => self.bury(address).await?,
                None => {
                    let Some((_, deed)) = self.due.pop_first() else { break };
                    self.act(&deed).await.with_context(|| format!("{deed:?}"))?;
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, at: Instant, deed: Deed) {
        self.next += 1;
        self.due.insert((at, self.next), deed);
    }

    fn later(&mut self, wait: Duration, deed: Deed) {
        self.put(Instant::now() + wait, deed);
    }

    fn note(&self, kind: &'static str, whom: &str) {
        self.tree.yard.trace.fault(kind, whom);
    }

    /// A machine died at a commit: what ran on it is gone. It comes up when its plan says so.
    async fn bury(&mut self, address: Ipv4Addr) -> Result<()> {
        let Some(who) = self.tree.at(address) else { return Ok(()) };
        self.note("crash at a commit", &who.to_string());
        self.tree.crash(&who).await;
        if self.tree.mutation == Some(Mutation::ForgetfulDisk)
            && let Some(copy) = self.tree.machine(&who).copies.last().cloned()
        {
            self.tree.machine(&who).put_back(&copy)?;
        }
        self.tree.check_durable().await
    }

    async fn act(&mut self, deed: &Deed) -> Result<()> {
        match deed {
            Deed::Record(node) => self.tree.record(node),
            Deed::Weather(weather) => {
                self.tree.set_weather(*weather);
                self.note("weather", "");
                Ok(())
            }
            Deed::Cut(who) => {
                self.tree.yard.network.cut_off(self.tree.machine(who).address);
                self.note("partition", &who.to_string());
                Ok(())
            }
            Deed::Mend(who) => {
                self.tree.yard.network.reconnect(self.tree.machine(who).address);
                Ok(())
            }
            Deed::Crash(who, death) => {
                if self.tree.is_up(who) {
                    self.tree.machine(who).gate.plan(*death);
                }
                Ok(())
            }
            Deed::Stop(who) => {
                if self.tree.is_up(who) {
                    self.note("switched off", &who.to_string());
                    self.tree.stop(who).await?;
                }
                Ok(())
            }
            Deed::Start(who) => self.start(who).await,
            Deed::Copy(who) => self.tree.machine_mut(who).take_copy().map(drop),
            Deed::Restore(who) => self.restore(who).await,
            Deed::Clone(node) => self.clone_node(node),
            Deed::Jump(who, seconds) => {
                self.tree.machine(who).skew.set(TimeDelta::seconds(*seconds));
                self.note(if *seconds > 0 { "clock ahead" } else { "clock behind" }, &who.to_string());
                Ok(())
            }
            Deed::SetRight(who) => {
                self.tree.machine(who).skew.set(TimeDelta::zero());
                Ok(())
            }
            Deed::FillDisk(who, pages) => {
                if self.tree.is_up(who) {
                    self.note("disk full", &who.to_string());
                    self.tree.allow_pages(who, Some(*pages)).await;
                }
                Ok(())
            }
            Deed::ClearDisk(who) => {
                self.tree.allow_pages(who, None).await;
                Ok(())
            }
            Deed::Program(who, is_older) => self.change_program(who, *is_older).await,
            Deed::Move | Deed::Close | Deed::Merge => self.change_directory(deed).await,
            Deed::Policy => {
                // A hub that refuses has a full disk, or is just dying; the clerk gives up for the day.
                if self.tree.assign().await.unwrap_or(false) {
                    self.note("policy", "");
                }
                Ok(())
            }
            Deed::Trespass(node) => {
                self.note("trespass", &node.to_string());
                self.tree.trespass(node)
            }
            Deed::Newer(node) => {
                self.note("newer item", &node.to_string());
                self.tree.send_newer(node)
            }
            Deed::Leap(days) => {
                self.tree.yard.clock.leap(*days);
                self.note("days pass", &days.to_string());
                Ok(())
            }
        }
    }

    /// Switches on what is off. A machine that lives on though its death was planned had nothing to commit: it dies now.
    async fn start(&mut self, who: &Who) -> Result<()> {
        if self.tree.is_up(who) {
            if !self.tree.machine(who).gate.is_doomed() {
                return Ok(());
            }
            self.note("crash while idle", &who.to_string());
            self.tree.crash(who).await;
        }
        self.tree.start(who).await
    }

    async fn restore(&mut self, who: &Who) -> Result<()> {
        let copies = self.tree.machine(who).copies.clone();
        let usable: Vec<PathBuf> = copies.into_iter().skip(self.tree.useless_copies(who)).collect();
        let Some(copy) = self.tree.dice.pick(&usable).cloned() else { return Ok(()) };
        let was_up = self.tree.is_up(who);
        self.tree.crash(who).await;
        self.tree.machine(who).put_back(&copy)?;
        self.tree.restored.insert(who.clone());
        if let Who::Node(unit) = who
            && let Some(node) = self.tree.nodes.get_mut(unit)
        {
            node.remember_hub()?;
        }
        self.note(
            if matches!(who, Who::Hub(_)) { "hub restored" } else { "node restored" },
            &who.to_string(),
        );
        if was_up { self.tree.start(who).await } else { Ok(()) }
    }

    fn clone_node(&mut self, unit: &UnitId) -> Result<()> {
        let number = u8::try_from(200 + self.clones.len())?;
        let original = self.tree.nodes.get(unit).context("a node")?;
        let machine = self.tree.yard.machine(unit, &format!("clone-{unit}"), number);
        machine.put_back(&original.machine.path)?;
        let mut clone = NodeMachine { machine, hub: original.hub.clone(), running: None };
        clone.start()?;
        // What the copy acknowledges, the original never had.
        self.tree.restored.insert(Who::Node(unit.clone()));
        self.clones.insert(unit.clone(), clone);
        self.note("node cloned", &unit.to_string());
        self.later(CLONE_RUNS, Deed::Record(unit.clone()));
        Ok(())
    }

    async fn change_program(&mut self, who: &Who, is_older: bool) -> Result<()> {
        let versions = if is_older { vec![SPOKEN_VERSIONS[0]] } else { SPOKEN_VERSIONS.to_vec() };
        if self.tree.machine(who).versions == versions {
            return Ok(());
        }
        self.tree.machine_mut(who).versions = versions;
        if is_older {
            self.note("older program", &who.to_string());
        }
        if self.tree.is_up(who) {
            self.tree.stop(who).await?;
            self.tree.start(who).await?;
        }
        Ok(())
    }

    async fn change_directory(&mut self, deed: &Deed) -> Result<()> {
        if !self.tree.is_up(&Who::Hub(self.tree.top())) {
            return Ok(());
        }
        let before = self.tree.country.clone();
        let (kind, is_changed) = match deed {
            Deed::Move => ("unit moved", self.tree.plan_move()),
            Deed::Close => ("unit closed", self.tree.plan_close()),
            _ => ("units merged", self.tree.plan_merge()),
        };
        // A hub that refuses has a full disk, or is just dying; the clerk gives up for the day.
        if !is_changed || self.tree.publish_directory(true).await.is_err() {
            self.tree.country = before;
            return Ok(());
        }
        self.note(kind, "");
        Ok(())
    }

    /// Everything that was broken is mended, and people do what the machines ask of them. From here on nothing goes wrong.
    ///
    /// # Errors
    /// A machine does not come up, or an errand is refused for good.
    pub async fn put_right(&mut self) -> Result<()> {
        self.tree.set_weather(Weather::FAIR);
        for clone in self.clones.values_mut() {
            clone.crash().await;
        }
        for who in self.tree.everybody() {
            self.tree.yard.network.reconnect(self.tree.machine(&who).address);
            let was_wrong = self.tree.machine(&who).skew.get() != TimeDelta::zero();
            self.tree.machine(&who).skew.set(TimeDelta::zero());
            self.tree.allow_pages(&who, None).await;
            let is_older = self.tree.machine(&who).versions != SPOKEN_VERSIONS;
            self.tree.machine_mut(&who).versions = SPOKEN_VERSIONS.to_vec();
            let is_doomed = self.tree.machine(&who).gate.is_doomed();
            if is_doomed {
                self.tree.crash(&who).await;
            } else if self.tree.is_up(&who) && (is_older || was_wrong) {
                self.tree.stop(&who).await?;
            }
            if !self.tree.is_up(&who) {
                self.tree.start(&who).await?;
            }
        }
        while self.tree.deaths.try_recv().is_ok() {}
        for unit in self.clones.keys().cloned().collect::<Vec<_>>() {
            // The way out for a store that was copied: enrolled anew, whether it was found out or not.
            let hub = self.tree.nodes.get(&unit).context("a node")?.hub.clone();
            self.tree.enrol_patiently(&unit, &hub).await?;
        }
        if self.tree.restored.contains(&Who::Hub(self.tree.top())) {
            // What the clerks of the top hub did since the copy was taken, they do again.
            self.tree.publish_directory(true).await?;
        }
        self.tree.errands().await?;
        self.tree.yard.clock.leap(1);
        Ok(())
    }
}
