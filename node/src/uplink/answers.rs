//! What the link asks of the store, answered: one transaction a request.

use super::figures;
use crate::store::uplink::{self, Received};
use crate::store::{Author, Store, StoreFault};
use chrono::{DateTime, NaiveDate, Utc};
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::dialer::Standing;
use zhuji_protocol::link::effects::{Applied, Cut, CutFrom, Outcome, Request, Settled, Start};
use zhuji_protocol::link::position::{Serve, serve};
use zhuji_protocol::month::Month;
use zhuji_protocol::transport::{Credentials, Preparation, Ready, World};
use zhuji_protocol::wire::hello::WelcomeV1;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::position::PositionV1;

/// The store's side of the link.
#[derive(Debug)]
pub(super) struct Answers {
    store: Store,
    /// Who signs what is cut; known once the office is enrolled.
    signer: Option<(Replica, ReplicaKey)>,
    world: World,
    /// Where the link says that it waits for rows.
    ready: Ready,
    /// How often something came down that figures may depend on.
    received: u64,
}

/// Seconds after which a hub is told to come again when this office is busy.
const BUSY_SECONDS: u32 = 5;

impl Answers {
    /// Answers from this store.
    pub(super) fn new(store: Store, world: World, ready: Ready) -> Self {
        Self { store, signer: None, world, ready, received: 0 }
    }

