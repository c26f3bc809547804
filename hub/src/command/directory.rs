//! `directory import | show | find`: the units and how they hang together.

use crate::administration::Request;
use crate::context::Context;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;
use zhuji_protocol::console::{self, Failure, Format, Listing, Malformed};
use zhuji_protocol::directory::Directory;
use zhuji_protocol::texts::Told;
use zhuji_protocol::unit::{Level, UnitId};

/// What to do with the directory.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    Import {
        file: PathBuf,
        #[arg(long, value_name = "DATE", value_parser = console::date)]
        on: Option<NaiveDate>,
        #[arg(long)]
        confirm: bool,
    },
    Show {
        #[arg(value_name = "CODE", value_parser = unit)]
        unit: Option<UnitId>,
        #[arg(long, default_value_t = 1)]
        depth: usize,
        #[arg(long, value_name = "DATE", value_parser = console::date)]
        on: Option<NaiveDate>,
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    Find {
        text: String,
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// How many finds are listed.
const FINDS_SHOWN: usize = 200;

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// With what to tell the user.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Import { file, on, confirm } => {
                let file = std::path::absolute(&file).unwrap_or(file);
                context.act(&Request::ImportDirectory { file, on, confirmed: confirm })
            }
            Self::Show { unit, depth, on, format } => show(unit, depth, on, format, context),
            Self::Find { text, format } => find(&text, format, context),
        }
    }
}

fn show(
    unit: Option<UnitId>,
    depth: usize,
    on: Option<NaiveDate>,
    format: Format,
    context: &Context,
) -> Result<(), Failure> {
    let day = on.unwrap_or_else(|| context.today());
    let store = SqliteStore::read(context.store_path()?)?;
    let territory = crate::ready(store.territory())?;
    let directory = &territory.directory;
    let own = crate::ready(store.identity())?.replica.unit;
    let top = unit.unwrap_or(own);
    if directory.get(&top).is_none() {
        return Err(crate::store::StoreFault::UnknownUnit(top).into());
    }
    let mut listing = Listing::new(&["unit", "code", "name", "level", "parent", "depth"]);
    let mut open = vec![(top, 0)];
    while let Some((unit, below)) = open.pop() {
        if let Some(row) = row(directory, &unit, day, below) {
            listing.row(row);
        }
        if below < depth {
            let mut children: Vec<UnitId> = directory.children_on(&unit, day).cloned().collect();
            children.reverse();
            open.extend(children.into_iter().map(|child| (child, below + 1)));
        }
    }
    listing.print(format, context.language).map_err(Failure::from)
}

fn find(text: &str, format: Format, context: &Context) -> Result<(), Failure> {
    let day = context.today();
    let store = SqliteStore::read(context.store_path()?)?;
    let territory = crate::ready(store.territory())?;
    let directory = &territory.directory;
    let mut listing = Listing::new(&["unit", "code", "name", "level", "parent", "depth"]);
    let fits = |entry: &zhuji_protocol::directory::Entry| {
        let named = |found: &zhuji_protocol::directory::Attributes| {
            found.name.contains(text) || found.code.starts_with(text)
        };
        entry.id.as_str().starts_with(text) || entry.on(day).is_some_and(named)
    };
    for entry in directory.entries().filter(|entry| fits(entry)).take(FINDS_SHOWN) {
        let above = directory.chain_on(&entry.id, day).len().saturating_sub(1);
        if let Some(row) = row(directory, &entry.id, day, above) {
            listing.row(row);
        }
    }
    listing.print(format, context.language).map_err(Failure::from)
}

fn row(directory: &Directory, unit: &UnitId, day: NaiveDate, depth: usize) -> Option<Vec<serde_json::Value>> {
    let found = directory.on(unit, day)?;
    Some(vec![
        json!(unit.as_str()),
        json!(found.code),
        json!(found.name),
        json!(found.level.word()),
        json!(found.parent.as_ref().map(UnitId::as_str)),
        json!(depth),
    ])
}

/// Parses a unit's code.
///
/// # Errors
/// It is not well formed.
pub fn unit(text: &str) -> Result<UnitId, Malformed> {
    text.trim().parse().map_err(|_| Malformed::new(Unfit("hub-malformed-unit")))
}

/// Parses a level, by either word.
///
/// # Errors
/// No level is called so.
pub fn level(text: &str) -> Result<Level, Malformed> {
    Level::from_word(text.trim()).ok_or_else(|| Malformed::new(Unfit("hub-malformed-level")))
}

#[derive(Debug)]
pub(super) struct Unfit(pub(super) &'static str);

impl Told for Unfit {
    fn key(&self) -> &'static str {
        self.0
    }
}
