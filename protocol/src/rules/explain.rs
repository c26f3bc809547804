//! Why a verdict is what it is: the steps from its start to its status.
//!
//! It judges once more, with the code that `evaluate` uses, and tells what that code kept.

use super::evaluate::{Judged, judge};
use super::reasons::{Counted, DueReason};
use super::{CalendarBasis, Known, Record, Step, Verdict};
use crate::calendar::{Calendar, DayReason, Listed};
use crate::facts::Facts;
use crate::policy::{Limit, Policy, Rule};
use crate::texts::{Language, Told};
use chrono::{Days, NaiveDate};
use std::fmt;

/// Which verdict is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The rule.
    pub rule: String,
    /// The subject's id.
    pub subject: String,
    /// The item, where the subject has several.
    pub item: Option<String>,
    /// The period, where the subject has several.
    pub period: Option<String>,
}

/// A verdict and the steps that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The verdict, as `evaluate` gives it.
    pub verdict: Verdict,
    /// The steps, to be read in order.
    pub steps: Vec<Step>,
}

/// There is not exactly one such verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexplained {
    /// The policy has no such rule.
    NoRule(String),
    /// The rule gives no such verdict in this window.
    NoVerdict(Asked),
    /// Several fit: the item and the period of each.
    Several(Vec<(String, String)>),
}

/// Explains one verdict of [`evaluate`](super::evaluate).
///
/// # Errors
/// If no verdict fits what is asked, or more than one.
pub fn explain(
    policy: &Policy,
    calendar: &Calendar,
    facts: &Facts,
    from: NaiveDate,
    as_of: NaiveDate,
    asked: &Asked,
) -> Result<Explanation, Unexplained> {
    if !policy.rules.iter().any(|rule| rule.id == asked.rule) {
        return Err(Unexplained::NoRule(asked.rule.clone()));
    }
    asked.the_one(explanations(policy, calendar, facts, from, as_of, asked))
}

/// Explains every verdict that fits what is asked.
#[must_use]
pub fn explanations(
    policy: &Policy,
    calendar: &Calendar,
    facts: &Facts,
    from: NaiveDate,
    as_of: NaiveDate,
    asked: &Asked,
) -> Vec<Explanation> {
    let Some(known) = Known::on(policy, calendar, facts, from, as_of) else { return Vec::new() };
    let rules = policy.rules.iter().filter(|rule| rule.id == asked.rule);
    let explanation =
        |rule, judged: Judged| Explanation { steps: steps(rule, &judged, &known), verdict: judged.verdict };
    let fitting = |rule| judge(rule, &known).filter(|judged| asked.fits(&judged.verdict));
    rules.flat_map(|rule| fitting(rule).map(move |judged| explanation(rule, judged))).collect()
}

impl Asked {
    /// The only one of these explanations.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn the_one(&self, mut fitting: Vec<Explanation>) -> Result<Explanation, Unexplained> {
        if fitting.len() > 1 {
            let each = fitting.into_iter().map(|one| (one.verdict.item, one.verdict.period));
            let mut each: Vec<_> = each.collect();
            each.sort_unstable();
            return Err(Unexplained::Several(each));
        }
        fitting.pop().ok_or_else(|| Unexplained::NoVerdict(self.clone()))
    }

    fn fits(&self, verdict: &Verdict) -> bool {
        let same = |asked: &Option<String>, is: &str| asked.as_deref().is_none_or(|asked| asked == is);
        verdict.subject.id == self.subject
            && same(&self.item, &verdict.item)
            && same(&self.period, &verdict.period)
    }
}

fn steps(rule: &Rule, judged: &Judged, known: &Known<'_>) -> Vec<Step> {
    let Judged { finding, why, verdict } = judged;
    let mut steps = vec![Step::Rule { title: rule.title.clone(), clause: rule.clause.clone() }];
    if let Some(assumed) = &rule.assumed {
        steps.push(Step::Assumed { why: assumed.clone(), keys: rule.assumed_keys.clone() });
    }
    steps.push(Step::Start { on: finding.start, reason: finding.start_reason.clone() });
    steps.push(Step::Limit { reason: finding.due_reason });
    steps.extend(days(known.calendar, finding.start, finding.due_reason, finding.due));
    steps.push(Step::Due { on: finding.due, provisional: verdict.calendar == CalendarBasis::Plain });
    steps.push(Step::Required { required: finding.required, reason: finding.required_reason });
    steps.extend(finding.counted.iter().map(|counted| record(counted, known.facts)));
    steps.push(Step::Status {
        why: why.clone(),
        required: verdict.required,
        actual: verdict.actual,
        as_of: known.as_of,
    });
    steps
}

/// Each day that a limit counts or skips, and each that a due date is moved over.
fn days(calendar: &Calendar, start: NaiveDate, reason: DueReason, due: NaiveDate) -> Vec<Step> {
    let DueReason::Limit { limit, before_roll, .. } = reason else { return Vec::new() };
    let mut steps = Vec::new();
    if matches!(limit, Limit::WorkingDays(_)) {
        let mut number = 0;
        for on in through(start + Days::new(1), before_roll) {
            let day = calendar.reason(on);
            steps.push(if day.is_working_day() {
                number += 1;
                Step::Counted { on, number, notice: notice(&day) }
            } else {
                Step::Skipped { on, notice: notice(&day) }
            });
        }
    }
    if before_roll < due {
        let moved_over = through(before_roll, due - Days::new(1));
        steps.extend(moved_over.map(|on| Step::Skipped { on, notice: notice(&calendar.reason(on)) }));
        steps.push(Step::Rolled { from: before_roll, to: due });
    }
    steps
}

fn through(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |day| *day <= last)
}

fn notice(day: &DayReason<'_>) -> Option<Listed> {
    match day {
        DayReason::Notice(listed) => Some((*listed).clone()),
        DayReason::Weekday | DayReason::Weekend => None,
    }
}

fn record(counted: &Counted, facts: &Facts) -> Step {
    let Counted { record, place, on } = *counted;
    // Places come from walking these very lists.
    let id = match record {
        Record::Talent => &facts.talents[place].id,
        Record::Pairing => &facts.pairings[place].id,
        Record::Contact => &facts.contacts[place].id,
        Record::Case => &facts.cases[place].id,
        Record::Event => &facts.events[place].id,
        Record::Service => &facts.services[place].id,
        Record::Report => &facts.reports[place].id,
        Record::Liaison => &facts.liaisons[place].unit,
        Record::Review => &facts.reviews[place].unit,
    };
    Step::Record { record, id: id.clone(), on }
}

impl Told for Unexplained {
    fn key(&self) -> &'static str {
        match self {
            Self::NoRule(_) => "explain-no-rule",
            Self::NoVerdict(_) => "explain-no-verdict",
            Self::Several(_) => "explain-several",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoRule(rule) => vec![("rule", rule.clone())],
            Self::NoVerdict(asked) => vec![("rule", asked.rule.clone()), ("subject", asked.subject.clone())],
            Self::Several(fitting) => {
                let each: Vec<String> = fitting
                    .iter()
                    .map(|(item, period)| format!("\n  --item '{item}' --period '{period}'"))
                    .collect();
                vec![("fitting", each.concat())]
            }
        }
    }
}

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for Unexplained {}
