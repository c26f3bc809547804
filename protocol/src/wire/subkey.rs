//! What stands in the sub-keys of the known item kinds. Numbers are big-endian here, so that they sort.

use super::item::Subkey;
use super::limits;
use crate::identity::{KeyId, Role};

/// Whose figures a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The unit's own office's, unfolded.
    Own,
    /// The unit's and everything's below it, folded.
    Subtree,
}

impl Scope {
    fn number(self) -> u8 {
        match self {
            Self::Own => 0,
            Self::Subtree => 1,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        [Self::Own, Self::Subtree].into_iter().find(|scope| scope.number() == number)
    }
}

/// A summary's: the month's number (year × 12 + month − 1) and the scope.
#[must_use]
pub fn summary(month: i32, scope: Scope) -> Subkey {
    let [a, b, c, d] = month.to_be_bytes();
    of([a, b, c, d, scope.number()])
}

/// The month's number and the scope of a summary.
#[must_use]
pub fn read_summary(subkey: &Subkey) -> Option<(i32, Scope)> {
    let (month, rest) = subkey.split_first_chunk()?;
    let [scope] = rest else { return None };
    Some((i32::from_be_bytes(*month), Scope::from_number(*scope)?))
}

/// A `reporting` item's.
#[must_use]
pub fn reporting(scope: Scope) -> Subkey {
    of([scope.number()])
}

/// The scope of a `reporting` item.
#[must_use]
pub fn read_reporting(subkey: &Subkey) -> Option<Scope> {
    let [scope] = **subkey else { return None };
    Scope::from_number(scope)
}

/// A directory entry's: nothing, the unit says it all.
#[must_use]
pub fn directory_entry() -> Subkey {
    of([])
}

/// A policy's: its id, `@`, the issuing hub's number. `None` if the id is too long.
#[must_use]
pub fn policy(id: &str, number: u32) -> Option<Subkey> {
    Subkey::of(format!("{id}@{number}")).ok()
}

/// The policy's id and number.
#[must_use]
pub fn read_policy(subkey: &Subkey) -> Option<(&str, u32)> {
    let (id, number) = std::str::from_utf8(subkey).ok()?.rsplit_once('@')?;
    Some((id, number.parse().ok()?))
}

/// An assignment's: its serial at the hub that writes it.
#[must_use]
pub fn assignment(serial: u32) -> Subkey {
    of(serial.to_be_bytes())
}

/// The serial of an assignment.
#[must_use]
pub fn read_assignment(subkey: &Subkey) -> Option<u32> {
    (**subkey).try_into().ok().map(u32::from_be_bytes)
}

/// A calendar's: its year.
#[must_use]
pub fn calendar(year: u16) -> Subkey {
    of(year.to_be_bytes())
}

/// The year of a calendar.
#[must_use]
pub fn read_calendar(subkey: &Subkey) -> Option<u16> {
    (**subkey).try_into().ok().map(u16::from_be_bytes)
}

/// A vouched key's: its id.
#[must_use]
pub fn vouched_key(key: KeyId) -> Subkey {
    of(*key.as_bytes())
}

/// An anchor's: whose chain of the unit's, its node's (0) or its hub's (1).
#[must_use]
pub fn anchor(role: Role) -> Subkey {
    match role {
        Role::Node => of([0]),
        Role::Hub => of([1]),
    }
}

/// Whose chain an anchor is of.
#[must_use]
pub fn read_anchor(subkey: &Subkey) -> Option<Role> {
    [Role::Node, Role::Hub].into_iter().find(|role| anchor(*role) == *subkey)
}

/// That of a month put aside: as of its summary.
#[must_use]
pub fn aside(month: i32, scope: Scope) -> Subkey {
    summary(month, scope)
}

/// The month's number and the scope of a month put aside.
#[must_use]
pub fn read_aside(subkey: &Subkey) -> Option<(i32, Scope)> {
    read_summary(subkey)
}

fn of<const N: usize>(bytes: [u8; N]) -> Subkey {
    const { assert!(N <= limits::SUBKEY) };
    // The line above proved that it fits.
    Subkey::of(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_keys_read_back_and_sort() {
        let june = summary(2026 * 12 + 5, Scope::Subtree);
        assert_eq!(read_summary(&june), Some((2026 * 12 + 5, Scope::Subtree)));
        assert!(summary(2025 * 12 + 11, Scope::Subtree) < june);
        assert_eq!(read_reporting(&reporting(Scope::Own)), Some(Scope::Own));
        assert_eq!(read_policy(&policy("430000-2025", 3).unwrap()), Some(("430000-2025", 3)));
        assert_eq!(read_assignment(&assignment(70_000)), Some(70_000));
        assert_eq!(read_calendar(&calendar(2027)), Some(2027));
        assert_eq!(read_anchor(&anchor(Role::Hub)), Some(Role::Hub));
    }

    #[test]
    fn what_is_no_sub_key_reads_as_none() {
        for bad in [&[][..], &[9], &[0; 4], &[0, 0, 0, 1, 2], &[0; 6], &[255; 64]] {
            let bad = Subkey::of(bad).unwrap();
            assert_eq!(read_summary(&bad), None);
            assert_eq!(read_policy(&bad), None);
            assert_eq!(read_anchor(&bad), None);
        }
        assert_eq!(policy(&"p".repeat(63), 1), None);
    }
}
