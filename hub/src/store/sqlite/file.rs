//! The store as a file: what makes one ours and whole, how it is opened, owned, made, copied, replaced and brought up to
//! date.

use super::fault::of_file;
use crate::store::StoreFault;
use rusqlite::backup::Backup;
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

/// Of 4 KiB each: between two portions of a large store a person may interrupt.
const PAGES_AT_ONCE: i32 = 4096;

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
    if !has_log(path) && length < page_size * u64::from(number(28)) {
        return Err(StoreFault::Damaged(path.to_owned()));
    }
    Ok(())
}

fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Opens an existing file for its owner.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreFault> {
    let of_file = |error| of_file(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(of_file)?;
    db.busy_timeout(PATIENCE).map_err(of_file)?;
    // FULL: what was acknowledged is on the disk, also after the power failed.
    // Pages that many units share are written by every group: a longer log writes them back less often.
    db.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;
         PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;",
    )
    .map_err(of_file)?;
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

/// Opens a copy that nobody uses, to read: nothing is left beside it, and it may lie where nothing can be written. A log
/// beside it is read with it: then somebody copied a store by hand.
pub(super) fn connect_to_copy(path: &Path) -> Result<Connection, StoreFault> {
    let of_file = |error| of_file(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = if has_log(path) {
        Connection::open_with_flags(path, flags)
    } else {
        Connection::open_with_flags(unchanging(path)?, flags | OpenFlags::SQLITE_OPEN_URI)
    };
    let db = db.map_err(of_file)?;
    db.busy_timeout(PATIENCE).map_err(of_file)?;
    Ok(db)
}

/// The address under which SQLite believes that a file does not change.
fn unchanging(path: &Path) -> Result<String, StoreFault> {
    let mut address = "file:".to_owned();
    for byte in std::path::absolute(path)?.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(address + "?immutable=1")
}

/// Copies a store as it is at one moment, while others go on writing to it. The copy is on the disk when this returns.
pub(super) fn copy(source: &Connection, to: &Path) -> Result<(), StoreFault> {
    let mut copy = connect(to)?;
    // Within one reading transaction nothing that is written meanwhile makes the copying begin anew, and nobody waits.
    let moment = source.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Backup::new(source, &mut copy)?.run_to_completion(PAGES_AT_ONCE, Duration::ZERO, None)?;
    moment.commit()?;
    copy.close().map_err(|(_, error)| StoreFault::from(error))?;
    Ok(File::open(to)?.sync_all()?)
}

/// The schema of a copy, its pages and what refers to what: whole, and of a program that is not newer.
pub(super) fn check(db: &Connection, path: &Path) -> Result<(), StoreFault> {
    let of_file = |error| of_file(error, path);
    schema_of(db, path)?;
    let said: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(of_file)?;
    let dangles =
        db.prepare("PRAGMA foreign_key_check").and_then(|mut rows| rows.exists([])).map_err(of_file)?;
    if said != "ok" || dangles { Err(StoreFault::Damaged(path.to_owned())) } else { Ok(()) }
}

/// Makes a store under another name, fills it, and only then gives it its own.
pub(super) fn create(
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    refuse_if_there(path)?;
    let begin = |unfinished: &Path| {
        let db = connect(unfinished)?;
        db.pragma_update(None, "application_id", APPLICATION_ID)?;
        complete(db, unfinished, fill)
    };
    write_new(path, begin, |unfinished| take_name(unfinished, path))
}

/// Nothing that stands somewhere is overwritten.
pub(super) fn refuse_if_there(path: &Path) -> Result<(), StoreFault> {
    if path.exists() { Err(StoreFault::AlreadyThere(path.to_owned())) } else { Ok(()) }
}

/// Brings a store under its unfinished name up to date, fills it, and sees it onto the disk.
pub(super) fn complete(
    db: Connection,
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let _: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    let mut db = migrate(db, path)?;
    fill(&mut db)?;
    db.close().map_err(|(_, error)| StoreFault::from(error))?;
    Ok(File::open(path)?.sync_all()?)
}

/// Writes a file under another name; only what is whole takes its own. Who does the same meanwhile is refused.
pub(super) fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<T, StoreFault>,
    take: impl FnOnce(&Path) -> Result<(), StoreFault>,
) -> Result<T, StoreFault> {
    let unfinished = beside(path, ".unfinished");
    let begun = begin_private(&unfinished).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreFault::NoFolder(path.to_owned()),
        _ => not_allowed(error, path),
    })?;
    if begun.try_lock().is_err() {
        return Err(StoreFault::Busy);
    }
    begun.set_len(0)?;
    let leave_nothing = |first: usize| {
        for suffix in &["", "-wal", "-shm", "-journal"][first..] {
            // That they may be gone already is the good case.
            let _ = fs::remove_file(beside(&unfinished, suffix));
        }
    };
    leave_nothing(1);
    let made = write(&unfinished).and_then(|made| take(&unfinished).map(|()| made));
    leave_nothing(0);
    let made = made?;
    sync_folder(path)?;
    Ok(made)
}

/// A file that nobody but its owner reads: it will hold the keys of the hub.
fn begin_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A hard link never replaces what is there, so that of two programs making one file the second is refused.
pub(super) fn take_name(unfinished: &Path, path: &Path) -> Result<(), StoreFault> {
    match fs::hard_link(unfinished, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StoreFault::AlreadyThere(path.to_owned()))
        }
        Err(_) if path.exists() => Err(StoreFault::AlreadyThere(path.to_owned())),
        // Some file systems know no links.
        Err(_) => Ok(fs::rename(unfinished, path)?),
    }
}

/// Takes the name of the store that stands there, which is kept whole under `aside`, its log with it. Until the last step
/// the name leads to the old store, and a step that fails leaves it so.
pub(super) fn replace(unfinished: &Path, path: &Path, aside: &Path) -> Result<(), StoreFault> {
    if aside.exists() {
        return Err(StoreFault::AlreadyThere(aside.to_owned()));
    }
    let logs = ["-wal", "-shm"];
    let kept = keep(path, aside).and_then(|()| {
        logs.iter().try_for_each(|suffix| keep(&beside(path, suffix), &beside(aside, suffix)))
    });
    let undo = |error: std::io::Error| {
        for suffix in logs {
            // Taken away below already, or still there.
            let _ = keep(&beside(aside, suffix), &beside(path, suffix));
        }
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(beside(aside, suffix));
        }
        StoreFault::from(error)
    };
    kept.and_then(|()| sync_folder(path)).map_err(undo)?;
    // A log that is not the new store's must not stand beside it.
    let cleared = logs.iter().try_for_each(|suffix| match fs::remove_file(beside(path, suffix)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    });
    cleared.and_then(|()| fs::rename(unfinished, path)).map_err(undo)
}

/// The same file under a second name, or a copy of it; nothing if there is none.
fn keep(path: &Path, aside: &Path) -> std::io::Result<()> {
    match fs::hard_link(path, aside) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => Ok(()),
        Err(_) => fs::copy(path, aside).and_then(|_| File::open(aside)?.sync_all()),
        Ok(()) => Ok(()),
    }
}

/// A name is on the disk when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn not_allowed(error: std::io::Error, path: &Path) -> StoreFault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreFault::NotAllowed(path.to_owned())
        }
        _ => StoreFault::from(error),
    }
}

/// A name beside another.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
