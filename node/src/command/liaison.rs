//! `liaison`: who liaises for a unit.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::liaison::{self, Liaison};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts;

/// What to do with liaisons.
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
    End {
        id: String,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        on: Option<NaiveDate>,
    },
    List {
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug, Default)]
struct Fields {
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    unit: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    from: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    to: Option<OptionalDate>,
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { id, mut fields } => {
            let mut clerk = Clerk::new(&desk);
            let id = clerk.new_id::<Liaison>(id)?;
            fields.from.get_or_insert(OptionalDate(Some(desk.today)));
            let unit = desk.office.unit.to_string();
            let nobody = facts::Liaison { unit, name: String::new(), from: None, to: None };
            let facts = fields.write(clerk, nobody)?;
            sheet::add(&mut desk, id, |id| Liaison { id, facts })
        }
        Verb::Edit { id, fields } => {
            let Liaison { id, facts } = clerk::find(&desk, &id)?;
            let facts = fields.write(Clerk::new(&desk), facts)?;
            sheet::put(&mut desk, Act::Edit, &Liaison { id, facts })
        }
        Verb::End { id, on } => {
            let Liaison { id, facts } = clerk::find(&desk, &id)?;
            let to = Some(OptionalDate(Some(on.unwrap_or(desk.today))));
            let facts = Fields { to, ..Fields::default() }.write(Clerk::new(&desk), facts)?;
            sheet::put(&mut desk, Act::End, &Liaison { id, facts })
        }
        Verb::List { all, print } => {
            let mut liaisons = liaison::all(desk.store.db()).map_err(StoreFault::from)?;
            liaisons.retain(|liaison| all || liaison.facts.to.is_none_or(|last| last >= desk.today));
            list(&desk, &liaisons, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, liaison::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Liaison>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Liaison>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, mut facts: facts::Liaison) -> Result<facts::Liaison, Failure> {
        clerk.required("name", &mut facts.name, self.name);
        let mut unit = Some(facts.unit);
        clerk.unit("unit", &mut unit, self.unit)?;
        clerk.must("unit", unit.as_ref());
        clerk.day(&mut facts.from, self.from);
        clerk.day(&mut facts.to, self.to);
        clerk.in_order(&[("from", facts.from), ("to", facts.to)]);
        clerk.finish()?;
        facts.unit = unit.unwrap_or_default();
        Ok(facts)
    }
}

fn list(desk: &Desk, liaisons: &[Liaison], print: PrintArgs) -> Result<(), Failure> {
    let units = desk.unit_names()?;
    let mut listing = Listing::new(&["id", "unit", "name", "from", "to"]);
    for liaison in liaisons {
        listing.row(vec![
            sheet::text(&liaison.id),
            sheet::whose(&units, &liaison.facts.unit),
            sheet::text(&liaison.facts.name),
            sheet::dated(liaison.facts.from),
            sheet::dated(liaison.facts.to),
        ]);
    }
    sheet::print(desk, &listing, print)
}
