//! What a period asks of somebody who is active in a part of it (policy-format, section 5).

use super::judging::{Finding, Outcome};
use super::reasons::{Counted, DueReason, RequiredReason, StartReason};
use super::{Span, Subject, SubjectType};
use crate::month::Period;
use crate::policy::Partial;
use chrono::NaiveDate;

/// So many a period.
#[derive(Clone, Copy)]
pub(super) struct Frequency {
    pub min: u32,
    pub partial: Partial,
}

/// What a period asks, before anything is counted.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    period: Period,
    /// The days of the period in force: only what lies in them counts.
    days: Span,
    start: NaiveDate,
    due: NaiveDate,
    required: u32,
    required_reason: RequiredReason,
}

impl Frequency {
    /// What is asked in `period` of an item that is active in `life` (in order, without overlaps);
    /// `None` if nothing is.
    pub(super) fn asks(self, period: Period, life: &[Span], in_force: Span) -> Option<Asked> {
        let active = |span: &Span| period.within(*span);
        let duty = |span: &Span| active(span)?.meet(in_force);
        let start = life.iter().find_map(duty)?.first();
        let due = life.iter().filter_map(active).next_back()?.last();
        let active_days = life.iter().filter_map(duty).map(Span::days).sum();
        let whole = period.days();
        let required = self.required(active_days, whole).filter(|required| *required > 0)?;
        let required_reason =
            RequiredReason::Share { min: self.min, active_days, days: whole, partial: self.partial };
        let days = period.within(in_force)?;
        Some(Asked { period, days, start, due, required, required_reason })
    }

    fn required(self, active_days: u32, days: u32) -> Option<u32> {
        match self.partial {
            Partial::Full => Some(self.min),
            Partial::Exempt => (active_days == days).then_some(self.min),
            // min × d / D, rounded half up, in whole numbers; min ≤ 36500 and d ≤ 366 fit.
            Partial::Prorate => Some((2 * self.min * active_days + days) / (2 * days)),
        }
    }
}

impl Asked {
    /// The finding, given the records that may count, oldest first, whatever their period.
    pub(super) fn finding(self, subject: Subject, item: &str, records: &[Counted]) -> Finding {
        let first = records.partition_point(|record| record.on < self.days.first());
        let behind = records.partition_point(|record| record.on <= self.days.last());
        let counted = records[first..behind].to_vec();
        let whole = self.due == self.period.last_day();
        let unit = subject.r#type == SubjectType::Unit;
        let made_the_number = counted.get(usize::try_from(self.required - 1).unwrap_or(usize::MAX));
        Finding {
            subject,
            item: item.to_owned(),
            period: self.period.to_string(),
            start: self.start,
            start_reason: if unit { StartReason::FirstDayInForce } else { StartReason::FirstActiveDay },
            due: self.due,
            due_reason: if whole { DueReason::PeriodEnd } else { DueReason::LastActiveDay },
            required: self.required,
            required_reason: self.required_reason,
            outcome: Outcome::Periodic { done: made_the_number.map(|counted| counted.on) },
            counted,
        }
    }
}
