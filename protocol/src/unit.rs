//! Units: the offices of the tree, how they are identified and at which level they stand.
//!
//! An id claims only to be well formed. Who stands above whom is the directory's to say, never the digits'.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// The longest id: `430981000000~999-9999`.
const LONGEST: usize = 21;

/// The id under which a unit first entered the directory: `430981000000`, `430981000000~2` where a code is
/// used again, `430981000000-0003` for a member (a department or employer) of a unit.
///
/// It stands where it is used, without memory of its own: a country has hundreds of thousands of units, and each is
/// named in many places.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId {
    /// Digits and marks, zeros behind them: so ids sort as their texts do.
    text: [u8; LONGEST],
    length: u8,
}

/// The text is no unit id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedUnitId(pub String);

impl UnitId {
    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.length)]).expect("an id is digits and marks")
    }

    /// A text that was found to be well formed.
    fn of(text: &str) -> Self {
        let mut id = Self { text: [0; LONGEST], length: 0 };
        for (to, from) in id.text.iter_mut().zip(text.bytes()) {
            *to = from;
            id.length += 1;
        }
        id
    }

    /// The unit that a member belongs to; `None` for a unit that is no member.
    #[must_use]
    pub fn host(&self) -> Option<Self> {
        self.as_str().split_once('-').map(|(host, _)| Self::of(host))
    }

    /// The member `number` (1–9999) of this unit; `None` out of range or if this is itself a member.
    #[must_use]
    pub fn member(&self, number: u16) -> Option<Self> {
        let fits = (1..=9999).contains(&number) && self.host().is_none();
        fits.then(|| Self::of(&format!("{self}-{number:04}")))
    }

    /// A member made by its host's own node and private to it: numbers 0001–4999 (design, section 1).
    #[must_use]
    pub fn is_private_member(&self) -> bool {
        self.as_str().split_once('-').is_some_and(|(_, number)| number < "5000")
    }
}

impl FromStr for UnitId {
    type Err = MalformedUnitId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || MalformedUnitId(text.to_owned());
        let (unit, member) = match text.split_once('-') {
            Some((unit, member)) => (unit, Some(member)),
            None => (text, None),
        };
        let (code, reuse) = match unit.split_once('~') {
            Some((code, reuse)) => (code, Some(reuse)),
            None => (unit, None),
        };
        let digits =
            |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let reuse_fits = |text: &str| {
            text.len() <= 3
                && !text.starts_with('0')
                && text.bytes().all(|b| b.is_ascii_digit())
                && text.parse::<u16>().is_ok_and(|n| n >= 2)
        };
        let member_fits = |text: &str| digits(text, 4) && text != "0000";
        if !digits(code, 12) || !reuse.is_none_or(reuse_fits) || !member.is_none_or(member_fits) {
            return Err(malformed());
        }
        Ok(Self::of(text))
    }
}

impl TryFrom<String> for UnitId {
    type Error = MalformedUnitId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<UnitId> for String {
    fn from(id: UnitId) -> Self {
        id.as_str().to_owned()
    }
}

impl Serialize for UnitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for UnitId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = UnitId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a unit id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<UnitId, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_string(Text)
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitId({:?})", self.as_str())
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padded like any text.
        self.as_str().fmt(f)
    }
}

impl fmt::Display for MalformedUnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no unit id", self.0)
    }
}

impl std::error::Error for MalformedUnitId {}

/// The level at which a unit stands; members are departments or employers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 村（社区）
    Village,
    /// 乡镇（街道）
    Township,
    /// 县（市、区）
    County,
    /// 地级市
    City,
    /// 省（自治区、直辖市）
    Province,
    /// 部门
    Department,
    /// 用人单位
    Employer,
}

impl Level {
    /// Every level with its word in files (English) and on paper (Chinese); policy-format, section 6.
    pub const WORDS: [(Self, &'static str, &'static str); 7] = [
        (Self::Village, "village", "村"),
        (Self::Township, "township", "乡镇"),
        (Self::County, "county", "县"),
        (Self::City, "city", "市"),
        (Self::Province, "province", "省"),
        (Self::Department, "department", "部门"),
        (Self::Employer, "employer", "用人单位"),
    ];

    /// The level's English word, as files and answers write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// The level that either word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, english, chinese)| word == *english || word == *chinese).map(|row| row.0)
    }

    /// A department or employer under a unit.
    #[must_use]
    pub fn is_member(self) -> bool {
        matches!(self, Self::Department | Self::Employer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_twelve_digits_with_reuse_and_member_suffixes() {
        for good in ["430981000000", "430981000000~2", "430981000000-0003", "430981000000~12-9999"] {
            assert_eq!(good.parse::<UnitId>().map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "43098100000",
            "4309810000000",
            "43098100000a",
            "430981000000~1",
            "430981000000~02",
            "430981000000~",
            "430981000000-003",
            "430981000000-0000",
            "430981000000-00003",
            "430981000000-0001-0002",
            "４30981000000",
        ] {
            assert!(bad.parse::<UnitId>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn a_level_is_found_by_either_word() {
        for (level, english, chinese) in Level::WORDS {
            assert_eq!(Level::from_word(english), Some(level));
            assert_eq!(Level::from_word(chinese), Some(level));
            assert_eq!(level.word(), english);
        }
    }
}
