//! The rows of the facts folder, parsed and checked, in the order of the files.
//!
//! Words of a vocabulary are stored as keys. Ids are whatever the office chose; equality is all that is asked of them.

use crate::policy::Side;
use crate::unit::Level;
use chrono::NaiveDate;

/// Everything that `evaluate` reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one list a file")]
pub struct Facts {
    pub units: Vec<Unit>,
    pub leaders: Vec<Leader>,
    pub talents: Vec<Talent>,
    pub pairings: Vec<Pairing>,
    pub contacts: Vec<Contact>,
    pub cases: Vec<Case>,
    pub events: Vec<Event>,
    pub services: Vec<Service>,
    pub reports: Vec<Report>,
    pub liaisons: Vec<Liaison>,
    pub reviews: Vec<Review>,
    pub exemptions: Vec<Exemption>,
}

/// `units.csv`: an office that the rules may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Unit {
    pub code: String,
    pub name: String,
    pub level: Level,
    pub parent: Option<String>,
}

/// `leaders.csv`: who contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Leader {
    pub id: String,
    pub name: String,
    pub sex: String,
    pub unit: Option<String>,
    pub post: String,
    pub body: String,
    pub portfolio: String,
    pub phone: String,
    pub groups: Vec<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// `talents.csv`: who is contacted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Talent {
    pub id: String,
    pub name: String,
    pub sex: String,
    pub unit: Option<String>,
    pub post: String,
    pub title: String,
    pub phone: String,
    pub categories: Vec<String>,
    pub class: Option<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub end_reason: String,
}

/// `pairings.csv`: the duty between a leader and a talent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Pairing {
    pub id: String,
    pub leader: String,
    pub talent: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub basis: String,
    pub team: Vec<String>,
    pub reviewed_on: Vec<NaiveDate>,
    pub end_reason: String,
}

/// `contacts.csv`: one visit, talk, call, letter …
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Contact {
    pub id: String,
    pub pairing: String,
    pub date: NaiveDate,
    pub mode: Option<String>,
    pub initiated_by: Option<Side>,
    pub topics: Vec<String>,
    pub occasion: String,
    pub also_counts_for: String,
    pub note: String,
}

/// `cases.csv`: a request or opinion that must be settled in time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Case {
    pub id: String,
    pub talent: Option<String>,
    pub contact: Option<String>,
    pub class: Option<String>,
    pub channel: Option<String>,
    pub received_on: NaiveDate,
    pub accepted_on: Option<NaiveDate>,
    pub dispatched_on: Option<NaiveDate>,
    pub delivered_on: Option<NaiveDate>,
    pub responsible: String,
    pub interim_on: Option<NaiveDate>,
    pub answered_on: Option<NaiveDate>,
    pub fed_back_on: Option<NaiveDate>,
    pub outcome: String,
}

/// `events.csv`: a reportable happening.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Event {
    pub id: String,
    pub talent: String,
    pub kind: String,
    pub happened_on: NaiveDate,
    /// When all addressees had been told.
    pub reported_on: Option<NaiveDate>,
}

/// `services.csv`: symposium, check-up, holiday, study …
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Service {
    pub id: String,
    pub kind: String,
    pub date: NaiveDate,
    pub unit: Option<String>,
    pub talents: Vec<String>,
}

/// `reports.csv`: a form handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Report {
    pub id: String,
    pub unit: String,
    pub form: String,
    /// As written; well formed, or empty.
    pub period: String,
    pub submitted_on: Option<NaiveDate>,
}

/// `liaisons.csv`: who liaises for a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Liaison {
    pub unit: String,
    pub name: String,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// `reviews.csv`: a unit's roster was reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Review {
    pub unit: String,
    pub date: NaiveDate,
}

/// `exemptions.csv`: a recorded reason why a verdict is not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's columns")]
pub struct Exemption {
    pub rule: String,
    pub subject: String,
    /// Compared as written with a verdict's period and item; empty: all.
    pub period: String,
    pub reason: String,
}
