//! `completions SHELL`: a script that lets a shell complete commands and options.

use crate::cli::Cli;
use crate::context::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use zhuji_protocol::console::{self, Failure};

/// Which shell.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell.
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// None; the signature is every command's.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut command = console::localised(Cli::command(), context.language);
    clap_complete::generate(args.shell, &mut command, "zhuji-hub", &mut std::io::stdout());
    Ok(())
}
