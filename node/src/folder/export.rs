//! Facts become files: written beside their names first, so that a folder is never half old and half new.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use zhuji_protocol::console::Failure;
use zhuji_protocol::facts::heading::FILES;
use zhuji_protocol::facts::{Bom, Facts, write};
use zhuji_protocol::texts::Told;

/// Why a folder was not written.
#[derive(Debug)]
pub enum ExportFault {
    /// There are tables already.
    NotEmpty(PathBuf),
    /// The system refused.
    Io(PathBuf, io::Error),
}

/// Writes facts into a folder, which is made if it is not there. Tables that are there already are only replaced
/// if that was asked for. Gives how many files were written.
///
/// # Errors
/// When tables are there already, or the system refuses.
pub fn export(folder: &Path, facts: &Facts, bom: Bom, replace: bool) -> Result<usize, ExportFault> {
    let io = |error| ExportFault::Io(folder.to_owned(), error);
    fs::create_dir_all(folder).map_err(io)?;
    let present: Vec<PathBuf> =
        FILES.iter().map(|shape| folder.join(shape.name)).filter(|path| path.exists()).collect();
    if !replace && !present.is_empty() {
        return Err(ExportFault::NotEmpty(folder.to_owned()));
    }
    let files = write(facts, bom);
    for (name, bytes) in &files {
        write_private(&unfinished(folder, name), bytes).map_err(io)?;
    }
    for path in present {
        fs::remove_file(path).map_err(io)?;
    }
    for (name, _) in &files {
        fs::rename(unfinished(folder, name), folder.join(name)).map_err(io)?;
    }
    Ok(files.len())
}

fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.unfinished"))
}

/// The tables hold names and telephone numbers.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Told for ExportFault {
    fn key(&self) -> &'static str {
        match self {
            Self::NotEmpty(_) => "export-not-empty",
            Self::Io(..) => "export-failed",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotEmpty(path) => vec![("path", path.display().to_string())],
            Self::Io(path, error) => vec![("path", path.display().to_string()), ("why", error.to_string())],
        }
    }
}

impl From<ExportFault> for Failure {
    fn from(fault: ExportFault) -> Self {
        Self::told(fault)
    }
}
