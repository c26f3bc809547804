//! Ed25519 keys. One key of a replica serves both its TLS connections and its signatures; it is kept as PKCS#8 bytes
//! in the replica's store, so that backup and restore keep it.

use crate::texts::{Language, Told};
use aws_lc_rs::{
    digest,
    encoding::{AsBigEndian, Curve25519SeedBin},
    signature::{self, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The private key of a replica or of a hub's certificate authority.
pub struct ReplicaKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
    pkcs8: Vec<u8>,
}

/// The public half of a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey([u8; 32]);

/// What names a public key in items and stores: its SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId([u8; 32]);

/// Why bytes are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The bytes hold no Ed25519 private key in PKCS#8 form.
    Malformed,
}

impl ReplicaKey {
    /// The key that a secret seed stands for. The seed comes from the operating system's randomness, in simulation
    /// from the run's own.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::Malformed)?;
        let pkcs8 = pair.to_pkcs8().map_err(|_| KeyFault::Malformed)?.as_ref().to_vec();
        Self::of(pair, pkcs8)
    }

    /// The key that a store kept.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyFault::Malformed)?;
        Self::of(pair, pkcs8.to_vec())
    }

    fn of(pair: Ed25519KeyPair, pkcs8: Vec<u8>) -> Result<Self, KeyFault> {
        let public = PublicKey::from_slice(pair.public_key().as_ref()).ok_or(KeyFault::Malformed)?;
        Ok(Self { pair, public, pkcs8 })
    }

    /// The private key as it is kept. Secret: for the store and TLS only.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// What names this key in items.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// Signs a message; the same message always gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signed = [0; 64];
        signed.copy_from_slice(self.pair.sign(message).as_ref());
        signed
    }

    /// The secret seed, from which [`from_seed`](Self::from_seed) makes the key again.
    #[must_use]
    pub fn seed(&self) -> Option<[u8; 32]> {
        let seed = self.pair.seed().ok()?;
        let bytes: Curve25519SeedBin<'_> = seed.as_be_bytes().ok()?;
        bytes.as_ref().try_into().ok()
    }
}

impl PublicKey {
    /// The key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key with these bytes; `None` unless there are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, as certificates hold them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What names this key in items.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut id = [0; 32];
        id.copy_from_slice(digest::digest(&digest::SHA256, &self.0).as_ref());
        KeyId(id)
    }

    /// Whether the holder of this key signed the message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signed: &[u8]) -> bool {
        UnparsedPublicKey::new(&signature::ED25519, &self.0).verify(message, signed).is_ok()
    }
}

impl KeyId {
    /// The id with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The id with these bytes; `None` unless there are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl rcgen::PublicKeyData for ReplicaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for ReplicaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Self::sign(self, message).to_vec())
    }
}

impl rcgen::PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl fmt::Debug for ReplicaKey {
    /// Without the private half: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplicaKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey(id {})", self.id())
    }
}

impl Told for KeyFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Malformed => "identity-key-malformed",
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for KeyFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_is_the_same_key() {
        let key = ReplicaKey::from_seed(&[7; 32]).expect("a seed");
        let kept = ReplicaKey::from_pkcs8(key.pkcs8()).expect("what was kept");
        assert_eq!(kept.id(), key.id());
        assert_eq!(kept.seed(), Some([7; 32]));
        assert!(key.public().verifies(b"figures", &kept.sign(b"figures")));
        assert!(!key.public().verifies(b"other figures", &kept.sign(b"figures")));
        assert_eq!(ReplicaKey::from_pkcs8(&key.pkcs8()[1..]).expect_err("cut"), KeyFault::Malformed);
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let key = ReplicaKey::from_seed(&[7; 32]).expect("a seed");
        assert!(!format!("{key:?}").contains("7, 7"));
    }
}
