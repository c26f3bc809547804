//! The bare program: what the figures are held against. QUIC and mutual TLS with the product's own endpoints and settings,
//! one writer thread, the same keys and bytes upserted into SQLite (WAL, `synchronous=FULL`), groups of at most 256 items
//! or 1 MiB a commit, an answer after the commit; and nothing else: no greeting, no positions, no checks, no sums.
//!
//! One variant also signs and checks one Ed25519 signature a message. Several of them make a chain: each link forwards a
//! message after its own commit.

mod client;
mod counting;
mod message;
mod server;
mod store;

pub use client::BareClient;
pub use counting::{Counted, counting};
pub use message::{Message, read_u32};
pub use server::{BareHub, Parts, Signed};
pub use store::BareStore;
