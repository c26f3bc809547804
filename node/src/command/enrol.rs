//! `enrol TOKEN`: makes the office a member of the hub that wrote the token.

use crate::context::Context;
use crate::uplink::enrolment;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::text_with;

/// The token.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// As the hub printed it.
    token: String,
}

/// Enrols; a running daemon dials from then on.
///
/// # Errors
/// When the token is wrong, the hub is not reached, or it refuses.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let hub = enrolment::enrol(&args.token, context)?;
    println!("{}", text_with(context.language, "enrolled", &[("hub", hub.to_string())]));
    Ok(())
}
