//! What goes wrong between two endpoints, by situation.

use crate::identity::{CertificateFault, HubAddress};
use crate::texts::{Language, Told};
use std::fmt;

/// Why an endpoint could not be made.
#[derive(Debug)]
pub enum EndpointFault {
    /// The system gave no socket.
    Socket(std::io::Error),
    /// Key and certificate cannot be used for TLS.
    Tls(String),
}

/// Why a hub was not reached, or not talked to.
#[derive(Debug)]
pub enum DialFault {
    /// The name has no address.
    Unresolved(HubAddress),
    /// Nobody answered in time.
    NoAnswer,
    /// Who answered is not the hub that was meant.
    OtherHub(CertificateFault),
    /// The hub does not accept our certificate.
    Unwelcome,
    /// Who answered speaks none of our protocols, or the connection broke in the handshake.
    Broken(String),
    /// Our own side could not begin.
    Endpoint(EndpointFault),
}

/// Why a caller got no further than the handshake.
#[derive(Debug)]
pub enum HandshakeFault {
    /// It broke off, took too long, or showed a certificate that we did not issue.
    Broken(String),
    /// It asked for a link without a certificate.
    Nameless,
    /// As many callers as there is room for have not said yet what they want.
    Crowded,
}

impl EndpointFault {
    pub(super) fn tls(error: impl fmt::Display) -> Self {
        Self::Tls(error.to_string())
    }
}

impl HandshakeFault {
    pub(super) fn broken(error: impl fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }
}

impl DialFault {
    /// Whether dialling again can help without anyone stepping in. A certificate that is not accepted today may be
    /// tomorrow (a hub being restored), but seldom within minutes.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        matches!(self, Self::Unresolved(_) | Self::NoAnswer | Self::Broken(_))
    }
}

impl Told for EndpointFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Socket(_) => "transport-endpoint-socket",
            Self::Tls(_) => "transport-endpoint-tls",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![match self {
            Self::Socket(error) => ("what", error.to_string()),
            Self::Tls(what) => ("what", what.clone()),
        }]
    }
}

impl Told for DialFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Unresolved(_) => "transport-dial-unresolved",
            Self::NoAnswer => "transport-dial-no-answer",
            Self::OtherHub(_) => "transport-dial-other-hub",
            Self::Unwelcome => "transport-dial-unwelcome",
            Self::Broken(_) => "transport-dial-broken",
            Self::Endpoint(fault) => fault.key(),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unresolved(address) => vec![("address", address.to_string())],
            Self::OtherHub(fault) => vec![("what", fault.to_string())],
            Self::Broken(what) => vec![("what", what.clone())],
            Self::Endpoint(fault) => fault.args(),
            Self::NoAnswer | Self::Unwelcome => Vec::new(),
        }
    }

    fn tell(&self, language: Language) -> String {
        match self {
            // What is wrong with the certificate is the whole message, in the reader's language.
            Self::OtherHub(fault) => fault.tell(language),
            _ => crate::texts::text_with(language, self.key(), &self.args()),
        }
    }
}

impl Told for HandshakeFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Broken(_) => "transport-handshake-broken",
            Self::Nameless => "transport-handshake-nameless",
            Self::Crowded => "transport-handshake-crowded",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Broken(what) => vec![("what", what.clone())],
            Self::Nameless | Self::Crowded => Vec::new(),
        }
    }
}

impl From<EndpointFault> for DialFault {
    fn from(fault: EndpointFault) -> Self {
        Self::Endpoint(fault)
    }
}

impl fmt::Display for EndpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl fmt::Display for DialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl fmt::Display for HandshakeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for EndpointFault {}
impl std::error::Error for DialFault {}
impl std::error::Error for HandshakeFault {}
