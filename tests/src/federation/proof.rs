//! The invariants, asked of the whole federation: figures are whole at every level, and every store verifies.

use super::Federation;
use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use zhuji_protocol::unit::UnitId;

/// The columns of a report that must add up.
pub const SUMMED: [&str; 11] = [
    "expected", "met", "late", "overdue", "pending", "exempt", "leaders", "talents", "pairings", "contacts",
    "cases",
];

/// Figures under the columns of a report.
pub type Sums = BTreeMap<&'static str, i64>;

impl Federation {
    /// What a hub shows of a unit with everything below it.
    ///
    /// # Errors
    /// The hub does not show it.
    pub fn shown(&self, hub: &UnitId, unit: &UnitId, period: &str) -> Result<Sums> {
        let words = ["report", "--unit", unit.as_str(), "--period", period, "--depth", "0"];
        sums(&self.hub_json(hub, &words)?[0])
    }

    /// What a node's own records give.
    ///
    /// # Errors
    /// A command is refused.
    pub fn recorded(&self, unit: &UnitId, period: &str, today: NaiveDate) -> Result<Sums> {
        sums(&self.node_figures(unit, period, today)?)
    }

    /// Whether every hub shows the sum of what the nodes below it have, and that is not nothing.
    ///
    /// # Errors
    /// It does not, or cannot be asked.
    pub fn ensure_whole(&self, period: &str, today: NaiveDate) -> Result<()> {
        let mut recorded = BTreeMap::new();
        for unit in self.nodes.keys() {
            recorded.insert(unit, self.recorded(unit, period, today)?);
        }
        for hub in self.hubs.keys() {
            let below = recorded.iter().filter(|(unit, _)| self.place.is_within(unit, hub));
            let sum = below.fold(Sums::new(), |sum, (_, figures)| added(sum, figures));
            ensure!(
                sum.get("contacts").is_some_and(|contacts| *contacts > 0),
                "the nodes below {hub} recorded nothing, so nothing is proven"
            );
            let shown = self.shown(hub, hub, period)?;
            ensure!(sum == shown, "{hub} shows for {period}\n{shown:?}, its leaves have\n{sum:?}");
        }
        Ok(())
    }

    /// Whether `verify` finds nothing at any store.
    ///
    /// # Errors
    /// What it finds.
    pub fn ensure_verified(&self) -> Result<()> {
        for unit in self.hubs.keys() {
            self.hub(unit, &["verify"]).with_context(|| format!("hub {unit}"))?;
        }
        for unit in self.nodes.keys() {
            self.node(unit, &["verify"]).with_context(|| format!("node {unit}"))?;
        }
        Ok(())
    }

    /// The row that a hub's fleet has of one of its children.
    ///
    /// # Errors
    /// It has none.
    pub fn fleet_row(&self, hub: &UnitId, child: &UnitId, role: &str) -> Result<Value> {
        let rows = self.hub_json(hub, &["fleet"])?;
        let rows = rows.as_array().context("the fleet is a list")?;
        let is_it = |row: &&Value| {
            row["direction"] == "below" && row["unit"] == child.as_str() && row["role"] == role
        };
        rows.iter().find(is_it).cloned().with_context(|| format!("{hub} has no {role} {child} in its fleet"))
    }

    /// Lets another day begin everywhere: whatever runs is stopped and started again on that day.
    ///
    /// # Errors
    /// A program cannot be started.
    pub fn move_to(&mut self, day: NaiveDate) -> Result<()> {
        self.programs.environment.retain(|(name, _)| name != "ZHUJI_TODAY");
        self.programs.environment.push(("ZHUJI_TODAY".to_owned(), day.to_string()));
        for member in self.hubs.values_mut().chain(self.nodes.values_mut()) {
            if let Some(mut daemon) = member.daemon.take() {
                daemon.stop();
                member.start(&self.programs)?;
            }
        }
        Ok(())
    }
}

/// Figures and further figures.
#[must_use]
pub fn added(mut sum: Sums, more: &Sums) -> Sums {
    for (column, figure) in more {
        *sum.entry(column).or_default() += figure;
    }
    sum
}

fn sums(row: &Value) -> Result<Sums> {
    let figure =
        |column: &'static str| Ok((column, row[column].as_i64().with_context(|| column.to_owned())?));
    SUMMED.into_iter().map(figure).collect()
}

/// Replaces a store by a copy of another, as a backup of its files is taken and put back. Neither is in use.
///
/// # Errors
/// A file cannot be copied.
pub fn copy_store(from: &Path, to: &Path) -> Result<()> {
    // What stands in the write-ahead log belongs to the store.
    for beside in ["", "-wal", "-shm"] {
        let named = |store: &Path| PathBuf::from(format!("{}{beside}", store.display()));
        let (from, to) = (named(from), named(to));
        if to.exists() {
            fs::remove_file(&to)?;
        }
        if from.exists() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
