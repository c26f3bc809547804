//! What a writing command asks, and what it is told.

use super::ReportRequest;
use crate::store::Ruling;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
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
    /// `suspend`, `resume`, `ban`, `retire`, `revoke`.
    Rule {
        /// Whose replica.
        unit: UnitId,
        /// Its hub, not its node.
        as_hub: bool,
        /// What is ruled.
        ruling: Ruling,
        /// Why, for the trail.
        reason: String,
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
    /// `report`: of the hub that runs, which has the directory at hand.
    Report(ReportRequest),
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
    /// `enrol`, before the hub above is asked: the key to ask with, unless one is kept already.
    KeepNewcomerKey {
        /// A fresh one.
        fresh: PrivateKey,
    },
    /// `aside settle`: months of a child are right as they are.
    SettleAside {
        /// Whose.
        unit: UnitId,
        /// The hub's, not the node's.
        as_hub: bool,
        /// The month's number; none: all of them.
        month: Option<i32>,
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
    /// A private key, for the command of the store's owner.
    Key(PrivateKey),
    /// To standard error; nothing was changed.
    Refused(Vec<String>),
}

/// A private key, PKCS#8, on its way between two programs of the store's owner.
#[derive(Clone, Serialize, Deserialize)]
pub struct PrivateKey(pub Vec<u8>);

impl fmt::Debug for PrivateKey {
    /// Without the key: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}
