//! What a hub's store is made from, and what is asked of it about itself.

use chrono::{DateTime, Utc};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{
    AuthorityCertificate, HubAddress, HubAuthority, PublicKey, Replica, ReplicaKey,
};
use zhuji_protocol::unit::UnitId;

/// Who acts, and when: data for the trail, never order.
#[derive(Clone, Debug)]
pub struct Author {
    /// A person's account, or the replica whose message caused it.
    pub who: String,
    /// The moment.
    pub at: DateTime<Utc>,
}

/// Everything that a new store begins with. Keys and serials are made by the caller, so that simulation repeats.
#[derive(Debug)]
pub struct Founding {
    /// The hub's unit.
    pub unit: UnitId,
    /// Its entry, so that figures count before a directory is imported.
    pub entry: Entry,
    /// Where children reach it; tokens carry it.
    pub address: HubAddress,
    /// The authority that lets children in.
    pub authority: HubAuthority,
    /// The hub's own key, for TLS and signatures.
    pub key: ReplicaKey,
    /// The authority's certificate for that key.
    pub certificate: Vec<u8>,
}

/// What a hub is.
#[derive(Debug)]
pub struct Identity {
    /// The hub.
    pub replica: Replica,
    /// Where children reach it.
    pub address: HubAddress,
    /// The authority that lets children in.
    pub authority: HubAuthority,
    /// Its own key.
    pub key: ReplicaKey,
    /// Its own certificate, under its own authority.
    pub certificate: Vec<u8>,
    /// The latest moment known to the store: dates are checked against the later of it and the clock.
    pub latest: DateTime<Utc>,
}

/// How a hub reaches the hub above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uplink {
    /// The hub above.
    pub parent: Replica,
    /// Where it listens.
    pub address: HubAddress,
    /// Its authority, pinned at enrolment.
    pub authority: AuthorityCertificate,
    /// Its certificate for our key.
    pub certificate: Vec<u8>,
    /// The keys that it showed under its authority.
    pub keys: Vec<PublicKey>,
}
