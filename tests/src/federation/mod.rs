//! A federation of shipped programs on this machine: every hub and node its own process with its own store, enrolled by
//! tokens, talking over loopback QUIC with mutual TLS. It uses what an administrator uses: the commands.

mod daemon;
mod figures;
mod programs;
mod proof;
mod start;
mod verdicts;

pub use daemon::Daemon;
pub use programs::Programs;
pub use proof::{SUMMED, Sums, added, copy_store};
pub use start::{Federation, Member};
pub use verdicts::ByRule;

const HUB: &str = "zhuji-hub";
const NODE: &str = "zhuji-node";
