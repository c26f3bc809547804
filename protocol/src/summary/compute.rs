//! Counting an office's months.

use super::{LONGEST_CASE_DAYS, Summary, UNNAMED};
use crate::calendar::Calendar;
use crate::facts::{Case, Facts, Leader, Pairing, Talent};
use crate::figures::{CaseState, Count, CountKey, Facet, Figures, TallyKey};
use crate::judge::{Judged, Office};
use crate::month::Month;
use crate::policy::{Policy, Words};
use crate::rules::Tally;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};

impl Office {
    /// The office's months, from `since` to the last one in which a duty is pending, at least to the current one.
    #[must_use]
    pub fn summaries(
        &self,
        calendar: &Calendar,
        facts: &Facts,
        today: NaiveDate,
    ) -> BTreeMap<Month, Summary> {
        let first = Month::of(self.since.min(today));
        let dated = self.dated(calendar, facts, today);
        let last_due = dated.iter().map(|judged| Month::of(judged.verdict.due)).max();
        let last = last_due.unwrap_or(first).max(Month::of(today));
        let mut months: BTreeMap<Month, Summary> =
            first.through(last).map(|month| (month, Summary::default())).collect();

        for judged in &dated {
            if let Some(summary) = months.get_mut(&Month::of(judged.verdict.due)) {
                tally(&mut summary.flows, judged);
            }
        }
        self.count_records(facts, today, &mut months);
        self.take_stock(calendar, facts, today, &mut months);
        months
    }

    fn count_records(&self, facts: &Facts, today: NaiveDate, months: &mut BTreeMap<Month, Summary>) {
        let mut count = |date: NaiveDate, add: &mut dyn FnMut(&mut Figures, Option<&Policy>)| {
            if date <= today
                && let Some(summary) = months.get_mut(&Month::of(date))
            {
                add(&mut summary.flows, self.vocabulary_on(date));
            }
        };
        for contact in &facts.contacts {
            count(contact.date, &mut |flows, policy| {
                flows.add_count(CountKey::Total(Count::Contacts), 1);
                if let Some(side) = contact.initiated_by {
                    flows.add_count(CountKey::ContactsBegunBy(side), 1);
                }
                let Some(policy) = policy else { return };
                let mode = contact.mode.as_deref();
                flows.add_count(keyed(policy, Facet::ContactMode, &policy.vocabulary.modes, mode), 1);
                for topic in &contact.topics {
                    flows.add_count(
                        keyed(policy, Facet::ContactTopic, &policy.vocabulary.topics, Some(topic)),
                        1,
                    );
                }
            });
        }
        for event in &facts.events {
            count(event.happened_on, &mut |flows, policy| {
                flows.add_count(CountKey::Total(Count::Events), 1);
                let Some(policy) = policy else { return };
                flows.add_count(
                    keyed(policy, Facet::EventKind, &policy.vocabulary.events, Some(&event.kind)),
                    1,
                );
            });
        }
        for service in &facts.services {
            count(service.date, &mut |flows, policy| {
                flows.add_count(CountKey::Total(Count::Services), 1);
                let Some(policy) = policy else { return };
                let words = &policy.vocabulary.activities;
                flows.add_count(keyed(policy, Facet::ServiceKind, words, Some(&service.kind)), 1);
            });
        }
        for case in &facts.cases {
            count(case.received_on, &mut |flows, policy| count_case(flows, policy, case, today));
        }
    }

    fn take_stock(
        &self,
        calendar: &Calendar,
        facts: &Facts,
        today: NaiveDate,
        months: &mut BTreeMap<Month, Summary>,
    ) {
        let roster = roster_of(facts);
        let mut now: Option<Figures> = None;
        for (month, summary) in months {
            let day = month.last_day().min(today);
            summary.stocks = match &now {
                Some(stock) => stock.clone(),
                None => self.stock_on(calendar, &roster, day),
            };
            // From the current month on, every month shows the stock of today.
            if day == today && now.is_none() {
                now = Some(summary.stocks.clone());
            }
        }
    }

