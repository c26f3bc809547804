//! What crosses crates. [`place`] reads a place of the quick start; [`federation`] starts one as real processes over
//! loopback QUIC; [`story`] casts a small one for the stories that stand in `tests/`. What befalls it there is made by
//! [`clerks`] (load), [`relay`] (a line's weather), [`mounts`] (a disk of a story's own) and [`damage`] (a store's bytes), with
//! [`dice`] that can be thrown again.
//!
//! [`simulation`] runs whole federations in one process, over a network in memory and on paused time.
//!
//! For the figures: [`bare`] is the program that they are held against, [`load`] drives hubs, [`measure`] is what the
//! benchmarks share.

pub mod bare;
pub mod clerks;
pub mod damage;
pub mod dice;
pub mod federation;
pub mod load;
pub mod measure;
pub mod mounts;
pub mod place;
pub mod relay;
pub mod simulation;
pub mod story;
