//! `occasion-visit`.

use super::{answer, date, facts, judged, judged_from, lines, policy, policy_with, rule};
use crate::calendar::Calendar;
use crate::rules::{Note, evaluate};

const PAIR: &str = "leader L groups=a\ntalent T\npairing P L T\n";

fn festivals(parameters: &str) -> String {
    rule("occasion-visit", &format!("festivals = [\"new-year\"]\n{parameters}"))
}

#[test]
fn new_years_day_of_2019_falls_on_the_last_sunday_of_2018() {
    let facts = facts(&format!("{PAIR}contact P 2018-12-25 mode=talk"));
    assert_eq!(
        judged_from(&festivals("before_days = 7\nwithin_days = 0"), &facts, "2018-12-01", "2018-12-31"),
        [
            // The debt of 2018 is carried on until the start of the next new year.
            "T new-year 2018 2017-12-25..2018-01-01 0/1 overdue",
            "T new-year 2019 2018-12-23..2018-12-30 done 2018-12-25 1/1 met",
        ]
    );
}

#[test]
fn a_festival_is_paid_late_only_before_the_next_one_begins() {
    let rule = festivals("before_days = 7\nwithin_days = 3");
    for (visit, expected) in [
        ("2017-12-24", "done 2017-12-24 1/1 late"),
        ("2017-12-25", "0/1 overdue"), // that is the visit of 2018
        ("2016-12-24", "0/1 overdue"),
        ("2016-12-25", "done 2016-12-25 1/1 met"),
        ("2017-01-04", "done 2017-01-04 1/1 met"),
        ("2017-01-05", "done 2017-01-05 1/1 late"),
    ] {
        let facts = facts(&format!("{PAIR}contact P {visit} mode=visit"));
        let lines = judged_from(&rule, &facts, "2017-01-01", "2018-06-01");
        assert_eq!(lines[0], format!("T new-year 2017 2016-12-25..2017-01-04 {expected}"), "{visit}");
    }
}

#[test]
fn a_festival_debt_lapses_when_the_next_one_begins() {
    let rule = festivals("before_days = 7\nwithin_days = 3");
    let facts = facts(PAIR);
    let years = |from: &str| judged_from(&rule, &facts, from, "2018-06-01").len();
    // 2016 lapses on 2016-12-25, 2017 on 2017-12-25; 2018 is open.
    assert_eq!(years("2016-12-24"), 3);
    assert_eq!(years("2016-12-25"), 2);
    assert_eq!(years("2017-12-24"), 2);
    assert_eq!(years("2017-12-25"), 1);
}

#[test]
fn before_days_and_negative_within_days_shift_the_window() {
    let rule = rule("occasion-visit", "festivals = [\"teachers\"]\nbefore_days = 10\nwithin_days = -3");
    let facts = facts(&format!("{PAIR}contact P 2016-09-08 mode=visit"));
    assert_eq!(judged(&rule, &facts, "2016-08-30"), ["T teachers 2015 2015-08-31..2015-09-07 0/1 overdue"]);
    assert_eq!(
        judged_from(&rule, &facts, "2016-08-31", "2016-09-07"),
        ["T teachers 2016 2016-08-31..2016-09-07 0/1 pending"]
    );
    assert_eq!(
        judged_from(&rule, &facts, "2016-08-31", "2016-09-08"),
        ["T teachers 2016 2016-08-31..2016-09-07 done 2016-09-08 1/1 late"]
    );
}

#[test]
fn who_is_paired_on_the_day_is_visited_by_whoever_comes() {
    let rule = rule("occasion-visit", "group = \"a\"\nfestivals = [\"teachers\"]\nwithin_days = 30");
    for (pairings, expected) in [
        ("pairing P L T to=2016-09-10", Some("0/1")),
        ("pairing P L T to=2016-09-09", None),
        ("pairing P L T from=2016-09-11", None),
        ("pairing P M T", None), // M is not of the group
        (
            "pairing P L T to=2016-09-10\npairing Q K T from=2016-09-15\ncontact Q 2016-09-15 mode=visit",
            Some("done 2016-09-15 1/1"),
        ),
        ("pairing P L T\npairing Q M T\ncontact Q 2016-09-15 mode=visit", Some("0/1")),
        ("pairing P L T\ncontact P 2016-09-15 mode=phone\ncontact P 2016-09-16", Some("0/1")),
        ("pairing P L T\ncontact P 2016-09-09 mode=visit", Some("0/1")),
        ("pairing P L T to=2016-09-14\ncontact P 2016-09-15 mode=visit", Some("0/1")),
    ] {
        let facts =
            facts(&format!("leader L groups=a\nleader K groups=a\nleader M groups=b\ntalent T\n{pairings}"));
        let found = judged_from(&rule, &facts, "2016-01-01", "2016-10-01");
        let this_year: Vec<_> = found.iter().filter(|line| line.contains(" 2016 ")).collect();
        match expected {
            None => assert!(this_year.is_empty(), "{pairings}: {this_year:?}"),
            Some(expected) => assert!(this_year[0].contains(expected), "{pairings}: {this_year:?}"),
        }
    }
}

