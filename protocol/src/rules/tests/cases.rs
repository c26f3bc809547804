//! `case-deadline` and `event-report`: limits, rolling, steps.

use super::{facts, judged, judged_from, rule};

fn deadline(parameters: &str) -> String {
    rule("case-deadline", &format!("from = \"received\"\nto = \"answered\"\n{parameters}"))
}

#[test]
fn a_limit_is_working_days_days_or_months() {
    for (limit, received, due) in [
        ("working_days = 1", "2016-02-05", "2016-02-06"), // a Saturday worked for the Spring Festival
        ("working_days = 2", "2016-02-05", "2016-02-14"),
        ("working_days = 5", "2016-09-30", "2016-10-12"),
        ("days = 0", "2016-10-01", "2016-10-08"), // a due date rolls unless the rule says otherwise
        ("days = 0\nroll = \"none\"", "2016-10-01", "2016-10-01"),
        ("days = 0\nroll = \"next-working-day\"", "2016-10-01", "2016-10-08"),
        ("days = 30", "2016-09-01", "2016-10-08"),
        ("days = 30\nroll = \"none\"", "2016-09-01", "2016-10-01"),
        ("days = 30\nroll = \"next-working-day\"", "2016-09-01", "2016-10-08"),
        ("days = 29\nroll = \"next-working-day\"", "2016-09-01", "2016-09-30"),
        ("months = 1", "2016-01-31", "2016-02-29"),
        ("months = 13", "2016-01-31", "2017-02-28"),
        ("months = 1", "2016-09-03", "2016-10-08"),
        ("months = 1\nroll = \"next-working-day\"", "2016-09-03", "2016-10-08"),
    ] {
        let facts = facts(&format!("case C {received}"));
        let found = judged(&deadline(limit), &facts, received);
        assert_eq!(found, [format!("C {received}..{due} 0/1 pending")], "{limit}");
    }
}

#[test]
fn a_due_date_in_a_year_without_its_notice_is_plain() {
    let rule = deadline("working_days = 3");
    assert_eq!(
        judged(&rule, &facts("case C 2026-12-28"), "2026-12-28"),
        ["C 2026-12-28..2026-12-31 0/1 pending"]
    );
    assert_eq!(
        judged(&rule, &facts("case C 2026-12-29"), "2026-12-29"),
        ["C 2026-12-29..2027-01-01 0/1 pending ~"]
    );
}

#[test]
fn only_the_step_named_starts_and_ends_the_clock() {
    let rule = rule(
        "case-deadline",
        "case_classes = [\"urgent\"]\nfrom = \"delivered\"\nto = \"answered\"\ndays = 10",
    );
    for (case, expected) in [
        ("class=urgent delivered=2016-05-02", Some("0/1 overdue")),
        ("class=urgent delivered=2016-05-02 answered=2016-05-12", Some("done 2016-05-12 1/1 met")),
        ("class=urgent delivered=2016-05-02 answered=2016-05-13", Some("done 2016-05-13 1/1 late")),
        ("class=urgent delivered=2016-05-02 fed-back=2016-05-03", Some("0/1 overdue")),
        ("class=urgent delivered=2016-05-02 interim=2016-05-03", Some("0/1 overdue")),
        ("class=urgent delivered=2016-05-02 answered=2016-07-01", Some("0/1 overdue")), // not known yet
        ("class=urgent", None),
        ("class=urgent delivered=2016-07-01", None),
        ("class=plain delivered=2016-05-02", None),
        ("delivered=2016-05-02", None),
    ] {
        let facts = facts(&format!("case C 2016-05-01 {case}"));
        let expected: Vec<String> =
            expected.map(|found| format!("C 2016-05-02..2016-05-12 {found}")).into_iter().collect();
        assert_eq!(judged(&rule, &facts, "2016-06-30"), expected, "{case}");
    }
}

#[test]
fn an_interim_reply_answers_where_the_rule_says_so_and_not_before_the_start() {
    let rule = rule("case-deadline", "from = \"accepted\"\nto = \"answered\"\ndays = 10\ninterim = true");
    for (case, expected) in [
        ("interim=2016-05-01", "0/1 overdue"),
        ("interim=2016-05-02", "done 2016-05-02 1/1 met"),
        ("interim=2016-05-20", "done 2016-05-20 1/1 late"),
        ("interim=2016-05-20 answered=2016-05-10", "done 2016-05-10 1/1 met"),
        ("interim=2016-05-05 answered=2016-05-20", "done 2016-05-05 1/1 met"),
        ("interim=2016-07-01", "0/1 overdue"),
    ] {
        let facts = facts(&format!("case C 2016-05-01 accepted=2016-05-02 {case}"));
        assert_eq!(
            judged(&rule, &facts, "2016-06-30"),
            [format!("C 2016-05-02..2016-05-12 {expected}")],
            "{case}"
        );
    }
}

#[test]
fn a_debt_is_carried_on_until_it_is_paid() {
    let rule = deadline("days = 10");
    for (answered, from, given) in [
        ("", "2020-01-01", 1),
        ("answered=2016-05-11", "2016-05-11", 1),
        ("answered=2016-05-05", "2016-05-11", 1), // the window still meets the duty
        ("answered=2016-05-05", "2016-05-12", 0),
        ("answered=2016-06-01", "2016-06-01", 1),
        ("answered=2016-06-01", "2016-06-02", 0),
    ] {
        let facts = facts(&format!("case C 2016-05-01 {answered}"));
        assert_eq!(judged_from(&rule, &facts, from, "2020-12-31").len(), given, "{answered} {from}");
    }
    assert_eq!(judged_from(&rule, &facts("case C 2015-07-20"), "2015-01-01", "2016-12-31").len(), 0);
    assert_eq!(judged_from(&rule, &facts("case C 2015-07-21"), "2015-01-01", "2016-12-31").len(), 1);
}

#[test]
fn an_event_is_reported_when_all_were_told() {
    let rule = rule("event-report", "events = [\"award\"]\nworking_days = 3");
    for (event, expected) in [
        ("award 2016-09-30", "0/1 overdue"),
        ("award 2016-09-30 reported=2016-10-10", "done 2016-10-10 1/1 met"),
        ("award 2016-09-30 reported=2016-10-11", "done 2016-10-11 1/1 late"),
        ("award 2016-09-30 reported=2016-09-29", "done 2016-09-29 1/1 met"),
        ("award 2016-09-30 reported=2017-09-29", "0/1 overdue"),
    ] {
        let found = judged(&rule, &facts(&format!("event E T {event}")), "2016-12-31");
        assert_eq!(found, [format!("E 2016-09-30..2016-10-10 {expected}")], "{event}");
    }
    assert_eq!(judged(&rule, &facts("event E T illness 2016-09-30"), "2016-12-31").len(), 0);
    let every = super::rule("event-report", "days = 1");
    assert_eq!(judged(&every, &facts("event E T illness 2016-09-30"), "2016-09-29").len(), 0);
    assert_eq!(judged(&every, &facts("event E T illness 2016-09-30"), "2016-09-30").len(), 1);
}
