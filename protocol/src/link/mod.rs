//! One link, without a socket: what an end does next, given what arrived and what time it is.
//!
//! A [`dialer::Dialer`] and a [`listener::Listener`] greet each other; then each runs an [`exchange::Exchange`]: a
//! [`sender::Sender`] for what it sends and a [`receiver::Receiver`] for what it gets, the same code up and down.
//! What they need of a store they ask for ([`effects`]); what a store must keep for that stands in [`kept`], and the
//! decisions that a store takes inside its transactions in [`position`]. [`backoff`] and [`fork`] stand beside: they
//! outlive a connection.
//!
//! A driver is dull. It makes an end (`Dialer::dial` once the transport is connected, `Listener::accept` for one that
//! came in), and then only turns what happens into an [`end::Input`] and carries the [`end::Action`]s out in order:
//! a message that arrived, an answer of the store, a change of the rows to be sent, `Tick` when `deadline()` is there.
//! It reads the state stream only while the exchange `wants_more`. After an [`end::Action::Close`] the end is done; what
//! was sent before gets a moment to leave.
//!
//! A store answers the requests of one link in their order, each in a transaction, and a hub answers a `Greet` only
//! when the earlier requests of that replica are decided: one queue a replica is enough for both. A transaction that
//! changes rows to be sent may cut at `cut_from()` at once and hand the answer in unasked.

pub mod backoff;
pub mod clock;
pub mod dialer;
pub mod effects;
pub mod end;
pub mod exchange;
pub mod fork;
pub mod kept;
pub mod listener;
pub mod position;
pub mod receiver;
pub mod sender;
#[cfg(test)]
pub(crate) mod tests;
