//! `talent`: the talents who are contacted.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{Act, StoreFault, talent};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::Talent;

/// What to do with talents.
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
        #[arg(long)]
        reason: Option<String>,
    },
    List {
        #[arg(long)]
        all: bool,
        #[arg(long)]
        category: Option<String>,
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
    title: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    #[arg(long = "category")]
    categories: Option<Vec<String>>,
    #[arg(long)]
    class: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    from: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    to: Option<OptionalDate>,
    #[arg(long)]
    end_reason: Option<String>,
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
            let id = clerk.new_id::<Talent>(id)?;
            let mut talent = Talent::default();
            fields.write(clerk, &desk, &mut talent)?;
            sheet::add(&mut desk, id, |id| Talent { id, ..talent })
        }
        Verb::Edit { id, fields } => {
            let mut talent: Talent = clerk::find(&desk, &id)?;
            fields.write(Clerk::new(&desk), &desk, &mut talent)?;
            sheet::put(&mut desk, Act::Edit, &talent)
        }
        Verb::End { id, on, reason } => {
            let mut talent: Talent = clerk::find(&desk, &id)?;
            talent.to = Some(on);
            let mut clerk = Clerk::new(&desk);
            clerk.text(&mut talent.end_reason, reason);
            clerk.in_order(&[("from", talent.from), ("to", talent.to)]);
            clerk.finish()?;
            sheet::put(&mut desk, Act::End, &talent)
        }
        Verb::List { all, category, print } => {
            let mut wanted = None;
            let mut clerk = Clerk::new(&desk);
            clerk.word("categories", &desk.words().categories, &mut wanted, category);
            clerk.finish()?;
            let mut talents = talent::all(desk.store.db()).map_err(StoreFault::from)?;
            talents.retain(|talent| all || talent.to.is_none_or(|last| last >= desk.today));
            talents.retain(|talent| wanted.as_ref().is_none_or(|wanted| talent.categories.contains(wanted)));
            list(&desk, &talents, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, talent::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Talent>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Talent>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, talent: &mut Talent) -> Result<(), Failure> {
        clerk.required("name", &mut talent.name, self.name);
        clerk.text(&mut talent.sex, self.sex);
        clerk.unit("unit", &mut talent.unit, self.unit)?;
        clerk.text(&mut talent.post, self.post);
        clerk.text(&mut talent.title, self.title);
        clerk.text(&mut talent.phone, self.phone);
        clerk.words("categories", &desk.words().categories, &mut talent.categories, self.categories);
        clerk.word("class", &desk.words().classes, &mut talent.class, self.class);
        clerk.day(&mut talent.from, self.from);
        clerk.day(&mut talent.to, self.to);
        clerk.text(&mut talent.end_reason, self.end_reason);
        clerk.in_order(&[("from", talent.from), ("to", talent.to)]);
        clerk.finish()
    }
}

fn list(desk: &Desk, talents: &[Talent], print: PrintArgs) -> Result<(), Failure> {
    let units = desk.unit_names()?;
    let mut listing = Listing::new(&[
        "id",
        "name",
        "sex",
        "unit",
        "post",
        "title",
        "phone",
        "categories",
        "class",
        "from",
        "to",
    ]);
    for talent in talents {
        listing.row(vec![
            sheet::text(&talent.id),
            sheet::text(&talent.name),
            sheet::text(&talent.sex),
            sheet::whose(&units, talent.unit.as_deref().unwrap_or_default()),
            sheet::text(&talent.post),
            sheet::text(&talent.title),
            sheet::text(&talent.phone),
            sheet::titles(&desk.words().categories, &talent.categories),
            sheet::titled(&desk.words().classes, talent.class.as_deref()),
            sheet::dated(talent.from),
            sheet::dated(talent.to),
        ]);
    }
    sheet::print(desk, &listing, print)
}
