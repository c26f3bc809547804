//! The part of this crate that touches the world: QUIC, TLS, time. It moves bytes and wakes up on time; what the bytes
//! mean is decided by [`link`](crate::link), who may speak by the hub's store.
//!
//! Endpoints take a socket and never an address, so that a simulation can put its own network in between.
//!
//! **A replica below** enrols once and then keeps an uplink: [`enrolment::enrol`] over a [`DialEndpoint`] (its key kept
//! first), then [`Uplink::run`] in the daemon, or [`Uplink::sync_once`]. Its store stands behind [`UplinkStore`], whose
//! requests go to the thread that owns the store, a [`StoreThread`] for instance. [`UplinkControl`] tells it of changes,
//! shows where it stands, and stops it. A hub towards the hub above it is no different.
//!
//! **A hub** opens a [`HubEndpoint`] and, for every [`Handshake`], in a task of its own, finds out what has arrived:
//! a newcomer ([`enrolment::serve_enrolment`]), or a replica whose [`wish`] is a renewal ([`renewal::Renewal::answer`])
//! or a link ([`LinkWish::serve`]). A link leans on a [`Desk`]; whoever has its [`LinkHandle`] answers it, tells it of
//! changes and closes it: replaced, revoked, stopping.

mod backlog;
mod bounds;
mod dial_endpoint;
mod driver;
pub mod enrolment;
mod fault;
mod hub_endpoint;
mod inbox;
mod ready;
pub mod renewal;
mod serving;
mod settings;
pub mod socket;
mod store_thread;
pub mod streams;
#[cfg(test)]
mod tests;
mod tls;
mod uplink;
mod uplink_status;
mod waiting_room;
mod world;

pub use backlog::Backlog;
pub use bounds::{Bounds, Guest};
pub use dial_endpoint::DialEndpoint;
pub use driver::Desk;
pub use fault::{DialFault, EndpointFault, HandshakeFault};
pub use hub_endpoint::{Arrival, Handshake, HubEndpoint};
pub use inbox::{LinkHandle, LinkInbox};
pub use ready::{Offer, Ready};
pub use serving::{LinkWish, Wish, wish};
pub use settings::EndpointOptions;
pub use store_thread::{StoreGone, StoreThread};
pub use tls::{Credentials, ENROLMENT_PROTOCOL, LINK_PROTOCOL};
pub use uplink::{Preparation, StoreFailed, Uplink, UplinkStore};
pub use uplink_status::{Phase, UplinkControl, UplinkFault, UplinkStatus};
pub use world::{World, random_bytes};
