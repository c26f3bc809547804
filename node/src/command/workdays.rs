//! `workdays`: what the calendar of working days says, bare, for scripts and for doubts.

use super::words;
use crate::context::Context;
use crate::inputs;
use chrono::NaiveDate;
use clap::Subcommand;
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Told;

/// Which question.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    question: Question,
    /// A newer calendar.
    #[arg(long, global = true, value_name = "FILE")]
    calendar: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum Question {
    /// The working day so many after a date.
    Add {
        /// The date, which is not counted.
        #[arg(value_name = "DATE", value_parser = words::date)]
        date: NaiveDate,
        /// How many; 0 is the date itself.
        #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(0..=36500))]
        count: u32,
    },
    /// How many working days lie between two dates.
    Between {
        /// The first date, which is not counted.
        #[arg(value_name = "A", value_parser = words::date)]
        after: NaiveDate,
        /// The last date, which is counted.
        #[arg(value_name = "B", value_parser = words::date)]
        through: NaiveDate,
    },
}

/// Prints the bare value.
///
/// # Errors
/// When the dates are in the wrong order, and with every fault of a newer calendar.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let calendar = inputs::calendar(args.calendar.as_deref(), context.language).map_err(Failure::Lines)?;
    match args.question {
        Question::Add { date, count } => println!("{}", calendar.add_working_days(date, count)),
        Question::Between { after, through } if after <= through => {
            println!("{}", calendar.working_days_between(after, through));
        }
        Question::Between { after, through } => {
            return Err(Failure::told(WrongOrder { after, through }));
        }
    }
    Ok(())
}

/// The first date lies after the last.
#[derive(Debug)]
struct WrongOrder {
    after: NaiveDate,
    through: NaiveDate,
}

impl Told for WrongOrder {
    fn key(&self) -> &'static str {
        "workdays-wrong-order"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("after", self.after.to_string()), ("through", self.through.to_string())]
    }
}
