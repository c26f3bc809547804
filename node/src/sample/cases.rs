//! Requests and opinions on their way from receipt to the answer told to the person.

use super::dice::Dice;
use super::{Level, Sample};
use chrono::NaiveDate;
use zhuji_protocol::facts::Case;

const OUTCOMES: [&str; 3] = ["示例：已解决。", "示例：已采纳并答复。", "示例：现行政策不支持，已解释说明。"];

/// Enters what contacts brought up and what talents sent in themselves.
pub(super) fn come_in(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("cases");
    let mut arrivals: Vec<(String, Option<String>, NaiveDate)> = Vec::new();
    for contact in &sample.facts.contacts {
        let talent =
            sample.facts.pairings.iter().find(|row| row.id == contact.pairing).map(|row| row.talent.clone());
        if let Some(talent) = talent.filter(|_| dice.chance(14)) {
            arrivals.push((talent, Some(contact.id.clone()), contact.date));
        }
    }
    for talent in &sample.facts.talents {
        let from = talent.from.unwrap_or(sample.first).max(sample.first);
        let to = talent.to.unwrap_or(sample.through).min(sample.through);
        if dice.chance(10) && from <= to {
            arrivals.push((talent.id.clone(), None, sample.office_day(dice.day(from, to), to)));
        }
    }
    arrivals.sort_by_key(|arrival| arrival.2);
    for (number, (talent, contact, received_on)) in (1..).zip(arrivals) {
        let case = course(
            sample,
            &mut dice,
            Case { talent: Some(talent), contact, ..received(number, received_on) },
        );
        sample.facts.cases.push(case);
    }
}

fn received(number: u32, received_on: NaiveDate) -> Case {
    Case {
        id: format!("S{number:03}"),
        talent: None,
        contact: None,
        class: None,
        channel: None,
        received_on,
        accepted_on: None,
        dispatched_on: None,
        delivered_on: None,
        responsible: String::new(),
        interim_on: None,
        answered_on: None,
        fed_back_on: None,
        outcome: String::new(),
    }
}

/// Carries a case through its steps, as far as today.
fn course(sample: &Sample<'_>, dice: &mut Dice, mut case: Case) -> Case {
    if let Some(policy) = sample.policy {
        let words = &policy.vocabulary;
        let classes: Vec<&str> = words.case_classes.keys().collect();
        let channels: Vec<&str> = words.channels.keys().collect();
        case.class = dice.pick(&classes).map(|key| (*key).to_owned());
        case.channel = dice.pick(&channels).map(|key| (*key).to_owned());
    }
    let mut day = case.received_on;
    let mut step = |sample: &Sample<'_>, working_days: u32| {
        day = sample.calendar.add_working_days(day, working_days);
        (day <= sample.through).then_some(day)
    };
    let on_the_spot = dice.chance(25);
    case.accepted_on = step(sample, if on_the_spot { 0 } else { dice.between(0, 1) });
    if on_the_spot {
        case.answered_on = case.accepted_on;
        case.fed_back_on = case.accepted_on;
        "示例：当场解答。".clone_into(&mut case.outcome);
        return case;
    }
    case.dispatched_on = step(sample, dice.between(0, 2));
    case.delivered_on = step(sample, dice.between(0, 1));
    let departments: Vec<&str> = sample
        .facts
        .units
        .iter()
        .filter(|unit| unit.level == Level::Department)
        .map(|unit| unit.name.as_str())
        .collect();
    if case.dispatched_on.is_some() {
        dice.pick(&departments).copied().unwrap_or(sample.office.name).clone_into(&mut case.responsible);
    }
    let (days, never) = match dice.below(100) {
        0..78 => (dice.between(1, 6), false),
        78..92 => (dice.between(8, 30), false),
        _ => (0, true),
    };
    if (days > 6 || never)
        && dice.chance(50)
        && let Some(delivered) = case.delivered_on
    {
        let interim = sample.calendar.add_working_days(delivered, dice.between(3, 7));
        case.interim_on = Some(interim).filter(|day| *day <= sample.through);
    }
    if never {
        return case;
    }
    case.answered_on = step(sample, days);
    if !dice.chance(6) {
        case.fed_back_on =
            step(sample, if dice.chance(88) { dice.between(0, 3) } else { dice.between(6, 12) });
    }
    if case.fed_back_on.is_some() {
        dice.pick(&OUTCOMES).copied().unwrap_or_default().clone_into(&mut case.outcome);
    }
    case
}
