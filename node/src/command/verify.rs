//! `verify`: checks the file, walks the audit trail and names the first entry that does not fit; then compares it with the
//! end that the hub acknowledged, and with every end that the hub keeps, if a list of these is handed in.

use crate::context::Context;
use crate::desk::Desk;
use crate::progress::Progress;
use crate::store::audit::{self, Break, Verified};
use crate::store::{Db, StoreFault, uplink};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Told;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::ChainPointV1;

/// What else to compare with.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What `zhuji-hub anchors --format json` gives.
    #[arg(long, value_name = "FILE")]
    anchors: Option<PathBuf>,
}

/// Walks it.
///
/// # Errors
/// With the first break.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    desk.store.check()?;
    let unit = desk.office.unit.to_string();
    let kept = args.anchors.map(|path| kept_of(&path, &unit)).transpose()?;
    let progress = Progress::of(usize::try_from(audit::length(desk.store.db())?).unwrap_or_default());
    let verified = desk.store.reading(|db| audit::verify(db, || progress.step()));
    progress.finish();
    let (entries, erased) = match verified? {
        Verified::Whole { entries, erased } => (entries, erased),
        Verified::Broken { entry, why } => return Err(Failure::told(Broken { entry, why })),
    };
    let told = desk.store.reading(uplink::acknowledged_anchor)?;
    if let Some(misfit) = told.map(|told| misfit(desk.store.db(), told)).transpose()?.flatten() {
        return Err(Failure::told(misfit));
    }
    desk.say(&Whole { entries, erased });
    match kept {
        Some(kept) => compare(&desk, &kept),
        None => Ok(()),
    }
}

/// An end of the chain that a hub keeps.
#[derive(Debug, Deserialize)]
struct KeptAnchor {
    unit: String,
    role: String,
    incarnation: u32,
    entries: u64,
    head: String,
}

/// The office's, in the order in which they came.
fn kept_of(path: &Path, unit: &str) -> Result<Vec<KeptAnchor>, Failure> {
    let no_list = || NoList(path.to_owned());
    let text = std::fs::read_to_string(path).map_err(|_| Failure::told(no_list()))?;
    let mut kept: Vec<KeptAnchor> = serde_json::from_str(&text).map_err(|_| Failure::told(no_list()))?;
    kept.retain(|anchor| anchor.unit == unit && anchor.role == "node");
    if kept.is_empty() {
        return Err(Failure::told(NoneOfUs(path.to_owned())));
    }
    Ok(kept)
}

/// Ends of the present life must all be in the chain. Of an earlier life those after the copy that was restored are not,
/// which is told.
fn compare(desk: &Desk, kept: &[KeptAnchor]) -> Result<(), Failure> {
    let present = kept.iter().map(|anchor| anchor.incarnation).max().unwrap_or_default();
    let mut lost: Option<u64> = None;
    for anchor in kept {
        let Some(head) = Digest::from_hex(&anchor.head) else { continue };
        let told = ChainPointV1 { entries: anchor.entries, head };
        match misfit(desk.store.db(), told)? {
            Some(misfit) if anchor.incarnation == present => return Err(Failure::told(misfit)),
            Some(_) => lost = Some(lost.map_or(anchor.entries, |lost| lost.min(anchor.entries))),
            None => {}
        }
    }
    desk.say(&Anchored { count: kept.len() });
    if let Some(entries) = lost {
        desk.say(&Restored { entries });
    }
    Ok(())
}

/// Whether the chain still has this end that was told once.
fn misfit(db: &Db, told: ChainPointV1) -> Result<Option<Rewritten>, StoreFault> {
    let ChainPointV1 { entries, head } = told;
    Ok(match audit::hash_at(db, entries)? {
        _ if entries == 0 => None,
        Some(hash) if hash == head => None,
        Some(_) => Some(Rewritten { entries, why: "verify-rewritten" }),
        None => Some(Rewritten { entries, why: "verify-cut-off" }),
    })
}

#[derive(Debug)]
struct Rewritten {
    entries: u64,
    why: &'static str,
}

impl Told for Rewritten {
    fn key(&self) -> &'static str {
        self.why
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entry", self.entries.to_string())]
    }
}

#[derive(Debug)]
struct NoList(PathBuf);

impl Told for NoList {
    fn key(&self) -> &'static str {
        "verify-no-anchors"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.0.display().to_string())]
    }
}

#[derive(Debug)]
struct NoneOfUs(PathBuf);

impl Told for NoneOfUs {
    fn key(&self) -> &'static str {
        "verify-anchors-of-others"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.0.display().to_string())]
    }
}

struct Anchored {
    count: usize,
}

impl Told for Anchored {
    fn key(&self) -> &'static str {
        "verify-anchored"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("count", self.count.to_string())]
    }
}

struct Restored {
    entries: u64,
}

impl Told for Restored {
    fn key(&self) -> &'static str {
        "verify-restored"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entry", self.entries.to_string())]
    }
}

struct Whole {
    entries: i64,
    erased: i64,
}

impl Told for Whole {
    fn key(&self) -> &'static str {
        "verify-whole"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entries", self.entries.to_string()), ("erased", self.erased.to_string())]
    }
}

#[derive(Debug)]
struct Broken {
    entry: i64,
    why: Break,
}

impl Told for Broken {
    fn key(&self) -> &'static str {
        match self.why {
            Break::Missing => "verify-missing",
            Break::Unlinked => "verify-unlinked",
            Break::Altered => "verify-altered",
            Break::Overwritten => "verify-overwritten",
            Break::OtherPolicy => "verify-other-policy",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("entry", self.entry.to_string())]
    }
}
