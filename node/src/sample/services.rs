//! Symposia, check-ups, guides, studies: what the policy asks for, and a few it only names.

use super::Sample;
use super::dice::{Dice, Turn};
use super::span::{Span, spans};
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;
use zhuji_protocol::facts::{Review, Service};
use zhuji_protocol::policy::{Asks, HowOften, ServiceFrequency};

/// Enters the year's service records and roster reviews.
pub(super) fn render(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("services");
    let mut asked = BTreeSet::new();
    for rule in sample.rules() {
        match &rule.asks {
            Asks::ActivitySet(asks) => {
                for unit in sample.asked(&asks.units) {
                    for activity in &asks.activities {
                        for span in spans(asks.period, sample.first) {
                            hold(sample, &mut dice, &unit, activity, asks.min, &span);
                        }
                    }
                }
                asked.extend(asks.activities.iter().map(String::as_str));
            }
            Asks::ServiceFrequency(asks) => {
                serve(sample, &mut dice, asks);
                asked.insert(&asks.activity);
            }
            Asks::RosterReview(asks) => {
                for unit in sample.asked(&asks.units) {
                    for span in spans(asks.period, sample.first) {
                        let date = sample.office_day(dice.day(span.first, span.last), span.last);
                        if dice.chance(85) && date <= sample.through {
                            sample.facts.reviews.push(Review { unit: unit.clone(), date });
                        }
                    }
                }
            }
            _ => {}
        }
    }
    now_and_then(sample, &mut dice, &asked);
    sample.facts.services.sort_by(|one, other| (one.date, &one.kind).cmp(&(other.date, &other.kind)));
    for (number, service) in (1..).zip(&mut sample.facts.services) {
        service.id = format!("V{number:03}");
    }
}

fn serve(sample: &mut Sample<'_>, dice: &mut Dice, asks: &ServiceFrequency) {
    match &asks.how_often {
        HowOften::PerUnit { min, period, units, .. } => {
            for unit in sample.asked(units) {
                for span in spans(*period, sample.first) {
                    hold(sample, dice, &unit, &asks.activity, *min, &span);
                }
            }
        }
        HowOften::PerTalent { min, period, .. } => {
            for span in spans(*period, sample.first) {
                for _ in 0..*min {
                    attend(sample, dice, &asks.activity, &span);
                }
            }
        }
        HowOften::Once { days } => give_once(sample, dice, &asks.activity, *days),
    }
}

/// A unit holds an activity as often as asked, or forgets it.
fn hold(sample: &mut Sample<'_>, dice: &mut Dice, unit: &str, activity: &str, min: u32, span: &Span) {
    if dice.chance(14) {
        return;
    }
    for _ in 0..min {
        let date = sample.office_day(dice.day(span.first, span.last), span.last);
        let is_own = unit == sample.office.unit.as_str();
        let talents = if is_own { present(sample, dice, date, 40) } else { Vec::new() };
        enter(sample, activity, date, Some(unit), talents);
    }
}

/// A round for every talent, with a second day for some who missed the first.
fn attend(sample: &mut Sample<'_>, dice: &mut Dice, activity: &str, span: &Span) {
    let day = sample.office_day(dice.day(span.first, span.last), span.last);
    let came = present(sample, dice, day, 85);
    let second = span.last.min(day + Days::new(30));
    let late: Vec<String> =
        present(sample, dice, second, 60).into_iter().filter(|talent| !came.contains(talent)).collect();
    let own = sample.office.unit.to_string();
    enter(sample, activity, day, Some(&own), came);
    if !late.is_empty() {
        enter(sample, activity, second, Some(&own), late);
    }
}

/// Something given once to each talent, where that falls into the year.
fn give_once(sample: &mut Sample<'_>, dice: &mut Dice, activity: &str, days: u32) {
    let effective = sample.policy.map_or(NaiveDate::MIN, |policy| policy.effective);
    let own = sample.office.unit.to_string();
    for place in 0..sample.facts.talents.len() {
        let talent = &sample.facts.talents[place];
        let (id, to) = (talent.id.clone(), talent.to);
        let start = talent.from.unwrap_or(effective).max(effective);
        let due = start + Days::new(u64::from(days));
        if due < sample.first {
            continue;
        }
        let day = match dice.turn() {
            Turn::OnTime => dice.day(start.max(sample.first), due),
            Turn::Late => due + Days::new(1 + dice.below(30)),
            Turn::NotDone => continue,
        };
        if to.is_none_or(|to| day <= to) {
            enter(sample, activity, day, Some(&own), vec![id]);
        }
    }
}

/// What the policy names without asking for it.
fn now_and_then(sample: &mut Sample<'_>, dice: &mut Dice, asked: &BTreeSet<&str>) {
    let Some(policy) = sample.policy else { return };
    let own = sample.office.unit.to_string();
    for word in &policy.vocabulary.activities.0 {
        if asked.contains(word.key.as_str()) || !dice.chance(40) {
            continue;
        }
        let date = sample.office_day(dice.day(sample.first, sample.last), sample.last);
        let counted_only = word.title.contains("不记姓名");
        let talents = if counted_only { Vec::new() } else { present(sample, dice, date, 15) };
        enter(sample, &word.key, date, Some(&own), talents);
    }
}

fn present(sample: &Sample<'_>, dice: &mut Dice, on: NaiveDate, percent: u64) -> Vec<String> {
    let here = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
        from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to)
    };
    let talents = sample.facts.talents.iter().filter(|row| here(row.from, row.to) && dice.chance(percent));
    talents.map(|row| row.id.clone()).collect()
}

fn enter(sample: &mut Sample<'_>, kind: &str, date: NaiveDate, unit: Option<&str>, talents: Vec<String>) {
    if (sample.first..=sample.through).contains(&date) {
        let (kind, unit) = (kind.to_owned(), unit.map(str::to_owned));
        sample.facts.services.push(Service { id: String::new(), kind, date, unit, talents });
    }
}
