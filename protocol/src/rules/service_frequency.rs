//! `service-frequency`: a service so often a period, or once: symposium, check-up, holiday, guide.

use super::judging::{Finding, Outcome, subject};
use super::known::KnownTalent;
use super::limit::days_after;
use super::partial::Frequency;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, Span, SubjectType};
use crate::facts::Service;
use crate::month::Period;
use crate::policy::{Cadence, HowOften, ServiceFrequency, Units};
use std::collections::HashMap;

pub(super) fn findings(asks: &ServiceFrequency, known: &Known<'_>) -> Vec<Finding> {
    let activity = asks.activity.as_str();
    match &asks.how_often {
        HowOften::PerUnit { min, period, partial, units } => {
            of_units(activity, Frequency { min: *min, partial: *partial }, *period, units, known)
        }
        HowOften::PerTalent { min, period, partial } => {
            of_talents(activity, Frequency { min: *min, partial: *partial }, *period, known)
        }
        HowOften::Once { days } => once(activity, *days, known),
    }
}

/// So many records of the activity for each unit and period.
pub(super) fn of_units(
    activity: &str,
    frequency: Frequency,
    cadence: Cadence,
    units: &Units,
    known: &Known<'_>,
) -> Vec<Finding> {
    let by_unit = records(activity, known, |service| service.unit.as_deref().into_iter().collect());
    unit_periods(frequency, cadence, units, known, activity, &by_unit)
}

/// So many of these records for each unit and period.
pub(super) fn unit_periods(
    frequency: Frequency,
    cadence: Cadence,
    units: &Units,
    known: &Known<'_>,
    item: &str,
    by_unit: &HashMap<&str, Vec<Counted>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for period in known.periods(cadence) {
        let Some(asked) = frequency.asks(period, &[Span::ALWAYS], known.in_force) else { continue };
        let Some(in_force) = period.within(known.in_force) else { continue };
        for unit in known.units(units, in_force) {
            let records = by_unit.get(unit).map_or(&[][..], Vec::as_slice);
            findings.push(asked.finding(subject(SubjectType::Unit, unit), item, records));
        }
    }
    findings
}

/// So many records of the activity for each talent and period.
fn of_talents(activity: &str, frequency: Frequency, cadence: Cadence, known: &Known<'_>) -> Vec<Finding> {
    let periods: Vec<Period> = known.periods(cadence).collect();
    let by_talent = records_of_talents(activity, known);
    let mut findings = Vec::new();
    for talent in &known.talents {
        let records = active_records(talent, &by_talent, known.in_force);
        for period in &periods {
            if let Some(asked) = frequency.asks(*period, talent.life.as_slice(), known.in_force) {
                let who = subject(SubjectType::Talent, &talent.row.id);
                findings.push(asked.finding(who, activity, &records));
            }
        }
    }
    findings
}

/// The activity once for each talent, so many days after the talent was taken up.
fn once(activity: &str, days: u32, known: &Known<'_>) -> Vec<Finding> {
    let by_talent = records_of_talents(activity, known);
    let effective = known.policy.effective;
    let mut findings = Vec::new();
    for talent in &known.talents {
        let start = talent.from.max(effective);
        let asked = talent.life.is_some_and(|life| life.contains(start)) && known.in_force.contains(start);
        if !asked {
            continue;
        }
        let due = days_after(start, days);
        let records = active_records(talent, &by_talent, Span::ALWAYS);
        let first = records.get(records.partition_point(|record| record.on < start)).copied();
        if first.is_none() && talent.to.is_some_and(|to| to <= due) {
            continue; // left before anything could be missed
        }
        findings.push(Finding {
            subject: subject(SubjectType::Talent, &talent.row.id),
            item: activity.to_owned(),
            period: String::new(),
            start,
            start_reason: StartReason::TakenUp { from: talent.from, effective },
            due,
            due_reason: DueReason::Days(days),
            required: 1,
            required_reason: RequiredReason::One,
            outcome: Outcome::Triggered { done: first.map(|record| record.on), lapses: None },
            counted: first.into_iter().collect(),
        });
    }
    findings
}

/// The records that list the talent on a day on which the talent is active, among `days`.
fn active_records(
    talent: &KnownTalent<'_>,
    by_talent: &HashMap<&str, Vec<Counted>>,
    days: Span,
) -> Vec<Counted> {
    let life = talent.life.and_then(|life| life.meet(days));
    let records = by_talent.get(talent.row.id.as_str()).into_iter().flatten();
    records.filter(|record| life.is_some_and(|life| life.contains(record.on))).copied().collect()
}

fn records_of_talents<'a>(activity: &str, known: &Known<'a>) -> HashMap<&'a str, Vec<Counted>> {
    records(activity, known, |service| {
        let mut listed: Vec<&str> = service.talents.iter().map(String::as_str).collect();
        listed.sort_unstable();
        listed.dedup();
        listed
    })
}

/// The records of the activity by those for whom they count, oldest first.
fn records<'a>(
    activity: &str,
    known: &Known<'a>,
    count_for: impl Fn(&'a Service) -> Vec<&'a str>,
) -> HashMap<&'a str, Vec<Counted>> {
    let mut records: HashMap<&str, Vec<Counted>> = HashMap::new();
    for (place, service) in known.facts.services.iter().enumerate() {
        if service.kind == activity && service.date <= known.as_of {
            for whom in count_for(service) {
                let record = Counted { record: Record::Service, place, on: service.date };
                records.entry(whom).or_default().push(record);
            }
        }
    }
    for own in records.values_mut() {
        own.sort_unstable_by_key(|record| (record.on, record.place));
    }
    records
}
