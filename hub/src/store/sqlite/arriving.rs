//! Applying what arrived: cursor check, items, positions. What they come to is written when the work is finished.

use super::replicas::{self, Peer, Side};
use super::work::Work;
use super::{anchors, audit, directory, items, links, queue, refusals, row};
use crate::store::StoreFault;
use crate::store::anchoring::Finding;
use crate::store::judging::{NotTaken, Taken, from_child, from_parent};
use crate::store::territory::Series;
use zhuji_protocol::console::civil_date;
use zhuji_protocol::identity::{KeyId, PublicKey, Replica};
use zhuji_protocol::link::effects::Applied;
use zhuji_protocol::link::position::{supersedes, take, take_end};
use zhuji_protocol::wire::ack::{FullStateEndV1, RefusedItemV1};
use zhuji_protocol::wire::batch::CheckedBatch;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::payload::AnchorV1;
use zhuji_protocol::wire::position::PositionV1;
use zhuji_protocol::wire::{kinds, subkey};

impl Work<'_> {
    /// Applies a batch, or finds that it is not next.
    pub(super) fn apply_batch(&mut self, peer: &Peer, batch: &CheckedBatch) -> Result<Applied, StoreFault> {
        let position = match take(&items::positions(self.db, peer.id)?, batch) {
            Ok(position) => position,
            Err(answer) => return Ok(answer),
        };
        let number = items::add_batch(self.db, peer.id, batch, batch.leaves())?;
        // Counted even if nothing of it is taken: then it goes again.
        self.stands_in(number, 0);
        let mut refused = Vec::new();
        for (nth, (item, leaf)) in (0u32..).zip(batch.items().iter().zip(batch.leaves())) {
            let taken = self.apply_item(peer, (item, *leaf), position.ordinal, (number, nth))?;
            if let Err((reason, detail)) = taken {
                refused.push(RefusedItemV1::new(item.key().clone(), item.revision(), reason, &detail));
            }
        }
        self.keep_refused(peer, &refused)?;
        items::put_position(self.db, peer.id, &position)?;
        replicas::raise_head(self.db, peer.id, batch.head().max(batch.through()), self.moment.now)?;
        Ok(Applied::Done { position, refused })
    }

    fn keep_refused(&mut self, peer: &Peer, refused: &[RefusedItemV1]) -> Result<(), StoreFault> {
        let at = row::instant(self.moment.now);
        for item in refused {
            refusals::refuse(self.db, peer.id, item, &at, self.territory.version)?;
            self.refusing.insert(peer.id, true);
        }
        if let Some(first) = refused.first() {
            let detail = format!("{} ×{}", first.reason.number(), refused.len());
            let author = self.author_of(&peer.replica);
            audit::append(self.db, &author, "refuse", first.key.unit.as_str(), &detail)?;
            tracing::warn!(sender = %peer.replica, items = refused.len(), "items were refused");
        }
        Ok(())
    }

    fn apply_item(
        &mut self,
        peer: &Peer,
        (item, leaf): (&Item, Digest),
        ordinal: u32,
        place: (i64, u32),
    ) -> Result<Result<(), NotTaken>, StoreFault> {
        let before = items::standing(self.db, peer.id, item.key())?;
        if before.as_ref().is_some_and(|stands| !supersedes((ordinal, item.revision()), stands.order)) {
            return Ok(Ok(()));
        }
        let judged = if links::is_parent(peer) {
            let writer = self.writer_of(item)?;
            from_parent(&peer.replica, item, &|_: &KeyId| writer.clone())
        } else {
            from_child(&self.territory, &peer.replica, item, civil_date(self.moment.now))
        };
        let taken = match judged {
            Ok(taken) => taken,
            Err(not_taken) => return Ok(Err(not_taken)),
        };
        if ordinal > 1
            && let Taken::Summary { summary, .. } = &taken
        {
            self.weigh_lives(peer, item.key(), ordinal, summary)?;
        }
        items::put(self.db, peer.id, (item, leaf), ordinal, place, before.as_ref().map(|stands| stands.row))?;
        self.stands_in(place.0, 1);
        let (mut stood, mut said) = (None, None);
        if let Some(before) = before {
            self.stands_in(before.batch, -1);
            (stood, said) = (before.summary, before.said);
        }
        if self.is_refusing(peer.id)? {
            refusals::no_longer_refused(self.db, peer.id, item.key())?;
        }
        match taken {
            Taken::Summary { series, month, summary } => {
                self.touch(peer.id, series, month, stood, Some((summary, leaf)));
            }
            Taken::Anchor(anchor) => self.anchor(peer, ordinal, item.revision(), &anchor)?,
            Taken::Reporting { series, reporting } => self.hear(&series, said, &reporting)?,
            taken => self.take_in(peer, item, taken)?,
        }
        Ok(Ok(()))
    }

    /// Whether anything of this sender's is refused at present: mostly nothing is, and nothing has to be looked for.
    fn is_refusing(&mut self, peer: i64) -> Result<bool, StoreFault> {
        if let Some(known) = self.refusing.get(&peer) {
            return Ok(*known);
        }
        let some = refusals::has_some(self.db, peer)?;
        self.refusing.insert(peer, some);
        Ok(some)
    }

    /// Keeps the end of a child's audit chain, and says loudly if its past was written anew.
    fn anchor(
        &mut self,
        peer: &Peer,
        ordinal: u32,
        revision: u64,
        anchor: &AnchorV1,
    ) -> Result<(), StoreFault> {
        let finding = anchors::keep(self.db, peer, ordinal, revision, anchor, self.moment.now)?;
        let (act, entries) = match finding {
            None | Some(Finding::Follows) => return Ok(()),
            Some(Finding::Restored) => ("chain-restored", anchor.now.entries),
            Some(Finding::Rewritten) => {
                ("chain-rewritten", anchor.before.map_or(anchor.now.entries, |before| before.entries))
            }
        };
        let (author, subject) = (self.author_of(&peer.replica), peer.replica.to_string());
        audit::append(self.db, &author, act, &subject, &entries.to_string())?;
        if act == "chain-rewritten" {
            tracing::error!(replica = %peer.replica, entries, "the audit trail of a child was written anew");
        } else {
            tracing::warn!(replica = %peer.replica, entries, "a child goes on from an older copy of its audit trail");
        }
        Ok(())
    }

    /// The writer of a published item, if its key is the parent's or vouched for.
    fn writer_of(&self, item: &Item) -> Result<Option<(Replica, PublicKey)>, StoreFault> {
        use zhuji_protocol::wire::published::PublishedV1;
        if item.key().kind == kinds::item::VOUCHED_KEY {
            return Ok(None);
        }
        let Ok(proof) = PublishedV1::read(item) else { return Ok(None) };
        let parents = replicas::key_with_id(self.db, &proof.key)?.filter(|known| {
            known.standing != crate::store::Standing::Revoked
                && replicas::parent(self.db)
                    .is_ok_and(|parent| parent.is_some_and(|parent| parent.replica == known.replica))
        });
        match parents {
            Some(known) => Ok(Some((known.replica, known.public))),
            None => directory::vouched(self.db, &proof.key),
        }
    }

    /// What a taken item changes.
    fn take_in(&mut self, peer: &Peer, item: &Item, taken: Taken) -> Result<(), StoreFault> {
        // What is about this hub's own rows goes no further down.
        if links::is_parent(peer) && !matches!(taken, Taken::Aside { .. }) {
            self.hand_down(item.key().clone(), item.version(), item.body())?;
        }
        match taken {
            Taken::Summary { .. } | Taken::Kept | Taken::Anchor(_) => {}
            Taken::Aside { last_known: Some(confirmed) } if !links::is_parent(peer) => {
                self.confirmed(peer, item.key(), &confirmed)?;
            }
            Taken::Aside { .. } => {}
            Taken::Reporting { .. } => self.attendance_changed = true,
            Taken::Entry(entry) => {
                self.unit_moves(entry.id.clone());
                directory::put_entry(self.db, &entry)?;
                self.directory_after().put(entry);
            }
            Taken::Policy { policy } => {
                self.judged_otherwise();
                let digest = Digest::of(&[policy.toml.as_bytes()]).0;
                directory::put_policy(self.db, &item.key().unit, &policy, digest)?;
            }
            Taken::Assignment(assignment) => {
                self.judged_otherwise();
                directory::put_assignment(self.db, &assignment)?;
            }
            Taken::Calendar { year, csv } => directory::put_calendar(self.db, year, &csv)?,
            Taken::VouchedKey(vouched) => {
                // Rows that this key proves may have been refused before it came.
                self.judged_otherwise();
                directory::put_vouched(self.db, &vouched)?;
            }
            Taken::Unread => {
                if !links::is_parent(peer)
                    && let Some(parent) = replicas::parent(self.db)?
                {
                    self.tell_version(&parent, item.key().clone(), item.version(), item.body())?;
                }
            }
        }
        Ok(())
    }

    /// Puts aside what was not sent again in the sender's new life.
    pub(super) fn apply_end(&mut self, peer: &Peer, end: &FullStateEndV1) -> Result<Applied, StoreFault> {
        let position: PositionV1 = match take_end(&items::positions(self.db, peer.id)?, end) {
            Ok(position) => position,
            Err(answer) => return Ok(answer),
        };
        let older = items::older_than(self.db, peer.id, position.ordinal, end.since)?;
        for key in &older {
            self.put_key_aside(peer, key)?;
        }
        if !older.is_empty() {
            let (author, subject) = (self.author_of(&peer.replica), peer.replica.to_string());
            audit::append(self.db, &author, "put-aside", &subject, &older.len().to_string())?;
            tracing::warn!(sender = %peer.replica, items = older.len(), "not sent again after a restore");
        }
        items::put_position(self.db, peer.id, &position)?;
        Ok(Applied::Done { position, refused: Vec::new() })
    }

    fn put_key_aside(&mut self, peer: &Peer, key: &ItemKey) -> Result<(), StoreFault> {
        match (key.kind, items::summary_place(key)) {
            (kinds::item::SUMMARY, Some((month, scope))) => {
                let series = Series { sender: peer.replica.clone(), unit: key.unit.clone(), scope };
                let stood = items::standing(self.db, peer.id, key)?.and_then(|stands| stands.summary);
                self.touch(peer.id, series, month, stood, None);
                self.month_put_aside(peer, key)?;
            }
            (kinds::item::REPORTING, _) => self.attendance_changed = true,
            // Units, policies and notices of before harm nobody; an assignment would go on judging by what the hub
            // that wrote it does not know any more.
            (kinds::item::ASSIGNMENT, _) if links::is_parent(peer) => self.withdraw_assignment(key)?,
            _ => {}
        }
        items::put_aside(self.db, peer.id, key)
    }

    /// Takes an assignment back that came from above. Children learn of it as this hub did: by a new life, at whose end
    /// they put aside what was not sent again.
    fn withdraw_assignment(&mut self, key: &ItemKey) -> Result<(), StoreFault> {
        let Some(serial) = subkey::read_assignment(&key.subkey) else { return Ok(()) };
        directory::withdraw_assignment(self.db, &key.unit, serial)?;
        queue::withdraw(self.db, Side::Child, key)?;
        self.judged_otherwise();
        for child in replicas::on_side(self.db, Side::Child)? {
            // One new life for all that is withdrawn at once.
            let fresh = self.moment.life(&child.replica.to_string());
            if child.incarnation != fresh {
                replicas::begin_life(self.db, &child, fresh)?;
                self.effects.to_wake.insert(child.replica);
            }
        }
        Ok(())
    }
}
