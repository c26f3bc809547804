//! What may be typed: options that every command takes, and the commands (`command/`, one file each).
//!
//! Help texts stand in the catalogue (`texts/*/node.ftl`), keyed by command and option; see `console::localised`.

use crate::command::Command;
use crate::command::words;
use crate::context::{Clock, Context};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Parser;
use std::ffi::OsString;
use std::path::PathBuf;
use zhuji_protocol::console::{self, Stop};
use zhuji_protocol::texts::Language;

/// The light program of an office.
#[derive(Parser, Debug)]
#[command(name = "zhuji-node", version, arg_required_else_help = true)]
pub struct Cli {
    /// The language of texts.
    #[arg(long, global = true, display_order = 901, env = "ZHUJI_LANG", value_parser = console::language)]
    lang: Option<Language>,
    /// The store's file.
    #[arg(long, global = true, display_order = 902, env = "ZHUJI_STORE", value_name = "FILE")]
    store: Option<PathBuf>,
    /// Who acts, for the audit trail.
    #[arg(long, global = true, display_order = 903, env = "ZHUJI_OPERATOR", value_name = "NAME")]
    operator: Option<String>,
    /// Today, for tests and rehearsals.
    #[arg(long, global = true, env = "ZHUJI_TODAY", value_name = "DATE", hide = true, value_parser = words::date)]
    today: Option<NaiveDate>,
    /// What the clock says when the program begins, for tests: a dead battery puts it to 1970.
    #[arg(long, global = true, env = "ZHUJI_CLOCK", value_name = "INSTANT", hide = true)]
    clock: Option<DateTime<Utc>>,
    #[command(subcommand)]
    command: Command,
}

/// Parses what was typed; gives the language to tell anything in, too.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> (Language, Result<(Command, Context), Stop>) {
    let arguments: Vec<OsString> = arguments.collect();
    let language = console::language_asked(&arguments, std::env::var("ZHUJI_LANG").ok().as_deref());
    let parsed = console::parse::<Cli>(&arguments, language).map(|cli| {
        let clock = cli.clock.map_or_else(Clock::default, Clock::set_to);
        let context = Context { language, store: cli.store, operator: cli.operator, today: cli.today, clock };
        (cli.command, context)
    });
    (language, parsed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_and_option_has_its_help_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            assert_eq!(console::missing_texts(&Cli::command(), language), Vec::<String>::new());
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        console::localised(Cli::command(), Language::Chinese).debug_assert();
    }
}
