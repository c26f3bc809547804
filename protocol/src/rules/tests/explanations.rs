//! Explanations: the steps of a verdict, in words.

use super::{date, facts, policy, rule};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::rules::{Asked, Explanation, Unexplained, default_from, explain};
use crate::texts::{Language, Told};

fn explained(rule: &str, facts: &Facts, subject: &str, as_of: &str) -> Result<Explanation, Unexplained> {
    let asked = Asked { rule: "r".into(), subject: subject.into(), item: None, period: None };
    let as_of = date(as_of);
    explain(&policy(rule), Calendar::shipped(), facts, default_from(as_of), as_of, &asked)
}

fn told(explanation: &Explanation, language: Language) -> Vec<String> {
    explanation.steps.iter().map(|step| step.tell(language)).collect()
}

#[test]
fn a_deadline_tells_each_day_it_counts_or_skips_and_the_notice() {
    let rule = rule("case-deadline", "from = \"received\"\nto = \"answered\"\nworking_days = 2");
    let facts = facts("case C 2018-12-28 answered=2019-01-02");
    let explanation = explained(&rule, &facts, "C", "2019-01-10").unwrap();
    assert_eq!(
        told(&explanation, Language::English),
        [
            "t (c)",
            "runs from 2018-12-28, when it was received",
            "limit: working day 2 after the start, which is not counted",
            "2018-12-29 (Saturday) is working day 1: a working day by the notice of 2019 (元旦)",
            "2018-12-30 (Sunday) is not counted: a day off by the notice of 2019 (元旦)",
            "2018-12-31 (Monday) is not counted: a day off by the notice of 2019 (元旦)",
            "2019-01-01 (Tuesday) is not counted: a day off by the notice of 2019 (元旦)",
            "2019-01-02 (Wednesday) is working day 2",
            "due 2019-01-02",
            "one is asked",
            "counted: step of case C, 2019-01-02",
            "met: done 2019-01-02",
        ]
    );
    assert_eq!(told(&explanation, Language::Chinese)[1], "自 2018-12-28 起算：这一天收到");
}

#[test]
fn a_rolled_date_tells_the_days_it_passes_and_that_it_may_move() {
    let rule = rule("event-report", "days = 4\nroll = \"next-working-day\"");
    let explanation = explained(&rule, &facts("event E T award 2026-12-29"), "E", "2026-12-30").unwrap();
    let told = told(&explanation, Language::Chinese);
    assert_eq!(
        told[2..7],
        [
            "期限：起算日之后 4 天，即 2027-01-02",
            "2027-01-02（星期六）周末，不计",
            "2027-01-03（星期日）周末，不计",
            "2027-01-02 不是工作日，顺延至 2027-01-04",
            "到期日 2027-01-04（暂定：所涉年份尚无放假通知，通知发布后重新计算）",
        ]
    );
}

#[test]
fn a_share_is_told_with_its_arithmetic_and_an_exemption_with_its_reason() {
    let rule = rule("contact-frequency", "min = 4\nperiod = \"year\"");
    let written = "leader L\ntalent T to=2016-06-30\npairing P L T from=2016-01-01\ncontact P 2016-03-01";
    let explanation = explained(&rule, &facts(written), "P", "2016-12-31").unwrap();
    assert_eq!(
        told(&explanation, Language::English)[3..],
        [
            "due 2016-06-30",
            "2 asked: 4 × 182 ÷ 366 = 1.99, rounded half up",
            "counted: contact 3, 2016-03-01",
            "overdue: as of 2016-12-31, 2 asked, 1 counted",
        ]
    );
    let exempt = explained(&rule, &facts(&format!("{written}\nexempt r P")), "P", "2016-12-31").unwrap();
    assert_eq!(told(&exempt, Language::Chinese).last().unwrap(), "免予考核：故");
}

