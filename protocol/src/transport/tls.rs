//! TLS of both ends: one provider, TLS 1.3, our own verifiers, no tickets and no early data.
//!
//! A resumed session would skip the client's certificate, so that a revoked replica kept getting in. The verifiers
//! judge possession of a key under the right authority and nothing else (see `identity::certificate`).

use super::fault::EndpointFault;
use crate::identity::{
    AuthorityCertificate, CertificateFault, EnrolmentToken, PeerCertificate, Replica, ReplicaKey, check_peer,
};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};

/// The protocol of links.
pub const LINK_PROTOCOL: &[u8] = b"zhuji/1";

/// The protocol by which a replica without a certificate asks for one; it can do nothing else.
pub const ENROLMENT_PROTOCOL: &[u8] = b"zhuji-enrol/1";

/// What a dialler writes where TLS wants a host name. Hubs are known by their certificate, not by their address.
pub(super) const SERVER_NAME: &str = "hub.zhuji";

/// What an end shows of itself and whom it believes: its key, its certificate, and the authority under which its
/// peers' certificates (and, for a dialler, its own) were issued.
#[derive(Debug)]
pub struct Credentials {
    /// The replica's private key.
    pub key: ReplicaKey,
    /// The replica's certificate.
    pub certificate: Vec<u8>,
    /// A hub's own authority; for a dialler that of the hub above, pinned at enrolment.
    pub authority: AuthorityCertificate,
}

impl Credentials {
    /// What the certificate says of its holder, checked against the authority.
    pub fn own(&self) -> Result<PeerCertificate, CertificateFault> {
        check_peer(&self.authority, &self.certificate)
    }
}

/// Where a verifier leaves what it found wrong: the transport hands on only a number.
pub(super) type FoundFault = Arc<Mutex<Option<CertificateFault>>>;

/// A hub's side of TLS.
pub(super) fn server(credentials: &Credentials) -> Result<QuicServerConfig, EndpointFault> {
    let provider = provider();
    let verifier =
        ChildVerifier { authority: credentials.authority.clone(), algorithms: algorithms(&provider) };
    let leaf = CertificateDer::from(credentials.certificate.clone());
    let authority = CertificateDer::from(credentials.authority.der().to_vec());
    let shown = ShownCertificate {
        to_children: certified(vec![leaf.clone()], &credentials.key, &provider)?,
        to_newcomers: certified(vec![leaf, authority], &credentials.key, &provider)?,
    };
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(EndpointFault::tls)?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::new(shown));
    config.alpn_protocols = vec![LINK_PROTOCOL.to_vec(), ENROLMENT_PROTOCOL.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    QuicServerConfig::try_from(config).map_err(EndpointFault::tls)
}

