//! `verify`: checks the file, walks the audit trail and names the first entry that does not fit.

use crate::context::Context;
use crate::desk::Desk;
use crate::progress::Progress;
use crate::store::audit::{self, Break, Verified};
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Told;

/// Nothing to choose.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Walks it.
///
/// # Errors
/// With the first break.
pub fn run(_: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    desk.store.check()?;
    let progress = Progress::of(usize::try_from(audit::length(desk.store.db())?).unwrap_or_default());
    let verified = desk.store.reading(|db| audit::verify(db, || progress.step()));
    progress.finish();
    match verified? {
        Verified::Whole { entries, erased } => {
            desk.say(&Whole { entries, erased });
            Ok(())
        }
        Verified::Broken { entry, why } => Err(Failure::told(Broken { entry, why })),
    }
}

struct Whole {
    entries: i64,
    erased: i64,
}

impl Told for Whole {
    fn key(&self) -> &'static str {
        "verify-whole"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entries", self.entries.to_string()), ("erased", self.erased.to_string())]
    }
}

#[derive(Debug)]
struct Broken {
    entry: i64,
    why: Break,
}

impl Told for Broken {
    fn key(&self) -> &'static str {
        match self.why {
            Break::Missing => "verify-missing",
            Break::Unlinked => "verify-unlinked",
            Break::Altered => "verify-altered",
            Break::Overwritten => "verify-overwritten",
            Break::OtherPolicy => "verify-other-policy",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entry", self.entry.to_string())]
    }
}
