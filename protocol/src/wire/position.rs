//! How far a receiver has got with a sender.

use super::digest::Digest;
use super::life::Incarnation;
use serde::{Deserialize, Serialize};

/// A place in the sequence of batches of one incarnation: the last mark that went in, and the chain up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// The last mark.
    pub cursor: u64,
    /// The chain after the batch that ended there.
    pub chain: Digest,
}

/// Where a receiver stands with a sender, in one incarnation of the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PositionV1 {
    /// The sender's incarnation.
    pub incarnation: Incarnation,
    /// Which one it is in the receiver's count. Order is (ordinal, revision).
    pub ordinal: u32,
    /// How far.
    pub at: Point,
    /// Whether this incarnation's full-state-end was applied.
    pub whole: bool,
}

impl Point {
    /// Before the first batch.
    pub const START: Self = Self { cursor: 0, chain: Digest::ZERO };

    /// After a batch that ends at `through` and has this root.
    #[must_use]
    pub fn then(self, through: u64, root: Digest) -> Self {
        Self { cursor: through, chain: self.chain.then(root) }
    }
}

impl PositionV1 {
    /// Nothing received yet of a new incarnation.
    #[must_use]
    pub fn fresh(incarnation: Incarnation, ordinal: u32) -> Self {
        Self { incarnation, ordinal, at: Point::START, whole: false }
    }
}
