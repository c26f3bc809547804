//! From what a rule finds to a verdict: the window, the status, the exemption (policy-format, sections 4 and 5).

use super::reasons::{Counted, DueReason, RequiredReason, StartReason};
use super::{CalendarBasis, Known, Subject, SubjectType, Verdict, Why};
use crate::calendar::Calendar;
use crate::facts::Exemption;
use crate::policy::Rule;
use chrono::{Datelike, NaiveDate};

/// A duty as a rule finds it, before anybody asks whether it is due or done in time.
pub(super) struct Finding {
    pub subject: Subject,
    pub item: String,
    pub period: String,
    pub start: NaiveDate,
    pub start_reason: StartReason,
    pub due: NaiveDate,
    pub due_reason: DueReason,
    pub required: u32,
    pub required_reason: RequiredReason,
    pub outcome: Outcome,
    pub counted: Vec<Counted>,
}

/// What became of a duty.
pub(super) enum Outcome {
    /// Of a period: records are counted, and `done` is the date of the one that made the number.
    Periodic { done: Option<NaiveDate> },
    /// As things stand on `as_of`.
    Standing { holds: bool, actual: u32, aim: bool },
    /// Set off by a date. A debt is carried on until it is paid, or until the day on which it lapses.
    Triggered { done: Option<NaiveDate>, lapses: Option<NaiveDate> },
}

impl Finding {
    /// Whether a verdict is given: the duty has begun, and it meets the window or is a debt from before.
    pub(super) fn is_given(&self, from: NaiveDate, as_of: NaiveDate) -> bool {
        self.start <= as_of
            && match self.outcome {
                // Rules name only periods that meet the window, and standing duties only in force.
                Outcome::Periodic { .. } | Outcome::Standing { .. } => true,
                Outcome::Triggered { done, lapses } => {
                    let unpaid = done.is_none_or(|done| done >= from);
                    self.due >= from || unpaid && lapses.is_none_or(|day| day > from)
                }
            }
    }

    /// The day on which it was done; standing duties have none.
    pub(super) fn done(&self) -> Option<NaiveDate> {
        match self.outcome {
            Outcome::Periodic { done } | Outcome::Triggered { done, .. } => done,
            Outcome::Standing { .. } => None,
        }
    }

    /// How many counted.
    fn actual(&self) -> u32 {
        match self.outcome {
            Outcome::Periodic { .. } => number(self.counted.len()),
            Outcome::Standing { actual, .. } => actual,
            Outcome::Triggered { done, .. } => u32::from(done.is_some()),
        }
    }

    /// The first that applies.
    pub(super) fn why(&self, exemption: Option<&Exemption>, as_of: NaiveDate) -> Why {
        let (holds, aim) = match self.outcome {
            Outcome::Standing { holds, aim, .. } => (holds, aim),
            Outcome::Periodic { .. } | Outcome::Triggered { .. } => (false, false),
        };
        match (exemption, self.done()) {
            (Some(exemption), _) => Why::Exempt { reason: exemption.reason.clone() },
            _ if holds => Why::Holds,
            (_, Some(done)) if done <= self.due => Why::InTime { done },
            (_, Some(done)) => Why::AfterDue { done },
            (_, None) if as_of <= self.due => Why::NotYetDue,
            (_, None) if aim => Why::Aim,
            (_, None) => Why::PastDue,
        }
    }

    /// The verdict.
    pub(super) fn verdict(&self, rule: &Rule, why: &Why, known: &Known<'_>) -> Verdict {
        Verdict {
            rule: rule.id.clone(),
            kind: rule.asks.kind(),
            clause: rule.clause.clone(),
            subject: self.subject.clone(),
            item: self.item.clone(),
            period: self.period.clone(),
            start: self.start,
            due: self.due,
            done: self.done(),
            required: self.required,
            actual: self.actual(),
            status: why.status(),
            assumed: rule.assumed.is_some(),
            calendar: basis(known.calendar, self.start, self.due),
        }
    }
}

/// `official` if every year from the start's to the due date's has its notice.
fn basis(calendar: &Calendar, start: NaiveDate, due: NaiveDate) -> CalendarBasis {
    if (start.year()..=due.year()).all(|year| calendar.has_data(year)) {
        CalendarBasis::Official
    } else {
        CalendarBasis::Plain
    }
}

/// A subject of a verdict.
pub(super) fn subject(r#type: SubjectType, id: &str) -> Subject {
    Subject { r#type, id: id.to_owned() }
}

/// A count as verdicts write it.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
