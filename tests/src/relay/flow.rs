//! The line's one loop: datagrams come in, are given their fate, wait, and leave.

use super::weather::Weather;
use super::{Counts, Order};
use crate::dice::Dice;
use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// As long as a datagram can be.
const LONGEST: usize = 65_536;

/// Where a datagram goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    ToHub { caller: SocketAddr },
    ToCaller(SocketAddr),
}

/// A caller's socket towards the hub, and who listens on it.
struct Binding {
    socket: Arc<UdpSocket>,
    listener: JoinHandle<()>,
}

impl Drop for Binding {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

pub(super) struct Flow {
    front: UdpSocket,
    hub: SocketAddr,
    weather: Weather,
    dice: Dice,
    counts: Arc<Counts>,
    bindings: HashMap<SocketAddr, Binding>,
    /// What is on the way, by when it arrives and in which order it was thrown for.
    air: BTreeMap<(Instant, u64), Flight>,
    thrown: u64,
    heard: (mpsc::UnboundedSender<FromHub>, mpsc::UnboundedReceiver<FromHub>),
}

type Flight = (Way, Arc<[u8]>);
type FromHub = (SocketAddr, Arc<[u8]>);

impl Flow {
    pub(super) fn new(
        front: UdpSocket,
        hub: SocketAddr,
        weather: Weather,
        dice: Dice,
        counts: Arc<Counts>,
    ) -> Self {
        let heard = mpsc::unbounded_channel();
        let (bindings, air) = (HashMap::new(), BTreeMap::new());
        Self { front, hub, weather, dice, counts, bindings, air, thrown: 0, heard }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut buffer = vec![0; LONGEST];
        loop {
            let next = self.air.keys().next().map(|(due, _)| *due);
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Weather(weather)) => self.weather = weather,
                    Some(Order::Rebind) => self.bindings.clear(),
                    Some(Order::Stop) | None => return,
                },
                () = at(next) => self.land().await,
                // A hub that is dead answers with an error here, which is no news to a line.
                came = self.front.recv_from(&mut buffer) => if let Ok((length, caller)) = came {
                    self.launch(Way::ToHub { caller }, buffer[..length].into());
                },
                heard = self.heard.1.recv() => if let Some((caller, datagram)) = heard {
                    self.launch(Way::ToCaller(caller), datagram);
                },
            }
        }
    }

    fn launch(&mut self, way: Way, datagram: Arc<[u8]>) {
        let fate = self.weather.fate(&mut self.dice);
        let count = |counter: &std::sync::atomic::AtomicU64, happened: bool| {
            counter.fetch_add(u64::from(happened), Ordering::Relaxed);
        };
        count(&self.counts.passed, !fate.arrivals.is_empty());
        count(&self.counts.lost, fate.arrivals.is_empty());
        count(&self.counts.repeated, fate.arrivals.len() > 1);
        count(&self.counts.late, fate.is_late);
        let now = Instant::now();
        for after in fate.arrivals {
            self.thrown += 1;
            self.air.insert((now + after, self.thrown), (way, datagram.clone()));
        }
    }

    /// Lets everything arrive that is due. What a socket refuses is lost, as on any line.
    async fn land(&mut self) {
        let now = Instant::now();
        while let Some(first) = self.air.first_entry().filter(|first| first.key().0 <= now) {
            let (way, datagram) = first.remove();
            match way {
                Way::ToCaller(caller) => {
                    let _sent = self.front.send_to(&datagram, caller).await;
                }
                Way::ToHub { caller } => {
                    if let Some(socket) = self.binding(caller).await {
                        let _sent = socket.send_to(&datagram, self.hub).await;
                    }
                }
            }
        }
    }

    async fn binding(&mut self, caller: SocketAddr) -> Option<Arc<UdpSocket>> {
        if let Some(binding) = self.bindings.get(&caller) {
            return Some(binding.socket.clone());
        }
        let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?);
        let listener = tokio::spawn(listen(socket.clone(), caller, self.heard.0.clone()));
        self.counts.bindings.fetch_add(1, Ordering::Relaxed);
        self.bindings.insert(caller, Binding { socket: socket.clone(), listener });
        Some(socket)
    }
}

async fn listen(socket: Arc<UdpSocket>, caller: SocketAddr, heard: mpsc::UnboundedSender<FromHub>) {
    let mut buffer = vec![0; LONGEST];
    loop {
        if let Ok((length, _)) = socket.recv_from(&mut buffer).await
            && heard.send((caller, buffer[..length].into())).is_err()
        {
            return;
        }
    }
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => pending().await,
    }
}