/// A dialler's side of TLS, towards the hub that enrolled it.
pub(super) fn link_client(
    credentials: &Credentials,
    hub: Replica,
    found: FoundFault,
) -> Result<QuicClientConfig, EndpointFault> {
    let provider = provider();
    let verifier = HubVerifier {
        hub,
        known_by: KnownBy::Authority(credentials.authority.clone()),
        algorithms: algorithms(&provider),
        found,
    };
    let key = PrivatePkcs8KeyDer::from(credentials.key.pkcs8().to_vec());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(EndpointFault::tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_auth_cert(vec![credentials.certificate.clone().into()], key.into())
        .map_err(EndpointFault::tls)?;
    config.alpn_protocols = vec![LINK_PROTOCOL.to_vec()];
    client(config)
}

/// A newcomer's side of TLS: no certificate yet, and the hub is known by what the token says of it.
pub(super) fn enrolment_client(
    token: &EnrolmentToken,
    found: FoundFault,
) -> Result<QuicClientConfig, EndpointFault> {
    let hub = Replica::hub(token.hub.clone());
    nameless_client(hub, KnownBy::Token(token.clone()), found, ENROLMENT_PROTOCOL)
}

/// What nobody should do, for the test that a hub turns it away.
#[cfg(test)]
pub(super) fn nameless_link_client(
    authority: &AuthorityCertificate,
    hub: Replica,
) -> Result<QuicClientConfig, EndpointFault> {
    nameless_client(hub, KnownBy::Authority(authority.clone()), FoundFault::default(), LINK_PROTOCOL)
}

fn nameless_client(
    hub: Replica,
    known_by: KnownBy,
    found: FoundFault,
    protocol: &[u8],
) -> Result<QuicClientConfig, EndpointFault> {
    let provider = provider();
    let verifier = HubVerifier { hub, known_by, algorithms: algorithms(&provider), found };
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(EndpointFault::tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    client(config)
}

fn client(mut config: rustls::ClientConfig) -> Result<QuicClientConfig, EndpointFault> {
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    QuicClientConfig::try_from(config).map_err(EndpointFault::tls)
}

/// Given explicitly everywhere: with two providers in one program rustls can choose none and panics at first use.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn algorithms(provider: &CryptoProvider) -> WebPkiSupportedAlgorithms {
    provider.signature_verification_algorithms
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: &ReplicaKey,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, EndpointFault> {
    let key = PrivatePkcs8KeyDer::from(key.pkcs8().to_vec());
    CertifiedKey::from_der(chain, key.into(), provider).map(Arc::new).map_err(EndpointFault::tls)
}

/// Only a newcomer is sent the authority's certificate: children have it, and every handshake would carry it.
#[derive(Debug)]
struct ShownCertificate {
    to_children: Arc<CertifiedKey>,
    to_newcomers: Arc<CertifiedKey>,
}

impl ResolvesServerCert for ShownCertificate {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let enrolling =
            hello.alpn().is_some_and(|mut offered| offered.any(|name| name == ENROLMENT_PROTOCOL));
        Some(if enrolling { &self.to_newcomers } else { &self.to_children }.clone())
    }
}

/// A hub's judgement of who dials. A newcomer shows nothing, so a certificate cannot be mandatory here; that a link
/// has one is checked when the protocol is known (see `endpoint`).
#[derive(Debug)]
struct ChildVerifier {
    authority: AuthorityCertificate,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for ChildVerifier {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        check_peer(&self.authority, shown).map_err(|fault| refused(&fault))?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, shown, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

/// A dialler's judgement of who answers.
#[derive(Debug)]
struct HubVerifier {
    hub: Replica,
    known_by: KnownBy,
    algorithms: WebPkiSupportedAlgorithms,
    found: FoundFault,
}

#[derive(Debug)]
enum KnownBy {
    Authority(AuthorityCertificate),
    Token(EnrolmentToken),
}

impl HubVerifier {
    fn judge(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
    ) -> Result<(), CertificateFault> {
        let peer = match &self.known_by {
            KnownBy::Authority(authority) => check_peer(authority, shown)?,
            KnownBy::Token(token) => check_peer(&authority_of(token, chain)?, shown)?,
        };
        match peer.replica == self.hub {
            true => Ok(()),
            false => Err(CertificateFault::OtherReplica {
                expected: Box::new(self.hub.clone()),
                found: Box::new(peer.replica),
            }),
        }
    }
}

/// The authority that the token names, from what the hub sent along.
fn authority_of(
    token: &EnrolmentToken,
    chain: &[CertificateDer<'_>],
) -> Result<AuthorityCertificate, CertificateFault> {
    let authority = chain.first().ok_or(CertificateFault::ForeignAuthority)?;
    let authority = AuthorityCertificate::parse(authority)?;
    match authority.fingerprint() == token.authority {
        true => Ok(authority),
        false => Err(CertificateFault::ForeignAuthority),
    }
}

impl ServerCertVerifier for HubVerifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(shown, chain).map_err(|fault| {
            let refused = refused(&fault);
            *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
            refused
        })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, shown, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

/// The alert tells the peer two situations apart: an authority that we do not know, and bytes that we cannot read.
fn refused(fault: &CertificateFault) -> Error {
    Error::InvalidCertificate(match fault {
        CertificateFault::Unreadable => CertificateError::BadEncoding,
        CertificateFault::ForeignAuthority => CertificateError::UnknownIssuer,
        _ => CertificateError::ApplicationVerificationFailure,
    })
}

fn never_tls12() -> Error {
    Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOfferedOrEnabled)
}
