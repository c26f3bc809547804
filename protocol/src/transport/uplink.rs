//! The dial loop: the same for a node and for a hub towards the hub above it.

use super::dial_endpoint::DialEndpoint;
use super::driver::{Desk, Driver, now};
use super::enrolment::EnrolFault;
use super::hub_endpoint::shown_certificate;
use super::inbox::{LinkHandle, LinkInbox};
use super::renewal::{Renewed, renew};
use super::tls::Credentials;
use super::uplink_status::{Phase, UplinkControl, UplinkFault};
use super::world::World;
use crate::identity::{HubAddress, PublicKey, Replica, ReplicaKey, check_peer};
use crate::link::backoff::{Backoff, Ended};
use crate::link::clock::{Heard, corrected};
use crate::link::dialer::{Dialer, Standing};
use crate::link::effects::{CutFrom, Request};
use crate::link::end::{Event, Me, Opened};
use crate::link::exchange::Exchange;
use crate::unit::UnitId;
use crate::wire::close::CloseCode;
use chrono::{DateTime, TimeDelta, Utc};
use quinn::Connection;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// How often a standing link looks whether its certificate is due for renewal; wall clocks jump, so it never sleeps
/// through.
const RENEWAL_LOOK: Duration = Duration::from_secs(6 * 3600);

/// What an uplink needs of its replica's store. Nothing here may block: an implementation hands requests to the thread
/// that owns the store.
pub trait UplinkStore {
    /// What is needed to dial; `None` while no hub has enrolled this replica.
    fn prepare(&self) -> impl Future<Output = Result<Option<Preparation>, StoreFailed>> + Send;

    /// Carry a request of the link out; the answer goes to the handle, in the order of the requests.
    fn ask(&self, request: Request, answers: &LinkHandle);

    /// Keep how often it did not work, over restarts of the program.
    fn keep_backoff(&self, backoff: Backoff);

    /// The key of the next certificate: the one that was kept for it before, else a fresh one, kept before this answers.
    fn next_key(&self) -> impl Future<Output = Result<ReplicaKey, StoreFailed>> + Send;

    /// Keep the next certificate. Its key, one that [`next_key`](Self::next_key) gave, is from now on the one to dial and
    /// to sign with; the one before is done with.
    fn keep_renewed(&self, renewed: Renewed) -> impl Future<Output = Result<(), StoreFailed>> + Send;

    /// The link has sent everything and could be served from here, or (`None`) has enough to do: a store may keep it as
    /// a [`Ready`](super::Ready) place.
    fn stands_ready(&self, from: Option<CutFrom>, answers: &LinkHandle) {
        let _ = (from, answers);
    }

    /// The hub answered: its clock, its program.
    fn opened(&self, opened: &Opened) {
        let _ = opened;
    }
}

/// The store could not do it; it has said why in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreFailed;

/// What a store knows before it dials.
#[derive(Debug)]
pub struct Preparation {
    /// Where the hub listens.
    pub address: HubAddress,
    /// Whose hub it is.
    pub hub: UnitId,
    /// What this replica shows, and whom it believes.
    pub credentials: Credentials,
    /// Where its store stands.
    pub standing: Standing,
    /// How often it did not work before.
    pub backoff: Backoff,
    /// The replica's own random number, which spreads renewals.
    pub draw: u16,
    /// What both clocks said when the hub was last heard: ours may be wrong by decades.
    pub heard: Option<Heard>,
}

/// An uplink of one replica.
#[derive(Debug)]
pub struct Uplink<S> {
    endpoint: DialEndpoint,
    store: S,
    me: Me,
    world: World,
    control: UplinkControl,
    /// The hub said that our certificate has expired: our own clock may be the one that is wrong.
    must_renew: AtomicBool,
}

/// How an attempt ended, and whether its hello had been answered.
struct Attempt {
    fault: UplinkFault,
    opened: bool,
    quiet: bool,
    /// It ended because there is a new key to dial with.
    renewed: bool,
}

