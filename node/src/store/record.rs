//! What every kind of record can do, so that one place writes changes with their audit entries.

use rusqlite::{Connection, Result};

/// A record that people make and change.
pub trait Record: Sized + PartialEq {
    /// Which kind.
    const KIND: Kind;

    /// What people and files call it.
    fn id(&self) -> &str;

    /// Everything in it, as the audit trail names it; an empty text is a field that holds nothing.
    fn fields(&self) -> Vec<(&'static str, String)>;

    /// The record with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find(db: &Connection, id: &str) -> Result<Option<Self>>;

    /// Writes it under its id, new or instead of what stood there. Only [`Change`](super::Change) calls this.
    ///
    /// # Errors
    /// When the store refuses it.
    fn write(&self, db: &Connection) -> Result<()>;

    /// Takes it out. Only [`Change`](super::Change) calls this.
    ///
    /// # Errors
    /// When something still refers to it.
    fn delete(&self, db: &Connection) -> Result<()>;
}

/// The kinds of record, as the audit trail names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum Kind {
    Leader,
    Talent,
    Pairing,
    Contact,
    Case,
    Event,
    Service,
    Report,
    Liaison,
    Review,
    Exemption,
    Unit,
    Setting,
    Policy,
    Assignment,
    Directory,
    Link,
    Store,
}

impl Kind {
    /// The kinds of record that people make, in the order of the files.
    pub fn of_records() -> impl Iterator<Item = Self> {
        [
            Self::Unit,
            Self::Leader,
            Self::Talent,
            Self::Pairing,
            Self::Contact,
            Self::Case,
            Self::Event,
            Self::Service,
            Self::Report,
            Self::Liaison,
            Self::Review,
            Self::Exemption,
        ]
        .into_iter()
    }

    /// The word in the trail, and in catalogue keys (`kind-…`).
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Talent => "talent",
            Self::Pairing => "pairing",
            Self::Contact => "contact",
            Self::Case => "case",
            Self::Event => "event",
            Self::Service => "service",
            Self::Report => "report",
            Self::Liaison => "liaison",
            Self::Review => "review",
            Self::Exemption => "exemption",
            Self::Unit => "unit",
            Self::Setting => "setting",
            Self::Policy => "policy",
            Self::Assignment => "assignment",
            Self::Directory => "directory",
            Self::Link => "link",
            Self::Store => "store",
        }
    }

    /// The word for many, as columns have it.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Leader => "leaders",
            Self::Talent => "talents",
            Self::Pairing => "pairings",
            Self::Contact => "contacts",
            Self::Case => "cases",
            Self::Event => "events",
            Self::Service => "services",
            Self::Report => "reports",
            Self::Liaison => "liaisons",
            Self::Review => "reviews",
            Self::Exemption => "exemptions",
            Self::Unit => "units",
            other => other.word(),
        }
    }

    /// What ids made here begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Leader => "L",
            Self::Talent => "T",
            Self::Pairing => "P",
            Self::Contact => "C",
            Self::Case => "Q",
            Self::Event => "E",
            Self::Service => "S",
            Self::Report => "R",
            Self::Liaison => "N",
            Self::Review => "V",
            _ => "X",
        }
    }

    /// The table whose ids must not be given twice.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Case => "request",
            other => other.word(),
        }
    }
}

/// What was done, as the audit trail names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "plain words")]
pub enum Act {
    Init,
    Add,
    Edit,
    End,
    Remove,
    Import,
    Receive,
    Erase,
    Backup,
    Restore,
    Confirm,
}

impl Act {
    /// The word in the trail.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Add => "add",
            Self::Edit => "edit",
            Self::End => "end",
            Self::Remove => "remove",
            Self::Import => "import",
            Self::Receive => "receive",
            Self::Erase => "erase",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Confirm => "confirm",
        }
    }
}
