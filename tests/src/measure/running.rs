//! Starting what is measured, in this process: a hub from its parts, replicas in memory below it, and endpoints to dial from.

use crate::load::{Identity, MemoryReplica};
use anyhow::{Result, anyhow};
use std::net::SocketAddr;
use std::sync::Arc;
use zhuji_hub::service::{Parts, Running, Stepping};
use zhuji_hub::store::SqliteStore;
use zhuji_protocol::identity::{HubAddress, Replica};
use zhuji_protocol::link::end::Me;
use zhuji_protocol::transport::socket::{self, AsyncUdpSocket};
use zhuji_protocol::transport::{DialEndpoint, EndpointOptions, Uplink, UplinkControl, World, random_bytes};
use zhuji_protocol::wire::kinds::SPOKEN_VERSIONS;
use zhuji_protocol::wire::life::ProcessId;

/// A replica in memory, and what steers its link.
pub type Linked = (MemoryReplica, UplinkControl);

/// An address of this machine that is free now.
///
/// # Errors
/// The system gives none.
pub fn free_address() -> Result<HubAddress> {
    address_of(std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?)
}

/// A socket address as hubs tell theirs.
///
/// # Errors
/// Never, for what the system gives.
pub fn address_of(address: SocketAddr) -> Result<HubAddress> {
    address.to_string().parse().map_err(|fault| anyhow!("{fault:?}"))
}

/// A listening socket at an address, or at any if there is none.
///
/// # Errors
/// The system gives none.
pub fn listening(address: Option<&HubAddress>) -> Result<Arc<dyn AsyncUdpSocket>> {
    let at: SocketAddr = match address {
        Some(address) => format!("{}:{}", address.host(), address.port()).parse()?,
        None => ([127, 0, 0, 1], 0).into(),
    };
    Ok(socket::for_transport(socket::listening(at)?)?)
}

/// A hub as `serve` runs it. Called within a tokio runtime.
///
/// # Errors
/// It cannot start.
pub async fn serve(store: SqliteStore, listening: Arc<dyn AsyncUdpSocket>) -> Result<Running> {
    serve_from(store, listening, socket::dialler()?).await
}

/// The same, that dials the hub above from this socket.
///
/// # Errors
/// It cannot start.
pub async fn serve_from(
    store: SqliteStore,
    listening: Arc<dyn AsyncUdpSocket>,
    dialling: Arc<dyn AsyncUdpSocket>,
) -> Result<Running> {
    let parts = Parts {
        store,
        listening,
        dialling,
        world: World::real(),
        stepping: Stepping::Thread,
        versions: SPOKEN_VERSIONS.to_vec(),
    };
    Running::start(parts).await.map_err(|failure| anyhow!("{failure:?}"))
}

/// Who a replica is on a link.
#[must_use]
pub fn me(replica: &Replica) -> Me {
    Me::new(replica.clone(), env!("CARGO_PKG_VERSION"), ProcessId(random_bytes()))
}

/// An endpoint to dial from.
///
/// # Errors
/// The system gives no socket.
pub fn dialler() -> Result<DialEndpoint> {
    dialler_on(socket::dialler()?)
}

/// The same, on this socket.
///
/// # Errors
/// It cannot be used.
pub fn dialler_on(socket: Arc<dyn AsyncUdpSocket>) -> Result<DialEndpoint> {
    DialEndpoint::open(socket, &EndpointOptions::default()).map_err(|fault| anyhow!("{fault}"))
}

/// A replica in memory whose link is being dialled. Called within a tokio runtime.
///
/// # Errors
/// No socket, or a key that cannot be used.
pub fn link(identity: &Identity) -> Result<Linked> {
    let replica = MemoryReplica::new(identity.clone())?;
    let control = dial(&replica, dialler()?, &World::real());
    Ok((replica, control))
}

/// Keeps a replica's link up, from an endpoint. Called within a tokio runtime.
#[must_use]
pub fn dial(replica: &MemoryReplica, endpoint: DialEndpoint, world: &World) -> UplinkControl {
    let (uplink, control) = Uplink::new(endpoint, replica.clone(), me(replica.replica()), world.clone());
    tokio::spawn(uplink.run());
    control
}

/// Waits until both directions of its link have nothing left.
///
/// # Errors
/// The link is gone.
pub async fn quiet(control: &UplinkControl) -> Result<()> {
    control.status().wait_for(|status| status.quiet).await?;
    Ok(())
}
