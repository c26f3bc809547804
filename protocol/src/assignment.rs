//! Which policy a unit is under, and since when: timelines of assignments (design, section 3, "Which policy").

use crate::directory::Directory;
use crate::unit::UnitId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One version of a policy: the issuing hub's number and the SHA-256 of the flattened text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy's id.
    pub policy: String,
    /// The issuing hub's number; 0: chosen at the office itself by `init --policy`.
    pub number: u32,
    /// SHA-256 of the flattened text.
    pub digest: [u8; 32],
}

/// A policy assigned to a unit, and so to everything below it that has none of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The unit it is assigned to.
    pub unit: UnitId,
    /// The version.
    pub version: PolicyVersion,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none: open.
    pub to: Option<NaiveDate>,
    /// Of two assignments of a unit that begin on one day, the later serial holds.
    pub serial: u32,
    /// The hub that assigned it: what it assigned ends the day before the unit comes under another hub. None: the office
    /// itself, or a program that judges nothing.
    pub issuer: Option<UnitId>,
}

impl Assignment {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    fn is_by(&self, is_above: impl Fn(&UnitId) -> bool) -> bool {
        self.issuer.as_ref().is_none_or(is_above)
    }
}

/// A run of days under one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first day.
    pub first: NaiveDate,
    /// The last day; none: open.
    pub last: Option<NaiveDate>,
    /// The version in force.
    pub version: PolicyVersion,
    /// The unit that the policy is assigned to: this one or one above it.
    pub assigned_to: UnitId,
    /// The first day of the unbroken run of this policy id, through all its versions.
    pub run_start: NaiveDate,
}

impl Segment {
    /// Whether the day lies in it.
    #[must_use]
    pub fn has(&self, day: NaiveDate) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// All assignments that a program knows, by unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignments(BTreeMap<UnitId, Vec<Assignment>>);

impl Assignments {
    /// These assignments.
    #[must_use]
    pub fn new(all: impl IntoIterator<Item = Assignment>) -> Self {
        let mut by_unit: BTreeMap<UnitId, Vec<Assignment>> = BTreeMap::new();
        for assignment in all {
            by_unit.entry(assignment.unit.clone()).or_default().push(assignment);
        }
        for list in by_unit.values_mut() {
            list.sort_by_key(|assignment| (assignment.from, assignment.serial));
        }
        Self(by_unit)
    }

    /// The assignments of the unit itself, oldest first.
    pub fn of(&self, unit: &UnitId) -> impl Iterator<Item = &Assignment> {
        self.0.get(unit).into_iter().flatten()
    }

    /// Every assignment.
    pub fn all(&self) -> impl Iterator<Item = &Assignment> {
        self.0.values().flatten()
    }

    /// Whether the policy was ever assigned to one of `units`, by one of them.
    #[must_use]
    pub fn names(&self, policy: &str, units: &BTreeSet<UnitId>) -> bool {
        let mut assigned = units.iter().flat_map(|unit| self.of(unit));
        assigned.any(|one| one.version.policy == policy && one.is_by(|hub| units.contains(hub)))
    }

    /// The assignment that holds for the unit on that day: its own, else the nearest ancestor's. Only hubs that are at or
    /// above the unit on that day assign to it.
    #[must_use]
    pub fn on(&self, directory: &Directory, unit: &UnitId, day: NaiveDate) -> Option<&Assignment> {
        let chain = directory.chain_on(unit, day);
        let holds = |assignment: &&Assignment| {
            assignment.holds_on(day) && assignment.is_by(|hub| chain.contains(hub))
        };
        chain.iter().find_map(|above| self.of(above).filter(holds).last())
    }

    /// The unit's timeline, oldest first, up to the last change that is known.
    #[must_use]
    pub fn timeline(&self, directory: &Directory, unit: &UnitId) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let days: Vec<NaiveDate> = self.turning_points(directory, unit).into_iter().collect();
        for (index, day) in days.iter().enumerate() {
            let Some(assignment) = self.on(directory, unit, *day) else { continue };
            let last = days.get(index + 1).and_then(NaiveDate::pred_opt);
            let neighbour =
                segments.last().filter(|before| before.last.and_then(|last| last.succ_opt()) == Some(*day));
            let run_start = match neighbour {
                Some(before) if before.version.policy == assignment.version.policy => before.run_start,
                _ => *day,
            };
            let same = neighbour.is_some_and(|before| {
                before.version == assignment.version && before.assigned_to == assignment.unit
            });
            if same && let Some(before) = segments.last_mut() {
                before.last = last;
            } else {
                segments.push(Segment {
                    first: *day,
                    last,
                    version: assignment.version.clone(),
                    assigned_to: assignment.unit.clone(),
                    run_start,
                });
            }
        }
        segments
    }

