//! One connection from below: its key's standing is looked up, then its link is served to its end.

use super::Service;
use super::in_order::InOrder;
use super::links::Place;
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Asked, Author, Effects, HubStore, Moment, Standing, StoreFault};
use chrono::{DateTime, Utc};
use quinn::Connection;
use std::sync::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;
use zhuji_protocol::identity::{EnrolRefusal, PeerCertificate, PublicKey, Replica};
use zhuji_protocol::link::effects::{Greeted, Outcome, Request};
use zhuji_protocol::link::end::Event;
use zhuji_protocol::month::Month;
use zhuji_protocol::transport::renewal::Asked as AskedRenewal;
use zhuji_protocol::transport::{Backlog, Desk, Guest, LinkHandle, LinkInbox, LinkWish, Wish, wish};
use zhuji_protocol::wire::close::CloseCode;

pub(super) async fn serve(service: Service, connection: Connection, peer: PeerCertificate, guest: Guest) {
    let replica = peer.replica.clone();
    match wish(connection, peer, guest).await {
        Ok(Wish::Link(link)) => serve_link(service, *link).await,
        Ok(Wish::Renewal(renewal)) => {
            let now = service.world.now();
            let answered = renewal.answer(now, |asked| renew(&service, asked)).await;
            match answered {
                Ok(replica) => tracing::info!(%replica, "a certificate was renewed"),
                Err(fault) => tracing::warn!(%replica, %fault, "a certificate was not renewed"),
            }
        }
        Err(fault) => tracing::info!(%replica, %fault, "a caller did not say what it wants"),
    }
}

async fn serve_link(service: Service, link: LinkWish) {
    let replica = link.peer().replica.clone();
    // Before the greeting: what changes meanwhile is told at the cost of one greeting more.
    let from_month = service.reader.first_month_of(replica.clone()).await.flatten();
    let standing = standing(&service, replica.clone(), link.peer().public_key).await;
    let (handle, mut inbox): (LinkHandle, LinkInbox) = LinkHandle::new();
    let turned_away = match standing {
        Ok(standing) => standing.close_code(),
        Err(code) => Some(code),
    };
    if let Some(code) = turned_away {
        tracing::warn!(%replica, %code, "a replica was turned away");
    }
    let (requests, answering) = mpsc::unbounded_channel();
    let backlog = Backlog::default();
    let answers =
        tokio::spawn(answer(service.clone(), replica.clone(), answering, handle.clone(), backlog.clone()));
    let place = Mutex::new(None);
    let mut desk = ChildDesk {
        service: service.clone(),
        replica,
        handle,
        requests,
        backlog,
        place,
        turned_away,
        from_month,
    };
    let me = service.me.clone();
    let ended = link.serve(me, &mut desk, &mut inbox).await;
    tracing::debug!(replica = %desk.replica, ?ended, "a link ended");
    if let Some(place) = desk.place.into_inner().unwrap_or_default() {
        service.links.ended(&place);
    }
    drop(desk.requests);
    let _done = answers.await;
}

/// What the store says of the key. A key that is not listed, of a replica that is, is taken in again and logged: the hub
/// was restored from before its enrolment.
///
/// # Errors
/// The code to turn it away with. A store that cannot answer, its disk full perhaps, says nothing against the replica:
/// told that it is unknown, it would stay away for hours.
async fn standing(service: &Service, replica: Replica, key: PublicKey) -> Result<Standing, CloseCode> {
    // Mostly there is nothing to write, and a thousand who come at once do not queue for the writer one by one.
    if service.reader.is_settled(replica.clone(), key).await {
        return Ok(Standing::Active);
    }
    let judged = service
        .committer
        .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
            Box::pin(async move {
                let author = Author::of_link(&replica, moment.now);
                match store.key_used(&replica, key, &author, moment).await {
                    Ok((standing, effects)) => (Ok(standing), effects),
                    Err(fault) => (Err(fault), Effects::default()),
                }
            })
        })
        .await;
    match judged {
        Ok(Ok(standing)) => Ok(standing),
        Ok(Err(StoreFault::UnknownReplica(_))) => Err(CloseCode::UnknownReplica),
        Ok(Err(fault)) => {
            tracing::error!(%fault, "the standing of a key could not be looked up");
            Err(CloseCode::StoreFault)
        }
        Err(_stopped) => Err(CloseCode::ShuttingDown),
    }
}

