//! Proving a figure: what a level holds, checked from the signed items up, and joined with the levels below it.
//!
//! A [`Level`](level::Level) is what one hub holds, as a value: taken from its store, or read from an export
//! ([`file`]). [`check`](check::check) proves it by itself: signatures, leaves, roots, and that every figure and every
//! row for the hub above follows from the items, by the same functions as in a running hub (`store::rolling`,
//! `store::onward`). [`join`](join::join) ties levels together by what the upper one holds of the lower one, and
//! [`trace`](trace::trace) lists the signed items that make one figure, down to the offices. Nothing here knows a store, a network
//! or a clock.

pub mod check;
pub mod evidence;
pub mod file;
pub mod join;
pub mod level;
pub mod misfit;
pub mod trace;

pub use check::{Checked, check};
pub use join::{Joined, join};
pub use level::{Extent, Level};
pub use misfit::{Misfit, What};
