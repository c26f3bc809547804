//! The engine: ten thousand pairings with a million contacts in one year, judged by a document that has every kind of
//! rule about contacts. In memory on one core; and the shipped `zhuji-node evaluate` on the same as CSV files, in a process of
//! its own.
//!
//! `ZHUJI_BENCH_PAIRINGS` (10000), `ZHUJI_BENCH_CONTACTS` of each (100), `ZHUJI_BENCH_ROUNDS` (3).

use anyhow::{Context, Result, anyhow, ensure};
use chrono::{Days, NaiveDate};
use std::time::Instant;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::PolicyFile;
use zhuji_protocol::facts::{self, Bom, Contact, Event, Facts, Leader, Pairing, Talent};
use zhuji_protocol::policy::{Policy, Side};
use zhuji_protocol::rules;
use zhuji_tests::measure::apart;
use zhuji_tests::measure::figure::{Figure, Goal};
use zhuji_tests::measure::sized;

/// Its rules ask for contacts a year, visits at festivals and occasions, categories covered, and numbers of pairings.
const POLICY: &str = "laibin-xiangzhou";
/// Talents of one leader.
const EACH: usize = 3;

fn main() -> Result<()> {
    if apart::is_it()? {
        return Ok(());
    }
    let pairings = sized("ZHUJI_BENCH_PAIRINGS", 10_000);
    let contacts = sized("ZHUJI_BENCH_CONTACTS", 100);
    let rounds = sized("ZHUJI_BENCH_ROUNDS", 3);
    let calendar = Calendar::shipped();
    let file = PolicyFile::open(POLICY).map_err(|fault| anyhow!("{fault:?}"))?;
    let policy = file.read(calendar).map_err(|faults| anyhow!("{faults:?}"))?;
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).context("a day")?;
    let last = NaiveDate::from_ymd_opt(2025, 12, 31).context("a day")?;
    let facts = made_up(&policy, pairings, contacts, first)?;

    let mut seconds = Vec::new();
    let mut verdicts = 0;
    for _ in 0..rounds {
        let begun = Instant::now();
        let answer = rules::evaluate(&policy, calendar, &facts, first, last);
        seconds.push(begun.elapsed().as_secs_f64());
        verdicts = answer.verdicts.len();
    }
    ensure!(verdicts > pairings, "every pairing is judged");
    let name = "engine in memory, one core";
    Figure { name, unit: "s", ours: seconds, limit: None, goal: Goal::AtMost(1.0) }.print();
    println!("  {pairings} pairings, {} contacts, {verdicts} verdicts", facts.contacts.len());

    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    for (name, bytes) in facts::write(&facts, Bom::Without) {
        std::fs::write(folder.path().join(name), bytes)?;
    }
    drop(facts);
    let given = folder.path().to_str().context("a path")?;
    let day = last.to_string();
    let words = ["evaluate", "--policy", POLICY, "--facts", given, "--as-of", &day, "--format", "json"];
    let (mut seconds, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let took = apart::run("zhuji-node", &words)?;
        seconds.push(took.seconds);
        memory.push(took.peak_bytes as f64 / f64::from(1 << 20));
    }
    let name = "zhuji-node evaluate on CSV";
    Figure { name, unit: "s", ours: seconds, limit: None, goal: Goal::AtMost(4.0) }.print();
    let name = "zhuji-node evaluate on CSV, memory";
    Figure { name, unit: "MiB", ours: memory, limit: None, goal: Goal::AtMost(1024.0) }.print();
    Ok(())
}

/// Invented people; contacts spread over the year, in turn by every mode, topic and side that the policy knows.
fn made_up(policy: &Policy, pairings: usize, contacts: usize, first: NaiveDate) -> Result<Facts> {
    let words = &policy.vocabulary;
    let keys = |words: &zhuji_protocol::policy::Words| words.keys().map(str::to_owned).collect::<Vec<_>>();
    let (modes, topics, categories) = (keys(&words.modes), keys(&words.topics), keys(&words.categories));
    let groups: Vec<String> = keys(&words.groups);
    let of = |list: &[String], at: usize| list.get(at % list.len().max(1)).cloned();
    let mut facts = Facts::default();
    for number in 0..pairings.div_ceil(EACH) {
        let (id, name) = (format!("L{number}"), format!("某领导{number}"));
        let groups = of(&groups, 0).into_iter().collect();
        facts.leaders.push(Leader { id, name, groups, from: Some(first), ..Leader::default() });
    }
    for number in 0..pairings {
        let (id, talent) = (format!("P{number}"), format!("T{number}"));
        let categories = of(&categories, number).into_iter().collect();
        let name = format!("某人才{number}");
        facts.talents.push(Talent {
            id: talent.clone(),
            name,
            categories,
            from: Some(first),
            ..Talent::default()
        });
        let leader = format!("L{}", number / EACH);
        facts.pairings.push(Pairing {
            id: id.clone(),
            leader,
            talent,
            from: Some(first),
            ..Pairing::default()
        });
        for nth in 0..contacts {
            let day = (nth * 365 / contacts + number) % 365;
            facts.contacts.push(Contact {
                id: format!("C{number}-{nth}"),
                pairing: id.clone(),
                date: first + Days::new(day as u64),
                mode: of(&modes, nth),
                initiated_by: Some(if nth % 2 == 0 { Side::Leader } else { Side::Talent }),
                topics: of(&topics, nth).into_iter().collect(),
                occasion: String::new(),
                also_counts_for: String::new(),
                note: String::new(),
            });
        }
    }
    facts.events = events(policy, pairings, first);
    Ok(facts)
}

/// One talent in ten meets with something that asks for a visit.
fn events(policy: &Policy, pairings: usize, first: NaiveDate) -> Vec<Event> {
    let kinds: Vec<String> = policy.vocabulary.events.keys().map(str::to_owned).collect();
    (0..pairings)
        .step_by(10)
        .filter_map(|number| {
            Some(Event {
                id: format!("E{number}"),
                talent: format!("T{number}"),
                kind: kinds.get(number / 10 % kinds.len().max(1))?.clone(),
                happened_on: first + Days::new(number as u64 % 330),
                reported_on: None,
            })
        })
        .collect()
}
