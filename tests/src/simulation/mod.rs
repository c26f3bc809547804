//! Whole federations in one process: real QUIC and TLS over a network in memory, paused time, a seed a run. The programs
//! are those that ship, started from parts.
//!
//! [`run()`] founds a [`tree`], draws a [`plan`] of what will go wrong, has a [`director`] carry it out on every [`machine`],
//! puts everything right, waits until the tree has healed, and asks the [`invariants`]. A [`trace`] holds what happened:
//! two runs of one seed have the same. [`mutations`] break each
//! invariant on purpose, to show that it is watched.

pub mod clock;
pub mod country;
pub mod dice;
pub mod director;
pub mod gate;
pub mod invariants;
pub mod machine;
pub mod mutations;
pub mod network;
pub mod people;
pub mod plan;
pub mod report;
pub mod run;
pub mod trace;
pub mod tree;
