//! Driving hubs from outside: replicas that hold their rows in memory and speak through the product's own uplink, so that
//! what is measured is the hub and not somebody's disk. [`ingest`], [`chain`] and [`storm`] are the runs of `zhuji-load`.

mod newcomer;
mod origin;
mod runs;

pub use newcomer::{enrol, issued};
pub use origin::{Cutting, Identity, MemoryReplica, Origin, Progress};
pub use runs::{Ingest, chain, ingest, storm};
