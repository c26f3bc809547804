//! The calendar periods of a year, as records write them.

use chrono::{Days, Months, NaiveDate};
use zhuji_protocol::policy::Cadence;

/// A calendar period.
pub(super) struct Span {
    /// `2026`, `2026-H1`, `2026-Q3` or `2026-04`.
    pub(super) key: String,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
}

impl Span {
    /// The part of it from `first` to `last`, both included.
    pub(super) fn within(&self, (first, last): (NaiveDate, NaiveDate)) -> Option<(NaiveDate, NaiveDate)> {
        let part = (self.first.max(first), self.last.min(last));
        (part.0 <= part.1).then_some(part)
    }
}

/// The periods of the year that begins on `first`, in order.
pub(super) fn spans(cadence: Cadence, first: NaiveDate) -> impl Iterator<Item = Span> {
    let (count, months) = match cadence {
        Cadence::Year => (1, 12),
        Cadence::Half => (2, 6),
        Cadence::Quarter => (4, 3),
        Cadence::Month => (12, 1),
    };
    let year = first.format("%Y");
    (0..count).map(move |place| {
        let begins = first + Months::new(place * months);
        let key = match cadence {
            Cadence::Year => year.to_string(),
            Cadence::Half => format!("{year}-H{}", place + 1),
            Cadence::Quarter => format!("{year}-Q{}", place + 1),
            Cadence::Month => format!("{year}-{:02}", place + 1),
        };
        Span { key, first: begins, last: begins + Months::new(months) - Days::new(1) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_and_quarters_fill_the_year() {
        let first = "2024-01-01".parse().unwrap();
        let halves: Vec<_> =
            spans(Cadence::Half, first).map(|span| (span.key, span.last.to_string())).collect();
        assert_eq!(
            halves,
            [("2024-H1".into(), "2024-06-30".into()), ("2024-H2".into(), "2024-12-31".into())]
        );
        assert_eq!(spans(Cadence::Month, first).nth(1).unwrap().last.to_string(), "2024-02-29");
    }
}
