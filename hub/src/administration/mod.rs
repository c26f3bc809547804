//! Commands that write: performed by the running hub, which owns the store, or by the command itself where none runs.
//!
//! They reach the running hub through a Unix socket beside the store that only the store's owner may use.

mod perform;
mod report;
mod request;
mod socket;

pub use perform::{Desk, perform};
pub use report::{ReportRequest, written};
pub use request::{PrivateKey, Reply, Request};
pub use socket::{AdminSocket, NoReply, send};
