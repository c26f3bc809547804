//! `serve`: runs the hub.

use crate::context::Context;
use crate::service;
use std::net::SocketAddr;
use zhuji_protocol::console::Failure;

/// Where to listen.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Address and port; the port given at `init` on every address if absent.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When another process owns the store, or the store or a socket cannot be opened.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    service::run(args.listen, context)
}