    /// The days on which the answer of [`on`](Self::on) may change.
    fn turning_points(&self, directory: &Directory, unit: &UnitId) -> BTreeSet<NaiveDate> {
        let mut days = BTreeSet::new();
        for above in directory.ever_above(unit) {
            let assigned = self
                .of(&above)
                .flat_map(|assignment| [Some(assignment.from), assignment.to.and_then(|to| to.succ_opt())]);
            let spans = directory.get(&above).into_iter().flat_map(|entry| &entry.spans);
            let moved = spans.flat_map(|span| [span.from, span.to.and_then(|to| to.succ_opt())]);
            days.extend(assigned.chain(moved).flatten());
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Entry;
    use crate::unit::Level;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn id(text: &str) -> UnitId {
        text.parse().expect("a unit id")
    }

    fn assigned(unit: &str, policy: &str, number: u32, from: &str, to: Option<&str>) -> Assignment {
        let version = PolicyVersion { policy: policy.into(), number, digest: [0; 32] };
        Assignment { unit: id(unit), version, from: day(from), to: to.map(day), serial: number, issuer: None }
    }

    const COUNTY: &str = "511723000000";
    const TOWN: &str = "511723205000";

    fn directory() -> Directory {
        Directory::new([
            Entry::always(id(COUNTY), "开江县", Level::County, None),
            Entry::always(id(TOWN), "梅家乡", Level::Township, Some(id(COUNTY))),
        ])
    }

    fn shape(segments: &[Segment]) -> Vec<(String, String, String, u32, String)> {
        segments
            .iter()
            .map(|segment| {
                (
                    segment.first.to_string(),
                    segment.last.map_or_else(String::new, |last| last.to_string()),
                    segment.version.policy.clone(),
                    segment.version.number,
                    segment.run_start.to_string(),
                )
            })
            .collect()
    }

    #[test]
    fn the_own_policy_holds_else_the_nearest_ancestors() {
        let assignments = Assignments::new([
            assigned(COUNTY, "county", 1, "2020-01-01", None),
            assigned(TOWN, "town", 1, "2023-05-10", Some("2025-12-31")),
        ]);
        let row = |a: &str, b: &str, c: &str, n, r: &str| {
            (a.to_owned(), b.to_owned(), c.to_owned(), n, r.to_owned())
        };
        assert_eq!(
            shape(&assignments.timeline(&directory(), &id(TOWN))),
            [
                row("2020-01-01", "2023-05-09", "county", 1, "2020-01-01"),
                row("2023-05-10", "2025-12-31", "town", 1, "2023-05-10"),
                row("2026-01-01", "", "county", 1, "2026-01-01"),
            ]
        );
    }

    #[test]
    fn a_new_version_closes_the_old_segment_the_day_before_and_goes_on_with_the_run() {
        let assignments = Assignments::new([
            assigned(TOWN, "town", 1, "2023-05-10", None),
            assigned(TOWN, "town", 2, "2024-07-01", None),
        ]);
        let row =
            |a: &str, b: &str, n, r: &str| (a.to_owned(), b.to_owned(), "town".to_owned(), n, r.to_owned());
        assert_eq!(
            shape(&assignments.timeline(&directory(), &id(TOWN))),
            [row("2023-05-10", "2024-06-30", 1, "2023-05-10"), row("2024-07-01", "", 2, "2023-05-10")]
        );
    }

    #[test]
    fn a_move_changes_the_inherited_policy() {
        let mut directory = directory();
        directory.put(Entry::always(id("511724000000"), "大竹县", Level::County, None));
        let mut town = directory.get(&id(TOWN)).expect("known").clone();
        let mut attributes = town.latest().expect("a span").clone();
        attributes.parent = Some(id("511724000000"));
        town.change(day("2026-03-15"), attributes);
        directory.put(town);
        let assignments = Assignments::new([assigned(COUNTY, "county", 1, "2020-01-01", None)]);
        let timeline = assignments.timeline(&directory, &id(TOWN));
        assert_eq!(timeline.len(), 1);
        assert_eq!(timeline[0].last, Some(day("2026-03-14")));
    }

    #[test]
    fn a_move_ends_what_the_hub_of_before_assigned_to_the_unit_itself() {
        let mut directory = directory();
        directory.put(Entry::always(id("511724000000"), "大竹县", Level::County, None));
        let mut town = directory.get(&id(TOWN)).expect("known").clone();
        let mut attributes = town.latest().expect("a span").clone();
        attributes.parent = Some(id("511724000000"));
        town.change(day("2026-03-15"), attributes);
        directory.put(town);
        let by = |issuer: &str, policy: &str, from: &str| Assignment {
            issuer: Some(id(issuer)),
            ..assigned(TOWN, policy, 1, from, None)
        };
        let before = by(COUNTY, "before", "2020-01-01");
        let timeline = Assignments::new([before.clone()]).timeline(&directory, &id(TOWN));
        assert_eq!(timeline.len(), 1);
        assert_eq!(timeline[0].last, Some(day("2026-03-14")));
        let both = Assignments::new([before, by("511724000000", "after", "2026-02-01")]);
        let timeline = both.timeline(&directory, &id(TOWN));
        let days: Vec<_> =
            timeline.iter().map(|one| (one.version.policy.as_str(), one.first, one.last)).collect();
        assert_eq!(
            days,
            [("before", day("2020-01-01"), Some(day("2026-03-14"))), ("after", day("2026-03-15"), None)]
        );
        let units = |last: &str| [id(TOWN), id(last)].into();
        assert!(both.names("before", &units(COUNTY)) && !both.names("before", &units("511724000000")));
    }

    #[test]
    fn without_any_assignment_there_is_no_policy() {
        assert!(Assignments::default().timeline(&directory(), &id(TOWN)).is_empty());
    }
}
