//! `backup FILE`: copies the store, also while the hub runs, reads the copy back, and says what it holds.

use crate::administration::Request;
use crate::context::Context;
use crate::store::backup::Held;
use crate::store::sqlite::SqliteStore;
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::text_with;

/// Where the copy is to stand.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A file that does not exist yet.
    file: PathBuf,
}

/// Makes it.
///
/// # Errors
/// When something stands there, it cannot be written, or it does not read back whole.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let held = store.back_up(&args.file)?;
    drop(store);
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy().into_owned();
    context.act(&Request::BackedUp { name })?;
    let mut told = told(&held);
    told.push(("path", args.file.display().to_string()));
    println!("{}", text_with(context.language, "hub-backup-made", &told));
    Ok(())
}

/// What a copy holds, as texts name it.
pub(super) fn told(held: &Held) -> Vec<(&'static str, String)> {
    vec![
        ("unit", held.unit.to_string()),
        ("until", held.last_entry.clone().unwrap_or_default()),
        ("units", held.units.to_string()),
        ("children", held.children.to_string()),
        ("items", held.items.to_string()),
        ("entries", held.entries.to_string()),
        ("size", held.size_bytes.div_ceil(1024).to_string()),
    ]
}
