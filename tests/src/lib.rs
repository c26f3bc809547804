//! What crosses crates. [`place`] reads a place of the quick start; [`federation`] starts one as real processes over
//! loopback QUIC; [`story`] casts a small one for the stories that stand in `tests/`.

pub mod federation;
pub mod place;
pub mod story;
