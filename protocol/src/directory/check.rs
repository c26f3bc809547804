//! What no directory may hold: circles, orphans, two parents on one day.

use super::Directory;
use crate::texts::{Language, Told};
use crate::unit::UnitId;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Why a directory is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryFault {
    /// A unit stands above itself.
    Circle {
        /// The unit.
        unit: UnitId,
        /// A day on which it does.
        day: Option<NaiveDate>,
    },
    /// The parent does not exist on a day on which the unit does.
    Orphan {
        /// The unit.
        unit: UnitId,
        /// The parent that is missing.
        parent: UnitId,
        /// The first such day; none: from the beginning.
        day: Option<NaiveDate>,
    },
    /// Two spans of the unit share a day.
    TwoParents {
        /// The unit.
        unit: UnitId,
        /// The first such day.
        day: Option<NaiveDate>,
    },
}

impl Directory {
    /// Everything wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<DirectoryFault> {
        let mut faults = Vec::new();
        for entry in self.entries() {
            for pair in entry.spans.windows(2) {
                let apart = pair[0].to.zip(pair[1].from).is_some_and(|(to, from)| to < from);
                if !apart {
                    faults.push(DirectoryFault::TwoParents { unit: entry.id.clone(), day: pair[1].from });
                }
            }
            for span in &entry.spans {
                let Some(parent) = &span.attributes.parent else { continue };
                if let Some(day) = self.first_gap(parent, span.from, span.to) {
                    faults.push(DirectoryFault::Orphan {
                        unit: entry.id.clone(),
                        parent: parent.clone(),
                        day,
                    });
                }
            }
        }
        faults.extend(self.circles());
        faults
    }

    /// The first day of from..to on which `parent` does not exist. The outer `None`: there is no such day.
    fn first_gap(
        &self,
        parent: &UnitId,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Option<Option<NaiveDate>> {
        let Some(entry) = self.get(parent) else { return Some(from) };
        // The day up to which existence is shown; `None` is the beginning of time.
        let mut reached = from;
        for span in &entry.spans {
            let begins_in_time = span.from.is_none_or(|begin| reached.is_some_and(|day| begin <= day));
            if !begins_in_time {
                break;
            }
            match span.to {
                None => return None,
                Some(end) if reached.is_none_or(|day| day <= end) => {
                    if to.is_some_and(|to| to <= end) {
                        return None;
                    }
                    reached = end.succ_opt();
                }
                Some(_) => {}
            }
        }
        Some(reached)
    }

    /// A circle can only begin on a day on which some span begins, so those days are looked at.
    fn circles(&self) -> Vec<DirectoryFault> {
        let days: BTreeSet<Option<NaiveDate>> =
            self.entries().flat_map(|entry| entry.spans.iter().map(|span| span.from)).collect();
        let mut found = BTreeMap::new();
        for day in days {
            for unit in self.in_circles_on(day.unwrap_or(NaiveDate::MIN)) {
                found.entry(unit).or_insert(day);
            }
        }
        found.into_iter().map(|(unit, day)| DirectoryFault::Circle { unit, day }).collect()
    }

    fn in_circles_on(&self, day: NaiveDate) -> BTreeSet<UnitId> {
        let mut settled: BTreeSet<&UnitId> = BTreeSet::new();
        let mut circles = BTreeSet::new();
        for entry in self.entries() {
            let mut path: Vec<&UnitId> = Vec::new();
            let mut next = Some(&entry.id);
            while let Some(unit) = next.filter(|unit| !settled.contains(unit)) {
                if let Some(begin) = path.iter().position(|seen| *seen == unit) {
                    circles.extend(path[begin..].iter().map(|unit| (*unit).clone()));
                    break;
                }
                path.push(unit);
                next = self.on(unit, day).and_then(|attributes| attributes.parent.as_ref());
            }
            settled.extend(path);
        }
        circles
    }
}

impl Told for DirectoryFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Circle { .. } => "fault-directory-circle",
            Self::Orphan { .. } => "fault-directory-orphan",
            Self::TwoParents { .. } => "fault-directory-two-parents",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        let day_text = |day: &Option<NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        match self {
            Self::Circle { unit, day } | Self::TwoParents { unit, day } => {
                vec![("unit", unit.to_string()), ("day", day_text(day))]
            }
            Self::Orphan { unit, parent, day } => {
                vec![("unit", unit.to_string()), ("parent", parent.to_string()), ("day", day_text(day))]
            }
        }
    }
}

impl fmt::Display for DirectoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for DirectoryFault {}
