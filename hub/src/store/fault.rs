//! Why the store could not do what was asked, told as what to do next.

use crate::revocations::RevocationsFault;
use crate::store::report::Misfit;
use crate::store::setup::Author;
use crate::store::standing::Standing;
use std::path::PathBuf;
use thiserror::Error;
use zhuji_protocol::assignment::PolicyVersion;
use zhuji_protocol::console::{Failure, ToldFault};
use zhuji_protocol::directory::DirectoryFault;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::texts::{Language, Told, text_with};
use zhuji_protocol::unit::UnitId;

/// A situation of the hub's store.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// There is no such file.
    #[error("{}", self.tell(Language::English))]
    NotThere(PathBuf),
    /// Something is there already where a store should be made.
    #[error("{}", self.tell(Language::English))]
    AlreadyThere(PathBuf),
    /// The folder in which a store should be made does not exist.
    #[error("{}", self.tell(Language::English))]
    NoFolder(PathBuf),
    /// The file is something else.
    #[error("{}", self.tell(Language::English))]
    NotAStore(PathBuf),
    /// The file is cut off or its pages do not fit together.
    #[error("{}", self.tell(Language::English))]
    Damaged(PathBuf),
    /// The store was written by a newer program.
    #[error("{}", self.tell(Language::English))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Something in a copy does not hold.
    #[error("{}", self.tell(Language::English))]
    Unsound {
        /// The copy.
        path: PathBuf,
        /// What.
        misfit: Misfit,
    },
    /// The copy is of one hub, the store in whose place it should come of another.
    #[error("{}", self.tell(Language::English))]
    OtherHub {
        /// Of whose hub the copy is.
        copy: UnitId,
        /// Whose store stands there.
        there: UnitId,
    },
    /// A store cannot take its own place.
    #[error("{}", self.tell(Language::English))]
    Itself(PathBuf),
    /// Another process owns the store.
    #[error("{}", self.tell(Language::English))]
    Owned(PathBuf),
    /// Another program wrote for longer than we wait.
    #[error("{}", self.tell(Language::English))]
    Busy,
    /// There is no room on the disk.
    #[error("{}", self.tell(Language::English))]
    DiskFull,
    /// The file or its folder may not be read or written.
    #[error("{}", self.tell(Language::English))]
    NotAllowed(PathBuf),
    /// The directory would not be one.
    #[error("{}", self.tell(Language::English))]
    Directory(Vec<DirectoryFault>),
    /// The hub above writes the directory.
    #[error("{}", self.tell(Language::English))]
    DirectoryFromAbove,
    /// It is enrolled under another hub already.
    #[error("{}", self.tell(Language::English))]
    OtherParent(Replica),
    /// The directory has no such unit.
    #[error("{}", self.tell(Language::English))]
    UnknownUnit(UnitId),
    /// The unit is not under this hub, or under a lower one.
    #[error("{}", self.tell(Language::English))]
    NotOurUnit(UnitId),
    /// No such replica is enrolled here.
    #[error("{}", self.tell(Language::English))]
    UnknownReplica(Replica),
    /// What was ruled does not fit how the replica stands.
    #[error("{}", self.tell(Language::English))]
    RulingUnfit(Replica, Standing),
    /// A replica that is suspended or banned gets no token.
    #[error("{}", self.tell(Language::English))]
    NoToken(Replica, Standing),
    /// A replica asks for a certificate of a key that was given up, is another's, or is one too many.
    #[error("{}", self.tell(Language::English))]
    KeyUnfit(Replica),
    /// The file beside the store that says who was put out cannot be written.
    #[error("{}", self.tell(Language::English))]
    RevocationsUnwritable(std::io::Error),
    /// What was ruled since a backup cannot be read, so that the backup is not put to use.
    #[error("{}", self.tell(Language::English))]
    RevocationsUnread(RevocationsFault),
    /// No such version of a policy is known here.
    #[error("{}", self.tell(Language::English))]
    UnknownPolicy(PolicyVersion),
    /// What should be published is longer than anything that is sent.
    #[error("{}", self.tell(Language::English))]
    TooLong,
    /// What stands in the store is not what this program wrote.
    #[error("{}", self.tell(Language::English))]
    Unreadable(&'static str),
    /// A system call failed.
    #[error(transparent)]
    Io(std::io::Error),
    /// Something that the database refused and nobody foresaw.
    #[error(transparent)]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

impl StoreFault {
    /// Whether trying again can help without anyone stepping in.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl Author {
    /// The replica whose message caused it.
    #[must_use]
    pub fn of_link(replica: &Replica, at: chrono::DateTime<chrono::Utc>) -> Self {
        Self { who: replica.to_string(), at }
    }
}

impl From<std::io::Error> for StoreFault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        match fault {
            // Every one at once: a person has to mend them all.
            StoreFault::Directory(faults) => {
                Self::Told(faults.into_iter().map(|fault| Box::new(fault) as Box<dyn ToldFault>).collect())
            }
            told => Self::told(told),
        }
    }
}

