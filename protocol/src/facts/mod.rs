//! Facts: the records that are judged, and the folder of CSV files that carries them (policy-format, section 6).

pub mod heading;
mod model;

pub use model::*;
