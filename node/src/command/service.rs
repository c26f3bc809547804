//! `service`: symposium, check-up, holiday, study, recommendation, honour …

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use crate::store::service::{self, Service};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::{self, Talent};

/// What to do with service records.
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
    List {
        #[arg(long)]
        kind: Option<String>,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug)]
struct Fields {
    #[arg(long, short)]
    kind: Option<String>,
    #[arg(long, short, value_parser = words::date)]
    date: Option<NaiveDate>,
    #[arg(long)]
    unit: Option<String>,
    #[arg(long = "talent", short)]
    talents: Option<Vec<String>>,
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
            let id = clerk.new_id::<Service>(id)?;
            let service = fields.write(clerk, &desk, None)?;
            sheet::add(&mut desk, id, |id| Service {
                facts: facts::Service { id, ..service.facts },
                ..service
            })
        }
        Verb::Edit { id, fields } => {
            let service: Service = clerk::find(&desk, &id)?;
            let service = fields.write(Clerk::new(&desk), &desk, Some(service))?;
            sheet::put(&mut desk, Act::Edit, &service)
        }
        Verb::List { kind, print } => {
            let mut wanted = None;
            let mut clerk = Clerk::new(&desk);
            clerk.word("kind", &desk.words().activities, &mut wanted, kind);
            clerk.finish()?;
            let mut services = service::all(desk.store.db()).map_err(StoreFault::from)?;
            services.retain(|service| wanted.as_ref().is_none_or(|wanted| service.facts.kind == *wanted));
            list(&desk, &services, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, service::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Service>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Service>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, before: Option<Service>) -> Result<Service, Failure> {
        let mut kind = before.as_ref().map(|service| service.facts.kind.clone());
        let mut date = before.as_ref().map(|service| service.facts.date);
        let mut service = before.unwrap_or_else(|| Service {
            facts: facts::Service {
                id: String::new(),
                kind: String::new(),
                date: desk.today,
                unit: Some(desk.office.unit.to_string()),
                talents: Vec::new(),
            },
            note: String::new(),
        });
        clerk.word("kind", &desk.words().activities, &mut kind, self.kind);
        clerk.must("kind", kind.as_ref());
        let typed = self.date.or_else(|| date.is_none().then_some(desk.today));
        clerk.happened("date", &mut date, typed);
        clerk.unit("unit", &mut service.facts.unit, self.unit)?;
        clerk.references::<Talent>("talents", &mut service.facts.talents, self.talents)?;
        clerk.text(&mut service.note, self.note);
        clerk.finish()?;
        if let (Some(kind), Some(date)) = (kind, date) {
            (service.facts.kind, service.facts.date) = (kind, date);
        }
        Ok(service)
    }
}

fn list(desk: &Desk, services: &[Service], print: PrintArgs) -> Result<(), Failure> {
    let talents = desk.talent_names()?;
    let units = desk.unit_names()?;
    let mut listing = Listing::new(&["id", "date", "kind", "unit", "talents", "note"]);
    for service in services {
        let facts = &service.facts;
        listing.row(vec![
            sheet::text(&facts.id),
            sheet::dated(Some(facts.date)),
            sheet::titled(&desk.words().activities, Some(&facts.kind)),
            sheet::whose(&units, facts.unit.as_deref().unwrap_or_default()),
            sheet::several(&talents, &facts.talents),
            sheet::text(&service.note),
        ]);
    }
    sheet::print(desk, &listing, print)
}
