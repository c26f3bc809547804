//! Bad input gets a clear answer: exit status 2, where and what to do on standard error, in Chinese and in English,
//! and nothing half-written.

mod copies;
mod directory_file;
mod policy;
mod running;
mod store_file;
mod support;
mod tokens;
mod words;
