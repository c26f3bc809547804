//! The standing kinds: `pairing-quota`, `liaison-named`, `category-coverage`; and which units are asked.

use super::{answer, facts, judged, lines, policy, policy_with, rule};

#[test]
fn a_leader_has_between_min_and_max_talents() {
    let rule = rule("pairing-quota", "group = \"a\"\nmin = 1\nmax = 2\ngrace_days = 30");
    let people = "leader L groups=a from=2016-03-01\ntalent S\ntalent T\ntalent V\n";
    for (pairings, as_of, expected) in [
        ("", "2016-03-31", "0/1 pending"),
        ("", "2016-04-01", "0/1 overdue"),
        ("pairing P L S", "2016-04-01", "1/1 met"),
        ("pairing P L S\npairing Q L T", "2016-04-01", "2/1 met"),
        ("pairing P L S\npairing Q L T\npairing R L V", "2016-03-31", "3/1 pending"),
        ("pairing P L S\npairing Q L T\npairing R L V", "2016-04-01", "3/1 overdue"),
        ("pairing P L S to=2016-03-31", "2016-04-01", "0/1 overdue"),
        ("pairing P L S from=2016-04-02", "2016-04-01", "0/1 overdue"),
    ] {
        let facts = facts(&format!("{people}{pairings}"));
        assert_eq!(
            judged(&rule, &facts, as_of),
            [format!("L 2016-03-01..2016-03-31 {expected}")],
            "{pairings}"
        );
    }
    for (leader, asked) in
        [("L groups=b", 0), ("L groups=a to=2016-03-31", 0), ("L groups=a to=2016-04-01", 1)]
    {
        assert_eq!(judged(&rule, &facts(&format!("leader {leader}")), "2016-04-01").len(), asked, "{leader}");
    }
}

#[test]
fn none_at_least_and_one_at_most_is_a_quota_too() {
    let rule = rule("pairing-quota", "min = 0\nmax = 1");
    let facts = facts("leader L from=2010-01-01\ntalent T");
    assert_eq!(judged(&rule, &facts, "2016-04-01"), ["L 2015-07-21..2015-07-21 0/0 met"]);
}

#[test]
fn of_a_leader_categories_keep_pairings_and_of_a_talent_talents() {
    let facts = facts(
        "leader L groups=a\nleader M groups=b\ntalent S categories=x\ntalent T categories=y;x\ntalent V
         pairing P L S\npairing Q L V\npairing R M T\npairing W L T",
    );
    let per_leader = rule("pairing-quota", "categories = [\"x\"]\nmin = 2");
    let all = "2015-07-21..2015-07-21";
    assert_eq!(
        judged(&per_leader, &facts, "2016-01-01"),
        [format!("L {all} 2/2 met"), format!("M {all} 1/2 overdue")]
    );
    let per_talent = rule("pairing-quota", "per = \"talent\"\ngroup = \"a\"\ncategories = [\"x\"]\nmin = 1");
    assert_eq!(
        judged(&per_talent, &facts, "2016-01-01"),
        [format!("S {all} 1/1 met"), format!("T {all} 1/1 met")]
    );
    let per_talent = rule("pairing-quota", "per = \"talent\"\ngroup = \"b\"\nmin = 1");
    assert_eq!(
        judged(&per_talent, &facts, "2016-01-01"),
        [format!("S {all} 0/1 overdue"), format!("T {all} 1/1 met"), format!("V {all} 0/1 overdue")]
    );
}

#[test]
fn standing_duties_are_asked_only_in_force() {
    let rule = rule("liaison-named", "");
    let policy = policy_with("effective = 2015-01-01\nuntil = 2015-12-31", &rule);
    assert_eq!(lines(&answer(&policy, &facts(""), "2015-12-31")), ["U 2015-01-01..2015-01-01 0/1 overdue"]);
    assert_eq!(lines(&answer(&policy, &facts(""), "2016-01-01")), Vec::<String>::new());
}

#[test]
fn a_unit_has_a_liaison_on_the_day() {
    let rule = rule("liaison-named", "grace_days = 10\nlevels = [\"township\", \"village\"]");
    let facts = facts(
        "unit A township\nunit B village parent=A\nunit C county\nunit D township
         liaison A\nliaison B to=2016-01-31\nliaison D from=2016-02-02\nliaison C",
    );
    let line = |unit: &str, found: &str| format!("{unit} 2015-07-21..2015-07-31 {found}");
    assert_eq!(
        judged(&rule, &facts, "2016-02-01"),
        [line("A", "1/1 met"), line("B", "0/1 overdue"), line("D", "0/1 overdue")]
    );
    assert_eq!(judged(&rule, &facts, "2015-07-31")[0], line("A", "1/1 met"));
    assert_eq!(judged(&rule, &facts, "2015-07-31")[2], line("D", "0/1 pending"));
}

#[test]
fn units_that_have_nobody_are_not_asked() {
    for (having, as_of, asked) in
        [("talents", "2016-02-01", "A"), ("leaders", "2016-02-01", "B"), ("talents", "2016-03-01", "")]
    {
        let rule = rule("liaison-named", &format!("levels = [\"township\"]\nhaving = \"{having}\""));
        let facts = facts(
            "unit A township\nunit B township\nunit C township
             talent S unit=A to=2016-02-15\ntalent T unit=B from=2016-04-01\nleader L unit=B to=2016-02-15\nleader M",
        );
        let found = judged(&rule, &facts, as_of);
        let units: Vec<&str> = found.iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(units.join(" "), asked, "{having} {as_of}");
    }
    let own = rule("liaison-named", "having = \"talents\"");
    assert_eq!(judged(&own, &facts("talent T unit=U"), "2016-01-01").len(), 1);
    assert_eq!(judged(&own, &facts("talent T unit=A"), "2016-01-01").len(), 0);
}

#[test]
fn a_category_is_covered_by_leaders_of_the_unit_or_below() {
    let world = "unit C county\nunit A township parent=C\nunit B township parent=C\nunit V village parent=A
         leader L unit=V\nleader M unit=C\nleader N\ntalent S categories=x\ntalent T categories=x;y\ntalent W categories=y
         pairing P L S\npairing Q M T\npairing R N W";
    let levels =
        rule("category-coverage", "categories = [\"x\", \"y\"]\nlevels = [\"county\", \"township\"]");
    let line = |unit: &str, found: &str| format!("{unit} 2015-07-21..2015-07-21 {found}");
    assert_eq!(
        judged(&levels, &facts(world), "2016-01-01"),
        [
            line("A x", "1/1 met"),
            line("A y", "0/1 overdue"),
            line("B x", "0/1 overdue"),
            line("B y", "0/1 overdue"),
            line("C x", "2/1 met"),
            line("C y", "1/1 met"),
        ]
    );
    // Without levels every pairing counts for the policy's own unit.
    let own = rule("category-coverage", "categories = [\"y\"]\ngrace_days = 5");
    assert_eq!(judged(&own, &facts(world), "2016-01-01"), ["U y 2015-07-21..2015-07-26 2/1 met"]);
}

#[test]
fn what_is_only_aimed_at_is_never_overdue() {
    let aim = rule("category-coverage", "categories = [\"x\"]\naim = true");
    assert_eq!(judged(&aim, &facts(""), "2020-01-01"), ["U x 2015-07-21..2015-07-21 0/1 pending"]);
    let answer = answer(&policy(&aim), &facts("exempt r U period=x"), "2020-01-01");
    assert_eq!(lines(&answer), ["U x 2015-07-21..2015-07-21 0/1 exempt"]);
}
