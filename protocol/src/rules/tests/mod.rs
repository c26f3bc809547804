//! Every rule kind at its edges: a rule, some facts, and the verdicts as lines to be checked by eye.

mod answers;
mod cases;
mod contacts;
mod explanations;
mod occasions;
mod pairings;
mod properties;
mod reports;
mod services;
mod standing;
mod worlds;
mod written;

use super::{Answer, default_from, evaluate};
use crate::calendar::Calendar;
use crate::facts::Facts;
use crate::policy::{self, Policy, Source};
use chrono::NaiveDate;
pub(super) use written::facts;

/// A policy in force from 2015-07-21 with these rules.
pub(super) fn policy(rules: &str) -> Policy {
    policy_with("effective = 2015-07-21", rules)
}

/// A policy with these dates and rules.
pub(super) fn policy_with(dates: &str, rules: &str) -> Policy {
    let text = format!(
        r#"
[policy]
id = "test"
title = "制度"
unit = "U"
{dates}
[vocabulary]
groups = {{ a = "甲", b = "乙" }}
categories = {{ x = "子", y = "丑" }}
modes = {{ visit = "走访", talk = "约谈", phone = "电话" }}
visiting = ["visit", "talk"]
activities = {{ check-up = "体检", symposium = "座谈" }}
events = {{ award = "获奖", illness = "患病" }}
case-classes = {{ urgent = "急", plain = "一般" }}
festivals = {{ new-year = "holiday:元旦", teachers = "09-10", leap = "02-29" }}
[[form]]
id = "list"
title = "名单"
clause = "附件"
per = "talent"
columns = ["talent.name"]
{rules}
"#
    );
    let source = Source { file: "test.toml".to_owned(), bytes: text.into_bytes() };
    policy::parse(&source, &policy::Alone, Calendar::shipped()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A `[[rule]]` of this kind with these parameters.
pub(super) fn rule(kind: &str, parameters: &str) -> String {
    format!("[[rule]]\nid = \"r\"\nkind = \"{kind}\"\ntitle = \"t\"\nclause = \"c\"\n{parameters}\n")
}

/// A date.
pub(super) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The answer on a day, with the usual window.
pub(super) fn answer(policy: &Policy, facts: &Facts, as_of: &str) -> Answer {
    evaluate(policy, Calendar::shipped(), facts, default_from(date(as_of)), date(as_of))
}

/// The verdicts as lines: subject, item, period, start..due, done, actual/required, status; `~` marks `plain`.
pub(super) fn lines(answer: &Answer) -> Vec<String> {
    let line = |verdict: &super::Verdict| {
        let mut words = vec![verdict.subject.id.clone(), verdict.item.clone(), verdict.period.clone()];
        words.retain(|word| !word.is_empty());
        words.push(format!("{}..{}", verdict.start, verdict.due));
        words.extend(verdict.done.map(|done| format!("done {done}")));
        words.push(format!("{}/{}", verdict.actual, verdict.required));
        words.push(verdict.status.word().to_owned());
        if verdict.calendar == super::CalendarBasis::Plain {
            words.push("~".to_owned());
        }
        words.join(" ")
    };
    answer.verdicts.iter().map(line).collect()
}

/// The lines of one rule's verdicts.
pub(super) fn judged(rule: &str, facts: &Facts, as_of: &str) -> Vec<String> {
    lines(&answer(&policy(rule), facts, as_of))
}

/// The lines of one rule's verdicts within a window.
pub(super) fn judged_from(rule: &str, facts: &Facts, from: &str, as_of: &str) -> Vec<String> {
    lines(&evaluate(&policy(rule), Calendar::shipped(), facts, date(from), date(as_of)))
}