impl Attempt {
    fn failed(fault: UplinkFault) -> Self {
        Self { fault, opened: false, quiet: false, renewed: false }
    }
}

impl<S: UplinkStore> Uplink<S> {
    /// An uplink from an endpoint, not yet running, and what steers it.
    pub fn new(endpoint: DialEndpoint, store: S, me: Me, world: World) -> (Self, UplinkControl) {
        let control = UplinkControl::new();
        (
            Self { endpoint, store, me, world, control: control.clone(), must_renew: AtomicBool::new(false) },
            control,
        )
    }

    /// Keeps the link up until it is told to stop.
    pub async fn run(self) {
        let mut first = true;
        loop {
            let ready = tokio::select! {
                biased;
                () = self.control.stopped() => break,
                ready = self.wait_until_ready(&mut first) => ready,
            };
            let kept = ready.as_ref().map(|preparation| preparation.backoff).unwrap_or_default();
            let attempt = match ready {
                Ok(preparation) => self.attempt(preparation, Until::Stopped).await,
                Err(StoreFailed) => Attempt::failed(UplinkFault::Store),
            };
            if self.control.is_stopped() {
                break;
            }
            let wait = self.back_off(kept, &attempt);
            self.show_waiting(attempt.fault, wait);
            tokio::select! {
                biased;
                () = self.control.stopped() => break,
                () = self.control.told_to_dial() => {}
                () = sleep(wait) => {}
            }
        }
        self.control.show(|status| status.phase = Phase::Stopped);
        self.endpoint.close(CloseCode::ShuttingDown).await;
    }

    /// One exchange: dials, and returns once both directions are quiet.
    pub async fn sync_once(self) -> Result<(), UplinkFault> {
        let outcome = self.sync().await;
        self.endpoint.close(CloseCode::Done).await;
        outcome
    }

    async fn sync(&self) -> Result<(), UplinkFault> {
        // A new incarnation, and a renewal, each ask for one more dial.
        const DIALS: usize = 3;
        let mut last = UplinkFault::NotEnrolled;
        for _ in 0..DIALS {
            let prepared = self.store.prepare().await.map_err(|StoreFailed| UplinkFault::Store)?;
            let Some(preparation) = prepared else { return Err(UplinkFault::NotEnrolled) };
            let attempt = self.attempt(preparation, Until::Quiet).await;
            if attempt.quiet {
                self.store.keep_backoff(Backoff::default());
                return Ok(());
            }
            last = attempt.fault;
            if !matches!(last, UplinkFault::Closed(CloseCode::Reincarnated | CloseCode::RenewOnly)) {
                break;
            }
        }
        Err(last)
    }

    /// Waits for an enrolment if there is none, and, at the first dial of this program, for the end of the wait in which
    /// it was restarted.
    async fn wait_until_ready(&self, first: &mut bool) -> Result<Preparation, StoreFailed> {
        loop {
            if let Some(preparation) = self.store.prepare().await? {
                if std::mem::take(first) {
                    let wait = preparation.backoff.after_restart((self.world.random)());
                    let until = self.world.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
                    self.control.show(|status| status.phase = Phase::Waiting { until });
                    tokio::select! {
                        biased;
                        () = self.control.told_to_dial() => {}
                        () = sleep(wait) => {}
                    }
                }
                return Ok(preparation);
            }
            self.control.show(|status| status.phase = Phase::NotEnrolled);
            self.control.told_of_a_change().await;
        }
    }

    fn back_off(&self, kept: Backoff, attempt: &Attempt) -> Duration {
        let mut backoff = if attempt.opened { Backoff::default() } else { kept };
        let ended = attempt.fault.ended();
        if attempt.renewed {
            return Duration::ZERO;
        }
        // Nothing failed: the next dial is the other half of this one.
        if matches!(ended, Ended::Closed(CloseCode::Reincarnated)) && backoff == Backoff::default() {
            self.store.keep_backoff(Backoff { failures: 1, turned_away: false });
            return Duration::ZERO;
        }
        let wait = backoff.after(ended, (self.world.random)());
        self.store.keep_backoff(backoff);
        wait
    }

