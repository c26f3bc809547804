//! Forms handed in, and who liaises for each unit.

use super::Sample;
use super::dice::Turn;
use super::span::{Span, spans};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::BTreeSet;
use zhuji_protocol::facts::{Liaison, Report};
use zhuji_protocol::policy::{Asks, ReportDate, ReportDue};

/// Enters the reports that fall due or are handed in during the year.
pub(super) fn hand_in(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("reports");
    let year_before = sample.first - Months::new(12);
    for rule in sample.rules() {
        let Asks::ReportDue(asks) = &rule.asks else { continue };
        // What was asked once belongs to the year in which it was asked.
        let Some(cadence) = asks.cadence else { continue };
        let periods: Vec<(Span, NaiveDate)> = spans(cadence, year_before)
            .chain(spans(cadence, sample.first))
            .filter_map(|span| due(asks, &span).map(|due| (span, due)))
            .filter(|(span, due)| *due >= sample.first && in_force(sample, span))
            .collect();
        for unit in sample.asked(&asks.units) {
            for (span, due) in &periods {
                let day = match dice.turn() {
                    Turn::OnTime => sample.office_day(dice.day(earliest(span, *due), *due), *due),
                    Turn::Late => *due + Days::new(1 + dice.below(20)),
                    Turn::NotDone if dice.chance(20) => {
                        sample.exempt(&rule.id, &unit, &span.key, "机构改革，本期并入上级单位报送");
                        continue;
                    }
                    Turn::NotDone => continue,
                };
                if (sample.first..=sample.through).contains(&day) {
                    sample.facts.reports.push(Report {
                        id: format!("R{:03}", sample.facts.reports.len() + 1),
                        unit: unit.clone(),
                        form: asks.form.clone(),
                        period: span.key.clone(),
                        submitted_on: Some(day),
                    });
                }
            }
        }
    }
}

fn in_force(sample: &Sample<'_>, span: &Span) -> bool {
    sample.policy.is_some_and(|policy| policy.effective <= span.last)
}

fn due(asks: &ReportDue, span: &Span) -> Option<NaiveDate> {
    match asks.due {
        ReportDate::After(days) => Some(span.last + Days::new(u64::from(days))),
        ReportDate::MonthDay(month, day) => NaiveDate::from_ymd_opt(span.last.year(), month, day)
            .or_else(|| NaiveDate::from_ymd_opt(span.last.year(), month, day - 1)),
        ReportDate::On(date) => Some(date),
    }
}

/// Nobody reports on a period long before it is due.
fn earliest(span: &Span, due: NaiveDate) -> NaiveDate {
    let after = span.last + Days::new(1);
    if after <= due { after } else { span.first.max(due - Days::new(20)) }
}

/// Enters the liaisons: those that the policy asks for, mostly, and the office's own.
pub(super) fn name_liaisons(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("liaisons");
    let mut units: BTreeSet<String> = sample
        .rules()
        .iter()
        .filter_map(|rule| match &rule.asks {
            Asks::LiaisonNamed(asks) => Some(sample.asked(&asks.units)),
            _ => None,
        })
        .flatten()
        .collect();
    if sample.policy.is_none() {
        units.insert(sample.office.unit.to_string());
    }
    for unit in units {
        if dice.chance(88) {
            let name = sample.people.meet().name;
            let from = sample.first - Days::new(dice.below(900));
            sample.facts.liaisons.push(Liaison { unit, name, from: Some(from), to: None });
        }
    }
}
