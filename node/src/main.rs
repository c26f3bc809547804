//! `zhuji-node`: what was typed is parsed, run and ended with an exit status.

use std::process::ExitCode;
use zhuji_node::cli;
use zhuji_protocol::console;

fn main() -> ExitCode {
    console::log_to_standard_error();
    let (language, parsed) = cli::parse(std::env::args_os());
    match parsed {
        Ok((command, context)) => console::finish(command.run(&context), language),
        Err(stop) => stop.finish(language),
    }
}
