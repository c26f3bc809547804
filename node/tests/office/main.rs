//! The shipped program as an office uses it: a story a test, each against a store in a folder of its own.

mod copies;
mod everyday;
mod folder;
mod store_file;
mod support;
