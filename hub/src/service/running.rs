//! A hub that runs, made from parts: `serve` hands in the machine's sockets, clock and randomness, and a thread for the
//! store; a simulation hands in its own, and steps the store inline.

use super::{Committer, Reader, Service, administrator, errands, own_certificate, parent};
use crate::administration::{Reply, Request};
use crate::committer::{self, Writer};
use crate::store::sqlite::SqliteStore;
use crate::store::{Effects, HubStore};
use quinn::AsyncUdpSocket;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use zhuji_protocol::console::Failure;
use zhuji_protocol::link::end::Me;
use zhuji_protocol::texts::Language;
use zhuji_protocol::transport::{Credentials, HubEndpoint, UplinkStatus, World};
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::life::ProcessId;

/// What a running hub takes from outside.
pub struct Parts {
    /// The store, owned.
    pub store: SqliteStore,
    /// Where children come in.
    pub listening: Arc<dyn AsyncUdpSocket>,
    /// From where the hub above is dialled.
    pub dialling: Arc<dyn AsyncUdpSocket>,
    /// The clock and randomness.
    pub world: World,
    /// Where store work is done.
    pub stepping: Stepping,
    /// The protocol versions spoken; an older program's in a simulation.
    pub versions: Vec<u16>,
}

/// Where store work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepping {
    /// On a thread of its own: a blocked worker would starve keep-alives.
    Thread,
    /// In a task of the runtime that polls everything else, within a [`LocalSet`](tokio::task::LocalSet): beside a real
    /// thread, paused time would jump.
    Inline,
}

/// A running hub.
pub struct Running {
    pub(super) service: Service,
    endpoint: Arc<HubEndpoint>,
    accepting: JoinHandle<()>,
    uplinked: JoinHandle<()>,
    errands: JoinHandle<()>,
    renewing: JoinHandle<()>,
    writing: Writing,
    closed: watch::Receiver<bool>,
}

enum Writing {
    Thread(std::thread::JoinHandle<SqliteStore>),
    Inline(JoinHandle<SqliteStore>),
}

impl Running {
    /// Starts. Called within a tokio runtime.
    ///
    /// # Errors
    /// When the store cannot be read, or an endpoint not be made.
    pub async fn start(parts: Parts) -> Result<Self, Failure> {
        let Parts { store, listening, dialling, world, stepping, versions } = parts;
        let identity = store.identity().await?;
        let credentials = Credentials {
            key: identity.key,
            certificate: identity.certificate,
            authority: identity.authority.certificate().clone(),
        };
        let endpoint =
            HubEndpoint::open(listening, &credentials, world.endpoint_options()).map_err(Failure::told)?;
        let beside = store.beside()?;
        let (told, effects) = mpsc::unbounded_channel::<Effects>();
        let (committer, writer) = writer(store, &world, told);
        let me = Me::new(identity.replica, env!("CARGO_PKG_VERSION"), ProcessId(world.bytes()));
        let me = me.speaking(&versions);
        let (uplink, control) = parent::uplink(committer.clone(), dialling, me.clone(), world.clone())?;
        let writing = match stepping {
            Stepping::Thread => Writing::Thread(writer.on_a_thread()?),
            Stepping::Inline => Writing::Inline(tokio::task::spawn_local(writer.write_until_stopped())),
        };
        let reader = match stepping {
            Stepping::Thread => Reader::on_a_thread(beside)?,
            Stepping::Inline => Reader::inline(beside),
        };
        let service = Service {
            committer,
            reader,
            links: Arc::default(),
            guesses: Arc::default(),
            uplink: control,
            world,
            me,
        };
        let endpoint = Arc::new(endpoint);
        let (is_closed, closed) = watch::channel(false);
        let accepting = accept(endpoint.clone(), service.clone(), is_closed);
        Ok(Self {
            accepting: tokio::spawn(accepting),
            uplinked: tokio::spawn(uplink.run()),
            errands: tokio::spawn(errands::run(service.clone(), effects)),
            renewing: tokio::spawn(own_certificate::run(service.clone(), endpoint.clone())),
            service,
            endpoint,
            writing,
            closed,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The socket does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// Waits until nobody can come in any more.
    pub async fn closed(&self) {
        let mut closed = self.closed.clone();
        // It fails only when whoever accepts is gone.
        let _closed = closed.wait_for(|closed| *closed).await.is_ok();
    }

    /// Performs a writing command, as one that comes over the administration socket.
    pub async fn perform(&self, language: Language, who: &str, request: Request) -> Reply {
        administrator::carry_out(&self.service, language, who.to_owned(), request).await
    }

    /// How the link to the hub above stands.
    #[must_use]
    pub fn uplink(&self) -> UplinkStatus {
        self.service.uplink.status().borrow().clone()
    }

    /// Where figures are asked for.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.service.reader
    }

    /// Where work with the store is handed in.
    #[must_use]
    pub fn committer(&self) -> &Committer {
        &self.service.committer
    }

    /// Stops: everybody is told, and what is queued is written.
    pub async fn stop(self) {
        self.service.uplink.stop();
        self.service.links.close_all(CloseCode::ShuttingDown);
        self.endpoint.close(CloseCode::ShuttingDown).await;
        // Ended by itself, or panicked, which the log says.
        let _ended = self.uplinked.await;
        self.errands.abort();
        self.renewing.abort();
        self.service.committer.stop().await;
        match self.writing {
            Writing::Thread(thread) => drop(thread.join()),
            Writing::Inline(task) => drop(task.await),
        }
    }

    /// Ends as a crash does: whatever was under way is dropped where it stands, and the store is let go.
    pub async fn crash(self) {
        for task in [&self.accepting, &self.uplinked, &self.errands, &self.renewing] {
            task.abort();
        }
        match self.writing {
            // A thread cannot be dropped; it ends with what it has begun.
            Writing::Thread(thread) => {
                self.service.committer.stop().await;
                drop(thread.join());
            }
            Writing::Inline(task) => {
                task.abort();
                drop(task.await);
            }
        }
        for task in [self.accepting, self.uplinked, self.errands, self.renewing] {
            let _dropped = task.await;
        }
        self.service.reader.let_go();
    }
}

fn writer(
    store: SqliteStore,
    world: &World,
    told: mpsc::UnboundedSender<Effects>,
) -> (Committer, Writer<SqliteStore>) {
    let (clock, random) = (world.clone(), world.clone());
    committer::writer(
        store,
        move || clock.now(),
        move || random.bytes(),
        move |effects| {
            // Whoever listens has ended only when the hub is stopping.
            let _stopping = told.send(effects);
        },
    )
}

/// Lets callers in, each in a task of its own; all of them end with this one.
async fn accept(endpoint: Arc<HubEndpoint>, service: Service, is_closed: watch::Sender<bool>) {
    let mut callers = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(_ended) = callers.join_next() => {}
            handshake = endpoint.accept() => match handshake {
                Some(handshake) => { callers.spawn(service.clone().receive(handshake)); }
                None => break,
            },
        }
    }
    is_closed.send_replace(true);
    while callers.join_next().await.is_some() {}
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("store", &self.store)
            .field("stepping", &self.stepping)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("replica", &self.service.me.replica).finish_non_exhaustive()
    }
}
