//! Random worlds: facts of a few people and units over a few years, and a policy with every kind of rule.

use super::{policy, rule};
use crate::facts::{
    Case, Contact, Event, Exemption, Facts, Leader, Liaison, Pairing, Report, Review, Service, Talent, Unit,
};
use crate::policy::{Policy, Side};
use crate::unit::Level;
use chrono::{Days, NaiveDate};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Every kind of rule, each a little different.
pub(super) fn every_kind() -> Policy {
    let kinds = [
        ("pairing-quota", "group = \"a\"\nmin = 1\nmax = 2\ngrace_days = 20"),
        ("pairing-quota", "per = \"talent\"\ncategories = [\"x\"]\nmin = 1"),
        ("contact-frequency", "min = 3\nperiod = \"half\""),
        (
            "contact-frequency",
            "min = 2\nperiod = \"quarter\"\nper = \"leader\"\nmodes = [\"visit\", \"talk\"]",
        ),
        (
            "contact-frequency",
            "group = \"a\"\nmin = 1\nperiod = \"month\"\npartial = \"exempt\"\ninitiated_by = \"leader\"",
        ),
        (
            "occasion-visit",
            "festivals = [\"new-year\", \"teachers\"]\nevents = [\"award\"]\nbefore_days = 10\nwithin_days = 5",
        ),
        (
            "activity-set",
            "activities = [\"check-up\", \"symposium\"]\nperiod = \"half\"\nlevels = [\"township\"]",
        ),
        (
            "service-frequency",
            "activity = \"check-up\"\nmin = 1\nperiod = \"year\"\nper = \"talent\"\npartial = \"full\"",
        ),
        ("service-frequency", "activity = \"symposium\"\nperiod = \"once\"\ndays = 90\nper = \"talent\""),
        ("case-deadline", "from = \"received\"\nto = \"answered\"\nworking_days = 5\ninterim = true"),
        (
            "case-deadline",
            "case_classes = [\"urgent\"]\nfrom = \"accepted\"\nto = \"fed-back\"\nmonths = 1\nroll = \"next-working-day\"",
        ),
        (
            "report-due",
            "form = \"list\"\ncadence = \"half\"\ndue = \"+15d\"\nlevels = [\"township\"]\nhaving = \"talents\"",
        ),
        ("event-report", "days = 7\nroll = \"next-working-day\""),
        ("pairing-term", "years = 1\ngrace_days = 30"),
        ("pairing-handover", "days = 30\nsuccessor = true"),
        ("liaison-named", "levels = [\"township\"]"),
        ("roster-review", "period = \"quarter\""),
        ("category-coverage", "categories = [\"x\", \"y\"]\nlevels = [\"county\", \"township\"]"),
    ];
    let rules: String = kinds
        .iter()
        .enumerate()
        .map(|(at, (kind, parameters))| rule(kind, parameters).replace("\"r\"", &format!("\"r{at:02}\"")))
        .collect();
    policy(&rules)
}

/// A day from the middle of 2015 to the end of 2018; the policy takes effect on 2015-07-21.
pub(super) fn day() -> impl Strategy<Value = NaiveDate> {
    (0u64..1280).prop_map(|days| NaiveDate::from_ymd_opt(2015, 6, 30).unwrap() + Days::new(days))
}

fn life() -> impl Strategy<Value = (Option<NaiveDate>, Option<NaiveDate>)> {
    let days = (option::of(day()), option::weighted(0.4, day()));
    days.prop_map(|(from, to)| (from, to.filter(|to| from.is_none_or(|from| from <= *to))))
}

fn id(prefix: &'static str, count: usize) -> impl Strategy<Value = String> {
    (0..count).prop_map(move |number| format!("{prefix}{number}"))
}

