//! Real QUIC and TLS: over loopback, and over a network in memory with paused time.

mod enrolment;
mod floods;
mod handshake;
mod hostile;
mod links;
mod network;
mod renewals;

use super::{Credentials, DialEndpoint, EndpointOptions, HubEndpoint, socket};
use crate::identity::{HubAddress, HubAuthority, Replica, ReplicaKey};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use std::net::{Ipv4Addr, SocketAddr};

/// A hub with its authority, as `hub init` makes one.
pub(crate) struct Hub {
    pub(crate) unit: UnitId,
    pub(crate) authority: HubAuthority,
    pub(crate) listener: HubEndpoint,
}

pub(crate) fn unit(code: &str) -> UnitId {
    code.parse().expect("a unit")
}

pub(crate) fn key(seed: u8) -> ReplicaKey {
    ReplicaKey::from_seed(&[seed; 32]).expect("a seed")
}

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().expect("a moment")
}

impl Hub {
    /// What a hub makes at `init`.
    pub(crate) fn credentials(code: &str, seed: u8) -> (HubAuthority, Credentials) {
        let unit = unit(code);
        let authority = HubAuthority::create(&unit, key(seed), [seed; 16], noon()).expect("an authority");
        let own = key(seed + 1);
        let certificate =
            authority.issue(&Replica::hub(unit), &own.public(), [1; 16], noon()).expect("issued");
        let credentials = Credentials { key: own, certificate, authority: authority.certificate().clone() };
        (authority, credentials)
    }

    pub(crate) fn start(code: &str, seed: u8) -> Self {
        let (authority, credentials) = Self::credentials(code, seed);
        let bound = socket::listening((Ipv4Addr::LOCALHOST, 0).into()).expect("a port");
        let bound = socket::for_transport(bound).expect("a runtime");
        let listener =
            HubEndpoint::open(bound, &credentials, EndpointOptions::default()).expect("an endpoint");
        Self { unit: unit(code), authority, listener }
    }

    pub(crate) fn address(&self) -> HubAddress {
        self.listener.local_addr().expect("bound").to_string().parse().expect("an address")
    }

    /// What a node of this hub holds after it enrolled.
    pub(crate) fn child(&self, code: &str, seed: u8, issued: DateTime<Utc>) -> Credentials {
        let key = key(seed);
        let replica = Replica::node(unit(code));
        let certificate = self.authority.issue(&replica, &key.public(), [seed; 16], issued).expect("issued");
        Credentials { key, certificate, authority: self.authority.certificate().clone() }
    }
}

pub(crate) fn dialler() -> DialEndpoint {
    let bound = socket::for_transport(socket::dialling().expect("a port")).expect("a runtime");
    DialEndpoint::open(bound, &EndpointOptions::default()).expect("an endpoint")
}

/// A port of this machine at which nobody answers.
pub(crate) fn silent_address() -> (std::net::UdpSocket, HubAddress) {
    let silent = socket::listening(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
    let address = silent.local_addr().expect("bound").to_string().parse().expect("an address");
    (silent, address)
}
