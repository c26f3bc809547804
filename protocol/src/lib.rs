//! What both ends of a Zhuji link share.
//!
//! The pure part (everything but [`transport`] and [`console`]) does no I/O, reads no clock and spawns nothing.

pub mod assignment;
pub mod calendar;
pub mod console;
pub mod directory;
pub mod facts;
pub mod figures;
pub mod identity;
pub mod judge;
pub mod link;
pub mod month;
pub mod policy;
pub mod reporting;
pub mod rollup;
pub mod rules;
pub mod summary;
pub mod texts;
pub mod transport;
pub mod unit;
pub mod wire;
