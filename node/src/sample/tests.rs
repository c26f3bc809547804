//! What every sample must hold, whatever the policy.

use super::*;
use std::collections::BTreeMap;
use zhuji_protocol::facts::{Bom, Facts, Folder, Reading, read, write};
use zhuji_protocol::policy::{Alone, Source, builtin, parse};
use zhuji_protocol::rules::{Status, Subject, SubjectType, Tally, Verdict, evaluate};

fn county_without_policy(seed: u64) -> Facts {
    let unit: UnitId = "511723000000".parse().unwrap();
    let office = Office { unit: &unit, name: "开江县", level: Level::County };
    let wish = Wish { year: 2026, today: "2026-11-20".parse().unwrap(), seed, leaders: 12, groups: None };
    facts(&office, None, Calendar::shipped(), &wish)
}

#[test]
fn the_same_seed_gives_the_same_office() {
    assert_eq!(county_without_policy(1), county_without_policy(1));
    assert_ne!(county_without_policy(1).leaders, county_without_policy(2).leaders);
}

#[test]
fn without_a_policy_there_is_a_roster_with_contacts_and_nothing_to_judge() {
    let facts = county_without_policy(3);
    assert!(facts.leaders.len() >= 10 && facts.pairings.len() >= 10 && facts.contacts.len() >= 10);
    assert!(facts.cases.is_empty() && facts.events.is_empty() && facts.reports.is_empty());
}

