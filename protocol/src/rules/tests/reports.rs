//! `report-due`.

use super::{answer, facts, judged, judged_from, lines, policy_with, rule};

fn report(parameters: &str) -> String {
    rule("report-due", &format!("form = \"list\"\n{parameters}"))
}

#[test]
fn a_report_is_due_so_many_days_after_its_period_or_on_a_month_and_day() {
    for (due, period, start, expected) in [
        ("cadence = \"half\"\ndue = \"+15d\"", "2015-H2", "2015-07-21", "2016-01-15"),
        ("cadence = \"half\"\ndue = \"+0d\"", "2015-H2", "2015-07-21", "2015-12-31"),
        ("cadence = \"year\"\ndue = \"12-20\"", "2015", "2015-07-21", "2015-12-20"),
        ("cadence = \"quarter\"\ndue = \"+10d\"", "2015-Q3", "2015-07-21", "2015-10-10"),
    ] {
        let found = judged(&report(due), &facts(""), "2015-07-21");
        assert_eq!(found, [format!("U list {period} {start}..{expected} 0/1 pending")], "{due}");
    }
    // In a common year 29 February becomes the 28th; a due date before the policy is not asked for.
    let leap = report("cadence = \"year\"\ndue = \"02-29\"");
    assert_eq!(
        judged(&leap, &facts(""), "2017-01-01"),
        ["U list 2016 2016-01-01..2016-02-29 0/1 overdue", "U list 2017 2017-01-01..2017-02-28 0/1 pending"]
    );
}

#[test]
fn the_earliest_report_of_the_period_as_written_counts() {
    let rule = report("cadence = \"half\"\ndue = \"+15d\"");
    for (reports, expected) in [
        ("report U period=2016-H1 on=2016-07-15", "done 2016-07-15 1/1 met"),
        ("report U period=2016-H1 on=2016-07-16", "done 2016-07-16 1/1 late"),
        (
            "report U period=2016-H1 on=2016-08-01\nreport U period=2016-H1 on=2016-07-01",
            "done 2016-07-01 1/1 met",
        ),
        ("report U period=2016-H1", "0/1 overdue"),
        (
            "report U period=2016 on=2016-07-01\nreport U on=2016-07-01\nreport V period=2016-H1 on=2016-07-01",
            "0/1 overdue",
        ),
        ("report U period=2016-H1 on=2016-09-02", "0/1 overdue"),
        ("report U period=2016-H1 on=2014-07-15", "done 2014-07-15 1/1 met"),
    ] {
        let found = judged_from(&rule, &facts(reports), "2016-01-01", "2016-09-01");
        let half = found.iter().find(|line| line.contains("2016-H1")).unwrap();
        assert_eq!(half, &format!("U list 2016-H1 2016-01-01..2016-07-15 {expected}"), "{reports}");
    }
}

#[test]
fn missing_reports_are_carried_on_from_the_first_period() {
    let rule = report("cadence = \"year\"\ndue = \"+15d\"");
    let facts = facts("report U period=2016 on=2017-01-10\nreport U period=2018 on=2019-06-01");
    let periods = |from: &str| -> Vec<String> {
        let found = judged_from(&rule, &facts, from, "2019-12-31");
        found.iter().map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect()
    };
    assert_eq!(periods("2019-06-01"), ["2015", "2017", "2018", "2019"]);
    assert_eq!(periods("2019-06-02"), ["2015", "2017", "2019"]);
    assert_eq!(periods("2017-01-15"), ["2015", "2016", "2017", "2018", "2019"]);
    assert_eq!(periods("2017-01-16"), ["2015", "2017", "2018", "2019"]);
}

#[test]
fn once_takes_a_report_of_any_period() {
    let rule = report("cadence = \"once\"\ndue = \"2016-03-01\"");
    let line = |found: &str| vec![format!("U list 2015-07-21..2016-03-01 {found}")];
    assert_eq!(judged(&rule, &facts(""), "2016-03-01"), line("0/1 pending"));
    assert_eq!(
        judged(&rule, &facts("report U period=1999 on=2016-03-02"), "2020-01-01"),
        Vec::<String>::new()
    );
    let paid = facts("report U period=1999 on=2016-03-02\nreport U on=2016-04-01");
    assert_eq!(judged(&rule, &paid, "2016-04-01"), line("done 2016-03-02 1/1 late"));
    // Asked of units that had talents between the policy's beginning and the due date.
    let having = report("cadence = \"once\"\ndue = \"2016-03-01\"\nhaving = \"talents\"");
    assert_eq!(judged(&having, &facts("talent T unit=U from=2016-03-01"), "2016-04-01").len(), 1);
    assert_eq!(judged(&having, &facts("talent T unit=U from=2016-03-02"), "2016-04-01").len(), 0);
}

#[test]
fn a_period_that_touches_the_time_in_force_is_asked_for() {
    let rule = report("cadence = \"half\"\ndue = \"+15d\"");
    let policy = policy_with("effective = 2015-06-30\nuntil = 2016-01-01", &rule);
    assert_eq!(
        lines(&answer(&policy, &facts(""), "2017-01-01")),
        [
            "U list 2015-H1 2015-06-30..2015-07-15 0/1 overdue",
            "U list 2015-H2 2015-07-01..2016-01-15 0/1 overdue",
            "U list 2016-H1 2016-01-01..2016-07-15 0/1 overdue",
        ]
    );
}
