//! Whole links: real QUIC and TLS over a network in memory, with paused time; the stores are the small ones that the
//! link's own tests use, asked inline.

use super::network::{Network, Weather};
use super::{Hub, key, noon, unit};
use crate::identity::{EnrolRefusal, HubAuthority, PublicKey, Replica, ReplicaKey};
use crate::link::backoff::Backoff;
use crate::link::clock::Heard;
use crate::link::dialer::Standing;
use crate::link::effects::{Greeted, Outcome, Request};
use crate::link::end::{Event, Me};
use crate::link::exchange::Exchange;
use crate::link::tests::store::{Store, agrees};
use crate::transport::enrolment::serve_enrolment;
use crate::transport::renewal::{Asked, Renewed};
use crate::transport::{
    Arrival, Credentials, Desk, DialEndpoint, EndpointOptions, HubEndpoint, LinkHandle, Phase, Preparation,
    StoreFailed, Uplink, UplinkControl, UplinkFault, UplinkStore, Wish, World, wish,
};
use crate::wire::life::ProcessId;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(super) const COUNTY: &str = "430981000000";
pub(super) const TOWNSHIP: &str = "430981101000";
pub(super) const HUB_AT: &str = "10.0.0.1:7443";
pub(super) const NODE_AT: &str = "10.0.0.2:40000";

/// A township and its county hub, in one process.
pub(super) struct Pair {
    pub(super) network: Network,
    pub(super) node: NodeStore,
    pub(super) hub: Arc<Mutex<Store>>,
    /// The hub's live link, for what its store has to tell.
    live: Arc<Mutex<Option<LinkHandle>>>,
    pub(super) world: World,
    authority: Arc<HubAuthority>,
    /// What the hub knows to have arrived below.
    acknowledged: Arc<AtomicU64>,
    /// Days by which both clocks have jumped.
    pub(super) days: Arc<AtomicI64>,
    pub(super) ruling: Arc<Mutex<Ruling>>,
}

/// How the hub thinks of its child, and what it has seen of it.
#[derive(Default)]
pub(super) struct Ruling {
    /// It is refused.
    pub(super) refused: Option<EnrolRefusal>,
    /// The line breaks after the next certificate was issued, before it is answered.
    pub(super) loses_answer: bool,
    /// The keys of its links.
    pub(super) linked: Vec<PublicKey>,
    /// The keys for which it asked certificates.
    pub(super) asked: Vec<PublicKey>,
}

#[derive(Clone)]
pub(super) struct NodeStore {
    store: Arc<Mutex<Store>>,
    /// The present key and its certificate.
    pub(super) own: Arc<Mutex<(ReplicaKey, Vec<u8>)>>,
    /// The key of a renewal under way.
    next: Arc<Mutex<Option<ReplicaKey>>>,
    pub(super) heard: Arc<Mutex<Option<Heard>>>,
    authority: Arc<HubAuthority>,
    backoff: Arc<Mutex<Backoff>>,
    pub(super) renewals: Arc<AtomicU64>,
}

impl UplinkStore for NodeStore {
    async fn prepare(&self) -> Result<Option<Preparation>, StoreFailed> {
        let store = self.store.lock().unwrap();
        Ok(Some(Preparation {
            address: HUB_AT.parse().unwrap(),
            hub: unit(COUNTY),
            credentials: self.credentials(),
            standing: Standing { incarnation: store.incarnation, head: store.mark, down: store.down() },
            backoff: *self.backoff.lock().unwrap(),
            draw: 0,
            heard: *self.heard.lock().unwrap(),
        }))
    }

    fn ask(&self, request: Request, answers: &LinkHandle) {
        if let Some(outcome) = self.store.lock().unwrap().answer(request) {
            answers.outcome(outcome);
        }
    }

    fn keep_backoff(&self, backoff: Backoff) {
        *self.backoff.lock().unwrap() = backoff;
    }

    async fn next_key(&self) -> Result<ReplicaKey, StoreFailed> {
        let mut next = self.next.lock().unwrap();
        let nth = u8::try_from(self.renewals.load(Ordering::Relaxed)).unwrap();
        Ok(copy(next.get_or_insert_with(|| key(51 + nth))))
    }

