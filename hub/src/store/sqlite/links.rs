//! What links ask: greetings, batches, cuts, acknowledgements. Where both ends stand is judged by `link::position`.

use super::replicas::{self, Peer, Side};
use super::work::Work;
use super::{SqliteStore, hub, items, queue, refusals, row, ruling, upward};
use crate::store::Standing;
use crate::store::StoreFault;
use crate::store::arrival::{Applied, Asked, Moment};
use crate::store::enrolment::Contact;
use crate::store::judging::may_be_asked_again;
use crate::store::territory::{Series, Territory};
use chrono::TimeDelta;
use rusqlite::Connection;
use zhuji_protocol::identity::{PublicKey, Replica};
use zhuji_protocol::link::effects::{Admission, Cut, CutFrom, Greeted, Outcome, Request, Settled, Start};
use zhuji_protocol::link::kept::cut;
use zhuji_protocol::link::position::{Incoming, Serve, receive, serve};
use zhuji_protocol::month::Month;
use zhuji_protocol::wire::ack::{AckV1, Refusal};
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::hello::{HelloV1, WelcomeV1};
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::{kinds, limits};

/// Answers what links ask: first what changes figures and queues, then what is cut from them, in one transaction. So
/// a hop costs one commit where the link upward waits for rows.
pub(super) fn apply(store: &mut SqliteStore, group: &[Asked], moment: Moment) -> Result<Applied, StoreFault> {
    let answer = |work: &mut Work<'_>| {
        group.iter().map(|asked| work.answer(asked)).collect::<Result<Vec<_>, StoreFault>>()
    };
    let cut = |db: &Connection, mut outcomes: Vec<Option<Outcome>>| {
        for (asked, outcome) in group.iter().zip(&mut outcomes) {
            match &asked.request {
                Request::Cut(from) => {
                    *outcome = Some(cut_next(db, &asked.peer, *from, moment.now)?);
                }
                Request::Locate(knows) => *outcome = Some(locate(db, &asked.peer, knows)?),
                _ => {}
            }
        }
        Ok(outcomes)
    };
    let (outcomes, effects) = match group.iter().all(may_be_lost) {
        true => store.noting(|store| store.change_then(moment, answer, cut))?,
        false => store.change_then(moment, answer, cut)?,
    };
    Ok(Applied { outcomes, effects })
}

/// An acknowledgement is told again at the next greeting, so nobody waits until it is on the disk.
fn may_be_lost(asked: &Asked) -> bool {
    matches!(&asked.request, Request::Acknowledged(ack) if ack.refused.is_empty())
}

pub(super) fn ask_again(
    store: &mut SqliteStore,
    sender: &Replica,
    territory: &Territory,
) -> Result<Vec<ItemKey>, StoreFault> {
    let Some(peer) = replicas::find(&store.db, sender)? else { return Ok(Vec::new()) };
    let judged = refusals::judged_before(&store.db, peer.id, territory.version)?;
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    store.write(|db| refusals::mark_judged(db, peer.id, territory.version))?;
    Ok(judged
        .into_iter()
        .filter(|(key, reason)| may_be_asked_again(*reason) && may_count_now(territory, sender, key, *reason))
        .map(|(key, _)| key)
        .collect())
}

/// Where only place and month stood against a row, they are looked at before it is asked for.
fn may_count_now(territory: &Territory, sender: &Replica, key: &ItemKey, reason: Refusal) -> bool {
    let about_place = matches!(reason, Refusal::NotYours | Refusal::MonthNotYours | Refusal::UnknownUnit);
    match items::summary_place(key).filter(|_| about_place && key.kind == kinds::item::SUMMARY) {
        Some((month, scope)) => {
            let series = Series { sender: sender.clone(), unit: key.unit.clone(), scope };
            territory.takes(&series, month).is_ok()
        }
        None => true,
    }
}