    fn stock_on(&self, calendar: &Calendar, roster: &Facts, day: NaiveDate) -> Figures {
        let mut stock = Figures::default();
        for judged in self.standing(calendar, roster, day) {
            tally(&mut stock, &judged);
        }
        let policy = self.vocabulary_on(day);
        let leaders: HashMap<&str, &Leader> =
            roster.leaders.iter().map(|leader| (leader.id.as_str(), leader)).collect();
        let talents: HashMap<&str, &Talent> =
            roster.talents.iter().map(|talent| (talent.id.as_str(), talent)).collect();
        for leader in &roster.leaders {
            if active(leader.from, leader.to, day) {
                stock.add_count(CountKey::Total(Count::Leaders), 1);
            }
        }
        for talent in &roster.talents {
            if !active(talent.from, talent.to, day) {
                continue;
            }
            stock.add_count(CountKey::Total(Count::Talents), 1);
            let Some(policy) = policy else { continue };
            for category in &talent.categories {
                let words = &policy.vocabulary.categories;
                stock.add_count(keyed(policy, Facet::TalentCategory, words, Some(category)), 1);
            }
        }
        let in_life = |pairing: &&Pairing| {
            let leader = leaders.get(pairing.leader.as_str());
            let talent = talents.get(pairing.talent.as_str());
            active(pairing.from, pairing.to, day)
                && leader.is_some_and(|leader| active(leader.from, leader.to, day))
                && talent.is_some_and(|talent| active(talent.from, talent.to, day))
        };
        let pairings = i64::try_from(roster.pairings.iter().filter(in_life).count()).unwrap_or(i64::MAX);
        stock.add_count(CountKey::Total(Count::Pairings), pairings);
        stock
    }

    /// The policy whose keys counts may use on that day: one that a hub assigned. An office's own choice is known to
    /// nobody above, so its counts travel as totals.
    fn vocabulary_on(&self, day: NaiveDate) -> Option<&Policy> {
        self.policy_on(day).filter(|(segment, _)| segment.version.number > 0).map(|(_, policy)| policy)
    }
}

/// What stocks are taken from: the roster, without the long lists of what happened.
fn roster_of(facts: &Facts) -> Facts {
    Facts {
        units: facts.units.clone(),
        leaders: facts.leaders.clone(),
        talents: facts.talents.clone(),
        pairings: facts.pairings.clone(),
        liaisons: facts.liaisons.clone(),
        exemptions: facts.exemptions.clone(),
        ..Facts::default()
    }
}

fn tally(figures: &mut Figures, judged: &Judged) {
    let verdict = &judged.verdict;
    let key = if judged.version.number == 0 {
        TallyKey::Kind { kind: verdict.kind, assumed: verdict.assumed }
    } else {
        TallyKey::Rule {
            policy: judged.version.policy.clone(),
            rule: verdict.rule.clone(),
            kind: verdict.kind,
            assumed: verdict.assumed,
        }
    };
    figures.add_tally(key, Tally::one(verdict.status));
}

fn keyed(policy: &Policy, facet: Facet, words: &Words, key: Option<&str>) -> CountKey {
    CountKey::Keyed { policy: policy.id.clone(), facet, key: named(words, key) }
}

fn named(words: &Words, key: Option<&str>) -> String {
    key.filter(|key| words.has(key)).unwrap_or(UNNAMED).to_owned()
}

fn count_case(flows: &mut Figures, policy: Option<&Policy>, case: &Case, today: NaiveDate) {
    let by_now = |date: Option<NaiveDate>| date.filter(|date| *date <= today);
    let steps = [
        (CaseState::FedBack, case.fed_back_on),
        (CaseState::Answered, case.answered_on),
        (CaseState::Delivered, case.delivered_on),
        (CaseState::Dispatched, case.dispatched_on),
        (CaseState::Accepted, case.accepted_on),
    ];
    let state = steps
        .iter()
        .find(|(_, date)| by_now(*date).is_some())
        .map_or(CaseState::Received, |(state, _)| *state);
    let settled = by_now(case.fed_back_on).or_else(|| by_now(case.answered_on));
    let days = settled.map(|on| (on - case.received_on).num_days().clamp(0, LONGEST_CASE_DAYS));
    let days = days.and_then(|days| u16::try_from(days).ok());

    flows.add_count(CountKey::Total(Count::Cases), 1);
    flows.add_count(CountKey::CasesIn(state), 1);
    if let Some(days) = days {
        flows.add_count(CountKey::CaseDays(days), 1);
    }
    let Some(policy) = policy else { return };
    let class = named(&policy.vocabulary.case_classes, case.class.as_deref());
    let policy = policy.id.clone();
    flows.add_count(CountKey::ClassedCases { policy: policy.clone(), class: class.clone(), state }, 1);
    if let Some(days) = days {
        flows.add_count(CountKey::ClassedCaseDays { policy, class, days }, 1);
    }
}

fn active(from: Option<NaiveDate>, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}
