//! Certificate requests (PKCS #10): a replica proves that it holds the key for which it wants a certificate.

use super::certificate::{key_in, replica_in, signed_by};
use super::{CertificateFault, PublicKey, Replica, ReplicaKey};
use crate::texts::{Language, Told};
use rcgen::{CertificateParams, DistinguishedName, DnType, SanType};
use std::fmt;
use x509_parser::{
    certification_request::X509CertificationRequest, extensions::ParsedExtension, prelude::FromDer,
};

/// Why a request was not made or not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestFault {
    /// The bytes are no certificate request.
    Unreadable,
    /// It is not signed with the key that it names.
    NotItsKey,
    /// What it asks for is no replica's certificate.
    Content(CertificateFault),
    /// Making the request failed.
    Unmade(String),
}

/// A replica asks for a certificate of its key; gives the request's bytes.
pub fn make_request(replica: &Replica, key: &ReplicaKey) -> Result<Vec<u8>, RequestFault> {
    let unmade = |error: rcgen::Error| RequestFault::Unmade(error.to_string());
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, replica.to_string());
    params.subject_alt_names = vec![SanType::URI(replica.to_string().try_into().map_err(unmade)?)];
    Ok(params.serialize_request(key).map_err(unmade)?.der().to_vec())
}

/// Who asks, and for which key, once the request has proved that the key is held.
pub fn check_request(der: &[u8]) -> Result<(Replica, PublicKey), RequestFault> {
    let Ok(([], request)) = X509CertificationRequest::from_der(der) else {
        return Err(RequestFault::Unreadable);
    };
    let info = &request.certification_request_info;
    let key = key_in(&info.subject_pki).map_err(RequestFault::Content)?;
    if !signed_by(&key, der, info.raw) {
        return Err(RequestFault::NotItsKey);
    }
    let names = request.requested_extensions().into_iter().flatten().find_map(|extension| match extension {
        ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
        _ => None,
    });
    let replica = replica_in(names.map_or(&[], Vec::as_slice)).map_err(RequestFault::Content)?;
    Ok((replica, key))
}

impl Told for RequestFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Unreadable => "identity-request-unreadable",
            Self::NotItsKey => "identity-request-not-its-key",
            Self::Content(fault) => fault.key(),
            Self::Unmade(_) => "identity-request-unmade",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Content(fault) => fault.args(),
            Self::Unmade(what) => vec![("what", what.clone())],
            Self::Unreadable | Self::NotItsKey => Vec::new(),
        }
    }
}

impl fmt::Display for RequestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for RequestFault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> (Replica, ReplicaKey, Vec<u8>) {
        let replica = Replica::node("430981101000".parse().expect("a unit"));
        let key = ReplicaKey::from_seed(&[5; 32]).expect("a seed");
        let request = make_request(&replica, &key).expect("made");
        (replica, key, request)
    }

    #[test]
    fn a_request_proves_its_key() {
        let (replica, key, request) = request();
        assert_eq!(check_request(&request), Ok((replica, key.public())));
    }

    #[test]
    fn a_changed_or_cut_request_is_refused_and_never_panics() {
        let (.., request) = request();
        for at in 0..request.len() {
            assert!(check_request(&request[..at]).is_err());
            let mut damaged = request.clone();
            damaged[at] ^= 0x55;
            assert!(check_request(&damaged).is_err(), "byte {at}");
        }
    }
}
