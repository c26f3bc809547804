//! Copies of the store: made beside the running hub, checked by reading back, and put in a lost store's place.
//!
//! A copy is of one moment, and stands under its name only when it was found whole: its pages, what refers to what, keys and
//! certificates, the trail. Counting all figures afresh from signed items takes long, and is `verify`'s.

use super::replicas::Side;
use super::work::Work;
use super::{SqliteStore, audit, directory, file, founding, hub, queue, ruling};
use crate::revocations::{self, Revocation};
use crate::store::arrival::Moment;
use crate::store::backup::{Held, Restored};
use crate::store::{Author, StoreFault};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::published::PublishedV1;

impl SqliteStore {
    /// Copies the store into a new file beside its owner, and reads the copy back. The one writer does not wait for it.
    ///
    /// # Errors
    /// When something stands there already, it cannot be written, or the copy is not whole.
    pub fn back_up(&self, to: &Path) -> Result<Held, StoreFault> {
        file::refuse_if_there(to)?;
        let copy = |unfinished: &Path| {
            file::copy(&self.db, unfinished)?;
            held(&checked(unfinished)?, unfinished)
        };
        file::write_new(to, copy, |unfinished| file::take_name(unfinished, to))
    }

    /// Puts a copy in the place of the store under `path`, which is kept under another name. The copy is found whole, brought
    /// up to date and given new lives towards all its links before anything is touched.
    ///
    /// # Errors
    /// When the copy is not whole, of another hub or of a newer program, a hub runs on the store, or something cannot be
    /// written. Then what stood there stands there still.
    pub fn restore(
        copy: &Path,
        path: &Path,
        author: &Author,
        moment: Moment,
    ) -> Result<Restored, StoreFault> {
        let source = checked(copy)?;
        let unit = hub::unit(&source)?;
        refuse_without_folder(path)?;
        let _ownership = file::own(path)?;
        let stands = path.try_exists()?;
        if stands {
            refuse_others(copy, path, &unit)?;
        }
        let lost = if stands { written_since(&source, path, &unit).unwrap_or_default() } else { Vec::new() };
        let rulings = revocations::read(path).map_err(StoreFault::RevocationsUnread)?;
        let kept_as = stands.then(|| kept_name(path, author));
        let write = |unfinished: &Path| {
            file::copy(&source, unfinished)?;
            let mut found = None;
            file::complete(file::connect(unfinished)?, unfinished, |db| {
                let held = held(db, unfinished)?;
                let copied = held.last_entry.as_deref().unwrap_or_default();
                let (withdrawn, ruled_again) = begin_anew(db, &rulings, author, moment, copied)?;
                found = Some(Restored { held, kept_as: None, withdrawn, ruled_again, lost: Vec::new() });
                Ok(())
            })?;
            found.ok_or_else(|| StoreFault::Damaged(copy.to_owned()))
        };
        let restored = file::write_new(path, write, |unfinished| match &kept_as {
            Some(aside) => file::replace(unfinished, path, aside),
            None => file::take_name(unfinished, path),
        })?;
        Ok(Restored { kept_as, lost, ..restored })
    }
}

fn refuse_without_folder(path: &Path) -> Result<(), StoreFault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(StoreFault::NoFolder(path.to_owned()));
    }
    Ok(())
}

/// What stands there may be a store that nobody can read any more: that is what restoring is for. Another hub's is not.
fn refuse_others(copy: &Path, path: &Path, unit: &UnitId) -> Result<(), StoreFault> {
    if copy.canonicalize()? == path.canonicalize()? {
        return Err(StoreFault::Itself(path.to_owned()));
    }
    // Opened and closed again, it also takes in its own log.
    let there = file::examine(path).and_then(|()| file::connect(path)).and_then(|db| hub::unit(&db));
    match there {
        Ok(there) if there != *unit => Err(StoreFault::OtherHub { copy: unit.clone(), there }),
        _ => Ok(()),
    }
}

/// What this hub wrote after the copy was made, as far as the store that is replaced can still be read: directory entries,
/// policies, assignments, notices of holidays.
fn written_since(copy: &Connection, path: &Path, own: &UnitId) -> Result<Vec<ItemKey>, StoreFault> {
    let there = file::connect_to_read(path)?;
    let mut lost = Vec::new();
    for key in queue::keys(&there, Side::Child)? {
        let Some((_, body)) = queue::body(&there, Side::Child, &key)? else { continue };
        let is_ours = decode::<PublishedV1>(&body).is_ok_and(|proof| proof.writer == *own);
        let is_kept = queue::body(copy, Side::Child, &key)?.is_some_and(|(_, kept)| kept == body);
        if is_ours && !is_kept && !matches!(key.kind, kinds::item::VOUCHED_KEY | kinds::item::ASIDE) {
            lost.push(key);
        }
    }
    Ok(lost)
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

/// What it holds, once its keys were read and its trail was found whole. Of a store with today's schema.
fn held(db: &Connection, path: &Path) -> Result<Held, StoreFault> {
    let identity = hub::identity(db)?;
    let entries = audit::verify(db, &mut || {})?
        .map_err(|misfit| StoreFault::Unsound { path: path.to_owned(), misfit })?;
    let count = |table: &str| -> Result<u64, StoreFault> {
        let count: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    };
    Ok(Held {
        unit: identity.replica.unit,
        last_entry: audit::entries(db, 1)?.pop().map(|entry| entry.at),
        units: count("unit")?,
        children: count("replica WHERE side = 'child'")?,
        items: count("item")?,
        entries,
        size_bytes: std::fs::metadata(path)?.len(),
    })
}

/// The store goes on in lives that nobody knows yet, and what was ruled since the copy was made is ruled again. Gives how
/// many tokens were withdrawn, and how many replicas stand otherwise.
fn begin_anew(
    db: &mut Connection,
    rulings: &[Revocation],
    author: &Author,
    moment: Moment,
    copied: &str,
) -> Result<(u64, usize), StoreFault> {
    let transaction = db.transaction()?;
    founding::begin_new_lives(&transaction, author, moment)?;
    // Whoever enrolled with one of these after the copy was made did so once; nobody is to do it again.
    let withdrawn = transaction.execute("DELETE FROM token WHERE used_by IS NULL", [])?;
    audit::append(&transaction, author, "restore", hub::unit(&transaction)?.as_str(), copied)?;
    let mut parsed = directory::Parsed::new();
    let mut work = Work::begin(&transaction, moment, None, &mut parsed, super::Warm::new())?;
    let ruled_again = ruling::apply(&mut work, rulings, author)?;
    work.finish()?;
    transaction.commit()?;
    Ok((withdrawn as u64, ruled_again))
}
