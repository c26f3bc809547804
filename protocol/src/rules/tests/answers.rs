//! The answer as a whole: order, tallies, exemptions, the contract's keys.

use super::{answer, facts, lines, policy, rule};
use crate::rules::{Tally, TallyRow};
use crate::texts::Language;

fn two_rules() -> String {
    let frequency = rule("contact-frequency", "min = 1\nperiod = \"year\"\npartial = \"full\"");
    let quota = rule("pairing-quota", "min = 1").replace("\"r\"", "\"Q\"").replace("\"Q\"", "\"q\"");
    format!("{frequency}{quota}")
}

#[test]
fn verdicts_are_sorted_by_rule_subject_item_and_period_as_code_points() {
    let facts = facts(
        "leader l\nleader 李\nleader L\nleader 𬀩\ntalent S\ntalent T\ntalent V\ntalent W
         pairing P9 l S\npairing P10 L T\npairing 丙 李 V\npairing p 𬀩 W",
    );
    let answer = answer(&policy(&two_rules()), &facts, "2016-01-01");
    let order: Vec<String> = answer
        .verdicts
        .iter()
        .map(|verdict| format!("{} {} {}", verdict.rule, verdict.subject.id, verdict.period))
        .collect();
    assert_eq!(
        order,
        [
            "q L ",
            "q l ",
            "q 李 ",
            "q 𬀩 ",
            "r P10 2015",
            "r P10 2016",
            "r P9 2015",
            "r P9 2016",
            "r p 2015",
            "r p 2016",
            "r 丙 2015",
            "r 丙 2016",
        ]
    );
}

#[test]
fn every_rule_has_a_tally_and_expected_leaves_out_the_exempt() {
    let facts = facts(
        "leader L\ntalent S\ntalent T\npairing P L S\npairing Q L T\ncontact P 2015-08-01\nexempt r Q period=2015",
    );
    let tally = |as_of: &str, rule: &str| answer(&policy(&two_rules()), &facts, as_of).tallies[rule];
    let row = TallyRow { expected: 3, tally: Tally { met: 1, late: 0, overdue: 0, pending: 2, exempt: 1 } };
    assert_eq!(tally("2016-05-01", "r"), row);
    assert_eq!(tally("2015-07-20", "q"), TallyRow::default());
}

#[test]
fn an_exemption_names_a_rule_a_subject_and_perhaps_a_period_or_item() {
    let rule = rule("activity-set", "activities = [\"check-up\", \"symposium\"]\nperiod = \"half\"");
    for (exemption, exempt) in [
        ("exempt r U", 2),
        ("exempt r U period=2016-H1", 2),
        ("exempt r U period=check-up", 1),
        ("exempt r U period=2016", 0),
        ("exempt r V", 0),
        ("exempt x U", 0),
    ] {
        let facts = facts(&format!("{exemption}\nservice check-up 2016-02-01 unit=U"));
        let answer = super::evaluate(
            &policy(&rule),
            crate::calendar::Calendar::shipped(),
            &facts,
            super::date("2016-01-01"),
            super::date("2016-06-30"),
        );
        assert_eq!(answer.tallies["r"].tally.exempt, exempt, "{exemption}");
        assert_eq!(answer.tallies["r"].expected, 2 - exempt);
    }
}

#[test]
fn json_has_the_contracts_keys_in_their_order() {
    let facts = facts("leader L\ntalent T\npairing P L T\ncontact P 2016-02-01");
    let answer = answer(
        &policy(&two_rules().replace(
            "clause = \"c\"\nmin = 1\nperiod",
            "clause = \"c\"\nassumed = \"why\"\nmin = 1\nperiod",
        )),
        &facts,
        "2016-12-31",
    );
    assert_eq!(lines(&answer).len(), 3);
    let json = serde_json::to_string(&answer.worded(Language::English)).unwrap();
    let last = r#"{"rule":"r","kind":"contact-frequency","clause":"c","subject":{"type":"pairing","id":"P"},"item":"","period":"2016","start":"2016-01-01","due":"2016-12-31","done":"2016-02-01","required":1,"actual":1,"status":"met","assumed":true,"calendar":"official"}],"#;
    assert!(
        json.starts_with(
            r#"{"policy":"test","as_of":"2016-12-31","from":"2015-01-01","notes":[],"verdicts":[{"rule":"q","#
        ),
        "{json}"
    );
    let tallies = r#""tallies":{"q":{"expected":1,"met":1,"late":0,"overdue":0,"pending":0,"exempt":0},"r":{"expected":2,"met":1,"late":0,"overdue":1,"pending":0,"exempt":0}}}"#;
    assert!(json.ends_with(&format!("{last}{tallies}")), "{json}");
}
