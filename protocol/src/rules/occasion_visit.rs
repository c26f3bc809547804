//! `occasion-visit`: a visit at a festival, an achievement, a difficulty (三必访).

use super::festival::Festival;
use super::judging::{Finding, Outcome, subject};
use super::known::{KnownContact, KnownPairing, KnownTalent, Modes};
use super::limit::{days_after, days_before};
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, SubjectType};
use crate::policy::OccasionVisit;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::HashMap;

/// One day on which a visit is wanted.
#[derive(Clone)]
struct Occasion<'a> {
    item: &'a str,
    period: String,
    on: NaiveDate,
    /// The start of the festival's next year: later visits are that one's.
    next_start: Option<NaiveDate>,
}

pub(super) fn findings(asks: &OccasionVisit, known: &Known<'_>) -> Vec<Finding> {
    let festivals = festivals(asks, known);
    let mut events: HashMap<&str, Vec<Occasion<'_>>> = HashMap::new();
    for event in known.facts.events.iter().filter(|event| asks.events.contains(&event.kind)) {
        if event.happened_on <= known.as_of && known.in_force.contains(event.happened_on) {
            let occasion =
                Occasion { item: &event.id, period: String::new(), on: event.happened_on, next_start: None };
            events.entry(&event.talent).or_default().push(occasion);
        }
    }

    let visiting = known.modes(&known.policy.vocabulary.visiting);
    let mut findings = Vec::new();
    for talent in &known.talents {
        let pairings: Vec<&KnownPairing<'_>> = talent
            .pairings
            .iter()
            .map(|at| &known.pairings[*at])
            .filter(|pairing| known.keeps(asks.group.as_deref(), pairing))
            .collect();
        let visits = visits(&pairings, &visiting, known);
        let own = events.get(talent.row.id.as_str()).into_iter().flatten();
        for occasion in festivals.iter().chain(own) {
            if pairings.iter().any(|pairing| pairing.is_active_on(occasion.on)) {
                findings.push(finding(asks, talent, occasion, &visits));
            }
        }
    }
    findings
}

/// The festivals in force that have begun, or will have by `as_of`.
fn festivals<'a>(asks: &'a OccasionVisit, known: &Known<'a>) -> Vec<Occasion<'a>> {
    // A notice lists days of the years beside its own, too.
    let years = known.in_force.first().year() - 1..=days_after(known.as_of, asks.before_days).year() + 1;
    let mut occasions = Vec::new();
    for festival in asks.festivals.iter().filter_map(|key| Festival::of(known.policy, key)) {
        let falls = |year: i32| festival.falls(known.calendar, year);
        for (year, on) in years.clone().filter_map(|year| Some((year, falls(year)?))) {
            if known.in_force.contains(on) && days_before(on, asks.before_days) <= known.as_of {
                let next_start = falls(year + 1).map(|next| days_before(next, asks.before_days));
                occasions.push(Occasion { item: festival.key, period: year.to_string(), on, next_start });
            }
        }
    }
    occasions
}

/// The visits paid within these pairings, oldest first.
fn visits(pairings: &[&KnownPairing<'_>], visiting: &Modes, known: &Known<'_>) -> Vec<KnownContact> {
    let contacts = pairings.iter().flat_map(|pairing| known.contacts(pairing));
    let mut visits: Vec<KnownContact> = contacts.filter(|contact| visiting.have(contact)).copied().collect();
    visits.sort_unstable_by_key(|visit| (visit.date, visit.place));
    visits
}

fn finding(
    asks: &OccasionVisit,
    talent: &KnownTalent<'_>,
    occasion: &Occasion<'_>,
    visits: &[KnownContact],
) -> Finding {
    let start = days_before(occasion.on, asks.before_days);
    let first = visits.get(visits.partition_point(|visit| visit.date < start));
    let visit = first.filter(|visit| occasion.next_start.is_none_or(|next| visit.date < next));
    Finding {
        subject: subject(SubjectType::Talent, &talent.row.id),
        item: occasion.item.to_owned(),
        period: occasion.period.clone(),
        start,
        start_reason: StartReason::Occasion { on: occasion.on, before_days: asks.before_days },
        due: shifted(occasion.on, asks.within_days),
        due_reason: DueReason::AfterOccasion(asks.within_days),
        required: 1,
        required_reason: RequiredReason::One,
        outcome: Outcome::Triggered { done: visit.map(|visit| visit.date), lapses: occasion.next_start },
        counted: visit
            .map(|visit| Counted { record: Record::Contact, place: visit.place as usize, on: visit.date })
            .into_iter()
            .collect(),
    }
}

/// So many days after `day`, or before it.
fn shifted(day: NaiveDate, days: i32) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs().into());
    if days < 0 { day - distance } else { day + distance }
}
