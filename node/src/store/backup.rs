//! Copies of the store: made while it is in use, checked by reading back, and put in a lost store's place.
//!
//! A copy is of one moment, and stands under its name only when it was found whole. A copy that is put to use again begins
//! a new life towards the hub: what was reported after it was made is not in it, and the hub must be able to tell.

use super::audit::{self, Verified};
use super::{Act, Author, Change, Kind, Office, Store, StoreFault, file, setting, uplink};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zhuji_protocol::wire::life::Incarnation;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose store it is.
    pub office: Office,
    /// When something was last entered in it, RFC 3339.
    pub last_change: Option<String>,
    /// Records of all kinds.
    pub records: i64,
    /// Entries of the audit trail.
    pub entries: i64,
    /// The file's length.
    pub size_bytes: u64,
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is there now.
    pub held: Held,
    /// Where the store that stood there is kept.
    pub kept_as: Option<PathBuf>,
}

impl Store {
    /// Copies the store into a new file while it is in use, and reads the copy back: its pages, what refers to what, whose
    /// it is and its audit trail. The copy stands under `to` when all of that was found whole, not before.
    ///
    /// # Errors
    /// When something stands there already, it cannot be written, or the copy is not whole.
    pub fn back_up(&mut self, to: &Path, author: &Author) -> Result<Held, StoreFault> {
        file::refuse_if_there(to)?;
        let db = &self.db;
        let copy = |unfinished: &Path| {
            file::copy(db, unfinished)?;
            let copy = checked(unfinished)?;
            held(&copy, unfinished)
        };
        let held = file::write_new(to, copy, |unfinished| file::take_name(unfinished, to))?;
        let change = self.change(author)?;
        let name = to.file_name().unwrap_or(to.as_os_str()).to_string_lossy();
        change.enter(Act::Backup, Kind::Store, &name, &[], &BTreeMap::new())?;
        change.commit()?;
        Ok(held)
    }
}

/// Puts a copy in the place of the store under `path`, which is kept under another name. The caller keeps the daemon away.
/// The copy is found whole, brought up to date and given its new life, `fresh`, before anything is touched.
///
/// # Errors
/// When the copy is not whole, of another office or of a newer program, or something cannot be written. Then what stood
/// there stands there still.
pub fn restore(
    copy: &Path,
    path: &Path,
    author: &Author,
    fresh: Incarnation,
) -> Result<Restored, StoreFault> {
    let source = checked(copy)?;
    let office = setting::office(&source)?;
    let stands = match path.try_exists()? {
        true => Some(standing_there(copy, path, &office)?),
        false => None,
    };
    let kept_as = stands.map(|()| kept_name(path, author));
    let write = |unfinished: &Path| {
        file::copy(&source, unfinished)?;
        let of = last_change(&source)?.unwrap_or_default();
        let mut found = None;
        file::complete(file::connect(unfinished)?, unfinished, |db| {
            found = Some(held(db, unfinished)?);
            begin_anew(db, author, fresh, &of)
        })?;
        found.ok_or_else(|| StoreFault::Damaged(copy.to_owned()))
    };
    let held = file::write_new(path, write, |unfinished| match &kept_as {
        Some(aside) => file::replace(unfinished, path, aside),
        None => file::take_name(unfinished, path),
    })?;
    Ok(Restored { held, kept_as })
}

/// What stands there may be a store that nobody can read any more: that is what restoring is for. Another office's is not.
fn standing_there(copy: &Path, path: &Path, office: &Office) -> Result<(), StoreFault> {
    if same_file(copy, path)? {
        return Err(StoreFault::Itself(path.to_owned()));
    }
    // Opened and closed again, it also takes in its own log.
    let there = file::examine(path).and_then(|()| file::connect(path)).and_then(|db| setting::office(&db));
    match there {
        Ok(there) if there.unit != office.unit => {
            Err(StoreFault::OtherOffice { copy: office.unit.clone(), there: there.unit })
        }
        _ => Ok(()),
    }
}

fn same_file(one: &Path, other: &Path) -> std::io::Result<bool> {
    Ok(one.canonicalize()? == other.canonicalize()?)
}

/// Beside the store, with the moment: two restores keep two stores.
fn kept_name(path: &Path, author: &Author) -> PathBuf {
    file::beside(path, &author.at.format(".kept-%Y%m%dT%H%M%SZ").to_string())
}

/// A copy whose pages are whole, open to be read.
fn checked(path: &Path) -> Result<Connection, StoreFault> {
    file::examine(path)?;
    let db = file::connect_to_copy(path)?;
    file::check(&db, path)?;
    Ok(db)
}

/// What it holds, once its trail was found whole. Of a store with today's schema.
fn held(db: &Connection, path: &Path) -> Result<Held, StoreFault> {
    let entries = match audit::verify(db, || {})? {
        Verified::Whole { entries, .. } => entries,
        Verified::Broken { entry, .. } => {
            return Err(StoreFault::TrailBroken { path: path.to_owned(), entry });
        }
    };
    Ok(Held {
        office: setting::office(db)?,
        last_change: last_change(db)?,
        records: setting::counts(db)?.iter().map(|(_, count)| count).sum(),
        entries,
        size_bytes: std::fs::metadata(path)?.len(),
    })
}

fn last_change(db: &Connection) -> Result<Option<String>, StoreFault> {
    Ok(audit::entries(db, None, 1)?.pop().map(|entry| entry.at))
}

/// The store goes on in a life that nobody knows yet, so that everything is sent again.
fn begin_anew(
    db: &mut Connection,
    author: &Author,
    fresh: Incarnation,
    copied: &str,
) -> Result<(), StoreFault> {
    let change = Change::begin(db, author)?;
    uplink::begin_anew(&change, fresh, author.at.timestamp_millis())?;
    change.enter(Act::Restore, Kind::Store, copied, &[], &BTreeMap::new())?;
    change.commit()
}

#[cfg(test)]
mod tests;