impl Told for StoreFault {
    fn key(&self) -> &'static str {
        match self {
            Self::NotThere(_) => "hub-store-not-there",
            Self::AlreadyThere(_) => "hub-store-already-there",
            Self::NotAStore(_) => "hub-store-no-store",
            // In the middle of a question the file's name is not at hand; there is only the one store.
            Self::Damaged(path) if path.as_os_str().is_empty() => "hub-store-damaged-inside",
            Self::Damaged(_) => "hub-store-damaged",
            Self::NoFolder(_) => "hub-store-no-folder",
            Self::Newer { .. } => "hub-store-newer",
            Self::Unsound { .. } => "hub-store-unsound",
            Self::OtherHub { .. } => "hub-store-other-hub",
            Self::Itself(_) => "store-itself",
            Self::Owned(_) => "hub-store-owned",
            Self::Busy => "hub-store-busy",
            Self::DiskFull => "hub-store-disk-full",
            Self::NotAllowed(path) if path.as_os_str().is_empty() => "hub-store-read-only",
            Self::NotAllowed(_) => "hub-store-not-allowed",
            Self::Directory(_) => "hub-store-directory",
            Self::DirectoryFromAbove => "hub-store-directory-from-above",
            Self::OtherParent(_) => "hub-store-other-parent",
            Self::UnknownUnit(_) => "hub-store-unknown-unit",
            Self::NotOurUnit(_) => "hub-store-not-our-unit",
            Self::UnknownReplica(_) => "hub-store-unknown-replica",
            Self::RulingUnfit(_, standing) => match standing {
                Standing::Active | Standing::Replaced => "ruling-unfit-active",
                Standing::Suspended => "ruling-unfit-suspended",
                Standing::Banned => "ruling-unfit-banned",
                Standing::Retired => "ruling-unfit-retired",
                Standing::Revoked => "ruling-unfit-revoked",
                Standing::Forked => "ruling-unfit-forked",
            },
            Self::NoToken(_, Standing::Banned) => "no-token-banned",
            Self::NoToken(..) => "no-token-suspended",
            Self::KeyUnfit(_) => "hub-store-key-unfit",
            Self::RevocationsUnwritable(_) => "revocations-unwritable",
            Self::RevocationsUnread(fault) => fault.key(),
            Self::UnknownPolicy(_) => "hub-store-unknown-policy",
            Self::TooLong => "hub-store-too-long",
            Self::Unreadable(_) => "hub-store-unreadable",
            Self::Io(_) | Self::Database(_) => "fault-unexpected",
        }
    }

    fn tell(&self, language: Language) -> String {
        let mut args = self.args();
        if let Self::Unsound { misfit, .. } = self {
            args.push(("what", misfit.tell(language)));
        }
        text_with(language, self.key(), &args)
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotThere(path)
            | Self::AlreadyThere(path)
            | Self::NotAStore(path)
            | Self::NoFolder(path)
            | Self::Damaged(path)
            | Self::Owned(path)
            | Self::Itself(path)
            | Self::NotAllowed(path) => vec![("path", path.display().to_string())],
            Self::Newer { path, found, known } => vec![
                ("path", path.display().to_string()),
                ("found", found.to_string()),
                ("known", known.to_string()),
            ],
            Self::Unsound { path, .. } => vec![("path", path.display().to_string())],
            Self::OtherHub { copy, there } => {
                vec![("copy", copy.to_string()), ("there", there.to_string())]
            }
            Self::Directory(faults) => vec![("count", faults.len().to_string())],
            Self::UnknownUnit(unit) | Self::NotOurUnit(unit) => vec![("unit", unit.to_string())],
            Self::OtherParent(replica)
            | Self::UnknownReplica(replica)
            | Self::KeyUnfit(replica)
            | Self::RulingUnfit(replica, _)
            | Self::NoToken(replica, _) => {
                vec![("replica", replica.to_string()), ("unit", replica.unit.to_string())]
            }
            Self::UnknownPolicy(version) => {
                vec![("policy", version.policy.clone()), ("number", version.number.to_string())]
            }
            Self::Unreadable(what) => vec![("what", (*what).to_owned())],
            Self::RevocationsUnread(fault) => fault.args(),
            Self::Io(error) | Self::RevocationsUnwritable(error) => vec![("what", error.to_string())],
            Self::Database(error) => vec![("what", error.to_string())],
            Self::Busy | Self::DiskFull | Self::DirectoryFromAbove | Self::TooLong => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_has_its_words_in_both_languages() {
        let version = PolicyVersion { policy: "p".into(), number: 1, digest: [0; 32] };
        let unit: UnitId = "430981000000".parse().expect("a unit");
        for fault in [
            StoreFault::NotThere("x".into()),
            StoreFault::AlreadyThere("x".into()),
            StoreFault::NotAStore("x".into()),
            StoreFault::Damaged("x".into()),
            StoreFault::Damaged("".into()),
            StoreFault::NoFolder("x".into()),
            StoreFault::Newer { path: "x".into(), found: 2, known: 1 },
            StoreFault::Owned("x".into()),
            StoreFault::Itself("x".into()),
            StoreFault::Unsound { path: "x".into(), misfit: Misfit::Audit { number: 1 } },
            StoreFault::OtherHub { copy: unit.clone(), there: unit.clone() },
            StoreFault::Busy,
            StoreFault::DiskFull,
            StoreFault::NotAllowed("x".into()),
            StoreFault::NotAllowed("".into()),
            StoreFault::Directory(Vec::new()),
            StoreFault::DirectoryFromAbove,
            StoreFault::UnknownUnit(unit.clone()),
            StoreFault::NotOurUnit(unit.clone()),
            StoreFault::UnknownReplica(Replica::node(unit.clone())),
            StoreFault::OtherParent(Replica::hub(unit.clone())),
            StoreFault::NoToken(Replica::hub(unit.clone()), Standing::Suspended),
            StoreFault::NoToken(Replica::hub(unit.clone()), Standing::Banned),
            StoreFault::KeyUnfit(Replica::hub(unit.clone())),
            StoreFault::RevocationsUnwritable(std::io::Error::other("x")),
            StoreFault::RevocationsUnread(RevocationsFault::Malformed { path: "x".into(), line: 1 }),
            StoreFault::RulingUnfit(Replica::hub(unit.clone()), Standing::Active),
            StoreFault::RulingUnfit(Replica::hub(unit.clone()), Standing::Suspended),
            StoreFault::RulingUnfit(Replica::hub(unit.clone()), Standing::Banned),
            StoreFault::RulingUnfit(Replica::hub(unit.clone()), Standing::Retired),
            StoreFault::RulingUnfit(Replica::hub(unit), Standing::Revoked),
            StoreFault::UnknownPolicy(version),
            StoreFault::TooLong,
            StoreFault::Unreadable("x"),
        ] {
            for language in [Language::Chinese, Language::English] {
                let told = fault.tell(language);
                assert_ne!(told, fault.key());
                assert!(!told.contains('{') && !told.contains('$'), "{told}");
            }
        }
    }
}
