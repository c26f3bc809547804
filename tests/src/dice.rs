//! Chance that can be had again: the same seed gives the same throws, and what fails names its seed.

use anyhow::{Context, Result};
use std::time::Duration;

/// The variable that gives a story another seed.
pub const SEED: &str = "ZHUJI_SEED";

/// A row of throws (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The throws of a seed.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Dice of their own for somebody who throws at the same time, so that nobody's throws depend on who is quicker.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self::of(self.throw())
    }

    /// Any number.
    pub fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound.max(1)
    }

    /// Whether something happens that happens so often in a hundred times.
    pub fn percent(&mut self, often: u8) -> bool {
        self.below(100) < u64::from(often)
    }

    /// A time between two, to the microsecond.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let span = most.saturating_sub(least).as_micros();
        least + Duration::from_micros(self.below(u64::try_from(span).unwrap_or(u64::MAX).saturating_add(1)))
    }

    /// One of several.
    ///
    /// # Panics
    /// There is none.
    pub fn one_of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        let nth = usize::try_from(self.below(several.len() as u64)).unwrap_or_default();
        &several[nth]
    }
}

/// Tells a story with dice: those of `usual`, or of the seed that was asked for. If it fails, it says how to replay it.
///
/// # Errors
/// The story's own.
pub fn with_dice(usual: u64, story: impl FnOnce(Dice) -> Result<()>) -> Result<()> {
    let seed = match std::env::var(SEED) {
        Ok(seed) => seed.parse().with_context(|| format!("{SEED} is a number"))?,
        Err(_) => usual,
    };
    story(Dice::of(seed)).with_context(|| format!("told with {SEED}={seed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_throws_and_a_failure_names_it() {
        let throws = |seed| (0..20).scan(Dice::of(seed), |dice, _| Some(dice.below(6))).collect::<Vec<_>>();
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
        let failed = with_dice(7, |_| anyhow::bail!("it failed")).expect_err("it fails");
        assert!(format!("{failed:#}").contains(SEED), "{failed:#}");
    }
}
