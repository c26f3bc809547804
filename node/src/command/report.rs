//! `report`: forms handed in, as dated facts.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{Act, StoreFault, report};
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::Report;

/// What to do with reports.
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
    form: Option<String>,
    #[arg(long, short, value_parser = words::period)]
    period: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    submitted: Option<OptionalDate>,
    #[arg(long)]
    unit: Option<String>,
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
            let id = clerk.new_id::<Report>(id)?;
            // A report is written down when it is handed in.
            fields.submitted.get_or_insert(OptionalDate(Some(desk.today)));
            let report = fields.write(clerk, &desk, None)?;
            sheet::add(&mut desk, id, |id| Report { id, ..report })
        }
        Verb::Edit { id, fields } => {
            let report: Report = clerk::find(&desk, &id)?;
            let report = fields.write(Clerk::new(&desk), &desk, Some(report))?;
            sheet::put(&mut desk, Act::Edit, &report)
        }
        Verb::List { print } => list(&desk, &report::all(desk.store.db()).map_err(StoreFault::from)?, print),
        Verb::Search(args) => list(&desk, &args.find(&desk, report::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Report>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Report>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, before: Option<Report>) -> Result<Report, Failure> {
        let mut form = before.as_ref().map(|report| report.form.clone());
        let mut unit =
            Some(before.as_ref().map_or_else(|| desk.office.unit.to_string(), |report| report.unit.clone()));
        let mut report = before.unwrap_or_else(|| Report {
            id: String::new(),
            unit: String::new(),
            form: String::new(),
            period: String::new(),
            submitted_on: None,
        });
        if let Some(typed) = self.form {
            form = clerk.form("form", desk.policy.as_ref(), typed.trim());
        }
        clerk.must("form", form.as_ref());
        clerk.unit("unit", &mut unit, self.unit)?;
        clerk.must("unit", unit.as_ref());
        report.period = self.period.unwrap_or(report.period);
        clerk.past("submitted_on", &mut report.submitted_on, self.submitted);
        clerk.finish()?;
        report.form = form.unwrap_or_default();
        report.unit = unit.unwrap_or_default();
        Ok(report)
    }
}

fn list(desk: &Desk, reports: &[Report], print: PrintArgs) -> Result<(), Failure> {
    let title = |id: &str| {
        let forms = desk.policy.iter().flat_map(|policy| &policy.forms);
        forms.into_iter().find(|form| form.id == id).map(|form| form.title.clone())
    };
    let units = desk.unit_names()?;
    let mut listing = Listing::new(&["id", "unit", "form", "period", "submitted_on"]);
    for report in reports {
        listing.row(vec![
            sheet::text(&report.id),
            sheet::whose(&units, &report.unit),
            sheet::shown(&report.form, title(&report.form)),
            sheet::text(&report.period),
            sheet::dated(report.submitted_on),
        ]);
    }
    sheet::print(desk, &listing, print)
}
