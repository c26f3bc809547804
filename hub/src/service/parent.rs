//! The link to the hub above: the same dial loop as a node's, served by the hub's one writer.

use super::Committer;
use super::in_order::InOrder;
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Asked, Author, Effects, HubStore, Moment, StoreFault};
use chrono::TimeDelta;
use quinn::AsyncUdpSocket;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::clock::Heard;
use zhuji_protocol::link::effects::{CutFrom, Outcome, Request};
use zhuji_protocol::link::end::Me;
use zhuji_protocol::transport::renewal::Renewed;
use zhuji_protocol::transport::{
    Credentials, DialEndpoint, LinkHandle, Preparation, StoreFailed, Uplink, UplinkControl, UplinkStore,
    World,
};

/// An uplink over a socket, not yet running, and what steers it.
pub(super) fn uplink(
    committer: Committer,
    socket: Arc<dyn AsyncUdpSocket>,
    me: Me,
    world: World,
) -> Result<(Uplink<Parent>, UplinkControl), Failure> {
    let endpoint = DialEndpoint::open(socket, &world.endpoint_options()).map_err(Failure::told)?;
    let (requests, queue) = mpsc::unbounded_channel();
    tokio::spawn(answer(committer.clone(), queue));
    let parent = Parent { committer, requests, world: world.clone(), backoff: Arc::default() };
    Ok(Uplink::new(endpoint, parent, me, world))
}

/// What the uplink needs of the hub's store.
pub(super) struct Parent {
    committer: Committer,
    requests: mpsc::UnboundedSender<(Request, LinkHandle)>,
    world: World,
    /// A hub restarts rarely and dials one parent: its back-off need not outlive it.
    backoff: Arc<Mutex<Backoff>>,
}

impl UplinkStore for Parent {
    async fn prepare(&self) -> Result<Option<Preparation>, StoreFailed> {
        let backoff = *self.backoff.lock().unwrap_or_else(PoisonError::into_inner);
        let prepared = self
            .committer
            .act(move |store: &mut SqliteStore, _: Moment| -> Doing<'_, _> {
                Box::pin(async move { (prepare(store, backoff).await, Effects::default()) })
            })
            .await;
        let prepared = prepared.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the uplink could not be prepared");
            StoreFailed
        })?;
        if let Some(preparation) = &prepared {
            self.committer.upward().leads_to(Replica::hub(preparation.hub.clone()));
        }
        Ok(prepared)
    }

    fn stands_ready(&self, from: Option<CutFrom>, answers: &LinkHandle) {
        self.committer.upward().ready().stands(from, answers);
    }

    fn ask(&self, request: Request, answers: &LinkHandle) {
        // The other end lives as long as the hub runs.
        let _stopping = self.requests.send((request, answers.clone()));
    }

    fn keep_backoff(&self, backoff: Backoff) {
        *self.backoff.lock().unwrap_or_else(PoisonError::into_inner) = backoff;
    }

    async fn next_key(&self) -> Result<ReplicaKey, StoreFailed> {
        let fresh = ReplicaKey::from_seed(&self.world.bytes()).map_err(|fault| {
            tracing::error!(%fault, "no key could be made");
            StoreFailed
        })?;
        let kept = self
            .committer
            .act(move |store: &mut SqliteStore, _: Moment| -> Doing<'_, _> {
                Box::pin(async move { (store.next_upward_key(fresh).await, Effects::default()) })
            })
            .await;
        kept.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the key of the next certificate could not be kept");
            StoreFailed
        })
    }

    async fn keep_renewed(&self, renewed: Renewed) -> Result<(), StoreFailed> {
        let kept = self
            .committer
            .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
                Box::pin(async move { (keep(store, renewed, moment).await, Effects::default()) })
            })
            .await;
        kept.map_err(|_| StoreFailed)?.map_err(|fault| {
            tracing::error!(%fault, "the renewed certificate could not be kept");
            StoreFailed
        })
    }
}

async fn prepare(store: &mut SqliteStore, backoff: Backoff) -> Result<Option<Preparation>, StoreFault> {
    let Some(uplink) = store.uplink().await? else { return Ok(None) };
    let Some(standing) = store.dialling().await? else { return Ok(None) };
    let key = store.upward_key().await?;
    let [low, high, ..] = *key.public().id().as_bytes();
    let above = store.parent_row().await?;
    let heard = above.and_then(|above| {
        // The skew is the parent's clock less ours.
        let ours = above.last_contact?;
        Some(Heard { ours, hubs: ours.checked_add_signed(TimeDelta::seconds(above.skew_seconds?))? })
    });
    Ok(Some(Preparation {
        address: uplink.address,
        hub: uplink.parent.unit,
        credentials: Credentials { key, certificate: uplink.certificate, authority: uplink.authority },
        standing,
        backoff,
        // The key is random, so its id spreads renewals as well as a draw of its own would.
        draw: u16::from_le_bytes([low, high]),
        heard,
    }))
}

async fn keep(store: &mut SqliteStore, renewed: Renewed, moment: Moment) -> Result<(), StoreFault> {
    let Some(uplink) = store.uplink().await? else { return Ok(()) };
    let author = Author::of_link(&uplink.parent, moment.now);
    store.renew_upward(renewed.key, renewed.certificate, &author).await
}

/// Hands the uplink's requests in as they come.
async fn answer(committer: Committer, mut requests: mpsc::UnboundedReceiver<(Request, LinkHandle)>) {
    let answers = InOrder::start();
    while let Some((request, handle)) = requests.recv().await {
        let Some(peer) = committer.upward().parent() else {
            handle.outcome(Outcome::Failed);
            continue;
        };
        match committer.ask(Asked { peer, request }).await {
            Ok(answered) => answers.tell(&handle, answered),
            Err(_stopped) => handle.outcome(Outcome::Failed),
        }
    }
    answers.finish().await;
}
