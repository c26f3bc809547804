//! The light program of an office: it records locally, works without a network, and sends figures up.
//!
//! [`cli`] says what may be typed, [`command`] does it (one file a command), [`store`] is the only
//! place that knows SQL. The program itself is `main.rs`, a table of contents.

pub mod cli;
pub mod command;
pub mod context;
pub mod desk;
pub mod folder;
pub mod inputs;
pub mod progress;
pub mod sample;
pub mod store;
pub mod uplink;
