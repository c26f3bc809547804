//! Who speaks: replicas, their keys, the certificates that a hub issues, and the tokens by which they are asked for.
//!
//! Pure: the clock, randomness and serial numbers are arguments, and nothing here knows a socket or a store.

mod address;
mod authority;
mod certificate;
mod enrolment;
mod key;
mod replica;
mod request;
mod token;

pub use address::{HubAddress, MalformedAddress};
pub use authority::{AuthorityFault, HubAuthority, LEAF_LIFE};
pub use certificate::{
    AuthorityCertificate, CertificateFault, Fingerprint, PeerCertificate, Validity, check_peer, validity,
};
pub use enrolment::{Admission, EnrolRefusal, TokenRecord, judge_enrolment};
pub use key::{KeyFault, KeyId, PublicKey, ReplicaKey};
pub use replica::{MalformedReplica, Replica, Role};
pub use request::{RequestFault, check_request, make_request};
pub use token::{EnrolmentToken, SecretHash, TOKEN_LIFE, TokenFault, TokenSecret};
