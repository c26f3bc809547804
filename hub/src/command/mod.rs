//! The commands, one file each: its arguments, and `run(args, context)`.

pub mod anchors;
pub mod aside;
pub mod audit;
pub mod backup;
pub mod calendar;
pub mod completions;
pub mod directory;
pub mod enrol;
pub mod export_proof;
pub mod fleet;
pub mod init;
pub mod policy;
pub mod report;
pub mod restore;
pub mod serve;
pub mod standing;
pub mod token;
pub mod verify;

use crate::context::Context;
use crate::store::Ruling;
use clap::Subcommand;
use zhuji_protocol::console::{Advice, Failure};

/// The commands, in the order of the help page.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "each is documented in its file, and for people in the catalogue")]
pub enum Command {
    Init(init::Args),
    #[command(subcommand)]
    Directory(directory::Command),
    #[command(subcommand)]
    Policy(policy::Command),
    #[command(subcommand)]
    Calendar(calendar::Command),
    #[command(subcommand)]
    Token(token::Command),
    Suspend(standing::Args),
    Resume(standing::Args),
    Ban(standing::Args),
    Retire(standing::Args),
    Revoke(standing::Args),
    Enrol(enrol::Args),
    Serve(serve::Args),
    Fleet(fleet::Args),
    #[command(subcommand)]
    Aside(aside::Command),
    Report(report::Args),
    Verify(verify::Args),
    ExportProof(export_proof::Args),
    Anchors(anchors::Args),
    Audit(audit::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Completions(completions::Args),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// With what to tell the user; the exit status is 2.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let ended = self.perform(context);
        ended.map_err(|failure| failure.advised(context.store.as_deref(), "zhuji-hub", advice))
    }

    fn perform(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Init(args) => init::run(&args, context),
            Self::Directory(command) => command.run(context),
            Self::Policy(command) => command.run(context),
            Self::Calendar(command) => command.run(context),
            Self::Token(command) => command.run(context),
            Self::Suspend(args) => standing::run(&args, Ruling::Suspend, context),
            Self::Resume(args) => standing::run(&args, Ruling::Resume, context),
            Self::Ban(args) => standing::run(&args, Ruling::Ban, context),
            Self::Retire(args) => standing::run(&args, Ruling::Retire, context),
            Self::Revoke(args) => standing::run(&args, Ruling::Revoke, context),
            Self::Enrol(args) => enrol::run(&args, context),
            Self::Serve(args) => serve::run(&args, context),
            Self::Fleet(args) => fleet::run(&args, context),
            Self::Aside(command) => command.run(context),
            Self::Report(args) => report::run(&args, context),
            Self::Verify(args) => verify::run(&args, context),
            Self::ExportProof(args) => export_proof::run(&args, context),
            Self::Anchors(args) => anchors::run(&args, context),
            Self::Audit(args) => audit::run(&args, context),
            Self::Backup(args) => backup::run(&args, context),
            Self::Restore(args) => restore::run(&args, context),
            Self::Completions(args) => completions::run(args, context),
        }
    }
}

/// What to say besides a fault of the store, which does not know the file that it is in.
fn advice(fault: &str) -> Option<Advice> {
    Some(match fault {
        "hub-store-read-only" | "hub-store-disk-full" => Advice::WhichFile,
        "hub-store-no-store" => Advice::PerhapsDamaged,
        "fault-unexpected" => Advice::Check,
        "hub-store-damaged" | "hub-store-damaged-inside" | "hub-store-unreadable" => Advice::GoOnWithout,
        misfit if misfit.starts_with("hub-misfit-") => Advice::GoOnWithout,
        _ => return None,
    })
}
