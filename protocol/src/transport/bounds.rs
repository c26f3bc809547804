//! What all callers of a hub together may cost it: each alone is bounded by its windows and its link, and a hub has
//! thirty thousand of them.

use super::settings;
use crate::wire::limits;
use quinn::Connection;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much there is of everything that callers share.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Newcomers at once, who need no certificate to come this far.
    pub newcomers: usize,
    /// Replicas at once that were let in by their certificate and whose hello is not answered yet.
    pub ungreeted: usize,
    /// Kibibytes of frames longer than [`limits::CONTROL_FRAME`] that are arriving or wait for the store.
    pub frames_kib: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { newcomers: 256, ungreeted: 2048, frames_kib: limits::HUB_FRAMES >> 10 }
    }
}

/// What is left of it.
#[derive(Clone, Debug)]
pub(super) struct Bounded {
    newcomers: Arc<Semaphore>,
    ungreeted: Arc<Semaphore>,
    frames: FrameBudget,
}

/// What one caller has of it: given back when it is dropped.
#[derive(Debug)]
pub struct Guest {
    /// Until the hello is answered, or until the newcomer is gone.
    place: Option<OwnedSemaphorePermit>,
    frames: FrameBudget,
}

/// The bytes of long frames that a hub holds at once.
#[derive(Clone, Debug)]
pub(super) struct FrameBudget(Arc<Semaphore>);

/// One frame's part of the budget.
#[derive(Debug)]
pub(super) struct Share {
    _permit: OwnedSemaphorePermit,
}

impl Bounded {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            newcomers: Arc::new(Semaphore::new(bounds.newcomers)),
            ungreeted: Arc::new(Semaphore::new(bounds.ungreeted)),
            // The longest frame must fit, or it would wait for ever.
            frames: FrameBudget(Arc::new(Semaphore::new(bounds.frames_kib.max(limits::MAIL_FRAME >> 10)))),
        }
    }

    /// A place for a newcomer; `None`: all are taken.
    pub(super) fn newcomer(&self) -> Option<Guest> {
        self.guest(&self.newcomers)
    }

    /// A place for a replica that is about to greet.
    pub(super) fn replica(&self) -> Option<Guest> {
        self.guest(&self.ungreeted)
    }

    fn guest(&self, places: &Arc<Semaphore>) -> Option<Guest> {
        let place = places.clone().try_acquire_owned().ok()?;
        Some(Guest { place: Some(place), frames: self.frames.clone() })
    }
}

impl Guest {
    /// The hello was answered: another may take the place, and this one may have more under way.
    pub fn greeted(&mut self, connection: &Connection) {
        self.place = None;
        settings::greeted(connection);
    }

    pub(super) fn frames(&self) -> FrameBudget {
        self.frames.clone()
    }
}

impl FrameBudget {
    /// Waits for a part; nothing is held while waiting, so nobody waits for somebody who waits.
    pub(super) async fn share(&self, length: usize) -> Option<Share> {
        let kib = u32::try_from(length.div_ceil(1 << 10)).ok()?;
        // It fails only when the semaphore is closed, which nobody does.
        self.0.clone().acquire_many_owned(kib).await.ok().map(|permit| Share { _permit: permit })
    }
}
