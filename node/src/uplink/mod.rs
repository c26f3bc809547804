//! The office's link to the hub above. Figures are computed here, never in an operator's transaction; the store answers
//! the link on a thread of its own; `protocol::transport` dials.
//!
//! [`figures`] computes, `answers` serves the link from the store, `service` joins the store's thread to the transport,
//! [`daemon`] is `run`, [`once`] is `sync --once`, [`enrolment`] makes the office a member of a hub,
//! `missing` holds what the hub knew before a restore against what is there now, `lock` lets one
//! process at a time do it.

mod answers;
pub mod daemon;
pub mod enrolment;
mod figures;
pub(crate) mod lock;
mod missing;
pub mod once;
mod service;

pub use figures::refresh;
pub use missing::shortfalls;
pub use service::{Service, Surroundings};
