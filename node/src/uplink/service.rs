//! The store's thread, as the transport wants it.

use super::answers::Answers;
use super::figures;
use crate::store::{Store, StoreFault};
use chrono::{DateTime, NaiveDate, Utc};
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::effects::Request;
use zhuji_protocol::link::end::Me;
use zhuji_protocol::transport::renewal::Renewed;
use zhuji_protocol::transport::{
    DialEndpoint, EndpointOptions, LinkHandle, Preparation, StoreFailed, StoreThread, Uplink, UplinkControl,
    UplinkStore, World, random_bytes, socket,
};
use zhuji_protocol::wire::life::ProcessId;

/// The way to the store, for the uplink and for whoever runs it.
#[derive(Clone)]
pub(super) struct Service {
    thread: StoreThread<Answers>,
    world: World,
}

impl Service {
    /// Moves the store onto its thread.
    pub(super) fn start(store: Store, world: World) -> std::io::Result<Self> {
        let answers = Answers::new(store, random_bytes);
        Ok(Self { thread: StoreThread::start("store", answers)?, world })
    }

    /// An uplink over a real socket, not yet running, and what steers it. Called within a tokio runtime.
    pub(super) fn uplink(&self, replica: Replica) -> Result<(Uplink<Self>, UplinkControl), Failure> {
        let options =
            EndpointOptions { draw: u16::from_le_bytes(random_bytes()), ..EndpointOptions::default() };
        let endpoint = DialEndpoint::open(socket::for_transport(socket::dialling()?)?, &options)
            .map_err(Failure::told)?;
        let me =
            Me { replica, program: env!("CARGO_PKG_VERSION").to_owned(), process: ProcessId(random_bytes()) };
        Ok(Uplink::new(endpoint, self.clone(), me, self.world.clone()))
    }

    /// Does something on the store's thread.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFailed> {
        let done = self.thread.run(|answers| job(answers.store())).await;
        done.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the store could not serve the daemon");
            StoreFailed
        })
    }

    /// Brings the rows to be sent up to date. Gives whether any changed.
    pub(super) async fn refresh(&self, today: NaiveDate) -> Result<bool, StoreFailed> {
        self.with(move |store| figures::refresh(store, today)).await
    }
}

impl UplinkStore for Service {
    async fn prepare(&self) -> Result<Option<Preparation>, StoreFailed> {
        let now: DateTime<Utc> = self.world.now();
        let prepared = self.thread.run(move |answers| answers.prepare(now)).await;
        prepared.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the store could not prepare the link");
            StoreFailed
        })
    }

    fn ask(&self, request: Request, answers: &LinkHandle) {
        let (handle, now) = (answers.clone(), self.world.now());
        self.thread.hand_in(move |store| {
            if let Some(outcome) = store.answer(request, now) {
                handle.outcome(outcome);
            }
        });
    }

    fn keep_backoff(&self, backoff: Backoff) {
        self.thread.hand_in(move |answers| {
            if let Err(fault) = answers.keep_backoff(backoff) {
                tracing::warn!(%fault, "the back-off could not be kept");
            }
        });
    }

    async fn keep_renewed(&self, renewed: Renewed) -> Result<(), StoreFailed> {
        self.with(move |store| store.writing(|db| crate::store::uplink::renewed(db, &renewed.certificate)))
            .await
    }
}
