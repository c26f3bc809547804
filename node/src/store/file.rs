//! The store as a file: what makes one ours and whole, how it is opened, made, copied, replaced and brought up to date.

use super::StoreFault;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

mod schema {
    refinery::embed_migrations!("sql");
}

/// `ZHJN`: tells a node's store from every other SQLite file.
const APPLICATION_ID: u32 = 0x5A48_4A4E;

/// Longer than any change of an operator takes, shorter than an operator's own patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// Of 4 KiB each: between two portions of a large store a person may interrupt.
const PAGES_AT_ONCE: i32 = 4096;

/// Refuses what is no store of ours, or cut off, from the file's own header, before SQLite touches it.
pub(super) fn examine(path: &Path) -> Result<(), StoreFault> {
    let mut header = [0; 100];
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreFault::NotThere(path.to_owned()),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreFault::NotAllowed(path.to_owned())
        }
        _ => StoreFault::Io(error),
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
    // The count of pages holds only if the last writer kept it up (file format, "in-header database size").
    let is_counted = number(24) == number(92);
    // After a crash pages may still stand in the log beside the file; then only SQLite can tell.
    if is_counted && !has_log(path) && length < page_size * u64::from(number(28)) {
        return Err(StoreFault::Damaged(path.to_owned()));
    }
    Ok(())
}

fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Opens an existing file with the settings that every connection has.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreFault> {
    let of_file = |error| StoreFault::of_file(error, path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(of_file)?;
    db.busy_timeout(PATIENCE).map_err(of_file)?;
    // FULL: what was answered is on the disk, also after the power failed.
    db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;").map_err(of_file)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Brings the schema up to date; a store of a newer program is refused.
pub(super) fn migrate(mut db: Connection) -> Result<Connection, StoreFault> {
    let path = PathBuf::from(db.path().unwrap_or_default());
    let of_file = |error| StoreFault::of_file(error, &path);
    let known = newest_schema();
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(of_file)?;
    if found > known {
        return Err(StoreFault::Newer { path, found, known });
    }
    if found < known {
        bring_up_to_date(&mut db)?;
        db.pragma_update(None, "user_version", known).map_err(of_file)?;
    }
    Ok(db)
}

/// Daemon and command may find an old store at the same moment: who comes second waits, and finds it done.
fn bring_up_to_date(db: &mut Connection) -> Result<(), StoreFault> {
    let mut attempts_left = 10;
    loop {
        attempts_left -= 1;
        match schema::migrations::runner().run(db) {
            Ok(_) => return Ok(()),
            Err(_) if attempts_left > 0 => std::thread::sleep(PATIENCE / 20),
            Err(error) => return Err(StoreFault::Migration(Box::new(error))),
        }
    }
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
    let of_file = |error| StoreFault::of_file(error, path);
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
    let of_file = |error| StoreFault::of_file(error, path);
    let known = newest_schema();
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(of_file)?;
    if found > known {
        return Err(StoreFault::Newer { path: path.to_owned(), found, known });
    }
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
    let mut db = migrate(db)?;
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
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreFault::NotAllowed(path.to_owned())
        }
        _ => StoreFault::from(error),
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

/// A file that nobody but its owner reads: it will hold names and telephone numbers.
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

/// A name beside another.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_store_is_brought_up_to_date_by_whoever_comes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("old.db");
        let mut db = Connection::open(&path).expect("a file");
        db.pragma_update(None, "application_id", APPLICATION_ID).expect("ours");
        let _: String =
            db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).expect("wal");
        let oldest = refinery::Target::Version(1);
        schema::migrations::runner().set_target(oldest).run(&mut db).expect("the first schema");
        db.pragma_update(None, "user_version", 1).expect("marked");
        drop(db);
        let openers: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || connect(&path).and_then(migrate).map(|_| ()))
            })
            .collect();
        for opener in openers {
            opener.join().expect("no panic").expect("opened");
        }
        let db = connect(&path).expect("opened");
        let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
        assert_eq!(version, newest_schema());
    }
}
