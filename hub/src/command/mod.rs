//! The commands, one file each: its arguments, and `run(args, context)`.

pub mod completions;

use crate::context::Context;
use clap::Subcommand;
use zhuji_protocol::console::Failure;

/// The commands, in the order of the help page.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "each is documented in its file, and for people in the catalogue")]
pub enum Command {
    Completions(completions::Args),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// With what to tell the user; the exit status is 2.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Completions(args) => completions::run(args, context),
        }
    }
}
