//! What does not fit: at which level, of which sender, unit and month, and what about it.

use chrono::{DateTime, Utc};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::texts::Told;
use zhuji_protocol::unit::UnitId;

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The unit whose hub's level it is.
    pub level: UnitId,
    /// Who is said to have sent or written it, if anybody.
    pub sender: Option<Replica>,
    /// Whose figures, if it is about one unit's.
    pub unit: Option<UnitId>,
    /// Of which month, if it is about one.
    pub month: Option<Month>,
    /// What does not fit.
    pub what: What,
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A record of the export that cannot be read; its number.
    Record(u64),
    /// The export's seal: something in the file was changed since the hub wrote it.
    Seal,
    /// The hub's own certificate or authority.
    Authority,
    /// A key that the hub's authority did not certify for its holder.
    Certificate,
    /// Something that there can be only one of stands twice.
    Twice,
    /// A batch signed by no key of its sender's.
    BatchKey,
    /// A batch whose root is not that of its leaves.
    BatchRoot,
    /// A batch whose signature does not hold.
    BatchSignature,
    /// An item that is none.
    ItemBytes,
    /// An item that is not what its batch was signed over.
    ItemLeaf,
    /// A directory entry or assignment whose writer's proof does not hold.
    Published,
    /// A directory entry or assignment that is signed by none of its writer's keys, as the writer's own level has them.
    Writer,
    /// A figure that is not the sum of the items.
    Figure,
    /// A row for the hub above whose value is not the sum of what it was made of.
    Onward,
    /// A row for the hub above that was made of other items.
    MadeOf,
    /// A row for the hub above that has no form.
    OnwardBytes,
    /// The level names another hub above it.
    Parent,
    /// The lower level has no key that the level above certified for it.
    SenderKey,
    /// The level above holds another value than this level says it sent.
    NextValue,
    /// The level above holds a row that this level does not have.
    NextMissing,
    /// The row of an anchor does not follow from the one before.
    Anchor,
}

impl Misfit {
    /// About the level as a whole.
    #[must_use]
    pub fn of_level(level: &UnitId, what: What) -> Self {
        Self { level: level.clone(), sender: None, unit: None, month: None, what }
    }

    /// About what a sender sent.
    #[must_use]
    pub fn of_sender(level: &UnitId, sender: &Replica, what: What) -> Self {
        Self { sender: Some(sender.clone()), ..Self::of_level(level, what) }
    }

    /// The same, about one unit.
    #[must_use]
    pub fn about(self, unit: &UnitId, month: Option<Month>) -> Self {
        Self { unit: Some(unit.clone()), month, ..self }
    }
}

impl Told for Misfit {
    fn key(&self) -> &'static str {
        match self.what {
            What::Record(_) => "proof-misfit-record",
            What::Seal => "proof-misfit-seal",
            What::Authority => "proof-misfit-authority",
            What::Certificate => "proof-misfit-certificate",
            What::Twice => "proof-misfit-twice",
            What::BatchKey => "proof-misfit-batch-key",
            What::BatchRoot => "proof-misfit-batch-root",
            What::BatchSignature => "proof-misfit-batch-signature",
            What::ItemBytes => "proof-misfit-item-bytes",
            What::ItemLeaf => "proof-misfit-item-leaf",
            What::Published => "proof-misfit-published",
            What::Writer => "proof-misfit-writer",
            What::Figure => "proof-misfit-figure",
            What::Onward => "proof-misfit-onward",
            What::MadeOf => "proof-misfit-made-of",
            What::OnwardBytes => "proof-misfit-onward-bytes",
            What::Parent => "proof-misfit-parent",
            What::SenderKey => "proof-misfit-sender-key",
            What::NextValue => "proof-misfit-next-value",
            What::NextMissing => "proof-misfit-next-missing",
            What::Anchor => "proof-misfit-anchor",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let mut args = vec![
            ("level", self.level.to_string()),
            ("sender", or_dash(self.sender.as_ref().map(Replica::to_string))),
            ("unit", or_dash(self.unit.as_ref().map(UnitId::to_string))),
            ("month", or_dash(self.month.map(|month| month.to_string()))),
        ];
        if let What::Record(number) = self.what {
            args.push(("number", number.to_string()));
        }
        args
    }
}

/// What is left open and is no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// Nobody handed in the level of this hub: below it nothing is proven.
    NotProvenBelow {
        /// The level that holds its items.
        level: UnitId,
        /// The hub.
        hub: UnitId,
    },
    /// The lower level has written the row anew since the upper one took it: the two were not taken at one time.
    MovedOn {
        /// The lower level.
        level: UnitId,
        /// Whose figures.
        unit: UnitId,
        /// Of which month.
        month: Month,
    },
    /// A level that hangs under none of the others.
    Apart {
        /// The level.
        level: UnitId,
    },
    /// The extent of the lower level's export leaves the row out.
    OutsideExtent {
        /// The lower level.
        level: UnitId,
        /// Whose figures.
        unit: UnitId,
        /// Of which month.
        month: Month,
    },
}

impl Told for Open {
    fn key(&self) -> &'static str {
        match self {
            Self::NotProvenBelow { .. } => "proof-open-below",
            Self::MovedOn { .. } => "proof-open-moved-on",
            Self::OutsideExtent { .. } => "proof-open-extent",
            Self::Apart { .. } => "proof-open-apart",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotProvenBelow { level, hub } => {
                vec![("level", level.to_string()), ("hub", hub.to_string())]
            }
            Self::Apart { level } => vec![("level", level.to_string())],
            Self::MovedOn { level, unit, month } | Self::OutsideExtent { level, unit, month } => {
                vec![("level", level.to_string()), ("unit", unit.to_string()), ("month", month.to_string())]
            }
        }
    }
}

/// A moment in milliseconds as people read it.
#[must_use]
pub fn moment(ms: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(ms).map_or_else(|| ms.to_string(), |at| at.to_rfc3339())
}
