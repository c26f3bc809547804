//! A signature as it travels. Keys are [`identity`](crate::identity)'s.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An Ed25519 signature, raw.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "[[u8; 32]; 2]", into = "[[u8; 32]; 2]")]
pub struct Signature(pub [u8; 64]);

impl From<[[u8; 32]; 2]> for Signature {
    fn from(halves: [[u8; 32]; 2]) -> Self {
        let mut raw = [0; 64];
        raw.copy_from_slice(halves.as_flattened());
        Self(raw)
    }
}

impl From<Signature> for [[u8; 32]; 2] {
    fn from(signature: Signature) -> Self {
        let (low, high) = signature.0.split_at(32);
        let mut halves = [[0; 32]; 2];
        halves[0].copy_from_slice(low);
        halves[1].copy_from_slice(high);
        halves
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}
