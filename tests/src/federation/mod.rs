//! A federation of shipped programs on this machine: every hub and node its own process with its own store, enrolled by
//! tokens, talking over loopback QUIC with mutual TLS. It uses what an administrator uses: the commands.

mod daemon;
mod figures;
mod member;
mod positions;
mod programs;
mod proof;
mod start;
mod verdicts;

pub use daemon::Daemon;
pub use member::Member;
pub use positions::Standing;
pub use programs::Programs;
pub use proof::{SUMMED, Sums, added, copy_store};
pub use start::Federation;
pub use verdicts::ByRule;

/// The hub's program.
pub const HUB: &str = "zhuji-hub";
/// The node's program.
pub const NODE: &str = "zhuji-node";
