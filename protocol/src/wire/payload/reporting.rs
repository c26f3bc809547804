//! Who reports, and how fresh.

use super::{PayloadFault, ascending, date_of, day_number};
use crate::reporting::{OwnReport, Reporting};
use crate::wire::codec;
use crate::wire::digest::Digest;
use serde::{Deserialize, Serialize};

/// Body of item kind `reporting`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingV1 {
    /// Units from whose office figures are expected.
    pub expected: u32,
    /// Units that have ever reported.
    pub reported: u32,
    /// Units under a policy.
    pub with_policy: u32,
    /// Day of the common era → number of units, in ascending order.
    pub as_of: Vec<(i32, u32)>,
    /// Units with an older day.
    pub older: u32,
    /// What a node says of itself.
    pub own: Option<OwnReportV1>,
    /// The root over what a hub made it of.
    pub made_of: Option<Digest>,
}

/// What a node says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in `reporting::OwnReport`")]
pub struct OwnReportV1 {
    pub program: [u16; 3],
    pub skew_seconds: i32,
}

impl ReportingV1 {
    /// The body of a reporting item.
    ///
    /// # Errors
    /// A figure is below zero or beyond counting.
    pub fn encode(
        reporting: &Reporting,
        own: Option<OwnReport>,
        made_of: Option<Digest>,
    ) -> Result<Vec<u8>, PayloadFault> {
        let unsigned = |figure: i64| u32::try_from(figure).map_err(|_| PayloadFault::Figure);
        let dates = reporting.as_of.iter().filter(|(_, units)| **units != 0);
        let as_of = dates.map(|(date, units)| Ok((day_number(*date), unsigned(*units)?)));
        let body = Self {
            expected: unsigned(reporting.expected)?,
            reported: unsigned(reporting.reported)?,
            with_policy: unsigned(reporting.with_policy)?,
            as_of: as_of.collect::<Result<_, PayloadFault>>()?,
            older: unsigned(reporting.older)?,
            own: own.map(|own| OwnReportV1 { program: own.program, skew_seconds: own.skew_seconds }),
            made_of,
        };
        Ok(codec::encode(&body)?)
    }

    /// The reporting in a body, and what comes with it.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode(bytes: &[u8]) -> Result<(Reporting, Option<OwnReport>, Option<Digest>), PayloadFault> {
        let body: Self = codec::decode(bytes)?;
        ascending(body.as_of.iter().map(|(day, _)| day))?;
        if body.as_of.iter().any(|(_, units)| *units == 0) {
            return Err(PayloadFault::Zero);
        }
        let as_of = body.as_of.iter().map(|(day, units)| Ok((date_of(*day)?, i64::from(*units))));
        let reporting = Reporting {
            expected: body.expected.into(),
            reported: body.reported.into(),
            with_policy: body.with_policy.into(),
            as_of: as_of.collect::<Result<_, PayloadFault>>()?,
            older: body.older.into(),
        };
        let own = body.own.map(|own| OwnReport { program: own.program, skew_seconds: own.skew_seconds });
        Ok((reporting, own, body.made_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reporting_survives_its_bytes() {
        let mut reporting = Reporting::heard("2026-03-20".parse().expect("a date"), true);
        reporting.add(&Reporting::silent());
        let own = OwnReport { program: [0, 1, 0], skew_seconds: -130 };
        let bytes = ReportingV1::encode(&reporting, Some(own), None).expect("it encodes");
        assert_eq!(ReportingV1::decode(&bytes), Ok((reporting, Some(own), None)));
        crate::wire::tests::keeps("reporting-v1.bin", &bytes);
    }

    #[test]
    fn a_day_without_units_is_refused() {
        let reporting = Reporting::heard("2026-03-20".parse().expect("a date"), true);
        let bytes = ReportingV1::encode(&reporting, None, None).expect("it encodes");
        let mut body: ReportingV1 = codec::decode(&bytes).expect("its own");
        body.as_of[0].1 = 0;
        let bytes = codec::encode(&body).expect("it encodes");
        assert_eq!(ReportingV1::decode(&bytes), Err(PayloadFault::Zero));
    }
}
