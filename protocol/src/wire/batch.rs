//! A batch: the rows of one sender whose marks lie in (after, through], under one tree and one signature.
//!
//! Fixed layout, outside the codec: `incarnation 16 | u64 after | u64 through | u64 head | key id 32 | root 32 |
//! signature 64 | u32 count | items`. Signed are domain, replica, incarnation, after, through, count and root.

use super::digest::Digest;
use super::fixed::{Fields, Short};
use super::item::{Item, ItemFault};
use super::life::Incarnation;
use super::position::Point;
use super::signature::Signature;
use super::{limits, tree};
use crate::identity::{KeyId, PublicKey, Replica, ReplicaKey, Role};
use crate::texts::Told;
use crate::unit::UnitId;

/// What every signature of a batch begins with, so that none can pass for something else.
pub const DOMAIN: &[u8] = b"zhuji batch v1\0";

/// Bytes before the items.
pub const HEAD: usize = 16 + 3 * 8 + 2 * 32 + 64 + 4;

/// Some rows of a sender, well formed; whether they are the sender's is [`check`](Self::check)'s to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    incarnation: Incarnation,
    after: u64,
    through: u64,
    head: u64,
    key: KeyId,
    root: Digest,
    signature: Signature,
    items: Vec<Item>,
}

/// A batch whose tree and signature hold. Only such a batch can be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedBatch {
    batch: Batch,
    leaves: Vec<Digest>,
}

/// Why bytes are no batch, or not this sender's. Any of these refuses the whole batch and closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFault {
    /// The bytes end too early or are left over.
    Length,
    /// It holds no item, or too many.
    Count(usize),
    /// An item is malformed.
    Item(ItemFault),
    /// The revisions do not rise from `after` to `through`.
    Order,
    /// The root is not that of the items.
    Root,
    /// It is signed by a key that is not the sender's.
    UnknownKey,
    /// The signature does not hold.
    Signature,
}

/// Collects rows until a batch is full.
#[derive(Debug, Default)]
pub struct Cutter {
    items: Vec<Item>,
    size_bytes: usize,
}

impl Cutter {
    /// Adds a row; gives it back if the batch is full.
    ///
    /// # Errors
    /// The row goes in the next batch.
    pub fn push(&mut self, item: Item) -> Result<(), Item> {
        let grown = self.size_bytes + item.bytes().len();
        if self.items.len() == limits::BATCH_ITEMS || HEAD + grown > limits::STATE_FRAME {
            return Err(item);
        }
        self.size_bytes = grown;
        self.items.push(item);
        Ok(())
    }

    /// Signs what was collected; `None` if nothing was.
    ///
    /// The rows came in rising order of their revisions, all above `after`. `head` is the sender's highest mark.
    #[must_use]
    pub fn cut(
        self,
        replica: &Replica,
        incarnation: Incarnation,
        after: u64,
        head: u64,
        key: &ReplicaKey,
    ) -> Option<Batch> {
        let items = self.items;
        let through = items.last()?.revision();
        let leaves: Vec<Digest> = items.iter().map(Item::leaf).collect();
        let mut batch = Batch {
            incarnation,
            after,
            through,
            head,
            key: key.id(),
            root: tree::root(&leaves),
            signature: Signature([0; 64]),
            items,
        };
        batch.signature = Signature(key.sign(&batch.signed_bytes(replica)));
        Some(batch)
    }
}

impl Batch {
    /// The batch that a frame's body is.
    ///
    /// # Errors
    /// The body is none.
    pub fn read(body: &[u8]) -> Result<Self, BatchFault> {
        let mut fields = Fields::of(body);
        let incarnation = Incarnation(fields.array()?);
        let (after, through, head) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let key = KeyId::new(fields.array()?);
        let root = Digest(fields.array()?);
        let signature = Signature(fields.array()?);
        let count = fields.u32()? as usize;
        if count == 0 || count > limits::BATCH_ITEMS {
            return Err(BatchFault::Count(count));
        }
        let mut items = Vec::with_capacity(count);
        let mut last = after;
        for _ in 0..count {
            let item = Item::read(&mut fields).map_err(BatchFault::Item)?;
            if item.revision() <= last {
                return Err(BatchFault::Order);
            }
            last = item.revision();
            items.push(item);
        }
        if !fields.rest().is_empty() {
            return Err(BatchFault::Length);
        }
        if last != through {
            return Err(BatchFault::Order);
        }
        Ok(Self { incarnation, after, through, head, key, root, signature, items })
    }

