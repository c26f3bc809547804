//! One machine: a replica's store, clock, line and program. Whatever befalls a machine is done here.

use super::clock::{Clock, Skew};
use super::dice::Dice;
use super::gate::Gate;
use super::network::Network;
use super::trace::Trace;
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use zhuji_hub::service::{Parts, Running, Stepping};
use zhuji_hub::store::SqliteStore;
use zhuji_node::store::{Store, uplink};
use zhuji_node::uplink::{Service, Surroundings, daemon};
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Language;
use zhuji_protocol::transport::World;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::kinds::SPOKEN_VERSIONS;

/// The port of every hub.
pub const PORT: u16 = 7443;

/// How soon a daemon sees what a command recorded. Longer than in the field, where nothing waits for it in hours of
/// simulated time.
const LOOK: Duration = Duration::from_secs(4);

/// What every machine has.
#[derive(Debug)]
pub struct Machine {
    /// The unit whose replica it runs.
    pub unit: UnitId,
    /// Its store's file.
    pub path: PathBuf,
    /// Its address.
    pub address: Ipv4Addr,
    /// How wrong its clock is.
    pub skew: Skew,
    /// Every commit passes here.
    pub gate: Gate,
    /// Copies of its store that somebody made, oldest first.
    pub copies: Vec<PathBuf>,
    /// What it takes from outside.
    pub world: World,
    /// The protocol versions that its program speaks.
    pub versions: Vec<u16>,
    network: Network,
}

/// What machines are made of.
#[derive(Debug)]
pub struct Yard {
    /// The folder of every store.
    pub folder: PathBuf,
    /// The network.
    pub network: Network,
    /// The civil clock.
    pub clock: Clock,
    /// What happens.
    pub trace: Trace,
    /// Who died.
    pub deaths: mpsc::UnboundedSender<Ipv4Addr>,
    /// The seed.
    pub seed: u64,
}

/// A machine with a hub.
#[derive(Debug)]
pub struct HubMachine {
    /// The machine.
    pub machine: Machine,
    /// The running program.
    pub running: Option<Running>,
}

/// A machine with a node.
#[derive(Debug)]
pub struct NodeMachine {
    /// The machine.
    pub machine: Machine,
    /// The hub that it last enrolled at.
    pub hub: UnitId,
    /// The running program.
    pub running: Option<RunningNode>,
}

/// A node's daemon under way.
#[derive(Debug)]
pub struct RunningNode {
    service: Service,
    task: JoinHandle<Result<(), String>>,
    stop: oneshot::Sender<()>,
}

impl Yard {
    /// A machine that has no store yet.
    #[must_use]
    pub fn machine(&self, unit: &UnitId, name: &str, number: u8) -> Machine {
        let address = Ipv4Addr::new(10, 0, 0, number);
        let skew = Skew::default();
        let dice = Dice::of(self.seed, name);
        Machine {
            unit: unit.clone(),
            path: self.folder.join(format!("{name}.db")),
            address,
            world: self.clock.world(&skew, dice),
            skew,
            gate: Gate::new(address, self.network.clone(), self.trace.clone(), self.deaths.clone()),
            copies: Vec::new(),
            versions: SPOKEN_VERSIONS.to_vec(),
            network: self.network.clone(),
        }
    }
}

impl Machine {
    /// Where children of its hub come in.
    #[must_use]
    pub fn listens_at(&self) -> String {
        format!("{}:{PORT}", self.address)
    }

    /// Copies its store as it stands; what is in the write-ahead log belongs to it.
    ///
    /// # Errors
    /// The folder is full.
    pub fn take_copy(&mut self) -> Result<PathBuf> {
        let copy = self.path.with_extension(format!("copy{}", self.copies.len()));
        copy_store(&self.path, &copy)?;
        self.copies.push(copy.clone());
        Ok(copy)
    }

    /// Puts a copy in the store's place. Nothing runs on it.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn put_back(&self, copy: &Path) -> Result<()> {
        copy_store(copy, &self.path)
    }

    /// The power goes: nothing leaves, nothing is committed.
    pub fn power_off(&self) {
        self.network.unplug(self.address);
        self.gate.kill();
    }

    fn gate_of(&self) -> impl FnMut() -> bool + Send + use<> {
        let gate = self.gate.clone();
        move || gate.pass()
    }

    /// What a node on this machine takes from outside.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        let (network, address) = (self.network.clone(), self.address);
        Surroundings {
            world: self.world.clone(),
            today: None,
            socket: Arc::new(move || Ok(network.socket(address, None))),
            look: LOOK,
            versions: self.versions.clone(),
        }
    }
}

