//! Every number of the wire that names a kind. A retired number stays here and is never given again.

use super::limits;

/// Kinds of frames.
pub mod frame {
    /// The first frame of every stream: its class.
    pub const STREAM_OPEN: u16 = 1;
    /// Dialler to hub: who I am and what I know.
    pub const HELLO: u16 = 2;
    /// Hub to dialler: the hello is answered.
    pub const WELCOME: u16 = 3;
    /// Hub to dialler: turned away, and why.
    pub const REFUSED: u16 = 4;
    /// Either way: again in so many seconds.
    pub const BUSY: u16 = 5;
    /// State: a batch of items.
    pub const BATCH: u16 = 16;
    /// State: where the receiver stands, after its commit.
    pub const ACK: u16 = 17;
    /// State: every row that there is has been sent in this incarnation.
    pub const FULL_STATE_END: u16 = 18;
    /// State: send these keys again.
    pub const ASK_AGAIN: u16 = 19;
    // 32–47 are kept for mail, 48–63 for bulk, 64–79 for live notices.
    /// Newcomer to hub: a token's secret and a certificate request.
    pub const ENROL_REQUEST: u16 = 80;
    /// Hub to newcomer: its certificate.
    pub const ENROL_ANSWER: u16 = 81;
    /// Hub to newcomer: not enrolled, and why; also where a renewal is refused.
    pub const ENROL_REFUSED: u16 = 82;
    /// Dialler to hub, instead of a hello: a certificate request.
    pub const RENEW_REQUEST: u16 = 83;
    /// Hub to dialler: the next certificate.
    pub const RENEW_ANSWER: u16 = 84;
}

/// Kinds of items. Unknown ones are kept and passed on.
pub mod item {
    /// Up: the figures of a unit and month.
    pub const SUMMARY: u16 = 1;
    /// Up: when a unit last reported, and with what.
    pub const REPORTING: u16 = 2;
    /// Down: a unit of the directory.
    pub const DIRECTORY_ENTRY: u16 = 3;
    /// Down: a flattened policy.
    pub const POLICY: u16 = 4;
    /// Down: which unit lives under which policy.
    pub const ASSIGNMENT: u16 = 5;
    /// Down: a year's notice of working days.
    pub const CALENDAR: u16 = 6;
    /// Down: an ancestor's key, vouched for by the parent.
    pub const VOUCHED_KEY: u16 = 7;
    /// Up, since protocol version 2: the head of the sender's own audit chain.
    pub const ANCHOR: u16 = 8;
    /// Since protocol version 2, proved by its batch. Down: a month of which the hub had more before the child was restored.
    /// Up, of a node: that it is right as it is.
    pub const ASIDE: u16 = 9;

    /// The first protocol version that has a kind. One that this program does not know came from elsewhere and is passed
    /// on whatever was agreed.
    #[must_use]
    pub fn since(kind: u16) -> u16 {
        match kind {
            ANCHOR | ASIDE => 2,
            _ => 1,
        }
    }
}

/// The version of the link's own rules, exchanged at hello. 2 added the item kinds `anchor` and `aside`.
pub const PROTOCOL_VERSION: u16 = 2;

/// Every protocol version that this program speaks.
pub const SPOKEN_VERSIONS: [u16; 2] = [1, PROTOCOL_VERSION];

/// What a stream is for. The opener says so in its first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamClass {
    /// Hello and its answer, later live notices.
    Control,
    /// Batches and acknowledgements, both ways.
    State,
    /// Kept for mail.
    Mail,
    /// Kept for attachments.
    Bulk,
}

impl StreamClass {
    /// All of them, by number.
    pub const ALL: [Self; 4] = [Self::Control, Self::State, Self::Mail, Self::Bulk];

    /// Its number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Control => 0,
            Self::State => 1,
            Self::Mail => 2,
            Self::Bulk => 3,
        }
    }

    /// The class with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The longest body of a frame.
    #[must_use]
    pub fn frame_limit(self) -> usize {
        match self {
            Self::Control => limits::CONTROL_FRAME,
            Self::State => limits::STATE_FRAME,
            Self::Mail => limits::MAIL_FRAME,
            Self::Bulk => limits::BULK_FRAME,
        }
    }
}