#[test]
fn what_does_not_name_one_verdict_is_told() {
    let rule = rule("contact-frequency", "min = 1\nperiod = \"half\"\npartial = \"full\"");
    let facts = facts("leader L\ntalent T\npairing P L T");
    let several = explained(&rule, &facts, "P", "2016-12-31").unwrap_err();
    let periods = ["2015-H2", "2016-H1", "2016-H2"].map(|period| (String::new(), period.to_owned()));
    assert_eq!(several, Unexplained::Several(periods.to_vec()));
    assert!(several.to_string().contains("--period '2016-H2'"), "{several}");
    assert!(matches!(explained(&rule, &facts, "X", "2016-12-31"), Err(Unexplained::NoVerdict(_))));
    assert!(matches!(explained(&rule, &facts, "P", "2010-12-31"), Err(Unexplained::NoVerdict(_))));
    assert!(matches!(
        explained(&rule.replace("\"r\"", "\"other\""), &facts, "P", "2016-12-31"),
        Err(Unexplained::NoRule(_))
    ));
}

/// Every step of every kind has words in both languages: an unfilled place or a missing key would show.
#[test]
fn every_step_is_told_in_both_languages() {
    let facts = facts(
        "leader L to=2016-05-31 unit=U\nleader M\ntalent T categories=x unit=U\npairing P L T\npairing Q M T from=2016-06-10
         contact P 2016-03-01 mode=visit\ncase C 2016-01-01\nevent E T award 2016-05-01\nliaison U\nreview U 2016-03-01
         service check-up 2016-03-01 unit=U talents=T\nreport U period=2016 on=2016-03-01\nexempt r E",
    );
    for (kind, parameters) in [
        ("pairing-quota", "min = 1\nmax = 2"),
        ("pairing-quota", "min = 1"),
        ("contact-frequency", "min = 4\nperiod = \"year\""),
        ("contact-frequency", "min = 4\nperiod = \"year\"\npartial = \"full\""),
        ("occasion-visit", "events = [\"award\"]\nwithin_days = 10"),
        ("occasion-visit", "events = [\"award\"]\nbefore_days = 10\nwithin_days = -1"),
        ("activity-set", "activities = [\"check-up\"]\nperiod = \"year\""),
        ("service-frequency", "activity = \"check-up\"\nperiod = \"once\"\ndays = 10\nper = \"talent\""),
        ("case-deadline", "from = \"received\"\nto = \"answered\"\nmonths = 1\nassumed = \"w\""),
        ("event-report", "working_days = 2\nassumed = \"w\"\nassumed_keys = [\"working_days\"]"),
        ("report-due", "form = \"list\"\ncadence = \"year\"\ndue = \"+1d\""),
        ("report-due", "form = \"list\"\ncadence = \"year\"\ndue = \"12-01\""),
        ("report-due", "form = \"list\"\ncadence = \"once\"\ndue = \"2016-12-01\""),
        ("pairing-term", "years = 1"),
        ("pairing-term", "years = 1\ncycle_from = 2015-07-21"),
        ("pairing-handover", "days = 30\nsuccessor = true"),
        ("liaison-named", ""),
        ("roster-review", "period = \"year\""),
        ("category-coverage", "categories = [\"x\", \"y\"]\naim = true"),
    ] {
        let policy = policy(&rule(kind, parameters));
        let (from, as_of) = (date("2016-01-01"), date("2017-06-01"));
        let answer = super::evaluate(&policy, Calendar::shipped(), &facts, from, as_of);
        assert!(!answer.verdicts.is_empty(), "{kind} {parameters} asks nothing");
        for verdict in &answer.verdicts {
            let asked = Asked {
                rule: "r".into(),
                subject: verdict.subject.id.clone(),
                item: Some(verdict.item.clone()),
                period: Some(verdict.period.clone()),
            };
            let explanation = explain(&policy, Calendar::shipped(), &facts, from, as_of, &asked).unwrap();
            assert_eq!(&explanation.verdict, verdict);
            for language in [Language::Chinese, Language::English] {
                for words in told(&explanation, language) {
                    assert!(
                        !words.contains("{$") && !words.contains("{ $") && !words.starts_with("step-"),
                        "{words}"
                    );
                }
            }
        }
    }
}
