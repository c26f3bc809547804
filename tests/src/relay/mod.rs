//! A line between a hub and those who dial it, made of real sockets: it delays, loses, repeats and reorders datagrams as
//! the weather says, and gives its callers other addresses towards the hub whenever it is told to, as an address
//! translator does that was restarted.

mod flow;
mod weather;

pub use weather::Weather;

use crate::dice::Dice;
use anyhow::{Context, Result};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// A line, for as long as it is held.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    orders: mpsc::UnboundedSender<Order>,
    counts: Arc<Counts>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Order {
    Weather(Weather),
    Rebind,
    Stop,
}

/// What happened on the line, so that a story can tell that anything did.
#[derive(Debug, Default)]
struct Counts {
    passed: AtomicU64,
    lost: AtomicU64,
    repeated: AtomicU64,
    late: AtomicU64,
    bindings: AtomicU64,
}

/// The counts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Datagrams that arrived, copies not counted.
    pub passed: u64,
    /// Datagrams that were lost.
    pub lost: u64,
    /// Datagrams that arrived twice.
    pub repeated: u64,
    /// Datagrams that were held back.
    pub late: u64,
    /// Addresses under which the hub saw callers.
    pub bindings: u64,
}

impl Relay {
    /// A line to a hub that listens at `hub`.
    ///
    /// # Errors
    /// No socket can be opened.
    pub fn to(hub: SocketAddr, weather: Weather, dice: Dice) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let front = runtime.block_on(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = front.local_addr()?;
        let (orders, taken) = mpsc::unbounded_channel();
        let counts = Arc::new(Counts::default());
        let flow = flow::Flow::new(front, hub, weather, dice, counts.clone());
        let thread = std::thread::Builder::new()
            .name("relay".to_owned())
            .spawn(move || runtime.block_on(flow.run(taken)))
            .context("a thread for a relay")?;
        Ok(Self { address, orders, counts, thread: Some(thread) })
    }

    /// Where callers dial.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The weather changes. What is on the way arrives as it would have.
    pub fn set(&self, weather: Weather) {
        self.order(Order::Weather(weather));
    }

    /// Every caller has another address towards the hub from its next datagram on; what the hub sends to the old one
    /// is lost.
    pub fn rebind(&self) {
        self.order(Order::Rebind);
    }

    /// What happened so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            passed: count(&self.counts.passed),
            lost: count(&self.counts.lost),
            repeated: count(&self.counts.repeated),
            late: count(&self.counts.late),
            bindings: count(&self.counts.bindings),
        }
    }

    fn order(&self, order: Order) {
        // It listens until it is dropped.
        let _stopped = self.orders.send(order);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
