//! The running hub: children dial in, the hub above is dialled, commands come over the administration socket. One writer
//! owns the store; everything here hands in to it.

mod administrator;
mod admission;
mod child;
mod errands;
mod guesses;
mod in_order;
mod links;
mod own_certificate;
mod parent;
mod reader;
mod running;

use crate::committer;
use crate::context::Context;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use guesses::Guesses;
use links::Links;
pub use reader::Reader;
pub use running::{Parts, Running, Stepping};
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use zhuji_protocol::console::{self, Failure};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::end::Me;
use zhuji_protocol::texts::{Language, Told, text_with};
use zhuji_protocol::transport::{Arrival, Handshake, UplinkControl, World, socket};
use zhuji_protocol::wire::kinds::SPOKEN_VERSIONS;

/// Where everything of the running hub hands in to the store.
type Committer = committer::Desk<SqliteStore>;

/// What every task of the running hub shares.
#[derive(Clone)]
struct Service {
    committer: Committer,
    reader: Reader,
    links: Arc<Links>,
    guesses: Arc<Guesses>,
    uplink: UplinkControl,
    world: World,
    me: Me,
}

/// Runs the hub to its end.
///
/// # Errors
/// When another process owns the store, or the store or a socket cannot be opened.
pub fn run(listen: Option<SocketAddr>, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let store = SqliteStore::open(path)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve(store, listen, context))
}

async fn serve(store: SqliteStore, listen: Option<SocketAddr>, context: &Context) -> Result<(), Failure> {
    let identity = store.identity().await?;
    let path = store.path().to_owned();
    let address = listen.unwrap_or_else(|| (Ipv6Addr::UNSPECIFIED, identity.address.port()).into());
    let listening = socket::listening(address).map_err(|error| CannotListen { address, error });
    let parts = Parts {
        store,
        listening: socket::for_transport(listening.map_err(Failure::told)?)?,
        dialling: socket::for_transport(socket::dialling()?)?,
        world: world(context),
        stepping: Stepping::Thread,
        versions: SPOKEN_VERSIONS.to_vec(),
    };
    let running = Running::start(parts).await?;
    administrator::start(&path, running.service.clone()).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Failure::told(PathTooLong(path.clone())),
        _ => error.into(),
    })?;
    let mut terminate = signal(SignalKind::terminate())?;
    println!("{}", said_listening(context, &identity.replica, running.address()?));
    tokio::select! {
        () = running.closed() => {}
        _ = terminate.recv() => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    running.stop().await;
    println!("{}", text_with(context.language, "hub-stopped", &[]));
    Ok(())
}

/// The system's clock and randomness; on a rehearsed day the clock stands at its noon.
fn world(context: &Context) -> World {
    let real = World::real();
    if context.today.is_none() {
        return real;
    }
    let context = context.clone();
    World { clock: Arc::new(move || context.now()), ..real }
}

fn said_listening(context: &Context, replica: &Replica, address: SocketAddr) -> String {
    let args = [("unit", replica.unit.to_string()), ("address", address.to_string())];
    text_with(context.language, "hub-listening", &args)
}

impl Service {
    async fn receive(self, handshake: Handshake) {
        let from = handshake.remote_address();
        match handshake.finish().await {
            Ok(Arrival::Link { connection, peer, guest }) => {
                child::serve(self, connection, peer, guest).await;
            }
            Ok(Arrival::Enrolment { connection, guest: _until_gone }) => {
                admission::serve(&self, &connection).await;
            }
            Err(fault) => tracing::info!(%from, %fault, "a caller did not come through the handshake"),
        }
    }
}

#[derive(Debug)]
struct CannotListen {
    address: SocketAddr,
    error: io::Error,
}

impl Told for CannotListen {
    fn key(&self) -> &'static str {
        "hub-cannot-listen"
    }

    fn tell(&self, language: Language) -> String {
        let what = console::system_reason(&self.error, language);
        text_with(language, self.key(), &[("address", self.address.to_string()), ("what", what)])
    }
}

/// Sockets have short names, by the system's own bound.
#[derive(Debug)]
struct PathTooLong(PathBuf);

impl Told for PathTooLong {
    fn key(&self) -> &'static str {
        "hub-path-too-long"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.0.display().to_string())]
    }
}
