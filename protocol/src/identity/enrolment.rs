//! Whether a hub admits a replica that presents a token: a table of what it kept against what is asked.

use super::{KeyId, Replica};
use crate::texts::{Language, Told};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
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

/// Why a hub does not enrol. A wire enum: it only grows at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Busy { seconds } => vec![("seconds", seconds.to_string())],
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
