//! The links that are up: one a replica. A new one takes the old one's place.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::fork::{ForkWatch, Seen};
use zhuji_protocol::month::Month;
use zhuji_protocol::transport::LinkHandle;
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::life::ProcessId;

/// The links that are up.
#[derive(Debug, Default)]
pub(super) struct Links {
    all: Mutex<BTreeMap<Replica, Line>>,
}

#[derive(Debug, Default)]
struct Line {
    live: Option<(u64, LinkHandle)>,
    watch: ForkWatch,
    /// How many links this replica has had; tells the live one from those before.
    count: u64,
    /// From which month on it was told that its rows count.
    from_month: Option<Month>,
}

/// A link among those that are up; to be handed back when it ends.
#[derive(Debug)]
pub(super) struct Place {
    replica: Replica,
    process: ProcessId,
    number: u64,
}

impl Links {
    /// A hello arrived: its link takes the place of the one before, which is closed. `None`: processes that were replaced
    /// keep coming back, so two stores run as one replica, and neither is let in.
    pub(super) fn hello(
        &self,
        replica: &Replica,
        process: ProcessId,
        link: LinkHandle,
        now: Instant,
    ) -> Option<Place> {
        let mut all = self.locked();
        let line = all.entry(replica.clone()).or_default();
        let seen = line.watch.hello(process, now);
        line.count += 1;
        let number = line.count;
        let before = line.live.replace((number, link));
        if seen == Seen::Fork {
            line.live = None;
        }
        if let Some((_, before)) = before {
            before.close(if seen == Seen::Fork { CloseCode::Fork } else { CloseCode::Replaced });
        }
        (seen == Seen::Fine).then(|| Place { replica: replica.clone(), process, number })
    }

    /// It is greeted with this first month.
    pub(super) fn told_from(&self, replica: &Replica, month: Option<Month>) {
        if let Some(line) = self.locked().get_mut(replica) {
            line.from_month = month;
        }
    }

    /// The link of a replica that was greeted with another first month than this.
    pub(super) fn told_otherwise(&self, replica: &Replica, month: Option<Month>) -> Option<LinkHandle> {
        let all = self.locked();
        let line = all.get(replica).filter(|line| line.from_month != month)?;
        line.live.as_ref().map(|(_, link)| link.clone())
    }

    /// A person enrolled the replica anew: that settles which store it is, whatever was seen of copies before.
    pub(super) fn enrolled(&self, replica: &Replica) {
        if let Some(line) = self.locked().get_mut(replica) {
            line.watch = ForkWatch::default();
        }
    }

    /// A link ended.
    pub(super) fn ended(&self, place: &Place) {
        if let Some(line) = self.locked().get_mut(&place.replica)
            && line.live.as_ref().is_some_and(|(number, _)| *number == place.number)
        {
            line.live = None;
            line.watch.ended(place.process);
        }
    }

    /// The link of a replica, if it is up.
    pub(super) fn of(&self, replica: &Replica) -> Option<LinkHandle> {
        self.locked().get(replica)?.live.as_ref().map(|(_, link)| link.clone())
    }

    /// Every replica whose link is up.
    pub(super) fn up(&self) -> Vec<Replica> {
        let all = self.locked();
        all.iter().filter(|(_, line)| line.live.is_some()).map(|(replica, _)| replica.clone()).collect()
    }

    /// Closes the link of a replica, if it is up.
    pub(super) fn close(&self, replica: &Replica, code: CloseCode) {
        if let Some(link) = self.of(replica) {
            link.close(code);
        }
    }

    /// Closes every link.
    pub(super) fn close_all(&self, code: CloseCode) {
        for replica in self.up() {
            self.close(&replica, code);
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Replica, Line>> {
        // Nothing that holds the lock can leave it half-changed.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_link_takes_the_place_of_the_old_and_the_old_ones_end_does_not_remove_it() {
        let links = Links::default();
        let replica: Replica = "zhuji:node:511723205000".parse().expect("a replica");
        let now = Instant::now();
        let (first, _inbox) = LinkHandle::new();
        let (second, _other) = LinkHandle::new();
        let one = links.hello(&replica, ProcessId([1; 16]), first, now).expect("it is let in");
        let two = links.hello(&replica, ProcessId([2; 16]), second, now).expect("it is let in");
        links.ended(&one);
        assert_eq!(links.up(), std::slice::from_ref(&replica));
        links.ended(&two);
        assert!(links.up().is_empty());
    }

    #[test]
    fn two_stores_that_run_as_one_replica_are_both_put_out() {
        let links = Links::default();
        let replica: Replica = "zhuji:node:511723205000".parse().expect("a replica");
        let now = Instant::now();
        let mut let_in = Vec::new();
        for turn in 0..5u8 {
            let (link, _inbox) = LinkHandle::new();
            let_in.push(links.hello(&replica, ProcessId([turn % 2; 16]), link, now).is_some());
        }
        assert_eq!(let_in, [true, true, true, true, false]);
        assert!(links.up().is_empty());
        links.enrolled(&replica);
        let (link, _inbox) = LinkHandle::new();
        assert!(links.hello(&replica, ProcessId([1; 16]), link, now).is_some());
    }
}
