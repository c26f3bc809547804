//! Two ends, two stores in memory, and a line between them that loses, repeats and reorders: the tests of the link.

pub(crate) mod store;
mod stories;
mod wild;
mod world;
