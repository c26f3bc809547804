//! A synthetic office: invented people and a year of records that make sense under a policy.
//!
//! Pure: the same office, policy, calendar and wish always give the same facts. Nothing here describes a real person,
//! and what it makes says so: employers are 示例, notes begin with 示例, phones ring nowhere.

mod cases;
mod contacts;
mod dice;
mod events;
mod members;
mod people;
mod posts;
mod reports;
mod roster;
mod services;
mod span;
mod table;
mod talents;
mod terms;
mod visits;

use chrono::NaiveDate;
use dice::Dice;
use people::People;
use std::collections::BTreeSet;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::facts::{Exemption, Facts, Pairing, Unit};
use zhuji_protocol::month::Month;
use zhuji_protocol::policy::{Having, Policy, Rule, Units};
use zhuji_protocol::unit::{Level, UnitId};

/// The unit whose office is made up; its name and place are real, its people are not.
#[derive(Clone, Copy, Debug)]
pub struct Office<'a> {
    /// The unit.
    pub unit: &'a UnitId,
    /// Its name.
    pub name: &'a str,
    /// Its level.
    pub level: Level,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The year of the records.
    pub year: i32,
    /// Nothing is dated later.
    pub today: NaiveDate,
    /// Another seed gives other people.
    pub seed: u64,
    /// How many leaders; talents and records follow from that and from the policy.
    pub leaders: u32,
    /// The policy's groups that the leaders are in; `None`: all of them.
    pub groups: Option<&'a [String]>,
}

/// A year of records of a synthetic office. Without a policy: a roster, contacts, and nothing that a policy would name.
#[must_use]
pub fn facts(office: &Office<'_>, policy: Option<&Policy>, calendar: &Calendar, wish: &Wish<'_>) -> Facts {
    let mut sample = Sample::new(office, policy, calendar, wish);
    members::found(&mut sample);
    roster::fill(&mut sample);
    terms::review(&mut sample);
    if policy.is_some() {
        events::happen(&mut sample);
        visits::pay(&mut sample);
    }
    contacts::make(&mut sample);
    if policy.is_some() {
        cases::come_in(&mut sample);
        services::render(&mut sample);
        reports::hand_in(&mut sample);
    }
    reports::name_liaisons(&mut sample);
    sample.facts
}

/// What is being made, and what it is made for.
struct Sample<'a> {
    office: &'a Office<'a>,
    policy: Option<&'a Policy>,
    calendar: &'a Calendar,
    wish: &'a Wish<'a>,
    /// The year's first day.
    first: NaiveDate,
    /// The year's last day.
    last: NaiveDate,
    /// The last day on which anything can have been recorded.
    through: NaiveDate,
    people: People,
    facts: Facts,
}

impl<'a> Sample<'a> {
    fn new(
        office: &'a Office<'a>,
        policy: Option<&'a Policy>,
        calendar: &'a Calendar,
        wish: &'a Wish<'a>,
    ) -> Self {
        let january = Month::from_number(wish.year.clamp(1900, 2199) * 12);
        // Proof: the year was just brought into the range that a month takes.
        let first = january.expect("a year from 1900 to 2199 has a January").first_day();
        let last = first + chrono::Months::new(12) - chrono::Days::new(1);
        let people = People::new(Dice::of(wish.seed, &[office.unit.as_str(), "people"]));
        let through = last.min(wish.today);
        Self { office, policy, calendar, wish, first, last, through, people, facts: Facts::default() }
    }

    /// Throws for one purpose.
    fn dice(&self, purpose: &str) -> Dice {
        Dice::of(self.wish.seed, &[self.office.unit.as_str(), &self.wish.year.to_string(), purpose])
    }

    fn rules(&self) -> &'a [Rule] {
        self.policy.map_or(&[], |policy| &policy.rules)
    }

    /// The groups that leaders are in.
    fn groups(&self) -> Vec<&'a str> {
        let Some(policy) = self.policy else { return Vec::new() };
        let wished =
            |key: &str| self.wish.groups.is_none_or(|groups| groups.iter().any(|group| group == key));
        policy.vocabulary.groups.keys().filter(|key| wished(key)).collect()
    }

    /// The units of this office that a rule asks: its own, and its members.
    fn asked(&self, units: &Units) -> Vec<String> {
        let own = self.office.unit.as_str();
        if units.levels.is_empty() {
            let is_its_document = self.policy.is_some_and(|policy| policy.unit == own);
            return if is_its_document { vec![own.to_owned()] } else { Vec::new() };
        }
        let having: BTreeSet<&str> = match units.having {
            Some(Having::Talents) => {
                self.facts.talents.iter().filter_map(|row| row.unit.as_deref()).collect()
            }
            Some(Having::Leaders) => {
                self.facts.leaders.iter().filter_map(|row| row.unit.as_deref()).collect()
            }
            None => self.facts.units.iter().map(|row| row.code.as_str()).collect(),
        };
        let asks = |unit: &&Unit| units.levels.contains(&unit.level) && having.contains(unit.code.as_str());
        self.facts.units.iter().filter(asks).map(|unit| unit.code.clone()).collect()
    }

    /// The days of the year on which a pairing counts, today or not.
    fn life(&self, pairing: &Pairing) -> Option<(NaiveDate, NaiveDate)> {
        let leader = self.facts.leaders.iter().find(|row| row.id == pairing.leader)?;
        let talent = self.facts.talents.iter().find(|row| row.id == pairing.talent)?;
        let from = [pairing.from, leader.from, talent.from, Some(self.first)].into_iter().flatten().max()?;
        let to = [pairing.to, leader.to, talent.to, Some(self.last)].into_iter().flatten().min()?;
        (from <= to).then_some((from, to))
    }

    /// The day, or the next working day if that is no later than `last`: offices mostly act on working days.
    fn office_day(&self, day: NaiveDate, last: NaiveDate) -> NaiveDate {
        let next = self.calendar.next_working_day(day);
        if next <= last { next } else { day }
    }

    /// Whether the pairing's leader is in the group; any is, if none is named.
    fn in_group(&self, pairing: &Pairing, group: Option<&String>) -> bool {
        let Some(group) = group else { return true };
        self.facts.leaders.iter().any(|row| row.id == pairing.leader && row.groups.contains(group))
    }

    fn exempt(&mut self, rule: &str, subject: &str, period: &str, reason: &str) {
        self.facts.exemptions.push(Exemption {
            rule: rule.to_owned(),
            subject: subject.to_owned(),
            period: period.to_owned(),
            reason: format!("示例：{reason}"),
        });
    }
}

#[cfg(test)]
mod tests;
