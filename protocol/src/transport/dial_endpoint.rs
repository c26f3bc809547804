//! A dialler's endpoint: finds a hub by `host:port` and connects, to link or to enrol.
//!
//! A connection means little: the hub judges who dials only after the handshake. Connected is who was answered.

use super::fault::{DialFault, EndpointFault};
use super::settings::{self, EndpointOptions};
use super::tls::{self, Credentials, FoundFault};
use crate::identity::{EnrolmentToken, HubAddress, Replica};
use crate::unit::UnitId;
use crate::wire::close::CloseCode;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{
    AsyncUdpSocket, ClientConfig, Connection, ConnectionError, Endpoint, TokioRuntime, TransportConfig,
    TransportErrorCode,
};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// How long one address of a hub is tried: several retransmissions, and the next address is not kept waiting.
const PATIENCE: Duration = Duration::from_secs(15);

/// TLS alerts by which a hub says that it does not accept a certificate (RFC 8446, section 6.2).
const CERTIFICATE_ALERTS: [u8; 7] = [42, 43, 44, 45, 46, 48, 116];

/// A dialler's endpoint, for as long as its program runs.
#[derive(Debug)]
pub struct DialEndpoint {
    endpoint: Endpoint,
    transport: Arc<TransportConfig>,
}

impl DialEndpoint {
    /// Dials from a socket. Called within a tokio runtime.
    pub fn open(socket: Arc<dyn AsyncUdpSocket>, options: &EndpointOptions) -> Result<Self, EndpointFault> {
        let endpoint = Endpoint::new_with_abstract_socket(
            settings::dialling_endpoint(options),
            None,
            socket,
            Arc::new(TokioRuntime),
        )
        .map_err(EndpointFault::Socket)?;
        Ok(Self { endpoint, transport: settings::dialling(options) })
    }

    /// Connects to the hub of a unit for a link.
    pub async fn dial(
        &self,
        address: &HubAddress,
        hub: &UnitId,
        credentials: &Credentials,
    ) -> Result<Connection, DialFault> {
        let found = FoundFault::default();
        let config = tls::link_client(credentials, Replica::hub(hub.clone()), found.clone())?;
        self.connect(address, config, &found).await
    }

    /// Connects to the hub that a token names, to enrol.
    pub async fn dial_for_enrolment(&self, token: &EnrolmentToken) -> Result<Connection, DialFault> {
        let found = FoundFault::default();
        let config = tls::enrolment_client(token, found.clone())?;
        self.connect(&token.address, config, &found).await
    }

    async fn connect(
        &self,
        address: &HubAddress,
        config: QuicClientConfig,
        found: &FoundFault,
    ) -> Result<Connection, DialFault> {
        let mut config = ClientConfig::new(Arc::new(config));
        config.transport_config(self.transport.clone());
        let mut fault = DialFault::Unresolved(address.clone());
        for address in resolved(address).await {
            match self.connect_to(address, config.clone()).await {
                Ok(connection) => return Ok(connection),
                Err(failed) => fault = failed,
            }
            if let Some(found) = found.lock().unwrap_or_else(PoisonError::into_inner).take() {
                fault = DialFault::OtherHub(found);
            }
        }
        Err(fault)
    }

    async fn connect_to(&self, address: SocketAddr, config: ClientConfig) -> Result<Connection, DialFault> {
        let connecting = self
            .endpoint
            .connect_with(config, address, tls::SERVER_NAME)
            .map_err(|error| DialFault::Broken(error.to_string()))?;
        match timeout(PATIENCE, connecting).await {
            Ok(outcome) => outcome.map_err(DialFault::from),
            Err(_) => Err(DialFault::NoAnswer),
        }
    }

    /// Closes every connection and waits until the other ends were told.
    pub async fn close(&self, code: CloseCode) {
        self.endpoint.close(code.number().into(), &[]);
        self.endpoint.wait_idle().await;
    }
}

async fn resolved(address: &HubAddress) -> Vec<SocketAddr> {
    tokio::net::lookup_host((address.host(), address.port()))
        .await
        .map_or_else(|_| Vec::new(), Iterator::collect)
}

impl From<ConnectionError> for DialFault {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::TimedOut => Self::NoAnswer,
            refused if is_about_our_certificate(&refused) => Self::Unwelcome,
            other => Self::Broken(other.to_string()),
        }
    }
}

/// Whether the hub ended the connection because of the certificate that it was shown.
pub(super) fn is_about_our_certificate(error: &ConnectionError) -> bool {
    let ConnectionError::ConnectionClosed(close) = error else { return false };
    CERTIFICATE_ALERTS.into_iter().any(|alert| close.error_code == TransportErrorCode::crypto(alert))
}
