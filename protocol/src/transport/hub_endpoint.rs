//! A hub's endpoint: callers are let into the handshake a few at a time, and sorted by the protocol they chose.

use super::bounds::{Bounded, Guest};
use super::fault::{EndpointFault, HandshakeFault};
use super::settings::{self, EndpointOptions};
use super::tls::{self, Credentials, ENROLMENT_PROTOCOL, LINK_PROTOCOL};
use super::waiting_room::{UnderWay, WaitingRoom};
use crate::identity::{AuthorityCertificate, PeerCertificate, check_peer};
use crate::wire::close::CloseCode;
use quinn::crypto::rustls::HandshakeData;
use quinn::{AsyncUdpSocket, Connection, Endpoint, Incoming, ServerConfig, TokioRuntime};
use rustls::pki_types::CertificateDer;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A caller that takes longer holds a place that others wait for.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(15);

/// A hub's endpoint.
#[derive(Debug)]
pub struct HubEndpoint {
    endpoint: Endpoint,
    authority: RwLock<AuthorityCertificate>,
    options: EndpointOptions,
    places: Arc<Semaphore>,
    waiting: WaitingRoom<Incoming>,
    bounded: Bounded,
}

/// A caller on its way through the handshake; to be [finished](Self::finish) in a task of its own.
#[derive(Debug)]
pub struct Handshake {
    incoming: Incoming,
    authority: AuthorityCertificate,
    bounded: Bounded,
    /// Given back when the handshake ends.
    _place: (OwnedSemaphorePermit, UnderWay<Incoming>),
}

/// Who arrived. Nothing is judged yet but that the caller holds the key of a certificate that this hub issued.
#[derive(Debug)]
pub enum Arrival {
    /// A replica wants a link. Its standing and its certificate's dates are for the hub's store to judge, before
    /// the hello is answered.
    Link {
        /// The connection.
        connection: Connection,
        /// What its certificate says.
        peer: PeerCertificate,
        /// Its part of what callers share.
        guest: Guest,
    },
    /// A newcomer, nobody yet; for [`serve_enrolment`](super::enrolment::serve_enrolment).
    Enrolment {
        /// The connection.
        connection: Connection,
        /// Its part of what callers share.
        guest: Guest,
    },
}

impl HubEndpoint {
    /// Listens on a socket. Called within a tokio runtime.
    pub fn open(
        socket: Arc<dyn AsyncUdpSocket>,
        credentials: &Credentials,
        options: EndpointOptions,
    ) -> Result<Self, EndpointFault> {
        let endpoint = Endpoint::new_with_abstract_socket(
            settings::listening_endpoint(&options, &credentials.key)?,
            Some(server_config(credentials, &options)?),
            socket,
            Arc::new(TokioRuntime),
        )
        .map_err(EndpointFault::Socket)?;
        Ok(Self {
            endpoint,
            authority: RwLock::new(credentials.authority.clone()),
            places: Arc::new(Semaphore::new(options.handshakes)),
            waiting: WaitingRoom::new(),
            bounded: Bounded::new(options.bounds),
            options,
        })
    }

    /// Shows another certificate from now on; connections that stand are not disturbed.
    pub fn renew(&self, credentials: &Credentials) -> Result<(), EndpointFault> {
        let config = server_config(credentials, &self.options)?;
        *self.authority.write().unwrap_or_else(PoisonError::into_inner) = credentials.authority.clone();
        self.endpoint.set_server_config(Some(config));
        Ok(())
    }

    /// The next caller; `None` once the listener was closed. May be dropped at any time without loss.
    pub async fn accept(&self) -> Option<Handshake> {
        loop {
            tokio::select! {
                biased;
                place = self.places.clone().acquire_owned(), if !self.waiting.is_empty() => {
                    // The semaphore is never closed, and somebody waits.
                    let (place, (incoming, under_way)) = (place.ok()?, self.waiting.next()?);
                    return Some(Handshake {
                        incoming,
                        authority: self.authority.read().unwrap_or_else(PoisonError::into_inner).clone(),
                        bounded: self.bounded.clone(),
                        _place: (place, under_way),
                    });
                }
                incoming = self.endpoint.accept() => self.receive(incoming?),
            }
        }
    }

    /// Takes a caller into the waiting room. With half the places taken a caller first proves that it receives where it
    /// says it is.
    fn receive(&self, incoming: Incoming) {
        let crowded = self.places.available_permits() * 2 < self.options.handshakes;
        if crowded && incoming.may_retry() {
            // It fails only for a caller that may not be asked again, which was just excluded.
            let _sent = incoming.retry();
            return;
        }
        self.waiting.enter(incoming.remote_address().ip(), incoming);
    }

    /// Where it listens.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// How many connections stand.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.endpoint.open_connections()
    }

    /// Closes everything, and waits until peers were told.
    pub async fn close(&self, code: CloseCode) {
        self.endpoint.close(code.number().into(), &[]);
        self.endpoint.wait_idle().await;
    }
}

impl Handshake {
    /// Where the caller is, or says it is.
    #[must_use]
    pub fn remote_address(&self) -> SocketAddr {
        self.incoming.remote_address()
    }

    /// Waits for the handshake's end and sorts the caller.
    pub async fn finish(self) -> Result<Arrival, HandshakeFault> {
        let connecting = self.incoming.accept().map_err(HandshakeFault::broken)?;
        let connection = timeout(HANDSHAKE_PATIENCE, connecting)
            .await
            .map_err(HandshakeFault::broken)?
            .map_err(HandshakeFault::broken)?;
        match chosen_protocol(&connection).as_deref() {
            Some(ENROLMENT_PROTOCOL) => match self.bounded.newcomer() {
                Some(guest) => Ok(Arrival::Enrolment { connection, guest }),
                None => Err(turned_away(&connection, HandshakeFault::Crowded)),
            },
            Some(LINK_PROTOCOL) => match shown_certificate(&connection) {
                Some(shown) => {
                    let peer = check_peer(&self.authority, &shown).map_err(HandshakeFault::broken)?;
                    match self.bounded.replica() {
                        Some(guest) => Ok(Arrival::Link { connection, peer, guest }),
                        None => Err(turned_away(&connection, HandshakeFault::Crowded)),
                    }
                }
                None => {
                    connection.close(CloseCode::UnknownReplica.number().into(), &[]);
                    Err(HandshakeFault::Nameless)
                }
            },
            _ => Err(HandshakeFault::Broken("no protocol in common".to_owned())),
        }
    }
}

fn turned_away(connection: &Connection, fault: HandshakeFault) -> HandshakeFault {
    connection.close(CloseCode::Busy.number().into(), &[]);
    fault
}

fn server_config(
    credentials: &Credentials,
    options: &EndpointOptions,
) -> Result<ServerConfig, EndpointFault> {
    let mut config = ServerConfig::with_crypto(Arc::new(tls::server(credentials)?));
    settings::listening(&mut config, options);
    Ok(config)
}

fn chosen_protocol(connection: &Connection) -> Option<Vec<u8>> {
    connection.handshake_data()?.downcast::<HandshakeData>().ok()?.protocol
}

pub(super) fn shown_certificate(connection: &Connection) -> Option<Vec<u8>> {
    let chain = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    chain.first().map(|shown| shown.to_vec())
}
