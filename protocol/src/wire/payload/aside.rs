//! A month of which a hub had more from an earlier life of its child than from the present one: so that the child can tell
//! what to enter again. Sent back by the child's office, it confirms that the month is right as it is.

use super::{PayloadFault, SummaryV1};
use crate::summary::Summary;
use crate::wire::codec;
use serde::{Deserialize, Serialize};

/// Body of item kind `aside`, version 1. Its key is that of the summary: unit, month, scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideV1 {
    /// The totals as the hub knew them last; `None`: nothing of the month is missed any more.
    pub last_known: Option<SummaryV1>,
}

impl AsideV1 {
    /// The body for a month.
    ///
    /// # Errors
    /// A figure is below zero, or the body is longer than anything that is sent.
    pub fn encode(last_known: Option<&Summary>) -> Result<Vec<u8>, PayloadFault> {
        let last_known = last_known.map(|summary| SummaryV1::of(summary, None)).transpose()?;
        Ok(codec::encode(&Self { last_known })?)
    }

    /// The figures in a body; `None`: the month is no longer aside.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<Option<Summary>, PayloadFault> {
        let body: Self = codec::decode(bytes)?;
        body.last_known.map(|summary| summary.summary().map(|(summary, _)| summary)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Count, CountKey};

    #[test]
    fn a_month_aside_keeps_its_bytes_and_reads_back() {
        let mut summary = Summary::default();
        summary.flows.add_count(CountKey::Total(Count::Contacts), 12);
        let bytes = AsideV1::encode(Some(&summary)).expect("it encodes");
        crate::wire::tests::keeps("aside-v1.bin", &bytes);
        assert_eq!(AsideV1::decode(&bytes), Ok(Some(summary)));
        let over = AsideV1::encode(None).expect("it encodes");
        assert_eq!((over.as_slice(), AsideV1::decode(&over)), (&[0][..], Ok(None)));
        assert!(AsideV1::decode(&[]).is_err());
    }
}
