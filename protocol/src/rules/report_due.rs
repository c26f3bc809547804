//! `report-due`: a form submitted by its date, every period or once.

use super::judging::{Finding, Outcome, subject};
use super::limit::days_after;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, Span, SubjectType};
use crate::month::Period;
use crate::policy::{ReportDate, ReportDue};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

/// The earliest report of a unit, for each period as written (nothing for a form that is due once).
type Earliest<'a> = HashMap<(&'a str, &'a str), Counted>;

pub(super) fn findings(asks: &ReportDue, known: &Known<'_>) -> Vec<Finding> {
    let earliest = earliest(asks, known);
    let effective = known.policy.effective;
    let Some(cadence) = asks.cadence else {
        let ReportDate::On(due) = asks.due else { return Vec::new() };
        let (days, start) = (Span::of(effective, Some(due)), StartReason::Effective);
        return days.map_or_else(Vec::new, |days| {
            of_period(asks, known, "", days, (due, DueReason::Named), &start, &earliest)
        });
    };
    // Every period since the policy took effect: a debt is carried on until it is paid.
    let Some(so_far) = Span::of(effective, Some(known.as_of)) else { return Vec::new() };
    let mut findings = Vec::new();
    for period in Period::meeting(cadence, so_far) {
        let Some(days) = period.within(known.in_force) else { continue };
        let due = due(asks.due, period);
        // A report whose due date lies before the policy is not asked for.
        if due.0 >= effective {
            let start = StartReason::FirstDayInForce;
            findings.extend(of_period(asks, known, &period.to_string(), days, due, &start, &earliest));
        }
    }
    findings
}

/// One period: every unit asked in its `days` in force.
fn of_period(
    asks: &ReportDue,
    known: &Known<'_>,
    period: &str,
    days: Span,
    (due, due_reason): (NaiveDate, DueReason),
    start_reason: &StartReason,
    earliest: &Earliest<'_>,
) -> Vec<Finding> {
    let finding = |unit: &str| {
        let report = earliest.get(&(unit, period)).copied();
        Finding {
            subject: subject(SubjectType::Unit, unit),
            item: asks.form.clone(),
            period: period.to_owned(),
            start: days.first(),
            start_reason: start_reason.clone(),
            due,
            due_reason,
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Triggered { done: report.map(|report| report.on), lapses: None },
            counted: report.into_iter().collect(),
        }
    };
    known.units(&asks.units, days).into_iter().map(finding).collect()
}

/// When the report of a period is due.
fn due(due: ReportDate, period: Period) -> (NaiveDate, DueReason) {
    match due {
        ReportDate::After(days) => (days_after(period.last_day(), days), DueReason::AfterPeriod(days)),
        ReportDate::MonthDay(month, day) => {
            let year = period.last_day().year();
            // 02-29 becomes 28 in common years; any other month-day of a policy is in every year.
            let date = NaiveDate::from_ymd_opt(year, month, day).or(NaiveDate::from_ymd_opt(year, month, 28));
            (date.unwrap_or(period.last_day()), DueReason::MonthDay)
        }
        ReportDate::On(date) => (date, DueReason::Named),
    }
}

fn earliest<'a>(asks: &ReportDue, known: &Known<'a>) -> Earliest<'a> {
    let mut earliest: Earliest<'a> = HashMap::new();
    for (place, report) in known.facts.reports.iter().enumerate() {
        let submitted = report.submitted_on.filter(|day| *day <= known.as_of);
        let Some(on) = submitted.filter(|_| report.form == asks.form) else { continue };
        // A form that is due once is handed in whatever period it names.
        let period = if asks.cadence.is_some() { report.period.as_str() } else { "" };
        let found = Counted { record: Record::Report, place, on };
        let first = earliest.entry((&report.unit, period)).or_insert(found);
        if (on, place) < (first.on, first.place) {
            *first = found;
        }
    }
    earliest
}
