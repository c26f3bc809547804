//! A whole federation in one process: it is founded, grows together over the network in memory, and people work in it.

use super::clock::Clock;
use super::country::Country;
use super::dice::Dice;
use super::machine::{HubMachine, Machine, NodeMachine, Yard, told};
use super::mutations::Mutation;
use super::network::{Network, Weather};
use super::plan::Who;
use super::trace::Trace;
use anyhow::{Context, Result, anyhow, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use zhuji_hub::administration::{PrivateKey, Reply, Request};
use zhuji_hub::command::enrol;
use zhuji_hub::committer::Doing;
use zhuji_hub::store::{Author as HubAuthor, Effects, Founding, HubStore, Identity, Moment, SqliteStore};
use zhuji_node::folder;
use zhuji_node::sample;
use zhuji_node::store::{Author, Office, Store};
use zhuji_node::uplink::enrolment;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{HubAuthority, Replica, ReplicaKey};
use zhuji_protocol::policy::{Alone, Policy, Source, builtin, parse};
use zhuji_protocol::texts::Language;
use zhuji_protocol::unit::UnitId;

/// How long founding may take in simulated time: a handshake, a commit and a directory a level, in fair weather.
const FOUNDING: Duration = Duration::from_secs(300);

/// How often is looked while it is waited.
const LOOK: Duration = Duration::from_secs(1);

/// A federation under way.
#[derive(Debug)]
pub struct Tree {
    /// What machines are made of.
    pub yard: Yard,
    /// The directory of today, and who runs what.
    pub country: Country,
    /// The hubs.
    pub hubs: BTreeMap<UnitId, HubMachine>,
    /// The nodes.
    pub nodes: BTreeMap<UnitId, NodeMachine>,
    /// What people do by chance.
    pub dice: Dice,
    /// Hears of machines that died.
    pub deaths: mpsc::UnboundedReceiver<Ipv4Addr>,
    /// What is broken on purpose.
    pub mutation: Option<Mutation>,
    /// Nodes that sent what only a newer program knows.
    pub newer: BTreeSet<UnitId>,
    /// Nodes that wrote what another unit's is.
    pub trespassers: BTreeSet<UnitId>,
    /// Units that came under another parent.
    pub moved: BTreeSet<UnitId>,
    /// Whose store was replaced by an older copy: what others know of it may be more than it knows itself.
    pub restored: BTreeSet<Who>,
    /// How many copies of a hub are of before a child came or went: from those a child would be unknown, or its past
    /// lost, and only a person could tell.
    useless: BTreeMap<UnitId, usize>,
    snapshots: u32,
}

impl Tree {
    /// Founds a federation of a seed's own, in fair weather. Called within a paused runtime and a local set.
    ///
    /// # Errors
    /// A program refuses what it is asked.
    pub async fn found(seed: u64, folder: &Path, mutation: Option<Mutation>) -> Result<Self> {
        let trace = Trace::begin();
        let (told, deaths) = mpsc::unbounded_channel();
        let yard = Yard {
            folder: folder.to_owned(),
            network: Network::new(seed, trace.clone()),
            clock: Clock::begin(),
            trace,
            deaths: told,
            seed,
        };
        let country = Country::of(&mut Dice::of(seed, "country"));
        let mut tree = Self {
            yard,
            country,
            hubs: BTreeMap::new(),
            nodes: BTreeMap::new(),
            dice: Dice::of(seed, "people"),
            deaths,
            mutation,
            newer: BTreeSet::new(),
            trespassers: BTreeSet::new(),
            moved: BTreeSet::new(),
            restored: BTreeSet::new(),
            useless: BTreeMap::new(),
            snapshots: 0,
        };
        for (number, unit) in (1u8..).zip(tree.country.hubs.clone()) {
            tree.found_hub(&unit, number).await.with_context(|| format!("hub {unit}"))?;
        }
        tree.assign_first_policies().await?;
        for (number, unit) in (101u8..).zip(tree.country.nodes.clone()) {
            tree.found_node(&unit, number).await.with_context(|| format!("node {unit}"))?;
        }
        Ok(tree)
    }

    /// The topmost hub's unit.
    #[must_use]
    pub fn top(&self) -> UnitId {
        self.country.hubs[0].clone()
    }

    async fn found_hub(&mut self, unit: &UnitId, number: u8) -> Result<()> {
        let machine = self.yard.machine(unit, &format!("hub-{unit}"), number);
        let (world, now) = (machine.world.clone(), machine.world.now());
        let key = || ReplicaKey::from_seed(&world.bytes()).context("a key");
        let authority =
            HubAuthority::create(unit, key()?, world.bytes(), now).map_err(|fault| anyhow!("{fault}"))?;
        let own = key()?;
        let certificate = authority
            .issue(&Replica::hub(unit.clone()), &own.public(), world.bytes(), now)
            .map_err(|fault| anyhow!("{fault}"))?;
        let division = self.country.find(unit).context("a unit of the country")?;
        let founding = Founding {
            unit: unit.clone(),
            entry: Entry::always(unit.clone(), division.name, division.level, None),
            address: machine.listens_at().parse().map_err(|_| anyhow!("an address"))?,
            authority,
            key: own,
            certificate,
        };
        let author = HubAuthor { who: "founder".to_owned(), at: now };
        let moment = Moment { now, seed: world.bytes() };
        drop(
            SqliteStore::create(&machine.path, &founding, &author, moment)
                .map_err(|fault| anyhow!("{fault}"))?,
        );
        if let Some(mutation) = self.mutation {
            mutation.into_hub(&machine.path)?;
        }
        let mut hub = HubMachine { machine, running: None };
        hub.start().await?;
        self.hubs.insert(unit.clone(), hub);
        match self.country.hub_above(unit) {
            None => self.publish_directory(false).await,
            Some(above) => {
                self.enrol_hub(unit, &above).await?;
                self.await_directory(unit).await
            }
        }
    }

    async fn await_directory(&self, unit: &UnitId) -> Result<()> {
        let until = Instant::now() + FOUNDING;
        let wanted: Vec<&UnitId> = self
            .country
            .divisions
            .iter()
            .map(|division| &division.unit)
            .filter(|below| self.country.chain(below).contains(unit))
            .collect();
        loop {
            let territory = self.hubs[unit].read()?.territory().await.map_err(|fault| anyhow!("{fault}"))?;
            if wanted.iter().all(|wanted| territory.directory.get(wanted).is_some()) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("the directory did not come down");
            }
            sleep(LOOK).await;
        }
    }

    /// A writing command at a hub that runs.
    ///
    /// # Errors
    /// It is refused, or the hub does not run.
    pub async fn command(&self, hub: &UnitId, request: Request) -> Result<Vec<String>> {
        match self.ask(hub, request).await? {
            Reply::Done(lines) => Ok(lines),
            Reply::Key(_) => bail!("a key is no answer"),
            Reply::Refused(lines) => bail!("{}", lines.join("; ")),
        }
    }

    async fn ask(&self, hub: &UnitId, request: Request) -> Result<Reply> {
        let running = self.hubs.get(hub).and_then(|hub| hub.running.as_ref()).context("the hub is off")?;
        Ok(running.perform(Language::English, "clerk", request).await)
    }

    /// A token that a hub issues.
    ///
    /// # Errors
    /// It refuses.
    pub async fn token(&self, hub: &UnitId, unit: &UnitId, as_hub: bool) -> Result<String> {
        let request = Request::IssueToken { unit: unit.clone(), as_hub, address: None };
        let lines = self.command(hub, request).await?;
        lines.first().cloned().context("a token is one line")
    }

    /// Enrols a running hub at the hub above, anew if it was.
    ///
    /// # Errors
    /// One of them refuses, or they do not reach each other.
    pub async fn enrol_hub(&self, unit: &UnitId, above: &UnitId) -> Result<()> {
        let token = self.token(above, unit, true).await?;
        let hub = &self.hubs[unit];
        let identity = hub.read()?.identity().await.map_err(|fault| anyhow!("{fault}"))?;
        let machine = &hub.machine;
        let fresh = ReplicaKey::from_seed(&machine.world.bytes()).context("a key")?;
        let keep = Request::KeepNewcomerKey { fresh: PrivateKey(fresh.pkcs8().to_vec()) };
        let Reply::Key(PrivateKey(kept)) = self.ask(unit, keep).await? else { bail!("no key was kept") };
        let identity = Identity { key: ReplicaKey::from_pkcs8(&kept).context("a key")?, ..identity };
        let socket = self.yard.network.socket(machine.address, None);
        let options = machine.world.endpoint_options();
        let asked = enrol::ask(&token, &identity, socket, &options, machine.world.now()).await;
        self.command(unit, asked.map_err(|failure| told(&failure))?).await?;
        Ok(())
    }

    /// The top hub takes the present snapshot in; a later one from today on.
    ///
    /// # Errors
    /// It refuses.
    pub async fn publish_directory(&mut self, is_later: bool) -> Result<()> {
        self.snapshots += 1;
        let file = self.yard.folder.join(format!("divisions{}.csv", self.snapshots));
        fs::write(&file, self.country.csv())?;
        let on = is_later.then(|| self.yard.clock.today());
        let top = self.top();
        self.command(&top, Request::ImportDirectory { file, on, confirmed: true }).await?;
        Ok(())
    }

    async fn assign_first_policies(&mut self) -> Result<()> {
        for unit in self.country.hubs.clone() {
            let is_top = unit == self.top();
            if is_top || self.dice.percent(50) {
                let policy = built_in(if is_top { "meijia-2023" } else { "yuanjiang-2015" })?;
                let request = Request::AssignPolicy {
                    unit: unit.clone(),
                    toml: policy.to_toml(),
                    from: None,
                    to: None,
                };
                self.command(&unit, request).await?;
            }
        }
        Ok(())
    }

    async fn found_node(&mut self, unit: &UnitId, number: u8) -> Result<()> {
        let machine = self.yard.machine(unit, &format!("node-{unit}"), number);
        let division = self.country.find(unit).context("a unit of the country")?;
        let today = self.yard.clock.today();
        let since = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).context("a day")?;
        let office =
            Office { unit: unit.clone(), name: division.name.to_owned(), level: division.level, since };
        let author = Author { who: "clerk".to_owned(), at: machine.world.now() };
        let mut store =
            Store::create(&machine.path, &office, None, &author).map_err(|fault| anyhow!("{fault}"))?;
        let seen = sample::Office { unit, name: division.name, level: division.level };
        let policy = built_in("meijia-2023")?;
        let leaders = u32::try_from(self.dice.between(1, 3))?;
        let groups = ["leadership".to_owned()];
        let wish = sample::Wish { year: 2026, today, seed: self.dice.draw(), leaders, groups: Some(&groups) };
        let facts = sample::facts(&seen, Some(&policy), Calendar::shipped(), &wish);
        let change = store.change(&author).map_err(|fault| anyhow!("{fault}"))?;
        folder::apply(&change, &office, &facts, || {}).map_err(|fault| anyhow!("{fault}"))?;
        change.commit().map_err(|fault| anyhow!("{fault}"))?;
        drop(store);
        if let Some(mutation) = self.mutation {
            mutation.into_node(&machine.path)?;
        }
        let hub = self.country.hub_of_node(unit).context("a hub above")?;
        self.nodes.insert(unit.clone(), NodeMachine { machine, hub: hub.clone(), running: None });
        self.enrol_node(unit, &hub).await?;
        self.nodes.get_mut(unit).context("it was just made")?.start()
    }

    /// Enrols a node, anew if it was; the daemon may be running.
    ///
    /// # Errors
    /// The hub refuses, or is not reached.
    pub async fn enrol_node(&mut self, unit: &UnitId, hub: &UnitId) -> Result<()> {
        let token = self.token(hub, unit, false).await?;
        let node = self.nodes.get_mut(unit).context("a node")?;
        let mut store = node.open()?;
        let author = Author { who: "clerk".to_owned(), at: node.machine.world.now() };
        let enrolled = enrolment::enrol_from(&mut store, &token, &node.machine.surroundings(), author).await;
        enrolled.map_err(|failure| told(&failure))?;
        let before = std::mem::replace(&mut node.hub, hub.clone());
        if before != *hub {
            for hub in [before, hub.clone()] {
                let copies = self.hubs.get(&hub).map_or(0, |hub| hub.machine.copies.len());
                self.useless.insert(hub, copies);
            }
        }
        Ok(())
    }

    /// Every machine.
    #[must_use]
    pub fn everybody(&self) -> Vec<Who> {
        self.hubs.keys().cloned().map(Who::Hub).chain(self.nodes.keys().cloned().map(Who::Node)).collect()
    }

    /// A machine of the tree.
    ///
    /// # Panics
    /// It is of another tree.
    #[must_use]
    pub fn machine(&self, who: &Who) -> &Machine {
        match who {
            Who::Hub(unit) => &self.hubs[unit].machine,
            Who::Node(unit) => &self.nodes[unit].machine,
        }
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// It is of another tree.
    pub fn machine_mut(&mut self, who: &Who) -> &mut Machine {
        let found = match who {
            Who::Hub(unit) => self.hubs.get_mut(unit).map(|hub| &mut hub.machine),
            Who::Node(unit) => self.nodes.get_mut(unit).map(|node| &mut node.machine),
        };
        found.expect("a machine of this tree")
    }

    /// Who has an address.
    #[must_use]
    pub fn at(&self, address: Ipv4Addr) -> Option<Who> {
        self.everybody().into_iter().find(|who| self.machine(who).address == address)
    }

    /// Whether its program runs.
    #[must_use]
    pub fn is_up(&self, who: &Who) -> bool {
        match who {
            Who::Hub(unit) => self.hubs.get(unit).is_some_and(|hub| hub.running.is_some()),
            Who::Node(unit) => self.nodes.get(unit).is_some_and(|node| node.running.is_some()),
        }
    }

    /// Switches a machine on.
    ///
    /// # Errors
    /// Its program does not start.
    pub async fn start(&mut self, who: &Who) -> Result<()> {
        match who {
            Who::Hub(unit) => self.hubs.get_mut(unit).context("a hub")?.start().await,
            Who::Node(unit) => self.nodes.get_mut(unit).context("a node")?.start(),
        }
    }

    /// Stops a machine properly.
    ///
    /// # Errors
    /// Its program had ended with a failure.
    pub async fn stop(&mut self, who: &Who) -> Result<()> {
        match who {
            Who::Hub(unit) => {
                self.hubs.get_mut(unit).context("a hub")?.stop().await;
                Ok(())
            }
            Who::Node(unit) => self.nodes.get_mut(unit).context("a node")?.stop().await,
        }
    }

    /// The power of a machine goes.
    pub async fn crash(&mut self, who: &Who) {
        match who {
            Who::Hub(unit) => {
                if let Some(hub) = self.hubs.get_mut(unit) {
                    hub.crash().await;
                }
            }
            Who::Node(unit) => {
                if let Some(node) = self.nodes.get_mut(unit) {
                    node.crash().await;
                }
            }
        }
    }

    /// A machine's disk has room for so many pages more; `None`: as many as it likes.
    pub async fn allow_pages(&self, who: &Who, more: Option<i64>) {
        match who {
            Who::Hub(unit) => {
                if let Some(running) = self.hubs.get(unit).and_then(|hub| hub.running.as_ref()) {
                    let allowed =
                        running.committer().act(move |store: &mut SqliteStore, _| -> Doing<'_, _> {
                            Box::pin(async move { (store.allow_pages(more).is_ok(), Effects::default()) })
                        });
                    // A writer that has just died needs no disk.
                    let _died = allowed.await;
                }
            }
            Who::Node(unit) => {
                if let Some(node) = self.nodes.get(unit) {
                    node.with_daemon(move |store| {
                        let _unreadable = store.allow_pages(more);
                    })
                    .await;
                }
            }
        }
    }

    /// How many of a machine's first copies nobody would put back.
    #[must_use]
    pub fn useless_copies(&self, who: &Who) -> usize {
        match who {
            Who::Hub(unit) => self.useless.get(unit).copied().unwrap_or(0),
            Who::Node(_) => 0,
        }
    }

    /// The weather of the whole country.
    pub fn set_weather(&self, weather: Weather) {
        self.yard.network.set_weather(weather);
    }
}

/// A policy that the program ships with.
///
/// # Errors
/// There is none of that name.
pub fn built_in(id: &str) -> Result<Policy> {
    let text = builtin::text(id).context("a policy of this name")?;
    let source = Source { file: id.to_owned(), bytes: text.into() };
    parse(&source, &Alone, Calendar::shipped()).map_err(|faults| anyhow!("{} faults in {id}", faults.len()))
}
