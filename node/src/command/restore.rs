//! `restore BACKUP`: puts a copy in the place of the store, and says what happens next.

use super::backup::told;
use crate::context::Context;
use crate::store::StoreFault;
use crate::store::backup::{Restored, restore};
use crate::uplink::lock::DaemonLock;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::{Told, text, text_with};
use zhuji_protocol::transport::random_bytes;
use zhuji_protocol::wire::life::Incarnation;

/// The copy.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `backup` made it.
    backup: PathBuf,
}

/// Restores.
///
/// # Errors
/// When the copy is not whole or of another office, the daemon runs, or something cannot be written. Then nothing was
/// changed.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let _lock = lock(path)?;
    let fresh = Incarnation(random_bytes());
    let Restored { held, kept_as } = restore(&args.backup, path, &context.author(), fresh)?;
    let mut said = told(&held);
    said.push(("path", path.display().to_string()));
    println!("{}", text_with(context.language, "restore-done", &said));
    if let Some(kept) = kept_as {
        let args = [("path", kept.display().to_string())];
        println!("{}", text_with(context.language, "restore-kept", &args));
    }
    println!("{}", text(context.language, "restore-next"));
    Ok(())
}

fn lock(path: &Path) -> Result<DaemonLock, Failure> {
    let taken = DaemonLock::take(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::from(StoreFault::NoFolder(path.to_owned())),
        ErrorKind::PermissionDenied => Failure::from(StoreFault::NotAllowed(path.to_owned())),
        _ => Failure::from(error),
    })?;
    taken.ok_or_else(|| Failure::told(InUse))
}

#[derive(Debug)]
struct InUse;

impl Told for InUse {
    fn key(&self) -> &'static str {
        "restore-in-use"
    }
}
