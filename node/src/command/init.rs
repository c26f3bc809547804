//! `init`: makes the store of an office.

use super::fault::{FieldFault, Problem};
use super::words;
use crate::context::Context;
use crate::inputs;
use crate::store::{Office, Store, policy};
use chrono::{Datelike, NaiveDate};
use zhuji_protocol::assignment::Assignment;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::{Failure, ToldFault};
use zhuji_protocol::texts::Told;
use zhuji_protocol::unit::{Level, UnitId};

/// Whose store it will be.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(long, value_parser = words::unit)]
    unit: UnitId,
    #[arg(long)]
    name: String,
    #[arg(long, value_parser = words::level)]
    level: Level,
    #[arg(long, value_name = "ID|FILE")]
    policy: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    since: Option<NaiveDate>,
}

/// Makes it.
///
/// # Errors
/// When something stands there already, or the policy is refused; then nothing is made.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let today = context.today();
    let name = args.name.trim().to_owned();
    refuse(&name, args.since, today)?;
    let chosen = match &args.policy {
        Some(argument) => {
            Some(inputs::policy(argument, Calendar::shipped(), context.language).map_err(Failure::Lines)?)
        }
        None => None,
    };
    let first_of_year = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    let office =
        Office { unit: args.unit, name, level: args.level, since: args.since.unwrap_or(first_of_year) };
    let choice = chosen.as_ref().map(|chosen| {
        let text = chosen.to_toml();
        let version = policy::version(&chosen.id, 0, &text);
        let unit = office.unit.clone();
        (Assignment { unit, version, from: chosen.effective, to: None, serial: 0, issuer: None }, text)
    });
    Store::create(path, &office, choice.as_ref(), &context.author())?;
    let made = Made {
        path: path.display().to_string(),
        office,
        policy: chosen.map(|policy| policy.title).unwrap_or_default(),
    };
    println!("{}", made.tell(context.language));
    Ok(())
}

/// The year in which this program was made.
const MADE_IN: i32 = 2026;

fn refuse(name: &str, since: Option<NaiveDate>, today: NaiveDate) -> Result<(), Failure> {
    let mut faults: Vec<Box<dyn ToldFault>> = Vec::new();
    if name.is_empty() {
        faults.push(Box::new(FieldFault { field: "name", problem: Problem::Missing }));
    }
    // A clock that says less than the year of this program is wrong, and nobody is held to it.
    let clock_is_wrong = today.year() < MADE_IN;
    if let Some(date) = since.filter(|since| *since > today && !clock_is_wrong) {
        faults.push(Box::new(FieldFault { field: "since", problem: Problem::Future { date, today } }));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Told(faults)) }
}

struct Made {
    path: String,
    office: Office,
    policy: String,
}

impl Told for Made {
    fn key(&self) -> &'static str {
        if self.policy.is_empty() { "init-made" } else { "init-made-under" }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![
            ("path", self.path.clone()),
            ("unit", self.office.unit.to_string()),
            ("name", self.office.name.clone()),
            ("since", self.office.since.to_string()),
            ("policy", self.policy.clone()),
        ]
    }
}
