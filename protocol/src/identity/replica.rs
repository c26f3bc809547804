//! A replica: one store of one (unit, role). Certificates and tokens name it as `zhuji:node:ID` or `zhuji:hub:ID`.

use crate::unit::UnitId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a replica does for its unit. A wire enum: it only grows at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 节点: records
    Node,
    /// 枢纽: receives, aggregates, reviews
    Hub,
}

impl Role {
    /// The role's word in certificates, tokens, commands and stores.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Hub => "hub",
        }
    }

    /// The role that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Node, Self::Hub].into_iter().find(|role| role.word() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One store of one (unit, role).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Replica {
    /// Whose store it is.
    pub unit: UnitId,
    /// What it does there.
    pub role: Role,
}

/// The text names no replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedReplica(pub String);

impl Replica {
    /// The node of a unit.
    #[must_use]
    pub fn node(unit: UnitId) -> Self {
        Self { unit, role: Role::Node }
    }

    /// The hub of a unit.
    #[must_use]
    pub fn hub(unit: UnitId) -> Self {
        Self { unit, role: Role::Hub }
    }
}

impl fmt::Display for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "zhuji:{}:{}", self.role, self.unit)
    }
}

impl FromStr for Replica {
    type Err = MalformedReplica;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = || {
            let (role, unit) = text.strip_prefix("zhuji:")?.split_once(':')?;
            Some(Self { unit: unit.parse().ok()?, role: Role::from_word(role)? })
        };
        parsed().ok_or_else(|| MalformedReplica(text.to_owned()))
    }
}

impl fmt::Display for MalformedReplica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} names no replica", self.0)
    }
}

impl std::error::Error for MalformedReplica {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_named_by_role_and_unit() {
        for text in ["zhuji:node:430981000000", "zhuji:hub:430981000000~2", "zhuji:node:430981000000-5003"] {
            assert_eq!(text.parse::<Replica>().expect("well formed").to_string(), text);
        }
        for text in ["", "zhuji:node", "zhuji:Node:430981000000", "zhuji:hub:43098", "node:430981000000"] {
            assert!(text.parse::<Replica>().is_err(), "{text} was taken");
        }
    }
}
