//! `restore BACKUP`: puts a copy in the place of the store, and says what happens next.

use super::backup::told;
use crate::context::Context;
use crate::store::backup::Restored;
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, StoreFault};
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::{Language, Told, text, text_with};
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::{kinds, subkey};

/// The copy.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `backup` made it.
    backup: PathBuf,
}

/// Restores.
///
/// # Errors
/// When the copy is not whole or of another hub, a hub runs on the store, or something cannot be written. Then nothing was
/// changed.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let author = Author { who: context.who(), at: context.now() };
    let restored = SqliteStore::restore(&args.backup, path, &author, context.moment());
    let Restored { held, kept_as, withdrawn, ruled_again, lost } = restored.map_err(|fault| match fault {
        StoreFault::Owned(_) => Failure::told(InUse),
        fault => fault.into(),
    })?;
    let mut said = told(&held);
    said.push(("path", path.display().to_string()));
    println!("{}", text_with(context.language, "hub-restore-done", &said));
    if let Some(kept) = kept_as {
        let args = [("path", kept.display().to_string())];
        println!("{}", text_with(context.language, "restore-kept", &args));
    }
    if withdrawn > 0 {
        let args = [("count", withdrawn.to_string())];
        println!("{}", text_with(context.language, "hub-restore-tokens", &args));
    }
    if ruled_again > 0 {
        let args = [("count", ruled_again.to_string())];
        println!("{}", text_with(context.language, "hub-restore-rulings", &args));
    }
    tell_lost(&lost, context.language);
    let args = [("until", held.last_entry.unwrap_or_default())];
    println!("{}", text_with(context.language, "hub-restore-next", &args));
    Ok(())
}

/// How many things to be entered again are listed.
const SHOWN: usize = 20;

fn tell_lost(lost: &[ItemKey], language: Language) {
    if lost.is_empty() {
        return;
    }
    println!("{}", text_with(language, "hub-restore-lost", &[("count", lost.len().to_string())]));
    for key in lost.iter().take(SHOWN) {
        let which = match key.kind {
            kinds::item::POLICY => {
                subkey::read_policy(&key.subkey).map(|(id, number)| format!("{id}@{number}"))
            }
            kinds::item::CALENDAR => subkey::read_calendar(&key.subkey).map(|year| year.to_string()),
            _ => None,
        };
        let name = text(language, &format!("written-{}", key.kind));
        println!("  {name} {} {}", key.unit, which.unwrap_or_default());
    }
}

#[derive(Debug)]
struct InUse;

impl Told for InUse {
    fn key(&self) -> &'static str {
        "hub-restore-in-use"
    }
}
