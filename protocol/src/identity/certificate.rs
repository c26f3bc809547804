//! Reading certificates: what a peer proves with one, and nothing about whether it is still welcome.
//!
//! Possession of a key under the right authority is all that is judged here. Standing (active, revoked) and expiry are
//! judged after the handshake, from the hub's store: a machine switched off over its expiry must come back (link, identity).

use super::{PublicKey, Replica};
use crate::texts::{Language, Told};
use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, oid_registry::OID_SIG_ED25519, prelude::FromDer,
    x509::SubjectPublicKeyInfo,
};

/// SHA-256 of a certificate's bytes; in a token it names the authority of the hub.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// From when until when a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: DateTime<Utc>,
    /// The last moment.
    pub not_after: DateTime<Utc>,
}

/// What a peer's certificate says, its signature checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Whose certificate it is.
    pub replica: Replica,
    /// The key it proves.
    pub public_key: PublicKey,
    /// From when until when it holds.
    pub validity: Validity,
}

/// The certificate of a hub's authority, as the hub and its children keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityCertificate {
    der: Vec<u8>,
    public_key: PublicKey,
}

/// Why a certificate was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// The bytes are no certificate.
    Unreadable,
    /// It holds another kind of key than Ed25519.
    OtherKeyKind,
    /// It is for another key than the one asked for.
    OtherKey,
    /// It was not signed by the expected authority.
    ForeignAuthority,
    /// It names no replica, or several.
    NoReplica,
    /// It is not the certificate of an authority.
    NoAuthority,
    /// It is another replica's.
    OtherReplica {
        /// Who should have answered.
        expected: Box<Replica>,
        /// Who did.
        found: Box<Replica>,
    },
}

impl Fingerprint {
    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Self(hash)
    }
}

impl Validity {
    /// Whether a certificate holds at a moment.
    #[must_use]
    pub fn holds_at(&self, now: DateTime<Utc>) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    /// When to ask for the next certificate: at half-life, later by up to a tenth of the life, so that replicas
    /// enrolled on one day do not all come back on one day. `draw` is the replica's own random number.
    #[must_use]
    pub fn renewal_at(&self, draw: u16) -> DateTime<Utc> {
        let seconds = (self.not_after - self.not_before).num_seconds();
        let jitter = seconds / 10 * i64::from(draw) / i64::from(u16::MAX);
        self.not_before + TimeDelta::seconds(seconds / 2 + jitter)
    }
}

impl AuthorityCertificate {
    /// Reads the certificate of an authority.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateFault> {
        let certificate = read(der)?;
        let public_key = key_in(&certificate.tbs_certificate.subject_pki)?;
        let signed = signed_by(&public_key, der, certificate.tbs_certificate.as_ref());
        if !certificate.is_ca() || !signed {
            return Err(CertificateFault::NoAuthority);
        }
        Ok(Self { der: der.to_vec(), public_key })
    }

    /// The bytes, to be kept.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The authority's key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// What tokens name it by.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der)
    }
}

/// Reads a peer's certificate and checks that the authority signed it, whatever the date.
pub fn check_peer(authority: &AuthorityCertificate, der: &[u8]) -> Result<PeerCertificate, CertificateFault> {
    let certificate = read(der)?;
    let body = &certificate.tbs_certificate;
    if !signed_by(&authority.public_key, der, body.as_ref()) {
        return Err(CertificateFault::ForeignAuthority);
    }
    if certificate.is_ca() {
        return Err(CertificateFault::NoReplica);
    }
    let names = certificate.subject_alternative_name().map_err(|_| CertificateFault::Unreadable)?;
    let replica = replica_in(names.map_or(&[], |extension| &extension.value.general_names))?;
    Ok(PeerCertificate {
        replica,
        public_key: key_in(&body.subject_pki)?,
        validity: Validity {
            not_before: moment(body.validity.not_before.timestamp())?,
            not_after: moment(body.validity.not_after.timestamp())?,
        },
    })
}

/// From when until when a certificate holds, whoever signed it: for display only.
///
/// # Errors
/// The bytes are no certificate.
pub fn validity(der: &[u8]) -> Result<Validity, CertificateFault> {
    let certificate = read(der)?;
    let held = &certificate.tbs_certificate.validity;
    Ok(Validity {
        not_before: moment(held.not_before.timestamp())?,
        not_after: moment(held.not_after.timestamp())?,
    })
}

/// The one replica that a list of alternative names holds.
pub(super) fn replica_in(names: &[GeneralName<'_>]) -> Result<Replica, CertificateFault> {
    match names {
        [GeneralName::URI(name)] => name.parse().map_err(|_| CertificateFault::NoReplica),
        _ => Err(CertificateFault::NoReplica),
    }
}

/// The Ed25519 key of a certificate or request.
pub(super) fn key_in(info: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, CertificateFault> {
    if info.algorithm.algorithm != OID_SIG_ED25519 {
        return Err(CertificateFault::OtherKeyKind);
    }
    PublicKey::from_slice(&info.subject_public_key.data).ok_or(CertificateFault::OtherKeyKind)
}

/// Whether the holder of `key` signed a certificate's or request's body, and the rest is written in the one way in
/// which DER writes an Ed25519 signature: the parser lets some variants pass, and these bytes are signed by nobody.
pub(super) fn signed_by(key: &PublicKey, whole: &[u8], body: &[u8]) -> bool {
    const ALGORITHM_AND_BIT_STRING: [u8; 10] = [0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70, 0x03, 65, 0];
    let Some((front, signature)) = whole.split_last_chunk::<64>() else {
        return false;
    };
    front.ends_with(&ALGORITHM_AND_BIT_STRING) && key.verifies(body, signature)
}

fn read(der: &[u8]) -> Result<X509Certificate<'_>, CertificateFault> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateFault::Unreadable),
    }
}

fn moment(seconds: i64) -> Result<DateTime<Utc>, CertificateFault> {
    DateTime::from_timestamp(seconds, 0).ok_or(CertificateFault::Unreadable)
}

impl Told for CertificateFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Unreadable => "identity-certificate-unreadable",
            Self::OtherKeyKind => "identity-certificate-other-key-kind",
            Self::OtherKey => "identity-certificate-other-key",
            Self::ForeignAuthority => "identity-certificate-foreign-authority",
            Self::NoReplica => "identity-certificate-no-replica",
            Self::NoAuthority => "identity-certificate-no-authority",
            Self::OtherReplica { .. } => "identity-certificate-other-replica",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OtherReplica { expected, found } => {
                vec![("expected", expected.to_string()), ("found", found.to_string())]
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for CertificateFault {}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
