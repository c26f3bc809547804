//! What a line does to the datagrams on it. Every fate is thrown for, and nothing here touches a socket.

use crate::dice::Dice;
use std::time::Duration;

/// How a line treats what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// The least and the most time on the way; what left later may arrive earlier.
    pub delay: (Duration, Duration),
    /// How many in a hundred are lost.
    pub lost_percent: u8,
    /// How many in a hundred arrive twice.
    pub repeated_percent: u8,
    /// How many in a hundred are held back, so that others surely overtake them.
    pub late_percent: u8,
}

/// Longer than a burst of datagrams, shorter than anybody's patience.
const HELD_BACK: Duration = Duration::from_millis(150);

impl Weather {
    /// A line that does nothing to anybody.
    pub const CLEAR: Self = Self {
        delay: (Duration::ZERO, Duration::ZERO),
        lost_percent: 0,
        repeated_percent: 0,
        late_percent: 0,
    };

    /// A mountain village's line on a bad day.
    pub const STORM: Self = Self {
        delay: (Duration::from_millis(5), Duration::from_millis(60)),
        lost_percent: 12,
        repeated_percent: 8,
        late_percent: 8,
    };

    /// Nothing comes through, in either direction.
    pub const SILENCE: Self = Self { lost_percent: 100, ..Self::CLEAR };

    /// When a datagram arrives, and again, if it does: none if it is lost, two if it is repeated.
    pub(super) fn fate(&self, dice: &mut Dice) -> Fate {
        if dice.percent(self.lost_percent) {
            return Fate { arrivals: Vec::new(), is_late: false };
        }
        let copies = if dice.percent(self.repeated_percent) { 2 } else { 1 };
        let is_late = dice.percent(self.late_percent);
        let held = if is_late { HELD_BACK } else { Duration::ZERO };
        let arrivals = (0..copies).map(|_| held + dice.between(self.delay.0, self.delay.1)).collect();
        Fate { arrivals, is_late }
    }
}

/// What becomes of one datagram.
#[derive(Debug)]
pub(super) struct Fate {
    /// After how long each copy arrives.
    pub(super) arrivals: Vec<Duration>,
    /// Whether it was held back.
    pub(super) is_late: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_datagrams_meet_what_the_weather_says() {
        let mut dice = Dice::of(11);
        let fates: Vec<Fate> = (0..1000).map(|_| Weather::STORM.fate(&mut dice)).collect();
        let (mut lost, mut repeated, mut late) = (0, 0, 0);
        for fate in &fates {
            lost += usize::from(fate.arrivals.is_empty());
            repeated += usize::from(fate.arrivals.len() == 2);
            late += usize::from(fate.is_late);
        }
        assert!((80..170).contains(&lost), "{lost} lost");
        assert!((40..110).contains(&repeated), "{repeated} repeated");
        assert!((40..110).contains(&late), "{late} late");
        assert!(fates.iter().flat_map(|fate| &fate.arrivals).all(|after| *after >= Weather::STORM.delay.0));
    }

    #[test]
    fn clear_weather_passes_everything_once_and_silence_nothing() {
        let mut dice = Dice::of(1);
        for _ in 0..100 {
            assert_eq!(Weather::CLEAR.fate(&mut dice).arrivals, [Duration::ZERO]);
            assert!(Weather::SILENCE.fate(&mut dice).arrivals.is_empty());
        }
    }
}
