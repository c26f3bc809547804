//! Facts written for tests: a record a line, its kind, its fixed words, then `key=value`.

use super::date;
use crate::facts::{
    Case, Contact, Event, Exemption, Facts, Leader, Liaison, Pairing, Report, Review, Service, Talent, Unit,
};
use crate::policy::Side;
use crate::unit::Level;
use chrono::NaiveDate;

struct Line<'a> {
    words: Vec<&'a str>,
    pairs: Vec<(&'a str, &'a str)>,
}

impl Line<'_> {
    fn word(&self, at: usize) -> String {
        (*self.words.get(at).unwrap_or_else(|| panic!("word {at} is missing: {:?}", self.words))).to_owned()
    }

    fn text(&self, key: &str) -> Option<String> {
        self.pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1.to_owned())
    }

    fn on(&self, key: &str) -> Option<NaiveDate> {
        self.text(key).map(|text| date(&text))
    }

    fn list(&self, key: &str) -> Vec<String> {
        let list = self.text(key).unwrap_or_default();
        list.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }
}

/// Reads the lines; ids of contacts, services and reports are their places.
pub(in super::super) fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    for (place, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let (pairs, words): (Vec<&str>, Vec<&str>) =
            line.split_whitespace().partition(|word| word.contains('='));
        let pairs = pairs.iter().filter_map(|pair| pair.split_once('=')).collect();
        add(&mut facts, &Line { words, pairs }, place.to_string());
    }
    facts
}

fn add(facts: &mut Facts, line: &Line<'_>, id: String) {
    let (from, to) = (line.on("from"), line.on("to"));
    match line.words[0] {
        "unit" => facts.units.push(Unit {
            code: line.word(1),
            name: String::new(),
            level: Level::from_word(&line.word(2)).unwrap(),
            parent: line.text("parent"),
        }),
        "leader" => facts.leaders.push(Leader {
            id: line.word(1),
            unit: line.text("unit"),
            groups: line.list("groups"),
            from,
            to,
            ..Leader::default()
        }),
        "talent" => facts.talents.push(Talent {
            id: line.word(1),
            unit: line.text("unit"),
            categories: line.list("categories"),
            from,
            to,
            ..Talent::default()
        }),
        "pairing" => facts.pairings.push(Pairing {
            id: line.word(1),
            leader: line.word(2),
            talent: line.word(3),
            from,
            to,
            reviewed_on: line.list("reviewed").iter().map(|day| date(day)).collect(),
            ..Pairing::default()
        }),
        "contact" => facts.contacts.push(Contact {
            id,
            pairing: line.word(1),
            date: date(&line.word(2)),
            mode: line.text("mode"),
            initiated_by: line.text("by").map(|by| if by == "leader" { Side::Leader } else { Side::Talent }),
            topics: Vec::new(),
            occasion: String::new(),
            also_counts_for: String::new(),
            note: String::new(),
        }),
        "case" => facts.cases.push(Case {
            id: line.word(1),
            talent: None,
            contact: None,
            class: line.text("class"),
            channel: None,
            received_on: date(&line.word(2)),
            accepted_on: line.on("accepted"),
            dispatched_on: line.on("dispatched"),
            delivered_on: line.on("delivered"),
            responsible: String::new(),
            interim_on: line.on("interim"),
            answered_on: line.on("answered"),
            fed_back_on: line.on("fed-back"),
            outcome: String::new(),
        }),
        "event" => facts.events.push(Event {
            id: line.word(1),
            talent: line.word(2),
            kind: line.word(3),
            happened_on: date(&line.word(4)),
            reported_on: line.on("reported"),
        }),
        "service" => facts.services.push(Service {
            id,
            kind: line.word(1),
            date: date(&line.word(2)),
            unit: line.text("unit"),
            talents: line.list("talents"),
        }),
        "report" => facts.reports.push(Report {
            id,
            unit: line.word(1),
            form: "list".to_owned(),
            period: line.text("period").unwrap_or_default(),
            submitted_on: line.on("on"),
        }),
        "liaison" => facts.liaisons.push(Liaison { unit: line.word(1), name: "某".to_owned(), from, to }),
        "review" => facts.reviews.push(Review { unit: line.word(1), date: date(&line.word(2)) }),
        "exempt" => facts.exemptions.push(Exemption {
            rule: line.word(1),
            subject: line.word(2),
            period: line.text("period").unwrap_or_default(),
            reason: "故".to_owned(),
        }),
        other => panic!("{other} is no kind of record"),
    }
}
