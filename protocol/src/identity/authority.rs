//! A hub's certificate authority: made once, kept in the hub's store, and the issuer of its own and its children's
//! certificates.

use super::{AuthorityCertificate, CertificateFault, PublicKey, Replica, ReplicaKey, Validity};
use crate::texts::{Language, Told};
use crate::unit::UnitId;
use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, SanType, SerialNumber,
};
use std::fmt;
use std::time::Duration;

/// How long a replica's certificate holds: renewed from half-life, so that an office may be off line for a quarter.
pub const LEAF_LIFE: TimeDelta = TimeDelta::days(180);

/// A hub's authority outlives its machine: it changes only when every child enrols anew.
const AUTHORITY_LIFE: TimeDelta = TimeDelta::days(20 * 365 + 5);

/// Certificates begin this much before they were issued, since children's clocks are behind (link, clocks).
const BACK_DATED: TimeDelta = TimeDelta::hours(48);

/// The authority of a hub: its key and its certificate.
#[derive(Debug)]
pub struct HubAuthority {
    key: ReplicaKey,
    certificate: AuthorityCertificate,
}

/// Why an authority could not be made, or a certificate not be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorityFault {
    /// The key and the certificate that were kept do not belong together.
    KeyOfAnother,
    /// The kept certificate is none of an authority.
    Certificate(CertificateFault),
    /// A date lies outside what a certificate can say.
    DateOutOfRange,
    /// Making the certificate failed.
    Unmade(String),
}

impl HubAuthority {
    /// Makes the authority of a unit's hub, signed by itself.
    pub fn create(
        unit: &UnitId,
        key: ReplicaKey,
        serial: [u8; 16],
        now: DateTime<Utc>,
    ) -> Result<Self, AuthorityFault> {
        let validity = Validity { not_before: now - BACK_DATED, not_after: now + AUTHORITY_LIFE };
        let mut params = params_of(&format!("Zhuji hub {unit}"), serial, validity)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate =
            params.self_signed(&key).map_err(|error| AuthorityFault::Unmade(error.to_string()))?;
        Self::kept(key, certificate.der())
    }

    /// The authority that a store kept.
    pub fn kept(key: ReplicaKey, certificate: &[u8]) -> Result<Self, AuthorityFault> {
        let certificate = AuthorityCertificate::parse(certificate).map_err(AuthorityFault::Certificate)?;
        if certificate.public_key() != key.public() {
            return Err(AuthorityFault::KeyOfAnother);
        }
        Ok(Self { key, certificate })
    }

    /// The authority's private key, to be kept.
    #[must_use]
    pub fn key(&self) -> &ReplicaKey {
        &self.key
    }

    /// The authority's certificate, to be kept and handed to children.
    #[must_use]
    pub fn certificate(&self) -> &AuthorityCertificate {
        &self.certificate
    }

    /// Issues a replica's certificate for 180 days, and gives its bytes. Serials have one length, so that two runs
    /// of one simulation have the same packets.
    pub fn issue(
        &self,
        replica: &Replica,
        public_key: &PublicKey,
        serial: [u8; 16],
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, AuthorityFault> {
        let unmade = |error: rcgen::Error| AuthorityFault::Unmade(error.to_string());
        let validity = Validity { not_before: now - BACK_DATED, not_after: now + LEAF_LIFE };
        let mut params = params_of(&replica.to_string(), serial, validity)?;
        params.subject_alt_names = vec![SanType::URI(replica.to_string().try_into().map_err(unmade)?)];
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::from_ca_cert_der(&self.certificate.der().into(), &self.key).map_err(unmade)?;
        let certificate = params.signed_by(public_key, &issuer).map_err(unmade)?;
        Ok(certificate.der().to_vec())
    }
}

fn params_of(name: &str, serial: [u8; 16], validity: Validity) -> Result<CertificateParams, AuthorityFault> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&of_one_length(serial)));
    // rcgen speaks `time`, and hands out a first value of it; so no second calendar becomes our dependency.
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + since_epoch(validity.not_before)?;
    params.not_after = epoch + since_epoch(validity.not_after)?;
    Ok(params)
}

/// The number's first bits are 01: positive, and never shortened by leading zeros.
fn of_one_length(mut serial: [u8; 16]) -> [u8; 16] {
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}

