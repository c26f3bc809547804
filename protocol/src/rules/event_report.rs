//! `event-report`: an event reported within so many days (五报告).

use super::judging::{Finding, Outcome, subject};
use super::limit;
use super::reasons::{Counted, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::policy::EventReport;

pub(super) fn findings(asks: &EventReport, known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, event) in known.facts.events.iter().enumerate() {
        let start = event.happened_on;
        let asked = asks.events.is_empty() || asks.events.contains(&event.kind);
        if !asked || start > known.as_of || !known.in_force.contains(start) {
            continue;
        }
        let done = event.reported_on.filter(|day| *day <= known.as_of);
        let (due, due_reason) = limit::due(known.calendar, start, asks.limit, asks.roll);
        findings.push(Finding {
            subject: subject(SubjectType::Event, &event.id),
            item: String::new(),
            period: String::new(),
            start,
            start_reason: StartReason::Happened,
            due,
            due_reason,
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Triggered { done, lapses: None },
            counted: done.map(|on| Counted { record: Record::Event, place, on }).into_iter().collect(),
        });
    }
    findings
}
