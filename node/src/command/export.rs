//! `export DIR`: writes the records as a facts folder, without loss for all that is judged.

use crate::context::Context;
use crate::desk::Desk;
use crate::folder;
use crate::store::facts_to_export;
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::facts::Bom;
use zhuji_protocol::texts::Told;

/// Which folder.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[arg(long)]
    replace: bool,
    #[arg(long)]
    bom: bool,
}

/// Writes it.
///
/// # Errors
/// When tables stand there already, or the folder cannot be written.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let policy_unit = desk.policy.as_ref().map(|policy| policy.unit.clone());
    let facts = desk.store.reading(|db| facts_to_export(db, policy_unit.as_deref()))?;
    let bom = if args.bom { Bom::With } else { Bom::Without };
    let files = folder::export(&args.folder, &facts, bom, args.replace)?;
    desk.say(&Exported { path: args.folder, files });
    Ok(())
}

struct Exported {
    path: PathBuf,
    files: usize,
}

impl Told for Exported {
    fn key(&self) -> &'static str {
        "export-done"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.path.display().to_string()), ("files", self.files.to_string())]
    }
}
