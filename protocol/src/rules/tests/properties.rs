//! What holds in every world.

use super::worlds::{contact, day, every_kind, report, review, service, world};
use super::{default_from, evaluate, policy, rule};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::month::Period;
use crate::policy::{Cadence, Policy};
use crate::rules::{Answer, Asked, Span, Status, Tally, explain};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(every_kind);

fn judged(facts: &Facts, as_of: NaiveDate) -> Answer {
    evaluate(&POLICY, Calendar::shipped(), facts, default_from(as_of), as_of)
}

fn tally() -> impl Strategy<Value = Tally> {
    (0..1000i64, 0..1000i64, 0..1000i64, 0..1000i64, 0..1000i64)
        .prop_map(|(met, late, overdue, pending, exempt)| Tally { met, late, overdue, pending, exempt })
}

fn rates_are_shares(tally: &Tally) -> bool {
    [tally.completeness(), tally.timeliness(), tally.compliance_so_far()]
        .into_iter()
        .flatten()
        .all(|rate| (0.0..=1.0).contains(&rate))
}

fn turned_round(facts: &Facts) -> Facts {
    let mut turned = facts.clone();
    turned.units.reverse();
    turned.leaders.reverse();
    turned.talents.reverse();
    turned.pairings.reverse();
    turned.contacts.reverse();
    turned.cases.reverse();
    turned.events.reverse();
    turned.services.reverse();
    turned.reports.reverse();
    turned.liaisons.reverse();
    turned.reviews.reverse();
    turned.exemptions.reverse();
    turned
}

