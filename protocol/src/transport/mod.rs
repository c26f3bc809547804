//! The part of this crate that touches the world: QUIC, TLS, time. It moves bytes and wakes up on time; what the bytes
//! mean is decided by [`link`](crate::link), who may speak by the hub's store.
//!
//! Endpoints take a socket and never an address, so that a simulation can put its own network in between.

mod dial_endpoint;
pub mod enrolment;
mod fault;
mod hub_endpoint;
mod settings;
pub mod socket;
pub mod streams;
#[cfg(test)]
mod tests;
mod tls;

pub use dial_endpoint::DialEndpoint;
pub use fault::{DialFault, EndpointFault, HandshakeFault};
pub use hub_endpoint::{Arrival, Handshake, HubEndpoint};
pub use settings::EndpointOptions;
pub use tls::{Credentials, ENROLMENT_PROTOCOL, LINK_PROTOCOL};
