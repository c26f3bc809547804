//! Hostile bytes, one function a place at which they come in; see `targets`.

pub mod targets;