async fn renew(service: &Service, asked: AskedRenewal) -> Result<Vec<u8>, EnrolRefusal> {
    let next = asked.next;
    let replica = asked.replica.clone();
    let renewed = service
        .committer
        .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
            Box::pin(async move {
                match renewed(store, &asked, moment).await {
                    Ok((certificate, effects)) => (Ok(certificate), effects),
                    Err(refusal) => (Err(refusal), Effects::default()),
                }
            })
        })
        .await;
    let certificate = renewed.unwrap_or(Err(EnrolRefusal::HubFault))?;
    if let Some(link) = service.links.of(&replica) {
        // A link that stands may be told of batches signed by either.
        link.trust(next);
    }
    Ok(certificate)
}

async fn renewed(
    store: &mut SqliteStore,
    asked: &AskedRenewal,
    moment: Moment,
) -> Result<(Vec<u8>, Effects), EnrolRefusal> {
    let fault = |fault: StoreFault| match fault {
        StoreFault::UnknownReplica(_) | StoreFault::KeyUnfit(_) => EnrolRefusal::NotAChild,
        fault => {
            tracing::error!(%fault, "a certificate could not be renewed");
            EnrolRefusal::HubFault
        }
    };
    let author = Author::of_link(&asked.replica, moment.now);
    let used = store.key_used(&asked.replica, asked.present, &author, moment).await;
    let (standing, effects) = used.map_err(fault)?;
    if let Some(refusal) = standing.refuses_certificate() {
        return Err(refusal);
    }
    let identity = store.identity().await.map_err(fault)?;
    let now = moment.now.max(identity.latest);
    let issued = identity.authority.issue(&asked.replica, &asked.next, moment.serial(), now);
    let certificate = issued.map_err(|fault| {
        tracing::error!(%fault, "a certificate could not be issued");
        EnrolRefusal::HubFault
    })?;
    store.renew(&asked.replica, asked.next, certificate.clone(), &author).await.map_err(fault)?;
    Ok((certificate, effects))
}

/// What a link leans on.
struct ChildDesk {
    service: Service,
    replica: Replica,
    handle: LinkHandle,
    requests: mpsc::UnboundedSender<Request>,
    backlog: Backlog,
    place: Mutex<Option<Place>>,
    turned_away: Option<CloseCode>,
    /// As the store saw it just before the greeting.
    from_month: Option<Month>,
}

impl Desk for ChildDesk {
    fn ask(&mut self, request: Request) {
        if let Request::Greet(hello) = &request {
            // Before the links are touched: a key that lets nobody in must not put out who is in.
            if let Some(code) = self.turned_away {
                self.handle.outcome(Outcome::Greeted(Greeted::Refused(code)));
                return;
            }
            let link = self.handle.clone();
            let place =
                self.service.links.hello(&self.replica, hello.process, link, Instant::now().into_std());
            if place.is_none() {
                self.service.fork_found(self.replica.clone());
                self.handle.outcome(Outcome::Greeted(Greeted::Refused(CloseCode::Fork)));
                return;
            }
            self.place = Mutex::new(place);
            self.service.links.told_from(&self.replica, self.from_month);
        }
        self.backlog.asked();
        // The other end is there until the link ends, and the link asks nothing after that.
        let _ended = self.requests.send(request);
    }

    fn tell(&mut self, event: Event) {
        match event {
            Event::Opened(opened) => {
                tracing::info!(replica = %self.replica, program = opened.program, "a link is open");
                self.service.ask_again_soon(self.replica.clone());
            }
            Event::PassedOver { kind, version } => {
                tracing::debug!(replica = %self.replica, kind, version, "passed over a frame of a newer program");
            }
            Event::Busy { .. } => {}
        }
    }

    fn clock(&self) -> DateTime<Utc> {
        self.service.world.now()
    }

    fn room(&self) -> impl Future<Output = ()> + Send {
        let backlog = self.backlog.clone();
        async move { backlog.room().await }
    }
}

/// Hands a link's requests in as they come.
async fn answer(
    service: Service,
    peer: Replica,
    mut requests: mpsc::UnboundedReceiver<Request>,
    handle: LinkHandle,
    backlog: Backlog,
) {
    let answers = InOrder::start();
    while let Some(request) = requests.recv().await {
        match service.committer.ask(Asked { peer: peer.clone(), request }).await {
            Ok(answered) => answers.tell(&handle, answered),
            Err(_stopped) => handle.close(CloseCode::ShuttingDown),
        }
        backlog.handed_in();
    }
    answers.finish().await;
}