    async fn keep_renewed(&self, renewed: Renewed) -> Result<(), StoreFailed> {
        let next = self.next.lock().unwrap().take().expect("it was kept before it was asked for");
        assert_eq!(next.public(), renewed.key);
        // What is cut from now on is signed with it.
        self.store.lock().unwrap().key = Arc::new(copy(&next));
        *self.own.lock().unwrap() = (next, renewed.certificate);
        self.renewals.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

impl NodeStore {
    fn credentials(&self) -> Credentials {
        let own = self.own.lock().unwrap();
        let authority = self.authority.certificate().clone();
        Credentials { key: copy(&own.0), certificate: own.1.clone(), authority }
    }
}

fn copy(key: &ReplicaKey) -> ReplicaKey {
    ReplicaKey::from_pkcs8(key.pkcs8()).expect("a key")
}

struct HubDesk {
    store: Arc<Mutex<Store>>,
    acknowledged: Arc<AtomicU64>,
    handle: LinkHandle,
    world: World,
    ruling: Arc<Mutex<Ruling>>,
}

impl Desk for HubDesk {
    fn ask(&mut self, request: Request) {
        let refused = self.ruling.lock().unwrap().refused.clone();
        if let (Request::Greet(_), Some(refusal)) = (&request, refused) {
            self.handle.outcome(Outcome::Greeted(Greeted::Refused(refusal.as_close_code())));
        } else if let Some(outcome) = self.store.lock().unwrap().answer(request) {
            self.handle.outcome(outcome);
        }
    }

    fn tell(&mut self, _: Event) {}

    fn stands(&mut self, exchange: &Exchange) {
        self.acknowledged.store(exchange.acknowledged(), Ordering::Relaxed);
    }

    fn clock(&self) -> DateTime<Utc> {
        self.world.now()
    }
}

fn me(replica: Replica) -> Me {
    Me::new(replica, "0.1.0", ProcessId([3; 16]))
}

impl Pair {
    /// Within a paused runtime. The node's certificate was issued `age` ago.
    pub(super) fn start(seed: u64, weather: Weather, age: TimeDelta) -> Self {
        Self::start_with(seed, weather, age, EndpointOptions::default())
    }

    /// The same, with a hub's endpoint of these options.
    pub(super) fn start_with(seed: u64, weather: Weather, age: TimeDelta, options: EndpointOptions) -> Self {
        let begun = tokio::time::Instant::now();
        let days = Arc::new(AtomicI64::new(0));
        let jumped = days.clone();
        let clock = move || {
            let days = TimeDelta::days(jumped.load(Ordering::Relaxed));
            noon() + TimeDelta::from_std(begun.elapsed()).unwrap() + days
        };
        let draws = AtomicU64::new(seed);
        let random = move || draws.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).rotate_left(17);
        let world = World { clock: Arc::new(clock), random: Arc::new(random) };
        let (authority, credentials) = Hub::credentials(COUNTY, 10);
        let issued = authority
            .issue(&Replica::node(unit(TOWNSHIP)), &key(50).public(), [5; 16], noon() - age)
            .expect("issued");
        let authority = Arc::new(authority);
        let lives = Arc::new(AtomicU64::new(seed));
        let mut store = Store::new(&Replica::node(unit(TOWNSHIP)).to_string(), 50, &lives);
        store.since = Some(1);
        let node = NodeStore {
            store: Arc::new(Mutex::new(store)),
            own: Arc::new(Mutex::new((key(50), issued))),
            next: Arc::default(),
            heard: Arc::default(),
            authority: authority.clone(),
            backoff: Arc::default(),
            renewals: Arc::default(),
        };
        let hub = Store::new(&Replica::hub(unit(COUNTY)).to_string(), 11, &lives);
        let network = Network::new(seed, weather);
        let pair = Self {
            network,
            node,
            hub: Arc::new(Mutex::new(hub)),
            live: Arc::default(),
            world,
            authority,
            acknowledged: Arc::default(),
            days,
            ruling: Arc::default(),
        };
        let options = EndpointOptions { rng_seed: Some([1; 32]), ..options };
        let endpoint = HubEndpoint::open(pair.network.socket(HUB_AT), &credentials, options);
        tokio::spawn(pair.serve(endpoint.expect("an endpoint")));
        pair
    }

    /// What a hub's main loop does.
    fn serve(&self, endpoint: HubEndpoint) -> impl Future<Output = ()> + use<> {
        let (store, live, world) = (self.hub.clone(), self.live.clone(), self.world.clone());
        let (authority, acknowledged) = (self.authority.clone(), self.acknowledged.clone());
        let (network, ruling) = (self.network.clone(), self.ruling.clone());
        async move {
            while let Some(handshake) = endpoint.accept().await {
                let (store, live) = (store.clone(), live.clone());
                let (world, authority) = (world.clone(), authority.clone());
                let acknowledged = acknowledged.clone();
                let (network, ruling) = (network.clone(), ruling.clone());
                tokio::spawn(async move {
                    let (connection, peer, guest) = match handshake.finish().await {
                        Ok(Arrival::Link { connection, peer, guest }) => (connection, peer, guest),
                        Ok(Arrival::Enrolment { connection, guest: _until_gone, .. }) => {
                            let nobody = async |_| Err(EnrolRefusal::UnknownToken);
                            // Newcomers of these tests come without a token.
                            let _refused = serve_enrolment(&connection, world.now(), nobody).await;
                            return;
                        }
                        Err(_) => return,
                    };
                    match wish(connection, peer, guest).await {
                        Ok(Wish::Link(wish)) => {
                            let (handle, mut inbox) = LinkHandle::new();
                            let old = live.lock().unwrap().replace(handle.clone());
                            if let Some(old) = old {
                                old.close(crate::wire::close::CloseCode::Replaced);
                            }
                            ruling.lock().unwrap().linked.push(wish.peer().public_key);
                            let mut desk = HubDesk { store, acknowledged, handle, world, ruling };
                            wish.serve(me(Replica::hub(unit(COUNTY))), &mut desk, &mut inbox).await;
                        }
                        Ok(Wish::Renewal(renewal)) => {
                            let now = world.now();
                            let issue = async |asked: Asked| {
                                let mut ruling = ruling.lock().unwrap();
                                ruling.asked.push(asked.next);
                                if let Some(refusal) = ruling.refused.clone() {
                                    return Err(refusal);
                                }
                                if std::mem::take(&mut ruling.loses_answer) {
                                    network.cut_off(NODE_AT);
                                }
                                if let Some(live) = &*live.lock().unwrap() {
                                    live.trust(asked.next);
                                }
                                let issued = authority.issue(&asked.replica, &asked.next, [6; 16], now);
                                Ok(issued.expect("issued"))
                            };
                            // A newcomer that hangs up early is no fault of the hub.
                            let _hung_up = renewal.answer(now, issue).await;
                        }
                        Err(_) => {}
                    }
                });
            }
        }
    }

    pub(super) fn uplink(&self) -> (Uplink<NodeStore>, UplinkControl) {
        let options = EndpointOptions { rng_seed: Some([2; 32]), ..EndpointOptions::default() };
        let endpoint = DialEndpoint::open(self.network.socket(NODE_AT), &options).expect("an endpoint");
        Uplink::new(endpoint, self.node.clone(), me(Replica::node(unit(TOWNSHIP))), self.world.clone())
    }

    pub(super) fn write_up(&self, months: std::ops::Range<i32>, body: u8) {
        let mut store = self.node.store.lock().unwrap();
        months.for_each(|month| store.write(month, body));
    }

    fn write_down(&self, months: std::ops::Range<i32>, body: u8) {
        {
            let mut store = self.hub.lock().unwrap();
            months.for_each(|month| store.write(month, body));
        }
        if let Some(live) = &*self.live.lock().unwrap() {
            live.changed();
        }
    }

    pub(super) fn agreed(&self) -> Result<(), String> {
        let (node, hub) = (self.node.store.lock().unwrap(), self.hub.lock().unwrap());
        agrees(&node, &hub).and_then(|()| agrees(&hub, &node))
    }

    /// Waits until both stores agree; fails after `patience` of simulated time.
    pub(super) async fn agree_within(&self, patience: Duration) {
        let until = tokio::time::Instant::now() + patience;
        while let Err(difference) = self.agreed() {
            assert!(tokio::time::Instant::now() < until, "{difference}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

pub(super) fn simulated<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(story)
}

pub(super) const MINUTES: Duration = Duration::from_secs(60);

#[test]
fn both_directions_arrive_over_a_bad_line() {
    for seed in 0..8 {
        simulated(async {
            let pair = Pair::start(seed, Weather::foul(), TimeDelta::zero());
            pair.write_up(1..30, 7);
            pair.write_down(1..20, 8);
            let (uplink, control) = pair.uplink();
            tokio::spawn(uplink.run());
            pair.agree_within(5 * MINUTES).await;
            // What is written while the link stands leaves at once, without a new dial.
            pair.write_up(5..9, 9);
            control.changed();
            pair.write_down(3..4, 10);
            pair.agree_within(MINUTES).await;
            control.stop();
        });
    }
}

#[test]
fn after_hours_cut_off_the_stores_agree_again() {
    simulated(async {
        let pair = Pair::start(3, Weather::fair(), TimeDelta::zero());
        let (uplink, control) = pair.uplink();
        let running = tokio::spawn(uplink.run());
        pair.write_up(1..5, 1);
        control.changed();
        pair.agree_within(MINUTES).await;
        pair.network.cut_off(NODE_AT);
        pair.write_up(3..40, 2);
        control.changed();
        pair.write_down(1..9, 3);
        tokio::time::sleep(300 * MINUTES).await;
        let status = control.status().borrow().clone();
        assert!(matches!(status.phase, Phase::Waiting { .. } | Phase::Dialling), "{:?}", status.phase);
        assert!(status.fault.is_some());
        assert!(!status.quiet);
        pair.network.reconnect(NODE_AT);
        // The longest back-off, and the handshake.
        pair.agree_within(6 * MINUTES).await;
        assert_eq!(control.status().borrow().phase, Phase::Connected);
        assert_eq!(*pair.node.backoff.lock().unwrap(), Backoff::default());
        control.stop();
        running.await.expect("ended");
        assert_eq!(control.status().borrow().phase, Phase::Stopped);
    });
}

#[test]
fn an_idle_link_stands_for_days() {
    simulated(async {
        let pair = Pair::start(4, Weather::fair(), TimeDelta::zero());
        let (uplink, control) = pair.uplink();
        tokio::spawn(uplink.run());
        pair.write_up(1..3, 1);
        pair.agree_within(MINUTES).await;
        tokio::time::sleep(3 * 24 * 60 * MINUTES).await;
        pair.write_up(1..3, 2);
        control.changed();
        pair.agree_within(Duration::from_secs(1)).await;
        control.stop();
    });
}

#[test]
fn one_exchange_returns_when_everything_is_acknowledged() {
    for weather in [Weather::fair(), Weather::foul()] {
        simulated(async {
            let pair = Pair::start(5, weather, TimeDelta::zero());
            pair.write_up(1..30, 7);
            pair.write_down(1..20, 8);
            let (uplink, _) = pair.uplink();
            uplink.sync_once().await.expect("exchanged");
            pair.agreed().expect("everything is through");
            // The hub heard our last acknowledgement too, before the line was hung up.
            let head = pair.hub.lock().unwrap().mark;
            assert_eq!(pair.acknowledged.load(Ordering::Relaxed), head);
        });
    }
}

#[test]
fn one_exchange_with_nobody_says_so() {
    simulated(async {
        let pair = Pair::start(6, Weather::fair(), TimeDelta::zero());
        pair.network.cut_off(HUB_AT);
        let outcome = pair.uplink().0.sync_once().await;
        assert!(matches!(outcome, Err(UplinkFault::Dial(_))), "{outcome:?}");
    });
}

#[test]
fn one_seed_has_one_trace() {
    let trace = |seed| {
        simulated(async {
            let pair = Pair::start(seed, Weather::foul(), TimeDelta::zero());
            pair.write_up(1..20, 7);
            let (uplink, control) = pair.uplink();
            tokio::spawn(uplink.run());
            pair.agree_within(5 * MINUTES).await;
            control.stop();
            pair.network.trace()
        })
    };
    let first = trace(11);
    assert!((0..5).all(|_| trace(11) == first));
    assert_ne!(trace(12), first);
}
