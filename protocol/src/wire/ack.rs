//! What travels on the state stream beside batches: acknowledgements, the end of a full state, keys asked for again.

use super::bounded::{List, Text};
use super::item::ItemKey;
use super::life::Incarnation;
use super::limits;
use super::position::PositionV1;
use crate::texts::Told;
use serde::{Deserialize, Serialize};

/// Where the receiver stands. It leaves with the commit: acknowledged means committed on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AckV1 {
    /// After the commit.
    pub position: PositionV1,
    /// What it answers.
    pub answer: AnswerV1,
    /// Items of the batch that were not taken; the cursor passed over them.
    pub refused: List<RefusedItemV1, { limits::BATCH_ITEMS }>,
}

/// What an acknowledgement answers. Grows only at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerV1 {
    /// A batch or a full-state-end was applied.
    Applied,
    /// A batch did not begin at the cursor: cut anew from here.
    CutAnew,
}

/// One item that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedItemV1 {
    /// Which.
    pub key: ItemKey,
    /// Of which revision.
    pub revision: u64,
    /// Why.
    pub reason: Refusal,
    /// The policy key, month or unit that it is about, if any; never a sentence, never a name.
    pub detail: Text<{ limits::REFUSAL_DETAIL }>,
}

/// Why an item was not taken. The number travels; an unknown one is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub enum Refusal {
    /// The sender may not write this unit's rows.
    NotYours,
    /// The directory has no such unit, or not yet.
    UnknownUnit,
    /// The body makes no such structure.
    Malformed,
    /// A figure is beyond its limit, or a list too long.
    BeyondLimit,
    /// A rule that the unit's policy lacks.
    UnknownRule,
    /// A count key that the unit's policy does not name.
    UnknownKey,
    /// Dated later than the receiver's tomorrow.
    FromTheFuture,
    /// A month that this hub does not take from this sender.
    MonthNotYours,
    /// A writer's proof that does not hold, or whose key nobody vouches for.
    BadProof,
    /// A kind that does not travel in this direction.
    WrongDirection,
    /// The unit must be mapped or confirmed in the directory first.
    AwaitsMapping,
    /// From a newer program.
    Other(u16),
}

impl Refusal {
    const NUMBERS: [(Self, u16, &'static str); 11] = [
        (Self::NotYours, 1, "link-refused-not-yours"),
        (Self::UnknownUnit, 2, "link-refused-unknown-unit"),
        (Self::Malformed, 3, "link-refused-malformed"),
        (Self::BeyondLimit, 4, "link-refused-beyond-limit"),
        (Self::UnknownRule, 5, "link-refused-unknown-rule"),
        (Self::UnknownKey, 6, "link-refused-unknown-key"),
        (Self::FromTheFuture, 7, "link-refused-from-the-future"),
        (Self::MonthNotYours, 8, "link-refused-month-not-yours"),
        (Self::BadProof, 9, "link-refused-bad-proof"),
        (Self::WrongDirection, 10, "link-refused-wrong-direction"),
        (Self::AwaitsMapping, 11, "link-refused-awaits-mapping"),
    ];

    /// Every reason that this program knows.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NUMBERS.iter().map(|row| row.0)
    }

    /// The number that travels and is stored.
    #[must_use]
    pub fn number(self) -> u16 {
        self.into()
    }
}

impl From<u16> for Refusal {
    fn from(number: u16) -> Self {
        Self::NUMBERS.iter().find(|row| row.1 == number).map_or(Self::Other(number), |row| row.0)
    }
}

impl From<Refusal> for u16 {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Other(number) => number,
            known => Refusal::NUMBERS.iter().find(|row| row.0 == known).map_or(Self::MAX, |row| row.1),
        }
    }
}

impl Told for Refusal {
    fn key(&self) -> &'static str {
        Self::NUMBERS.iter().find(|row| row.0 == *self).map_or("link-refused-other", |row| row.2)
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("number", self.number().to_string())]
    }
}

impl RefusedItemV1 {
    /// A refusal.
    #[must_use]
    pub fn new(key: ItemKey, revision: u64, reason: Refusal, detail: &str) -> Self {
        Self { key, revision, reason, detail: Text::cut(detail) }
    }
}

/// Every row that there was went out in this incarnation, up to `through`. The receiver, if it stands there, puts
/// aside the keys of older incarnations that were not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullStateEndV1 {
    /// The sender's incarnation.
    pub incarnation: Incarnation,
    /// Which one it is in the receiver's count, as far as the sender was told; 0 if not. Shown only: the receiver
    /// goes by its own count.
    pub ordinal: u32,
    /// The last mark that went out.
    pub through: u64,
    /// The month (year × 12 + month − 1) from which the sender has records: older ones stay as they were.
    /// `None`: the sender's rows have no months, all of them count.
    pub since: Option<i32>,
}

/// Keys whose rows the receiver refused once and would judge differently now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskAgainV1 {
    /// Which.
    pub keys: List<ItemKey, { limits::ASKED_AGAIN }>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_reason_has_its_own_number_and_words() {
        for reason in Refusal::all().chain([Refusal::Other(999)]) {
            assert_eq!(Refusal::from(reason.number()), reason);
            for language in [Language::Chinese, Language::English] {
                assert_ne!(reason.tell(language), reason.key());
            }
        }
    }
}
