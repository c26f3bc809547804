//! What a copy of a hub's store holds, and what putting one to use again did.

use std::path::PathBuf;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose hub it is.
    pub unit: UnitId,
    /// When something was last entered in its trail, RFC 3339.
    pub last_entry: Option<String>,
    /// Units of the directory.
    pub units: u64,
    /// Nodes and hubs that dial in.
    pub children: u64,
    /// Items that children sent.
    pub items: u64,
    /// Entries of the trail.
    pub entries: u64,
    /// The file's length.
    pub size_bytes: u64,
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is there now.
    pub held: Held,
    /// Where the store that stood there is kept.
    pub kept_as: Option<PathBuf>,
    /// Tokens that nobody had used when the copy was made: they are withdrawn, since they may have been used after it.
    pub withdrawn: u64,
    /// Replicas that stand otherwise than in the copy, by what was ruled after it was made.
    pub ruled_again: usize,
    /// What the hub had written after the copy was made, as far as the store that was replaced could be read: to be entered
    /// again.
    pub lost: Vec<ItemKey>,
}
