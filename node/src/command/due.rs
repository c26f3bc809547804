//! `due`: what somebody must do now: overdue duties first, then those due soon, then words that no policy knows.

use super::judged::{self, Names, Today};
use super::sheet::{self, PrintArgs};
use super::todo;
use crate::context::Context;
use crate::desk::Desk;
use chrono::{Days, NaiveDate};
use serde_json::Value;
use zhuji_protocol::console::{Cell, Failure, Listing};
use zhuji_protocol::judge::Judged;
use zhuji_protocol::rules::{Status, Verdict};

/// How far to look ahead.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    within: u32,
    #[arg(long)]
    overdue: bool,
    #[command(flatten)]
    print: PrintArgs,
}

const COLUMNS: [&str; 13] = [
    "status",
    "due",
    "days_left",
    "duty",
    "clause",
    "subject_type",
    "subject_id",
    "item",
    "period",
    "required",
    "actual",
    "assumed",
    "rule",
];

/// Lists it.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let today = Today::judge(&mut desk)?;
    judged::tell_if_unjudged(&desk, &today)?;
    let last = desk.today.checked_add_days(Days::new(u64::from(args.within))).unwrap_or(NaiveDate::MAX);
    let mut open: Vec<&Judged> = today
        .verdicts
        .iter()
        .filter(|judged| match judged.verdict.status {
            Status::Overdue => true,
            Status::Pending => !args.overdue && judged.verdict.due <= last,
            Status::Met | Status::Late | Status::Exempt => false,
        })
        .collect();
    open.sort_by_key(|judged| {
        let verdict = &judged.verdict;
        (verdict.status != Status::Overdue, verdict.due, &verdict.rule, &verdict.subject.id)
    });
    let names = Names::of(&today.facts);
    let mut listing = Listing::new(&COLUMNS);
    for judged in open {
        listing.row(row(&desk, &today, &names, judged));
    }
    if let Some(policy) = desk.policy.as_ref().filter(|_| !args.overdue) {
        for unknown in todo::unknown_words(policy, &today.facts) {
            listing.row(unknown_row(&desk, &unknown));
        }
    }
    sheet::print(&desk, &listing, args.print)
}

fn row(desk: &Desk, today: &Today, names: &Names<'_>, judged: &Judged) -> Vec<Cell> {
    let verdict = &judged.verdict;
    let rule = today.rule(judged);
    let status = if verdict.status == Status::Overdue { "overdue" } else { "pending" };
    vec![
        sheet::named(desk.language, "status", status),
        sheet::dated(Some(verdict.due)),
        days_left(desk, verdict),
        sheet::text(rule.map_or("", |rule| rule.title.as_str())),
        sheet::text(&verdict.clause),
        sheet::named(desk.language, "kind", judged::subject_word(verdict.subject.r#type)),
        names.cell(&verdict.subject),
        sheet::shown(
            &verdict.item,
            today.policy(judged).and_then(|policy| todo::title(policy, &verdict.item)),
        ),
        sheet::text(&verdict.period),
        Value::from(verdict.required).into(),
        Value::from(verdict.actual).into(),
        sheet::yes_or_no(desk.language, verdict.assumed),
        sheet::text(&verdict.rule),
    ]
}

/// How many days are left; what must hold at all times is never "due in so many days".
fn days_left(desk: &Desk, verdict: &Verdict) -> Cell {
    let days = (!verdict.kind.is_standing()).then(|| (verdict.due - desk.today).num_days());
    days.map_or(Value::Null, Value::from).into()
}

/// A word that the policy lacks: it meets no condition until somebody mends the record or the policy.
fn unknown_row(desk: &Desk, unknown: &todo::Unknown<'_>) -> Vec<Cell> {
    let field = super::fault::heading(desk.language, unknown.field);
    let nothing = || Cell::from(Value::Null);
    vec![
        sheet::named(desk.language, "status", "unknown-word"),
        nothing(),
        nothing(),
        sheet::text(field),
        nothing(),
        sheet::named(desk.language, "kind", unknown.kind.word()),
        sheet::text(unknown.id),
        sheet::text(unknown.word),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
    ]
}