    /// The body of its frame.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let size: usize = self.items.iter().map(|item| item.bytes().len()).sum();
        let mut bytes = Vec::with_capacity(HEAD + size);
        bytes.extend_from_slice(&self.incarnation.0);
        for mark in [self.after, self.through, self.head] {
            bytes.extend_from_slice(&mark.to_le_bytes());
        }
        bytes.extend_from_slice(self.key.as_bytes());
        bytes.extend_from_slice(&self.root.0);
        bytes.extend_from_slice(&self.signature.0);
        bytes.extend_from_slice(&self.count().to_le_bytes());
        for item in &self.items {
            bytes.extend_from_slice(item.bytes());
        }
        bytes
    }

    /// Proves the batch: its tree, and its sender's signature by one of the sender's `keys`.
    ///
    /// # Errors
    /// The batch is not what this replica sent.
    pub fn check(self, replica: &Replica, keys: &[PublicKey]) -> Result<CheckedBatch, BatchFault> {
        let key = keys.iter().find(|key| key.id() == self.key).ok_or(BatchFault::UnknownKey)?;
        let leaves: Vec<Digest> = self.items.iter().map(Item::leaf).collect();
        if tree::root(&leaves) != self.root {
            return Err(BatchFault::Root);
        }
        if !key.verifies(&self.signed_bytes(replica), &self.signature.0) {
            return Err(BatchFault::Signature);
        }
        Ok(CheckedBatch { batch: self, leaves })
    }

    /// What the signature covers.
    #[must_use]
    pub fn signed_bytes(&self, replica: &Replica) -> Vec<u8> {
        signed_bytes(replica, self.incarnation, self.after, self.through, self.count(), self.root)
    }

    /// The sender's incarnation.
    #[must_use]
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The mark before its first row: the receiver's cursor, if the batch is to be taken.
    #[must_use]
    pub fn after(&self) -> u64 {
        self.after
    }

    /// The mark of its last row.
    #[must_use]
    pub fn through(&self) -> u64 {
        self.through
    }

    /// The sender's highest mark when it was cut; not signed, only shown: lag is `head` less the cursor.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The key that signed.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The root over its leaves.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.root
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.signature
    }

    /// Its rows, by rising revision.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Where a receiver stands that took it at `before`.
    #[must_use]
    pub fn point(&self, before: Point) -> Point {
        before.then(self.through, self.root)
    }

    fn count(&self) -> u32 {
        // At most `limits::BATCH_ITEMS`.
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }
}

/// What a batch's signature covers, from its parts: an auditor has these without the items.
#[must_use]
pub fn signed_bytes(
    replica: &Replica,
    incarnation: Incarnation,
    after: u64,
    through: u64,
    count: u32,
    root: Digest,
) -> Vec<u8> {
    let role = match replica.role {
        Role::Node => 0,
        Role::Hub => 1,
    };
    [
        DOMAIN,
        &[role],
        &unit_bytes(&replica.unit),
        &incarnation.0,
        &after.to_le_bytes(),
        &through.to_le_bytes(),
        &count.to_le_bytes(),
        &root.0,
    ]
    .concat()
}

/// A unit's id as signatures cover it: its length, then its text.
pub(super) fn unit_bytes(unit: &UnitId) -> Vec<u8> {
    let text = unit.as_str().as_bytes();
    // An id has at most `limits::UNIT_ID` bytes.
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    [&[length], text].concat()
}

impl CheckedBatch {
    /// The leaf hashes, one an item: the receiver keeps them beside the signature.
    #[must_use]
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }

    /// The items, to be moved into a store.
    #[must_use]
    pub fn into_items(self) -> Vec<Item> {
        self.batch.items
    }
}

impl std::ops::Deref for CheckedBatch {
    type Target = Batch;

    fn deref(&self) -> &Batch {
        &self.batch
    }
}

impl From<Short> for BatchFault {
    fn from(_: Short) -> Self {
        Self::Length
    }
}

impl Told for BatchFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Length => "wire-batch-length",
            Self::Count(_) => "wire-batch-count",
            Self::Item(fault) => fault.key(),
            Self::Order => "wire-batch-order",
            Self::Root => "wire-batch-root",
            Self::UnknownKey => "wire-batch-unknown-key",
            Self::Signature => "wire-batch-signature",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Count(count) => vec![("count", count.to_string())],
            _ => Vec::new(),
        }
    }
}

super::told_error!(BatchFault);