#[test]
fn a_day_after_as_of_counts_as_active_unless_an_end_is_known() {
    let rule = rule("occasion-visit", "festivals = [\"teachers\"]\nbefore_days = 30\nwithin_days = 0");
    let facts = facts("leader L from=2016-01-01\ntalent T to=2016-08-20\npairing P L T");
    assert_eq!(judged(&rule, &facts, "2016-08-19"), ["T teachers 2016 2016-08-11..2016-09-10 0/1 pending"]);
    assert_eq!(judged(&rule, &facts, "2016-08-20"), Vec::<String>::new());
}

#[test]
fn an_event_is_an_occasion_until_somebody_came() {
    let rule = rule("occasion-visit", "events = [\"illness\"]\nwithin_days = 7");
    let written = format!(
        "{PAIR}event E T illness 2016-03-01\nevent F T award 2016-03-01\nevent G T illness 2018-06-02"
    );
    assert_eq!(judged(&rule, &facts(&written), "2018-06-01"), ["T E 2016-03-01..2016-03-08 0/1 overdue"]);
    let paid = facts(&format!("{written}\ncontact P 2016-12-31 mode=visit"));
    assert_eq!(judged(&rule, &paid, "2018-06-01"), Vec::<String>::new());
    assert_eq!(
        judged_from(&rule, &paid, "2016-12-31", "2018-06-01"),
        ["T E 2016-03-01..2016-03-08 done 2016-12-31 1/1 late"]
    );
}

#[test]
fn an_occasion_lies_in_force_its_visit_need_not() {
    let rule = rule("occasion-visit", "festivals = [\"teachers\"]\nbefore_days = 5\nwithin_days = 5");
    let facts = facts(
        "leader L from=2010-01-01\ntalent T from=2010-01-01\npairing P L T from=2010-01-01\ncontact P 2015-09-05 mode=visit",
    );
    for (dates, expected) in [
        (
            "effective = 2015-09-10\nuntil = 2015-09-10",
            vec!["T teachers 2015 2015-09-05..2015-09-15 done 2015-09-05 1/1 met"],
        ),
        ("effective = 2015-09-11\nuntil = 2015-12-31", vec![]),
        ("effective = 2015-01-01\nuntil = 2015-09-09", vec![]),
    ] {
        let answer = evaluate(
            &policy_with(dates, &rule),
            Calendar::shipped(),
            &facts,
            date("2015-01-01"),
            date("2016-12-31"),
        );
        assert_eq!(lines(&answer), expected, "{dates}");
    }
}

#[test]
fn a_year_without_its_notice_has_no_occasion_and_a_note() {
    let rule =
        rule("occasion-visit", "festivals = [\"new-year\", \"leap\"]\nbefore_days = 0\nwithin_days = 5");
    let answer = answer(&policy(&rule), &facts(PAIR), "2028-03-01");
    assert_eq!(
        lines(&answer),
        [
            // Neither has a next year to lapse in: 2025 has no 29 February, 2027 no notice yet.
            "T leap 2016 2016-02-29..2016-03-05 0/1 overdue",
            "T leap 2020 2020-02-29..2020-03-05 0/1 overdue",
            "T leap 2024 2024-02-29..2024-03-05 0/1 overdue",
            "T leap 2028 2028-02-29..2028-03-05 0/1 pending ~",
            "T new-year 2026 2026-01-01..2026-01-06 0/1 overdue",
        ]
    );
    let note = |festival: &str, year| Note::NoFestival { festival: festival.to_owned(), year };
    assert_eq!(answer.notes, [note("leap", 2027), note("new-year", 2027), note("new-year", 2028)]);
}
