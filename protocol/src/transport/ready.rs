//! A link that has sent everything and has room for more: what is written next may be cut for it in the same
//! transaction, so that a hop costs one commit.

use super::inbox::LinkHandle;
use crate::link::effects::{Cut, CutFrom, Outcome};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a link says from where it could be served, and whoever writes finds it. Copies are the same place.
#[derive(Clone, Debug, Default)]
pub struct Ready {
    place: Arc<Mutex<Option<Offer>>>,
}

/// From where a link could be served at once.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Where the next batch begins.
    pub from: CutFrom,
    link: LinkHandle,
}

impl Ready {
    /// The link stands like this now; `None`: it has enough to do.
    pub fn stands(&self, from: Option<CutFrom>, link: &LinkHandle) {
        let offer = from.map(|from| Offer { from, link: link.clone() });
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = offer;
    }

    /// Takes the offer of a link that still runs: until the link has seen what came of it, nobody else cuts for it.
    #[must_use]
    pub fn take(&self) -> Option<Offer> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|offer| !offer.link.is_over())
    }

    /// Nothing was cut: the link stands as before, unless it has said otherwise meanwhile.
    pub fn put_back(&self, offer: Offer) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(offer);
    }
}

impl Offer {
    /// Hands the link what was cut and is on the disk. Gives the offer back if it is none of a batch.
    ///
    /// # Errors
    /// Nothing was cut.
    pub fn fill(self, cut: Option<Outcome>) -> Result<(), Self> {
        match cut {
            Some(Outcome::Cut(cut @ Cut::Batch { .. })) => {
                self.link.outcome(Outcome::Cut(cut));
                Ok(())
            }
            _ => Err(self),
        }
    }
}