/// An office under a built-in policy: unit, name, level, policy, groups of its leaders.
type Case = (&'static str, &'static str, Level, &'static str, Option<&'static [&'static str]>);

const OFFICES: [Case; 12] = [
    ("430981000000", "沅江市", Level::County, "yuanjiang-2015", None),
    ("511723205000", "梅家乡", Level::Township, "meijia-2023", None),
    ("511723205200", "梅家坝村民委员会", Level::Village, "meijia-2023", Some(&[])),
    ("511723205204", "大堰塘村民委员会", Level::Village, "meijia-dayantang", Some(&["village-team"])),
    ("440605000000", "南海区", Level::County, "nanhai-2018", None),
    ("451300000000", "来宾市", Level::City, "laibin", None),
    ("451302000000", "兴宾区", Level::County, "laibin", None),
    ("451322000000", "象州县", Level::County, "laibin-xiangzhou", None),
    ("451322100000", "象州镇", Level::Township, "laibin-xiangzhou", Some(&[])),
    (
        "500000000000",
        "重庆市",
        Level::Province,
        "chongqing-2002",
        Some(&["bureau-leaders", "department-leaders"]),
    ),
    ("500101000000", "万州区", Level::County, "chongqing-wanzhou", Some(&["district-leaders"])),
    ("500240000000", "石柱土家族自治县", Level::County, "chongqing-2002", Some(&["district-leaders"])),
];

fn made(office: &Case, seed: u64, today: &str) -> (Policy, Facts) {
    let (code, name, level, policy, groups) = *office;
    let source = Source { file: policy.to_owned(), bytes: builtin::text(policy).unwrap().into() };
    let policy = parse(&source, &Alone, Calendar::shipped()).unwrap();
    let groups: Option<Vec<String>> = groups.map(|keys| keys.iter().map(ToString::to_string).collect());
    let unit: UnitId = code.parse().unwrap();
    let office = Office { unit: &unit, name, level };
    let wish =
        Wish { year: 2026, today: today.parse().unwrap(), seed, leaders: 16, groups: groups.as_deref() };
    let facts = facts(&office, Some(&policy), Calendar::shipped(), &wish);
    (policy, facts)
}

#[test]
fn duties_are_met_late_overdue_pending_and_exempt_and_no_rule_is_left_out() {
    let first = day("2026-01-01");
    let mut by_status = Tally::default();
    let mut by_rule: BTreeMap<(String, String), i64> = BTreeMap::new();
    // Year-end reports are handed in after November.
    let seeds = [(1, "2026-11-20"), (2, "2026-12-31"), (3, "2026-12-31"), (4, "2026-12-31")];
    for (office, (seed, today)) in OFFICES.iter().flat_map(|office| seeds.map(|seed| (office, seed))) {
        let (policy, facts) = made(office, seed, today);
        let answer = evaluate(&policy, Calendar::shipped(), &facts, first, day(today));
        // What an office's node keeps: its own subjects, and nothing due before its first day.
        let own = |subject: &Subject| subject.r#type != SubjectType::Unit || subject.id.starts_with(office.0);
        let kept = |verdict: &&Verdict| {
            own(&verdict.subject) && (verdict.due >= first || verdict.kind.is_standing())
        };
        for verdict in answer.verdicts.iter().filter(kept) {
            by_status += Tally::one(verdict.status);
            if matches!(verdict.status, Status::Met | Status::Late) {
                *by_rule.entry((policy.id.clone(), verdict.rule.clone())).or_default() += 1;
            }
        }
        for rule in &policy.rules {
            by_rule.entry((policy.id.clone(), rule.id.clone())).or_default();
        }
    }
    let Tally { met, late, overdue, pending, exempt } = by_status;
    assert!(met > late && met > overdue, "mostly as it should be: {by_status:?}");
    assert!(late > 0 && overdue > 0 && pending > 0 && exempt > 0, "some otherwise: {by_status:?}");
    let never_done: Vec<&str> =
        by_rule.iter().filter(|(_, done)| **done == 0).map(|((_, rule), _)| rule.as_str()).collect();
    // Asked once, in 2002.
    assert_eq!(never_done, ["registration-2002", "registration-2002-units"]);
}

#[test]
fn nothing_is_dated_after_today_or_outside_the_year() {
    for (office, today) in OFFICES.iter().flat_map(|office| [(office, "2026-05-03"), (office, "2027-03-01")])
    {
        let (_, facts) = made(office, 4, today);
        let (first, last) = (day("2026-01-01"), day("2026-12-31").min(day(today)));
        let dated = facts.contacts.iter().map(|row| row.date);
        let dated = dated.chain(facts.services.iter().map(|row| row.date));
        let dated = dated.chain(facts.reviews.iter().map(|row| row.date));
        let dated = dated.chain(facts.events.iter().map(|row| row.happened_on));
        let dated = dated.chain(facts.events.iter().filter_map(|row| row.reported_on));
        let dated = dated.chain(facts.reports.iter().filter_map(|row| row.submitted_on));
        let dated = dated.chain(facts.cases.iter().flat_map(|row| {
            [Some(row.received_on), row.accepted_on, row.dispatched_on, row.delivered_on]
                .into_iter()
                .chain([row.interim_on, row.answered_on, row.fed_back_on])
                .flatten()
        }));
        for date in dated {
            assert!((first..=last).contains(&date), "{} on {today}: {date}", office.1);
        }
        let terms = facts.leaders.iter().flat_map(|row| [row.from, row.to]);
        let terms = terms.chain(facts.talents.iter().flat_map(|row| [row.from, row.to]));
        let terms = terms.chain(facts.pairings.iter().flat_map(|row| [row.from, row.to]));
        let reviewed = facts.pairings.iter().flat_map(|row| &row.reviewed_on).copied();
        assert!(terms.flatten().chain(reviewed).all(|date| date <= day(today)), "{} on {today}", office.1);
    }
}

#[test]
fn a_contact_lies_within_its_pairing_and_uses_the_policys_words() {
    for office in &OFFICES {
        let (policy, facts) = made(office, 5, "2026-11-20");
        let words = &policy.vocabulary;
        for contact in &facts.contacts {
            let pairing = facts.pairings.iter().find(|row| row.id == contact.pairing).unwrap();
            assert!(pairing.from.is_none_or(|from| from <= contact.date), "{} {}", office.1, contact.id);
            assert!(pairing.to.is_none_or(|to| contact.date <= to), "{} {}", office.1, contact.id);
            assert!(contact.mode.as_deref().is_none_or(|mode| words.modes.has(mode)));
            assert!(contact.topics.iter().all(|topic| words.topics.has(topic)));
            assert!(contact.note.starts_with("示例"));
        }
        assert!(facts.leaders.iter().flat_map(|row| &row.groups).all(|key| words.groups.has(key)));
        assert!(facts.talents.iter().all(|row| !row.categories.is_empty() && row.phone.starts_with("000-")));
    }
}

#[test]
fn every_sample_is_read_strictly_with_its_policy() {
    for (office, seed) in OFFICES.iter().flat_map(|office| (1..20).map(move |seed| (office, seed))) {
        let (policy, facts) = made(office, seed, "2026-11-20");
        let files = write(&facts, Bom::Without).into_iter();
        let files = files.map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        let folder = Folder { name: office.1.to_owned(), files };
        let reading = Reading { policy: Some(&policy), ..Reading::default() };
        match read(&folder, reading) {
            Ok(taken) => assert_eq!(taken.facts, facts, "{} by seed {seed}", office.1),
            Err(faults) => panic!("{} by seed {seed}: {faults:#?}", office.1),
        }
    }
}

#[test]
fn an_office_may_be_small_and_its_year_not_begun() {
    for (leaders, today) in [(0, "2026-11-20"), (1, "2026-01-01"), (2, "2025-06-30"), (200, "2026-11-20")] {
        let unit: UnitId = "511723205200".parse().unwrap();
        let office = Office { unit: &unit, name: "梅家坝村民委员会", level: Level::Village };
        let wish = Wish { year: 2026, today: day(today), seed: 1, leaders, groups: None };
        let facts = facts(&office, None, Calendar::shipped(), &wish);
        assert!(facts.leaders.len() <= leaders as usize * 2);
        assert!(facts.contacts.iter().all(|row| row.date <= day(today)));
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
