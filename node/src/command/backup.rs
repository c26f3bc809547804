//! `backup FILE`: copies the store while it is in use, reads the copy back, and says what it holds.

use crate::context::Context;
use crate::store::Store;
use crate::store::backup::Held;
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
    let mut store = Store::open(context.store_path()?)?;
    let held = store.back_up(&args.file, &context.author())?;
    let mut told = told(&held);
    told.push(("path", args.file.display().to_string()));
    println!("{}", text_with(context.language, "backup-made", &told));
    Ok(())
}

/// What a copy holds, as texts name it.
pub(super) fn told(held: &Held) -> Vec<(&'static str, String)> {
    vec![
        ("name", held.office.name.clone()),
        ("unit", held.office.unit.to_string()),
        ("until", held.last_change.clone().unwrap_or_default()),
        ("records", held.records.to_string()),
        ("entries", held.entries.to_string()),
        ("size", held.size_bytes.div_ceil(1024).to_string()),
    ]
}
