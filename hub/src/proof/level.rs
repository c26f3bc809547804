//! What a level holds, as a value. These structures are also the records of an export: what is in the field keeps its
//! bytes, so a changed structure is a new record.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use zhuji_protocol::directory::Directory;
use zhuji_protocol::identity::{KeyId, PublicKey, Replica};
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::ChainPointV1;
use zhuji_protocol::wire::signature::Signature;

/// Which part of a level is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Everything below the hub's direct children that this unit was ever under; `None`: everything.
    pub unit: Option<UnitId>,
    /// The last month by number; `None`: all of them. Earlier months are all taken: stocks are carried from them.
    pub last: Option<i32>,
}

/// What one hub holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its record's")]
pub struct Level {
    pub head: Head,
    pub keys: Vec<HeldKey>,
    pub published: Vec<PublishedRow>,
    pub batches: Vec<SignedBatch>,
    pub items: Vec<HeldItem>,
    pub figures: Vec<FigureRow>,
    pub onward: Vec<OnwardRow>,
    pub anchors: Vec<AnchorRow>,
}

/// Whose level it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The hub.
    pub hub: Replica,
    /// The hub above it.
    pub parent: Option<Replica>,
    /// The life of the rows for the hub above.
    pub life: Option<Incarnation>,
    /// What was taken.
    pub extent: Extent,
    /// When, milliseconds since 1970 UTC.
    pub taken_ms: i64,
    /// The certificate of its authority, DER.
    pub authority: Vec<u8>,
    /// The authority's certificate for its present key, DER.
    pub certificate: Vec<u8>,
    /// Its present key.
    pub key: PublicKey,
}

/// How a hub is related to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Relation {
    /// It signs with it, or did.
    Own,
    /// A child's.
    Child,
    /// The hub above's.
    Parent,
}

/// A key, and how it is certified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldKey {
    /// How the hub is related to it.
    pub relation: Relation,
    /// Whose it is.
    pub holder: Replica,
    /// The key.
    pub public: PublicKey,
    /// How it stands, by its word.
    pub standing: String,
    /// Of a child: what the hub's authority issued for it, DER. None where a hub that was restored took the key in again.
    pub certificate: Option<Vec<u8>>,
}

/// What is true of units here, in its writer's proof: directory, assignments, keys vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRow {
    /// Its key.
    pub key: ItemKey,
    /// The version of its structure.
    pub version: u16,
    /// The proof around the payload.
    pub body: Vec<u8>,
}

/// A batch without its items: what its sender signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBatch {
    /// Its number here.
    pub number: u64,
    /// Who sent it.
    pub sender: Replica,
    /// In which life.
    pub incarnation: Incarnation,
    /// The mark before its first row.
    pub after: u64,
    /// The mark of its last row.
    pub through: u64,
    /// By which key.
    pub key: KeyId,
    /// The root over the leaves.
    pub root: Digest,
    /// The signature.
    pub signature: Signature,
    /// The leaf hashes, of all its items.
    pub leaves: Vec<Digest>,
}

/// An item as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldItem {
    /// Who sent it.
    pub sender: Replica,
    /// In which of its lives, as this hub counts them.
    pub ordinal: u32,
    /// Its batch's number.
    pub batch: u64,
    /// Which leaf of the batch it is.
    pub nth: u32,
    /// Whether it was put aside after a restore: then it counts for nothing.
    pub aside: bool,
    /// Header and body.
    pub bytes: Vec<u8>,
}

/// What the hub shows of a unit and month: the flows of the month, and the stocks as they stand in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureRow {
    /// The unit.
    pub unit: UnitId,
    /// The month's number.
    pub month: i32,
    /// A summary, as items carry it.
    pub body: Vec<u8>,
}

/// A row for the hub above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardRow {
    /// Its key.
    pub key: ItemKey,
    /// Its mark, which is the revision under which it travels.
    pub mark: u64,
    /// The summary, with what it was made of.
    pub body: Vec<u8>,
}

/// The end of a child's audit chain, as it came. Each row holds the hash of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorRow {
    /// Whose chain.
    pub sender: Replica,
    /// In which of its lives.
    pub ordinal: u32,
    /// Under which revision it came.
    pub revision: u64,
    /// The end of the chain.
    pub now: ChainPointV1,
    /// What the child said that its chain has where it was acknowledged last.
    pub before: Option<ChainPointV1>,
    /// When it came, RFC 3339.
    pub received: String,
    /// What was found, by its word.
    pub finding: String,
    /// The hash over this row and the one before of the same sender.
    pub link: Digest,
}

impl Extent {
    /// Everything of a unit, or of all, up to the end of a period, or ever.
    #[must_use]
    pub fn of(unit: Option<UnitId>, period: Option<Period>) -> Self {
        Self { unit, last: period.map(|period| period.last.number()) }
    }

    /// Whether a month is taken.
    #[must_use]
    pub fn has(&self, month: Month) -> bool {
        self.last.is_none_or(|last| month.number() <= last)
    }

    /// The direct children of `own` whose subtrees are taken, and whether the hub's own unit is too.
    #[must_use]
    pub fn branches(&self, own: &UnitId, directory: &Directory) -> (BTreeSet<UnitId>, bool) {
        let below = directory.ever_below(own).cloned();
        match &self.unit {
            Some(unit) if unit != own => {
                (below.filter(|child| directory.ever_covers(child, unit)).collect(), false)
            }
            _ => (below.collect(), true),
        }
    }
}
