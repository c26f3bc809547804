//! `event`: the reportable happenings (五报告).

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::event::{self, Event};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::{self, Talent};

/// What to do with events.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[arg(long)]
        id: Option<String>,
        #[command(flatten)]
        fields: Fields,
    },
    Edit {
        id: String,
        #[command(flatten)]
        fields: Fields,
    },
    Report {
        id: String,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        on: Option<NaiveDate>,
    },
    List {
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug, Default)]
struct Fields {
    #[arg(long, short)]
    talent: Option<String>,
    #[arg(long, short)]
    kind: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    happened: Option<NaiveDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    reported: Option<OptionalDate>,
    #[arg(long, short)]
    note: Option<String>,
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { id, fields } => {
            let mut clerk = Clerk::new(&desk);
            let id = clerk.new_id::<Event>(id)?;
            let event = fields.write(clerk, &desk, None)?;
            sheet::add(&mut desk, id, |id| Event { facts: facts::Event { id, ..event.facts }, ..event })
        }
        Verb::Edit { id, fields } => {
            let event: Event = clerk::find(&desk, &id)?;
            let event = fields.write(Clerk::new(&desk), &desk, Some(event))?;
            sheet::put(&mut desk, Act::Edit, &event)
        }
        Verb::Report { id, on } => {
            let event: Event = clerk::find(&desk, &id)?;
            let reported = Some(OptionalDate(Some(on.unwrap_or(desk.today))));
            let fields = Fields { reported, ..Fields::default() };
            let event = fields.write(Clerk::new(&desk), &desk, Some(event))?;
            sheet::put(&mut desk, Act::Edit, &event)
        }
        Verb::List { open, print } => {
            let mut events = event::all(desk.store.db()).map_err(StoreFault::from)?;
            events.retain(|event| !open || event.facts.reported_on.is_none());
            list(&desk, &events, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, event::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Event>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Event>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, before: Option<Event>) -> Result<Event, Failure> {
        let facts = before.as_ref().map(|event| &event.facts);
        let mut talent = facts.map(|facts| facts.talent.clone());
        let mut kind = facts.map(|facts| facts.kind.clone());
        let mut happened = facts.map(|facts| facts.happened_on);
        let mut reported_on = facts.and_then(|facts| facts.reported_on);
        clerk.reference::<Talent>("talent", &mut talent, self.talent)?;
        clerk.must("talent", talent.as_ref());
        clerk.word("kind", &desk.words().events, &mut kind, self.kind);
        clerk.must("kind", kind.as_ref());
        clerk.happened("happened_on", &mut happened, self.happened);
        clerk.past("reported_on", &mut reported_on, self.reported);
        clerk.in_order(&[("happened_on", happened), ("reported_on", reported_on)]);
        let id = facts.map(|facts| facts.id.clone()).unwrap_or_default();
        let mut note = before.map(|event| event.note).unwrap_or_default();
        clerk.text(&mut note, self.note);
        clerk.finish()?;
        let facts = facts::Event {
            id,
            talent: talent.unwrap_or_default(),
            kind: kind.unwrap_or_default(),
            happened_on: happened.unwrap_or(desk.today),
            reported_on,
        };
        Ok(Event { facts, note })
    }
}

fn list(desk: &Desk, events: &[Event], print: PrintArgs) -> Result<(), Failure> {
    let talents = desk.talent_names()?;
    let mut listing = Listing::new(&["id", "talent", "kind", "happened_on", "reported_on", "note"]);
    for event in events {
        listing.row(vec![
            sheet::text(&event.facts.id),
            sheet::whose(&talents, &event.facts.talent),
            sheet::titled(&desk.words().events, Some(&event.facts.kind)),
            sheet::dated(Some(event.facts.happened_on)),
            sheet::dated(event.facts.reported_on),
            sheet::text(&event.note),
        ]);
    }
    sheet::print(desk, &listing, print)
}
