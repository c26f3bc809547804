//! The commands, one file each: its arguments, and `run(args, context)`.

pub mod completions;
pub mod evaluate;
pub mod explain;
pub mod words;
pub mod workdays;

use crate::context::Context;
use clap::Subcommand;
use zhuji_protocol::console::Failure;

/// The commands, in the order of the help page.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "each is documented in its file, and for people in the catalogue")]
pub enum Command {
    Evaluate(evaluate::Args),
    Explain(explain::Args),
    Workdays(workdays::Args),
    Completions(completions::Args),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// With what to tell the user; the exit status is 2.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Evaluate(args) => evaluate::run(args, context),
            Self::Explain(args) => explain::run(args, context),
            Self::Workdays(args) => workdays::run(args, context),
            Self::Completions(args) => completions::run(args, context),
        }
    }
}
