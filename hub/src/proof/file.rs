//! A level as a file, to be handed to another office. `deploy/docs/export.md` has its bytes.
//!
//! `zhuji export 1\n`, then records, each `u32 length | structure`, the last of them the seal. What is read comes from
//! elsewhere: lengths are checked before anything is allocated, and a record that has another form than the one way
//! of writing it is named.

use super::level::{
    AnchorRow, FigureRow, Head, HeldItem, HeldKey, Level, OnwardRow, PublishedRow, SignedBatch,
};
use super::misfit::{Misfit, What};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use zhuji_protocol::identity::ReplicaKey;
use zhuji_protocol::texts::Told;
use zhuji_protocol::wire::codec::{decode, encode};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::limits;
use zhuji_protocol::wire::signature::Signature;

/// What every export begins with: its format and version.
pub const MAGIC: &[u8] = b"zhuji export 1\n";

/// What a seal's signature begins with.
pub const DOMAIN: &[u8] = b"zhuji export v1\0";

/// The largest export that is read: a province's whole month several times over, and what a desk computer can hold.
pub const LARGEST_BYTES: u64 = 1 << 30;

/// One record. Grows only at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Record {
    Head(Head),
    Key(HeldKey),
    Published(PublishedRow),
    Batch(SignedBatch),
    Item(HeldItem),
    Figure(FigureRow),
    Onward(OnwardRow),
    Anchor(AnchorRow),
    /// The hub's signature over domain ‖ SHA-256 of everything before this record.
    Seal(Signature),
}

/// An export that was read, and what is wrong with the file as such.
#[derive(Clone, Debug)]
pub struct Export {
    /// What it says.
    pub level: Level,
    /// Records that cannot be read, a seal that does not hold.
    pub misfits: Vec<Misfit>,
}

/// Why a file is no export at all.
#[derive(Debug)]
pub enum NoExport {
    /// It cannot be read.
    Unreadable(PathBuf, io::Error),
    /// It does not begin like one, or its first record does not say whose it is.
    Foreign(PathBuf),
    /// It is larger than anything that is read.
    TooLarge(PathBuf),
}

/// Writes a level, sealed by the hub's key.
///
/// # Errors
/// When it cannot be written, or a row of the level is longer than a record may be.
pub fn write(level: &Level, key: &ReplicaKey, out: &mut impl Write) -> io::Result<()> {
    let mut whole = MAGIC.to_vec();
    let mut push = |record: &Record| -> io::Result<()> {
        let bytes = encode(record).map_err(io::Error::other)?;
        whole.extend_from_slice(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes());
        whole.extend_from_slice(&bytes);
        Ok(())
    };
    push(&Record::Head(level.head.clone()))?;
    level.keys.iter().try_for_each(|row| push(&Record::Key(row.clone())))?;
    level.published.iter().try_for_each(|row| push(&Record::Published(row.clone())))?;
    level.batches.iter().try_for_each(|row| push(&Record::Batch(row.clone())))?;
    level.items.iter().try_for_each(|row| push(&Record::Item(row.clone())))?;
    level.figures.iter().try_for_each(|row| push(&Record::Figure(row.clone())))?;
    level.onward.iter().try_for_each(|row| push(&Record::Onward(row.clone())))?;
    level.anchors.iter().try_for_each(|row| push(&Record::Anchor(row.clone())))?;
    let seal = Record::Seal(Signature(key.sign(&sealed(&whole))));
    let bytes = encode(&seal).map_err(io::Error::other)?;
    out.write_all(&whole)?;
    out.write_all(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes())?;
    out.write_all(&bytes)
}

fn sealed(before: &[u8]) -> Vec<u8> {
    [DOMAIN, &Digest::of(&[before]).0].concat()
}

/// Reads an export.
///
/// # Errors
/// The file is none.
pub fn open(path: &std::path::Path) -> Result<Export, NoExport> {
    let unreadable = |error| NoExport::Unreadable(path.to_owned(), error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(NoExport::TooLarge(path.to_owned()));
    }
    read(&bytes).ok_or_else(|| NoExport::Foreign(path.to_owned()))
}

/// The export that the bytes are; `None` if they do not even say whose it is.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Export> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let (first, after) = next(rest)?;
    rest = after;
    let Some(Record::Head(head)) = record_of(first) else { return None };
    let level = head.hub.unit.clone();
    let mut export = Export {
        level: Level {
            head,
            keys: Vec::new(),
            published: Vec::new(),
            batches: Vec::new(),
            items: Vec::new(),
            figures: Vec::new(),
            onward: Vec::new(),
            anchors: Vec::new(),
        },
        misfits: Vec::new(),
    };
    let mut number = 1;
    let mut is_sealed = false;
    while !rest.is_empty() {
        number += 1;
        let before = &bytes[..bytes.len() - rest.len()];
        let Some((record, after)) = next(rest) else {
            export.misfits.push(Misfit::of_level(&level, What::Record(number)));
            break;
        };
        rest = after;
        match record_of(record) {
            Some(Record::Seal(signature)) => {
                let key = &export.level.head.key;
                is_sealed = rest.is_empty() && key.verifies(&sealed(before), &signature.0);
                break;
            }
            found => {
                if !found.is_some_and(|record| export.level.take(record)) {
                    export.misfits.push(Misfit::of_level(&level, What::Record(number)));
                }
            }
        }
    }
    if !is_sealed {
        export.misfits.push(Misfit::of_level(&level, What::Seal));
    }
    Some(export)
}

fn next(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > limits::CODEC {
        return None;
    }
    rest.split_at_checked(length)
}

/// The record, if this is the one way in which it is written.
fn record_of(bytes: &[u8]) -> Option<Record> {
    let record: Record = decode(bytes).ok()?;
    encode(&record).is_ok_and(|again| again == bytes).then_some(record)
}

impl Level {
    /// Takes a record in; whether it belongs here.
    fn take(&mut self, record: Record) -> bool {
        match record {
            Record::Key(row) => self.keys.push(row),
            Record::Published(row) => self.published.push(row),
            Record::Batch(row) => self.batches.push(row),
            Record::Item(row) => self.items.push(row),
            Record::Figure(row) => self.figures.push(row),
            Record::Onward(row) => self.onward.push(row),
            Record::Anchor(row) => self.anchors.push(row),
            Record::Head(_) | Record::Seal(_) => return false,
        }
        true
    }
}

impl Told for NoExport {
    fn key(&self) -> &'static str {
        match self {
            Self::Unreadable(..) => "proof-file-unreadable",
            Self::Foreign(_) => "proof-file-foreign",
            Self::TooLarge(_) => "proof-file-too-large",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreadable(path, error) => {
                vec![("path", path.display().to_string()), ("error", error.to_string())]
            }
            Self::Foreign(path) | Self::TooLarge(path) => vec![("path", path.display().to_string())],
        }
    }
}