impl HubMachine {
    /// Switches it on.
    ///
    /// # Errors
    /// The store does not open, or the program does not start.
    pub async fn start(&mut self) -> Result<()> {
        let machine = &self.machine;
        machine.gate.revive();
        let mut store = SqliteStore::open(&machine.path)
            .map_err(|fault| anyhow!("{}: {fault}", machine.path.display()))?;
        store.ask_before_commits(machine.gate_of()).map_err(|fault| anyhow!("{fault}"))?;
        let parts = Parts {
            store,
            listening: machine.network.socket(machine.address, Some(PORT)),
            dialling: machine.network.socket(machine.address, None),
            world: machine.world.clone(),
            stepping: Stepping::Inline,
            versions: machine.versions.clone(),
        };
        let running = Running::start(parts).await;
        self.running = Some(running.map_err(|failure| told(&failure))?);
        Ok(())
    }

    /// Stops it properly.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        self.machine.network.unplug(self.machine.address);
    }

    /// The power goes.
    pub async fn crash(&mut self) {
        self.machine.power_off();
        if let Some(running) = self.running.take() {
            running.crash().await;
        }
    }

    /// A reader beside the owner.
    ///
    /// # Errors
    /// The store does not open.
    pub fn read(&self) -> Result<SqliteStore> {
        SqliteStore::read(&self.machine.path).map_err(|fault| anyhow!("{fault}"))
    }
}

impl NodeMachine {
    /// Switches it on.
    ///
    /// # Errors
    /// The store does not open.
    pub fn start(&mut self) -> Result<()> {
        let machine = &self.machine;
        machine.gate.revive();
        let mut store = self.open()?;
        store.ask_before_commits(machine.gate_of()).map_err(|fault| anyhow!("{fault}"))?;
        let service = Service::inline(store, machine.surroundings());
        let (stop, stopped) = oneshot::channel::<()>();
        let kept = service.clone();
        let task = tokio::task::spawn_local(async move {
            let stop = async {
                // Told, or forgotten: either way it ends.
                let _told = stopped.await;
                Ok(())
            };
            daemon::keep(&kept, stop).await.map_err(|failure| format!("{failure:?}"))
        });
        self.running = Some(RunningNode { service, task, stop });
        Ok(())
    }

    /// Stops it properly.
    ///
    /// # Errors
    /// The program had ended with a failure.
    pub async fn stop(&mut self) -> Result<()> {
        if let Some(RunningNode { service, task, stop }) = self.running.take() {
            let _ended_already = stop.send(());
            let ended = task.await.context("the daemon panicked")?;
            service.let_go();
            ended.map_err(|failure| anyhow!(failure))?;
        }
        self.machine.network.unplug(self.machine.address);
        Ok(())
    }

    /// The power goes.
    pub async fn crash(&mut self) {
        self.machine.power_off();
        if let Some(RunningNode { service, task, .. }) = self.running.take() {
            task.abort();
            let _dropped = task.await;
            service.let_go();
        }
    }

    /// After a restore: the hub that the store now says it enrolled at.
    ///
    /// # Errors
    /// The store does not open.
    pub fn remember_hub(&mut self) -> Result<()> {
        let store = self.open()?;
        if let Some(membership) = uplink::membership(store.db()).map_err(|fault| anyhow!("{fault}"))? {
            self.hub = membership.hub;
        }
        Ok(())
    }

    /// Opens the store beside the daemon, as a command does.
    ///
    /// # Errors
    /// The store does not open.
    pub fn open(&self) -> Result<Store> {
        Store::open(&self.machine.path).map_err(|fault| anyhow!("{}: {fault}", self.machine.path.display()))
    }

    /// Does something with the running daemon's own connection.
    pub async fn with_daemon(&self, job: impl FnOnce(&mut Store) + Send + 'static) {
        if let Some(running) = &self.running {
            let done = running.service.with(|store| {
                job(store);
                Ok(())
            });
            // A store that was let go has no daemon to do it with.
            let _gone = done.await;
        }
    }
}

/// A command's failure, in words.
pub(super) fn told(failure: &Failure) -> anyhow::Error {
    anyhow!(failure.lines(Language::English).join("; "))
}

/// Replaces a store by a copy of another: the file, and what stands in its log.
fn copy_store(from: &Path, to: &Path) -> Result<()> {
    for beside in ["", "-wal", "-shm"] {
        let named = |store: &Path| PathBuf::from(format!("{}{beside}", store.display()));
        let (from, to) = (named(from), named(to));
        if to.exists() {
            fs::remove_file(&to)?;
        }
        if from.exists() && beside != "-shm" {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
