//! An item: one keyed row of state, as received. Its header stands outside the codec, so that a hub can keep and
//! pass on what it cannot read.
//!
//! `u16 kind | u16 version | u8 unit length | unit | u8 subkey length | subkey | u64 revision | u32 body length | body`

use super::bounded::Bytes;
use super::digest::Digest;
use super::fixed::{Fields, Short};
use super::{limits, tree};
use crate::texts::Told;
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a key holds beside kind and unit; read and written by [`subkey`](super::subkey).
pub type Subkey = Bytes<{ limits::SUBKEY }>;

/// What an item is about. The latest revision of a key wins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// Registered in [`kinds::item`](super::kinds::item).
    pub kind: u16,
    /// Whose row.
    pub unit: UnitId,
    /// Which of its rows.
    pub subkey: Subkey,
}

/// An item and the very bytes that it travelled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    key: ItemKey,
    version: u16,
    revision: u64,
    bytes: Vec<u8>,
    body: Range<usize>,
}

/// Why bytes are no item, or a row cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemFault {
    /// The bytes end too early.
    Short,
    /// The unit's id is not well formed.
    Unit,
    /// The sub-key is too long.
    Subkey,
    /// The body is too long.
    Body,
}

impl Item {
    /// An item of our own.
    ///
    /// # Errors
    /// The body is too long.
    pub fn new(key: ItemKey, version: u16, revision: u64, body: &[u8]) -> Result<Self, ItemFault> {
        let length = u32::try_from(body.len()).map_err(|_| ItemFault::Body)?;
        if body.len() > limits::ITEM_BODY {
            return Err(ItemFault::Body);
        }
        let mut bytes = key_bytes(&key, version)?;
        bytes.extend_from_slice(&revision.to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(body);
        let body = start..bytes.len();
        Ok(Self { key, version, revision, bytes, body })
    }

    /// The next item of a batch.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn read(fields: &mut Fields<'_>) -> Result<Self, ItemFault> {
        let whole = fields.rest();
        let kind = fields.u16()?;
        let version = fields.u16()?;
        let unit_length = usize::from(fields.u8()?);
        let unit = std::str::from_utf8(fields.bytes(unit_length)?).map_err(|_| ItemFault::Unit)?;
        let unit: UnitId = unit.parse().map_err(|_| ItemFault::Unit)?;
        let subkey_length = usize::from(fields.u8()?);
        let subkey = Subkey::of(fields.bytes(subkey_length)?).map_err(|_| ItemFault::Subkey)?;
        let revision = fields.u64()?;
        let length = fields.u32()? as usize;
        if length > limits::ITEM_BODY {
            return Err(ItemFault::Body);
        }
        let start = whole.len() - fields.rest().len();
        fields.bytes(length)?;
        let body = start..start + length;
        let bytes = whole[..body.end].to_vec();
        Ok(Self { key: ItemKey { kind, unit, subkey }, version, revision, bytes, body })
    }

    /// What it is about.
    #[must_use]
    pub fn key(&self) -> &ItemKey {
        &self.key
    }

    /// The version of its kind's structure.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Its sender's dirty mark.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What the codec reads.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body.clone()]
    }

    /// Header and body as they travel.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256(0x00 ‖ header ‖ body), over the bytes as received.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        tree::leaf(&self.bytes)
    }
}

/// The part of the header that names: kind, version, unit, sub-key. Published proofs cover it too.
pub(super) fn key_bytes(key: &ItemKey, version: u16) -> Result<Vec<u8>, ItemFault> {
    let unit = key.unit.as_str().as_bytes();
    let unit_length = u8::try_from(unit.len()).map_err(|_| ItemFault::Unit)?;
    let subkey_length = u8::try_from(key.subkey.len()).map_err(|_| ItemFault::Subkey)?;
    let mut bytes = Vec::with_capacity(128);
    bytes.extend_from_slice(&key.kind.to_le_bytes());
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.push(unit_length);
    bytes.extend_from_slice(unit);
    bytes.push(subkey_length);
    bytes.extend_from_slice(&key.subkey);
    Ok(bytes)
}

impl From<Short> for ItemFault {
    fn from(_: Short) -> Self {
        Self::Short
    }
}

impl Told for ItemFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Short => "wire-item-short",
            Self::Unit => "wire-item-unit",
            Self::Subkey => "wire-item-subkey",
            Self::Body => "wire-item-body",
        }
    }
}

super::told_error!(ItemFault);
