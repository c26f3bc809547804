//! The facts as they are known on `as_of`: nothing dated later exists (policy-format, section 3).
//!
//! Built once for a judgement. A contact is kept here only if its pairing is active on its day, because
//! no other contact counts for anything.

use super::Span;
use crate::calendar::Calendar;
use crate::facts::{Exemption, Facts, Leader, Pairing, Talent};
use crate::month::Period;
use crate::policy::{Cadence, Policy, Side};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::ops::Range;

/// What every rule is judged on.
pub(super) struct Known<'a> {
    pub policy: &'a Policy,
    pub calendar: &'a Calendar,
    pub facts: &'a Facts,
    pub from: NaiveDate,
    pub as_of: NaiveDate,
    /// The days from `effective` to `until`.
    pub in_force: Span,
    pub leaders: Vec<KnownLeader<'a>>,
    pub talents: Vec<KnownTalent<'a>>,
    pub pairings: Vec<KnownPairing<'a>>,
    contacts: Vec<KnownContact>,
    modes: HashMap<&'a str, u32>,
    exemptions: HashMap<(&'a str, &'a str), Vec<&'a Exemption>>,
}

/// A leader whose post began by `as_of`.
pub(super) struct KnownLeader<'a> {
    pub row: &'a Leader,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub life: Option<Span>,
    /// Places in [`Known::pairings`].
    pub pairings: Vec<usize>,
}

/// A talent who was taken up by `as_of`.
pub(super) struct KnownTalent<'a> {
    pub row: &'a Talent,
    /// Its place in the facts.
    pub place: usize,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    pub life: Option<Span>,
    /// Places in [`Known::pairings`].
    pub pairings: Vec<usize>,
}

/// A pairing that began by `as_of`.
pub(super) struct KnownPairing<'a> {
    pub row: &'a Pairing,
    /// Its place in the facts.
    pub place: usize,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
    /// The days on which it, its leader and its talent are all active.
    pub active: Option<Span>,
    /// A place in [`Known::leaders`], unless that row is left out.
    pub leader: Option<usize>,
    /// A place in [`Known::talents`], unless that row is left out.
    pub talent: Option<usize>,
    contacts: Range<usize>,
}

/// A contact on a day on which its pairing is active. Small, because there are many.
#[derive(Clone, Copy)]
pub(super) struct KnownContact {
    pub date: NaiveDate,
    /// Its place in the facts.
    pub place: u32,
    mode: Option<u32>,
    pub initiated_by: Option<Side>,
}

impl<'a> Known<'a> {
    /// The facts known on `as_of`; `None` before the policy takes effect, when nothing is judged.
    pub(super) fn on(
        policy: &'a Policy,
        calendar: &'a Calendar,
        facts: &'a Facts,
        from: NaiveDate,
        as_of: NaiveDate,
    ) -> Option<Self> {
        let in_force = Span::of(policy.effective, policy.until).filter(|force| force.first() <= as_of)?;
        let begins = |from: Option<NaiveDate>| from.unwrap_or(policy.effective);
        let ends = |to: Option<NaiveDate>| to.filter(|to| *to <= as_of);

        let mut leaders: Vec<_> = facts
            .leaders
            .iter()
            .map(|row| (row, begins(row.from), ends(row.to)))
            .filter(|(_, from, _)| *from <= as_of)
            .map(|(row, from, to)| KnownLeader {
                row,
                from,
                to,
                life: Span::of(from, to),
                pairings: Vec::new(),
            })
            .collect();
        let mut talents: Vec<_> = facts
            .talents
            .iter()
            .enumerate()
            .map(|(place, row)| (place, row, begins(row.from), ends(row.to)))
            .filter(|(_, _, from, _)| *from <= as_of)
            .map(|(place, row, from, to)| KnownTalent {
                row,
                place,
                from,
                to,
                life: Span::of(from, to),
                pairings: Vec::new(),
            })
            .collect();
        let leader_places: HashMap<&str, usize> = places(leaders.iter().map(|leader| &leader.row.id));
        let talent_places: HashMap<&str, usize> = places(talents.iter().map(|talent| &talent.row.id));

        let mut pairings = Vec::with_capacity(facts.pairings.len());
        for (place, row) in facts.pairings.iter().enumerate() {
            let (from, to) = (begins(row.from), ends(row.to));
            if from > as_of {
                continue;
            }
            let leader = leader_places.get(row.leader.as_str()).copied();
            let talent = talent_places.get(row.talent.as_str()).copied();
            let lives = leader.and_then(|at| leaders[at].life).zip(talent.and_then(|at| talents[at].life));
            let active = lives
                .and_then(|(leader, talent)| leader.meet(talent))
                .and_then(|both| Span::of(from, to)?.meet(both));
            if let Some(at) = leader {
                leaders[at].pairings.push(pairings.len());
            }
            if let Some(at) = talent {
                talents[at].pairings.push(pairings.len());
            }
            pairings.push(KnownPairing { row, place, from, to, active, leader, talent, contacts: 0..0 });
        }

        let mut exemptions: HashMap<(&str, &str), Vec<&Exemption>> = HashMap::new();
        for row in &facts.exemptions {
            exemptions.entry((&row.rule, &row.subject)).or_default().push(row);
        }
        let mut known = Self {
            policy,
            calendar,
            facts,
            from,
            as_of,
            in_force,
            leaders,
            talents,
            pairings,
            contacts: Vec::new(),
            modes: HashMap::new(),
            exemptions,
        };
        known.sort_contacts();
        Some(known)
    }

