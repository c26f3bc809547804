//! Levels joined: what an upper level holds of a lower hub is what that hub's own level says it sent.

use super::check::{Checked, Standing, said};
use super::level::{OnwardRow, Relation};
use super::misfit::{Misfit, Open, What};
use crate::store::judging::Taken;
use crate::store::onward::summary_key;
use crate::store::territory::Series;
use std::collections::{BTreeMap, BTreeSet};
use zhuji_protocol::identity::{KeyId, Role};
use zhuji_protocol::month::Month;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::published::PublishedV1;

/// Levels that hang together.
#[derive(Clone, Debug)]
pub struct Joined<'a> {
    /// The levels, in the order in which they were handed in.
    pub levels: Vec<Checked<'a>>,
    /// The highest one.
    pub top: usize,
    /// Which of them is whose.
    pub by_unit: BTreeMap<UnitId, usize>,
    /// What does not fit between them, and within each.
    pub misfits: Vec<Misfit>,
    /// What is left open.
    pub open: Vec<Open>,
}

/// Joins levels; `None` if there is none.
#[must_use]
pub fn join(levels: Vec<Checked<'_>>) -> Option<Joined<'_>> {
    let mut misfits: Vec<Misfit> = levels.iter().flat_map(|level| level.misfits.clone()).collect();
    let mut by_unit = BTreeMap::new();
    for (at, level) in levels.iter().enumerate() {
        if by_unit.insert(level.own().clone(), at).is_some() {
            misfits.push(Misfit::of_level(level.own(), What::Twice));
        }
    }
    let has_upper = |level: &Checked<'_>| {
        level.level.head.parent.as_ref().is_some_and(|parent| by_unit.contains_key(&parent.unit))
    };
    let top = levels.iter().position(|level| !has_upper(level)).or((!levels.is_empty()).then_some(0))?;
    let rows = levels.iter().flat_map(|level| level.level.onward.iter().map(|row| (level.own(), row)));
    let sent = rows.map(|(unit, row)| ((unit, &row.key), row)).collect();
    let mut open = Vec::new();
    for (at, level) in levels.iter().enumerate() {
        if at != top && !has_upper(level) {
            open.push(Open::Apart { level: level.own().clone() });
        }
        let below = Below { upper: level, levels: &levels, by_unit: &by_unit, sent: &sent };
        below.join(&mut misfits, &mut open);
        writers(level, &levels, &by_unit, &mut misfits);
    }
    Some(Joined { levels, top, by_unit, misfits, open })
}

struct Below<'a, 'l> {
    upper: &'a Checked<'l>,
    levels: &'a [Checked<'l>],
    by_unit: &'a BTreeMap<UnitId, usize>,
    /// What each level says it sent.
    sent: &'a BTreeMap<(&'a UnitId, &'a ItemKey), &'a OnwardRow>,
}

impl Below<'_, '_> {
    fn join(&self, misfits: &mut Vec<Misfit>, open: &mut Vec<Open>) {
        let mut missing: BTreeSet<&UnitId> = BTreeSet::new();
        let mut looked_at: BTreeSet<&UnitId> = BTreeSet::new();
        for (series, months) in &self.upper.months {
            if series.sender.role != Role::Hub {
                continue;
            }
            let hub = &series.sender.unit;
            let Some(lower) = self.by_unit.get(hub).map(|at| &self.levels[*at]) else {
                if missing.insert(hub) {
                    open.push(Open::NotProvenBelow { level: self.upper.own().clone(), hub: hub.clone() });
                }
                continue;
            };
            if looked_at.insert(hub) {
                self.is_its_parent(lower, misfits);
            }
            for (month, held) in months {
                match self.same(lower, series, *month, held) {
                    Same::Yes => {}
                    Same::Open(what) => open.push(what),
                    Same::No(what) => misfits.push(
                        Misfit::of_sender(self.upper.own(), &series.sender, what)
                            .about(&series.unit, Some(*month)),
                    ),
                }
            }
        }
    }

    /// The lower level names the upper one as its parent, and has a key that the upper one certified for it. The keys of
    /// the batches are the upper level's own to prove: a hub forgets those that were exchanged.
    fn is_its_parent(&self, lower: &Checked<'_>, misfits: &mut Vec<Misfit>) {
        if lower.level.head.parent.as_ref() != Some(&self.upper.level.head.hub) {
            misfits.push(Misfit::of_level(lower.own(), What::Parent));
        }
        let own = own_keys(lower);
        let theirs = &lower.level.head.hub;
        let certified = self.upper.level.keys.iter().filter(|key| key.relation == Relation::Child);
        let mut certified = certified.filter(|key| key.holder == *theirs).map(|key| key.public.id());
        if !certified.any(|key| own.contains(&key)) {
            misfits.push(Misfit::of_sender(self.upper.own(), theirs, What::SenderKey));
        }
    }

    fn same(&self, lower: &Checked<'_>, series: &Series, month: Month, held: &Standing<'_>) -> Same {
        let key = summary_key(&series.unit, month, series.scope);
        let level = lower.own().clone();
        let unit = series.unit.clone();
        let is_outside = !lower.level.head.extent.has(month) || !is_within(lower, &key);
        match self.sent.get(&(lower.own(), &key)) {
            Some(row) if row.body == held.body => Same::Yes,
            Some(row) if self.is_newer(lower, row.mark, held) => {
                Same::Open(Open::MovedOn { level, unit, month })
            }
            Some(_) => Same::No(What::NextValue),
            None if is_outside => Same::Open(Open::OutsideExtent { level, unit, month }),
            None => Same::No(What::NextMissing),
        }
    }

    /// Whether the lower level wrote its row anew after what the upper one holds of it.
    fn is_newer(&self, lower: &Checked<'_>, mark: u64, held: &Standing<'_>) -> bool {
        let life = held.batch.map(|batch| batch.incarnation);
        lower.level.head.life != life || mark > held.revision
    }
}

enum Same {
    Yes,
    Open(Open),
    No(What),
}

fn is_within(lower: &Checked<'_>, key: &ItemKey) -> bool {
    let extent = &lower.level.head.extent;
    let (branches, is_whole) = extent.branches(lower.own(), &lower.territory.directory);
    if key.unit == *lower.own() { is_whole } else { branches.contains(&key.unit) }
}

fn own_keys(level: &Checked<'_>) -> BTreeSet<KeyId> {
    let own = level.level.keys.iter().filter(|key| key.relation == Relation::Own);
    own.map(|key| key.public.id()).collect()
}

/// What a level was told of the directory is signed by keys that its writer's own level has, where that is at hand.
fn writers(
    level: &Checked<'_>,
    levels: &[Checked<'_>],
    by_unit: &BTreeMap<UnitId, usize>,
    misfits: &mut Vec<Misfit>,
) {
    for row in &level.level.published {
        let Ok(proof) = decode::<PublishedV1>(&row.body) else { continue };
        let is_judged_by =
            matches!(said(row.key.clone(), &row.body), Some(Taken::Entry(_) | Taken::Assignment(_)));
        let Some(writer) = by_unit.get(&proof.writer).filter(|_| is_judged_by) else { continue };
        if !own_keys(&levels[*writer]).contains(&proof.key) {
            misfits.push(Misfit::of_level(level.own(), What::Writer).about(&row.key.unit, None));
        }
    }
}
