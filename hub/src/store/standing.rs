//! How a replica and its keys stand, and what a person rules about it: tables, without a store.

use zhuji_protocol::identity::EnrolRefusal;
use zhuji_protocol::wire::close::CloseCode;

/// How a key, or the replica that shows it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is let in.
    Active,
    /// Of a key: a later key took its place.
    Replaced,
    /// Of a replica: kept out for a while.
    Suspended,
    /// Of a replica: kept out whatever its key, and given no token, until the ban is lifted.
    Banned,
    /// Of a replica: its office is at an end. It is no longer expected; what it sent goes on counting.
    Retired,
    /// The keys are bad. A new token lets the replica in again, with a new key.
    Revoked,
    /// Of a replica: two stores were found to speak as it. Both are kept out until a person has enrolled one of them anew.
    Forked,
}

/// What a person rules about a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(missing_docs, reason = "what each does stands in `Ruling::on`, in a table")]
pub enum Ruling {
    Suspend,
    Resume,
    Ban,
    Retire,
    Revoke,
}

impl Standing {
    /// Every standing with its word.
    pub const WORDS: [(Self, &'static str); 7] = [
        (Self::Active, "active"),
        (Self::Replaced, "replaced"),
        (Self::Suspended, "suspended"),
        (Self::Banned, "banned"),
        (Self::Retired, "retired"),
        (Self::Revoked, "revoked"),
        (Self::Forked, "forked"),
    ];

    /// Its word in stores, files and listings.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// The standing that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// With what code a link is refused or closed; `None`: it is welcome.
    #[must_use]
    pub fn close_code(self) -> Option<CloseCode> {
        match self {
            Self::Active => None,
            Self::Replaced => Some(CloseCode::KeyReplaced),
            Self::Suspended => Some(CloseCode::Suspended),
            Self::Banned => Some(CloseCode::Banned),
            Self::Retired => Some(CloseCode::Retired),
            Self::Revoked => Some(CloseCode::Revoked),
            Self::Forked => Some(CloseCode::Fork),
        }
    }

    /// Why a replica that stands so gets no certificate; `None`: it may have one.
    #[must_use]
    pub fn refuses_certificate(self) -> Option<EnrolRefusal> {
        match self {
            Self::Active => None,
            Self::Replaced | Self::Forked => Some(EnrolRefusal::NotAChild),
            Self::Suspended => Some(EnrolRefusal::Suspended),
            Self::Banned => Some(EnrolRefusal::Banned),
            Self::Retired => Some(EnrolRefusal::Retired),
            Self::Revoked => Some(EnrolRefusal::Revoked),
        }
    }

    /// Whether a new token may let a replica that stands so in again: not before a person has lifted the bar.
    #[must_use]
    pub fn bars_tokens(self) -> bool {
        matches!(self, Self::Suspended | Self::Banned)
    }

    /// How the keys of a replica stand from now on that is put under this standing; `None`: as they did.
    #[must_use]
    pub fn of_keys(self) -> Option<Self> {
        match self {
            Self::Active | Self::Suspended | Self::Replaced | Self::Forked => None,
            // What they signed stays as good as it was.
            Self::Retired => Some(Self::Replaced),
            Self::Banned | Self::Revoked => Some(Self::Revoked),
        }
    }
}

impl Ruling {
    /// Its word, as the command is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Ban => "ban",
            Self::Retire => "retire",
            Self::Revoke => "revoke",
        }
    }

    /// How a replica stands after it; `None`: it does not fit how the replica stands.
    #[must_use]
    pub fn on(self, before: Standing) -> Option<Standing> {
        use Standing::{Active, Banned, Forked, Replaced, Retired, Revoked, Suspended};
        match (self, before) {
            (_, Replaced) => None,
            (Self::Suspend, Active) => Some(Suspended),
            (Self::Suspend, _) => None,
            (Self::Resume, Suspended) => Some(Active),
            // The keys were given up with the ban; a new token lets it in with a new one.
            (Self::Resume, Banned) => Some(Revoked),
            (Self::Resume, _) => None,
            (Self::Ban, Banned) => None,
            (Self::Ban, _) => Some(Banned),
            (Self::Retire, Retired) => None,
            (Self::Retire, _) => Some(Retired),
            (Self::Revoke, Banned | Retired) => None,
            // Once more: a token that was issued since is withdrawn.
            (Self::Revoke, Active | Suspended | Revoked | Forked) => Some(Revoked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::{Active, Banned, Forked, Retired, Revoked, Suspended};

    #[test]
    fn every_ruling_on_every_standing() {
        let rulings = [Ruling::Suspend, Ruling::Resume, Ruling::Ban, Ruling::Retire, Ruling::Revoke];
        for (before, after) in [
            (Active, [Some(Suspended), None, Some(Banned), Some(Retired), Some(Revoked)]),
            (Suspended, [None, Some(Active), Some(Banned), Some(Retired), Some(Revoked)]),
            (Banned, [None, Some(Revoked), None, Some(Retired), None]),
            (Retired, [None, None, Some(Banned), None, None]),
            (Revoked, [None, None, Some(Banned), Some(Retired), Some(Revoked)]),
            (Forked, [None, None, Some(Banned), Some(Retired), Some(Revoked)]),
            (Standing::Replaced, [None; 5]),
        ] {
            assert_eq!(rulings.map(|ruling| ruling.on(before)), after, "{before:?}");
        }
    }

    #[test]
    fn every_standing_but_active_has_its_own_close_code_and_word() {
        let mut codes = Vec::new();
        for (standing, word) in Standing::WORDS {
            assert_eq!((standing.word(), Standing::from_word(word)), (word, Some(standing)));
            codes.extend(standing.close_code());
        }
        assert_eq!(codes.len(), 6);
        assert!(codes.iter().all(|code| code.needs_a_person()));
        codes.dedup();
        assert_eq!(codes.len(), 6);
    }
}
