//! `policy assign | list`: which document holds where, and since when.

use super::directory::unit;
use crate::administration::Request;
use crate::context::Context;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::json;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::{self, Failure, Format, Listing, PolicyFile};
use zhuji_protocol::unit::UnitId;

/// What to do with policies.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    Assign {
        #[arg(long, value_name = "CODE", value_parser = unit)]
        unit: UnitId,
        #[arg(long, value_name = "ID_OR_FILE")]
        policy: String,
        #[arg(long, value_name = "DATE", value_parser = console::date)]
        from: Option<NaiveDate>,
        #[arg(long, value_name = "DATE", value_parser = console::date)]
        to: Option<NaiveDate>,
    },
    List {
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// With what to tell the user.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Assign { unit, policy, from, to } => {
                let file = PolicyFile::open(&policy)
                    .map_err(|fault| Failure::Lines(vec![fault.located(context.language)]))?;
                let policy = file
                    .read(Calendar::shipped())
                    .map_err(|faults| Failure::Lines(file.shown(&faults, context.language)))?;
                context.act(&Request::AssignPolicy { unit, toml: policy.to_toml(), from, to })
            }
            Self::List { format } => list(format, context),
        }
    }
}

fn list(format: Format, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let territory = crate::ready(store.territory())?;
    let mut listing = Listing::new(&["unit", "name", "of_policy", "number", "from", "to"]);
    for assignment in territory.assignments.all() {
        let entry = territory.directory.get(&assignment.unit);
        listing.row(vec![
            json!(assignment.unit.as_str()),
            json!(entry.and_then(|entry| entry.latest()).map(|found| found.name.as_str())),
            json!(assignment.version.policy),
            json!(assignment.version.number),
            json!(assignment.from),
            json!(assignment.to),
        ]);
    }
    listing.print(format, context.language).map_err(Failure::from)
}
