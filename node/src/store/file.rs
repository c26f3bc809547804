//! The store as a file: what makes one ours and whole, how it is opened, made and brought up to date.

use super::StoreFault;
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

/// Refuses what is no store of ours, or cut off, from the file's own header, before SQLite touches it.
pub(super) fn examine(path: &Path) -> Result<(), StoreFault> {
    let mut header = [0; 100];
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreFault::NotThere(path.to_owned()),
        ErrorKind::PermissionDenied => StoreFault::NotAllowed(path.to_owned()),
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

/// Makes a store under another name, fills it, and only then gives it its own.
pub(super) fn create(
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    if path.exists() {
        return Err(StoreFault::AlreadyThere(path.to_owned()));
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
    new_private_file(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => StoreFault::NoFolder(path.to_owned()),
        ErrorKind::PermissionDenied => StoreFault::NotAllowed(path.to_owned()),
        _ => StoreFault::from(error),
    })?;
    let db = connect(path)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    let _: String = db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    let mut db = migrate(db)?;
    fill(&mut db)?;
    db.close().map_err(|(_, error)| StoreFault::from(error))?;
    File::open(path)?.sync_all()?;
    Ok(())
}

/// A file that nobody but its owner reads: it will hold names and telephone numbers.
fn new_private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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

fn beside(path: &Path, suffix: &str) -> PathBuf {
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
