//! `run`: the sync daemon.

use crate::context::Context;
use crate::uplink::daemon;
use zhuji_protocol::console::Failure;

/// Nothing to choose.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs until it is told to stop.
///
/// # Errors
/// When a second one is started on the store, or the store or a socket cannot be opened.
pub fn run(_: &Args, context: &Context) -> Result<(), Failure> {
    daemon::run(context)
}
