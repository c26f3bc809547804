//! A small generator of chance (SplitMix64): the same seed and words always give the same throws.

use chrono::{Days, NaiveDate};

/// Throws that depend on nothing but what it was made of.
pub(super) struct Dice(u64);

impl Dice {
    /// One set of throws for each purpose, so that more contacts do not change who the people are.
    pub(super) fn of(seed: u64, words: &[&str]) -> Self {
        // FNV-1a over the words, each ended by a byte that no UTF-8 text has.
        let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
        for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `count` − 1; 0 if `count` is 0.
    pub(super) fn below(&mut self, count: u64) -> u64 {
        self.next().checked_rem(count).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included; `low` if `high` is below it.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.below(span)).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several; `None` of none.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let place = self.below(of.len() as u64);
        of.get(usize::try_from(place).unwrap_or(0))
    }

    /// One of several by weight; `None` if all weigh nothing.
    pub(super) fn weighed<'a, T>(&mut self, of: &'a [T], weight: impl Fn(&T) -> u64) -> Option<&'a T> {
        let mut left = self.below(of.iter().map(&weight).sum());
        of.iter().find(|item| {
            let weight = weight(item);
            let found = left < weight;
            left = left.saturating_sub(weight);
            found
        })
    }

    /// A day from `first` to `last`, both included; `first` if `last` is before it.
    pub(super) fn day(&mut self, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let span = u64::try_from((last - first).num_days() + 1).unwrap_or(1);
        first + Days::new(self.below(span.max(1)))
    }

    /// How a duty went that has a due date.
    pub(super) fn turn(&mut self) -> Turn {
        match self.below(100) {
            0..78 => Turn::OnTime,
            78..90 => Turn::Late,
            _ => Turn::NotDone,
        }
    }
}

/// How a duty went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Done by its due date.
    OnTime,
    /// Done after it.
    Late,
    /// Not done.
    NotDone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_throw_the_same() {
        let throws = |words: &[&str]| {
            let mut dice = Dice::of(7, words);
            [dice.below(1000), dice.below(1000), dice.below(1000)]
        };
        assert_eq!(throws(&["a", "b"]), throws(&["a", "b"]));
        assert_ne!(throws(&["a", "b"]), throws(&["ab"]));
    }

    #[test]
    fn a_weight_of_nothing_is_never_thrown() {
        let mut dice = Dice::of(1, &[]);
        for _ in 0..200 {
            assert_eq!(
                dice.weighed(&[("never", 0), ("always", 3)], |of| of.1).map(|of| of.0),
                Some("always")
            );
        }
        assert_eq!(dice.weighed(&[("never", 0)], |of| of.1), None);
    }
}
