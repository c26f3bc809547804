//! Enrolment tokens: one string that a person copies from a hub to a new replica, used once.
//!
//! `zhuji1.` and base32 in small letters: one word for a double click, without `-`, `_`, `0`, `1`, and the same in
//! capitals. A length and a checksum tell a token cut or mistyped on the way from one that the hub does not know.

use super::{Fingerprint, HubAddress, Replica, Role};
use crate::texts::{Language, Told};
use crate::unit::UnitId;
use aws_lc_rs::{constant_time, digest};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;

/// How long a token may wait for its one use.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::hours(72);

/// The 1 is the version of what follows.
const PREFIX: &str = "zhuji1.";
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Four bytes let one mistyped token in four thousand million pass for an unknown one.
const CHECKSUM: usize = 4;
/// No token that a hub writes comes near it; it bounds what a pasted file can cost.
const LONGEST_TEXT: usize = 2048;
/// Keeps what is hashed here apart from every other use of SHA-256.
const SECRET_DOMAIN: &[u8] = b"zhuji enrolment secret 1";

/// What a hub hands to a replica that is to enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentToken {
    /// Where the hub listens.
    pub address: HubAddress,
    /// What names the hub's authority.
    pub authority: Fingerprint,
    /// Whose hub it is.
    pub hub: UnitId,
    /// Who may enrol.
    pub target: Replica,
    /// What proves to the hub that it wrote this token.
    pub secret: TokenSecret,
    /// Until when the hub takes it. Only the hub judges that: the clock of the new replica may be dead.
    pub expires: DateTime<Utc>,
}

/// The 128 random bits of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(pub [u8; 16]);

/// What the hub keeps of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretHash(pub [u8; 32]);

/// What is wrong with a token, as far as the replica itself can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// The text does not begin like a token.
    NoToken,
    /// A later program wrote it.
    Newer,
    /// The end is missing.
    Truncated,
    /// Some characters are not as the hub wrote them.
    Mistyped,
    /// It is for another unit than this store's.
    OtherUnit {
        /// Whose token it is.
        token: UnitId,
        /// Whose store it is.
        own: UnitId,
    },
    /// It is for the unit's other role.
    OtherRole {
        /// The role that may enrol with it.
        token: Role,
        /// The role of this program.
        own: Role,
    },
}

impl EnrolmentToken {
    /// The string to be copied. Secret: it is shown once and never logged.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut payload = Vec::new();
        payload.extend(self.expires.timestamp().to_le_bytes());
        payload.extend(self.secret.0);
        payload.extend(self.authority.0);
        payload.push(role_number(self.target.role));
        for text in [self.hub.as_str(), self.target.unit.as_str(), &self.address.to_string()] {
            let length = u16::try_from(text.len()).expect("ids are short and hosts at most 253 characters");
            payload.extend(length.to_le_bytes());
            payload.extend(text.as_bytes());
        }
        let length = u16::try_from(payload.len()).expect("the sum of short fields");
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(payload);
        let checksum = checksum(&bytes);
        bytes.extend(checksum);
        format!("{PREFIX}{}", to_base32(&bytes))
    }

    /// Reads the string, whatever line breaks and spaces a terminal or a letter put into it.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        if text.len() > LONGEST_TEXT {
            return Err(TokenFault::NoToken);
        }
        let text: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
        let Some(letters) = text.strip_prefix(PREFIX) else {
            return Err(not_ours(&text));
        };
        let bytes = from_base32(letters).ok_or(TokenFault::Mistyped)?;
        let (length, _) = bytes.split_first_chunk::<2>().ok_or(TokenFault::Truncated)?;
        let whole = 2 + usize::from(u16::from_le_bytes(*length)) + CHECKSUM;
        if bytes.len() < whole {
            return Err(TokenFault::Truncated);
        }
        let (body, check) = bytes.split_at(whole - CHECKSUM);
        if check != checksum(body) {
            return Err(TokenFault::Mistyped);
        }
        Self::from_payload(&body[2..]).ok_or(TokenFault::Mistyped)
    }

    fn from_payload(payload: &[u8]) -> Option<Self> {
        let (expires, rest) = payload.split_first_chunk::<8>()?;
        let (secret, rest) = rest.split_first_chunk::<16>()?;
        let (authority, rest) = rest.split_first_chunk::<32>()?;
        let ([role], rest) = rest.split_first_chunk::<1>()?;
        let (hub, rest) = short_text(rest)?;
        let (unit, rest) = short_text(rest)?;
        let (address, rest) = short_text(rest)?;
        let token = Self {
            address: address.parse().ok()?,
            authority: Fingerprint(*authority),
            hub: hub.parse().ok()?,
            target: Replica { unit: unit.parse().ok()?, role: role_of(*role)? },
            secret: TokenSecret(*secret),
            expires: DateTime::from_timestamp(i64::from_le_bytes(*expires), 0)?,
        };
        rest.is_empty().then_some(token)
    }

    /// Whether this store may enrol with it.
    pub fn check_for(&self, own: &Replica) -> Result<(), TokenFault> {
        if self.target.unit != own.unit {
            return Err(TokenFault::OtherUnit { token: self.target.unit.clone(), own: own.unit.clone() });
        }
        if self.target.role != own.role {
            return Err(TokenFault::OtherRole { token: self.target.role, own: own.role });
        }
        Ok(())
    }
}

