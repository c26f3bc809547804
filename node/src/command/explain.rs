//! `explain`: why a verdict is what it is, step by step (design, section 6, "Deadlines explain themselves").

use super::evaluate::window;
use super::sheet::PrintArgs;
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use crate::inputs;
use crate::store::{directory, facts_of, judging};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::path::PathBuf;
use zhuji_protocol::console::{Cell, Failure, Listing};
use zhuji_protocol::rules::{self, Asked, Explanation, Unexplained};
use zhuji_protocol::texts::{Language, Told, text};

/// Which verdict, of what: of the store as it is today, unless a policy and a folder of facts are named.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    verdict: Which,
    /// A file or the id of a built-in policy.
    #[arg(long, value_name = "FILE_OR_ID", requires_all = ["facts", "as_of"])]
    policy: Option<String>,
    /// The folder of facts.
    #[arg(long, value_name = "DIR", requires = "policy")]
    facts: Option<PathBuf>,
    /// The day on which it is judged.
    #[arg(long, value_name = "DATE", value_parser = words::date, requires = "policy")]
    as_of: Option<NaiveDate>,
    /// The first day of the window.
    #[arg(long, value_name = "DATE", value_parser = words::date, requires = "policy")]
    from: Option<NaiveDate>,
    /// A newer calendar.
    #[arg(long, value_name = "FILE", requires = "policy")]
    calendar: Option<PathBuf>,
    #[command(flatten)]
    print: PrintArgs,
}

/// Which verdict is explained.
#[derive(clap::Args, Debug)]
pub struct Which {
    /// The rule.
    #[arg(long, value_name = "ID")]
    rule: String,
    /// The subject.
    #[arg(long, value_name = "ID")]
    subject: String,
    /// The item, where there are several.
    #[arg(long)]
    item: Option<String>,
    /// The period, where there are several.
    #[arg(long)]
    period: Option<String>,
}

impl From<Which> for Asked {
    fn from(which: Which) -> Self {
        Self { rule: which.rule, subject: which.subject, item: which.item, period: which.period }
    }
}

/// Prints the steps.
///
/// # Errors
/// With every fault of the policy and the facts, when the store cannot be read, and when there is not exactly one
/// such verdict.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let language = context.language;
    let asked = Asked::from(args.verdict);
    let explanation = match (args.policy, args.facts, args.as_of) {
        (Some(policy), Some(facts), Some(as_of)) => {
            let from = window(args.from, as_of)?;
            let calendar = inputs::calendar(args.calendar.as_deref(), language).map_err(Failure::Lines)?;
            let (policy, facts) =
                inputs::policy_and_facts(&policy, &facts, &calendar, language).map_err(Failure::Lines)?;
            rules::explain(&policy, &calendar, &facts, from, as_of, &asked)
        }
        _ => of_the_store(&asked, context)?,
    };
    listing(&explanation.map_err(Failure::told)?, language)
        .print(args.print.format, language)
        .map_err(|error| Failure::Unexpected(error.into()))
}

/// A verdict on the office's own records, as they are today.
fn of_the_store(asked: &Asked, context: &Context) -> Result<Result<Explanation, Unexplained>, Failure> {
    let mut desk = Desk::open(context)?;
    let today = desk.today;
    let explanation = desk.store.reading(|db| {
        let calendar = directory::calendar(db)?;
        let office = judging::office(db, &calendar)?;
        Ok(office.explain(&calendar, &facts_of(db)?, today, asked))
    })?;
    Ok(explanation)
}

/// An explanation, a step a row.
#[must_use]
pub fn listing(explanation: &Explanation, language: Language) -> Listing {
    let mut listing = Listing::new(&["step", "date", "text"]);
    for step in &explanation.steps {
        let shown = text(language, &format!("step-word-{}", step.word()));
        listing.row(vec![
            Cell::shown_as(Value::from(step.word()), shown),
            json!(step.date()).into(),
            json!(step.tell(language)).into(),
        ]);
    }
    listing
}
