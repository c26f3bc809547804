//! The hub: it receives what nodes and lower hubs send, aggregates it in the same transaction, and passes it up.
//!
//! [`cli`] says what may be typed, [`command`] does it (one file a command). [`store`] holds the state, in the domain's
//! words; [`committer`] is its one writer. The program itself is `main.rs`, a table of contents.

pub mod cli;
pub mod command;
pub mod committer;
pub mod context;
pub mod report;
pub mod store;
