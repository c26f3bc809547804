//! What goes down to whom: each child has its own view of the directory, and of what is in force in it.

use super::territory::Territory;
use std::collections::BTreeSet;
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::{kinds, subkey};

/// What one child is to have.
///
/// Units are judged by where they ever stood: a change reaches every child whose subtree held the unit before it or
/// after it, and what a child was told once it goes on being told.
#[derive(Clone, Debug)]
pub struct View {
    /// Units whose entries it has.
    entries: BTreeSet<UnitId>,
    /// Units whose assignments it has.
    assigned: BTreeSet<UnitId>,
    /// Policies of these assignments.
    policies: BTreeSet<(String, u32)>,
}

impl View {
    /// The view of a child.
    ///
    /// A node has its chain, its own unit and the direct children; a hub has its chain and its whole subtree.
    #[must_use]
    pub fn of(territory: &Territory, child: &Replica) -> Self {
        let mut assigned = territory.directory.ever_above(&child.unit);
        let mut entries = assigned.clone();
        match child.role {
            Role::Node => entries.extend(territory.directory.ever_below(&child.unit).cloned()),
            Role::Hub => {
                let below = territory.directory.ever_under(&child.unit);
                entries.extend(below.iter().cloned());
                assigned.extend(below);
            }
        }
        let policies = assigned
            .iter()
            .flat_map(|unit| territory.assignments.of(unit))
            .map(|assignment| (assignment.version.policy.clone(), assignment.version.number))
            .collect();
        Self { entries, assigned, policies }
    }

    /// Whether the child is to have this key.
    #[must_use]
    pub fn has(&self, key: &ItemKey) -> bool {
        match key.kind {
            kinds::item::ASSIGNMENT => self.assigned.contains(&key.unit),
            kinds::item::POLICY => subkey::read_policy(&key.subkey)
                .is_some_and(|(id, number)| self.policies.contains(&(id.to_owned(), number))),
            kinds::item::CALENDAR | kinds::item::VOUCHED_KEY => true,
            // Queued to the one that it is about, when it happens.
            kinds::item::ASIDE => false,
            // What nobody here can read yet goes where its unit is known.
            _ => self.entries.contains(&key.unit),
        }
    }
}

/// The keys to queue to a child: what changed and concerns it, and what it has not been told yet.
///
/// Keys come in the order in which a receiver can use them: who may sign, then units, policies, assignments.
#[must_use]
pub fn to_queue(
    view: &View,
    published: &BTreeSet<ItemKey>,
    changed: &BTreeSet<ItemKey>,
    queued: &BTreeSet<ItemKey>,
) -> Vec<ItemKey> {
    let mut keys: Vec<ItemKey> = published
        .iter()
        .filter(|key| view.has(key))
        .filter(|key| changed.contains(key) || !queued.contains(key))
        .cloned()
        .collect();
    keys.sort_by_key(|key| order(key.kind));
    keys
}

fn order(kind: u16) -> u8 {
    match kind {
        kinds::item::VOUCHED_KEY => 0,
        kinds::item::DIRECTORY_ENTRY => 1,
        kinds::item::CALENDAR => 2,
        kinds::item::POLICY => 3,
        kinds::item::ASSIGNMENT => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::directory::{Directory, Entry};
    use zhuji_protocol::unit::Level;

    fn id(text: &str) -> UnitId {
        text.parse().expect("a unit id")
    }

    fn entry_key(unit: &str) -> ItemKey {
        ItemKey { kind: kinds::item::DIRECTORY_ENTRY, unit: id(unit), subkey: subkey::directory_entry() }
    }

    const CITY: &str = "430900000000";
    const COUNTY: &str = "430981000000";
    const TOWN: &str = "430981101000";
    const VILLAGE: &str = "430981101200";

    fn territory() -> Territory {
        let mut territory = Territory::empty(id(CITY));
        territory.directory = Directory::new([
            Entry::always(id(CITY), "益阳市", Level::City, None),
            Entry::always(id(COUNTY), "沅江市", Level::County, Some(id(CITY))),
            Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
            Entry::always(id(VILLAGE), "乐园村", Level::Village, Some(id(TOWN))),
        ]);
        territory
    }

    #[test]
    fn a_node_sees_its_chain_and_its_children_a_hub_its_whole_subtree() {
        let territory = territory();
        let node = View::of(&territory, &Replica::node(id(COUNTY)));
        let hub = View::of(&territory, &Replica::hub(id(COUNTY)));
        for (unit, node_has, hub_has) in [
            (CITY, true, true),
            (COUNTY, true, true),
            (TOWN, true, true),
            (VILLAGE, false, true),
            ("430922000000", false, false),
        ] {
            assert_eq!(node.has(&entry_key(unit)), node_has, "node: {unit}");
            assert_eq!(hub.has(&entry_key(unit)), hub_has, "hub: {unit}");
        }
    }

    #[test]
    fn what_changed_and_what_was_never_told_is_queued() {
        let view = View::of(&territory(), &Replica::hub(id(COUNTY)));
        let published = BTreeSet::from([entry_key(COUNTY), entry_key(TOWN), entry_key(VILLAGE)]);
        let queued = BTreeSet::from([entry_key(COUNTY), entry_key(TOWN)]);
        let changed = BTreeSet::from([entry_key(TOWN)]);
        assert_eq!(to_queue(&view, &published, &changed, &queued), [entry_key(TOWN), entry_key(VILLAGE)]);
    }
}
