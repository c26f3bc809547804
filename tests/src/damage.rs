//! What happens to the bytes of a store on a bad disk: it is cut off, or a bit is not what was written.

use crate::dice::Dice;
use std::fmt;

/// One damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Only so many bytes are left.
    Cut {
        /// How many.
        length: usize,
    },
    /// One bit is the other way round.
    Flip {
        /// In which byte.
        at: usize,
        /// Which of its eight.
        bit: u8,
    },
    /// A whole block reads as zeros.
    Blank {
        /// From which byte on.
        at: usize,
    },
}

/// What a disk writes at once.
const BLOCK: usize = 4096;

impl Damage {
    /// A damage of a file of this length: mostly single bits, which are the hardest to see.
    pub fn throw(dice: &mut Dice, length: usize) -> Self {
        let mut place = || usize::try_from(dice.below(length as u64)).unwrap_or_default();
        let at = place();
        match dice.below(10) {
            0 => Self::Cut { length: at },
            1 => Self::Blank { at: at / BLOCK * BLOCK },
            _ => Self::Flip { at, bit: u8::try_from(dice.below(8)).unwrap_or_default() },
        }
    }

    /// The bytes with this damage.
    #[must_use]
    pub fn of(self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self {
            Self::Cut { length } => bytes.truncate(length),
            Self::Flip { at, bit } => bytes[at] ^= 1 << bit,
            Self::Blank { at } => {
                let end = bytes.len().min(at + BLOCK);
                bytes[at..end].fill(0);
            }
        }
        bytes
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { length } => write!(f, "cut off after {length} bytes"),
            Self::Flip { at, bit } => write!(f, "bit {bit} of byte {at} flipped"),
            Self::Blank { at } => write!(f, "blank from byte {at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_damage_changes_the_bytes_and_nothing_beside_its_place() {
        let whole: Vec<u8> = (0..20_000u32).map(|at| (at % 251) as u8 + 1).collect();
        let mut dice = Dice::of(5);
        for _ in 0..200 {
            let damage = Damage::throw(&mut dice, whole.len());
            let bytes = damage.of(&whole);
            let changed = bytes.iter().zip(&whole).filter(|(is, was)| is != was).count();
            match damage {
                Damage::Cut { length } => assert_eq!((bytes.len(), changed), (length, 0)),
                Damage::Flip { .. } => assert_eq!((bytes.len(), changed), (whole.len(), 1)),
                Damage::Blank { at } => {
                    assert_eq!((bytes.len(), changed), (whole.len(), BLOCK.min(whole.len() - at)));
                }
            }
        }
    }
}
