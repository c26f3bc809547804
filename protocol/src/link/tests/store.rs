//! A store small enough to be checked by eye, that keeps what [`kept`](crate::link::kept) asks for. A clone of it is
//! a backup, or a copy of the machine.

use crate::identity::{Replica, ReplicaKey};
use crate::link::effects::{Admission, Applied, Cut, CutFrom, Greeted, Outcome, Request, Settled, Start};
use crate::link::kept::{UplinkRow, cut};
use crate::link::position::{Incoming, Serve, receive, serve, supersedes, take, take_end};
use crate::wire::ack::{FullStateEndV1, Refusal, RefusedItemV1};
use crate::wire::batch::CheckedBatch;
use crate::wire::close::CloseCode;
use crate::wire::hello::HelloV1;
use crate::wire::item::{Item, ItemKey};
use crate::wire::life::Incarnation;
use crate::wire::position::{Point, PositionV1};
use crate::wire::{kinds, subkey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A body that a receiver refuses unless it is lenient.
pub(crate) const OFFENSIVE: u8 = 255;

#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub replica: Replica,
    pub key: Arc<ReplicaKey>,
    random: Arc<AtomicU64>,
    // Sending.
    pub mark: u64,
    pub rows: BTreeMap<ItemKey, (u64, u8)>,
    pub incarnation: Incarnation,
    past: BTreeSet<Incarnation>,
    cuts: Vec<(Incarnation, Point)>,
    pub since: Option<i32>,
    pub refusals: BTreeMap<ItemKey, u64>,
    // Receiving.
    pub kept: Vec<PositionV1>,
    pub received: BTreeMap<ItemKey, Received>,
    pub lenient: bool,
    pub forked: bool,
    /// What befalls the next request.
    pub trouble: Option<Trouble>,
    /// The protocol versions that the program over it speaks.
    pub versions: Vec<u16>,
}

/// A store that cannot, for once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It has too much to do.
    Busy,
    /// Its disk is full.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub order: (u32, u64),
    pub body: u8,
    pub aside: bool,
}

/// The row of a small month number.
pub(crate) fn row_key(unit: &Replica, month: i32) -> ItemKey {
    ItemKey {
        kind: kinds::item::SUMMARY,
        unit: unit.unit.clone(),
        subkey: subkey::summary(month, subkey::Scope::Own),
    }
}

fn month_of(key: &ItemKey) -> i32 {
    subkey::read_summary(&key.subkey).unwrap().0
}

impl Store {
    pub(crate) fn new(replica: &str, seed: u8, random: &Arc<AtomicU64>) -> Self {
        let mut store = Self {
            replica: replica.parse().unwrap(),
            key: Arc::new(ReplicaKey::from_seed(&[seed; 32]).unwrap()),
            random: Arc::clone(random),
            mark: 0,
            rows: BTreeMap::new(),
            incarnation: Incarnation([0; 16]),
            past: BTreeSet::new(),
            cuts: Vec::new(),
            since: None,
            refusals: BTreeMap::new(),
            kept: Vec::new(),
            received: BTreeMap::new(),
            lenient: false,
            forked: false,
            trouble: None,
            versions: kinds::SPOKEN_VERSIONS.to_vec(),
        };
        store.incarnation = store.draw();
        store
    }

    pub(crate) fn write(&mut self, month: i32, body: u8) {
        self.mark += 1;
        self.rows.insert(row_key(&self.replica, month), (self.mark, body));
    }

    pub(crate) fn reincarnate(&mut self) {
        self.past.insert(self.incarnation);
        self.incarnation = self.draw();
    }

    pub(crate) fn down(&self) -> Option<PositionV1> {
        self.kept.last().copied()
    }

    /// One request, one transaction.
    pub(crate) fn answer(&mut self, request: Request) -> Option<Outcome> {
        match (self.trouble.take(), &request) {
            (_, Request::Acknowledged(_) | Request::Remark(_)) | (None, _) => {}
            (Some(Trouble::Busy), Request::Apply(_) | Request::ApplyEnd(_)) => {
                return Some(Outcome::Applied(Applied::Busy { seconds: 7 }));
            }
            (Some(Trouble::Busy), Request::Greet(_)) => {
                return Some(Outcome::Greeted(Greeted::Busy { seconds: 7 }));
            }
            (Some(_), _) => return Some(Outcome::Failed),
        }
        Some(match request {
            Request::Greet(hello) => Outcome::Greeted(self.greet(&hello)),
            Request::Settle(welcome) => {
                let Serve::From { at, whole } = self.serve(Some(&welcome.up)) else {
                    self.reincarnate();
                    return Some(Outcome::Settled(Settled::Reincarnated));
                };
                let Some(down) = self.take_in(welcome.down) else {
                    return Some(Outcome::Settled(Settled::Fork));
                };
                let up = Start { incarnation: self.incarnation, ordinal: welcome.up.ordinal, at, whole };
                Outcome::Settled(Settled::Ready { up, down })
            }
            Request::Locate(position) => match self.serve(Some(&position)) {
                Serve::From { at, .. } => Outcome::Located(Some(at)),
                Serve::Reincarnate => Outcome::Located(None),
            },
            Request::Cut(from) => Outcome::Cut(self.cut(from)),
            Request::Apply(batch) => Outcome::Applied(self.apply(*batch)),
            Request::ApplyEnd(end) => Outcome::Applied(self.apply_end(&end)),
            Request::Acknowledged(ack) => {
                for refused in ack.refused.iter() {
                    self.refusals.insert(refused.key.clone(), refused.revision);
                }
                return None;
            }
            Request::Remark(keys) => {
                for key in keys {
                    if let Some((mark, _)) = self.rows.get_mut(&key) {
                        self.mark += 1;
                        *mark = self.mark;
                    }
                }
                return None;
            }
        })
    }

