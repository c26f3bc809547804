//! The commands, one file each: its arguments, and `run(args, context)`.

pub mod aside;
pub mod audit;
pub mod backup;
pub mod case;
mod clerk;
pub mod completions;
pub mod compliance;
pub mod contact;
pub mod due;
pub mod enrol;
pub mod evaluate;
pub mod event;
pub mod exemption;
pub mod explain;
pub mod export;
pub mod fault;
pub mod import;
pub mod init;
mod judged;
pub mod leader;
pub mod liaison;
pub mod member;
pub mod pairing;
pub mod policy;
pub mod report;
pub mod restore;
pub mod review;
pub mod run;
pub mod sample;
pub mod service;
pub mod sheet;
pub mod status;
pub mod sync;
pub mod talent;
mod todo;
pub mod verify;
pub mod words;
pub mod workdays;

use crate::context::Context;
use clap::Subcommand;
use zhuji_protocol::console::{Advice, Failure};

/// The commands, in the order of the help page.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "each is documented in its file, and for people in the catalogue")]
pub enum Command {
    Init(init::Args),
    Contact(contact::Args),
    Case(case::Args),
    Event(event::Args),
    Service(service::Args),
    Leader(leader::Args),
    Talent(talent::Args),
    Pairing(pairing::Args),
    Report(report::Args),
    Liaison(liaison::Args),
    Review(review::Args),
    Exemption(exemption::Args),
    Member(member::Args),
    Due(due::Args),
    Compliance(compliance::Args),
    Status(status::Args),
    Import(import::Args),
    Export(export::Args),
    Audit(audit::Args),
    Verify(verify::Args),
    Sample(sample::Args),
    Evaluate(evaluate::Args),
    Explain(explain::Args),
    Workdays(workdays::Args),
    Enrol(enrol::Args),
    Run(run::Args),
    Sync(sync::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    #[command(subcommand)]
    Aside(aside::Command),
    Policy(policy::Args),
    Completions(completions::Args),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// With what to tell the user; the exit status is 2.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let ended = self.perform(context);
        ended.map_err(|failure| failure.advised(context.store.as_deref(), "zhuji-node", advice))
    }

    fn perform(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Contact(args) => contact::run(args, context),
            Self::Case(args) => case::run(args, context),
            Self::Event(args) => event::run(args, context),
            Self::Service(args) => service::run(args, context),
            Self::Leader(args) => leader::run(args, context),
            Self::Talent(args) => talent::run(args, context),
            Self::Pairing(args) => pairing::run(args, context),
            Self::Report(args) => report::run(args, context),
            Self::Liaison(args) => liaison::run(args, context),
            Self::Review(args) => review::run(args, context),
            Self::Exemption(args) => exemption::run(args, context),
            Self::Member(args) => member::run(args, context),
            Self::Due(args) => due::run(args, context),
            Self::Compliance(args) => compliance::run(args, context),
            Self::Status(args) => status::run(args, context),
            Self::Import(args) => import::run(args, context),
            Self::Export(args) => export::run(args, context),
            Self::Audit(args) => audit::run(args, context),
            Self::Verify(args) => verify::run(args, context),
            Self::Sample(args) => sample::run(args, context),
            Self::Evaluate(args) => evaluate::run(args, context),
            Self::Explain(args) => explain::run(args, context),
            Self::Workdays(args) => workdays::run(args, context),
            Self::Enrol(args) => enrol::run(&args, context),
            Self::Run(args) => run::run(&args, context),
            Self::Sync(args) => sync::run(&args, context),
            Self::Backup(args) => backup::run(&args, context),
            Self::Restore(args) => restore::run(&args, context),
            Self::Aside(command) => command.run(context),
            Self::Policy(args) => policy::run(args, context),
            Self::Completions(args) => completions::run(args, context),
        }
    }
}

/// What to say besides a fault of the store, which does not know the file that it is in.
fn advice(fault: &str) -> Option<Advice> {
    Some(match fault {
        "store-read-only" | "store-disk-full" => Advice::WhichFile,
        "store-no-store" => Advice::PerhapsDamaged,
        "fault-unexpected" => Advice::Check,
        "store-damaged" | "store-damaged-inside" => Advice::GoOnWithout,
        "verify-missing"
        | "verify-unlinked"
        | "verify-altered"
        | "verify-overwritten"
        | "verify-other-policy" => Advice::GoOnWithout,
        _ => return None,
    })
}
