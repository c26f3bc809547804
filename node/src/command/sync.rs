//! `sync --once`: one exchange with the hub.

use crate::context::Context;
use crate::uplink::once;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::text;

/// How often.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// One exchange; to keep in touch, `run` the daemon.
    #[arg(long, required = true)]
    once: bool,
}

/// Syncs.
///
/// # Errors
/// When the office is not enrolled, or the hub is not reached or turns the office away.
pub fn run(_: &Args, context: &Context) -> Result<(), Failure> {
    once::sync(context)?;
    println!("{}", text(context.language, "synced"));
    Ok(())
}
