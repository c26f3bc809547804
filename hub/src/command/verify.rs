//! `verify`: counts everything afresh from the stored, signed items, and names the first thing that does not fit.

use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{HubStore, Misfit, Verified};
use indicatif::ProgressBar;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::{Told, text_with};

/// Nothing to choose.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Verifies the store.
///
/// # Errors
/// The first thing that does not fit, or the store cannot be read.
pub fn run(_: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let progress = ProgressBar::new_spinner();
    let verified = crate::ready(store.verify(&mut || progress.inc(1)))?;
    progress.finish_and_clear();
    match verified {
        Verified::Whole(checked) => {
            let counted = [
                ("batches", checked.batches),
                ("items", checked.items),
                ("rows", checked.rows),
                ("onward", checked.onward),
                ("published", checked.published),
                ("entries", checked.entries),
            ];
            let args = counted.map(|(key, count)| (key, count.to_string()));
            println!("{}", text_with(context.language, "hub-verified", &args));
            Ok(())
        }
        Verified::Broken(misfit) => Err(Failure::told(misfit)),
    }
}

impl Told for Misfit {
    fn key(&self) -> &'static str {
        match self {
            Self::Batch { .. } => "hub-misfit-batch",
            Self::Item { .. } => "hub-misfit-item",
            Self::Row { .. } => "hub-misfit-row",
            Self::Onward { .. } => "hub-misfit-onward",
            Self::Published { .. } => "hub-misfit-published",
            Self::Audit { .. } => "hub-misfit-audit",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        let key_text = |key: &zhuji_protocol::wire::item::ItemKey| {
            vec![("kind", key.kind.to_string()), ("unit", key.unit.to_string()), ("subkey", hex(&key.subkey))]
        };
        match self {
            Self::Batch { sender, through } => {
                vec![("sender", sender.to_string()), ("through", through.to_string())]
            }
            Self::Item { sender, key } => {
                let mut args = key_text(key);
                args.push(("sender", sender.to_string()));
                args
            }
            Self::Row { unit, month } => vec![("unit", unit.to_string()), ("month", month.to_string())],
            Self::Onward { key } | Self::Published { key } => key_text(key),
            Self::Audit { number } => vec![("number", number.to_string())],
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
