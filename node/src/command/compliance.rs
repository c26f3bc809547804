//! `compliance`: verdicts counted by rule, with the three rates.

use super::judged::{self, Today};
use super::sheet::{self, PrintArgs};
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;
use zhuji_protocol::console::{Cell, Failure, Listing};
use zhuji_protocol::policy::Rule;
use zhuji_protocol::rules::Tally;

/// Which duties are counted.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    from: Option<NaiveDate>,
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    to: Option<NaiveDate>,
    #[command(flatten)]
    print: PrintArgs,
}

const COLUMNS: [&str; 14] = [
    "policy",
    "rule",
    "duty",
    "clause",
    "expected",
    "met",
    "late",
    "overdue",
    "pending",
    "exempt",
    "completeness",
    "timeliness",
    "so_far",
    "assumed",
];

/// Counts them. The span of dates holds for duties with a due date; standing ones are as they are today.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let today = Today::judge(&mut desk)?;
    judged::tell_if_unjudged(&desk, &today)?;
    let (first, last) = (args.from.unwrap_or(NaiveDate::MIN), args.to.unwrap_or(NaiveDate::MAX));
    let mut tallies: BTreeMap<(&str, &str), (Option<&Rule>, Tally)> = BTreeMap::new();
    for policy in today.office.policies.values() {
        for rule in &policy.rules {
            tallies.insert((&policy.id, &rule.id), (Some(rule), Tally::default()));
        }
    }
    for judged in &today.verdicts {
        let verdict = &judged.verdict;
        if !verdict.kind.is_standing() && !(first..=last).contains(&verdict.due) {
            continue;
        }
        let key = (judged.version.policy.as_str(), verdict.rule.as_str());
        tallies.entry(key).or_insert((None, Tally::default())).1 += Tally::one(verdict.status);
    }
    let mut listing = Listing::new(&COLUMNS);
    for ((policy, id), (rule, tally)) in tallies {
        listing.row(row(&desk, policy, id, rule, &tally));
    }
    sheet::print(&desk, &listing, args.print)
}

fn row(desk: &Desk, policy: &str, id: &str, rule: Option<&Rule>, tally: &Tally) -> Vec<Cell> {
    let mut row = vec![
        sheet::text(policy),
        sheet::text(id),
        sheet::text(rule.map_or("", |rule| rule.title.as_str())),
        sheet::text(rule.map_or("", |rule| rule.clause.as_str())),
    ];
    let counts = [tally.expected(), tally.met, tally.late, tally.overdue, tally.pending, tally.exempt];
    row.extend(counts.map(|count| Cell::from(Value::from(count))));
    row.extend([tally.completeness(), tally.timeliness(), tally.compliance_so_far()].map(rate));
    row.push(sheet::yes_or_no(desk.language, rule.is_some_and(|rule| rule.assumed.is_some())));
    row
}

/// A rate; where nothing is asked there is none, which is not 0 %.
fn rate(rate: Option<f64>) -> Cell {
    match rate {
        // Cut off, not rounded: only what is whole is shown as 100 %.
        Some(rate) => Cell::shown_as(Value::from(rate), format!("{:.1}%", (rate * 1000.0).floor() / 10.0)),
        None => Cell::shown_as(Value::Null, "–".to_owned()),
    }
}
