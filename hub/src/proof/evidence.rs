//! The smallest steps of a proof, the same for a store and for an export: a batch's leaves under its sender's
//! signature, an item under its leaf, a published row under its writer's.

use super::level::AnchorRow;
use super::misfit::What;
use zhuji_protocol::identity::{PublicKey, Replica};
use zhuji_protocol::wire::batch::signed_bytes;
use zhuji_protocol::wire::codec::{decode, encode};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::published::{PublishedV1, VouchedKeyV1};
use zhuji_protocol::wire::signature::Signature;
use zhuji_protocol::wire::{kinds, subkey, tree};

/// What a batch's signature covers, beside its leaves.
#[derive(Clone, Copy, Debug)]
pub struct Cover<'a> {
    /// Who sent it.
    pub sender: &'a Replica,
    /// In which life.
    pub incarnation: Incarnation,
    /// The mark before its first row.
    pub after: u64,
    /// The mark of its last row.
    pub through: u64,
    /// The root over the leaves.
    pub root: Digest,
}

/// Whether the leaves are the root's, and the key's holder signed them.
///
/// # Errors
/// What does not hold.
pub fn batch_holds(
    cover: Cover<'_>,
    leaves: &[Digest],
    key: &PublicKey,
    signature: &Signature,
) -> Result<(), What> {
    if tree::root(leaves) != cover.root {
        return Err(What::BatchRoot);
    }
    let count = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
    let signed = signed_bytes(cover.sender, cover.incarnation, cover.after, cover.through, count, cover.root);
    if key.verifies(&signed, &signature.0) { Ok(()) } else { Err(What::BatchSignature) }
}

/// The item that all of the bytes are.
#[must_use]
pub fn item_of(bytes: &[u8]) -> Option<Item> {
    let mut fields = Fields::of(bytes);
    Item::read(&mut fields).ok().filter(|_| fields.rest().is_empty())
}

/// Whether a published row is what its writer signed. A key that is vouched for has no writer's proof: it must stand
/// under its own id.
#[must_use]
pub fn published_holds(
    key: &ItemKey,
    version: u16,
    body: &[u8],
    writer: impl FnOnce(&PublishedV1) -> Option<PublicKey>,
) -> bool {
    if key.kind == kinds::item::VOUCHED_KEY {
        return vouched_in(key, body).is_some();
    }
    let Ok(proof) = decode::<PublishedV1>(body) else { return false };
    writer(&proof).is_some_and(|writer| proof.holds(key, version, &writer))
}

/// The key that a row vouches for.
#[must_use]
pub fn vouched_in(key: &ItemKey, body: &[u8]) -> Option<VouchedKeyV1> {
    decode::<VouchedKeyV1>(body).ok().filter(|vouched| subkey::vouched_key(vouched.key.id()) == key.subkey)
}

/// The hash that an anchor's row holds, over all of it and the row before; before the first, 32 zero bytes.
#[must_use]
pub fn anchor_link(before: Digest, row: &AnchorRow) -> Digest {
    let covered = (&row.sender, row.ordinal, row.revision, row.now, row.before, &row.received, &row.finding);
    // A few short fields always encode.
    let bytes = encode(&covered).unwrap_or_default();
    Digest::of(&[b"zhuji anchor 1\0", &before.0, &bytes])
}
