//! `audit`: the trail of who changed what when, and the erasure of old values for good.

use super::sheet::{self, PrintArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{Kind, audit};
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Malformed};
use zhuji_protocol::texts::Told;

/// What to do with the trail.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    List {
        #[arg(long, requires = "id", value_parser = kind)]
        kind: Option<Kind>,
        #[arg(long, requires = "kind")]
        id: Option<String>,
        #[arg(long, default_value_t = 50)]
        last: u32,
        #[command(flatten)]
        print: PrintArgs,
    },
    Erase {
        #[arg(value_parser = kind)]
        kind: Kind,
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// When the store cannot be read or written.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::List { kind, id, last, print } => {
            let trail = sheet::trail(&desk, kind.zip(id.as_deref()), last)?;
            sheet::print(&desk, &trail, print)
        }
        Verb::Erase { kind, id } => {
            let entries = desk.change(|change| audit::erase_history(change, kind, &id))?;
            desk.say(&Erased { id, entries });
            Ok(())
        }
    }
}

fn kind(word: &str) -> Result<Kind, Malformed> {
    Kind::of_records().find(|kind| kind.word() == word.trim()).ok_or_else(|| {
        Malformed::new(NoKind(Kind::of_records().map(Kind::word).collect::<Vec<_>>().join("、")))
    })
}

#[derive(Debug)]
struct NoKind(String);

impl Told for NoKind {
    fn key(&self) -> &'static str {
        "word-no-kind"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("known", self.0.clone())]
    }
}

struct Erased {
    id: String,
    entries: usize,
}

impl Told for Erased {
    fn key(&self) -> &'static str {
        "audit-erased"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("id", self.id.clone()), ("entries", self.entries.to_string())]
    }
}
