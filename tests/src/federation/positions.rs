//! Where both ends of every link stand, read from their stores: what an end was told is acknowledged, the other end has.

use super::Federation;
use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::path::Path;
use zhuji_node::store::{Store, uplink};
use zhuji_protocol::unit::UnitId;

/// Where a hub stands with one of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which of the child's lives it is in, counted from 1.
    pub life: u32,
    /// The mark through which the hub has the child's rows.
    pub cursor: u64,
}

impl Federation {
    /// Whether every position that a child knows as acknowledged is covered by its hub, and nobody began a new life.
    ///
    /// # Errors
    /// Something acknowledged is lost, or a store cannot be read.
    pub fn ensure_covered(&self) -> Result<()> {
        for unit in self.nodes.keys() {
            let hub = self.place.hub_of_node(unit).context("every node has a hub")?;
            // The child first: what it knows can only grow later at the hub.
            let acknowledged = self.acknowledged_to_node(unit)?;
            self.ensure_stands(hub, unit, "node", acknowledged)?;
        }
        for unit in self.hubs.keys() {
            if let Some(above) = self.place.hub_above_hub(unit) {
                let acknowledged = self.acknowledged_to_hub(unit)?;
                self.ensure_stands(above, unit, "hub", acknowledged)?;
            }
        }
        Ok(())
    }

    fn ensure_stands(&self, hub: &UnitId, child: &UnitId, role: &str, acknowledged: u64) -> Result<()> {
        let stands = self.position(hub, child, role)?;
        let stands = stands.with_context(|| format!("{hub} never heard of {role} {child}"))?;
        ensure!(
            stands.cursor >= acknowledged && stands.life == 1,
            "{role} {child} knows {acknowledged} as acknowledged, {hub} stands at {stands:?}"
        );
        Ok(())
    }

    /// Where a hub stands with a child.
    ///
    /// # Errors
    /// The hub's store cannot be read.
    pub fn position(&self, hub: &UnitId, child: &UnitId, role: &str) -> Result<Option<Standing>> {
        let db = reading(&self.hubs.get(hub).context("no such hub")?.store)?;
        let stands = db.query_row(
            "SELECT ordinal, cursor FROM position JOIN replica ON replica.id = position.replica
              WHERE unit = ? AND role = ? ORDER BY ordinal DESC LIMIT 1",
            params![child.as_str(), role],
            |row| Ok(Standing { life: row.get(0)?, cursor: row.get::<_, i64>(1)?.unsigned_abs() }),
        );
        Ok(stands.optional()?)
    }

    fn acknowledged_to_node(&self, unit: &UnitId) -> Result<u64> {
        let store = Store::open(&self.nodes.get(unit).context("no such node")?.store)?;
        Ok(uplink::acknowledged(store.db())?.cursor)
    }

    fn acknowledged_to_hub(&self, unit: &UnitId) -> Result<u64> {
        let db = reading(&self.hubs.get(unit).context("no such hub")?.store)?;
        let told = "SELECT acknowledged FROM replica WHERE side = 'parent'";
        Ok(db.query_row(told, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }
}

fn reading(store: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}