    fn show_waiting(&self, fault: UplinkFault, wait: Duration) {
        let wait_s = wait.as_secs();
        match fault.turned_away() {
            Some(_) => {
                tracing::error!(%fault, wait_s, "THE HUB TURNS THIS REPLICA AWAY: a person has to see to it");
            }
            None => tracing::info!(%fault, wait_s, "uplink ended, dialling again later"),
        }
        let until = self.world.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        self.control.show(|status| {
            status.phase = Phase::Waiting { until };
            // Nobody can say any more that nothing is left to do.
            status.quiet = false;
            status.fault = Some(fault.into());
        });
    }

    /// One dial and the link that comes of it.
    async fn attempt(&self, preparation: Preparation, until: Until) -> Attempt {
        self.control.show(|status| (status.phase, status.quiet) = (Phase::Dialling, false));
        let dialled = tokio::select! {
            biased;
            () = self.control.stopped() => Err(UplinkFault::Closed(CloseCode::ShuttingDown)),
            dialled = self.dial(preparation) => dialled,
        };
        let (connection, preparation) = match dialled {
            Ok(dialled) => dialled,
            Err(fault) => return Attempt::failed(fault),
        };
        let (handle, mut inbox) = self.control.link();
        let mut desk = UplinkDesk {
            store: &self.store,
            control: &self.control,
            world: &self.world,
            handle: handle.clone(),
            until,
            opened: false,
            quiet: false,
        };
        let (ended, renewed) = self.drive(&preparation, &connection, &mut desk, &handle, &mut inbox).await;
        self.must_renew.store(ended == Ended::Closed(CloseCode::RenewOnly), Ordering::Relaxed);
        let quiet = desk.quiet && ended == Ended::Closed(CloseCode::Done);
        Attempt { fault: UplinkFault::of(ended), opened: desk.opened, quiet, renewed }
    }

    async fn drive(
        &self,
        preparation: &Preparation,
        connection: &Connection,
        desk: &mut UplinkDesk<'_, S>,
        handle: &LinkHandle,
        inbox: &mut LinkInbox,
    ) -> (Ended, bool) {
        let Some(hub_key) = shown_key(connection, preparation) else { return (Ended::Lost, false) };
        let hub = Replica::hub(preparation.hub.clone());
        let standing = preparation.standing.clone();
        let (dialer, first) = Dialer::dial(&self.me, hub, hub_key, standing, now(self.world.now()));
        let mut link = pin!(Driver::new(dialer, desk, connection).run(first, inbox));
        tokio::select! {
            biased;
            ended = &mut link => (ended, false),
            () = self.control.stopped() => {
                handle.close(CloseCode::ShuttingDown);
                (link.await, false)
            }
            () = self.renewals(preparation) => {
                // The next dial shows the new key; until it did, the hub takes both.
                handle.close(CloseCode::Done);
                (link.await, true)
            }
        }
    }

    async fn dial(&self, mut preparation: Preparation) -> Result<(Connection, Preparation), UplinkFault> {
        if self.renewed_in_time(&preparation).await.map_err(UplinkFault::Renewal)? {
            // With the new key, which signs as well.
            let prepared = self.store.prepare().await.map_err(|StoreFailed| UplinkFault::Store)?;
            preparation = prepared.ok_or(UplinkFault::NotEnrolled)?;
        }
        let Preparation { address, hub, credentials, .. } = &preparation;
        let connection = self.endpoint.dial(address, hub, credentials).await.map_err(UplinkFault::Dial)?;
        Ok((connection, preparation))
    }