    pub(crate) fn cut(&mut self, from: CutFrom) -> Cut {
        let mut rows: Vec<UplinkRow> = self
            .rows
            .iter()
            .filter(|(_, (mark, _))| *mark > from.at.cursor)
            .map(|(key, (mark, body))| UplinkRow {
                key: key.clone(),
                version: 1,
                mark: *mark,
                body: vec![*body],
            })
            .collect();
        rows.sort_by_key(|row| row.mark);
        // Two rows a batch, so that a handful of rows makes several batches.
        rows.truncate(2);
        match cut(rows, from, self.mark, &self.replica, &self.key, 0).unwrap() {
            None => Cut::Nothing { from, since: self.since },
            Some((batch, record)) => {
                self.cuts.push((record.incarnation, record.at));
                Cut::Batch { from, batch: Box::new(batch) }
            }
        }
    }

    fn greet(&mut self, hello: &HelloV1) -> Greeted {
        let Some(up) = self.take_in(hello.incarnation).filter(|_| !self.forked) else {
            self.forked = true;
            return Greeted::Refused(CloseCode::Fork);
        };
        let (at, whole) = match self.serve(hello.down.as_ref()) {
            Serve::From { at, whole } => (at, whole),
            Serve::Reincarnate => {
                self.reincarnate();
                (Point::START, false)
            }
        };
        let down = Start { incarnation: self.incarnation, ordinal: 0, at, whole };
        Greeted::Welcome(Box::new(Admission {
            up,
            down,
            down_head: self.mark,
            from_month: None,
            hold_seconds: 0,
            keys: Vec::new(),
        }))
    }

    fn serve(&self, peer: Option<&PositionV1>) -> Serve {
        let recorded = |point| self.cuts.contains(&(self.incarnation, point));
        serve(peer, self.incarnation, |past| self.past.contains(&past), recorded)
    }

    fn take_in(&mut self, incarnation: Incarnation) -> Option<PositionV1> {
        match receive(&self.kept, incarnation) {
            Incoming::Current(position) => Some(position),
            Incoming::New(position) => {
                self.kept.push(position);
                Some(position)
            }
            Incoming::Retired => None,
        }
    }

    fn apply(&mut self, batch: CheckedBatch) -> Applied {
        let position = match take(&self.kept, &batch) {
            Ok(position) => position,
            Err(unchanged) => return unchanged,
        };
        let refused = batch.into_items().into_iter().filter_map(|item| self.apply_item(position, &item));
        let refused = refused.collect();
        self.stand(position);
        Applied::Done { position, refused }
    }

    fn apply_item(&mut self, position: PositionV1, item: &Item) -> Option<RefusedItemV1> {
        let body = item.body()[0];
        if body == OFFENSIVE && !self.lenient {
            self.received.remove(item.key());
            return Some(RefusedItemV1::new(item.key().clone(), item.revision(), Refusal::Malformed, ""));
        }
        let order = (position.ordinal, item.revision());
        if self.received.get(item.key()).is_none_or(|old| supersedes(order, old.order)) {
            self.received.insert(item.key().clone(), Received { order, body, aside: false });
        }
        None
    }

    fn apply_end(&mut self, end: &FullStateEndV1) -> Applied {
        let position = match take_end(&self.kept, end) {
            Ok(position) => position,
            Err(unchanged) => return unchanged,
        };
        for (key, row) in &mut self.received {
            let is_counted = end.since.is_none_or(|since| month_of(key) >= since);
            row.aside |= row.order.0 < position.ordinal && is_counted;
        }
        self.stand(position);
        Applied::Done { position, refused: Vec::new() }
    }

    fn stand(&mut self, position: PositionV1) {
        *self.kept.last_mut().unwrap() = position;
    }

    fn draw(&self) -> Incarnation {
        let number = self.random.fetch_add(1, Ordering::Relaxed);
        Incarnation([number.to_le_bytes(), [7; 8]].concat().try_into().unwrap())
    }
}

/// Whether the receiver holds what the sender has, and nothing else that counts.
pub(crate) fn agrees(sender: &Store, receiver: &Store) -> Result<(), String> {
    let taken = |body: u8| body != OFFENSIVE || receiver.lenient;
    for (key, (_, body)) in &sender.rows {
        let expected = taken(*body).then_some((*body, false));
        let found = receiver.received.get(key).map(|row| (row.body, row.aside));
        if found != expected {
            return Err(format!("{} month {}: {found:?}, not {expected:?}", sender.replica, month_of(key)));
        }
    }
    for (key, row) in &receiver.received {
        let is_old = sender.since.is_some_and(|since| month_of(key) < since);
        if !sender.rows.contains_key(key) && !row.aside && !is_old {
            return Err(format!("{} month {} outlived its sender", sender.replica, month_of(key)));
        }
    }
    Ok(())
}
