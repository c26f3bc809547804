//! What SQLite's errors mean to who asked.

use crate::store::StoreFault;
use rusqlite::{ErrorCode, ffi};
use std::path::{Path, PathBuf};
use zhuji_protocol::wire::codec::CodecFault;

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ if is_no_room_for_shared_memory(&error) => Self::DiskFull,
            // The header was ours before SQLite looked at the rest.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(PathBuf::new()),
            Some(ErrorCode::ReadOnly) => Self::NotAllowed(PathBuf::new()),
            None if is_unreadable(&error) => Self::Damaged(PathBuf::new()),
            _ => Self::Database(Box::new(error)),
        }
    }
}

/// The fault of a file, where the database's own words lack its name.
pub(super) fn of_file(error: rusqlite::Error, path: &Path) -> StoreFault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreFault::Damaged(path.to_owned()),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            StoreFault::NotAllowed(path.to_owned())
        }
        _ => StoreFault::from(error),
    }
}

/// A full disk shows first where the file of shared memory beside the store is made longer.
fn is_no_room_for_shared_memory(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether a value is not of the kind that this program writes there.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}

/// Bytes that this program wrote itself do not read back.
pub(super) fn unreadable(what: &'static str) -> impl Fn(CodecFault) -> StoreFault {
    move |_| StoreFault::Unreadable(what)
}
