//! The gate that every commit of a machine passes: here a machine dies between any two of them.

use super::network::Network;
use super::trace::Trace;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// When a machine dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// After so many more commits, and before the next one.
    Before(u64),
    /// After so many more commits, the last of which is on the disk; no answer has left.
    After(u64),
}

/// The gate of one machine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    machine: Ipv4Addr,
    network: Network,
    trace: Trace,
    planned: Option<Death>,
    is_dead: bool,
    told: mpsc::UnboundedSender<Ipv4Addr>,
}

impl Gate {
    /// The gate of a machine that lives; `told` hears of its death.
    #[must_use]
    pub fn new(
        machine: Ipv4Addr,
        network: Network,
        trace: Trace,
        told: mpsc::UnboundedSender<Ipv4Addr>,
    ) -> Self {
        Self(Arc::new(Mutex::new(State { machine, network, trace, planned: None, is_dead: false, told })))
    }

    /// It is to die like this.
    pub fn plan(&self, death: Death) {
        self.state().planned = Some(death);
    }

    /// It starts again, and nothing is planned.
    pub fn revive(&self) {
        let mut state = self.state();
        (state.planned, state.is_dead) = (None, false);
    }

    /// It is down: nothing is committed any more.
    pub fn kill(&self) {
        self.state().is_dead = true;
    }

    /// Whether it is dead, or is to die at one of its next commits.
    #[must_use]
    pub fn is_doomed(&self) -> bool {
        let state = self.state();
        state.is_dead || state.planned.is_some()
    }

    /// Whether a commit goes through.
    pub fn pass(&self) -> bool {
        let mut state = self.state();
        if state.is_dead {
            return false;
        }
        let machine = u32::from(state.machine);
        state.trace.commit(machine.into());
        let (goes_through, next) = match state.planned {
            None => return true,
            Some(Death::Before(0)) => (false, None),
            Some(Death::After(0)) => (true, None),
            Some(Death::Before(more)) => (true, Some(Death::Before(more - 1))),
            Some(Death::After(more)) => (true, Some(Death::After(more - 1))),
        };
        state.planned = next;
        if next.is_none() {
            state.is_dead = true;
            // Nothing leaves any more, from this very moment on.
            state.network.unplug(state.machine);
            let _nobody_listens = state.told.send(state.machine);
        }
        goes_through
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
