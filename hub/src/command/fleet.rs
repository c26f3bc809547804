//! `fleet`: every replica that dials this hub, and how it stands.

use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{FleetRow, HubStore, Standing};
use serde_json::{Value, json};
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::texts::{Language, text, text_with};

/// How to show it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Table, JSON or CSV.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Lists children, and the hub above in the first row if there is one.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let parent = crate::ready(store.parent_row())?;
    let children = crate::ready(store.fleet())?;
    let mut listing = Listing::new(&[
        "direction",
        "unit",
        "role",
        "name",
        "level",
        "standing",
        "program",
        "last_contact",
        "as_of",
        "behind",
        "owed",
        "refused",
        "aside",
        "entries",
        "chain",
        "incarnation",
        "certificate_until",
        "skew_seconds",
    ]);
    let rows = parent.iter().map(|row| ("above", row)).chain(children.iter().map(|row| ("below", row)));
    for (direction, row) in rows {
        let told = text(context.language, &format!("fleet-{direction}"));
        let standing = text(context.language, &format!("fleet-standing-{}", row.standing.word()));
        let mut cells = vec![Cell::shown_as(json!(direction), told)];
        let chain =
            row.chain.map(|(_, found)| text(context.language, &format!("fleet-chain-{}", found.word())));
        cells.extend(cells_of(row, standing, chain));
        listing.row(cells);
    }
    listing.print(args.format, context.language)?;
    if args.format == Format::Table {
        for row in parent.iter().chain(&children) {
            ways_out(row, context.language);
        }
    }
    Ok(())
}

/// What a person has to do about a row, under the table.
fn ways_out(row: &FleetRow, language: Language) {
    let args = [
        ("unit", row.replica.unit.to_string()),
        ("role", row.replica.role.word().to_owned()),
        ("count", row.aside.to_string()),
    ];
    if row.standing == Standing::Forked {
        println!("{}", text_with(language, "fleet-fork-below", &args));
    }
    if row.standing == Standing::Forked {
        println!("{}", text_with(language, "fleet-forked", &args));
    }
    if row.aside > 0 {
        println!("{}", text_with(language, "fleet-aside", &args));
    }
}

fn cells_of(row: &FleetRow, standing: String, chain: Option<String>) -> Vec<Cell> {
    let time =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or(Value::Null, |at| json!(at.to_rfc3339()));
    vec![
        json!(row.replica.unit.as_str()).into(),
        json!(row.replica.role.word()).into(),
        json!(row.name).into(),
        json!(row.level.map(zhuji_protocol::unit::Level::word)).into(),
        Cell::shown_as(json!(row.standing.word()), standing),
        json!(row.program).into(),
        time(row.last_contact).into(),
        json!(row.as_of).into(),
        json!(row.behind).into(),
        json!(row.owed).into(),
        json!(row.refused).into(),
        json!(row.aside).into(),
        json!(row.chain.map(|(entries, _)| entries)).into(),
        Cell::shown_as(json!(row.chain.map(|(_, found)| found.word())), chain.unwrap_or_default()),
        json!(row.ordinal).into(),
        time(row.certificate_until).into(),
        json!(row.skew_seconds).into(),
    ]
}
