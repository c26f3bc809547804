//! The facts folder and the store: what was kept in files comes in, and goes out again without loss.

mod export;
mod import;

pub use export::{ExportFault, export};
pub use import::{Imported, Line, ahead_of, apply, known};
