//! One link, without a socket: what an end does next, given what arrived and what time it is.
//!
//! A [`dialer::Dialer`] and a [`listener::Listener`] greet each other; then each runs an [`exchange::Exchange`]: a
//! [`sender::Sender`] for what it sends and a [`receiver::Receiver`] for what it gets, the same code up and down.
//! What they need of a store they ask for ([`effects`]); what a store must keep for that stands in [`kept`], and the
//! decisions that a store takes inside its transactions in [`position`]. [`backoff`] and [`fork`] stand beside: they
//! outlive a connection.
//!
//! A driver is dull: it turns frames into [`end::Input::Message`], answers of the store into
//! [`end::Input::Outcome`], wakes up at `deadline()` with [`end::Input::Tick`], and carries the actions out in order.

pub mod backoff;
pub mod dialer;
pub mod effects;
pub mod end;
pub mod exchange;
pub mod fork;
pub mod kept;
pub mod listener;
#[cfg(test)]
mod model;
pub mod position;
pub mod receiver;
pub mod sender;
