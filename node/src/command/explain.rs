//! `explain`: why a verdict is what it is, step by step (design, section 6, "Deadlines explain themselves").

use super::evaluate::window;
use super::words;
use crate::context::Context;
use crate::inputs;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::path::PathBuf;
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::rules::{self, Asked, Explanation};
use zhuji_protocol::texts::{Language, Told, text};

/// Which verdict, of what.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A file or the id of a built-in policy.
    #[arg(long, value_name = "FILE_OR_ID")]
    policy: String,
    /// The folder of facts.
    #[arg(long, value_name = "DIR")]
    facts: PathBuf,
    /// The day on which it is judged.
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    as_of: NaiveDate,
    /// The first day of the window.
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    from: Option<NaiveDate>,
    /// A newer calendar.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    #[command(flatten)]
    verdict: Which,
    /// How the steps are printed.
    #[arg(long, default_value = "table")]
    format: Format,
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
/// With every fault of the policy and the facts, and when there is not exactly one such verdict.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let language = context.language;
    let from = window(args.from, args.as_of)?;
    let calendar = inputs::calendar(args.calendar.as_deref(), language).map_err(Failure::Lines)?;
    let (policy, facts) =
        inputs::policy_and_facts(&args.policy, &args.facts, &calendar, language).map_err(Failure::Lines)?;
    let explanation = rules::explain(&policy, &calendar, &facts, from, args.as_of, &args.verdict.into())
        .map_err(Failure::told)?;
    listing(&explanation, language)
        .print(args.format, language)
        .map_err(|error| Failure::Unexpected(error.into()))
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
