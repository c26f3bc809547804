//! `activity-set`, `service-frequency` and `roster-review`.

use super::{answer, date, facts, judged, judged_from, lines, policy_with, rule};
use crate::calendar::Calendar;
use crate::rules::evaluate;

#[test]
fn each_activity_is_asked_of_each_unit_and_period() {
    let rule = rule(
        "activity-set",
        "activities = [\"check-up\", \"symposium\"]\nperiod = \"half\"\nlevels = [\"township\"]",
    );
    let facts = facts(
        "unit A township\nunit B township\nunit U county
         service check-up 2016-01-05 unit=A\nservice check-up 2016-01-04 unit=A\nservice symposium 2016-06-30 unit=B
         service symposium 2016-07-01 unit=A\nservice symposium 2016-03-01 unit=U\nservice check-up 2016-03-01 talents=T",
    );
    let line = |what: &str, found: &str| format!("{what} 2016-H1 2016-01-01..2016-06-30 {found}");
    assert_eq!(
        judged_from(&rule, &facts, "2016-02-01", "2016-06-30"),
        [
            line("A check-up", "done 2016-01-04 2/1 met"),
            line("A symposium", "0/1 pending"),
            line("B check-up", "0/1 pending"),
            line("B symposium", "done 2016-06-30 1/1 met"),
        ]
    );
}

#[test]
fn a_unit_is_asked_a_share_of_the_period_in_force() {
    for (effective, partial, expected) in [
        ("2016-07-02", "prorate", Some("2016-07-02..2016-12-31 done 2016-12-01 1/1 met")), // 183 of 366 days
        ("2016-07-03", "prorate", None),
        ("2016-07-03", "full", Some("2016-07-03..2016-12-31 done 2016-12-01 1/1 met")),
        ("2016-07-03", "exempt", None),
        ("2016-01-01", "exempt", Some("2016-01-01..2016-12-31 done 2016-02-01 2/1 met")),
    ] {
        let rule = rule(
            "service-frequency",
            &format!(
                "activity = \"check-up\"\nmin = 1\nperiod = \"year\"\nper = \"unit\"\npartial = \"{partial}\""
            ),
        );
        let policy = policy_with(&format!("effective = {effective}"), &rule);
        let facts = facts("service check-up 2016-02-01 unit=U\nservice check-up 2016-12-01 unit=U");
        let expected: Vec<String> =
            expected.map(|found| format!("U check-up 2016 {found}")).into_iter().collect();
        assert_eq!(lines(&answer(&policy, &facts, "2016-12-31")), expected, "{effective} {partial}");
    }
}

#[test]
fn per_talent_a_record_counts_once_for_each_active_talent_it_lists() {
    let rule =
        rule("service-frequency", "activity = \"check-up\"\nmin = 2\nperiod = \"year\"\nper = \"talent\"");
    let facts = facts(
        "talent S\ntalent T from=2016-07-01\ntalent V to=2016-03-31
         service check-up 2016-06-30 talents=S;T;S;V\nservice check-up 2016-08-01 talents=T unit=X
         service symposium 2016-08-01 talents=S",
    );
    assert_eq!(
        judged_from(&rule, &facts, "2016-01-01", "2016-12-31"),
        [
            "S check-up 2016 2016-01-01..2016-12-31 1/2 pending",
            "T check-up 2016 2016-07-01..2016-12-31 done 2016-08-01 1/1 met", // 184 of 366 days
        ]
    );
    // 91 of 366 days: 2 × 91 / 366 = 0.497.
    let leap = judged_from(&rule, &super::facts("talent V to=2016-04-01"), "2016-01-01", "2016-12-31");
    assert_eq!(leap, ["V check-up 2016 2016-01-01..2016-04-01 0/1 overdue"]); // 92 of 366
}

#[test]
fn once_is_asked_of_every_talent_after_being_taken_up() {
    let rule =
        rule("service-frequency", "activity = \"check-up\"\nperiod = \"once\"\ndays = 10\nper = \"talent\"");
    for (talent, services, expected) in [
        ("from=2016-05-01", "", Some("2016-05-01..2016-05-11 0/1 overdue")),
        ("from=2010-05-01", "", Some("2015-07-21..2015-07-31 0/1 overdue")),
        ("", "", Some("2015-07-21..2015-07-31 0/1 overdue")),
        ("from=2016-05-01", "2016-04-30 2016-05-11", Some("2016-05-01..2016-05-11 done 2016-05-11 1/1 met")),
        ("from=2016-05-01", "2016-05-12 2016-05-20", Some("2016-05-01..2016-05-11 done 2016-05-12 1/1 late")),
        ("from=2016-05-01", "2017-05-12", Some("2016-05-01..2016-05-11 0/1 overdue")),
        ("from=2016-05-01 to=2016-05-11", "", None),
        ("from=2016-05-01 to=2016-05-11", "2016-05-12", None),
        ("from=2016-05-01 to=2016-05-12", "", Some("2016-05-01..2016-05-11 0/1 overdue")),
        (
            "from=2016-05-01 to=2016-05-05",
            "2016-05-05",
            Some("2016-05-01..2016-05-11 done 2016-05-05 1/1 met"),
        ),
        ("from=2010-05-01 to=2015-07-20", "", None),
        ("from=2017-05-01", "", None),
    ] {
        let services: String =
            services.split_whitespace().map(|day| format!("\nservice check-up {day} talents=T")).collect();
        let facts = facts(&format!("talent T {talent}{services}"));
        let expected: Vec<String> = expected.map(|found| format!("T check-up {found}")).into_iter().collect();
        assert_eq!(judged(&rule, &facts, "2016-12-31"), expected, "{talent} {services}");
    }
}

#[test]
fn once_begins_in_force() {
    let rule =
        rule("service-frequency", "activity = \"check-up\"\nperiod = \"once\"\ndays = 10\nper = \"talent\"");
    let policy = policy_with("effective = 2015-01-01\nuntil = 2016-04-30", &rule);
    let facts = facts("talent S from=2016-05-01\ntalent T from=2016-04-30");
    let answer = evaluate(&policy, Calendar::shipped(), &facts, date("2016-01-01"), date("2016-06-01"));
    assert_eq!(lines(&answer), ["T check-up 2016-04-30..2016-05-10 0/1 overdue"]);
}

#[test]
fn a_roster_is_reviewed_every_period() {
    let rule = rule("roster-review", "min = 2\nperiod = \"quarter\"\nhaving = \"talents\"");
    let facts = facts(
        "talent T unit=U from=2016-03-31 to=2016-07-01\nreview U 2016-04-01\nreview U 2016-06-30\nreview U 2016-05-01
         review U 2016-10-01\nreview X 2016-05-01",
    );
    let line = |period: &str, found: &str| format!("U {period} {found}");
    // Asked for each quarter in which the unit had a talent.
    assert_eq!(
        judged_from(&rule, &facts, "2016-01-01", "2016-12-31"),
        [
            line("2016-Q1", "2016-01-01..2016-03-31 0/2 overdue"),
            line("2016-Q2", "2016-04-01..2016-06-30 done 2016-05-01 3/2 met"),
            line("2016-Q3", "2016-07-01..2016-09-30 0/2 overdue"),
        ]
    );
}
