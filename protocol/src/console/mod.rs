//! What the commands of node and hub share on a terminal: the language, listings in three formats, failures.

mod failure;
mod listing;

pub use failure::{Failure, finish};
pub use listing::{Format, Listing};
