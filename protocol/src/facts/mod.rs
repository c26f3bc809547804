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
mod write;

pub use fault::{Fault, Problem};
pub use model::*;
pub use read::{Folder, Known, Reading, Strictness, Taken, read};
pub use scan::QuoteFault;
pub use write::{Bom, write};

#[cfg(test)]
mod tests;
