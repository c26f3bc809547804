//! Synthetic people: invented names, now and then rare characters and dotted names, and phones that ring nowhere.

use super::dice::Dice;
use super::table::{GIVEN_NAMES, GivenName, SURNAMES};
use std::collections::BTreeSet;

/// Somebody who does not exist.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) sex: &'static str,
    pub(super) phone: String,
}

/// Everybody met so far in one office: no name comes twice.
pub(super) struct People {
    dice: Dice,
    names: BTreeSet<String>,
}

impl People {
    pub(super) fn new(dice: Dice) -> Self {
        Self { dice, names: BTreeSet::new() }
    }

    /// One more.
    pub(super) fn meet(&mut self) -> Person {
        let (mut name, mut sex) = self.name();
        // The tables give some ten thousand names; an office of hundreds meets a free one soon.
        for _ in 0..20 {
            if self.names.insert(name.clone()) {
                break;
            }
            (name, sex) = self.name();
        }
        let number = self.dice.below(10_000);
        Person { name, sex, phone: format!("000-0000-{number:04}") }
    }

    fn name(&mut self) -> (String, &'static str) {
        let kind = match self.dice.below(100) {
            0..90 => "common",
            90..96 => "rare-character",
            _ => "non-han-single-or-dotted",
        };
        let given = self.given(kind);
        let sex = match given.sex {
            "male" => "男",
            "female" => "女",
            _ => self.dice.pick(&["男", "女"]).copied().unwrap_or("男"),
        };
        if kind == "non-han-single-or-dotted" {
            let name = match self.given(kind) {
                last if last.text != given.text => format!("{}·{}", given.text, last.text),
                _ => given.text.to_owned(),
            };
            return (name, sex);
        }
        let surname = self.dice.weighed(&SURNAMES, |row| row.weight).map_or("王", |row| row.text);
        (format!("{surname}{}", given.text), sex)
    }

    fn given(&mut self, kind: &str) -> &'static GivenName {
        let weight = |row: &GivenName| u64::from(row.kind == kind);
        // Proof: a test finds all three kinds in the table, so the weights are not all nothing.
        self.dice.weighed(&GIVEN_NAMES, weight).expect("the table has every kind of given name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_name_is_in_the_table_and_met() {
        for kind in ["common", "rare-character", "non-han-single-or-dotted"] {
            assert!(GIVEN_NAMES.iter().any(|row| row.kind == kind), "{kind}");
        }
        let mut people = People::new(Dice::of(1, &[]));
        let names: Vec<String> = (0..300).map(|_| people.meet().name).collect();
        assert!(names.iter().any(|name| name.contains('·')));
        assert!(names.iter().any(|name| name.chars().any(|letter| u32::from(letter) > 0xffff)));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "a name came twice");
    }

    #[test]
    fn phones_ring_nowhere() {
        let mut people = People::new(Dice::of(2, &[]));
        assert!((0..50).all(|_| people.meet().phone.starts_with("000-0000-")));
    }
}
