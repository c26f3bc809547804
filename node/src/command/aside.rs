//! `aside`: months of which more had been reported before a restore than is there now, to be entered again or confirmed.

use super::sheet::{self, PrintArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::uplink;
use crate::uplink::shortfalls;
use clap::Subcommand;
use serde_json::Value;
use zhuji_protocol::console::{Failure, Listing, month};
use zhuji_protocol::month::Month;
use zhuji_protocol::texts::Told;

/// What to do with them.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    List {
        #[command(flatten)]
        print: PrintArgs,
    },
    Settle {
        #[arg(value_name = "MONTH", value_parser = month)]
        month: Month,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the store cannot be read or written, or nothing of the month is missed.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context)?;
        match self {
            Self::List { print } => list(&desk, print),
            Self::Settle { month } => settle(&mut desk, month),
        }
    }
}

fn list(desk: &Desk, print: PrintArgs) -> Result<(), Failure> {
    let mut listing = Listing::new(&["month", "figure", "known", "now"]);
    for (month, short) in shortfalls(desk.store.db(), desk.today)? {
        for short in short {
            listing.row(vec![
                sheet::text(month.to_string()),
                sheet::named(desk.language, "recorded", short.figure.word()),
                Value::from(short.known).into(),
                Value::from(short.now).into(),
            ]);
        }
    }
    sheet::print(desk, &listing, print)
}

fn settle(desk: &mut Desk, month: Month) -> Result<(), Failure> {
    if desk.change(|change| uplink::confirm_month(change, month))? {
        desk.say(&Settled(month));
        Ok(())
    } else {
        Err(Failure::told(NothingMissed(month)))
    }
}

struct Settled(Month);

impl Told for Settled {
    fn key(&self) -> &'static str {
        "aside-settled"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("month", self.0.to_string())]
    }
}

#[derive(Debug)]
struct NothingMissed(Month);

impl Told for NothingMissed {
    fn key(&self) -> &'static str {
        "aside-nothing-missed"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("month", self.0.to_string())]
    }
}
