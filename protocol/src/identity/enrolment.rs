//! Whether a hub admits a replica that presents a token: a table of what it kept against what is asked.

use super::{KeyId, Replica};
use crate::texts::{Language, Told};
use crate::wire::close::CloseCode;
use chrono::{DateTime, Utc};
use std::fmt;

/// What the hub's store knows of a token, found by the hash of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Who may enrol with it.
    pub target: Replica,
    /// Until when it may be used first.
    pub expires: DateTime<Utc>,
    /// The key that was enrolled with it.
    pub used_by: Option<KeyId>,
}

/// How a replica is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The token's one use: issue, list the key as active, mark the token, retire the replica's older keys.
    First,
    /// The same key asks again because our answer was lost: issue, and change nothing else. A key revoked since
    /// stays revoked.
    Again,
}

/// Why a hub does not enrol, or does not renew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolRefusal {
    /// No token with this secret was issued here, or it was withdrawn.
    UnknownToken,
    /// It was not used in time.
    ExpiredToken,
    /// Another key was enrolled with it.
    UsedToken,
    /// It is for another unit.
    OtherUnit,
    /// It is for the unit's other role.
    OtherRole,
    /// The certificate request is unreadable or not signed with its own key.
    BadRequest,
    /// Not now; try again after so many seconds.
    Busy {
        /// Seconds to wait.
        seconds: u32,
    },
    /// The hub failed; its log says how.
    HubFault,
    /// The replica is not, or no longer, a child of this hub, and gets no further certificate.
    NotAChild,
    /// The replica is suspended.
    Suspended,
    /// The replica is banned.
    Banned,
    /// The replica's office is at an end.
    Retired,
    /// The replica's keys were revoked.
    Revoked,
    /// From a newer program.
    Other(u16),
}

/// Judges a request that names `asked` and proves `key`, at the hub's own time.
pub fn judge_enrolment(
    token: Option<&TokenRecord>,
    asked: &Replica,
    key: &KeyId,
    now: DateTime<Utc>,
) -> Result<Admission, EnrolRefusal> {
    let token = token.ok_or(EnrolRefusal::UnknownToken)?;
    if token.target.unit != asked.unit {
        return Err(EnrolRefusal::OtherUnit);
    }
    if token.target.role != asked.role {
        return Err(EnrolRefusal::OtherRole);
    }
    match token.used_by {
        Some(used_by) if used_by == *key => Ok(Admission::Again),
        Some(_) => Err(EnrolRefusal::UsedToken),
        None if now > token.expires => Err(EnrolRefusal::ExpiredToken),
        None => Ok(Admission::First),
    }
}

impl EnrolRefusal {
    /// The number that travels. Numbers are never given again.
    #[must_use]
    pub fn number(&self) -> u16 {
        match self {
            Self::UnknownToken => 0,
            Self::ExpiredToken => 1,
            Self::UsedToken => 2,
            Self::OtherUnit => 3,
            Self::OtherRole => 4,
            Self::BadRequest => 5,
            Self::Busy { .. } => 6,
            Self::HubFault => 7,
            Self::NotAChild => 8,
            Self::Suspended => 9,
            Self::Banned => 10,
            Self::Retired => 11,
            Self::Revoked => 12,
            Self::Other(number) => *number,
        }
    }

    /// The refusal with this number; `seconds` is looked at only where it means something.
    #[must_use]
    pub fn from_number(number: u16, seconds: u32) -> Self {
        match number {
            0 => Self::UnknownToken,
            1 => Self::ExpiredToken,
            2 => Self::UsedToken,
            3 => Self::OtherUnit,
            4 => Self::OtherRole,
            5 => Self::BadRequest,
            6 => Self::Busy { seconds },
            7 => Self::HubFault,
            8 => Self::NotAChild,
            9 => Self::Suspended,
            10 => Self::Banned,
            11 => Self::Retired,
            12 => Self::Revoked,
            other => Self::Other(other),
        }
    }

    /// With what code a link would have been refused for the same reason.
    #[must_use]
    pub fn as_close_code(&self) -> CloseCode {
        match self {
            Self::Suspended => CloseCode::Suspended,
            Self::Banned => CloseCode::Banned,
            Self::Retired => CloseCode::Retired,
            Self::Revoked => CloseCode::Revoked,
            _ => CloseCode::UnknownReplica,
        }
    }

    /// Whether the same request can succeed later without anyone stepping in.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::HubFault)
    }
}

impl Told for EnrolRefusal {
    fn key(&self) -> &'static str {
        match self {
            Self::UnknownToken => "identity-enrol-unknown-token",
            Self::ExpiredToken => "identity-enrol-expired-token",
            Self::UsedToken => "identity-enrol-used-token",
            Self::OtherUnit => "identity-enrol-other-unit",
            Self::OtherRole => "identity-enrol-other-role",
            Self::BadRequest => "identity-enrol-bad-request",
            Self::Busy { .. } => "identity-enrol-busy",
            Self::HubFault => "identity-enrol-hub-fault",
            Self::NotAChild => "identity-enrol-not-a-child",
            // The same situation as on a link, and the same way out.
            Self::Suspended => CloseCode::Suspended.key(),
            Self::Banned => CloseCode::Banned.key(),
            Self::Retired => CloseCode::Retired.key(),
            Self::Revoked => CloseCode::Revoked.key(),
            Self::Other(_) => "identity-enrol-other",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Busy { seconds } => vec![("seconds", seconds.to_string())],
            Self::Other(number) => vec![("number", number.to_string())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for EnrolRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for EnrolRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_keeps_its_number_and_has_words() {
        for number in 0..=13 {
            let refusal = EnrolRefusal::from_number(number, 5);
            assert_eq!(refusal.number(), number);
            for language in [Language::Chinese, Language::English] {
                assert_ne!(refusal.tell(language), refusal.key(), "it has no words");
            }
        }
    }

    #[test]
    fn a_token_admits_one_key_of_its_replica_in_time() {
        let noon: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a moment");
        let later = noon + chrono::TimeDelta::seconds(1);
        let node = Replica::node("430981101000".parse().expect("a unit"));
        let hub = Replica::hub(node.unit.clone());
        let other = Replica::node("430981102000".parse().expect("a unit"));
        let (first, second) = (KeyId::new([1; 32]), KeyId::new([2; 32]));
        let fresh = TokenRecord { target: node.clone(), expires: noon, used_by: None };
        let used = TokenRecord { used_by: Some(first), ..fresh.clone() };
        for (token, asked, key, now, outcome) in [
            (Some(&fresh), &node, first, noon, Ok(Admission::First)),
            (Some(&fresh), &node, first, later, Err(EnrolRefusal::ExpiredToken)),
            (Some(&used), &node, first, later, Ok(Admission::Again)),
            (Some(&used), &node, second, noon, Err(EnrolRefusal::UsedToken)),
            (Some(&fresh), &hub, first, noon, Err(EnrolRefusal::OtherRole)),
            (Some(&fresh), &other, first, noon, Err(EnrolRefusal::OtherUnit)),
            (None, &node, first, noon, Err(EnrolRefusal::UnknownToken)),
        ] {
            assert_eq!(judge_enrolment(token, asked, &key, now), outcome, "{token:?} {asked} {now}");
        }
    }
}
