//! Why a connection is closed: the application codes of the transport, one a situation.

use crate::texts::Told;

/// A close code. The number travels; an unknown one is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// Nothing is left to do.
    Done,
    /// This end is stopping.
    ShuttingDown,
    /// Too much to do; again later.
    Busy,
    /// A newer connection of the same replica took this one's place.
    Replaced,
    /// Two stores speak as one replica.
    Fork,
    /// A batch was not what its sender signed.
    BadSignature,
    /// A frame, list or figure broke its limit.
    LimitBroken,
    /// A frame was malformed or came out of turn.
    Protocol,
    /// The hub does not know this replica.
    UnknownReplica,
    /// The replica was revoked.
    Revoked,
    /// The replica is suspended: it may be let in again.
    Suspended,
    /// The replica is banned.
    Banned,
    /// The replica's office is at an end.
    Retired,
    /// No protocol version in common.
    NoCommonVersion,
    /// The other end owed an answer and was silent.
    Silent,
    /// A new incarnation was opened: the same replica dials again at once.
    Reincarnated,
    /// The certificate has expired: only its renewal is served.
    RenewOnly,
    /// This end could not reach its own store.
    StoreFault,
    /// The certificate names another replica, or this is another hub.
    WrongReplica,
    /// A later key of the replica was used since: this store is from before, restored or copied.
    KeyReplaced,
    /// From a newer program.
    Other(u32),
}

impl CloseCode {
    const NUMBERS: [(Self, u32, &'static str); 20] = [
        (Self::Done, 0, "link-close-done"),
        (Self::ShuttingDown, 1, "link-close-shutting-down"),
        (Self::Busy, 2, "link-close-busy"),
        (Self::Replaced, 3, "link-close-replaced"),
        (Self::Fork, 4, "link-close-fork"),
        (Self::BadSignature, 5, "link-close-bad-signature"),
        (Self::LimitBroken, 6, "link-close-limit-broken"),
        (Self::Protocol, 7, "link-close-protocol"),
        (Self::UnknownReplica, 8, "link-close-unknown-replica"),
        (Self::Revoked, 9, "link-close-revoked"),
        (Self::Suspended, 10, "link-close-suspended"),
        (Self::Banned, 11, "link-close-banned"),
        (Self::Retired, 12, "link-close-retired"),
        (Self::NoCommonVersion, 13, "link-close-no-common-version"),
        (Self::Silent, 14, "link-close-silent"),
        (Self::Reincarnated, 15, "link-close-reincarnated"),
        (Self::RenewOnly, 16, "link-close-renew-only"),
        (Self::StoreFault, 17, "link-close-store-fault"),
        (Self::WrongReplica, 18, "link-close-wrong-replica"),
        (Self::KeyReplaced, 19, "link-close-key-replaced"),
    ];

    /// Every code that this program knows.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NUMBERS.iter().map(|row| row.0)
    }

    /// The number that travels.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Other(number) => number,
            known => Self::NUMBERS.iter().find(|row| row.0 == known).map_or(u32::MAX, |row| row.1),
        }
    }

    /// The code with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self::NUMBERS.iter().find(|row| row.1 == number).map_or(Self::Other(number), |row| row.0)
    }

    /// Whether only a person can mend it, so that dialling again soon is of no use.
    #[must_use]
    pub fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Fork
                | Self::UnknownReplica
                | Self::Revoked
                | Self::Suspended
                | Self::Banned
                | Self::Retired
                | Self::NoCommonVersion
                | Self::WrongReplica
                | Self::KeyReplaced
        )
    }
}

impl Told for CloseCode {
    fn key(&self) -> &'static str {
        Self::NUMBERS.iter().find(|row| row.0 == *self).map_or("link-close-other", |row| row.2)
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("number", self.number().to_string())]
    }
}

impl std::fmt::Display for CloseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.tell(crate::texts::Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_code_has_its_own_number_and_words() {
        for code in CloseCode::all().chain([CloseCode::Other(99)]) {
            assert_eq!(CloseCode::from_number(code.number()), code);
            for language in [Language::Chinese, Language::English] {
                assert_ne!(code.tell(language), code.key());
            }
        }
        assert_eq!(CloseCode::all().count(), 20);
    }
}
