//! Whose figures count here, and where: the directory as one hub sees it, with its child hubs and its assignments.
//!
//! A value without a database. It is the one thing that a store may keep between transactions, under the number
//! of its version.

use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zhuji_protocol::assignment::Assignments;
use zhuji_protocol::directory::Directory;
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::month::Month;
use zhuji_protocol::policy::Policy;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::subkey::Scope;

/// The months of one sender for one unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Who sends them.
    pub sender: Replica,
    /// Whose figures they are.
    pub unit: UnitId,
    /// The unit's own, or everything's below it as well.
    pub scope: Scope,
}

/// What a hub judges by.
#[derive(Clone, Debug)]
pub struct Territory {
    /// The number of this version; 0 before anything was written.
    pub version: u64,
    /// The hub's unit.
    pub own: UnitId,
    /// All units known here.
    pub directory: Directory,
    /// The units whose hubs are children of this one.
    pub child_hubs: BTreeSet<UnitId>,
    /// Which unit is under which policy.
    pub assignments: Assignments,
    /// Every version known of each policy.
    pub policies: BTreeMap<String, Vec<Arc<Policy>>>,
}

/// Why a sender's figures do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// The directory has no such unit.
    UnknownUnit,
    /// The sender may never write such a row.
    Never,
    /// It may in other months, but not in this one.
    NotInThisMonth,
}

impl Territory {
    /// The territory of a hub that knows nothing yet.
    #[must_use]
    pub fn empty(own: UnitId) -> Self {
        Self {
            version: 0,
            own,
            directory: Directory::default(),
            child_hubs: BTreeSet::new(),
            assignments: Assignments::default(),
            policies: BTreeMap::new(),
        }
    }

    /// The unit and those above it in `month`, nearest first, up to this hub's own; empty if that is not above it.
    ///
    /// Each step looks at its unit's own last valid day of the month. So every unit has one parent a month, and the
    /// rows of the children add up to the row of the parent even when a unit closes and its parent moves in one month.
    #[must_use]
    pub fn chain(&self, unit: &UnitId, month: Month) -> Vec<UnitId> {
        let mut chain: Vec<UnitId> = Vec::new();
        let mut next = Some(unit.clone());
        while let Some(unit) = next {
            let Some(day) = self.directory.last_day_in(&unit, month) else { return Vec::new() };
            if chain.contains(&unit) {
                return Vec::new();
            }
            let is_own = unit == self.own;
            next = self.directory.on(&unit, day).and_then(|attributes| attributes.parent.clone());
            chain.push(unit);
            if is_own {
                return chain;
            }
        }
        Vec::new()
    }

    /// The same on one day, for what has no month.
    #[must_use]
    pub fn chain_on(&self, unit: &UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut chain = self.directory.chain_on(unit, day);
        match chain.iter().position(|above| *above == self.own) {
            Some(at) => chain.truncate(at + 1),
            None => chain.clear(),
        }
        chain
    }

    /// Whether this hub assigns policies to the unit. Higher hubs act by inheritance: a hub assigns to its own unit and
    /// to those under no lower hub.
    #[must_use]
    pub fn assigns_to(&self, unit: &UnitId, from: NaiveDate) -> bool {
        let chain = self.chain_on(unit, from);
        let lower = chain.iter().any(|above| *above != self.own && self.child_hubs.contains(above));
        !chain.is_empty() && !lower
    }

    /// The units for which the series counts in `month`; empty if it does not.
    #[must_use]
    pub fn counts_for(&self, series: &Series, month: Month) -> Vec<UnitId> {
        let chain = self.chain(&series.unit, month);
        if self.may_send(series, &chain) { chain } else { Vec::new() }
    }

