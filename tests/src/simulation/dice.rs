//! Randomness of one seed: every purpose throws its own dice, so that a draw more here changes nothing there.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a purpose.
    #[must_use]
    pub fn of(seed: u64, purpose: &str) -> Self {
        let mut dice = Self(seed);
        for byte in purpose.bytes() {
            dice.0 = dice.0.rotate_left(8) ^ u64::from(byte);
            dice.0 = dice.draw();
        }
        dice
    }

    /// A uniform number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.draw() % (most.saturating_sub(least) + 1)
    }

    /// Whether a chance of `share` in a hundred came true.
    pub fn percent(&mut self, share: u64) -> bool {
        self.draw() % 100 < share
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(all.len()).ok().filter(|count| *count > 0)?;
        all.get(usize::try_from(self.draw() % count).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_throws_the_same_and_purposes_differ() {
        let throw = |seed, purpose| Dice::of(seed, purpose).draw();
        assert_eq!(throw(1, "plan"), throw(1, "plan"));
        assert_ne!(throw(1, "plan"), throw(1, "network"));
        assert_ne!(throw(1, "plan"), throw(2, "plan"));
    }
}
