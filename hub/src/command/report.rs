//! `report`: a unit and what is below it, in a period.

use super::directory::unit;
use crate::administration::{self, ReportRequest, Request, written};
use crate::context::Context;
use crate::report::{By, listing};
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use zhuji_protocol::console::{Failure, Format, Malformed};
use zhuji_protocol::month::Period;
use zhuji_protocol::unit::UnitId;

/// Of whom, and how to show it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The unit.
    #[arg(long, value_name = "CODE", value_parser = unit)]
    unit: UnitId,
    /// `2026`, `2026-H1`, `2026-Q3` or `2026-04`.
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    period: Period,
    /// What a row is.
    #[arg(long, value_enum, default_value_t)]
    by: By,
    /// How many levels below the unit.
    #[arg(long, default_value_t = 1)]
    depth: usize,
    /// Table, JSON or CSV.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints it.
///
/// # Errors
/// When the unit is unknown or the store cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let today = context.today();
    let asked = ReportRequest {
        unit: args.unit.clone(),
        depth: args.depth,
        period: args.period.to_string(),
        by: written(&args.by),
        format: written(&args.format),
        today,
    };
    // A hub that runs has the directory at hand; one that does not answer does not keep anyone from reading.
    if let Ok(Some(reply)) =
        administration::send(path, context.language, &context.who(), &Request::Report(asked))
    {
        return context.shown(reply);
    }
    let store = SqliteStore::read(path)?;
    let figures = crate::ready(store.figures(&args.unit, args.depth, args.period, today))?;
    listing(&figures, args.by, today, context.language)
        .print(args.format, context.language)
        .map_err(Failure::from)
}

fn period(text: &str) -> Result<Period, Malformed> {
    text.trim().parse().map_err(Malformed::new)
}
