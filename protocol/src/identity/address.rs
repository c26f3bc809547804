//! Where a hub listens: `host:port`, with a name, an IPv4 address or an IPv6 address in brackets.

use crate::texts::{Language, Told};
use core::net::Ipv6Addr;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name that DNS knows.
const LONGEST_HOST: usize = 253;

/// The address of a hub, as a person wrote it; well formed, not yet resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HubAddress {
    host: String,
    port: u16,
}

/// The text is no `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedAddress(pub String);

impl HubAddress {
    /// The name or address of the machine, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The UDP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for HubAddress {
    type Err = MalformedAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = || {
            let (host, port) = text.rsplit_once(':')?;
            // "+1" and "01" parse as numbers, and no person means them.
            let port = port.parse().ok().filter(|number: &u16| *number != 0 && number.to_string() == port)?;
            let host = match host.strip_prefix('[') {
                Some(bracketed) => {
                    bracketed.strip_suffix(']').filter(|host| host.parse::<Ipv6Addr>().is_ok())?
                }
                None => Some(host).filter(|host| is_name(host))?,
            };
            Some(Self { host: host.to_owned(), port })
        };
        parsed().ok_or_else(|| MalformedAddress(text.to_owned()))
    }
}

fn is_name(host: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !host.is_empty() && host.len() <= LONGEST_HOST && host.chars().all(letter)
}

impl TryFrom<String> for HubAddress {
    type Error = MalformedAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<HubAddress> for String {
    fn from(address: HubAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for HubAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl Told for MalformedAddress {
    fn key(&self) -> &'static str {
        "identity-address-malformed"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("text", self.0.clone())]
    }
}

impl fmt::Display for MalformedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for MalformedAddress {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for good in ["hub.example.cn:7443", "10.0.0.1:1", "[2001:db8::1]:65535", "枢纽.例:7443"] {
            assert_eq!(good.parse::<HubAddress>().expect("well formed").to_string(), good);
        }
        for bad in ["", "hub", "hub:", ":7443", "hub:0", "hub:65536", "hub:+1", "::1:80", "[hub]:1", "a b:1"]
        {
            assert!(bad.parse::<HubAddress>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn the_longest_name_passes_and_a_longer_one_does_not() {
        for (length, passes) in [(LONGEST_HOST - 1, true), (LONGEST_HOST, true), (LONGEST_HOST + 1, false)] {
            assert_eq!(format!("{}:1", "h".repeat(length)).parse::<HubAddress>().is_ok(), passes, "{length}");
        }
    }
}
