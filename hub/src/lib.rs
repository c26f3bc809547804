//! The hub: it receives what nodes and lower hubs send, aggregates it in the same transaction, and passes it up.
//!
//! [`cli`] says what may be typed, [`command`] does it (one file a command). The program itself is `main.rs`, a table of
//! contents.

pub mod cli;
pub mod command;
pub mod context;
pub mod report;
pub mod store;