    /// Ends when there is a new key, in a link that stands for months.
    async fn renewals(&self, preparation: &Preparation) {
        let due = preparation.credentials.own().ok().map(|own| own.validity.renewal_at(preparation.draw));
        loop {
            sleep(RENEWAL_LOOK).await;
            if due.is_none_or(|due| corrected(self.world.now(), preparation.heard) < due) {
                continue;
            }
            match self.renewal(preparation).await {
                Ok(()) => return,
                Err(fault) => tracing::warn!(%fault, "the certificate was not renewed"),
            }
        }
    }

    /// Renews before the link where it is due, and tells whether it did; only an expired certificate makes a failure
    /// matter.
    async fn renewed_in_time(&self, preparation: &Preparation) -> Result<bool, EnrolFault> {
        let Ok(own) = preparation.credentials.own() else { return Ok(false) };
        let now = corrected(self.world.now(), preparation.heard);
        let must = self.must_renew.load(Ordering::Relaxed) || now > own.validity.not_after;
        if !must && now < own.validity.renewal_at(preparation.draw) {
            return Ok(false);
        }
        match self.renewal(preparation).await {
            Ok(()) => Ok(true),
            Err(fault) if must => Err(fault),
            Err(fault) => {
                tracing::warn!(%fault, "the certificate was not renewed, and still holds");
                Ok(false)
            }
        }
    }

    /// A crash between any two of these steps is made good by asking again: the hub gives the same key its certificate.
    async fn renewal(&self, preparation: &Preparation) -> Result<(), EnrolFault> {
        let Preparation { address, hub, credentials, .. } = preparation;
        let next = self.store.next_key().await.map_err(|StoreFailed| EnrolFault::Store)?;
        let renewed = renew(&self.endpoint, address, hub, credentials, &next).await?;
        self.store.keep_renewed(renewed).await.map_err(|StoreFailed| EnrolFault::Store)?;
        tracing::info!(key = %next.id(), "the certificate was renewed, for a new key");
        Ok(())
    }
}

/// How long an attempt lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    Stopped,
    Quiet,
}

struct UplinkDesk<'a, S> {
    store: &'a S,
    control: &'a UplinkControl,
    world: &'a World,
    handle: LinkHandle,
    until: Until,
    opened: bool,
    quiet: bool,
}

impl<S: UplinkStore> Desk for UplinkDesk<'_, S> {
    fn ask(&mut self, request: Request) {
        self.store.ask(request, &self.handle);
    }

    fn tell(&mut self, event: Event) {
        match event {
            Event::Opened(opened) => self.open(&opened),
            Event::Busy { seconds } => tracing::info!(seconds, "the hub is busy"),
            Event::PassedOver { kind, version } => {
                tracing::debug!(kind, version, "passed over a frame of a newer program");
            }
        }
    }

    fn clock(&self) -> DateTime<Utc> {
        self.world.now()
    }

    fn stands(&mut self, exchange: &Exchange) {
        self.store.stands_ready(exchange.waits_at(), &self.handle);
        let quiet = exchange.is_quiet();
        let received = exchange.received().at.cursor;
        self.control.show_progress(quiet, exchange.acknowledged(), received, self.world.now());
        if quiet && self.until == Until::Quiet && !self.quiet {
            self.quiet = true;
            self.handle.close(CloseCode::Done);
        }
    }
}

impl<S: UplinkStore> UplinkDesk<'_, S> {
    fn open(&mut self, opened: &Opened) {
        self.opened = true;
        self.store.opened(opened);
        self.store.keep_backoff(Backoff::default());
        let now = self.world.now();
        self.control.show(|status| {
            status.phase = Phase::Connected;
            status.hub = Some(opened.peer.clone());
            status.hub_program = Some(opened.program.clone());
            status.last_contact = Some(now);
            status.skew_ms = Some(opened.skew_ms);
            status.fault = None;
        });
    }
}

/// The key of the certificate that the hub showed.
fn shown_key(connection: &Connection, preparation: &Preparation) -> Option<PublicKey> {
    let shown = shown_certificate(connection)?;
    let peer = check_peer(&preparation.credentials.authority, &shown).ok()?;
    Some(peer.public_key)
}
