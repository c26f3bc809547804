//! `export-proof`: what this level holds as a file, so that another office proves a figure from it.

use super::directory::unit;
use super::verify::period;
use crate::context::Context;
use crate::proof::{Extent, file};
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::month::Period;
use zhuji_protocol::texts::{Told, text_with};
use zhuji_protocol::unit::UnitId;

/// Where to, and of what.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The file, which must not be there yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only what is below the direct children that this unit was ever under.
    #[arg(long, value_name = "CODE", value_parser = unit)]
    unit: Option<UnitId>,
    /// Only up to the end of this period.
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    period: Option<Period>,
}

/// Writes it.
///
/// # Errors
/// When the unit is unknown, the store cannot be read, or something stands there already.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let extent = Extent::of(args.unit.clone(), args.period);
    let level = crate::ready(store.holdings(&extent, context.now()))?;
    let identity = crate::ready(store.identity())?;
    let fault = |error: std::io::Error| {
        Failure::told(NotWritten { path: args.file.clone(), error: error.to_string() })
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    // It holds figures of offices, and leaves this machine only by somebody's hand.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(&args.file).map_err(fault)?);
    file::write(&level, &identity.key, &mut out).map_err(fault)?;
    out.flush().map_err(fault)?;
    out.get_ref().sync_all().map_err(fault)?;
    let counted = [
        ("path", args.file.display().to_string()),
        ("items", level.items.len().to_string()),
        ("batches", level.batches.len().to_string()),
        ("onward", level.onward.len().to_string()),
    ];
    println!("{}", text_with(context.language, "proof-exported", &counted));
    Ok(())
}

#[derive(Debug)]
struct NotWritten {
    path: PathBuf,
    error: String,
}

impl Told for NotWritten {
    fn key(&self) -> &'static str {
        "proof-not-written"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.path.display().to_string()), ("error", self.error.clone())]
    }
}
