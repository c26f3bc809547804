//! A year of contacts: mostly as often as the policy asks, sometimes less, sometimes begun by the talent.

use super::Sample;
use super::dice::Dice;
use super::span::{Span, spans};
use chrono::NaiveDate;
use zhuji_protocol::facts::{Contact, Pairing};
use zhuji_protocol::policy::{Asks, ContactFrequency, Partial, Side};

const NOTES: [&str; 6] = [
    "示例：了解工作进展，交流项目情况。",
    "示例：听取对人才政策的意见和建议。",
    "示例：介绍近期重点工作。",
    "示例：了解工作和生活中的困难。",
    "示例：商量成果转化和技术推广。",
    "示例：电话问候，约定下次见面。",
];

/// Enters the year's contacts and gives every contact its id, in the order of dates.
pub(super) fn make(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("contacts");
    let asked: Vec<(&str, &ContactFrequency)> = sample
        .rules()
        .iter()
        .filter_map(|rule| match &rule.asks {
            Asks::ContactFrequency(asks) => Some((rule.id.as_str(), asks)),
            _ => None,
        })
        .collect();
    for place in 0..sample.facts.pairings.len() {
        let pairing = sample.facts.pairings[place].clone();
        let Some(life) = sample.life(&pairing) else { continue };
        let mine: Vec<(&str, &ContactFrequency)> = asked
            .iter()
            .filter(|(_, asks)| sample.in_group(&pairing, asks.group.as_ref()))
            .copied()
            .collect();
        for (rule, asks) in &mine {
            for span in spans(asks.period, sample.first) {
                keep_up(sample, &mut dice, &pairing, life, (rule, asks), &span);
            }
        }
        // Beyond what is asked: where nothing is asked a few, else one now and then.
        let more = if mine.is_empty() { dice.below(4) } else { u64::from(dice.chance(30)) };
        for _ in 0..more {
            let day = sample.office_day(dice.day(life.0, life.1), life.1);
            let side = if dice.chance(60) { Side::Talent } else { Side::Leader };
            record(sample, &mut dice, &pairing, day, &[], side);
        }
    }
    sample.facts.contacts.sort_by(|one, other| (one.date, &one.pairing).cmp(&(other.date, &other.pairing)));
    for (number, contact) in (1..).zip(&mut sample.facts.contacts) {
        contact.id = format!("C{number:04}");
    }
}

/// Plans the contacts of one pairing in one period; what would lie in the future is left out.
fn keep_up(
    sample: &mut Sample<'_>,
    dice: &mut Dice,
    pairing: &Pairing,
    life: (NaiveDate, NaiveDate),
    (rule, asks): (&str, &ContactFrequency),
    span: &Span,
) {
    let Some(part) = span.within(life) else { return };
    let days = |(first, last): (NaiveDate, NaiveDate)| (last - first).num_days() + 1;
    let whole = days((span.first, span.last));
    let share = match asks.partial {
        Partial::Prorate => (2 * i64::from(asks.min) * days(part) + whole) / (2 * whole),
        Partial::Full | Partial::Exempt => i64::from(asks.min),
    };
    let enough = dice.chance(86);
    let count = if enough { share + i64::from(dice.chance(25)) } else { share - 1 };
    if !enough && dice.chance(25) {
        sample.exempt(rule, &pairing.id, &span.key, "人才长期在外进修，本期无法安排");
    }
    for _ in 0..count {
        let day = sample.office_day(dice.day(part.0, part.1), part.1);
        let side = asks.initiated_by.unwrap_or(if dice.chance(85) { Side::Leader } else { Side::Talent });
        record(sample, dice, pairing, day, &asks.modes, side);
    }
}

fn record(
    sample: &mut Sample<'_>,
    dice: &mut Dice,
    pairing: &Pairing,
    day: NaiveDate,
    modes: &[String],
    side: Side,
) {
    if day > sample.through {
        return;
    }
    let (any_mode, topics): (Vec<&str>, Vec<&str>) = match sample.policy {
        Some(policy) => (policy.vocabulary.modes.keys().collect(), policy.vocabulary.topics.keys().collect()),
        None => (vec!["走访", "电话", "座谈"], vec!["听取意见", "关心支持"]),
    };
    let mode = match modes {
        [] => dice.pick(&any_mode).map(|mode| (*mode).to_owned()),
        modes => dice.pick(modes).cloned(),
    };
    let mut topics: Vec<String> =
        topics.iter().filter(|_| dice.chance(35)).map(|topic| (*topic).to_owned()).collect();
    topics.truncate(3);
    sample.facts.contacts.push(Contact {
        id: String::new(),
        pairing: pairing.id.clone(),
        date: day,
        mode,
        initiated_by: Some(side),
        topics,
        occasion: String::new(),
        also_counts_for: if dice.chance(6) {
            "结合基层调研一并开展".to_owned()
        } else {
            String::new()
        },
        note: dice.pick(&NOTES).copied().unwrap_or_default().to_owned(),
    });
}
