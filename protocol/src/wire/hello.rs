//! The greeting: hello, and the four ways in which it is answered. Connected means that it was answered.

use super::bounded::{Bytes, List, Text};
use super::close::CloseCode;
use super::life::{Incarnation, ProcessId};
use super::limits;
use super::position::PositionV1;
use crate::identity::Replica;
use serde::{Deserialize, Serialize};

/// The protocol versions that an end speaks.
pub type Versions = List<u16, { limits::PROTOCOL_VERSIONS }>;

/// Something that a later program says in its greeting and an earlier one passes over: a hello must be readable by
/// every program, so it grows by these and never by a new structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionV1 {
    /// Its number.
    pub number: u16,
    /// What it says.
    pub bytes: Bytes<{ limits::EXTENSION }>,
}

/// What an end can do beyond its protocol version, as bits; both ends' in common hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities(pub u64);

impl Capabilities {
    /// What this program can do.
    pub const OURS: Self = Self(0);

    /// What both can do.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// The first frame of every stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOpenV1 {
    /// A [`StreamClass`](super::kinds::StreamClass)'s number.
    pub class: u8,
}

/// Who dials, and what it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloV1 {
    /// Must be the one that the certificate names.
    pub replica: Replica,
    /// The hub that is meant: a token for one hub must not lead into another.
    pub hub: Option<Replica>,
    /// Protocol versions spoken.
    pub versions: Versions,
    /// What the program can do.
    pub capabilities: Capabilities,
    /// The program's version, shown to people only.
    pub program: Text<{ limits::PROGRAM_VERSION }>,
    /// Of this run of the program.
    pub process: ProcessId,
    /// The dialler's clock, milliseconds since 1970 UTC. Data, never order.
    pub clock_ms: i64,
    /// The life of the store that what goes up belongs to.
    pub incarnation: Incarnation,
    /// The highest mark of what goes up: lag is the difference of heads.
    pub head: u64,
    /// Where the dialler stands with what comes down; `None` before the first time.
    pub down: Option<PositionV1>,
    /// What later programs add.
    pub extensions: List<ExtensionV1, { limits::EXTENSIONS }>,
}

/// The hello is answered: the link is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WelcomeV1 {
    /// The hub.
    pub hub: Replica,
    /// The protocol version that both use from here on; items are encoded for it.
    pub version: u16,
    /// What both can do.
    pub capabilities: Capabilities,
    /// The program's version, shown to people only.
    pub program: Text<{ limits::PROGRAM_VERSION }>,
    /// Of this run of the program.
    pub process: ProcessId,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub clock_ms: i64,
    /// Where the hub stands with what goes up, in the incarnation that the hello named.
    pub up: PositionV1,
    /// The life that what comes down belongs to.
    pub down: Incarnation,
    /// The highest mark of what comes down.
    pub down_head: u64,
    /// The first month (year × 12 + month − 1) of which this hub takes summaries from the dialler; `None`: all.
    pub from_month: Option<i32>,
    /// Seconds to wait before the first batch, in a storm; 0: none.
    pub hold_seconds: u32,
    /// What later programs add.
    pub extensions: List<ExtensionV1, { limits::EXTENSIONS }>,
}

/// Turned away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedV1 {
    /// A [`CloseCode`]'s number; the connection closes with the same.
    pub reason: u32,
    /// The hub's clock, so that a dialler with a dead clock battery learns the time even so.
    pub clock_ms: i64,
}

/// Again in so many seconds. On the control stream: the hello; on the state stream: the batches after the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusyV1 {
    /// At most [`limits::BUSY_SECONDS`]; more is read as that.
    pub seconds: u32,
}

impl RefusedV1 {
    /// The situation.
    #[must_use]
    pub fn code(&self) -> CloseCode {
        CloseCode::from_number(self.reason)
    }
}

/// The highest version that both speak.
#[must_use]
pub fn common_version(ours: &[u16], theirs: &[u16]) -> Option<u16> {
    ours.iter().filter(|version| theirs.contains(version)).max().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_common_version_is_agreed() {
        assert_eq!(common_version(&[1, 2, 3], &[2, 3, 4]), Some(3));
        assert_eq!(common_version(&[1], &[2]), None);
        assert_eq!(common_version(&[], &[]), None);
    }
}
