//! `review`: days on which a unit's roster was reviewed.

use super::clerk::Clerk;
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use crate::store::StoreFault;
use crate::store::review::{self, Review};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts;

/// What to do with reviews.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[arg(long)]
        unit: Option<String>,
        #[arg(long, short, value_parser = words::date)]
        date: Option<NaiveDate>,
    },
    List {
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { unit, date } => {
            let mut clerk = Clerk::new(&desk);
            let mut of = Some(desk.office.unit.to_string());
            clerk.unit("unit", &mut of, unit)?;
            clerk.must("unit", of.as_ref());
            let mut held_on = Some(date.unwrap_or(desk.today));
            clerk.happened("date", &mut held_on, None);
            clerk.finish()?;
            let facts = facts::Review { unit: of.unwrap_or_default(), date: held_on.unwrap_or(desk.today) };
            sheet::add(&mut desk, None, |id| Review { id, facts })
        }
        Verb::List { print } => list(&desk, &review::all(desk.store.db()).map_err(StoreFault::from)?, print),
        Verb::Search(args) => list(&desk, &args.find(&desk, review::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Review>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Review>(&mut desk, &args),
    }
}

fn list(desk: &Desk, reviews: &[Review], print: PrintArgs) -> Result<(), Failure> {
    let units = desk.unit_names()?;
    let mut listing = Listing::new(&["id", "unit", "date"]);
    for review in reviews {
        listing.row(vec![
            sheet::text(&review.id),
            sheet::whose(&units, &review.facts.unit),
            sheet::dated(Some(review.facts.date)),
        ]);
    }
    sheet::print(desk, &listing, print)
}
