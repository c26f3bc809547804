//! What a writing command asks, and what it is told.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use zhuji_protocol::unit::UnitId;

/// A writing command, resolved: files are absolute paths, policies flattened texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// `directory import`.
    ImportDirectory {
        /// The snapshot.
        file: PathBuf,
        /// From which day on; the first snapshot has none.
        on: Option<NaiveDate>,
        /// Closures were looked at by a person.
        confirmed: bool,
    },
    /// `token issue`.
    IssueToken {
        /// Who may enrol.
        unit: UnitId,
        /// As a hub, not as a node.
        as_hub: bool,
        /// Where the hub is reached, if it is not the kept address.
        address: Option<String>,
    },
    /// `revoke`.
    Revoke {
        /// Whose keys.
        unit: UnitId,
        /// The hub's, not the node's.
        as_hub: bool,
    },
    /// `policy assign`.
    AssignPolicy {
        /// To which unit.
        unit: UnitId,
        /// The flattened text.
        toml: String,
        /// The first day; the policy's `effective` if absent.
        from: Option<NaiveDate>,
        /// The last day.
        to: Option<NaiveDate>,
    },
    /// `calendar publish`.
    PublishCalendar {
        /// The text of the file.
        csv: String,
    },
    /// `backup` made a copy: for the trail.
    BackedUp {
        /// Its file's name.
        name: String,
    },
    /// `enrol`: the hub above let us in.
    EnrolledAbove {
        /// Where it listens.
        address: String,
        /// Whose hub it is.
        parent: UnitId,
        /// Its authority's certificate.
        authority: Vec<u8>,
        /// Its certificate for our key.
        certificate: Vec<u8>,
        /// The keys that it vouches for, encoded.
        vouched: Vec<Vec<u8>>,
    },
}

/// What the command prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// To standard output; done.
    Done(Vec<String>),
    /// To standard error; nothing was changed.
    Refused(Vec<String>),
}
