//! `pairing-term` and `pairing-handover`.

use super::{answer, date, facts, judged, judged_from, lines, policy_with, rule};
use crate::calendar::Calendar;
use crate::rules::evaluate;

#[test]
fn an_anniversary_is_reviewed_from_half_a_year_before_it() {
    let rule = rule("pairing-term", "years = 3\ngrace_days = 10");
    for (pairing, expected) in [
        ("", "0/1 overdue"),
        ("reviewed=2019-06-08", "0/1 overdue"),
        ("reviewed=2019-06-09", "done 2019-06-09 1/1 met"),
        ("reviewed=2019-12-16;2019-12-15", "done 2019-12-15 1/1 met"),
        ("reviewed=2019-12-17;2018-01-01", "done 2019-12-17 1/1 late"),
        ("to=2019-06-09", "done 2019-06-09 1/1 met"),
        ("to=2019-12-01 reviewed=2019-11-30", "done 2019-11-30 1/1 met"),
        ("reviewed=2020-02-01", "0/1 overdue"), // not known on the day
    ] {
        let facts = facts(&format!("leader L\ntalent T\npairing P L T from=2016-12-06 {pairing}"));
        assert_eq!(
            judged(&rule, &facts, "2020-01-31"),
            [format!("P 2019-12-06 2019-06-09..2019-12-16 {expected}")],
            "{pairing}"
        );
    }
}

#[test]
fn a_pairing_that_ended_before_has_no_anniversary() {
    let rule = rule("pairing-term", "years = 3");
    for (facts_text, given) in [
        ("leader L\ntalent T\npairing P L T from=2016-12-06 to=2019-06-08", 0),
        ("leader L to=2019-06-08\ntalent T\npairing P L T from=2016-12-06", 0),
        ("leader L to=2019-06-09\ntalent T\npairing P L T from=2016-12-06", 1),
        ("leader L to=2016-01-01\ntalent T\npairing P L T from=2016-12-06", 0), // never active
        ("leader L\ntalent T\npairing P L T from=2016-12-06", 1),
    ] {
        assert_eq!(judged(&rule, &facts(facts_text), "2019-12-31").len(), given, "{facts_text}");
    }
}

#[test]
fn the_29th_of_february_becomes_the_28th_in_common_years() {
    let rule = rule("pairing-term", "years = 1");
    let facts = facts("leader L\ntalent T\npairing P L T from=2016-02-29");
    let found = judged_from(&rule, &facts, "2016-01-01", "2020-03-01");
    let items: Vec<&str> = found.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(items, ["2017-02-28", "2018-02-28", "2019-02-28", "2020-02-29"]);
    assert_eq!(found[3], "P 2020-02-29 2019-09-02..2020-02-29 0/1 overdue");
}

#[test]
fn a_common_cycle_takes_in_pairings_that_began_half_a_year_before() {
    let rule = rule("pairing-term", "years = 2\ncycle_from = 2014-06-30");
    let policy = policy_with("effective = 2015-01-01\nuntil = 2018-12-31", &rule);
    let facts =
        facts("leader L\ntalent S\ntalent T\npairing P L S from=2016-01-02\npairing Q L T from=2016-01-03");
    let answer = evaluate(&policy, Calendar::shipped(), &facts, date("2015-01-01"), date("2020-12-31"));
    // 2020-06-30 lies after the policy's end; Q began 179 days before 2016-06-30.
    assert_eq!(
        lines(&answer),
        [
            "P 2016-06-30 2016-01-02..2016-06-30 0/1 overdue",
            "P 2018-06-30 2018-01-01..2018-06-30 0/1 overdue",
            "Q 2018-06-30 2018-01-01..2018-06-30 0/1 overdue",
        ]
    );
}

#[test]
fn a_pairing_without_its_own_beginning_counts_from_the_policys() {
    let facts = facts("leader L\ntalent T\npairing P L T");
    let rule = rule("pairing-term", "years = 1");
    assert_eq!(judged(&rule, &facts, "2016-01-22"), Vec::<String>::new());
    assert_eq!(judged(&rule, &facts, "2016-01-23"), ["P 2016-07-21 2016-01-23..2016-07-21 0/1 pending"]);
}

#[test]
fn a_handover_is_the_pairings_end_or_a_successor() {
    let plain = rule("pairing-handover", "days = 30");
    let successor = rule("pairing-handover", "days = 30\nsuccessor = true");
    for (more, ended, succeeded) in [
        ("", "0/1 overdue", "0/1 overdue"),
        ("to=2016-05-31", "done 2016-05-31 1/1 met", "0/1 overdue"),
        ("to=2016-06-30", "done 2016-06-30 1/1 met", "0/1 overdue"),
        ("to=2016-07-01", "done 2016-07-01 1/1 late", "0/1 overdue"),
        ("\npairing Q M T from=2016-06-10", "0/1 overdue", "done 2016-06-10 1/1 met"),
        ("\npairing Q M T from=2016-07-01", "0/1 overdue", "done 2016-07-01 1/1 late"),
        ("\npairing Q M T from=2016-01-01", "0/1 overdue", "done 2016-06-01 1/1 met"),
        ("\npairing Q M T from=2016-01-01 to=2016-05-31", "0/1 overdue", "0/1 overdue"),
        ("\npairing Q M S from=2016-06-10", "0/1 overdue", "0/1 overdue"),
        ("\npairing Q M T from=2017-06-10", "0/1 overdue", "0/1 overdue"),
    ] {
        let facts = facts(&format!(
            "leader L to=2016-05-31\nleader M groups=b\ntalent S\ntalent T\npairing P L T {more}"
        ));
        let line = |found: &str| vec![format!("P 2016-06-01..2016-06-30 {found}")];
        assert_eq!(judged(&plain, &facts, "2016-12-31"), line(ended), "{more}");
        assert_eq!(judged(&successor, &facts, "2016-12-31"), line(succeeded), "{more} with successor");
    }
}

#[test]
fn a_talent_who_left_needs_no_successor() {
    let successor = rule("pairing-handover", "days = 30\nsuccessor = true");
    for (to, expected) in [
        ("2016-05-30", None), // the pairing was no longer active
        ("2016-05-31", Some("done 2016-05-31 1/1 met")),
        ("2016-06-15", Some("done 2016-06-15 1/1 met")),
        ("2016-08-15", Some("done 2016-08-15 1/1 late")),
    ] {
        let facts = facts(&format!("leader L to=2016-05-31\ntalent T to={to}\npairing P L T"));
        let expected: Vec<String> =
            expected.map(|found| format!("P 2016-06-01..2016-06-30 {found}")).into_iter().collect();
        assert_eq!(judged(&successor, &facts, "2016-12-31"), expected, "{to}");
    }
}

#[test]
fn a_handover_is_asked_from_the_day_after_and_in_force() {
    let rule = rule("pairing-handover", "group = \"a\"\ndays = 30");
    let facts = facts(
        "leader L groups=a to=2016-05-31\nleader M to=2016-05-31\ntalent S\ntalent T\npairing P L T\npairing Q M S",
    );
    assert_eq!(judged(&rule, &facts, "2016-05-31"), Vec::<String>::new());
    assert_eq!(judged(&rule, &facts, "2016-06-01"), ["P 2016-06-01..2016-06-30 0/1 pending"]);
    let policy = policy_with("effective = 2015-01-01\nuntil = 2016-05-31", &rule);
    assert_eq!(lines(&answer(&policy, &facts, "2016-06-01")), Vec::<String>::new());
}
