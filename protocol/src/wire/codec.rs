//! Structures to bytes and back. The only module that names bincode: its byte format is specified and frozen.
//!
//! Always under a limit, and trailing bytes are refused. The format is positional, so a changed structure is a new
//! version and an enum grows only at its end. Lists on the wire are [`List`](super::bounded::List)s or keyed maps;
//! their elements take at least one byte, since a limit on bytes does not count elements that take none.

use super::limits;
use crate::texts::Told;
use bincode::config::{Config, standard};
use bincode::error::DecodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that are not what they should be, or a value too big to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecFault {
    /// Longer than anything that is sent.
    OverLimit,
    /// The bytes end too early or make no such value.
    Malformed,
    /// Bytes are left over.
    Trailing(usize),
    /// The value cannot be encoded.
    Unencodable,
}

/// The bytes of a value.
///
/// # Errors
/// The value is longer than anything that is sent.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CodecFault> {
    let bytes = bincode::serde::encode_to_vec(value, standard()).map_err(|_| CodecFault::Unencodable)?;
    if bytes.len() > limits::CODEC { Err(CodecFault::OverLimit) } else { Ok(bytes) }
}

/// The value that the bytes are, all of them.
///
/// # Errors
/// The bytes are too many, too few, or make no such value.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecFault> {
    if bytes.len() > limits::CODEC {
        return Err(CodecFault::OverLimit);
    }
    // bincode counts an integer at its full width, however few bytes it took: eight times the input is what honest
    // bytes can come to, and a lying length cannot have more allocated than the step it falls on.
    match bytes.len() {
        0..0x400 => decode_under(bytes, standard().with_limit::<0x2000>()),
        0x400..0x2000 => decode_under(bytes, standard().with_limit::<0x1_0000>()),
        0x2000..0x1_0000 => decode_under(bytes, standard().with_limit::<0x8_0000>()),
        _ => decode_under(bytes, standard().with_limit::<{ 8 * limits::CODEC }>()),
    }
}

fn decode_under<T: DeserializeOwned>(bytes: &[u8], format: impl Config) -> Result<T, CodecFault> {
    let (value, read) = bincode::serde::decode_from_slice(bytes, format).map_err(|error| match error {
        DecodeError::LimitExceeded => CodecFault::OverLimit,
        _ => CodecFault::Malformed,
    })?;
    match bytes.len() - read {
        0 => Ok(value),
        left => Err(CodecFault::Trailing(left)),
    }
}

impl Told for CodecFault {
    fn key(&self) -> &'static str {
        match self {
            Self::OverLimit => "wire-over-limit",
            Self::Malformed => "wire-malformed",
            Self::Trailing(_) => "wire-trailing",
            Self::Unencodable => "wire-unencodable",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Trailing(count) => vec![("count", count.to_string())],
            _ => Vec::new(),
        }
    }
}

super::told_error!(CodecFault);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = encode(&7u32).unwrap();
        assert_eq!(decode::<u32>(&bytes), Ok(7));
        bytes.push(0);
        assert_eq!(decode::<u32>(&bytes), Err(CodecFault::Trailing(1)));
    }

    #[test]
    fn a_length_from_a_liar_allocates_nothing() {
        // Without a limit these bytes ask for 2^63 and end the process.
        let bytes = [253, 255, 255, 255, 255, 255, 255, 255, 127];
        assert_eq!(decode::<String>(&bytes), Err(CodecFault::OverLimit));
    }

    #[test]
    fn elements_that_take_no_bytes_pass_under_any_limit_so_no_list_on_the_wire_may_have_them() {
        // A million elements out of five bytes: what is in five bytes here is 2^33 elsewhere, and seconds of work. A list
        // of the wire does not compile with such elements.
        let bytes = [252, 0x40, 0x42, 0x0f, 0];
        assert_eq!(decode::<Vec<()>>(&bytes).map(|list| list.len()), Ok(1_000_000));
        assert!(decode::<Vec<u8>>(&bytes).is_err());
    }

    #[test]
    fn a_number_has_one_form_that_is_written_and_longer_ones_are_read() {
        assert_eq!(encode(&7u64), Ok(vec![7]));
        for longer in [&[251, 7, 0][..], &[252, 7, 0, 0, 0], &[253, 7, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(decode::<u64>(longer), Ok(7));
        }
        assert_eq!(decode::<u16>(&[252, 7, 0, 0, 0]), Err(CodecFault::Malformed));
        assert_eq!(decode::<u64>(&[254, 0, 0]), Err(CodecFault::Malformed));
    }

    #[test]
    fn numbers_that_take_one_byte_each_pass_at_every_length() {
        for count in [1, 1000, 1023, 1024, 8191, 8192, 65_535, 65_536, 1 << 19, limits::CODEC - 5] {
            let numbers = vec![1u64; count];
            assert_eq!(decode::<Vec<u64>>(&encode(&numbers).unwrap()), Ok(numbers));
        }
    }

    #[test]
    fn the_limit_is_the_last_length_that_passes() {
        let most = vec![1u8; limits::CODEC - 5];
        let bytes = encode(&most).unwrap();
        assert_eq!(bytes.len(), limits::CODEC);
        assert_eq!(decode::<Vec<u8>>(&bytes).unwrap(), most);
        assert_eq!(encode(&vec![1u8; limits::CODEC - 4]), Err(CodecFault::OverLimit));
        assert_eq!(decode::<Vec<u8>>(&vec![0; limits::CODEC + 1]), Err(CodecFault::OverLimit));
    }
}