    /// Whether the sender's figures are the ones that count, given where the unit stands.
    ///
    /// A node sends its unit's own, where no child hub is between. A child hub sends its own unit's own, and the
    /// subtrees of its direct children, where no other child hub is nearer.
    #[must_use]
    pub fn may_send(&self, series: &Series, chain: &[UnitId]) -> bool {
        if chain.is_empty() {
            return false;
        }
        let nearest = chain.iter().find(|above| **above != self.own && self.child_hubs.contains(above));
        match series.sender.role {
            Role::Node => {
                series.sender.unit == series.unit && series.scope == Scope::Own && nearest.is_none()
            }
            Role::Hub => {
                let is_own = series.unit == series.sender.unit;
                nearest == Some(&series.sender.unit)
                    && match series.scope {
                        Scope::Own => is_own,
                        Scope::Subtree => !is_own && chain.get(1) == Some(&series.sender.unit),
                    }
            }
        }
    }

    /// Whether an arriving month is taken.
    ///
    /// # Errors
    /// It does not count here: why.
    pub fn takes(&self, series: &Series, month: Month) -> Result<(), Elsewhere> {
        if self.directory.get(&series.unit).is_none() {
            return Err(Elsewhere::UnknownUnit);
        }
        if !self.counts_for(series, month).is_empty() {
            return Ok(());
        }
        let ever = self.turns(&series.unit).into_iter().any(|turn| !self.counts_for(series, turn).is_empty());
        Err(if ever { Elsewhere::NotInThisMonth } else { Elsewhere::Never })
    }

    /// The months in which a unit's place may differ from the month before, and one before all of them.
    #[must_use]
    pub fn turns(&self, unit: &UnitId) -> BTreeSet<Month> {
        let mut turns = BTreeSet::new();
        let all = self.directory.ever_above(unit);
        for span in all.iter().filter_map(|above| self.directory.get(above)).flat_map(|entry| &entry.spans) {
            turns.extend(span.from.map(Month::of));
            if let Some(to) = span.to {
                // Up to its last day the unit is where it was; what follows begins in this month or the next.
                turns.extend([Month::of(to), Month::of(to).next()]);
                turns.extend(to.succ_opt().map(Month::of));
            }
        }
        let first = turns.first().copied().or_else(|| Month::from_number(1900 * 12));
        turns.extend(first.map(Month::previous));
        turns
    }

    /// The first month from which on a replica's rows count without a break; `None`: all of them ever did.
    #[must_use]
    pub fn from_month(&self, replica: &Replica) -> Option<Month> {
        let series = Series { sender: replica.clone(), unit: replica.unit.clone(), scope: Scope::Own };
        let turns = self.turns(&replica.unit);
        let mut first = None;
        for turn in turns.iter().rev() {
            if self.counts_for(&series, *turn).is_empty() {
                return first;
            }
            first = Some(*turn);
        }
        None
    }

    /// The direct child of this hub through which a chain runs; `None` for the hub's own unit.
    #[must_use]
    pub fn branch(chain: &[UnitId]) -> Option<&UnitId> {
        chain.len().checked_sub(2).and_then(|at| chain.get(at))
    }

    /// Whether figures under a policy's own keys go on upward: only if it is assigned above this hub's unit.
    pub fn keeps(&self) -> impl Fn(&str) -> bool {
        let mut above = self.directory.ever_above(&self.own);
        above.remove(&self.own);
        move |policy| self.assignments.names(policy, &above)
    }

    /// Every version known of a policy that is assigned to the unit or above it.
    pub fn policies_of<'t>(&'t self, unit: &UnitId) -> impl Fn(&str) -> Vec<&'t Policy> + use<'t> {
        let above = self.directory.ever_above(unit);
        move |policy: &str| {
            let versions = self.policies.get(policy).filter(|_| self.assignments.names(policy, &above));
            versions.into_iter().flatten().map(AsRef::as_ref).collect()
        }
    }

    /// Whether a date is later than tomorrow.
    #[must_use]
    pub fn is_from_the_future(day: NaiveDate, today: NaiveDate) -> bool {
        today.checked_add_days(Days::new(1)).is_some_and(|tomorrow| day > tomorrow)
    }
}

#[cfg(test)]
mod tests;
