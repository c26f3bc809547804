//! The store's thread, as the transport wants it.

use super::answers::Answers;
use crate::context::Context;
use crate::store::{Store, StoreFault, uplink};
use chrono::{DateTime, NaiveDate, Utc};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use zhuji_protocol::console::{Failure, civil_date};
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::clock::{Heard, corrected};
use zhuji_protocol::link::effects::{CutFrom, Request};
use zhuji_protocol::link::end::Me;
use zhuji_protocol::transport::renewal::Renewed;
use zhuji_protocol::transport::socket::{self, AsyncUdpSocket};
use zhuji_protocol::transport::{
    DialEndpoint, LinkHandle, Preparation, Ready, StoreFailed, StoreThread, Uplink, UplinkControl,
    UplinkStore, World,
};
use zhuji_protocol::wire::kinds::SPOKEN_VERSIONS;
use zhuji_protocol::wire::life::ProcessId;

/// What a daemon takes from outside; a simulation hands in its own.
#[derive(Clone)]
pub struct Surroundings {
    /// The clock and randomness.
    pub world: World,
    /// Today, where it was given instead of being read from the clock.
    pub today: Option<NaiveDate>,
    /// Gives a socket to dial from; each uplink has its own.
    pub socket: Arc<dyn Fn() -> io::Result<Arc<dyn AsyncUdpSocket>> + Send + Sync>,
    /// How soon a change made by a command is seen.
    pub look: Duration,
    /// The protocol versions spoken; an older program's in a simulation.
    pub versions: Vec<u16>,
}

/// How soon a change made by a command is seen.
const LOOK: Duration = Duration::from_millis(250);

/// The way to the store, for the uplink and for whoever runs it.
#[derive(Clone)]
pub struct Service {
    thread: StoreThread<Answers>,
    surroundings: Surroundings,
    /// Where the link says that it waits for rows.
    ready: Ready,
}

impl Surroundings {
    /// This machine.
    #[must_use]
    pub fn real(today: Option<NaiveDate>) -> Self {
        Self {
            world: World::real(),
            today,
            socket: Arc::new(socket::dialler),
            look: LOOK,
            versions: SPOKEN_VERSIONS.to_vec(),
        }
    }

    /// This machine, by the clock of a command.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let (mut real, clock) = (Self::real(context.today), context.clock);
        real.world.clock = Arc::new(move || clock.now());
        real
    }

    /// Today at UTC+8, as far as it is known how wrong the clock is.
    #[must_use]
    pub fn today(&self, heard: Option<Heard>) -> NaiveDate {
        self.today.unwrap_or_else(|| civil_date(corrected(self.world.now(), heard)))
    }
}

impl Service {
    /// Moves the store onto its thread.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(store: Store, surroundings: Surroundings) -> io::Result<Self> {
        let ready = Ready::default();
        let answers = Answers::new(store, surroundings.world.clone(), ready.clone());
        Ok(Self { thread: StoreThread::start("store", answers)?, surroundings, ready })
    }

    /// Steps the store where it is asked: beside a real thread, paused time would jump.
    #[must_use]
    pub fn inline(store: Store, surroundings: Surroundings) -> Self {
        let ready = Ready::default();
        let answers = Answers::new(store, surroundings.world.clone(), ready.clone());
        Self { thread: StoreThread::inline(answers), surroundings, ready }
    }

    /// Lets an inline store go, as a crash does: nothing that is still under way finds it.
    pub fn let_go(&self) {
        drop(self.thread.take_away());
    }

    /// What was handed in.
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// An uplink, not yet running, and what steers it. Called within a tokio runtime.
    pub(super) fn uplink(&self, replica: Replica) -> Result<(Uplink<Self>, UplinkControl), Failure> {
        let world = &self.surroundings.world;
        let endpoint = DialEndpoint::open((self.surroundings.socket)()?, &world.endpoint_options())
            .map_err(Failure::told)?;
        let me = Me::new(replica, env!("CARGO_PKG_VERSION"), ProcessId(world.bytes()));
        let me = me.speaking(&self.surroundings.versions);
        Ok(Uplink::new(endpoint, self.clone(), me, world.clone()))
    }

    /// Does something on the store's thread.
    ///
    /// # Errors
    /// The store could not do it, and has said why in the log.
    pub async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFailed> {
        let done = self.thread.run(|answers| job(answers.store())).await;
        done.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the store could not serve the daemon");
            StoreFailed
        })
    }

    /// Today, by the clock and what the store knows of it.
    pub(super) async fn today(&self) -> Result<NaiveDate, StoreFailed> {
        let heard = self.with(|store| Ok(uplink::standing(store.db())?.heard())).await?;
        Ok(self.surroundings.today(heard))
    }

    /// Changes when records, or what came down, may give other figures.
    pub(super) async fn version(&self) -> Result<(i64, u64), StoreFailed> {
        let read = self.thread.run(|answers| Ok((answers.store().data_version()?, answers.received())));
        read.await.map_err(|_| StoreFailed)?.map_err(|fault: StoreFault| {
            tracing::error!(%fault, "the store could not serve the daemon");
            StoreFailed
        })
    }

    /// Brings the rows to be sent up to date. Gives whether any changed.
    pub(super) async fn refresh(&self) -> Result<bool, StoreFailed> {
        let (today, now) = (self.today().await?, self.surroundings.world.now());
        let done = self.thread.run(move |answers| answers.refresh(today, now)).await;
        done.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the figures could not be brought up to date");
            StoreFailed
        })
    }
}

impl UplinkStore for Service {
    async fn prepare(&self) -> Result<Option<Preparation>, StoreFailed> {
        let now: DateTime<Utc> = self.surroundings.world.now();
        let prepared = self.thread.run(move |answers| answers.prepare(now)).await;
        prepared.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the store could not prepare the link");
            StoreFailed
        })
    }

    fn ask(&self, request: Request, answers: &LinkHandle) {
        let (handle, now) = (answers.clone(), self.surroundings.world.now());
        self.thread.hand_in(move |store| {
            if let Some(outcome) = store.answer(request, now) {
                handle.outcome(outcome);
            }
        });
    }

    fn stands_ready(&self, from: Option<CutFrom>, answers: &LinkHandle) {
        self.ready.stands(from, answers);
    }

    fn keep_backoff(&self, backoff: Backoff) {
        self.thread.hand_in(move |answers| {
            if let Err(fault) = answers.keep_backoff(backoff) {
                tracing::warn!(%fault, "the back-off could not be kept");
            }
        });
    }

    async fn keep_renewed(&self, renewed: Renewed) -> Result<(), StoreFailed> {
        let Renewed { certificate, key, .. } = renewed;
        self.with(move |store| store.writing(|db| uplink::renewed(db, &certificate, &key))).await
    }

    async fn next_key(&self) -> Result<ReplicaKey, StoreFailed> {
        let fresh = ReplicaKey::from_seed(&self.surroundings.world.bytes()).map_err(|fault| {
            tracing::error!(%fault, "no key could be made");
            StoreFailed
        })?;
        self.with(move |store| store.writing(|db| uplink::next_key(db, fresh))).await
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("today", &self.today)
            .field("look", &self.look)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("surroundings", &self.surroundings).finish_non_exhaustive()
    }
}
