//! A network in memory between real QUIC endpoints: it delays, loses, repeats, reorders and cuts, the same way at every
//! run of one seed.

use super::dice::Dice;
use super::trace::Trace;
use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, UdpPoller};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// How bad the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// Of a hundred packets, how many are lost.
    pub lost: u64,
    /// Of a hundred packets, how many arrive twice.
    pub repeated: u64,
    /// The least delay.
    pub delay: Duration,
    /// What is added at random; more than the gap between packets reorders them.
    pub jitter: Duration,
}

/// The network. Cheap to clone.
#[derive(Clone)]
pub struct Network(Arc<Mutex<State>>);

struct State {
    dice: Dice,
    weather: Weather,
    trace: Trace,
    sockets: BTreeMap<SocketAddr, Plugged>,
    /// Machines that hear nobody and that nobody hears.
    cut_off: BTreeSet<IpAddr>,
    next_port: u16,
}

struct Plugged {
    arrived: mpsc::UnboundedSender<Packet>,
    is_dead: Arc<AtomicBool>,
}

struct Packet {
    from: SocketAddr,
    bytes: Vec<u8>,
}

struct Socket {
    address: SocketAddr,
    network: Network,
    is_dead: Arc<AtomicBool>,
    arrived: Mutex<mpsc::UnboundedReceiver<Packet>>,
}

impl Weather {
    /// As in an office on a good day.
    pub const FAIR: Self =
        Self { lost: 0, repeated: 0, delay: Duration::from_millis(10), jitter: Duration::from_millis(5) };

    /// One of a seed's own.
    pub fn of(dice: &mut Dice) -> Self {
        Self {
            lost: dice.between(0, 20),
            repeated: dice.between(0, 8),
            delay: Duration::from_millis(dice.between(2, 60)),
            jitter: Duration::from_millis(dice.between(0, 250)),
        }
    }
}

impl Network {
    /// A network without anybody.
    #[must_use]
    pub fn new(seed: u64, trace: Trace) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice: Dice::of(seed, "network"),
            weather: Weather::FAIR,
            trace,
            sockets: BTreeMap::new(),
            cut_off: BTreeSet::new(),
            next_port: 20_000,
        })))
    }

    /// A socket of a machine; at a port of its own if none is named.
    pub fn socket(&self, machine: Ipv4Addr, port: Option<u16>) -> Arc<dyn AsyncUdpSocket> {
        let mut state = self.state();
        let port = port.unwrap_or_else(|| {
            state.next_port = if state.next_port < 60_000 { state.next_port + 1 } else { 20_000 };
            state.next_port
        });
        let address = SocketAddr::from((machine, port));
        let (sender, arrived) = mpsc::unbounded_channel();
        let is_dead = Arc::new(AtomicBool::new(false));
        state.sockets.insert(address, Plugged { arrived: sender, is_dead: is_dead.clone() });
        Arc::new(Socket { address, network: self.clone(), is_dead, arrived: Mutex::new(arrived) })
    }

    /// A machine went down: what it had open sends and hears nothing more, ever.
    pub fn unplug(&self, machine: Ipv4Addr) {
        self.state().sockets.retain(|address, plugged| {
            let is_its = address.ip() == machine;
            if is_its {
                plugged.is_dead.store(true, Ordering::Relaxed);
            }
            !is_its
        });
    }

    /// Nothing gets to or from the machine.
    pub fn cut_off(&self, machine: Ipv4Addr) {
        self.state().cut_off.insert(machine.into());
    }

    /// The line to the machine is back.
    pub fn reconnect(&self, machine: Ipv4Addr) {
        self.state().cut_off.remove(&machine.into());
    }

    /// From now on it is like this.
    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self, from: SocketAddr, packet: &Transmit<'_>) {
        let mut state = self.state();
        let machine = match from.ip() {
            IpAddr::V4(ip) => u64::from(u32::from(ip)),
            IpAddr::V6(_) => 0,
        };
        state.trace.packet(machine, packet.contents.len());
        let to = packet.destination;
        let Weather { lost, repeated, delay, jitter } = state.weather;
        let is_cut = state.cut_off.contains(&from.ip()) || state.cut_off.contains(&to.ip());
        let (is_lost, is_repeated) = (state.dice.percent(lost), state.dice.percent(repeated));
        let copies = match (is_cut || is_lost, is_repeated) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        let jitter_us = u64::try_from(jitter.as_micros()).unwrap_or(0);
        for _ in 0..copies {
            let delay = delay + Duration::from_micros(state.dice.between(0, jitter_us));
            let Some(plugged) = state.sockets.get(&to) else { return };
            let (receiver, bytes) = (plugged.arrived.clone(), packet.contents.to_vec());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let _nobody_there = receiver.send(Packet { from, bytes });
            });
        }
    }
}

impl AsyncUdpSocket for Socket {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Box::pin(AlwaysWritable)
    }

    fn try_send(&self, packet: &Transmit<'_>) -> io::Result<()> {
        if !self.is_dead.load(Ordering::Relaxed) {
            self.network.carry(self.address, packet);
        }
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
        if self.is_dead.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
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

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}
