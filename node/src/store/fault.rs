//! Why the store could not do what was asked, told as what to do next.

use rusqlite::{ErrorCode, ffi};
use std::path::PathBuf;
use thiserror::Error;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::{Language, Told};
use zhuji_protocol::unit::UnitId;

/// A situation of the store.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// There is no such file.
    #[error("{}", self.tell(Language::English))]
    NotThere(PathBuf),
    /// Something is there already where a store should be made.
    #[error("{}", self.tell(Language::English))]
    AlreadyThere(PathBuf),
    /// The file is something else.
    #[error("{}", self.tell(Language::English))]
    NotAStore(PathBuf),
    /// The file is cut off or its pages do not fit together.
    #[error("{}", self.tell(Language::English))]
    Damaged(PathBuf),
    /// The audit trail of a copy does not hold together.
    #[error("{}", self.tell(Language::English))]
    TrailBroken {
        /// The copy.
        path: PathBuf,
        /// The first entry that does not fit.
        entry: i64,
    },
    /// The copy is of one office, the store in whose place it should come of another.
    #[error("{}", self.tell(Language::English))]
    OtherOffice {
        /// Of which unit the copy is.
        copy: UnitId,
        /// Whose store stands there.
        there: UnitId,
    },
    /// A store cannot take its own place.
    #[error("{}", self.tell(Language::English))]
    Itself(PathBuf),
    /// The store was written by a newer program.
    #[error("{}", self.tell(Language::English))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Another program wrote for longer than we wait.
    #[error("{}", self.tell(Language::English))]
    Busy,
    /// There is no room on the disk.
    #[error("{}", self.tell(Language::English))]
    DiskFull,
    /// The file or its folder may not be read or written.
    #[error("{}", self.tell(Language::English))]
    NotAllowed(PathBuf),
    /// There is no such folder to make a store in.
    #[error("{}", self.tell(Language::English))]
    NoFolder(PathBuf),
    /// Another record still refers to this one.
    #[error("{}", self.tell(Language::English))]
    StillReferredTo {
        /// The id.
        id: String,
    },
    /// A record that is not there.
    #[error("{}", self.tell(Language::English))]
    Unknown {
        /// The kind, as in the audit trail.
        kind: &'static str,
        /// The id asked for.
        id: String,
    },
    /// A system call failed.
    #[error(transparent)]
    Io(std::io::Error),
    /// Something that the database refused and nobody foresaw.
    #[error(transparent)]
    Database(rusqlite::Error),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migration(Box<refinery::Error>),
}

impl StoreFault {
    /// Whether trying again can help without anyone stepping in.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        matches!(self, Self::Busy)
    }

    /// The fault of a file, where the database's own words lack its name.
    pub(super) fn of_file(error: rusqlite::Error, path: &std::path::Path) -> Self {
        match error.sqlite_error_code() {
            // The header was ours before SQLite looked at the rest.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(path.to_owned()),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                Self::NotAllowed(path.to_owned())
            }
            _ => Self::from(error),
        }
    }
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // A full disk shows first where the file of shared memory beside the store is made longer.
            _ if error
                .sqlite_error()
                .is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE) =>
            {
                Self::DiskFull
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(PathBuf::new()),
            Some(ErrorCode::ReadOnly) => Self::NotAllowed(PathBuf::new()),
            None if is_unreadable(&error) => Self::Damaged(PathBuf::new()),
            _ => Self::Database(error),
        }
    }
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

impl From<std::io::Error> for StoreFault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        Self::told(fault)
    }
}

impl Told for StoreFault {
    fn key(&self) -> &'static str {
        match self {
            Self::NotThere(_) => "store-not-there",
            Self::AlreadyThere(_) => "store-already-there",
            Self::NotAStore(_) => "store-no-store",
            Self::Damaged(path) if path.as_os_str().is_empty() => "store-damaged-inside",
            Self::NotAllowed(path) if path.as_os_str().is_empty() => "store-read-only",
            Self::Damaged(_) => "store-damaged",
            Self::TrailBroken { .. } => "store-trail-broken",
            Self::OtherOffice { .. } => "store-other-office",
            Self::Itself(_) => "store-itself",
            Self::Newer { .. } => "store-newer",
            Self::Busy => "store-busy",
            Self::DiskFull => "store-disk-full",
            Self::NotAllowed(_) => "store-not-allowed",
            Self::NoFolder(_) => "store-no-folder",
            Self::StillReferredTo { .. } => "store-still-referred-to",
            Self::Unknown { .. } => "record-unknown",
            Self::Io(_) | Self::Database(_) | Self::Migration(_) => "fault-unexpected",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotThere(path)
            | Self::AlreadyThere(path)
            | Self::NotAStore(path)
            | Self::Damaged(path)
            | Self::NoFolder(path)
            | Self::Itself(path)
            | Self::NotAllowed(path) => vec![("path", path.display().to_string())],
            Self::Newer { path, found, known } => vec![
                ("path", path.display().to_string()),
                ("found", found.to_string()),
                ("known", known.to_string()),
            ],
            Self::TrailBroken { path, entry } => {
                vec![("path", path.display().to_string()), ("entry", entry.to_string())]
            }
            Self::OtherOffice { copy, there } => {
                vec![("copy", copy.to_string()), ("there", there.to_string())]
            }
            Self::Busy | Self::DiskFull => Vec::new(),
            Self::StillReferredTo { id } => vec![("id", id.clone())],
            Self::Unknown { id, .. } => vec![("id", id.clone())],
            Self::Io(error) => vec![("what", error.to_string())],
            Self::Database(error) => vec![("what", error.to_string())],
            Self::Migration(error) => vec![("what", error.to_string())],
        }
    }
}
