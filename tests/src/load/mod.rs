//! Driving hubs from outside: replicas that hold their rows in memory and speak through the product's own uplink, so that
//! what is measured is the hub and not somebody's disk.

mod origin;

pub use origin::{Cutting, Identity, MemoryReplica, Origin, Progress};
