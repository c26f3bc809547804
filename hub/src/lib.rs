//! The hub: it receives what nodes and lower hubs send, aggregates it in the same transaction, and passes it up.
//!
//! [`cli`] says what may be typed, [`command`] does it (one file a command); what writes goes through
//! [`administration`] to whoever owns the [`store`]. [`service`] is the running hub: it listens, and dials the hub
//! above. The program itself is `main.rs`, a table of contents.

pub mod administration;
pub mod cli;
pub mod command;
pub mod committer;
pub mod context;
pub mod proof;
pub mod report;
pub mod revocations;
pub mod service;

pub mod store;

use std::future::Future;
use store::StoreFault;

/// Waits for an answer of the store on this thread.
///
/// # Errors
/// The store's own.
pub fn ready<T>(answer: impl Future<Output = Result<T, StoreFault>>) -> Result<T, StoreFault> {
    tokio::runtime::Builder::new_current_thread().build()?.block_on(answer)
}
