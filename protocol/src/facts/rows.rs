//! What a row of each file says (policy-format, sections 6 and 8).

use super::cell;
use super::fault::Problem;
use super::sheet::{Held, Ids, Of, Row};
use super::{
    Case, Contact, Event, Exemption, Leader, Liaison, Pairing, Report, Review, Service, Strictness, Talent,
    Unit,
};
use crate::policy::{Policy, Side};
use crate::unit::Level;
use chrono::NaiveDate;

const GROUPS: Of = ("groups", |vocabulary| &vocabulary.groups);
const CATEGORIES: Of = ("categories", |vocabulary| &vocabulary.categories);
const CLASSES: Of = ("classes", |vocabulary| &vocabulary.classes);
const MODES: Of = ("modes", |vocabulary| &vocabulary.modes);
const TOPICS: Of = ("topics", |vocabulary| &vocabulary.topics);
const ACTIVITIES: Of = ("activities", |vocabulary| &vocabulary.activities);
const EVENTS: Of = ("events", |vocabulary| &vocabulary.events);
const CASE_CLASSES: Of = ("case-classes", |vocabulary| &vocabulary.case_classes);
const CHANNELS: Of = ("channels", |vocabulary| &vocabulary.channels);

/// A row of `units.csv`: what the tree needs, even if the rest of the row is bad.
pub(super) struct Placed {
    pub(super) line: usize,
    pub(super) code: String,
    pub(super) parent: String,
    pub(super) unit: Option<Unit>,
}

/// A pairing with the line on which it stands.
pub(super) struct Spell {
    pub(super) line: usize,
    pub(super) pairing: Pairing,
    /// Whether its dates could be read; else nothing can be said of its days.
    pub(super) has_days: bool,
}

/// Reads rows, holding them to a policy if there is one.
pub(super) struct Rows<'p> {
    policy: Option<&'p Policy>,
    held: Held<'p>,
}

impl<'p> Rows<'p> {
    pub(super) fn new(policy: Option<&'p Policy>, strictness: Strictness) -> Self {
        let vocabulary = policy.map(|policy| &policy.vocabulary);
        Self { policy, held: Held { vocabulary, is_lenient: strictness == Strictness::Import } }
    }

    pub(super) fn unit(&self, row: &Row<'_, '_>) -> Placed {
        let level = row.must("level");
        let found = Level::from_word(level);
        if found.is_none() && !level.is_empty() {
            let known = Level::WORDS.iter().flat_map(|(_, english, chinese)| [*english, *chinese]);
            let known = known.map(str::to_owned).collect();
            row.fault("level", Problem::MalformedLevel { text: level.to_owned(), known });
        }
        let unit = found.map(|level| Unit {
            code: row.own("code"),
            name: row.own("name"),
            level,
            parent: row.some("parent"),
        });
        Placed { line: row.line(), code: row.own("code"), parent: row.own("parent"), unit }
    }

