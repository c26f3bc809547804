//! What crosses crates. [`place`] reads a place of the quick start; [`federation`] starts one as real processes over
//! loopback QUIC; the stories that lean on them stand in `tests/`.

pub mod federation;
pub mod place;