impl TokenSecret {
    /// What the hub keeps, and looks a presented secret up by.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(SECRET_DOMAIN);
        context.update(&self.0);
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        SecretHash(hash)
    }
}

impl SecretHash {
    /// Whether it is the hash of this secret.
    #[must_use]
    pub fn is_of(&self, secret: &TokenSecret) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &secret.hash().0).is_ok()
    }
}

fn not_ours(text: &str) -> TokenFault {
    let version = text.strip_prefix("zhuji").and_then(|rest| rest.split_once('.')).map(|parts| parts.0);
    match version.map(str::parse::<u32>) {
        Some(Ok(_)) => TokenFault::Newer,
        _ if !text.is_empty() && PREFIX.starts_with(text) => TokenFault::Truncated,
        _ => TokenFault::NoToken,
    }
}

fn role_number(role: Role) -> u8 {
    match role {
        Role::Node => 0,
        Role::Hub => 1,
    }
}

fn role_of(number: u8) -> Option<Role> {
    [Role::Node, Role::Hub].into_iter().find(|role| role_number(*role) == number)
}

fn short_text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest::digest(&digest::SHA256, bytes).as_ref()[..CHECKSUM]);
    sum
}

fn to_base32(bytes: &[u8]) -> String {
    let letter = |chunk: &[u8], at: usize| {
        let bit = |index: usize| chunk.get(index / 8).is_some_and(|byte| byte >> (7 - index % 8) & 1 == 1);
        let value = (0..5).fold(0, |value, offset| value << 1 | usize::from(bit(at * 5 + offset)));
        char::from(ALPHABET[value])
    };
    let letters_of = |chunk: &'_ [u8]| (chunk.len() * 8).div_ceil(5);
    bytes
        .chunks(5)
        .flat_map(|chunk| (0..letters_of(chunk)).map(move |at| letter(chunk, at)).collect::<Vec<_>>())
        .collect()
}

/// The whole bytes in the letters; bits of a letter cut off at the end do not count.
fn from_base32(letters: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut count) = (Vec::new(), 0u16, 0);
    for letter in letters.bytes() {
        let value = u16::try_from(ALPHABET.iter().position(|known| *known == letter)?).ok()?;
        held = held << 5 | value;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(held >> count).ok()?);
            held &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

