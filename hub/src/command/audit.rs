//! `audit`: the last entries of the trail.

use crate::context::Context;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use serde_json::json;
use zhuji_protocol::console::{Failure, Format, Listing};

/// How many, and how to show them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many of the last entries.
    #[arg(long, default_value_t = 50)]
    last: u32,
    /// Table, JSON or CSV.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Lists them.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let mut listing = Listing::new(&["number", "at", "who", "act", "subject", "detail"]);
    for entry in crate::ready(store.audit(args.last))? {
        listing.row(vec![
            json!(entry.number),
            json!(entry.at),
            json!(entry.who),
            json!(entry.act),
            json!(entry.subject),
            json!(entry.detail),
        ]);
    }
    listing.print(args.format, context.language).map_err(Failure::from)
}
