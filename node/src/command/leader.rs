//! `leader`: the leaders who contact.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{Act, leader};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::Leader;

/// What to do with leaders.
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
        fields: Box<Fields>,
    },
    Edit {
        id: String,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    End {
        id: String,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        on: NaiveDate,
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

#[derive(clap::Args, Debug)]
struct Fields {
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    sex: Option<String>,
    #[arg(long)]
    unit: Option<String>,
    #[arg(long)]
    post: Option<String>,
    #[arg(long)]
    body: Option<String>,
    #[arg(long)]
    portfolio: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    #[arg(long = "group")]
    groups: Option<Vec<String>>,
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
        Verb::Add { id, fields } => {
            let mut clerk = Clerk::new(&desk);
            let id = clerk.new_id::<Leader>(id)?;
            let mut leader = Leader::default();
            fields.write(clerk, &desk, &mut leader)?;
            sheet::add(&mut desk, id, |id| Leader { id, ..leader })
        }
        Verb::Edit { id, fields } => {
            let mut leader: Leader = clerk::find(&desk, &id)?;
            fields.write(Clerk::new(&desk), &desk, &mut leader)?;
            sheet::put(&mut desk, Act::Edit, &leader)
        }
        Verb::End { id, on } => {
            let mut leader: Leader = clerk::find(&desk, &id)?;
            leader.to = Some(on);
            let mut clerk = Clerk::new(&desk);
            clerk.in_order(&[("from", leader.from), ("to", leader.to)]);
            clerk.finish()?;
            sheet::put(&mut desk, Act::End, &leader)
        }
        Verb::List { all, print } => {
            let mut leaders = leader::all(desk.store.db()).map_err(crate::store::StoreFault::from)?;
            leaders.retain(|leader| all || leader.to.is_none_or(|last| last >= desk.today));
            list(&desk, &leaders, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, leader::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Leader>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Leader>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, leader: &mut Leader) -> Result<(), Failure> {
        clerk.required("name", &mut leader.name, self.name);
        clerk.text(&mut leader.sex, self.sex);
        clerk.unit("unit", &mut leader.unit, self.unit)?;
        clerk.text(&mut leader.post, self.post);
        clerk.text(&mut leader.body, self.body);
        clerk.text(&mut leader.portfolio, self.portfolio);
        clerk.text(&mut leader.phone, self.phone);
        clerk.words("group", &desk.words().groups, &mut leader.groups, self.groups);
        clerk.day(&mut leader.from, self.from);
        clerk.day(&mut leader.to, self.to);
        clerk.in_order(&[("from", leader.from), ("to", leader.to)]);
        clerk.finish()
    }
}

fn list(desk: &Desk, leaders: &[Leader], print: PrintArgs) -> Result<(), Failure> {
    let units = desk.unit_names()?;
    let mut listing =
        Listing::new(&["id", "name", "sex", "unit", "post", "body", "phone", "group", "from", "to"]);
    for leader in leaders {
        listing.row(vec![
            sheet::text(&leader.id),
            sheet::text(&leader.name),
            sheet::text(&leader.sex),
            sheet::whose(&units, leader.unit.as_deref().unwrap_or_default()),
            sheet::text(&leader.post),
            sheet::text(&leader.body),
            sheet::text(&leader.phone),
            sheet::titles(&desk.words().groups, &leader.groups),
            sheet::dated(leader.from),
            sheet::dated(leader.to),
        ]);
    }
    sheet::print(desk, &listing, print)
}