impl Work<'_> {
    /// Everything but cutting, which comes when it is known what there is to send.
    pub(super) fn answer(&mut self, asked: &Asked) -> Result<Option<Outcome>, StoreFault> {
        let Some(peer) = replicas::find(self.db, &asked.peer)? else {
            return Ok(match asked.request {
                Request::Greet(_) => Some(Outcome::Greeted(Greeted::Refused(CloseCode::UnknownReplica))),
                Request::Acknowledged(_) | Request::Remark(_) => None,
                _ => Some(Outcome::Failed),
            });
        };
        Ok(match &asked.request {
            Request::Greet(hello) => Some(Outcome::Greeted(self.greet(&peer, hello)?)),
            Request::Settle(welcome) => Some(Outcome::Settled(self.settle(&peer, welcome)?)),
            Request::Apply(batch) => Some(Outcome::Applied(self.apply_batch(&peer, batch)?)),
            Request::ApplyEnd(end) => Some(Outcome::Applied(self.apply_end(&peer, end)?)),
            Request::Acknowledged(ack) => {
                self.acknowledged(&peer, ack)?;
                None
            }
            Request::Remark(keys) => {
                self.remark(&peer, keys)?;
                None
            }
            Request::Locate(_) | Request::Cut(_) => None,
        })
    }

    fn greet(&mut self, peer: &Peer, hello: &HelloV1) -> Result<Greeted, StoreFault> {
        let known = replicas::keys_of(self.db, &peer.replica)?;
        // Judged when it called already; a person may have ruled since.
        if let Some(code) = replicas::standing(self.db, peer.id)?.close_code() {
            return Ok(Greeted::Refused(code));
        }
        let keys: Vec<PublicKey> =
            known.iter().filter(|key| key.standing == Standing::Active).map(|key| key.public).collect();
        if keys.is_empty() {
            return Ok(Greeted::Refused(CloseCode::Revoked));
        }
        let Some(up) = self.position_of(peer, hello.incarnation)? else {
            ruling::fork_found(self, peer, ruling::OLD_LIFE)?;
            return Ok(Greeted::Refused(CloseCode::Fork));
        };
        let skew_ms = hello.clock_ms.saturating_sub(self.moment.now.timestamp_millis());
        let contact = Contact {
            process: hello.process,
            program: hello.program.to_string(),
            skew_seconds: skew_ms / 1000,
            head: hello.head,
        };
        replicas::heard_of(self.db, &peer.replica, &contact, self.moment.now)?;
        let peer = &self.agreed(peer, hello.versions.iter().max().copied())?;
        let down = self.start(peer, hello.down.as_ref())?;
        Ok(Greeted::Welcome(Box::new(Admission {
            up,
            down,
            down_head: queue::head(self.db, peer)?,
            from_month: self.territory.from_month(&peer.replica).map(Month::number),
            hold_seconds: 0,
            keys,
        })))
    }

    fn settle(&mut self, peer: &Peer, welcome: &WelcomeV1) -> Result<Settled, StoreFault> {
        let up = self.start(peer, Some(&welcome.up))?;
        if up.incarnation != peer.incarnation {
            return Ok(Settled::Reincarnated);
        }
        let Some(down) = self.position_of(peer, welcome.down)? else {
            ruling::fork_found(self, peer, ruling::OLD_LIFE)?;
            return Ok(Settled::Fork);
        };
        let skew_ms = welcome.clock_ms.saturating_sub(self.moment.now.timestamp_millis());
        let contact = Contact {
            process: welcome.process,
            program: welcome.program.to_string(),
            skew_seconds: skew_ms / 1000,
            head: welcome.down_head,
        };
        replicas::heard_of(self.db, &peer.replica, &contact, self.moment.now)?;
        self.agreed(peer, Some(welcome.version))?;
        Ok(Settled::Ready { up, down })
    }

    /// Keeps the version that was agreed. Rows of kinds that it adds were passed over before, and are sent now.
    fn agreed(&mut self, peer: &Peer, version: Option<u16>) -> Result<Peer, StoreFault> {
        let version = version.unwrap_or(peer.version);
        if version > peer.version {
            let mut passed_over = queue::queued(self.db, peer.id)?;
            passed_over.retain(|key| kinds::item::since(key.kind) > peer.version);
            self.remark(peer, &passed_over.into_iter().collect::<Vec<_>>())?;
        }
        replicas::speaks(self.db, peer, version)?;
        Ok(Peer { version, ..peer.clone() })
    }

    /// Where this hub stands with a life of the sender's; a new one gets the next ordinal. `None`: it was retired.
    fn position_of(
        &self,
        peer: &Peer,
        incarnation: zhuji_protocol::wire::life::Incarnation,
    ) -> Result<Option<PositionV1>, StoreFault> {
        Ok(match receive(&items::positions(self.db, peer.id)?, incarnation) {
            Incoming::Current(position) => Some(position),
            Incoming::New(position) => {
                items::put_position(self.db, peer.id, &position)?;
                Some(position)
            }
            Incoming::Retired => None,
        })
    }

    /// From where an end is served; a new life begins if it knows what we do not.
    fn start(&mut self, peer: &Peer, knows: Option<&PositionV1>) -> Result<Start, StoreFault> {
        match served(self.db, peer, knows)? {
            Serve::From { at, whole } => {
                // Its last acknowledgement may have been lost with the line; the greeting says it again.
                self.stands_at(peer, at.cursor)?;
                let ordinal = knows.filter(|known| known.incarnation == peer.incarnation);
                Ok(Start {
                    incarnation: peer.incarnation,
                    ordinal: ordinal.map_or(0, |known| known.ordinal),
                    at,
                    whole,
                })
            }
            Serve::Reincarnate => {
                let fresh = self.moment.life(&peer.replica.to_string());
                replicas::begin_life(self.db, peer, fresh)?;
                super::audit::append(
                    self.db,
                    &self.author_of(&peer.replica),
                    "new-life",
                    &peer.replica.to_string(),
                    "",
                )?;
                Ok(Start { incarnation: fresh, ordinal: 0, at: Point::START, whole: false })
            }
        }
    }

    fn stands_at(&self, peer: &Peer, cursor: u64) -> Result<(), StoreFault> {
        let kept = TimeDelta::days(limits::CUT_RECORDS_DAYS);
        queue::acknowledged(self.db, peer.id, cursor, &row::instant(self.moment.now - kept))
    }

    fn acknowledged(&mut self, peer: &Peer, ack: &AckV1) -> Result<(), StoreFault> {
        if ack.position.incarnation != peer.incarnation {
            return Ok(());
        }
        self.stands_at(peer, ack.position.at.cursor)?;
        for refused in ack.refused.iter() {
            queue::refused_there(self.db, peer.id, refused)?;
        }
        Ok(())
    }

    fn remark(&mut self, peer: &Peer, keys: &[ItemKey]) -> Result<(), StoreFault> {
        let queued = queue::queued(self.db, peer.id)?;
        for key in keys.iter().filter(|key| queued.contains(key)) {
            let mark = self.next_mark();
            queue::enqueue(self.db, peer.id, key, mark)?;
            self.effects.to_wake.insert(peer.replica.clone());
        }
        Ok(())
    }
}

