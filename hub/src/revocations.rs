//! Rulings about replicas, kept beside the store as well: a store that is restored from yesterday must not let in whom
//! the hub put out today.
//!
//! `<store>.revocations` is text, a line a key, only ever added to, and on the disk before the ruling is answered:
//!
//! ```text
//! 2026-11-20T14:30:00Z revoked zhuji:node:511723205000 KEY-ID PUBLIC-KEY
//! ```
//!
//! Key id and public key are hexadecimal, the id being the SHA-256 of the key; both are `-` where a unit was retired
//! before it enrolled. It tells who is let in again, too (`active`): the last line of a replica holds.

use crate::store::Standing;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zhuji_protocol::identity::{PublicKey, Replica};
use zhuji_protocol::texts::{Language, Told};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When it was ruled, by the hub's clock.
    pub at: DateTime<Utc>,
    /// How the replica stands from then on.
    pub standing: Standing,
    /// Who.
    pub replica: Replica,
    /// A key that it had, or with which it was let in; none where it had none yet.
    pub key: Option<PublicKey>,
}

/// Why the file could not be read.
#[derive(Debug)]
pub enum RevocationsFault {
    /// The file may not be read, or a disk failed.
    Unreadable(PathBuf, io::Error),
    /// A line is none that this program wrote.
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// The file beside a store.
#[must_use]
pub fn path_beside(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".revocations");
    path.into()
}

/// Adds lines to the file beside a store; they are on the disk when this returns.
///
/// # Errors
/// The file cannot be written.
pub fn append(store: &Path, added: &[Revocation]) -> io::Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let path = path_beside(store);
    let is_new = !path.exists();
    let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&path)?;
    let mut text = String::new();
    if breaks_off(&mut file)? {
        // A power cut within a line: what follows must not be read as its end.
        text.push('\n');
    }
    for line in added {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The name is on the disk, too.
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What stands in the file beside a store, oldest first; nothing where there is no file. A line that a power cut left
/// incomplete was never answered, and is passed over.
///
/// # Errors
/// The file cannot be read, or is not what this program wrote.
pub fn read(store: &Path) -> Result<Vec<Revocation>, RevocationsFault> {
    let path = path_beside(store);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RevocationsFault::Unreadable(path, error)),
    };
    let mut found = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match parse(line.trim_end()) {
            Some(revocation) => found.push(revocation),
            None if line.trim().is_empty() || is_torn(line) => {}
            None => return Err(RevocationsFault::Malformed { path, line: number + 1 }),
        }
    }
    Ok(found)
}

/// Whether a line has fewer fields than one that was written whole.
fn is_torn(line: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    fields.len() < 5 || (fields.len() == 5 && fields[4] != "-" && fields[4].len() < 64)
}

fn breaks_off(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn parse(line: &str) -> Option<Revocation> {
    let mut fields = line.split(' ');
    let mut next = || fields.next();
    let at = DateTime::parse_from_rfc3339(next()?).ok()?.to_utc();
    let standing = Standing::from_word(next()?)?;
    let replica = next()?.parse().ok()?;
    let key = match (next()?, next()?) {
        ("-", "-") => None,
        (id, public) => {
            let key = PublicKey::new(bytes_of(public)?);
            (key.id().to_string() == id).then_some(Some(key))?
        }
    };
    fields.next().is_none().then_some(Revocation { at, standing, replica, key })
}

fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(f, "{at} {} {} ", self.standing.word(), self.replica)?;
        let Some(key) = self.key else { return f.write_str("- -") };
        write!(f, "{} ", key.id())?;
        key.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Told for RevocationsFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Unreadable(..) => "revocations-unreadable",
            Self::Malformed { .. } => "revocations-malformed",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreadable(path, error) => {
                vec![("path", path.display().to_string()), ("what", error.to_string())]
            }
            Self::Malformed { path, line } => {
                vec![("path", path.display().to_string()), ("line", line.to_string())]
            }
        }
    }
}

impl fmt::Display for RevocationsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for RevocationsFault {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn line(standing: Standing, seed: Option<u8>) -> Revocation {
        Revocation {
            at: "2026-06-15T04:00:00Z".parse().expect("a moment"),
            standing,
            replica: "zhuji:node:430981101200".parse().expect("a replica"),
            key: seed.map(|seed| PublicKey::new([seed; 32])),
        }
    }

    #[test]
    fn what_is_appended_is_read_again_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("hub.db");
        assert_eq!(read(&store).expect("no file"), []);
        let lines = [line(Standing::Revoked, Some(1)), line(Standing::Retired, None)];
        append(&store, &lines[..1]).expect("written");
        append(&store, &lines[1..]).expect("written");
        assert_eq!(read(&store).expect("read"), lines);
        let mode = fs::metadata(path_beside(&store)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_line_torn_by_a_power_cut_is_passed_over_and_harms_none_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("hub.db");
        append(&store, &[line(Standing::Banned, Some(1))]).expect("written");
        let whole = fs::read(path_beside(&store)).expect("there");
        for length in 0..whole.len() {
            fs::write(path_beside(&store), &whole[..length]).expect("cut");
            append(&store, &[line(Standing::Suspended, Some(2))]).expect("written");
            let last = read(&store).expect("read").pop();
            assert_eq!(last, Some(line(Standing::Suspended, Some(2))), "cut at {length}");
        }
    }

    #[test]
    fn a_changed_line_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("hub.db");
        append(&store, &[line(Standing::Active, Some(1)), line(Standing::Revoked, Some(2))])
            .expect("written");
        let text = fs::read_to_string(path_beside(&store)).expect("there");
        fs::write(path_beside(&store), text.replace("0202", "0203")).expect("changed");
        assert!(matches!(read(&store), Err(RevocationsFault::Malformed { line: 2, .. })));
    }
}
