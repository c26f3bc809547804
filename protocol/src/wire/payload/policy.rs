//! Policies, their assignments, and calendars.

use super::{PayloadFault, date_of, day_number, maybe_date_of};
use crate::assignment::{Assignment, PolicyVersion};
use crate::unit::UnitId;
use crate::wire::codec;
use crate::wire::digest::Digest;
use serde::{Deserialize, Serialize};

/// Body of item kind `policy`, version 1: a flattened policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyV1 {
    /// The policy's id.
    pub policy: String,
    /// The issuing hub's number.
    pub number: u32,
    /// The flattened text; its SHA-256 is the version's digest.
    pub toml: String,
}

/// Body of item kind `assignment`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in `assignment::Assignment`; days of the common era")]
pub struct AssignmentV1 {
    pub unit: UnitId,
    pub policy: String,
    pub number: u32,
    pub digest: Digest,
    pub from: i32,
    pub to: Option<i32>,
    pub serial: u32,
}

/// Body of item kind `calendar`, version 1: a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarV1 {
    /// The text of the file.
    pub csv: String,
}

impl PolicyV1 {
    /// The body.
    ///
    /// # Errors
    /// It is longer than anything that is sent.
    pub fn encode(&self) -> Result<Vec<u8>, PayloadFault> {
        Ok(codec::encode(self)?)
    }

    /// The policy in a body.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadFault> {
        Ok(codec::decode(bytes)?)
    }
}

impl AssignmentV1 {
    /// The body of an assignment.
    ///
    /// # Errors
    /// It is longer than anything that is sent.
    pub fn encode(assignment: &Assignment) -> Result<Vec<u8>, PayloadFault> {
        let body = Self {
            unit: assignment.unit.clone(),
            policy: assignment.version.policy.clone(),
            number: assignment.version.number,
            digest: Digest(assignment.version.digest),
            from: day_number(assignment.from),
            to: assignment.to.map(day_number),
            serial: assignment.serial,
        };
        Ok(codec::encode(&body)?)
    }

    /// The assignment in a body; its issuer is who proves it.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Assignment, PayloadFault> {
        let body: Self = codec::decode(bytes)?;
        Ok(Assignment {
            unit: body.unit,
            version: PolicyVersion { policy: body.policy, number: body.number, digest: body.digest.0 },
            from: date_of(body.from)?,
            to: maybe_date_of(body.to)?,
            serial: body.serial,
            issuer: None,
        })
    }
}

impl CalendarV1 {
    /// The body.
    ///
    /// # Errors
    /// It is longer than anything that is sent.
    pub fn encode(&self) -> Result<Vec<u8>, PayloadFault> {
        Ok(codec::encode(self)?)
    }

    /// The calendar in a body.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadFault> {
        Ok(codec::decode(bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_and_assignments_survive_their_bytes() {
        let policy = PolicyV1 { policy: "meijia-2023".into(), number: 1, toml: "[policy]\n".into() };
        let bytes = policy.encode().expect("it encodes");
        assert_eq!(PolicyV1::decode(&bytes), Ok(policy));
        crate::wire::tests::keeps("policy-v1.bin", &bytes);

        let assignment = Assignment {
            unit: "511723205000".parse().expect("a unit id"),
            version: PolicyVersion { policy: "meijia-2023".into(), number: 1, digest: [9; 32] },
            from: "2023-05-10".parse().expect("a date"),
            to: None,
            serial: 3,
            issuer: None,
        };
        let bytes = AssignmentV1::encode(&assignment).expect("it encodes");
        assert_eq!(AssignmentV1::decode(&bytes), Ok(assignment));
        crate::wire::tests::keeps("assignment-v1.bin", &bytes);
    }
}
