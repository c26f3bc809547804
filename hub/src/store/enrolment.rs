//! Who may speak to this hub: tokens, replicas, their keys and how they stand.

use super::standing::Standing;
use crate::store::anchoring::Finding;
use chrono::{DateTime, Utc};
use zhuji_protocol::identity::{KeyId, PublicKey, Replica};
use zhuji_protocol::unit::Level;
use zhuji_protocol::wire::ack::RefusedItemV1;
use zhuji_protocol::wire::life::ProcessId;

/// A key that a replica had or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// Whose key.
    pub replica: Replica,
    /// The key.
    pub public: PublicKey,
    /// How it stands.
    pub standing: Standing,
}

/// A token as it is listed: its secret is known to nobody here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// Who may enrol.
    pub target: Replica,
    /// When it was issued.
    pub issued: DateTime<Utc>,
    /// Until when it may be used.
    pub expires: DateTime<Utc>,
    /// The key that was enrolled with it.
    pub used_by: Option<KeyId>,
}

/// What a replica told of itself with its hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// This run of its program.
    pub process: ProcessId,
    /// Its program's version.
    pub program: String,
    /// Its clock less ours, in seconds.
    pub skew_seconds: i64,
    /// Its highest mark.
    pub head: u64,
}

/// A replica as the fleet shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetRow {
    /// The replica.
    pub replica: Replica,
    /// Its name in the directory, if it stands there.
    pub name: Option<String>,
    /// Its level in the directory.
    pub level: Option<Level>,
    /// How it stands: by a person's ruling, else as its newest key does.
    pub standing: Standing,
    /// Until when its newest certificate holds.
    pub certificate_until: Option<DateTime<Utc>>,
    /// When it enrolled first.
    pub enrolled: DateTime<Utc>,
    /// When it was heard of last.
    pub last_contact: Option<DateTime<Utc>>,
    /// Its program's version.
    pub program: Option<String>,
    /// Its clock less ours, in seconds.
    pub skew_seconds: Option<i64>,
    /// Which of its lives this is.
    pub ordinal: Option<u32>,
    /// The last day that its newest figures are of.
    pub as_of: Option<chrono::NaiveDate>,
    /// Marks that it has and this hub has not: the difference of heads.
    pub behind: u64,
    /// Rows of ours that it has not acknowledged.
    pub owed: u64,
    /// Items of its that are refused at present.
    pub refused: u64,
    /// Months, and items of other kinds, of which more was known before a restore than was sent again.
    pub aside: u64,
    /// Entries of its audit chain, as it told last, and the worst that was ever found of that chain.
    pub chain: Option<(u64, Finding)>,
}

/// An item that was not taken, with the end that it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// The other end.
    pub replica: Replica,
    /// Whether this hub refused it, or the other end did.
    pub by: RefusedBy,
    /// Which, and why.
    pub item: RefusedItemV1,
}

/// Who refused an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// This hub.
    Us,
    /// The other end.
    Them,
}