impl Told for TokenFault {
    fn key(&self) -> &'static str {
        match self {
            Self::NoToken => "identity-token-none",
            Self::Newer => "identity-token-newer",
            Self::Truncated => "identity-token-truncated",
            Self::Mistyped => "identity-token-mistyped",
            Self::OtherUnit { .. } => "identity-token-other-unit",
            Self::OtherRole { .. } => "identity-token-other-role",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OtherUnit { token, own } => vec![("token", token.to_string()), ("own", own.to_string())],
            Self::OtherRole { token, own } => vec![("token", token.to_string()), ("own", own.to_string())],
            Self::NoToken | Self::Newer | Self::Truncated | Self::Mistyped => Vec::new(),
        }
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for TokenFault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> EnrolmentToken {
        EnrolmentToken {
            address: "hub.yiyang.example:7443".parse().expect("an address"),
            authority: Fingerprint([0xa5; 32]),
            hub: "430900000000".parse().expect("a unit"),
            target: Replica::hub("430981000000".parse().expect("a unit")),
            secret: TokenSecret([0x3c; 16]),
            expires: "2026-03-04T12:00:00Z".parse().expect("a moment"),
        }
    }

    #[test]
    fn a_token_survives_copying() {
        let text = token().to_text();
        assert_eq!(EnrolmentToken::parse(&text), Ok(token()));
        assert_eq!(EnrolmentToken::parse(&text.to_uppercase()), Ok(token()));
        let wrapped = format!("  {}\r\n {}\n", &text[..60], &text[60..]);
        assert_eq!(EnrolmentToken::parse(&wrapped), Ok(token()));
        assert!(text[PREFIX.len()..].bytes().all(|b| ALPHABET.contains(&b)));
    }

    #[test]
    fn a_token_cut_anywhere_is_told_as_cut() {
        let text = token().to_text();
        for at in 1..text.len() - 1 {
            assert_eq!(EnrolmentToken::parse(&text[..at]), Err(TokenFault::Truncated), "at {at}");
        }
    }

    #[test]
    fn one_wrong_character_is_told_as_mistyped() {
        let text = token().to_text();
        // The first four characters hold the length: a longer one looks like a token cut short.
        for at in PREFIX.len() + 4..text.len() {
            let wrong = if text.as_bytes()[at] == b'k' { "m" } else { "k" };
            let mistyped = format!("{}{wrong}{}", &text[..at], &text[at + 1..]);
            assert_eq!(EnrolmentToken::parse(&mistyped), Err(TokenFault::Mistyped), "at {at}");
        }
        assert_eq!(EnrolmentToken::parse(&text.replacen('.', ".0", 1)), Err(TokenFault::Mistyped));
    }

    #[test]
    fn what_is_no_token_is_told_so() {
        assert_eq!(EnrolmentToken::parse(""), Err(TokenFault::NoToken));
        assert_eq!(EnrolmentToken::parse("430981000000"), Err(TokenFault::NoToken));
        assert_eq!(EnrolmentToken::parse("zhuji2.abc"), Err(TokenFault::Newer));
        assert_eq!(EnrolmentToken::parse(&"a".repeat(1 << 20)), Err(TokenFault::NoToken));
    }

    #[test]
    fn a_text_up_to_the_longest_is_looked_at_and_no_longer_one() {
        let padded = |length: usize| {
            let text = token().to_text();
            let space = " ".repeat(length - text.len());
            EnrolmentToken::parse(&(text + &space))
        };
        assert_eq!(padded(LONGEST_TEXT - 1), Ok(token()));
        assert_eq!(padded(LONGEST_TEXT), Ok(token()));
        assert_eq!(padded(LONGEST_TEXT + 1), Err(TokenFault::NoToken));
    }

    #[test]
    fn a_token_is_for_one_unit_and_role() {
        let unit = || "430981000000".parse().expect("a unit");
        assert_eq!(token().check_for(&Replica::hub(unit())), Ok(()));
        let node = token().check_for(&Replica::node(unit()));
        assert_eq!(node, Err(TokenFault::OtherRole { token: Role::Hub, own: Role::Node }));
        let other = token().check_for(&Replica::hub("430922000000".parse().expect("a unit")));
        assert!(matches!(other, Err(TokenFault::OtherUnit { .. })));
    }

    #[test]
    fn the_hub_keeps_no_secret() {
        let secret = token().secret;
        assert!(secret.hash().is_of(&secret));
        assert!(!secret.hash().is_of(&TokenSecret([0; 16])));
        assert_eq!(format!("{secret:?}"), "TokenSecret(…)");
    }
}
