//! Whether the end of a child's audit chain follows from the ends that it told before: pure, so that every database
//! judges alike.

use zhuji_protocol::wire::payload::{AnchorV1, ChainPointV1};

/// What an anchor says of the child's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It is the past that was told before, continued.
    Follows,
    /// A new life of the store goes on from an older copy: entries after the copy are gone, and nothing hides it.
    Restored,
    /// What was told before is not in the chain any more.
    Rewritten,
}

impl Finding {
    /// Every finding with its word.
    pub const WORDS: [(Self, &'static str); 3] =
        [(Self::Follows, "follows"), (Self::Restored, "restored"), (Self::Rewritten, "rewritten")];

    /// Its word in stores and listings.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// The finding that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }
}

/// An anchor that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptAnchor {
    /// Of which life of the child.
    pub ordinal: u32,
    /// The end of the chain.
    pub now: ChainPointV1,
}

/// Judges an anchor of life `ordinal` by those that are kept. It is enough to hand in the last one of this life and of the
/// one before, and those with the entries that the anchor names.
#[must_use]
pub fn judge(kept: &[KeptAnchor], ordinal: u32, anchor: &AnchorV1) -> Finding {
    let AnchorV1 { now, before } = *anchor;
    let at = |entries: u64| kept.iter().filter(move |kept| kept.now.entries == entries);
    let differs = |kept: &KeptAnchor| kept.now.head != now.head;
    let of_this_life = |kept: &&KeptAnchor| kept.ordinal == ordinal;

    let is_cut_off = kept.iter().filter(of_this_life).any(|kept| kept.now.entries > now.entries);
    let is_replaced = at(now.entries).filter(of_this_life).any(differs);
    let is_denied = before.is_some_and(|before| {
        let mut known = at(before.entries).peekable();
        let is_known = known.peek().is_some();
        let fits = |kept: &KeptAnchor| kept.now.head == before.head;
        is_known
            && (!at(before.entries).any(fits)
                || at(before.entries).filter(of_this_life).any(|kept| !fits(kept)))
    });
    if is_cut_off || is_replaced || is_denied {
        return Finding::Rewritten;
    }
    let is_first = !kept.iter().any(|kept| kept.ordinal == ordinal);
    let lost = |kept: &KeptAnchor| {
        kept.now.entries > now.entries || (kept.now.entries == now.entries && differs(kept))
    };
    if is_first && kept.iter().any(lost) { Finding::Restored } else { Finding::Follows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::wire::digest::Digest;

    /// The chain of one past: two pasts differ from their first entry on.
    fn at(entries: u64, past: &str) -> ChainPointV1 {
        ChainPointV1 { entries, head: Digest::of(&[past.as_bytes(), &entries.to_le_bytes()]) }
    }

    fn kept(ordinal: u32, now: ChainPointV1) -> KeptAnchor {
        KeptAnchor { ordinal, now }
    }

    #[test]
    fn a_past_that_was_told_and_is_gone_is_told_apart_from_one_that_was_restored() {
        let told = [kept(1, at(6, "a")), kept(1, at(10, "a"))];
        for (ordinal, now, before, expected) in [
            (1, at(12, "a"), Some(at(10, "a")), Finding::Follows),
            (1, at(10, "a"), Some(at(10, "a")), Finding::Follows),
            // The acknowledgement of the last one was lost, or nothing was acknowledged yet.
            (1, at(12, "a"), Some(at(6, "a")), Finding::Follows),
            (1, at(12, "a"), None, Finding::Follows),
            // The hub was restored and does not know what it acknowledged.
            (1, at(14, "a"), Some(at(12, "a")), Finding::Follows),
            // Written anew from some entry on, with all its hashes.
            (1, at(12, "b"), Some(at(10, "b")), Finding::Rewritten),
            (1, at(10, "b"), None, Finding::Rewritten),
            // Cut off.
            (1, at(9, "a"), None, Finding::Rewritten),
            (1, at(9, "a"), Some(ChainPointV1 { entries: 10, head: Digest::ZERO }), Finding::Rewritten),
            // A copy from between the two, and one that has grown past the last.
            (2, at(8, "a"), Some(at(6, "a")), Finding::Restored),
            (2, at(10, "c"), Some(at(6, "a")), Finding::Restored),
            (2, at(11, "a"), Some(at(10, "a")), Finding::Follows),
            // A new life does not hide what was written anew.
            (2, at(8, "b"), Some(at(6, "b")), Finding::Rewritten),
        ] {
            let found = judge(&told, ordinal, &AnchorV1 { now, before });
            assert_eq!(found, expected, "life {ordinal}: {now:?} {before:?}");
        }
        let after = [told[0], told[1], kept(2, at(10, "c"))];
        let next = |before| judge(&after, 2, &AnchorV1 { now: at(13, "c"), before: Some(before) });
        assert_eq!(next(at(10, "c")), Finding::Follows);
        assert_eq!(next(at(10, "a")), Finding::Rewritten, "the present life's own word counts");
        assert_eq!(judge(&[], 1, &AnchorV1 { now: at(3, "a"), before: None }), Finding::Follows);
    }
}