/// Years that a certificate can say in four digits; outside them dates are refused rather than written wrongly.
fn since_epoch(moment: DateTime<Utc>) -> Result<Duration, AuthorityFault> {
    const YEAR_9999: u64 = 253_402_300_799;
    let seconds = u64::try_from(moment.timestamp()).ok().filter(|seconds| *seconds <= YEAR_9999);
    seconds.map(Duration::from_secs).ok_or(AuthorityFault::DateOutOfRange)
}

impl Told for AuthorityFault {
    fn key(&self) -> &'static str {
        match self {
            Self::KeyOfAnother => "identity-authority-key-of-another",
            Self::Certificate(fault) => fault.key(),
            Self::DateOutOfRange => "identity-authority-date-out-of-range",
            Self::Unmade(_) => "identity-authority-unmade",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Certificate(fault) => fault.args(),
            Self::Unmade(what) => vec![("what", what.clone())],
            Self::KeyOfAnother | Self::DateOutOfRange => Vec::new(),
        }
    }
}

impl fmt::Display for AuthorityFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for AuthorityFault {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::check_peer;

    fn key(seed: u8) -> ReplicaKey {
        ReplicaKey::from_seed(&[seed; 32]).expect("a seed")
    }

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    fn hub(seed: u8) -> HubAuthority {
        let unit = "430981000000".parse().expect("a unit");
        HubAuthority::create(&unit, key(seed), [seed; 16], noon()).expect("an authority")
    }

    fn township() -> Replica {
        Replica::node("430981101000".parse().expect("a unit"))
    }

    #[test]
    fn a_hub_recognises_what_it_issued_and_nothing_else() {
        let issued = hub(1).issue(&township(), &key(5).public(), [9; 16], noon()).expect("issued");
        let peer = check_peer(hub(1).certificate(), &issued).expect("its own");
        assert_eq!(peer.replica, township());
        assert_eq!(peer.public_key, key(5).public());
        assert_eq!(peer.validity.not_before, noon() - BACK_DATED);
        assert_eq!(peer.validity.not_after, noon() + LEAF_LIFE);
        assert_eq!(check_peer(hub(2).certificate(), &issued), Err(CertificateFault::ForeignAuthority));
    }

    #[test]
    fn an_authority_is_no_replica() {
        let authority = hub(1);
        let itself = check_peer(authority.certificate(), authority.certificate().der());
        assert_eq!(itself, Err(CertificateFault::NoReplica));
    }

    #[test]
    fn a_replica_is_no_authority() {
        let issued = hub(1).issue(&township(), &key(5).public(), [9; 16], noon()).expect("issued");
        assert_eq!(AuthorityCertificate::parse(&issued), Err(CertificateFault::NoAuthority));
    }

    #[test]
    fn a_kept_authority_issues_the_same_bytes() {
        let made = hub(1);
        let kept = HubAuthority::kept(key(1), made.certificate().der()).expect("kept");
        let by = |authority: &HubAuthority| {
            authority.issue(&township(), &key(5).public(), [0; 16], noon()).expect("issued")
        };
        assert_eq!(by(&made), by(&kept));
        let foreign = HubAuthority::kept(key(2), made.certificate().der());
        assert_eq!(foreign.expect_err("not its key"), AuthorityFault::KeyOfAnother);
    }

    #[test]
    fn certificates_have_one_length_whatever_the_serial() {
        let length =
            |serial| hub(1).issue(&township(), &key(5).public(), serial, noon()).expect("issued").len();
        assert_eq!(length([0; 16]), length([0xff; 16]));
    }

    #[test]
    fn damaged_certificates_are_refused_and_never_panic() {
        let issued = hub(1).issue(&township(), &key(5).public(), [9; 16], noon()).expect("issued");
        for at in 0..issued.len() {
            assert!(check_peer(hub(1).certificate(), &issued[..at]).is_err());
            let mut damaged = issued.clone();
            damaged[at] ^= 0x55;
            assert!(check_peer(hub(1).certificate(), &damaged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn renewal_begins_at_half_life_and_is_spread_over_a_tenth() {
        let validity = Validity { not_before: noon(), not_after: noon() + TimeDelta::days(100) };
        assert_eq!(validity.renewal_at(0), noon() + TimeDelta::days(50));
        assert_eq!(validity.renewal_at(u16::MAX), noon() + TimeDelta::days(60));
    }
}