    pub(super) fn leader(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Leader {
        let (from, to) = row.span();
        Leader {
            id: row.own("id"),
            name: row.own("name"),
            sex: row.own("sex"),
            unit: self.known_unit(row, units),
            post: row.own("post"),
            body: row.own("body"),
            portfolio: row.own("portfolio"),
            phone: row.own("phone"),
            groups: row.words("group", self.held, GROUPS),
            from,
            to,
        }
    }

    pub(super) fn talent(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Talent {
        let (from, to) = row.span();
        Talent {
            id: row.own("id"),
            name: row.own("name"),
            sex: row.own("sex"),
            unit: self.known_unit(row, units),
            post: row.own("post"),
            title: row.own("title"),
            phone: row.own("phone"),
            categories: row.words("categories", self.held, CATEGORIES),
            class: row.word("class", self.held, CLASSES),
            from,
            to,
            end_reason: row.own("end_reason"),
        }
    }

    pub(super) fn pairing(&self, row: &Row<'_, '_>, leaders: &Ids<'_>, talents: &Ids<'_>) -> Spell {
        row.must("leader");
        row.must("talent");
        let (from, to) = row.span();
        let is_read = |column: &str, date: Option<NaiveDate>| date.is_some() || row.text(column).is_empty();
        let reviews = cell::items(row.text("reviewed_on"));
        let pairing = Pairing {
            id: row.own("id"),
            leader: row.reference("leader", leaders).unwrap_or_default(),
            talent: row.reference("talent", talents).unwrap_or_default(),
            from,
            to,
            basis: row.own("basis"),
            team: row.list("team"),
            reviewed_on: reviews.filter_map(|text| row.dated("reviewed_on", text)).collect(),
            end_reason: row.own("end_reason"),
        };
        Spell { line: row.line(), pairing, has_days: is_read("from", from) && is_read("to", to) }
    }

    pub(super) fn contact(&self, row: &Row<'_, '_>, pairings: &Ids<'_>) -> Option<Contact> {
        row.must("pairing");
        let date = row.must_date("date");
        let contact = Contact {
            id: row.own("id"),
            pairing: row.reference("pairing", pairings).unwrap_or_default(),
            date: date.unwrap_or_default(),
            mode: row.word("mode", self.held, MODES),
            initiated_by: side(row),
            topics: row.words("topics", self.held, TOPICS),
            occasion: row.own("occasion"),
            also_counts_for: row.own("also_counts_for"),
            note: row.own("note"),
        };
        date.map(|_| contact)
    }

    pub(super) fn case(&self, row: &Row<'_, '_>, talents: &Ids<'_>, contacts: &Ids<'_>) -> Option<Case> {
        let received = row.must_date("received_on");
        let case = Case {
            id: row.own("id"),
            talent: row.reference("talent", talents),
            contact: row.reference("contact", contacts),
            class: row.word("class", self.held, CASE_CLASSES),
            channel: row.word("channel", self.held, CHANNELS),
            received_on: received.unwrap_or_default(),
            accepted_on: row.date("accepted_on"),
            dispatched_on: row.date("dispatched_on"),
            delivered_on: row.date("delivered_on"),
            responsible: row.own("responsible"),
            interim_on: row.date("interim_on"),
            answered_on: row.date("answered_on"),
            fed_back_on: row.date("fed_back_on"),
            outcome: row.own("outcome"),
        };
        let steps = [
            ("received_on", received),
            ("accepted_on", case.accepted_on),
            ("dispatched_on", case.dispatched_on),
            ("delivered_on", case.delivered_on),
            ("answered_on", case.answered_on),
            ("fed_back_on", case.fed_back_on),
        ];
        let filled: Vec<_> = steps.into_iter().filter_map(|(step, date)| Some((step, date?))).collect();
        for pair in filled.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
            row.fault(pair[1].0, Problem::StepBackwards { before: pair[0].0.to_owned() });
        }
        received.map(|_| case)
    }

    pub(super) fn event(&self, row: &Row<'_, '_>, talents: &Ids<'_>) -> Option<Event> {
        row.must("talent");
        row.must("kind");
        let happened = row.must_date("happened_on");
        let event = Event {
            id: row.own("id"),
            talent: row.reference("talent", talents).unwrap_or_default(),
            kind: row.word("kind", self.held, EVENTS).unwrap_or_default(),
            happened_on: happened.unwrap_or_default(),
            reported_on: row.date("reported_on"),
        };
        happened.map(|_| event)
    }

    pub(super) fn service(&self, row: &Row<'_, '_>, units: &Ids<'_>, talents: &Ids<'_>) -> Option<Service> {
        row.must("kind");
        let date = row.must_date("date");
        let listed = row.list("talents");
        for talent in &listed {
            row.refers("talents", talent, talents);
        }
        let service = Service {
            id: row.own("id"),
            kind: row.word("kind", self.held, ACTIVITIES).unwrap_or_default(),
            date: date.unwrap_or_default(),
            unit: self.known_unit(row, units),
            talents: listed,
        };
        date.map(|_| service)
    }

    pub(super) fn report(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Report {
        row.must("unit");
        let form = row.must("form");
        if let Some(policy) = self.policy.filter(|_| !form.is_empty())
            && !policy.forms.iter().any(|known| known.id == form)
        {
            let known = policy.forms.iter().map(|form| form.id.clone()).collect();
            let problem = Problem::UnknownForm { id: form.to_owned(), known };
            row.object("form", problem, self.held.is_lenient);
        }
        let period = row.text("period");
        if !period.is_empty() && !cell::is_period(period) {
            row.fault("period", Problem::MalformedPeriod { text: period.to_owned() });
        }
        Report {
            id: row.own("id"),
            unit: self.known_unit(row, units).unwrap_or_default(),
            form: form.to_owned(),
            period: period.to_owned(),
            submitted_on: row.date("submitted_on"),
        }
    }

    pub(super) fn liaison(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Liaison {
        row.must("unit");
        let name = row.must("name").to_owned();
        let (from, to) = row.span();
        Liaison { unit: self.known_unit(row, units).unwrap_or_default(), name, from, to }
    }

    pub(super) fn review(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Option<Review> {
        row.must("unit");
        let date = row.must_date("date");
        let unit = self.known_unit(row, units).unwrap_or_default();
        date.map(|date| Review { unit, date })
    }

    pub(super) fn exemption(&self, row: &Row<'_, '_>) -> Exemption {
        let rule = row.must("rule");
        if let Some(policy) = self.policy.filter(|_| !rule.is_empty())
            && !policy.rules.iter().any(|known| known.id == rule)
        {
            let known = policy.rules.iter().map(|rule| rule.id.clone()).collect();
            let problem = Problem::UnknownRule { id: rule.to_owned(), known };
            row.object("rule", problem, self.held.is_lenient);
        }
        Exemption {
            rule: rule.to_owned(),
            subject: row.must("subject").to_owned(),
            period: row.own("period"),
            reason: row.own("reason"),
        }
    }

    /// The `unit` of a row. It is checked only if `units.csv` is there; the policy's own unit is always known.
    fn known_unit(&self, row: &Row<'_, '_>, units: &Ids<'_>) -> Option<String> {
        let unit = row.some("unit")?;
        if units.is_there && self.policy.is_some_and(|policy| policy.unit != unit) {
            row.refers("unit", &unit, units);
        }
        Some(unit)
    }
}

fn side(row: &Row<'_, '_>) -> Option<Side> {
    match row.text("initiated_by") {
        "" => None,
        "leader" | "领导" => Some(Side::Leader),
        "talent" | "人才" => Some(Side::Talent),
        other => {
            row.fault("initiated_by", Problem::MalformedSide { text: other.to_owned() });
            None
        }
    }
}