    /// Lays the contacts that count side by side, pairing by pairing, oldest first.
    fn sort_contacts(&mut self) {
        let pairing_places: HashMap<&str, usize> =
            places(self.pairings.iter().map(|pairing| &pairing.row.id));
        let mut counting: Vec<(usize, KnownContact)> = Vec::with_capacity(self.facts.contacts.len());
        for (place, row) in (0u32..).zip(&self.facts.contacts) {
            let Some(&pairing) = pairing_places.get(row.pairing.as_str()) else { continue };
            let active = self.pairings[pairing].active.is_some_and(|active| active.contains(row.date));
            if !active || row.date > self.as_of {
                continue;
            }
            let next = u32::try_from(self.modes.len()).unwrap_or(u32::MAX);
            let mode = row.mode.as_deref().map(|mode| *self.modes.entry(mode).or_insert(next));
            let contact = KnownContact { date: row.date, place, mode, initiated_by: row.initiated_by };
            counting.push((pairing, contact));
        }
        counting.sort_unstable_by_key(|(pairing, contact)| (*pairing, contact.date, contact.place));
        let mut end = 0;
        for (at, pairing) in self.pairings.iter_mut().enumerate() {
            let start = end;
            while counting.get(end).is_some_and(|(pairing, _)| *pairing == at) {
                end += 1;
            }
            pairing.contacts = start..end;
        }
        self.contacts = counting.into_iter().map(|(_, contact)| contact).collect();
    }

    /// The contacts of a pairing that count, oldest first.
    pub(super) fn contacts(&self, pairing: &KnownPairing<'_>) -> &[KnownContact] {
        &self.contacts[pairing.contacts.clone()]
    }

    /// The contacts that have one of these modes; every contact will do if none is named.
    pub(super) fn modes(&self, wanted: &[String]) -> Modes {
        if wanted.is_empty() {
            return Modes::Any;
        }
        Modes::These(wanted.iter().filter_map(|mode| self.modes.get(mode.as_str()).copied()).collect())
    }

    /// Whether a pairing's leader is in `group`; every pairing will do if none is named.
    pub(super) fn keeps(&self, group: Option<&str>, pairing: &KnownPairing<'_>) -> bool {
        group.is_none_or(|group| pairing.leader.is_some_and(|at| self.leaders[at].is_in(Some(group))))
    }

    /// The pairings of leaders in `group`; all if none is named.
    pub(super) fn pairings_of(&self, group: Option<&str>) -> impl Iterator<Item = &KnownPairing<'a>> {
        self.pairings.iter().filter(move |pairing| self.keeps(group, pairing))
    }

    /// `as_of` as a span of one day.
    pub(super) fn today(&self) -> Span {
        Span::day(self.as_of)
    }

    /// The periods that meet the window from `from` to `as_of` and have a day in force.
    pub(super) fn periods(&self, cadence: Cadence) -> impl Iterator<Item = Period> + '_ {
        let window = Span::of(self.from, Some(self.as_of));
        window
            .into_iter()
            .flat_map(move |window| Period::meeting(cadence, window))
            .filter(|period| period.within(self.in_force).is_some())
    }

    /// The exemption of a duty, if one is recorded.
    pub(super) fn exemption(
        &self,
        rule: &str,
        subject: &str,
        item: &str,
        period: &str,
    ) -> Option<&'a Exemption> {
        let fits = |row: &&&Exemption| row.period.is_empty() || row.period == period || row.period == item;
        self.exemptions.get(&(rule, subject))?.iter().find(fits).copied()
    }
}

impl KnownLeader<'_> {
    /// Whether the leader is in `group`; every leader will do if none is named.
    pub(super) fn is_in(&self, group: Option<&str>) -> bool {
        group.is_none_or(|group| self.row.groups.iter().any(|own| own == group))
    }
}

impl KnownTalent<'_> {
    /// Whether the talent has one of these categories; every talent will do if none is named.
    pub(super) fn is_one_of(&self, categories: &[String]) -> bool {
        categories.is_empty() || self.row.categories.iter().any(|own| categories.contains(own))
    }
}

impl KnownPairing<'_> {
    /// Its first active day, or its own beginning if it never was active.
    pub(super) fn since(&self) -> NaiveDate {
        self.active.map_or(self.from, Span::first)
    }

    /// Whether the pairing is active on `day`.
    pub(super) fn is_active_on(&self, day: NaiveDate) -> bool {
        self.active.is_some_and(|active| active.contains(day))
    }
}

/// The modes of contact that a rule asks for.
pub(super) enum Modes {
    Any,
    These(Vec<u32>),
}

impl Modes {
    /// Whether the contact has one of them; an empty mode meets no condition.
    pub(super) fn have(&self, contact: &KnownContact) -> bool {
        match self {
            Self::Any => true,
            Self::These(modes) => contact.mode.is_some_and(|mode| modes.contains(&mode)),
        }
    }
}

fn places<'a>(ids: impl Iterator<Item = &'a String>) -> HashMap<&'a str, usize> {
    ids.enumerate().map(|(at, id)| (id.as_str(), at)).collect()
}
