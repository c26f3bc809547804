//! Every limit of the wire and the link, each with its reason. A limit that is not here does not exist.

use std::time::Duration;

/// A frame whose stream has not named its class yet: only the opening frame is that small.
pub const OPENING_FRAME: usize = 64;
/// A control frame: a hello with all its lists full stays below half of it.
pub const CONTROL_FRAME: usize = 16 << 10;
/// A frame of the state stream: one batch. Big enough for one commit to be worth it, small enough to hold many.
pub const STATE_FRAME: usize = 256 << 10;
/// A mail frame: a filled form with its text (reserved).
pub const MAIL_FRAME: usize = 1 << 20;
/// A bulk frame: one piece of an attachment (reserved).
pub const BULK_FRAME: usize = 1 << 20;
/// What the codec reads at most, in any place.
pub const CODEC: usize = 1 << 20;

/// Items of one batch: the commit of 256 rows costs little more than that of one.
pub const BATCH_ITEMS: usize = 256;
/// Batches sent and not yet acknowledged: fills a slow line, and stays a megabyte in the hub's queue.
pub const UNACKNOWLEDGED_BATCHES: usize = 4;
/// The body of an item: a flattened policy or a month of figures, twice over; a batch always has room for one.
pub const ITEM_BODY: usize = 120 << 10;
/// A sub-key: a policy's id and number are the longest.
pub const SUBKEY: usize = 64;
/// A unit id: twelve digits, `~999`, `-9999`.
pub const UNIT_ID: usize = 21;
/// What a refused item says beside its reason: one key or date, never a sentence.
pub const REFUSAL_DETAIL: usize = 120;
/// How often in a row a sender may be told to cut anew while nothing of its is applied: once is enough, and each costs
/// it a signed batch.
pub const CUTS_ANEW: u32 = 8;
/// Requests of one link that its store has not been handed yet: beyond it the link does not read on.
pub const BACKLOG: usize = 32;
/// Bytes that wait to be sent on one stream: twice what a sender has under way. Beyond it nothing more is read, since what
/// is read makes more.
pub const OUTGOING: usize = 2 << 20;
/// Streams of classes that are not served, in the life of one connection.
pub const PASSED_OVER_STREAMS: usize = 64;
/// Bytes of long frames, of all callers of a hub together, that are arriving or wait for the store.
pub const HUB_FRAMES: usize = 256 << 20;
/// Keys that a hub asks for again in one frame.
pub const ASKED_AGAIN: usize = 256;

/// Changes signed together: a whole nation's directory in one import.
pub const CHANGE_SET: usize = 1 << 20;
/// Steps from a leaf to the root of the largest change set.
pub const AUDIT_PATH: usize = 20;
/// The payload of a published item: its item's body less the proof around it.
pub const PUBLISHED_PAYLOAD: usize = ITEM_BODY - 2048;

/// Keys of one summary; how large its figures may be is [`Scale`](crate::summary::Scale)'s.
pub use crate::summary::MOST_KEYS as SUMMARY_KEYS;

/// Protocol versions that a hello lists: neighbours are one or two apart.
pub const PROTOCOL_VERSIONS: usize = 16;
/// Extensions that a hello or its answer carries.
pub const EXTENSIONS: usize = 16;
/// One extension's bytes.
pub const EXTENSION: usize = 512;
/// A program version as text.
pub const PROGRAM_VERSION: usize = 32;

/// A certificate or a certificate request: ours have about 450 bytes.
pub const CERTIFICATE: usize = 2 << 10;
/// One vouched key in the answer to a newcomer.
pub const VOUCHED_KEY: usize = 1 << 10;
/// Levels of the tree above a newcomer, with room.
pub const VOUCHED_KEYS: usize = 8;

/// How long one end waits for an answer that is due before it gives the connection up. Longer than a commit on a
/// bad disk behind a full queue, shorter than the transport's own idle time-out.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How long a frame that was begun may take until it is whole: a sender has given its answer up by then, twice over.
pub const FRAME_PATIENCE: Duration = Duration::from_secs(90);
/// The first back-off of a dialler.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest back-off of a dialler that may hope.
pub const BACKOFF_MOST: Duration = Duration::from_secs(5 * 60);
/// The shortest back-off of a replica that was turned away until a person steps in.
pub const BACKOFF_TURNED_AWAY_LEAST: Duration = Duration::from_secs(3600);
/// The longest one.
pub const BACKOFF_TURNED_AWAY_MOST: Duration = Duration::from_secs(4 * 3600);
/// The longest that "busy, again in n seconds" may ask for.
pub const BUSY_SECONDS: u32 = 15 * 60;

/// How long the records of cut batches are kept: a hub's oldest useful backup, and a month.
pub const CUT_RECORDS_DAYS: i64 = 400;
/// Returns of a replaced process within [`FORK_WINDOW`] that prove two processes, not a bad line.
pub const FORK_RETURNS: usize = 3;
/// The window of [`FORK_RETURNS`].
pub const FORK_WINDOW: Duration = Duration::from_secs(60);
