//! What earlier lives of a child had reported and its present one has not: to be entered again, or confirmed as gone.

use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::{Shortfall, Summary};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::subkey::Scope;

/// A month of which more was known than is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingMonth {
    /// At which end it has to be seen to: the child that reported it, or this hub itself where the hub above misses it.
    pub replica: Replica,
    /// Whose figures.
    pub unit: UnitId,
    /// The month.
    pub month: Month,
    /// The office's own, or its subtree's.
    pub scope: Scope,
    /// What was known.
    pub known: Summary,
    /// What counts now.
    pub now: Summary,
}

impl MissingMonth {
    /// The figures that are less than they were.
    #[must_use]
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        self.now.shortfalls(&self.known)
    }
}

/// Everything that a restore, here or at another end, left to be seen to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// What children had reported before.
    pub of_children: Vec<MissingMonth>,
    /// What the hub above had of this hub before.
    pub of_us: Vec<MissingMonth>,
    /// What the hub above had handed down before, and did not again. It holds here until it is written anew there.
    pub handed_down: Vec<ItemKey>,
}
