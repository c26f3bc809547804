//! The directory: units form a tree whose codes, names, levels and parents are dated (design, section 1).
//!
//! Nothing here derives a parent or a level from digits.

mod check;
mod entry;
mod snapshot;

pub use check::DirectoryFault;
pub use entry::{Attributes, Entry, Span};
pub use snapshot::{Difference, Row, SnapshotFault, read_snapshot};

use crate::month::Month;
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

/// All units that a program knows, with their history. Copies share entries: that of a country has hundreds of
/// thousands, of which a change touches few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    entries: BTreeMap<UnitId, Arc<Entry>>,
    /// Every unit that was ever somebody's parent, with those below it at some time.
    children: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// Every day from which on something stands otherwise than the day before, and how many spans turn on it: so
    /// that a question about today need not look at a country's units.
    turns: BTreeMap<NaiveDate, usize>,
}

impl Directory {
    /// A directory of these entries.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut directory = Self::default();
        for entry in entries {
            directory.put(entry);
        }
        directory
    }

    /// Takes an entry in, in place of the one under the same id.
    pub fn put(&mut self, entry: Entry) {
        if let Some(old) = self.entries.remove(&entry.id) {
            for day in turning_days(&old) {
                if let Some(count) = self.turns.get_mut(&day) {
                    *count -= 1;
                    if *count == 0 {
                        self.turns.remove(&day);
                    }
                }
            }
            for parent in old.parents() {
                if let Some(children) = self.children.get_mut(parent) {
                    children.remove(&old.id);
                }
            }
        }
        for day in turning_days(&entry) {
            *self.turns.entry(day).or_default() += 1;
        }
        for parent in entry.parents() {
            self.children.entry(parent.clone()).or_default().insert(entry.id.clone());
        }
        self.entries.insert(entry.id.clone(), Arc::new(entry));
    }

    /// The entry under `id`.
    #[must_use]
    pub fn get(&self, id: &UnitId) -> Option<&Entry> {
        self.entries.get(id).map(AsRef::as_ref)
    }

    /// Every entry, by id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(AsRef::as_ref)
    }

    /// How many units it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What was true of the unit on that day; `None` before it began or after it closed.
    #[must_use]
    pub fn on(&self, id: &UnitId, day: NaiveDate) -> Option<&Attributes> {
        self.entries.get(id)?.on(day)
    }

    /// The unit and those above it on that day, nearest first. Empty if the unit did not exist.
    #[must_use]
    pub fn chain_on(&self, id: &UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(unit) = next {
            let Some(attributes) = self.on(unit, day) else { break };
            // A circle is refused when the directory is written; a reader does not hang on one all the same.
            if chain.contains(unit) {
                break;
            }
            chain.push(unit.clone());
            next = attributes.parent.as_ref();
        }
        chain
    }

    /// Whether `top` is the unit or stands above it on that day.
    #[must_use]
    pub fn covers_on(&self, top: &UnitId, id: &UnitId, day: NaiveDate) -> bool {
        self.chain_on(id, day).contains(top)
    }

    /// The unit and those above it on its last valid day in `month`: for these an item of that month counts.
    #[must_use]
    pub fn chain_in(&self, id: &UnitId, month: Month) -> Vec<UnitId> {
        self.last_day_in(id, month).map_or_else(Vec::new, |day| self.chain_on(id, day))
    }

    /// The unit's last valid day in `month`.
    #[must_use]
    pub fn last_day_in(&self, id: &UnitId, month: Month) -> Option<NaiveDate> {
        self.entries.get(id)?.last_day_in(month)
    }

    /// The units whose parent is `id` on that day, by id.
    pub fn children_on(&self, id: &UnitId, day: NaiveDate) -> impl Iterator<Item = &UnitId> {
        self.ever_below(id).filter(move |child| {
            self.on(child, day).is_some_and(|attributes| attributes.parent.as_ref() == Some(id))
        })
    }

    /// The units whose parent was `id` at any time, by id.
    pub fn ever_below(&self, id: &UnitId) -> impl Iterator<Item = &UnitId> {
        self.children.get(id).into_iter().flatten()
    }

    /// The unit and everything that was below it at any time.
    #[must_use]
    pub fn ever_under(&self, top: &UnitId) -> BTreeSet<UnitId> {
        self.ever_under_any([top])
    }

    /// The same for several at once.
    #[must_use]
    pub fn ever_under_any<'u>(&self, tops: impl IntoIterator<Item = &'u UnitId>) -> BTreeSet<UnitId> {
        let mut open: Vec<UnitId> = tops.into_iter().cloned().collect();
        let mut found: BTreeSet<UnitId> = open.iter().cloned().collect();
        while let Some(unit) = open.pop() {
            for child in self.ever_below(&unit) {
                if found.insert(child.clone()) {
                    open.push(child.clone());
                }
            }
        }
        found
    }

    /// The units that ever stood above it, itself included.
    #[must_use]
    pub fn ever_above(&self, id: &UnitId) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::from([id.clone()]);
        let mut open = vec![id.clone()];
        while let Some(unit) = open.pop() {
            for parent in self.get(&unit).into_iter().flat_map(Entry::parents) {
                if found.insert(parent.clone()) {
                    open.push(parent.clone());
                }
            }
        }
        found
    }

    /// Whether `top` was the unit or above it at any time.
    #[must_use]
    pub fn ever_covers(&self, top: &UnitId, id: &UnitId) -> bool {
        self.ever_above(id).contains(top)
    }

    /// Whether any unit's place may differ between two days.
    #[must_use]
    pub fn turns_between(&self, one: NaiveDate, other: NaiveDate) -> bool {
        let (first, last) = (one.min(other), one.max(other));
        first != last && self.turns.range((Bound::Excluded(first), Bound::Included(last))).next().is_some()
    }

    /// The units without a parent today.
    pub fn tops_on(&self, day: NaiveDate) -> impl Iterator<Item = &Entry> {
        self.entries().filter(move |entry| entry.on(day).is_some_and(|found| found.parent.is_none()))
    }
}

/// The days on which a span of the entry begins, and those after which one has ended.
fn turning_days(entry: &Entry) -> impl Iterator<Item = NaiveDate> {
    let ended = |span: &Span| span.to.and_then(|to| to.succ_opt());
    entry.spans.iter().flat_map(move |span| [span.from, ended(span)]).flatten()
}

#[cfg(test)]
mod tests;
