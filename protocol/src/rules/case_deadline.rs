//! `case-deadline`: one step of a case within so many working days, days or months of another.

use super::judging::{Finding, Outcome, subject};
use super::limit;
use super::reasons::{Counted, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::facts::Case;
use crate::policy::{CaseDeadline, CaseStep};
use chrono::NaiveDate;

pub(super) fn findings(asks: &CaseDeadline, known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, case) in known.facts.cases.iter().enumerate() {
        let step = |step: CaseStep| reached(case, step).filter(|day| *day <= known.as_of);
        let Some(start) = step(asks.from).filter(|day| known.in_force.contains(*day)) else { continue };
        if !is_of_class(case, &asks.case_classes) {
            continue;
        }
        // An interim reply answers only where the rule says so, and not before the clock starts.
        let interim = case.interim_on.filter(|day| asks.interim && (start..=known.as_of).contains(day));
        let done = step(asks.to).into_iter().chain(interim).min();
        let (due, due_reason) = limit::due(known.calendar, start, asks.limit, asks.roll);
        findings.push(Finding {
            subject: subject(SubjectType::Case, &case.id),
            item: String::new(),
            period: String::new(),
            start,
            start_reason: StartReason::Step(asks.from),
            due,
            due_reason,
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Triggered { done, lapses: None },
            counted: done.map(|on| Counted { record: Record::Case, place, on }).into_iter().collect(),
        });
    }
    findings
}

/// Every case where no class is named; an empty class meets no condition.
fn is_of_class(case: &Case, classes: &[String]) -> bool {
    classes.is_empty() || case.class.as_ref().is_some_and(|class| classes.contains(class))
}

/// The day on which the case reached a step.
fn reached(case: &Case, step: CaseStep) -> Option<NaiveDate> {
    match step {
        CaseStep::Received => Some(case.received_on),
        CaseStep::Accepted => case.accepted_on,
        CaseStep::Dispatched => case.dispatched_on,
        CaseStep::Delivered => case.delivered_on,
        CaseStep::Answered => case.answered_on,
        CaseStep::FedBack => case.fed_back_on,
    }
}
