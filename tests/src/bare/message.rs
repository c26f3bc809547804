//! Bytes of the bare program: `u32 count | (u16 key length | u32 length | bytes)*`, after which a signature may stand. A row's
//! bytes begin with its key, as the product's items do, so that no key travels twice.

use zhuji_protocol::wire::item::Item;

/// Some rows, as they travel and as they are queued for the writer.
#[derive(Clone, Debug, Default)]
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// These items: their keys, and the very bytes that the product sends and keeps.
    #[must_use]
    pub fn of(items: &[Item]) -> Self {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&length(items.len()).to_le_bytes());
        for item in items {
            // Revision, length and body follow what names the item.
            let key = item.bytes().len() - item.body().len() - size_of::<u64>() - size_of::<u32>();
            bytes.extend_from_slice(&u16::try_from(key).unwrap_or(u16::MAX).to_le_bytes());
            bytes.extend_from_slice(&length(item.bytes().len()).to_le_bytes());
            bytes.extend_from_slice(item.bytes());
        }
        Self { bytes }
    }

    /// What arrived.
    #[must_use]
    pub fn received(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// As it travels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many rows it has.
    #[must_use]
    pub fn count(&self) -> usize {
        read_u32(&self.bytes) as usize
    }

    /// Its rows: key and bytes. What is cut short ends the list.
    pub fn rows(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.bytes.get(4..).unwrap_or_default();
        (0..self.count()).map_while(move |_| {
            let (head, tail) = rest.split_first_chunk::<2>()?;
            let key = usize::from(u16::from_le_bytes(*head));
            let (head, tail) = tail.split_first_chunk::<4>()?;
            let (bytes, tail) = tail.split_at_checked(u32::from_le_bytes(*head) as usize)?;
            let key = bytes.get(..key)?;
            rest = tail;
            Some((key, bytes))
        })
    }
}

/// The number at the beginning of some bytes; 0 if there is none.
#[must_use]
pub fn read_u32(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |head| u32::from_le_bytes(*head))
}

pub(super) fn length(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
