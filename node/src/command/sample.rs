//! `sample`: fills an empty store with a synthetic office, to learn and to show with.

use super::clerk::Clerk;
use super::import;
use super::sheet::{self, PrintArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::sample::{self, Wish};
use crate::store::{directory, leader, talent};
use chrono::Datelike;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Told;

/// What is made up.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(long, value_parser = clap::value_parser!(i32).range(1900..=2199))]
    year: Option<i32>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    leaders: u32,
    #[arg(long = "group")]
    groups: Option<Vec<String>>,
    #[command(flatten)]
    print: PrintArgs,
}

/// Fills it.
///
/// # Errors
/// When anybody is recorded already: invented people never stand among real ones.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let db = desk.store.db();
    let is_empty = leader::is_empty(db)? && talent::is_empty(db)?;
    if !is_empty {
        return Err(Failure::told(NotEmpty));
    }
    let are_asked = args.groups.is_some();
    let mut groups = Vec::new();
    let mut clerk = Clerk::new(&desk);
    clerk.words("group", &desk.words().groups, &mut groups, args.groups);
    clerk.finish()?;
    let calendar = directory::calendar(db)?;
    let office =
        sample::Office { unit: &desk.office.unit, name: &desk.office.name, level: desk.office.level };
    let wish = Wish {
        year: args.year.unwrap_or_else(|| desk.today.year()),
        today: desk.today,
        seed: args.seed,
        leaders: args.leaders,
        // `--group ""` asks for leaders in no group at all.
        groups: are_asked.then_some(&groups[..]),
    };
    let facts = sample::facts(&office, desk.policy.as_ref(), &calendar, &wish);
    let imported = import::take(&mut desk, &facts, false)?;
    sheet::print(&desk, &import::counted(&desk, &imported), args.print)
}

#[derive(Debug)]
struct NotEmpty;

impl Told for NotEmpty {
    fn key(&self) -> &'static str {
        "sample-not-empty"
    }
}
