//! Facts: the records that are judged, and the folder of CSV files that carries them (policy-format, section 6).

mod cell;
mod check;
mod decode;
mod fault;
pub mod heading;
mod model;
mod read;
mod rows;
mod scan;
mod sheet;

pub use fault::{Fault, Problem};
pub use model::*;
pub use read::{Folder, Known, Reading, Strictness, Taken, read};
pub use scan::QuoteFault;

#[cfg(test)]
mod tests;
