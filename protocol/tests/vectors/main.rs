//! The test vectors of the wire, `*.json` in this folder: what the code writes is what stands there, and what stands
//! there reads back. Another program is checked against the same files; `protocol/README.md` explains them.
//!
//! A file is written with `ZHUJI_WRITE_VECTORS=1` where it is missing; a change of one that exists is a change of what
//! is in the field.

mod codecs;
mod enrolment;
mod frames;
mod kept;
mod payloads;
mod session;
mod trees;
mod who;
