//! A unit's month: figures under keys, and what a hub made them of.

use super::{PayloadFault, ascending};
use crate::figures::{CountKey, Figures, TallyKey};
use crate::rules::Tally;
use crate::summary::Summary;
use crate::wire::codec;
use crate::wire::digest::Digest;
use serde::{Deserialize, Serialize};

/// Body of item kind `summary`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryV1 {
    /// As things are on a day.
    pub stocks: FiguresV1,
    /// What happened or fell due in the month.
    pub flows: FiguresV1,
    /// The root over what a hub made it of; a node sends none.
    pub made_of: Option<Digest>,
}

/// Figures in strictly ascending order of their keys, none of them zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresV1 {
    /// Verdicts.
    pub tallies: Vec<(TallyKey, TallyV1)>,
    /// Records.
    pub counts: Vec<(CountKey, u64)>,
}

/// Verdicts by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the five statuses")]
pub struct TallyV1 {
    pub met: u64,
    pub late: u64,
    pub overdue: u64,
    pub pending: u64,
    pub exempt: u64,
}

impl SummaryV1 {
    /// The body of a summary.
    ///
    /// # Errors
    /// A figure is below zero, or the body is longer than anything that is sent.
    pub fn encode(summary: &Summary, made_of: Option<Digest>) -> Result<Vec<u8>, PayloadFault> {
        Ok(codec::encode(&Self::of(summary, made_of)?)?)
    }

    pub(super) fn of(summary: &Summary, made_of: Option<Digest>) -> Result<Self, PayloadFault> {
        Ok(Self {
            stocks: FiguresV1::try_from(&summary.stocks)?,
            flows: FiguresV1::try_from(&summary.flows)?,
            made_of,
        })
    }

    /// The summary in a body, and what it was made of.
    ///
    /// # Errors
    /// The bytes are no summary.
    pub fn decode(bytes: &[u8]) -> Result<(Summary, Option<Digest>), PayloadFault> {
        codec::decode::<Self>(bytes)?.summary()
    }

    pub(super) fn summary(self) -> Result<(Summary, Option<Digest>), PayloadFault> {
        let summary = Summary { stocks: self.stocks.figures()?, flows: self.flows.figures()? };
        Ok((summary, self.made_of))
    }
}

impl TryFrom<&Figures> for FiguresV1 {
    type Error = PayloadFault;

    fn try_from(figures: &Figures) -> Result<Self, PayloadFault> {
        let unsigned = |figure: i64| u64::try_from(figure).map_err(|_| PayloadFault::Figure);
        let tallies = figures.tallies().map(|(key, tally)| {
            let tally = TallyV1 {
                met: unsigned(tally.met)?,
                late: unsigned(tally.late)?,
                overdue: unsigned(tally.overdue)?,
                pending: unsigned(tally.pending)?,
                exempt: unsigned(tally.exempt)?,
            };
            Ok((key.clone(), tally))
        });
        let counts = figures.counts().map(|(key, count)| Ok((key.clone(), unsigned(count)?)));
        Ok(Self {
            tallies: tallies.collect::<Result<_, PayloadFault>>()?,
            counts: counts.collect::<Result<_, PayloadFault>>()?,
        })
    }
}

impl FiguresV1 {
    fn figures(self) -> Result<Figures, PayloadFault> {
        ascending(self.tallies.iter().map(|(key, _)| key))?;
        ascending(self.counts.iter().map(|(key, _)| key))?;
        let is_zero =
            |tally: &TallyV1| [tally.met, tally.late, tally.overdue, tally.pending, tally.exempt] == [0; 5];
        if self.tallies.iter().any(|(_, tally)| is_zero(tally))
            || self.counts.iter().any(|(_, count)| *count == 0)
        {
            return Err(PayloadFault::Zero);
        }
        // Half the range is left, so that adding up can be checked before it can overflow.
        let signed = |figure: u64| {
            i64::try_from(figure).ok().filter(|figure| *figure <= i64::MAX / 2).ok_or(PayloadFault::Figure)
        };
        let mut figures = Figures::default();
        for (key, tally) in self.tallies {
            let tally = Tally {
                met: signed(tally.met)?,
                late: signed(tally.late)?,
                overdue: signed(tally.overdue)?,
                pending: signed(tally.pending)?,
                exempt: signed(tally.exempt)?,
            };
            figures.add_tally(key, tally);
        }
        for (key, count) in self.counts {
            figures.add_count(key, signed(count)?);
        }
        Ok(figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Count;
    use crate::policy::Kind;
    use crate::rules::Status;

    fn example() -> Summary {
        let mut summary = Summary::default();
        let key = TallyKey::Rule {
            policy: "meijia-2023".into(),
            rule: "one-talent".into(),
            kind: Kind::PairingQuota,
            assumed: false,
        };
        summary.stocks.add_tally(key, Tally::one(Status::Met));
        summary.stocks.add_count(CountKey::Total(Count::Leaders), 9);
        summary.flows.add_tally(
            TallyKey::Kind { kind: Kind::EventReport, assumed: true },
            Tally { met: 3, late: 1, overdue: 2, pending: 0, exempt: 1 },
        );
        summary.flows.add_count(CountKey::CaseDays(366), 2);
        summary
    }

    #[test]
    fn a_summary_survives_its_bytes() {
        let bytes = SummaryV1::encode(&example(), Some(Digest([7; 32]))).expect("it encodes");
        assert_eq!(SummaryV1::decode(&bytes), Ok((example(), Some(Digest([7; 32])))));
        let empty = SummaryV1::encode(&Summary::default(), None).expect("it encodes");
        assert_eq!(empty, [0, 0, 0, 0, 0]);
        assert_eq!(SummaryV1::decode(&empty), Ok((Summary::default(), None)));
    }

    #[test]
    fn a_summary_keeps_its_bytes() {
        let bytes = SummaryV1::encode(&example(), None).expect("it encodes");
        crate::wire::tests::keeps("summary-v1.bin", &bytes);
    }

    #[test]
    fn what_is_below_zero_or_out_of_order_is_refused() {
        let mut below = Summary::default();
        below.flows.add_count(CountKey::CaseDays(1), -1);
        assert_eq!(SummaryV1::encode(&below, None), Err(PayloadFault::Figure));

        let twice = FiguresV1 {
            tallies: vec![],
            counts: vec![(CountKey::CaseDays(1), 1), (CountKey::CaseDays(1), 1)],
        };
        let body = SummaryV1 { stocks: FiguresV1::default(), flows: twice, made_of: None };
        let bytes = codec::encode(&body).expect("it encodes");
        assert_eq!(SummaryV1::decode(&bytes), Err(PayloadFault::Order));

        let zero = FiguresV1 { tallies: vec![], counts: vec![(CountKey::CaseDays(1), 0)] };
        let body = SummaryV1 { stocks: FiguresV1::default(), flows: zero, made_of: None };
        let bytes = codec::encode(&body).expect("it encodes");
        assert_eq!(SummaryV1::decode(&bytes), Err(PayloadFault::Zero));

        let huge = FiguresV1 { tallies: vec![], counts: vec![(CountKey::CaseDays(1), u64::MAX)] };
        let body = SummaryV1 { stocks: FiguresV1::default(), flows: huge, made_of: None };
        let bytes = codec::encode(&body).expect("it encodes");
        assert_eq!(SummaryV1::decode(&bytes), Err(PayloadFault::Figure));
    }
}
