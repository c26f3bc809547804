//! Callers that wait for their handshake, by the network they come from: whoever sends a thousand waits behind himself,
//! and a caller from elsewhere is next.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An address; of IPv6 the first half, since one site has all of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Network(IpAddr);

/// Who waits, and whose handshakes are under way.
#[derive(Debug)]
pub(super) struct WaitingRoom<T>(Arc<Mutex<Inside<T>>>);

#[derive(Debug)]
struct Inside<T> {
    waiting: BTreeMap<Network, VecDeque<(u64, T)>>,
    under_way: BTreeMap<Network, usize>,
    arrivals: u64,
}

/// A handshake under way; over when dropped.
#[derive(Debug)]
pub(super) struct UnderWay<T> {
    room: WaitingRoom<T>,
    network: Network,
}

impl Network {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            v4 => Self(v4),
        }
    }
}

impl<T> WaitingRoom<T> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Inside {
            waiting: BTreeMap::new(),
            under_way: BTreeMap::new(),
            arrivals: 0,
        })))
    }

    /// Somebody came.
    pub(super) fn enter(&self, from: IpAddr, caller: T) {
        let mut inside = self.inside();
        inside.arrivals += 1;
        let number = inside.arrivals;
        inside.waiting.entry(Network::of(from)).or_default().push_back((number, caller));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inside().waiting.is_empty()
    }

    /// Whose turn it is: of the networks that wait, the one with the fewest handshakes under way; of these, who came
    /// first.
    pub(super) fn next(&self) -> Option<(T, UnderWay<T>)> {
        let mut inside = self.inside();
        let Inside { waiting, under_way, .. } = &mut *inside;
        let network = *waiting
            .iter()
            .filter_map(|(network, callers)| Some((network, callers.front()?.0)))
            .min_by_key(|(network, arrived)| (under_way.get(network).copied().unwrap_or(0), *arrived))?
            .0;
        let callers = waiting.get_mut(&network)?;
        let (_, caller) = callers.pop_front()?;
        if callers.is_empty() {
            waiting.remove(&network);
        }
        *under_way.entry(network).or_default() += 1;
        drop(inside);
        Some((caller, UnderWay { room: Self(self.0.clone()), network }))
    }

    fn inside(&self) -> MutexGuard<'_, Inside<T>> {
        // Nothing that holds the lock can leave it half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for UnderWay<T> {
    fn drop(&mut self) {
        let mut inside = self.room.inside();
        if let Some(count) = inside.under_way.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                inside.under_way.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn who_sends_a_thousand_waits_behind_himself() {
        let room = WaitingRoom::new();
        (0..1000).for_each(|number| room.enter(from("203.0.113.9"), number));
        let flood: Vec<_> = (0..4).filter_map(|_| room.next()).collect();
        room.enter(from("198.51.100.1"), 5000);
        room.enter(from("198.51.100.2"), 6000);
        let (first, one) = room.next().expect("somebody waits");
        let (second, _two) = room.next().expect("somebody waits");
        assert_eq!((first, second), (5000, 6000));
        assert_eq!(room.next().map(|(caller, _)| caller), Some(4));
        // When its own handshakes are over, a network is as good as any other.
        drop((flood, one));
        room.enter(from("198.51.100.2"), 6001);
        assert_eq!(room.next().map(|(caller, _)| caller), Some(5));
    }

    #[test]
    fn one_network_alone_has_all_the_places_in_the_order_of_coming() {
        let room = WaitingRoom::new();
        assert!(room.is_empty() && room.next().is_none());
        (0..9).for_each(|number| room.enter(from("10.0.0.1"), number));
        let turns: Vec<_> = std::iter::from_fn(|| room.next()).collect();
        assert_eq!(turns.iter().map(|(caller, _)| *caller).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
        assert!(room.is_empty());
    }

    #[test]
    fn a_site_is_one_network_whatever_its_addresses() {
        assert_eq!(Network::of(from("2001:db8:1:2::1")), Network::of(from("2001:db8:1:2:ffff::9")));
        assert_ne!(Network::of(from("2001:db8:1:2::1")), Network::of(from("2001:db8:1:3::1")));
        assert_eq!(Network::of(from("::ffff:10.0.0.1")), Network::of(from("10.0.0.1")));
    }
}
