//! The head of an audit chain: whoever holds an old one sees whether the past was written anew.

use super::PayloadFault;
use crate::wire::codec;
use crate::wire::digest::Digest;
use serde::{Deserialize, Serialize};

/// A place in an audit chain: the hash of its entry number `entries`. Without entries, 32 zero bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChainPointV1 {
    /// How many entries there are up to here.
    pub entries: u64,
    /// The hash of the last of them.
    pub head: Digest,
}

/// Body of item kind `anchor`, version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorV1 {
    /// The end of the chain.
    pub now: ChainPointV1,
    /// The hash that the chain has *now* at the entry which the hub acknowledged last: in a past that nobody wrote anew
    /// it is the one that the hub keeps. 32 zero bytes if the chain no longer reaches so far.
    pub before: Option<ChainPointV1>,
}

impl AnchorV1 {
    /// The body of an anchor.
    ///
    /// # Errors
    /// None for a value of this type.
    pub fn encode(&self) -> Result<Vec<u8>, PayloadFault> {
        Ok(codec::encode(self)?)
    }

    /// The anchor in a body.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadFault> {
        Ok(codec::decode(bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_keeps_its_bytes_and_reads_back() {
        let at = |entries, byte| ChainPointV1 { entries, head: Digest([byte; 32]) };
        let anchor = AnchorV1 { now: at(300, 7), before: Some(at(298, 5)) };
        let bytes = anchor.encode().expect("it encodes");
        crate::wire::tests::keeps("anchor-v1.bin", &bytes);
        assert_eq!(AnchorV1::decode(&bytes), Ok(anchor));
        let first = AnchorV1 { before: None, ..anchor };
        assert_eq!(AnchorV1::decode(&first.encode().expect("it encodes")), Ok(first));
        assert!(AnchorV1::decode(&bytes[..bytes.len() - 1]).is_err());
    }
}
