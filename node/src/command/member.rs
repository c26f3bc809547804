//! `member`: departments and employers that this office looks after itself (0001–4999), private to its store.

use super::clerk::{self, Clerk};
use super::fault::Problem;
use super::sheet::{self, PrintArgs, SearchArgs, ShowArgs};
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use crate::store::unit::{self, Unit};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts;
use zhuji_protocol::unit::{Level, UnitId};

/// What to do with members.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[arg(long)]
        name: Option<String>,
        #[arg(long, default_value = "department", value_parser = words::level)]
        level: Level,
    },
    Edit {
        id: String,
        #[arg(long)]
        name: Option<String>,
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
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { name, level } => {
            let mut named = String::new();
            let mut clerk = Clerk::new(&desk);
            clerk.required("name", &mut named, name);
            if !level.is_member() {
                clerk.fault("level", Problem::Level { level: level.word().to_owned() });
            }
            if desk.office.unit.host().is_some() {
                clerk.fault("unit", Problem::NoMembers);
            }
            clerk.finish()?;
            add(&mut desk, named, level)
        }
        Verb::Edit { id, name } => {
            let mut member: Unit = clerk::find(&desk, &id)?;
            let mut clerk = Clerk::new(&desk);
            clerk.required("name", &mut member.facts.name, name);
            clerk.finish()?;
            sheet::put(&mut desk, Act::Edit, &member)
        }
        Verb::End { id, on } => {
            let mut member: Unit = clerk::find(&desk, &id)?;
            member.closed_on = Some(on.unwrap_or(desk.today));
            let mut clerk = Clerk::new(&desk);
            clerk.happened("closed_on", &mut member.closed_on, None);
            clerk.finish()?;
            sheet::put(&mut desk, Act::End, &member)
        }
        Verb::List { all, print } => {
            let mut members = unit::members(desk.store.db()).map_err(StoreFault::from)?;
            members.retain(|member| all || member.closed_on.is_none_or(|last| last >= desk.today));
            list(&desk, &members, print)
        }
        Verb::Search(args) => {
            let mut found = args.find(&desk, unit::search)?;
            found.retain(|unit| unit.member);
            list(&desk, &found, args.print())
        }
        Verb::Show(args) => sheet::show::<Unit>(&desk, &args),
    }
}

/// A new member under the next number that no unit here has.
fn add(desk: &mut Desk, name: String, level: Level) -> Result<(), Failure> {
    let host = desk.office.unit.clone();
    let done = desk.change(|change| {
        loop {
            let number = u16::try_from(change.next_serial("member")?).unwrap_or(u16::MAX);
            let Some(code) = host.member(number).filter(UnitId::is_private_member) else {
                return Ok(None);
            };
            if unit::exists(change, code.as_str())? {
                continue;
            }
            let parent = Some(host.to_string());
            let facts = facts::Unit { code: code.to_string(), name, level, parent };
            let member = Unit { facts, member: true, closed_on: None };
            let effect = change.put(Act::Add, &member)?;
            return Ok(Some((member, effect)));
        }
    })?;
    match done {
        Some((member, effect)) => {
            desk.say(&sheet::Done::of(&member, effect));
            Ok(())
        }
        None => {
            let mut clerk = Clerk::new(desk);
            clerk.fault("unit", Problem::NoMembers);
            clerk.finish()
        }
    }
}

fn list(desk: &Desk, members: &[Unit], print: PrintArgs) -> Result<(), Failure> {
    let mut listing = Listing::new(&["code", "name", "level", "closed_on"]);
    for member in members {
        listing.row(vec![
            sheet::text(&member.facts.code),
            sheet::text(&member.facts.name),
            sheet::named(desk.language, "level", member.facts.level.word()),
            sheet::dated(member.closed_on),
        ]);
    }
    sheet::print(desk, &listing, print)
}