fn list(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(words, 0..=words.len()).prop_map(|words| words.into_iter().map(str::to_owned).collect())
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// Numbers the records, so that ids differ.
fn numbered<T>(mut rows: Vec<T>, id: impl Fn(&mut T, usize)) -> Vec<T> {
    rows.iter_mut().enumerate().for_each(|(at, row)| id(row, at));
    rows
}

const UNITS: [&str; 4] = ["U", "A", "B", "V"];

prop_compose! {
    fn leader()(unit in option::of(word(&UNITS)), groups in list(&["a", "b"]), (from, to) in life()) -> Leader {
        Leader { unit, groups, from, to, ..Leader::default() }
    }
}

prop_compose! {
    fn talent()(unit in option::of(word(&UNITS)), categories in list(&["x", "y"]), (from, to) in life()) -> Talent {
        Talent { unit, categories, from, to, ..Talent::default() }
    }
}

prop_compose! {
    fn pairing()(
        leader in id("L", 4), talent in id("T", 4), (from, to) in life(),
        reviewed_on in proptest::collection::vec(day(), 0..3),
    ) -> Pairing {
        Pairing { leader, talent, from, to, reviewed_on, ..Pairing::default() }
    }
}

prop_compose! {
    /// A contact, perhaps of a pairing that is not there or not active.
    pub(super) fn contact()(
        pairing in id("P", 7), date in day(),
        mode in option::of(word(&["visit", "talk", "phone"])),
        initiated_by in option::of(select(vec![Side::Leader, Side::Talent])),
    ) -> Contact {
        Contact {
            id: "new".to_owned(), pairing, date, mode, initiated_by,
            topics: Vec::new(), occasion: String::new(), also_counts_for: String::new(), note: String::new(),
        }
    }
}

prop_compose! {
    fn case()(
        received_on in day(), class in option::of(word(&["urgent", "plain"])), interim_on in option::of(day()),
        steps in proptest::collection::vec(option::of(0u64..40), 5),
    ) -> Case {
        let mut last = received_on;
        let mut steps = steps.into_iter().map(|days| days.map(|days| {
            last = last + Days::new(days);
            last
        }));
        let mut step = || steps.next().flatten();
        Case {
            id: String::new(), talent: None, contact: None, class, channel: None, received_on,
            accepted_on: step(), dispatched_on: step(), delivered_on: step(), responsible: String::new(),
            interim_on, answered_on: step(), fed_back_on: step(), outcome: String::new(),
        }
    }
}

prop_compose! {
    fn event()(
        talent in id("T", 4), kind in word(&["award", "illness"]), happened_on in day(), reported_on in option::of(day()),
    ) -> Event {
        Event { id: String::new(), talent, kind, happened_on, reported_on }
    }
}

prop_compose! {
    pub(super) fn service()(
        kind in word(&["check-up", "symposium"]), date in day(), unit in option::of(word(&UNITS)),
        talents in list(&["T0", "T1", "T2", "T3"]),
    ) -> Service {
        Service { id: "new".to_owned(), kind, date, unit, talents }
    }
}

prop_compose! {
    pub(super) fn report()(
        unit in word(&UNITS), submitted_on in option::of(day()),
        period in word(&["2015-H2", "2016-H1", "2016-H2", "2017-H1", "2017-H2", "2018-H1", "2016", ""]),
    ) -> Report {
        Report { id: "new".to_owned(), unit, form: "list".to_owned(), period, submitted_on }
    }
}

prop_compose! {
    pub(super) fn review()(unit in word(&UNITS), date in day()) -> Review {
        Review { unit, date }
    }
}

prop_compose! {
    fn liaison()(unit in word(&UNITS), (from, to) in life()) -> Liaison {
        Liaison { unit, name: "某".to_owned(), from, to }
    }
}

prop_compose! {
    fn exemption()(
        rule in (0..18).prop_map(|rule| format!("r{rule:02}")),
        subject in word(&["P0", "P1", "L0", "T0", "T1", "A", "U", "C0"]),
        period in word(&["", "2016", "2016-H1", "check-up", "teachers"]),
    ) -> Exemption {
        Exemption { rule, subject, period, reason: "故".to_owned() }
    }
}

fn some<T: std::fmt::Debug>(one: impl Strategy<Value = T>, most: usize) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(one, 0..=most)
}

fn units() -> Vec<Unit> {
    let unit = |code: &str, level, parent: Option<&str>| Unit {
        code: code.to_owned(),
        name: String::new(),
        level,
        parent: parent.map(str::to_owned),
    };
    vec![
        unit("U", Level::County, None),
        unit("A", Level::Township, Some("U")),
        unit("B", Level::Township, Some("U")),
        unit("V", Level::Village, Some("A")),
    ]
}

prop_compose! {
    /// Facts with ids `L0`…, `T0`…, `P0`….
    pub(super) fn world()(
        leaders in some(leader(), 4), talents in some(talent(), 4), pairings in some(pairing(), 6),
        contacts in some(contact(), 60), cases in some(case(), 8), events in some(event(), 6),
        services in some(service(), 12), reports in some(report(), 10), liaisons in some(liaison(), 4),
        reviews in some(review(), 8), exemptions in some(exemption(), 3),
    ) -> Facts {
        Facts {
            units: units(),
            leaders: numbered(leaders, |row, at| row.id = format!("L{at}")),
            talents: numbered(talents, |row, at| row.id = format!("T{at}")),
            pairings: numbered(pairings, |row, at| row.id = format!("P{at}")),
            contacts: numbered(contacts, |row, at| row.id = format!("K{at}")),
            cases: numbered(cases, |row, at| row.id = format!("C{at}")),
            events: numbered(events, |row, at| row.id = format!("E{at}")),
            services: numbered(services, |row, at| row.id = format!("S{at}")),
            reports: numbered(reports, |row, at| row.id = format!("R{at}")),
            liaisons, reviews, exemptions,
        }
    }
}
