//! `contact-frequency` and the partial periods that it shares with others.

use super::{date, facts, judged, judged_from, lines, policy_with, rule};
use crate::calendar::Calendar;
use crate::rules::evaluate;

const PAIR: &str = "leader L groups=a\ntalent T\npairing P L T\n";

#[test]
fn a_pairing_is_judged_by_the_periods_that_meet_the_window() {
    let rule = rule("contact-frequency", "min = 2\nperiod = \"half\"\npartial = \"full\"");
    let facts = facts(&format!(
        "{PAIR}contact P 2015-07-20\ncontact P 2015-08-01\ncontact P 2015-12-31\ncontact P 2016-06-30\n\
         contact P 2016-07-01"
    ));
    // 2015-07-20 lies before the policy; a half-year before the window is history.
    assert_eq!(
        judged(&rule, &facts, "2016-07-01"),
        [
            "P 2015-H2 2015-07-21..2015-12-31 done 2015-12-31 2/2 met",
            "P 2016-H1 2016-01-01..2016-06-30 1/2 overdue",
            "P 2016-H2 2016-07-01..2016-12-31 1/2 pending",
        ]
    );
    assert_eq!(judged_from(&rule, &facts, "2016-06-30", "2016-07-01").len(), 2);
    assert_eq!(judged_from(&rule, &facts, "2016-07-01", "2016-07-01").len(), 1);
    assert_eq!(judged(&rule, &facts, "2015-07-20"), Vec::<String>::new());
}

#[test]
fn a_part_of_a_period_asks_a_share_rounded_half_up() {
    for (min, to, partial, expected) in [
        // 2016 has 366 days: 183 of them are exactly half.
        (1, "2016-07-01", "prorate", Some((1, "2016-07-01"))),
        (1, "2016-06-30", "prorate", None),
        (3, "2016-07-01", "prorate", Some((2, "2016-07-01"))),
        (3, "2016-06-30", "prorate", Some((1, "2016-06-30"))),
        (3, "2016-06-30", "full", Some((3, "2016-06-30"))),
        (3, "2016-12-30", "exempt", None),
        (3, "2016-12-31", "exempt", Some((3, "2016-12-31"))),
        (1, "2015-12-31", "full", None),
    ] {
        let rule =
            rule("contact-frequency", &format!("min = {min}\nperiod = \"year\"\npartial = \"{partial}\""));
        let facts = facts(&format!("leader L\ntalent T\npairing P L T to={to}"));
        let expected: Vec<String> = expected
            .map(|(required, due)| format!("P 2016 2016-01-01..{due} 0/{required} overdue"))
            .into_iter()
            .collect();
        assert_eq!(
            judged_from(&rule, &facts, "2016-01-01", "2017-03-01")[..expected.len()],
            expected,
            "{min} {to}"
        );
        let others = judged_from(&rule, &facts, "2016-01-01", "2016-12-31");
        assert_eq!(others.len(), expected.len(), "{min} {to} {partial}");
    }
}

#[test]
fn an_end_after_as_of_is_not_known_yet() {
    let rule = rule("contact-frequency", "min = 4\nperiod = \"year\"");
    let facts = facts("leader L\ntalent T to=2016-06-30\npairing P L T from=2016-01-01");
    assert_eq!(judged(&rule, &facts, "2016-06-29"), ["P 2016 2016-01-01..2016-12-31 0/4 pending"]);
    assert_eq!(judged(&rule, &facts, "2016-06-30"), ["P 2016 2016-01-01..2016-06-30 0/2 pending"]);
    assert_eq!(judged(&rule, &facts, "2016-07-01"), ["P 2016 2016-01-01..2016-06-30 0/2 overdue"]);
}

#[test]
fn the_end_of_the_policy_shortens_what_is_asked_and_moves_no_due_date() {
    let rule = rule("contact-frequency", "min = 4\nperiod = \"year\"");
    let policy = policy_with("effective = 2015-07-21\nuntil = 2016-06-30", &rule);
    let facts = facts(&format!("{PAIR}contact P 2016-06-30\ncontact P 2016-07-01"));
    let answer = evaluate(&policy, Calendar::shipped(), &facts, date("2016-01-01"), date("2017-05-01"));
    assert_eq!(lines(&answer), ["P 2016 2016-01-01..2016-12-31 1/2 overdue"]);
}

#[test]
fn only_contacts_of_an_active_pairing_and_of_the_wanted_kind_count() {
    let rule = rule(
        "contact-frequency",
        "min = 1\nperiod = \"year\"\npartial = \"full\"\nmodes = [\"visit\", \"talk\"]\ninitiated_by = \"leader\"\ngroup = \"a\"",
    );
    for (contact, counts) in [
        ("contact P 2016-05-01 mode=visit by=leader", 1),
        ("contact P 2016-05-01 mode=talk by=leader", 1),
        ("contact P 2016-05-01 mode=phone by=leader", 0),
        ("contact P 2016-05-01 by=leader", 0),
        ("contact P 2016-05-01 mode=visit by=talent", 0),
        ("contact P 2016-05-01 mode=visit", 0),
        ("contact P 2016-03-31 mode=visit by=leader", 0), // the talent was taken up the day after
        ("contact P 2016-11-01 mode=visit by=leader", 0), // the leader had left
        ("contact Q 2016-05-01 mode=visit by=leader", 0),
    ] {
        let facts = facts(&format!(
            "leader L groups=b;a to=2016-10-31\nleader M groups=b\ntalent T from=2016-04-01\npairing P L T\npairing Q M T\n{contact}"
        ));
        let done = if counts == 1 { " done 2016-05-01 1/1 met" } else { " 0/1 overdue" };
        assert_eq!(
            judged_from(&rule, &facts, "2016-01-01", "2016-12-31"),
            [format!("P 2016 2016-04-01..2016-10-31{done}")],
            "{contact}"
        );
    }
}

#[test]
fn of_a_leader_the_days_of_all_pairings_and_their_contacts_count() {
    let rule = rule("contact-frequency", "min = 12\nperiod = \"year\"\nper = \"leader\"");
    let facts = facts(
        "leader L from=2016-01-01\nleader N\ntalent S\ntalent T\ntalent V
         pairing P L S from=2016-02-01 to=2016-03-01
         pairing Q L T from=2016-03-01 to=2016-04-30
         pairing R L V from=2016-07-01 to=2016-07-31
         contact P 2016-02-01\ncontact Q 2016-02-28\ncontact P 2016-03-01\ncontact Q 2016-03-01\ncontact R 2016-07-31",
    );
    // 30 + 61 − 1 + 31 = 121 of 366 days: 12 × 121 / 366 = 3.97. A leader without a pairing is asked nothing.
    assert_eq!(
        judged_from(&rule, &facts, "2016-01-01", "2016-12-31"),
        ["L 2016 2016-02-01..2016-07-31 done 2016-07-31 4/4 met"]
    );
}

#[test]
fn a_pairing_is_inactive_while_its_leader_or_talent_does_not_exist_yet() {
    let rule = rule("contact-frequency", "min = 1\nperiod = \"year\"");
    let facts = facts("leader L from=2016-10-01\ntalent T\npairing P L T\ncontact P 2016-05-01");
    assert_eq!(judged(&rule, &facts, "2016-09-30"), Vec::<String>::new());
    assert_eq!(judged(&rule, &facts, "2016-10-01"), Vec::<String>::new()); // 92 / 366 rounds to none
}
