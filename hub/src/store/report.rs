//! What is asked of the store to be shown, and what checking it finds.

use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;

/// An entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the trail")]
pub struct AuditEntry {
    pub number: u64,
    pub at: String,
    pub who: String,
    pub act: String,
    pub subject: String,
    pub detail: String,
}

/// What checking everything found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Everything follows from the signed items.
    Whole(Checked),
    /// The first thing that does not fit.
    Broken(Misfit),
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "what was counted")]
pub struct Checked {
    pub batches: u64,
    pub items: u64,
    pub rows: u64,
    pub onward: u64,
    pub published: u64,
    pub entries: u64,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A batch whose leaves or signature do not hold.
    Batch {
        /// Who is said to have sent it.
        sender: Replica,
        /// Its last mark.
        through: u64,
    },
    /// An item that is not what its batch was signed over, or does not stand under its own key.
    Item {
        /// Who is said to have sent it.
        sender: Replica,
        /// Its key.
        key: ItemKey,
    },
    /// A row that is not the sum of the items.
    Row {
        /// The unit.
        unit: UnitId,
        /// The month.
        month: Month,
    },
    /// A row for the hub above that does not follow from the rows here.
    Onward {
        /// Its key.
        key: ItemKey,
    },
    /// A published row whose proof does not hold.
    Published {
        /// Its key.
        key: ItemKey,
    },
    /// The end of a child's audit chain whose row was changed here.
    Anchor {
        /// Whose chain.
        sender: Replica,
        /// How many entries it told.
        entries: u64,
    },
    /// An entry of the trail that does not follow from the one before.
    Audit {
        /// Its number.
        number: u64,
    },
}
