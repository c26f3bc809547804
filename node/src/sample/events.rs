//! Reportable happenings, and when they were reported.

use super::Sample;
use super::dice::{Dice, Turn};
use chrono::{Days, NaiveDate};
use zhuji_protocol::facts::Event;
use zhuji_protocol::policy::{Asks, EventReport, Limit};

/// Lets things happen to about a quarter of the talents.
pub(super) fn happen(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("events");
    let Some(policy) = sample.policy else { return };
    let kinds: Vec<&str> = policy.vocabulary.events.keys().collect();
    let mut events = Vec::new();
    for talent in &sample.facts.talents {
        let from = talent.from.unwrap_or(sample.first).max(sample.first).max(policy.effective);
        let to = talent.to.unwrap_or(sample.through).min(sample.through);
        if !dice.chance(25) || from > to {
            continue;
        }
        let Some(kind) = dice.pick(&kinds) else { return };
        let happened_on = dice.day(from, to);
        let limit = sample.rules().iter().find_map(|rule| match &rule.asks {
            Asks::EventReport(report)
                if report.events.is_empty() || report.events.iter().any(|key| key == kind) =>
            {
                Some(report)
            }
            _ => None,
        });
        let reported_on =
            reported(sample, &mut dice, happened_on, limit).filter(|day| *day <= sample.through);
        let (talent, kind) = (talent.id.clone(), (*kind).to_owned());
        events.push(Event { id: String::new(), talent, kind, happened_on, reported_on });
    }
    events.sort_by_key(|event| event.happened_on);
    for (number, event) in (1..).zip(&mut events) {
        event.id = format!("E{number:03}");
    }
    sample.facts.events = events;
}

fn reported(
    sample: &Sample<'_>,
    dice: &mut Dice,
    on: NaiveDate,
    rule: Option<&EventReport>,
) -> Option<NaiveDate> {
    let due = match rule?.limit {
        Limit::WorkingDays(days) => sample.calendar.add_working_days(on, days),
        Limit::Days(days) => on + Days::new(u64::from(days)),
        Limit::Months(months) => on + chrono::Months::new(months),
    };
    match dice.turn() {
        Turn::OnTime => Some(dice.day(on, due)),
        Turn::Late => Some(due + Days::new(1 + dice.below(12))),
        Turn::NotDone => None,
    }
}
