//! `suspend`, `resume`, `ban`, `retire`, `revoke`: how a node or lower hub stands from now on. Its live connection is closed
//! at once where it is put out.

use super::directory::{Unfit, unit};
use super::token::RoleWord;
use crate::administration::Request;
use crate::context::Context;
use crate::store::Ruling;
use zhuji_protocol::console::{Failure, Malformed};
use zhuji_protocol::unit::UnitId;

/// The longest reason, in characters: a line of the trail.
const REASON: usize = 200;

/// Whom, and why.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The unit.
    #[arg(long, value_name = "CODE", value_parser = unit)]
    unit: UnitId,
    /// Its node or its hub.
    #[arg(long, value_enum)]
    role: RoleWord,
    /// Why, for the trail.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, value_parser = reason)]
    reason: String,
}

/// Does it.
///
/// # Errors
/// With what to tell the user.
pub fn run(args: &Args, ruling: Ruling, context: &Context) -> Result<(), Failure> {
    context.act(&Request::Rule {
        unit: args.unit.clone(),
        as_hub: args.role == RoleWord::Hub,
        ruling,
        reason: args.reason.clone(),
    })
}

fn reason(text: &str) -> Result<String, Malformed> {
    let text = text.trim();
    if text.chars().count() > REASON || text.chars().any(char::is_control) {
        return Err(Malformed::new(Unfit("malformed-reason")));
    }
    Ok(text.to_owned())
}
