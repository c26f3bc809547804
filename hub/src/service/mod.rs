//! The running hub: children dial in, the hub above is dialled, commands come over the administration socket. One writer
//! owns the store; everything here hands in to it.

mod administrator;
mod admission;
mod child;
mod errands;
mod in_order;
mod links;
mod parent;

use crate::committer;
use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{Effects, HubStore};
use links::Links;
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use zhuji_protocol::console::{self, Failure};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::end::Me;
use zhuji_protocol::texts::{Language, Told, text_with};
use zhuji_protocol::transport::{
    Arrival, Credentials, EndpointOptions, Handshake, HubEndpoint, UplinkControl, World, random_bytes, socket,
};
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::life::ProcessId;

/// Where everything of the running hub hands in to the store.
type Committer = committer::Desk<SqliteStore>;

/// What every task of the running hub shares.
#[derive(Clone)]
struct Service {
    committer: Committer,
    links: Arc<Links>,
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
    let listen = listen.unwrap_or_else(|| (Ipv6Addr::UNSPECIFIED, identity.address.port()).into());
    let credentials = Credentials {
        key: identity.key,
        certificate: identity.certificate,
        authority: identity.authority.certificate().clone(),
    };
    let world = world(context);
    let (told, effects) = mpsc::unbounded_channel::<Effects>();
    let clock = world.clock.clone();
    let (committer, writer) = committer::start(
        store,
        move || clock(),
        random_bytes,
        move |effects| {
            // Whoever listens has ended only when the hub is stopping.
            let _stopping = told.send(effects);
        },
    )?;
    let options = EndpointOptions { draw: u16::from_le_bytes(random_bytes()), ..EndpointOptions::default() };
    let open = |address| {
        let listening = socket::listening(address).map_err(|error| CannotListen { address, error });
        let socket = socket::for_transport(listening.map_err(Failure::told)?)?;
        HubEndpoint::open(socket, &credentials, options.clone()).map_err(Failure::told)
    };
    let endpoint = open(listen)?;
    let me = Me {
        replica: identity.replica.clone(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        process: ProcessId(random_bytes()),
    };
    let (uplink, control) = parent::uplink(committer.clone(), me.clone(), world.clone())?;
    let service = Service { committer, links: Arc::default(), uplink: control, world, me };

    administrator::start(&path, service.clone()).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Failure::told(PathTooLong(path.clone())),
        _ => error.into(),
    })?;
    let mut terminate = signal(SignalKind::terminate())?;
    let uplinked = tokio::spawn(uplink.run());
    let ran = tokio::spawn(errands::run(service.clone(), effects));
    println!("{}", listening(context, &identity.replica, endpoint.local_addr()?));
    tokio::select! {
        () = accept(&endpoint, &service) => {}
        _ = terminate.recv() => {}
        stopped = tokio::signal::ctrl_c() => stopped?,
    }

    service.uplink.stop();
    service.links.close_all(CloseCode::ShuttingDown);
    endpoint.close(CloseCode::ShuttingDown).await;
    // Ended by itself, or panicked, which the log says.
    let _ended = uplinked.await;
    ran.abort();
    service.committer.stop().await;
    let _store = writer.join();
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

fn listening(context: &Context, replica: &Replica, address: SocketAddr) -> String {
    let args = [("unit", replica.unit.to_string()), ("address", address.to_string())];
    text_with(context.language, "hub-listening", &args)
}

async fn accept(endpoint: &HubEndpoint, service: &Service) {
    while let Some(handshake) = endpoint.accept().await {
        let service = service.clone();
        tokio::spawn(async move { service.receive(handshake).await });
    }
}

impl Service {
    async fn receive(self, handshake: Handshake) {
        let from = handshake.remote_address();
        match handshake.finish().await {
            Ok(Arrival::Link { connection, peer }) => child::serve(self, connection, peer).await,
            Ok(Arrival::Enrolment { connection }) => admission::serve(&self, &connection).await,
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
