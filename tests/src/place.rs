//! A place: who runs what under which policy, as data (`deploy/places/*.toml`, where each key is explained).

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use zhuji_protocol::directory::{Difference, Directory, read_snapshot};
use zhuji_protocol::texts::{Language, Told};
use zhuji_protocol::unit::{Level, UnitId};

/// A place, read and checked.
#[derive(Debug)]
pub struct Place {
    /// What people see.
    pub name: String,
    /// The file of its divisions.
    pub divisions: PathBuf,
    /// The units.
    pub directory: Directory,
    /// The same seed gives the same people and records.
    pub seed: u64,
    /// Which period to show.
    pub period: Shown,
    /// Units that run a hub, from the top down.
    pub hubs: Vec<UnitId>,
    /// Units that run a node.
    pub nodes: Vec<Office>,
    /// Which policy holds where.
    pub assignments: Vec<Assigned>,
}

/// Which period of the running year is shown at the end.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "plain words")]
pub enum Shown {
    Year,
    Half,
    Quarter,
    Month,
}

/// A unit that runs a node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The unit.
    pub unit: UnitId,
    /// How many leaders its synthetic year has.
    pub sample: u32,
    /// The groups that they are in; all if absent.
    pub groups: Option<Vec<String>>,
}

/// A policy that holds for a unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// The unit.
    pub unit: UnitId,
    /// A built-in policy.
    pub policy: String,
    /// The hub that writes the assignment.
    pub by: UnitId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    place: Head,
    hub: Vec<HubRow>,
    node: Vec<Office>,
    #[serde(default)]
    assign: Vec<Assigned>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    divisions: String,
    seed: u64,
    period: Shown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HubRow {
    unit: UnitId,
}

impl Place {
    /// Reads `NAME.toml` of `folder`.
    ///
    /// # Errors
    /// The file is missing or says something that cannot be.
    pub fn read(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("{name}.toml"));
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "no place {name:?}: {} cannot be read; there are {}",
                path.display(),
                names(folder).join(", ")
            )
        })?;
        let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        let divisions = folder.join(&file.place.divisions);
        let place = Self {
            name: file.place.name,
            directory: divisions_of(&divisions)?,
            divisions,
            seed: file.place.seed,
            period: file.place.period,
            hubs: file.hub.into_iter().map(|row| row.unit).collect(),
            nodes: file.node,
            assignments: file.assign,
        };
        place.check()?;
        Ok(place)
    }

    /// The topmost hub.
    #[must_use]
    pub fn top(&self) -> &UnitId {
        &self.hubs[0]
    }

    /// The hub that a hub dials: its nearest ancestor's. None for the topmost.
    #[must_use]
    pub fn hub_above_hub(&self, unit: &UnitId) -> Option<&UnitId> {
        self.chain(unit).iter().skip(1).find_map(|above| self.hubs.iter().find(|hub| *hub == above))
    }

    /// The hub that a node dials: its own unit's, else its nearest ancestor's.
    #[must_use]
    pub fn hub_of_node(&self, unit: &UnitId) -> Option<&UnitId> {
        self.chain(unit).iter().find_map(|above| self.hubs.iter().find(|hub| *hub == above))
    }

    /// A unit's name.
    #[must_use]
    pub fn name_of(&self, unit: &UnitId) -> &str {
        self.directory.get(unit).and_then(|entry| entry.latest()).map_or("", |found| found.name.as_str())
    }

    /// A unit's level.
    #[must_use]
    pub fn level_of(&self, unit: &UnitId) -> Option<Level> {
        Some(self.directory.get(unit)?.latest()?.level)
    }

    /// Whether `unit` is `top`, or stands below it.
    #[must_use]
    pub fn is_within(&self, unit: &UnitId, top: &UnitId) -> bool {
        self.chain(unit).contains(top)
    }

    fn chain(&self, unit: &UnitId) -> Vec<UnitId> {
        self.directory.chain_on(unit, chrono::NaiveDate::MAX)
    }

    /// Whether every unit named is a unit, and every program has a hub to dial.
    ///
    /// # Errors
    /// The first that is not, or has none.
    pub fn check(&self) -> Result<()> {
        ensure!(!self.hubs.is_empty(), "a place has at least one hub");
        let named = self.hubs.iter().chain(self.nodes.iter().map(|node| &node.unit));
        for unit in named.chain(self.assignments.iter().map(|assigned| &assigned.unit)) {
            ensure!(self.directory.get(unit).is_some(), "unit {unit} is not among the divisions");
        }
        for hub in &self.hubs[1..] {
            ensure!(
                self.hub_above_hub(hub).is_some(),
                "no hub stands above hub {hub}; the topmost comes first"
            );
        }
        for node in &self.nodes {
            ensure!(self.hub_of_node(&node.unit).is_some(), "no hub stands above node {}", node.unit);
        }
        for assigned in &self.assignments {
            ensure!(self.hubs.contains(&assigned.by), "{} runs no hub", assigned.by);
        }
        Ok(())
    }
}

/// The units of a file of divisions.
///
/// # Errors
/// It cannot be read, or a line is refused.
pub fn divisions_of(file: &Path) -> Result<Directory> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    match read_snapshot(&bytes, &Directory::default()) {
        Ok(rows) => Ok(Directory::new(Difference::between(&Directory::default(), rows, None).entries)),
        Err(faults) => {
            let lines: Vec<String> = faults.iter().map(|fault| fault.tell(Language::English)).collect();
            bail!("{}: {}", file.display(), lines.join("; "))
        }
    }
}

/// The places of a folder.
#[must_use]
pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_reads() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/places");
        let names = names(&folder);
        assert!(names.contains(&"meijia".to_owned()));
        for name in names {
            if let Err(error) = Place::read(&folder, &name) {
                panic!("{name}: {error:#}");
            }
        }
    }
}