    /// Changes when something came down that figures may depend on: policies, the directory, a calendar, where the hub
    /// begins to take months. The store's own version does not tell, since it is the same connection that wrote it.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// The store.
    pub(super) fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Brings the rows to be sent up to date, and cuts them for a link that waits in the same transaction: so an office's
    /// change costs one commit here. Gives whether any row changed.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(super) fn refresh(&mut self, today: NaiveDate, now: DateTime<Utc>) -> Result<bool, StoreFault> {
        let Some((offer, (replica, key))) = self.ready.take().zip(self.signer.as_ref()) else {
            return figures::refresh(&mut self.store, today, |_| Ok(())).map(|cut| cut.is_some());
        };
        let refreshed = figures::refresh(&mut self.store, today, |db| {
            uplink::cut_next(db, offer.from, replica, key, now.timestamp_millis())
        });
        let (changed, batch) = match refreshed {
            Ok(Some(batch)) => (Ok(true), batch),
            Ok(None) => (Ok(false), None),
            Err(fault) => (Err(fault), None),
        };
        let from = offer.from;
        let cut = batch.map(|batch| Outcome::Cut(Cut::Batch { from, batch: Box::new(batch) }));
        if let Err(offer) = offer.fill(cut) {
            self.ready.put_back(offer);
        }
        changed
    }

    /// What is needed to dial; `None` while the office is not enrolled.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn prepare(&mut self, now: DateTime<Utc>) -> Result<Option<Preparation>, StoreFault> {
        let office = self.store.office()?;
        let Some(membership) = uplink::membership(self.store.db())? else { return Ok(None) };
        let Ok(address) = membership.address.parse() else { return Ok(None) };
        let fresh = Incarnation(self.world.bytes());
        let standing = self.store.writing(|db| {
            Ok(Standing {
                incarnation: uplink::current(db, fresh, now.timestamp_millis())?,
                head: uplink::head(db)?,
                down: uplink::position(db)?,
            })
        })?;
        let seen = uplink::standing(self.store.db())?;
        let key = ReplicaKey::from_pkcs8(membership.key.pkcs8())
            .map_err(|_| StoreFault::Damaged(self.store.path().into()))?;
        self.signer = Some((Replica::node(office.unit), key));
        let [low, high, ..] = *membership.key.public().id().as_bytes();
        Ok(Some(Preparation {
            address,
            hub: membership.hub,
            credentials: Credentials {
                key: membership.key,
                certificate: membership.certificate,
                authority: membership.authority,
            },
            standing,
            backoff: seen.backoff.unwrap_or_default(),
            heard: seen.heard(),
            // The key is random, so its id spreads renewals as well as a draw of its own would.
            draw: u16::from_le_bytes([low, high]),
        }))
    }

    /// Keeps how often it did not work, over restarts.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn keep_backoff(&mut self, backoff: Backoff) -> Result<(), StoreFault> {
        self.store.writing(|db| {
            let mut standing = uplink::standing(db)?;
            if standing.backoff != Some(backoff) {
                standing.backoff = Some(backoff);
                uplink::write_standing(db, &standing)?;
            }
            Ok(())
        })
    }

    /// Answers one request. A fault is logged here; the link closes and comes again.
    pub(super) fn answer(&mut self, request: Request, now: DateTime<Utc>) -> Option<Outcome> {
        match self.tried(request, now) {
            Ok(outcome) => outcome,
            Err(StoreFault::Busy) => Some(Outcome::Applied(Applied::Busy { seconds: BUSY_SECONDS })),
            Err(fault) => {
                tracing::error!(%fault, "the store could not serve the link");
                Some(Outcome::Failed)
            }
        }
    }

    fn tried(&mut self, request: Request, now: DateTime<Utc>) -> Result<Option<Outcome>, StoreFault> {
        let clock_ms = now.timestamp_millis();
        let outcome = match request {
            // Nobody dials an office.
            Request::Greet(_) => Outcome::Failed,
            Request::Settle(welcome) => {
                self.received += 1;
                Outcome::Settled(self.settle(&welcome, clock_ms)?)
            }
            Request::Locate(position) => Outcome::Located(self.locate(&position)?),
            Request::Cut(from) => Outcome::Cut(self.cut(from, clock_ms)?),
            Request::Apply(batch) => {
                let change = self.store.change(&self.author(now))?;
                let received = uplink::apply(&change, *batch)?;
                change.commit()?;
                self.received += 1;
                Outcome::Applied(applied(received))
            }
            Request::ApplyEnd(end) => {
                self.received += 1;
                let change = self.store.change(&self.author(now))?;
                let received = uplink::apply_end(&change, &end)?;
                change.commit()?;
                Outcome::Applied(applied(received))
            }
            Request::Acknowledged(ack) => {
                // A hub says it again at the next greeting.
                match ack.refused.is_empty() {
                    true => self.store.noting(|db| uplink::take(db, &ack, clock_ms))?,
                    false => self.store.writing(|db| uplink::take(db, &ack, clock_ms))?,
                }
                return Ok(None);
            }
            Request::Remark(keys) => {
                self.store.writing(|db| uplink::remark(db, &keys))?;
                return Ok(None);
            }
        };
        Ok(Some(outcome))
    }

    fn settle(&mut self, welcome: &WelcomeV1, clock_ms: i64) -> Result<Settled, StoreFault> {
        let fresh = Incarnation(self.world.bytes());
        self.store.writing(|db| {
            uplink::contact_noted(db, clock_ms, welcome.clock_ms, welcome.from_month)?;
            uplink::speaks(db, welcome.version)?;
            let current = uplink::current(db, fresh, clock_ms)?;
            let is_past = uplink::is_past(db, welcome.up.incarnation)?;
            let is_recorded = uplink::is_recorded(db, current, welcome.up.at)?;
            let up = match serve(Some(&welcome.up), current, |_| is_past, |_| is_recorded) {
                Serve::From { at, whole } => {
                    uplink::stands_at(db, at)?;
                    Start { incarnation: current, ordinal: welcome.up.ordinal, at, whole }
                }
                Serve::Reincarnate => {
                    tracing::warn!(
                        "the hub knows more than this store: it was restored or copied, a new life begins"
                    );
                    uplink::open_next(db, fresh, clock_ms)?;
                    return Ok(Settled::Reincarnated);
                }
            };
            Ok(match uplink::settle_position(db, welcome.down)? {
                Some(down) => Settled::Ready { up, down },
                None => Settled::Fork,
            })
        })
    }

    fn locate(
        &mut self,
        position: &PositionV1,
    ) -> Result<Option<zhuji_protocol::wire::position::Point>, StoreFault> {
        let position = *position;
        let fresh = Incarnation(self.world.bytes());
        self.store.writing(|db| {
            let current = uplink::current(db, fresh, 0)?;
            let is_past = uplink::is_past(db, position.incarnation)?;
            let is_recorded = uplink::is_recorded(db, current, position.at)?;
            Ok(match serve(Some(&position), current, |_| is_past, |_| is_recorded) {
                Serve::From { at, .. } => Some(at),
                Serve::Reincarnate => None,
            })
        })
    }

    fn cut(&mut self, from: CutFrom, clock_ms: i64) -> Result<Cut, StoreFault> {
        let Some((replica, key)) = &self.signer else { return Ok(Cut::Nothing { from, since: None }) };
        self.store.writing(|db| {
            let batch = uplink::cut_next(db, from, replica, key, clock_ms)?;
            let since = crate::store::setting::office(db)?.since;
            Ok(match batch {
                Some(batch) => Cut::Batch { from, batch: Box::new(batch) },
                None => Cut::Nothing { from, since: Some(Month::of(since).number()) },
            })
        })
    }

    /// What comes down is entered in the audit trail under the hub's name.
    fn author(&self, at: DateTime<Utc>) -> Author {
        Author { who: "link".to_owned(), at }
    }
}

fn applied(received: Received) -> Applied {
    match received {
        Received::Applied { position, refused } => Applied::Done { position, refused },
        Received::Repeat(position) => Applied::Repeat(position),
        Received::NotNext(position) => Applied::NotNext(position),
        Received::Retired => Applied::Retired,
    }
}
