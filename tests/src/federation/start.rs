//! Starting a place: hubs from the top down, each enrolled under the one above, then nodes with a year of records.

use super::{Daemon, HUB, Member, NODE, Programs};
use crate::dice::Dice;
use crate::place::{Office, Place};
use crate::relay::{Relay, Weather};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};
use zhuji_protocol::unit::UnitId;

/// A place, running.
#[derive(Debug)]
pub struct Federation {
    /// The programs.
    pub programs: Programs,
    /// What it is made of.
    pub place: Place,
    /// Hubs by unit.
    pub hubs: BTreeMap<UnitId, Member>,
    /// Nodes by unit.
    pub nodes: BTreeMap<UnitId, Member>,
    /// The lines over which hubs are dialled, by hub; none where children dial their hub itself.
    pub lines: BTreeMap<UnitId, Relay>,
    /// What lines are to be made of.
    weather: Option<(Weather, Dice)>,
}

/// How long anything may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Federation {
    /// Starts a place in an empty folder; `tell` hears what is being done.
    ///
    /// # Errors
    /// When a program refuses what it is asked.
    pub fn start(
        programs: Programs,
        place: Place,
        folder: &Path,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        Self::start_over(None, programs, place, folder, tell)
    }

    /// The same, with a line of this weather between every hub and its children.
    ///
    /// # Errors
    /// When a program refuses what it is asked.
    pub fn start_over(
        weather: Option<(Weather, Dice)>,
        programs: Programs,
        place: Place,
        folder: &Path,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let (hubs, nodes, lines) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut federation = Self { programs, place, hubs, nodes, lines, weather };
        for unit in federation.place.hubs.clone() {
            tell(&format!("hub {unit} {}", federation.place.name_of(&unit)));
            federation.start_hub(&unit, folder)?;
        }
        for office in federation.place.nodes.clone() {
            tell(&format!("node {} {}", office.unit, federation.place.name_of(&office.unit)));
            federation.start_node(&office, folder)?;
        }
        Ok(federation)
    }

    fn start_hub(&mut self, unit: &UnitId, folder: &Path) -> Result<()> {
        let store = folder.join(format!("hub-{unit}.sqlite"));
        let log = folder.join(format!("hub-{unit}.log"));
        let mut address = free_address()?;
        let mut words = vec!["serve".to_owned()];
        if let Some((weather, dice)) = &mut self.weather {
            let line = Relay::to(address.parse()?, *weather, dice.split())?;
            words.extend(["--listen".to_owned(), address]);
            address = line.address().to_string();
            self.lines.insert(unit.clone(), line);
        }
        let level = self.place.level_of(unit).context("every unit has a level")?.word();
        let name = self.place.name_of(unit).to_owned();
        let init =
            ["init", "--unit", unit.as_str(), "--name", &name, "--level", level, "--address", &address];
        self.programs.run(HUB, &store, &init)?;
        match self.place.hub_above_hub(unit).cloned() {
            None => {
                let divisions = self.place.divisions.display().to_string();
                self.programs.run(HUB, &store, &["directory", "import", &divisions])?;
            }
            Some(above) => {
                let token = self.token(&above, unit, "hub")?;
                self.programs.run(HUB, &store, &["enrol", &token])?;
            }
        }
        let mut member = Member { unit: unit.clone(), store, daemon: None, log, words: (HUB, words) };
        member.start(&self.programs)?;
        self.hubs.insert(unit.clone(), member);
        self.await_directory(unit)?;
        for assigned in self.place.assignments.clone().into_iter().filter(|assigned| assigned.by == *unit) {
            let words = ["policy", "assign", "--unit", assigned.unit.as_str(), "--policy", &assigned.policy];
            self.hub(unit, &words)?;
        }
        Ok(())
    }

    fn start_node(&mut self, office: &Office, folder: &Path) -> Result<()> {
        let unit = &office.unit;
        let store = folder.join(format!("node-{unit}.sqlite"));
        let log = folder.join(format!("node-{unit}.log"));
        let level = self.place.level_of(unit).context("every unit has a level")?.word();
        let name = self.place.name_of(unit).to_owned();
        self.programs.run(
            NODE,
            &store,
            &["init", "--unit", unit.as_str(), "--name", &name, "--level", level],
        )?;
        let hub = self.place.hub_of_node(unit).context("every node has a hub")?.clone();
        let token = self.token(&hub, unit, "node")?;
        self.programs.run(NODE, &store, &["enrol", &token])?;
        // The policy comes down before the year of records is made under it.
        self.programs.run(NODE, &store, &["sync", "--once"])?;
        if office.sample > 0 {
            let (seed, size) = (self.place.seed.to_string(), office.sample.to_string());
            let mut words = vec!["sample", "--seed", &seed, "--leaders", &size];
            let groups = office.groups.as_ref().map(|groups| groups.join(";"));
            if let Some(groups) = &groups {
                words.extend(["--group", groups]);
            }
            self.programs.run(NODE, &store, &words)?;
        }
        let words = (NODE, vec!["run".to_owned()]);
        let mut member = Member { unit: unit.clone(), store, daemon: None, log, words };
        member.start(&self.programs)?;
        self.nodes.insert(unit.clone(), member);
        Ok(())
    }

    /// A command of a hub; gives what it printed.
    ///
    /// # Errors
    /// It was refused.
    pub fn hub(&self, unit: &UnitId, words: &[&str]) -> Result<String> {
        self.programs.run(HUB, &self.member(&self.hubs, unit)?.store, words)
    }

    /// A command of a hub that prints JSON.
    ///
    /// # Errors
    /// It was refused.
    pub fn hub_json(&self, unit: &UnitId, words: &[&str]) -> Result<serde_json::Value> {
        self.programs.json(HUB, &self.member(&self.hubs, unit)?.store, words)
    }

    /// A command of a node; gives what it printed.
    ///
    /// # Errors
    /// It was refused.
    pub fn node(&self, unit: &UnitId, words: &[&str]) -> Result<String> {
        self.programs.run(NODE, &self.member(&self.nodes, unit)?.store, words)
    }

    /// A command of a node that prints JSON.
    ///
    /// # Errors
    /// It was refused.
    pub fn node_json(&self, unit: &UnitId, words: &[&str]) -> Result<serde_json::Value> {
        self.programs.json(NODE, &self.member(&self.nodes, unit)?.store, words)
    }

    /// Cuts a node off: its daemon is killed without warning.
    ///
    /// # Errors
    /// It does not run.
    pub fn cut_off(&mut self, unit: &UnitId) -> Result<()> {
        self.nodes.get_mut(unit).context("no such node")?.kill()
    }

    /// Brings a node back.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn reconnect(&mut self, unit: &UnitId) -> Result<()> {
        self.nodes.get_mut(unit).context("no such node")?.start(&self.programs)
    }

    /// Kills a hub without warning.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill_hub(&mut self, unit: &UnitId) -> Result<()> {
        self.hubs.get_mut(unit).context("no such hub")?.kill()
    }

    /// Starts a hub again.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn revive_hub(&mut self, unit: &UnitId) -> Result<()> {
        self.hubs.get_mut(unit).context("no such hub")?.start(&self.programs)
    }

    /// Moves a node's store to another folder, as to another disk, and lets it go on there.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn settle_node(&mut self, unit: &UnitId, folder: &Path) -> Result<()> {
        self.nodes.get_mut(unit).context("no such node")?.settle(folder, &self.programs)
    }

    /// Moves a hub's store to another folder, as to another disk, and lets it go on there.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn settle_hub(&mut self, unit: &UnitId, folder: &Path) -> Result<()> {
        self.hubs.get_mut(unit).context("no such hub")?.settle(folder, &self.programs)
    }

    /// Fails if a daemon has ended by itself.
    ///
    /// # Errors
    /// One has; the error shows the end of its log.
    pub fn check_running(&mut self) -> Result<()> {
        for member in self.hubs.values_mut().chain(self.nodes.values_mut()) {
            if let Some(daemon) = &mut member.daemon {
                daemon.check_running().with_context(|| member.unit.to_string())?;
            }
        }
        Ok(())
    }

    /// Waits until a condition holds; fails with `what` after a minute, or when a daemon has died.
    ///
    /// # Errors
    /// The condition did not come true, or could not be looked at.
    pub fn await_that(&mut self, what: &str, mut holds: impl FnMut(&Self) -> Result<bool>) -> Result<()> {
        let begun = Instant::now();
        loop {
            if holds(self)? {
                return Ok(());
            }
            self.check_running()?;
            if begun.elapsed() > PATIENCE {
                bail!("{what} did not come true within {} s", PATIENCE.as_secs());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until every node has synced and every hub's rows have gone up: then figures are whole everywhere.
    ///
    /// # Errors
    /// It does not become quiet.
    pub fn await_quiet(&mut self) -> Result<()> {
        let running: Vec<UnitId> =
            self.nodes.values().filter(|node| node.daemon.is_some()).map(|node| node.unit.clone()).collect();
        for unit in running {
            self.node(&unit, &["sync", "--once"])?;
        }
        let quiet = self.await_that("a quiet tree", |federation| Ok(federation.unquiet()?.is_empty()));
        quiet.with_context(|| self.unquiet().unwrap_or_default().join("\n"))
    }

    /// The rows of every hub's fleet that have something left to send or to get.
    fn unquiet(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for unit in self.hubs.iter().filter(|(_, hub)| hub.daemon.is_some()).map(|(unit, _)| unit) {
            let rows = self.hub_json(unit, &["fleet"])?;
            let rows = rows.as_array().context("the fleet is a list")?;
            let unquiet = rows.iter().filter(|row| row["behind"] != 0 || row["owed"] != 0);
            found.extend(unquiet.map(|row| format!("{unit}: {row}")));
        }
        Ok(found)
    }

    /// Memory that all processes hold now, in bytes.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let members = self.hubs.values().chain(self.nodes.values());
        members.filter_map(|member| member.daemon.as_ref()).map(Daemon::resident_bytes).sum()
    }

    /// Asks everything to end, leaves first, and waits.
    pub fn stop(&mut self) {
        for member in self.nodes.values_mut().chain(self.hubs.values_mut()) {
            if let Some(mut daemon) = member.daemon.take() {
                daemon.stop();
            }
        }
    }

    /// A token that a hub prints.
    ///
    /// # Errors
    /// It refuses.
    pub fn token(&self, hub: &UnitId, unit: &UnitId, role: &str) -> Result<String> {
        let printed = self.hub(hub, &["token", "issue", "--unit", unit.as_str(), "--role", role])?;
        let token = printed.trim();
        ensure!(token.starts_with("zhuji1."), "no token was printed: {token}");
        Ok(token.to_owned())
    }

    fn await_directory(&mut self, unit: &UnitId) -> Result<()> {
        // The units that will dial this hub, or be dialled for, must be known to it before tokens are issued.
        let wanted: Vec<UnitId> = self
            .place
            .hubs
            .iter()
            .filter(|hub| self.place.hub_above_hub(hub) == Some(unit))
            .chain(
                self.place
                    .nodes
                    .iter()
                    .map(|node| &node.unit)
                    .filter(|node| self.place.hub_of_node(node) == Some(unit)),
            )
            .cloned()
            .collect();
        let unit = unit.clone();
        self.await_that("the directory at a new hub", |federation| {
            let shown = federation.hub_json(&unit, &["directory", "show", "--depth", "9"])?;
            let rows = shown.as_array().context("the directory is a list")?;
            let known = |wanted: &UnitId| rows.iter().any(|row| row["unit"] == wanted.as_str());
            Ok(wanted.iter().all(known))
        })
    }

    fn member<'a>(&self, members: &'a BTreeMap<UnitId, Member>, unit: &UnitId) -> Result<&'a Member> {
        members.get(unit).with_context(|| format!("{unit} runs none"))
    }
}

impl Drop for Federation {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An address of this machine that is free now.
fn free_address() -> Result<String> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
