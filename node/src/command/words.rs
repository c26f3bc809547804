//! Parsers of what people type.

pub use zhuji_protocol::console::{MalformedDate, date, parse_date};
