//! Random names of lives: of a sender's state, and of a run of a program.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 128 random bits that name one unbroken life of a sender's state. A new one opens when the store is created,
/// restored, or found to be a copy. A hub keeps one for each replica that it sends to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Incarnation(pub [u8; 16]);

/// 128 random bits that a process draws when it starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProcessId(pub [u8; 16]);

/// Random bits are shown by their first bytes: enough to tell two apart in a log.
fn show(bits: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bits[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

impl fmt::Debug for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}
