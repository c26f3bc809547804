//! Visits at festivals and happenings, where the policy asks for them.

use super::Sample;
use super::dice::{Dice, Turn};
use chrono::{Datelike, Days, NaiveDate};
use zhuji_protocol::facts::Contact;
use zhuji_protocol::policy::{Asks, OccasionVisit, Policy, Side};

/// An occasion of one talent.
struct Occasion {
    talent: String,
    on: NaiveDate,
    name: String,
}

/// Enters the visits; their ids come with the other contacts'.
pub(super) fn pay(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("visits");
    let Some(policy) = sample.policy else { return };
    for rule in sample.rules() {
        let Asks::OccasionVisit(asks) = &rule.asks else { continue };
        for occasion in occasions(sample, policy, asks) {
            if let Some(contact) = visit(sample, &mut dice, policy, asks, &occasion) {
                sample.facts.contacts.push(contact);
            }
        }
    }
}

fn occasions(sample: &Sample<'_>, policy: &Policy, asks: &OccasionVisit) -> Vec<Occasion> {
    let year = sample.first.year();
    let mut occasions = Vec::new();
    for key in &asks.festivals {
        let falls =
            policy.vocabulary.festivals.title(key).and_then(|date| match date.strip_prefix("holiday:") {
                Some(holiday) => sample.calendar.festival(holiday, year),
                None => format!("{year}-{date}").parse().ok(),
            });
        if let Some(on) = falls {
            occasions.extend(sample.facts.talents.iter().map(|row| Occasion {
                talent: row.id.clone(),
                on,
                name: key.clone(),
            }));
        }
    }
    for event in sample.facts.events.iter().filter(|event| asks.events.contains(&event.kind)) {
        let name = policy.vocabulary.events.title(&event.kind).unwrap_or_default().to_owned();
        occasions.push(Occasion { talent: event.talent.clone(), on: event.happened_on, name });
    }
    occasions
}

/// One visit by one of the talent's leaders, on time or late; none now and then, and none that would lie in the future.
fn visit(
    sample: &Sample<'_>,
    dice: &mut Dice,
    policy: &Policy,
    asks: &OccasionVisit,
    occasion: &Occasion,
) -> Option<Contact> {
    let start = occasion.on - Days::new(u64::from(asks.before_days));
    let due = occasion.on + chrono::TimeDelta::days(i64::from(asks.within_days));
    let day = match dice.turn() {
        Turn::OnTime => sample.office_day(dice.day(start, due), due),
        Turn::Late => due + Days::new(1 + dice.below(20)),
        Turn::NotDone => return None,
    };
    let day = day.max(sample.first);
    let lives = |pairing: &&zhuji_protocol::facts::Pairing| {
        pairing.talent == occasion.talent
            && sample.in_group(pairing, asks.group.as_ref())
            && sample.life(pairing).is_some_and(|(from, to)| (from..=to).contains(&day))
    };
    let pairing = sample.facts.pairings.iter().find(lives).filter(|_| day <= sample.through)?;
    let topics: Vec<&str> = policy.vocabulary.topics.keys().collect();
    Some(Contact {
        id: String::new(),
        pairing: pairing.id.clone(),
        date: day,
        mode: dice.pick(&policy.vocabulary.visiting).cloned(),
        initiated_by: Some(Side::Leader),
        topics: dice.pick(&topics).map(|key| (*key).to_owned()).into_iter().collect(),
        occasion: occasion.name.clone(),
        also_counts_for: String::new(),
        note: "示例：当面看望，了解近况。".to_owned(),
    })
}
