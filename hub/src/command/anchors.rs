//! `anchors`: the ends of the offices' audit trails as they came, for `zhuji-node verify --anchors`.

use super::directory::unit;
use crate::context::Context;
use crate::proof::level::AnchorRow;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use serde_json::json;
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::texts::{Language, text};
use zhuji_protocol::unit::UnitId;

/// Whose, and how to show them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The unit; all of them without one.
    #[arg(long, value_name = "CODE", value_parser = unit)]
    unit: Option<UnitId>,
    /// Table, JSON or CSV.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Lists them, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let rows = crate::ready(store.anchors(args.unit.as_ref()))?;
    let mut listing =
        Listing::new(&["unit", "role", "incarnation", "revision", "received", "entries", "head", "chain"]);
    for row in &rows {
        listing.row(cells(row, context.language));
    }
    listing.print(args.format, context.language).map_err(Failure::from)
}

fn cells(row: &AnchorRow, language: Language) -> Vec<Cell> {
    let found = text(language, &format!("fleet-chain-{}", row.finding));
    vec![
        json!(row.sender.unit.as_str()).into(),
        json!(row.sender.role.word()).into(),
        json!(row.ordinal).into(),
        json!(row.revision).into(),
        json!(row.received).into(),
        json!(row.now.entries).into(),
        json!(row.now.head.to_string()).into(),
        Cell::shown_as(json!(row.finding), found),
    ]
}