fn served(db: &Connection, peer: &Peer, knows: Option<&PositionV1>) -> Result<Serve, StoreFault> {
    // The facts first: the decision asks for at most one of each.
    let is_past = match knows {
        Some(known) => replicas::is_past_life(db, peer, known.incarnation)?,
        None => false,
    };
    let is_recorded = match knows {
        Some(known) => queue::was_cut(db, peer, known.at)?,
        None => false,
    };
    Ok(serve(knows, peer.incarnation, |_| is_past, |_| is_recorded))
}

/// Finds a position among the records, and opens nothing.
pub(super) fn locate(db: &Connection, replica: &Replica, knows: &PositionV1) -> Result<Outcome, StoreFault> {
    let Some(peer) = replicas::find(db, replica)? else { return Ok(Outcome::Failed) };
    Ok(Outcome::Located(match served(db, &peer, Some(knows))? {
        Serve::From { at, .. } => Some(at),
        Serve::Reincarnate => None,
    }))
}

/// Cuts the next batch for an end, and records where it ends.
pub(super) fn cut_next(
    db: &Connection,
    replica: &Replica,
    from: CutFrom,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Outcome, StoreFault> {
    let Some(peer) = replicas::find(db, replica)?.filter(|peer| peer.incarnation == from.incarnation) else {
        return Ok(Outcome::Failed);
    };
    let rows = queue::rows_after(db, &peer, from.at.cursor, from.version)?;
    let own = Replica::hub(hub::unit(db)?);
    let key = if is_parent(&peer) { upward::present(db)? } else { hub::key(db)? };
    let made = cut(rows, from, queue::head(db, &peer)?, &own, &key, now.timestamp_millis());
    Ok(match made {
        Ok(Some((batch, record))) => {
            queue::record_cut(db, peer.id, &record, &row::instant(now))?;
            Outcome::Cut(Cut::Batch { from, batch: Box::new(batch) })
        }
        Ok(None) => Outcome::Cut(Cut::Nothing { from, since: None }),
        Err(unsendable) => {
            tracing::error!(%unsendable, "a row fits in no batch");
            Outcome::Failed
        }
    })
}

/// The side on which an end stands, for what it may send.
pub(super) fn is_parent(peer: &Peer) -> bool {
    peer.side == Side::Parent
}
