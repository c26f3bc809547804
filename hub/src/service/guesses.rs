//! Wrong tokens, counted: whoever shows many is asked to come again later before the store is bothered. A secret has 128
//! bits, so nobody guesses one; what is bounded is the work, and what a log has to say about it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Wrong tokens from one source within [`WINDOW`]: a county's offices may share an address, and people mistype.
const OF_ONE_SOURCE: u32 = 20;
/// Wrong tokens from everywhere within [`WINDOW`]: beyond these only sources that showed none are listened to.
const IN_ALL: u32 = 1000;
/// After this much time all is forgotten.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Sources remembered: about 200 KiB.
const SOURCES: usize = 4096;

/// Wrong tokens of the last minutes.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sources: HashMap<IpAddr, Count>,
    all: Option<Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    since: Instant,
}

impl Guesses {
    /// How many seconds a source is to wait; `None`: it is listened to.
    pub(super) fn to_wait(&self, from: IpAddr, now: Instant) -> Option<u32> {
        let state = self.locked();
        let fresh = |count: &Count| now.duration_since(count.since) < WINDOW;
        let source = state.sources.get(&source_of(from)).copied().filter(fresh)?;
        let all = state.all.filter(fresh);
        let barred =
            if source.wrong >= OF_ONE_SOURCE { source } else { all.filter(|all| all.wrong >= IN_ALL)? };
        let left = WINDOW.saturating_sub(now.duration_since(barred.since));
        u32::try_from(left.as_secs() + 1).ok()
    }

    /// A source showed a wrong token. Gives whether it is barred from now on, to be logged once.
    pub(super) fn wrong(&self, from: IpAddr, now: Instant) -> bool {
        let mut state = self.locked();
        let all = counted(state.all, now);
        state.all = Some(all);
        let key = source_of(from);
        if state.sources.len() >= SOURCES && !state.sources.contains_key(&key) {
            state.sources.retain(|_, count| now.duration_since(count.since) < WINDOW);
            let oldest = state.sources.iter().min_by_key(|(_, count)| count.since).map(|(key, _)| *key);
            if let Some(oldest) = oldest.filter(|_| state.sources.len() >= SOURCES) {
                state.sources.remove(&oldest);
            }
        }
        let count = counted(state.sources.get(&key).copied(), now);
        state.sources.insert(key, count);
        count.wrong == OF_ONE_SOURCE || all.wrong == IN_ALL
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can leave it half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counted(before: Option<Count>, now: Instant) -> Count {
    match before.filter(|count| now.duration_since(count.since) < WINDOW) {
        Some(count) => Count { wrong: count.wrong.saturating_add(1), ..count },
        None => Count { wrong: 1, since: now },
    }
}

/// Whoever has one address of version 6 has the other 2^64 of its network as well.
fn source_of(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_source_that_shows_many_wrong_tokens_waits_and_others_do_not() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let (bad, good) = (address("192.0.2.7"), address("192.0.2.8"));
        let logged: Vec<bool> = (0..30).map(|_| guesses.wrong(bad, now)).collect();
        assert_eq!(logged.iter().position(|logged| *logged), Some(19));
        assert_eq!(logged.iter().filter(|logged| **logged).count(), 1, "said once");
        assert_eq!(guesses.to_wait(bad, now), Some(601));
        assert_eq!(guesses.to_wait(address("::ffff:192.0.2.7"), now), Some(601), "the same in other words");
        assert_eq!(guesses.to_wait(good, now), None);
        assert_eq!(guesses.to_wait(bad, now + WINDOW), None);
        assert!(!guesses.wrong(bad, now + WINDOW), "counted afresh");
    }

    #[test]
    fn one_network_of_version_six_is_one_source() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for host in 0..OF_ONE_SOURCE {
            guesses.wrong(address(&format!("2001:db8::{host:x}")), now);
        }
        assert!(guesses.to_wait(address("2001:db8::ffff"), now).is_some());
        assert_eq!(guesses.to_wait(address("2001:db8:0:1::1"), now), None);
    }

    #[test]
    fn guesses_from_everywhere_cost_a_bounded_amount_and_those_who_made_none_are_served() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for source in 0..20_000u32 {
            guesses.wrong(IpAddr::V4(source.into()), now + Duration::from_millis(source.into()));
        }
        assert!(guesses.locked().sources.len() <= SOURCES);
        let later = now + Duration::from_secs(20);
        assert!(guesses.to_wait(IpAddr::V4(19_999.into()), later).is_some());
        assert_eq!(guesses.to_wait(address("192.0.2.8"), later), None);
    }
}
