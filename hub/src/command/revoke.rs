//! `revoke`: bans a node or lower hub; its live connection is closed at once.

use super::directory::unit;
use super::token::RoleWord;
use crate::administration::Request;
use crate::context::Context;
use zhuji_protocol::console::Failure;
use zhuji_protocol::unit::UnitId;

/// Whom.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The unit.
    #[arg(long, value_name = "CODE", value_parser = unit)]
    unit: UnitId,
    /// Its node or its hub.
    #[arg(long, value_enum)]
    role: RoleWord,
}

/// Does it.
///
/// # Errors
/// With what to tell the user.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    context.act(&Request::Revoke { unit: args.unit.clone(), as_hub: args.role == RoleWord::Hub })
}
