//! Lists, texts and bytes that cannot be longer than their type says, so that no reader has to ask.

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// The value is longer than its type allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// At most `N` elements.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List<T, const N: usize>(Vec<T>);

/// At most `N` bytes of UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text<const N: usize>(String);

/// At most `N` bytes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes<const N: usize>(Vec<u8>);

impl<T, const N: usize> List<T, N> {
    /// No element.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The elements, if they are few enough.
    ///
    /// # Errors
    /// There are more than `N`.
    pub fn of(elements: Vec<T>) -> Result<Self, TooLong> {
        if elements.len() > N { Err(TooLong) } else { Ok(Self(elements)) }
    }

    /// The first `N` elements.
    pub fn first_of(elements: impl IntoIterator<Item = T>) -> Self {
        Self(elements.into_iter().take(N).collect())
    }

    /// The elements.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const N: usize> Default for List<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> Deref for List<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Serialize, const N: usize> Serialize for List<T, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for List<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T, const N: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Elements<T, N> {
            type Value = List<T, N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {N} elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                // A limit on bytes does not count elements that take none.
                const { assert!(size_of::<T>() > 0) };
                if list.size_hint().is_some_and(|said| said > N) {
                    return Err(A::Error::custom(TooLong));
                }
                // What was said is not believed: the list grows with what arrives.
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    if elements.len() == N {
                        return Err(A::Error::custom(TooLong));
                    }
                    elements.push(element);
                }
                Ok(List(elements))
            }
        }

        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

impl<const N: usize> Text<N> {
    /// The text, if it is short enough.
    ///
    /// # Errors
    /// It has more than `N` bytes.
    pub fn of(text: impl Into<String>) -> Result<Self, TooLong> {
        let text = text.into();
        if text.len() > N { Err(TooLong) } else { Ok(Self(text)) }
    }

    /// The text, cut at the last whole character that fits.
    #[must_use]
    pub fn cut(text: &str) -> Self {
        Self(text[..text.floor_char_boundary(N)].to_owned())
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<const N: usize> Bytes<N> {
    /// The bytes, if they are few enough.
    ///
    /// # Errors
    /// There are more than `N`.
    pub fn of(bytes: impl Into<Vec<u8>>) -> Result<Self, TooLong> {
        let bytes = bytes.into();
        if bytes.len() > N { Err(TooLong) } else { Ok(Self(bytes)) }
    }

    /// The bytes.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl<const N: usize> Deref for Bytes<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole<const N: usize>;

        impl<const N: usize> Visitor<'_> for Whole<N> {
            type Value = Bytes<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {N} bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Bytes::of(bytes).map_err(E::custom)
            }

            fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
                Bytes::of(bytes).map_err(E::custom)
            }
        }

        deserializer.deserialize_byte_buf(Whole)
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("longer than allowed")
    }
}

impl std::error::Error for TooLong {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::codec::{decode, encode};

    #[test]
    fn the_edge_passes_and_one_more_does_not() {
        let list = |count: u8| encode(&(0..count).collect::<Vec<u8>>()).unwrap();
        assert_eq!(decode::<List<u8, 3>>(&list(3)).unwrap().into_vec(), [0, 1, 2]);
        assert!(decode::<List<u8, 3>>(&list(4)).is_err());
        assert!(decode::<Bytes<3>>(&list(3)).is_ok());
        assert!(decode::<Bytes<3>>(&list(4)).is_err());
        assert!(decode::<Text<3>>(&encode("逐").unwrap()).is_ok());
        assert!(decode::<Text<2>>(&encode("逐").unwrap()).is_err());
        assert_eq!(&*Text::<4>::cut("逐级"), "逐");
        assert!(List::<u8, 1>::of(vec![1, 2]).is_err());
    }

    #[test]
    fn a_list_and_a_vec_have_the_same_bytes() {
        assert_eq!(encode(&List::<u16, 9>::of(vec![5, 700]).unwrap()), encode(&vec![5u16, 700]));
        assert_eq!(encode(&Bytes::<9>::of([5, 7]).unwrap()), encode(&vec![5u8, 7]));
    }
}
