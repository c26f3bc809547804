//! The store as a file: what makes one ours and whole, how it is opened, owned, made and brought up to date.

use super::fault::of_file;
use crate::store::StoreFault;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

mod schema {
    refinery::embed_migrations!("sql");
}

/// `ZHJH`: tells a hub's store from every other SQLite file.
const APPLICATION_ID: u32 = 0x5A48_4A48;

/// Only a checkpoint of a reader, or a backup, keeps the one writer waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// Owning the store: a file beside it, locked as long as this lives.
#[derive(Debug)]
pub(super) struct Ownership {
    _lock: File,
}

/// Takes the lock beside the store.
pub(super) fn own(path: &Path) -> Result<Ownership, StoreFault> {
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside(path, ".lock"))
        .map_err(|error| not_allowed(error, path))?;
    match lock.try_lock() {
        Ok(()) => Ok(Ownership { _lock: lock }),
        Err(TryLockError::WouldBlock) => Err(StoreFault::Owned(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreFault::from(error)),
    }
}

/// Refuses what is no store of ours, or cut off, from the file's own header, before SQLite touches it.
pub(super) fn examine(path: &Path) -> Result<(), StoreFault> {
    let mut header = [0; 100];
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreFault::NotThere(path.to_owned()),
        _ => not_allowed(error, path),
    })?;
    let length = file.metadata()?.len();
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(StoreFault::NotAStore(path.to_owned()));
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if number(68) != APPLICATION_ID {
        return Err(StoreFault::NotAStore(path.to_owned()));
    }
    let page_size = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    // After a crash pages may still stand in the log beside the file; then only SQLite can tell.
    let has_log = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    if !has_log && length < page_size * u64::from(number(28)) {
        return Err(StoreFault::Damaged(path.to_owned()));
    }
    Ok(())
}

/// Opens an existing file for its owner.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreFault> {
    let of_file = |error| of_file(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(of_file)?;
    db.busy_timeout(PATIENCE).map_err(of_file)?;
    // FULL: what was acknowledged is on the disk, also after the power failed.
    db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;").map_err(of_file)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// Opens an existing file to read, beside its owner.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, StoreFault> {
    let of_file = |error| of_file(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(of_file)?;
    db.busy_timeout(PATIENCE).map_err(of_file)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// The schema that the file has, and the newest that is known here. A store of a newer program is refused.
pub(super) fn schema_of(db: &Connection, path: &Path) -> Result<(i64, i64), StoreFault> {
    let known = newest_schema();
    let found: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| of_file(error, path))?;
    if found > known {
        return Err(StoreFault::Newer { path: path.to_owned(), found, known });
    }
    Ok((found, known))
}

/// Brings the schema up to date.
pub(super) fn migrate(mut db: Connection, path: &Path) -> Result<Connection, StoreFault> {
    let (found, known) = schema_of(&db, path)?;
    if found < known {
        schema::migrations::runner().run(&mut db).map_err(|error| StoreFault::Database(Box::new(error)))?;
        db.pragma_update(None, "user_version", known).map_err(|error| of_file(error, path))?;
    }
    Ok(db)
}

fn newest_schema() -> i64 {
    schema::migrations::runner()
        .get_migrations()
        .iter()
        .map(|migration| i64::from(migration.version()))
        .max()
        .unwrap_or(0)
}

/// Makes a store under another name, fills it, and only then gives it its own.
pub(super) fn create(
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    if path.exists() {
        return Err(StoreFault::AlreadyThere(path.to_owned()));
    }
    if path.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        return Err(StoreFault::NoFolder(path.to_owned()));
    }
    let unfinished = beside(path, ".unfinished");
    let made = fill_new(&unfinished, fill).and_then(|()| take_name(&unfinished, path));
    for suffix in ["", "-wal", "-shm"] {
        // Leftovers only; that they may be gone already is the good case.
        let _ = fs::remove_file(beside(&unfinished, suffix));
    }
    made
}

fn fill_new(
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let _ = fs::remove_file(path);
    new_private(path)?;
    let db = connect(path)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    let _: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    let mut db = migrate(db, path)?;
    fill(&mut db)?;
    db.close().map_err(|(_, error)| StoreFault::from(error))?;
    File::open(path)?.sync_all()?;
    Ok(())
}

/// A new file that nobody but its owner reads: it will hold the keys of the hub.
pub(super) fn new_private(path: &Path) -> Result<(), StoreFault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StoreFault::AlreadyThere(path.to_owned()))
        }
        Err(error) => Err(not_allowed(error, path)),
    }
}

/// A hard link never replaces what is there, so that of two programs making one store the second is refused.
fn take_name(unfinished: &Path, path: &Path) -> Result<(), StoreFault> {
    match fs::hard_link(unfinished, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StoreFault::AlreadyThere(path.to_owned()))
        }
        // Some file systems know no links.
        Err(_) => Ok(fs::rename(unfinished, path)?),
    }
}

fn not_allowed(error: std::io::Error, path: &Path) -> StoreFault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreFault::NotAllowed(path.to_owned())
        }
        _ => StoreFault::from(error),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
