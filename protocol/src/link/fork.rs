//! Two processes that speak as one replica replace each other again and again; a bad line does not look like that.

use crate::wire::life::ProcessId;
use crate::wire::limits;
use std::time::Instant;

/// What a hub remembers, in memory, of the connections of one replica.
#[derive(Clone, Debug, Default)]
pub struct ForkWatch {
    live: Option<ProcessId>,
    replaced: Vec<(ProcessId, Instant)>,
    returns: Vec<Instant>,
}

/// What a hello shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The first connection, or the same process again, or a new process in an old one's place.
    Fine,
    /// Processes that were replaced keep coming back: two stores run.
    Fork,
}

impl ForkWatch {
    /// A hello of this process arrived. It replaces the live connection, if there is one.
    pub fn hello(&mut self, process: ProcessId, now: Instant) -> Seen {
        let recent = |at: &Instant| now.saturating_duration_since(*at) < limits::FORK_WINDOW;
        self.replaced.retain(|(_, at)| recent(at));
        self.returns.retain(recent);
        if self.replaced.iter().any(|(replaced, _)| *replaced == process) && self.live != Some(process) {
            self.returns.push(now);
        }
        if let Some(live) = self.live.replace(process).filter(|live| *live != process) {
            self.replaced.retain(|(replaced, _)| *replaced != live);
            self.replaced.push((live, now));
        }
        // A machine whose program restarts in a loop must not fill this list.
        let surplus = self.replaced.len().saturating_sub(16);
        self.replaced.drain(..surplus);
        if self.returns.len() >= limits::FORK_RETURNS { Seen::Fork } else { Seen::Fine }
    }

    /// The live connection ended by itself: whoever comes next replaces nobody.
    pub fn ended(&mut self, process: ProcessId) {
        if self.live == Some(process) {
            self.live = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn process(number: u8) -> ProcessId {
        ProcessId([number; 16])
    }

    #[test]
    fn two_processes_that_replace_each_other_are_a_fork_at_the_third_return() {
        let (start, mut watch) = (Instant::now(), ForkWatch::default());
        let seen: Vec<Seen> = (0..5u8)
            .map(|turn| watch.hello(process(turn % 2), start + Duration::from_secs(turn.into())))
            .collect();
        assert_eq!(seen, [Seen::Fine, Seen::Fine, Seen::Fine, Seen::Fine, Seen::Fork]);
    }

    #[test]
    fn one_process_on_a_bad_line_and_restarts_are_no_fork() {
        let (start, mut watch) = (Instant::now(), ForkWatch::default());
        for turn in 0..50u8 {
            assert_eq!(watch.hello(process(1), start + Duration::from_millis(turn.into())), Seen::Fine);
        }
        for turn in 0..50u8 {
            assert_eq!(watch.hello(process(turn), start), Seen::Fine);
        }
    }

    #[test]
    fn slow_alternation_is_left_to_the_positions() {
        let (start, mut watch) = (Instant::now(), ForkWatch::default());
        for turn in 0..20u8 {
            let now = start + limits::FORK_WINDOW * turn.into();
            assert_eq!(watch.hello(process(turn % 2), now), Seen::Fine);
        }
    }
}
