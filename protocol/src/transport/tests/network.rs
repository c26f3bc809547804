//! A network in memory, between real QUIC endpoints: it delays, loses, repeats, reorders and cuts, the same way at
//! every run of one seed. With paused time a simulated hour takes no time.

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How bad the network is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Of a hundred packets, how many are lost.
    pub(crate) lost: u64,
    /// Of a hundred packets, how many arrive twice.
    pub(crate) repeated: u64,
    /// The least delay.
    pub(crate) delay: Duration,
    /// What is added at random; more than the gap between packets reorders them.
    pub(crate) jitter: Duration,
}

/// The network. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Network(Arc<Mutex<State>>);

struct State {
    begun: Instant,
    random: u64,
    weather: Weather,
    sockets: HashMap<SocketAddr, mpsc::UnboundedSender<Packet>>,
    cut_off: HashSet<SocketAddr>,
    /// When, from which port, how long: two runs of one seed have the same.
    trace: Vec<(u128, u16, usize)>,
}

struct Packet {
    from: SocketAddr,
    bytes: Vec<u8>,
}

struct Socket {
    address: SocketAddr,
    network: Network,
    arrived: Mutex<mpsc::UnboundedReceiver<Packet>>,
}

impl Weather {
    pub(crate) fn fair() -> Self {
        let (delay, jitter) = (Duration::from_millis(10), Duration::from_millis(5));
        Self { lost: 0, repeated: 0, delay, jitter }
    }

    pub(crate) fn foul() -> Self {
        let (delay, jitter) = (Duration::from_millis(20), Duration::from_millis(200));
        Self { lost: 15, repeated: 5, delay, jitter }
    }
}

impl Network {
    pub(crate) fn new(seed: u64, weather: Weather) -> Self {
        Self(Arc::new(Mutex::new(State {
            begun: Instant::now(),
            random: seed,
            weather,
            sockets: HashMap::new(),
            cut_off: HashSet::new(),
            trace: Vec::new(),
        })))
    }

    /// A socket at an address; an older one there hears nothing more.
    pub(crate) fn socket(&self, address: &str) -> Arc<dyn AsyncUdpSocket> {
        let address = address.parse().expect("an address");
        let (sender, arrived) = mpsc::unbounded_channel();
        self.state().sockets.insert(address, sender);
        Arc::new(Socket { address, network: self.clone(), arrived: Mutex::new(arrived) })
    }

    pub(crate) fn cut_off(&self, address: &str) {
        self.state().cut_off.insert(address.parse().expect("an address"));
    }

    pub(crate) fn reconnect(&self, address: &str) {
        self.state().cut_off.remove(&address.parse().expect("an address"));
    }

    /// How often somebody began to dial from an address: the first packet of a connection is padded, and nothing was
    /// sent for ten seconds before it.
    pub(crate) fn dials_from(&self, address: &str) -> usize {
        let port = address.parse::<SocketAddr>().expect("an address").port();
        let mut last = None;
        let state = self.state();
        let sent = state.trace.iter().filter(|(_, from, _)| *from == port);
        sent.filter(|(at, ..)| last.replace(*at).is_none_or(|last| at - last > 10_000_000)).count()
    }

    pub(crate) fn trace(&self) -> Vec<(u128, u16, usize)> {
        self.state().trace.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self, from: SocketAddr, packet: &Transmit<'_>) {
        let mut state = self.state();
        let at = state.begun.elapsed().as_micros();
        state.trace.push((at, from.port(), packet.contents.len()));
        let to = packet.destination;
        let Weather { lost, repeated, delay, jitter } = state.weather;
        let is_cut = state.cut_off.contains(&from) || state.cut_off.contains(&to);
        let copies = match (is_cut || state.one_of_hundred(lost), state.one_of_hundred(repeated)) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        let Some(receiver) = state.sockets.get(&to).cloned() else { return };
        for _ in 0..copies {
            let jitter_us = u64::try_from(jitter.as_micros()).expect("short");
            let delay = delay + Duration::from_micros(state.draw() % (jitter_us + 1));
            let (receiver, bytes) = (receiver.clone(), packet.contents.to_vec());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let _nobody_there = receiver.send(Packet { from, bytes });
            });
        }
    }
}

impl State {
    /// SplitMix64.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn one_of_hundred(&mut self, share: u64) -> bool {
        self.draw() % 100 < share
    }
}

impl AsyncUdpSocket for Socket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(AlwaysWritable)
    }

    fn try_send(&self, packet: &Transmit<'_>) -> io::Result<()> {
        self.network.carry(self.address, packet);
        Ok(())
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let Poll::Ready(Some(Packet { from, bytes })) = arrived.poll_recv(context) else {
            return Poll::Pending;
        };
        let length = bytes.len().min(buffers[0].len());
        buffers[0][..length].copy_from_slice(&bytes[..length]);
        meta[0] = RecvMeta::default();
        (meta[0].addr, meta[0].len, meta[0].stride) = (from, length, length);
        Poll::Ready(Ok(1))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }

    fn may_fragment(&self) -> bool {
        false
    }
}

#[derive(Debug)]
struct AlwaysWritable;

impl UdpPoller for AlwaysWritable {
    fn poll_writable(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({})", self.address)
    }
}
