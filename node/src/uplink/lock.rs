//! One process at a time links a store: the daemon's lock, a file beside the store.

use crate::store::StoreFault;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The daemon's lock, held as long as this lives; the system gives it back when the process dies.
#[derive(Debug)]
pub(crate) struct DaemonLock {
    _file: File,
}

impl DaemonLock {
    /// Takes the lock. `None`: another process holds it.
    pub(crate) fn take(store: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(path_beside(store))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Takes the lock for whoever is to link the store; the store is told of where its folder may not be written.
pub(super) fn take(store: &Path) -> Result<Option<DaemonLock>, StoreFault> {
    DaemonLock::take(store).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreFault::NotAllowed(store.to_owned())
        }
        _ => StoreFault::from(error),
    })
}

fn path_beside(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}
