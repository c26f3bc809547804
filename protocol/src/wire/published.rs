//! What comes down carries its writer's proof, relayed byte for byte: a change set is signed once over a hash tree,
//! and each item travels with the root, the signature and its own way to the root.
//!
//! A leaf covers kind, version, unit, sub-key and payload, not the revision: that is every relaying hub's own.

use super::batch::unit_bytes;
use super::bounded::{Bytes, List, TooLong};
use super::codec::{CodecFault, decode, encode};
use super::digest::Digest;
use super::item::{Item, ItemFault, ItemKey, key_bytes};
use super::signature::Signature;
use super::{limits, tree};
use crate::identity::{KeyId, PublicKey, Replica, ReplicaKey};
use crate::unit::UnitId;
use serde::{Deserialize, Serialize};

/// What every signature of a change set begins with.
pub const DOMAIN: &[u8] = b"zhuji change set v1\0";

/// The body of a downward item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedV1 {
    /// The hub's unit that wrote it.
    pub writer: UnitId,
    /// The writer's key.
    pub key: KeyId,
    /// Over the change set.
    pub root: Digest,
    /// Changes of the set.
    pub count: u32,
    /// Which of them this is.
    pub index: u32,
    /// From this leaf to the root.
    pub path: List<Digest, { limits::AUDIT_PATH }>,
    /// The writer's, over domain, writer, key, count and root.
    pub signature: Signature,
    /// The structure of the item's kind and version.
    pub payload: Bytes<{ limits::PUBLISHED_PAYLOAD }>,
}

/// An ancestor's key, handed down by the parent: the body of a vouched-key item, proved by the batch it comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedKeyV1 {
    /// Whose key.
    pub replica: Replica,
    /// The key.
    pub key: PublicKey,
    /// A key that writes no more still proves what it wrote; one that is revoked proves nothing.
    pub revoked: bool,
}

/// One change that is to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its row.
    pub key: ItemKey,
    /// The version of its kind's structure.
    pub version: u16,
    /// The structure, encoded.
    pub payload: Vec<u8>,
}

/// Signs a set of changes; gives one body for each, in order.
///
/// # Errors
/// There are too many changes, or one is too long.
pub fn publish(writer: &UnitId, key: &ReplicaKey, changes: Vec<Change>) -> Result<Vec<PublishedV1>, TooLong> {
    const { assert!(1 << limits::AUDIT_PATH >= limits::CHANGE_SET) };
    if changes.len() > limits::CHANGE_SET {
        return Err(TooLong);
    }
    let leaves = changes
        .iter()
        .map(|change| leaf(&change.key, change.version, &change.payload).map_err(|_| TooLong))
        .collect::<Result<Vec<_>, _>>()?;
    let (root, paths) = tree::audit_paths(&leaves);
    let count = u32::try_from(changes.len()).map_err(|_| TooLong)?;
    let key_id = key.id();
    let signature = Signature(key.sign(&signed_bytes(writer, key_id, count, root)));
    (0..count)
        .zip(changes)
        .zip(paths)
        .map(|((index, change), path)| {
            Ok(PublishedV1 {
                writer: writer.clone(),
                key: key_id,
                root,
                count,
                index,
                path: List::of(path)?,
                signature,
                payload: Bytes::of(change.payload)?,
            })
        })
        .collect()
}

impl PublishedV1 {
    /// The proof around a downward item's payload.
    ///
    /// # Errors
    /// The item's body is none.
    pub fn read(item: &Item) -> Result<Self, CodecFault> {
        decode(item.body())
    }

    /// The item's body.
    ///
    /// # Errors
    /// None for a value that [`publish`] made.
    pub fn bytes(&self) -> Result<Vec<u8>, CodecFault> {
        encode(self)
    }

    /// Whether the writer signed this payload for this row, by this key. Whether the key may write that row is for
    /// the caller to say.
    #[must_use]
    pub fn holds(&self, key: &ItemKey, version: u16, writer_key: &PublicKey) -> bool {
        let Ok(leaf) = leaf(key, version, &self.payload) else { return false };
        writer_key.id() == self.key
            && tree::leads(leaf, self.index as usize, self.count as usize, &self.path, self.root)
            && writer_key
                .verifies(&signed_bytes(&self.writer, self.key, self.count, self.root), &self.signature.0)
    }
}

fn leaf(key: &ItemKey, version: u16, payload: &[u8]) -> Result<Digest, ItemFault> {
    let mut bytes = key_bytes(key, version)?;
    bytes.extend_from_slice(payload);
    Ok(tree::leaf(&bytes))
}

fn signed_bytes(writer: &UnitId, key: KeyId, count: u32, root: Digest) -> Vec<u8> {
    [DOMAIN, &unit_bytes(writer), key.as_bytes(), &count.to_le_bytes(), &root.0].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{kinds, subkey};

    fn changes(count: u16) -> Vec<Change> {
        (0..count)
            .map(|number| Change {
                key: ItemKey {
                    kind: kinds::item::CALENDAR,
                    unit: "430000000000".parse().unwrap(),
                    subkey: subkey::calendar(2000 + number),
                },
                version: 1,
                payload: vec![1, 2, 3],
            })
            .collect()
    }

    #[test]
    fn a_proof_holds_for_its_row_version_payload_and_key_only() {
        let key = ReplicaKey::from_seed(&[1; 32]).unwrap();
        let other = ReplicaKey::from_seed(&[2; 32]).unwrap();
        let writer = "430000000000".parse().unwrap();
        let changes = changes(5);
        let published = publish(&writer, &key, changes.clone()).unwrap();
        for (change, proof) in changes.iter().zip(&published) {
            assert!(proof.holds(&change.key, 1, &key.public()));
            assert!(!proof.holds(&change.key, 2, &key.public()));
            assert!(!proof.holds(&change.key, 1, &other.public()));
            let item = Item::new(change.key.clone(), 1, 9, &proof.bytes().unwrap()).unwrap();
            assert_eq!(&PublishedV1::read(&item).unwrap(), proof);
        }
        assert!(!published[0].holds(&changes[1].key, 1, &key.public()));
        let mut forged = published[0].clone();
        forged.payload = Bytes::of([9]).unwrap();
        assert!(!forged.holds(&changes[0].key, 1, &key.public()));
    }

    #[test]
    fn the_longest_payload_still_makes_an_item() {
        let key = ReplicaKey::from_seed(&[1; 32]).unwrap();
        let writer = "430000000000".parse().unwrap();
        let mut change = changes(1);
        change[0].payload = vec![0; limits::PUBLISHED_PAYLOAD];
        let published = publish(&writer, &key, change.clone()).unwrap();
        assert!(Item::new(change[0].key.clone(), 1, 1, &published[0].bytes().unwrap()).is_ok());
        change[0].payload.push(0);
        assert_eq!(publish(&writer, &key, change), Err(TooLong));
    }
}
