//! What goes up of one unit and month: verdicts and records counted, and nothing else (design, section 4).
//!
//! A month is a pure function of facts, assignments and today, so that a restored node computes the same.

mod check;
mod compute;
mod shortfall;

pub use check::{MOST_KEYS, Scale, SummaryFault};
pub use shortfall::{Recorded, Shortfall};

use crate::figures::Figures;

/// The figures of one unit and month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// As things are on min(today, the month's last day).
    pub stocks: Figures,
    /// What fell due or happened in the month.
    pub flows: Figures,
}

impl Summary {
    /// Whether everything is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.stocks.is_zero() && self.flows.is_zero()
    }

    /// What goes on upward (see [`Figures::reduced`]).
    #[must_use]
    pub fn reduced(&self, keeps: &impl Fn(&str) -> bool) -> Self {
        Self { stocks: self.stocks.reduced(keeps), flows: self.flows.reduced(keeps) }
    }
}

/// Everything that a policy's vocabulary does not name is counted under this key, so that no name leaks as a key.
const UNNAMED: &str = "-";

/// Days of a case from here on are counted together.
const LONGEST_CASE_DAYS: i64 = 366;
