//! How long a large judgement takes: ten thousand pairings, a million contacts, a year.

use super::{date, policy, rule};
use crate::calendar::Calendar;
use crate::facts::{Contact, Facts, Leader, Pairing, Talent};
use crate::policy::Side;
use crate::rules::evaluate;
use chrono::Days;
use std::time::{Duration, Instant};

const PAIRINGS: usize = 10_000;
const CONTACTS: usize = 1_000_000;

fn contact(number: usize) -> Contact {
    // Spread over pairings and days, so that the list is in the order of neither.
    let day = u64::try_from(number * 7919 % 366).unwrap();
    Contact {
        id: format!("K{number}"),
        pairing: format!("P{}", number * 104_729 % PAIRINGS),
        date: date("2016-01-01") + Days::new(day),
        mode: Some(["visit", "talk", "phone"][number % 3].to_owned()),
        initiated_by: Some(if number.is_multiple_of(2) { Side::Leader } else { Side::Talent }),
        topics: Vec::new(),
        occasion: String::new(),
        also_counts_for: String::new(),
        note: String::new(),
    }
}

/// How long this thread has had a processor, where the system tells.
fn on_cpu() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[test]
#[ignore = "timing; worth running on an optimised build"]
fn a_million_contacts_are_judged_within_a_second() {
    let kinds = [
        ("contact-frequency", "min = 3\nperiod = \"half\""),
        (
            "contact-frequency",
            "min = 1\nperiod = \"month\"\nmodes = [\"visit\", \"talk\"]\ninitiated_by = \"leader\"",
        ),
        ("contact-frequency", "min = 8\nperiod = \"quarter\"\nper = \"leader\""),
        ("occasion-visit", "festivals = [\"new-year\", \"teachers\"]\nbefore_days = 7\nwithin_days = 7"),
    ];
    let rules = kinds.iter().enumerate();
    let rules: String = rules
        .map(|(at, (kind, parameters))| rule(kind, parameters).replace("\"r\"", &format!("\"r{at}\"")))
        .collect();
    let policy = policy(&rules);
    let facts = Facts {
        leaders: (0..PAIRINGS / 2).map(|at| Leader { id: format!("L{at}"), ..Leader::default() }).collect(),
        talents: (0..PAIRINGS).map(|at| Talent { id: format!("T{at}"), ..Talent::default() }).collect(),
        pairings: (0..PAIRINGS)
            .map(|at| Pairing {
                id: format!("P{at}"),
                leader: format!("L{}", at / 2),
                talent: format!("T{at}"),
                ..Pairing::default()
            })
            .collect(),
        contacts: (0..CONTACTS).map(contact).collect(),
        ..Facts::default()
    };
    let (begun, on_cpu) = (Instant::now(), on_cpu());
    let answer = evaluate(&policy, Calendar::shipped(), &facts, date("2016-01-01"), date("2016-12-31"));
    // A busy machine stretches the clock on the wall, not the time on the processor.
    let took = on_cpu.and_then(|before| Some(self::on_cpu()? - before)).unwrap_or(begun.elapsed());
    println!("{} verdicts in {took:?}", answer.verdicts.len());
    assert!(took.as_secs_f64() < 1.0, "{took:?}");
}