proptest! {
    #[test]
    fn tallies_merge_in_any_order_and_grouping(a in tally(), b in tally(), c in tally()) {
        prop_assert_eq!((a + b) + c, a + (b + c));
        prop_assert_eq!(a + b, b + a);
        prop_assert_eq!(a + b - b, a);
        prop_assert!(rates_are_shares(&(a + b + c)));
    }

    #[test]
    fn rates_stay_shares_whatever_opens_closes_or_moves(
        before in world(), after in world(), as_of in day(), later in day(),
    ) {
        let total = |answer: &Answer| {
            answer.tallies.values().fold(Tally::default(), |total, row| total + row.tally)
        };
        let (old, new) = (total(&judged(&before, as_of)), total(&judged(&after, later)));
        prop_assert!(rates_are_shares(&old) && rates_are_shares(&new));
        // What a roll-up holds once the one took the other's place.
        prop_assert!(rates_are_shares(&(old + new - old)));
    }

    #[test]
    fn facts_in_any_order_give_the_same_answer(facts in world(), as_of in day()) {
        prop_assert_eq!(judged(&facts, as_of), judged(&turned_round(&facts), as_of));
    }

    #[test]
    fn what_is_dated_after_as_of_changes_nothing(facts in world(), as_of in day()) {
        let mut known = facts.clone();
        known.contacts.retain(|row| row.date <= as_of);
        known.services.retain(|row| row.date <= as_of);
        known.reviews.retain(|row| row.date <= as_of);
        known.events.retain(|row| row.happened_on <= as_of);
        known.cases.retain(|row| row.received_on <= as_of);
        known.reports.retain(|row| row.submitted_on.is_some_and(|on| on <= as_of));
        for row in &mut known.pairings {
            row.reviewed_on.retain(|on| *on <= as_of);
            row.to = row.to.filter(|to| *to <= as_of);
        }
        for row in &mut known.leaders {
            row.to = row.to.filter(|to| *to <= as_of);
        }
        for row in &mut known.talents {
            row.to = row.to.filter(|to| *to <= as_of);
        }
        prop_assert_eq!(judged(&facts, as_of), judged(&known, as_of));
    }

    #[test]
    fn a_contact_of_no_active_pairing_changes_nothing(facts in world(), contact in contact(), as_of in day()) {
        let mut more = facts.clone();
        let pairing = more.pairings.iter_mut().find(|pairing| pairing.id == contact.pairing);
        let mut without = facts.clone();
        if let Some(pairing) = pairing {
            // The pairing ends before the contact, in both worlds.
            pairing.to = contact.date.pred_opt();
            pairing.from = pairing.from.filter(|from| pairing.to.is_none_or(|to| *from <= to));
            without.pairings.clone_from(&more.pairings);
        }
        more.contacts.push(contact);
        prop_assert_eq!(judged(&without, as_of), judged(&more, as_of));
    }

    #[test]
    fn what_was_met_in_a_closed_period_stays_met(
        facts in world(), as_of in day(),
        contacts in proptest::collection::vec(contact(), 0..10),
        services in proptest::collection::vec(service(), 0..5),
        reports in proptest::collection::vec(report(), 0..5),
        reviews in proptest::collection::vec(review(), 0..5),
        answered in day(),
    ) {
        let mut more = facts.clone();
        more.contacts.extend(contacts);
        more.services.extend(services);
        more.reports.extend(reports);
        more.reviews.extend(reviews);
        for case in more.cases.iter_mut().filter(|case| case.fed_back_on.is_none()) {
            let last = [case.accepted_on, case.dispatched_on, case.delivered_on, case.answered_on];
            let last = last.into_iter().flatten().max().unwrap_or(case.received_on);
            case.fed_back_on = Some(answered).filter(|on| *on >= last);
        }
        let (before, after) = (judged(&facts, as_of), judged(&more, as_of));
        let closed = |verdict: &&crate::rules::Verdict| verdict.status == Status::Met && verdict.due < as_of;
        for met in before.verdicts.iter().filter(closed) {
            let same = after.verdicts.iter().find(|verdict| {
                (&verdict.rule, &verdict.subject, &verdict.item, &verdict.period)
                    == (&met.rule, &met.subject, &met.item, &met.period)
            });
            prop_assert_eq!(same.map(|verdict| verdict.status), Some(Status::Met), "{:?}", met);
        }
    }

    #[test]
    fn an_explanation_is_of_the_very_verdict(facts in world(), as_of in day(), at in any::<prop::sample::Index>()) {
        let answer = judged(&facts, as_of);
        if answer.verdicts.is_empty() {
            return Ok(());
        }
        let verdict = at.get(&answer.verdicts);
        let asked = Asked {
            rule: verdict.rule.clone(),
            subject: verdict.subject.id.clone(),
            item: Some(verdict.item.clone()),
            period: Some(verdict.period.clone()),
        };
        let explanation = explain(&POLICY, Calendar::shipped(), &facts, default_from(as_of), as_of, &asked);
        prop_assert_eq!(explanation.map(|explanation| explanation.verdict), Ok(verdict.clone()));
    }

    #[test]
    fn a_share_is_what_counting_day_by_day_gives(facts in world(), as_of in day()) {
        let policy = policy(&rule("contact-frequency", "min = 5\nperiod = \"quarter\""));
        let answer = evaluate(&policy, Calendar::shipped(), &facts, default_from(as_of), as_of);
        let mut given = 0;
        for pairing in &facts.pairings {
            let leader = facts.leaders.iter().find(|leader| leader.id == pairing.leader);
            let talent = facts.talents.iter().find(|talent| talent.id == pairing.talent);
            let (Some(leader), Some(talent)) = (leader, talent) else { continue };
            let lives = [(pairing.from, pairing.to), (leader.from, leader.to), (talent.from, talent.to)];
            let begins = |from: Option<NaiveDate>| from.unwrap_or(policy.effective);
            if lives.iter().any(|(from, _)| begins(*from) > as_of) {
                continue;
            }
            let is_active = |day: NaiveDate| {
                lives.iter().all(|(from, to)| begins(*from) <= day && to.is_none_or(|to| to > as_of || day <= to))
            };
            let window = Span::of(default_from(as_of), Some(as_of)).unwrap();
            for period in Period::meeting(Cadence::Quarter, window) {
                let days = || period.first_day().iter_days().take_while(|day| *day <= period.last_day());
                let duty: Vec<NaiveDate> = days().filter(|day| *day >= policy.effective && is_active(*day)).collect();
                let exact = 5.0 * f64::from(u32::try_from(duty.len()).unwrap()) / f64::from(period.days());
                let required = (exact + 0.5).floor();
                if required == 0.0 || duty[0] > as_of {
                    continue;
                }
                given += 1;
                let id = |verdict: &&crate::rules::Verdict| {
                    verdict.subject.id == pairing.id && verdict.period == period.to_string()
                };
                let verdict = answer.verdicts.iter().find(id).unwrap();
                prop_assert_eq!(f64::from(verdict.required), required);
                prop_assert_eq!(verdict.start, duty[0]);
                prop_assert_eq!(Some(verdict.due), days().filter(|day| is_active(*day)).last());
                let counts = |contact: &&crate::facts::Contact| {
                    contact.pairing == pairing.id && contact.date <= as_of && duty.contains(&contact.date)
                };
                let actual = facts.contacts.iter().filter(counts).count();
                prop_assert_eq!(verdict.actual, u32::try_from(actual).unwrap());
            }
        }
        prop_assert_eq!(answer.verdicts.len(), given);
    }
}
