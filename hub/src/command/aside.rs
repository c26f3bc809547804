//! `aside`: what restores left to be seen to. Months of which a child had reported more before than it has now; months that
//! the hub above misses of this hub; what the hub above handed down before it was restored itself, and not since.

use super::directory::unit;
use super::token::RoleWord;
use crate::administration::Request;
use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{HubStore, MissingMonth};
use clap::Subcommand;
use serde_json::json;
use zhuji_protocol::console::{Cell, Failure, Format, Listing, month};
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::Shortfall;
use zhuji_protocol::texts::{Language, text};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::subkey::Scope;

/// What to do with it.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    List {
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    Settle {
        #[arg(long, value_name = "CODE", value_parser = unit)]
        unit: UnitId,
        #[arg(long, value_enum)]
        role: RoleWord,
        #[arg(long, value_name = "MONTH", value_parser = month)]
        month: Option<Month>,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the store cannot be read, or with what to tell the user.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { format } => list(format, context),
            Self::Settle { unit, role, month } => context.act(&Request::SettleAside {
                unit,
                as_hub: role == RoleWord::Hub,
                month: month.map(Month::number),
            }),
        }
    }
}

fn list(format: Format, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let left = crate::ready(store.left_behind())?;
    let mut listing =
        Listing::new(&["direction", "replica", "role", "unit", "month", "scope", "figure", "known", "now"]);
    let language = context.language;
    let months = left.of_us.iter().map(|month| ("above", month));
    for (direction, month) in months.chain(left.of_children.iter().map(|month| ("below", month))) {
        for short in month.shortfalls() {
            listing.row(row(language, direction, month, &short));
        }
    }
    for key in &left.handed_down {
        let mut cells = vec![named(language, "fleet", "above")];
        cells.extend(
            [json!(null), json!(null), json!(key.unit.as_str()), json!(null), json!(null)].map(Cell::from),
        );
        cells.push(named(language, "handed-down", &key.kind.to_string()));
        cells.extend([json!(null), json!(null)].map(Cell::from));
        listing.row(cells);
    }
    listing.print(format, language).map_err(Failure::from)
}

fn row(language: Language, direction: &str, month: &MissingMonth, short: &Shortfall) -> Vec<Cell> {
    let scope = match month.scope {
        Scope::Own => "own",
        Scope::Subtree => "subtree",
    };
    vec![
        named(language, "fleet", direction),
        json!(month.replica.unit.as_str()).into(),
        json!(month.replica.role.word()).into(),
        json!(month.unit.as_str()).into(),
        json!(month.month.to_string()).into(),
        named(language, "scope", scope),
        named(language, "recorded", short.figure.word()),
        json!(short.known).into(),
        json!(short.now).into(),
    ]
}

/// A word of ours: programs read the word, people its name in the catalogue.
fn named(language: Language, family: &str, word: &str) -> Cell {
    Cell::shown_as(json!(word), text(language, &format!("{family}-{word}")))
}
