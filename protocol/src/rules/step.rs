//! One step of an explanation, and which words tell it.

use super::{DueReason, Record, RequiredReason, StartReason, Why};
use crate::calendar::Listed;
use crate::policy::{CaseStep, Limit, Partial};
use crate::texts::Told;
use chrono::{Datelike, NaiveDate};

/// One step from a rule to a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The rule that asks.
    Rule {
        /// Its title.
        title: String,
        /// Its clause.
        clause: String,
    },
    /// A figure of the rule that the document does not give.
    Assumed {
        /// Why it was chosen.
        why: String,
        /// Which parameters, if they are named.
        keys: Vec<String>,
    },
    /// The day from which the duty runs.
    Start {
        /// The day.
        on: NaiveDate,
        /// Why that day.
        reason: StartReason,
    },
    /// What sets the due date.
    Limit {
        /// What.
        reason: DueReason,
    },
    /// A working day that the limit counts.
    Counted {
        /// The day.
        on: NaiveDate,
        /// The how many-th.
        number: u32,
        /// The notice that makes it a working day; an ordinary weekday has none.
        notice: Option<Listed>,
    },
    /// A day off that is passed over.
    Skipped {
        /// The day.
        on: NaiveDate,
        /// The notice that makes it a day off; an ordinary weekend has none.
        notice: Option<Listed>,
    },
    /// The due date moved to the next working day.
    Rolled {
        /// From a day off.
        from: NaiveDate,
        /// To a working day.
        to: NaiveDate,
    },
    /// The due date.
    Due {
        /// The day.
        on: NaiveDate,
        /// The notice of some year on the way is not there: the date may move.
        provisional: bool,
    },
    /// How many are asked.
    Required {
        /// The number.
        required: u32,
        /// Why that number.
        reason: RequiredReason,
    },
    /// A record that counted.
    Record {
        /// Its list.
        record: Record,
        /// Its id; of liaisons and reviews, the unit.
        id: String,
        /// The date that counts.
        on: NaiveDate,
    },
    /// The status, and why.
    Status {
        /// Why.
        why: Why,
        /// How many were asked.
        required: u32,
        /// How many counted.
        actual: u32,
        /// The day on which it is judged.
        as_of: NaiveDate,
    },
}

impl Step {
    /// What kind of step it is, for programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Assumed { .. } => "assumed",
            Self::Start { .. } => "start",
            Self::Limit { .. } => "limit",
            Self::Counted { .. } => "counted",
            Self::Skipped { .. } => "skipped",
            Self::Rolled { .. } => "rolled",
            Self::Due { .. } => "due",
            Self::Required { .. } => "required",
            Self::Record { .. } => "record",
            Self::Status { .. } => "status",
        }
    }

    /// The day that the step is about.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Start { on, .. }
            | Self::Counted { on, .. }
            | Self::Skipped { on, .. }
            | Self::Rolled { to: on, .. }
            | Self::Due { on, .. }
            | Self::Record { on, .. } => Some(*on),
            Self::Rule { .. }
            | Self::Assumed { .. }
            | Self::Limit { .. }
            | Self::Required { .. }
            | Self::Status { .. } => None,
        }
    }
}

impl Told for Step {
    fn key(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "step-rule",
            Self::Assumed { keys, .. } if keys.is_empty() => "step-assumed",
            Self::Assumed { .. } => "step-assumed-keys",
            Self::Start { reason, .. } => start_key(reason),
            Self::Limit { reason } => limit_key(*reason),
            Self::Counted { notice: Some(_), .. } => "step-counted-notice",
            Self::Counted { notice: None, .. } => "step-counted",
            Self::Skipped { notice: Some(_), .. } => "step-skipped-notice",
            Self::Skipped { notice: None, .. } => "step-skipped",
            Self::Rolled { .. } => "step-rolled",
            Self::Due { provisional: false, .. } => "step-due",
            Self::Due { provisional: true, .. } => "step-due-provisional",
            Self::Required { reason, .. } => required_key(*reason),
            Self::Record { .. } => "step-record",
            Self::Status { why, .. } => status_key(why),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Rule { title, clause } => vec![("title", title.clone()), ("clause", clause.clone())],
            Self::Assumed { why, keys } => vec![("why", why.clone()), ("keys", keys.join(", "))],
            Self::Start { on, reason } => with("on", on, start_args(reason)),
            Self::Limit { reason } => limit_args(*reason),
            Self::Counted { on, number, notice } => with("number", number, day_args(*on, notice.as_ref())),
            Self::Skipped { on, notice } => day_args(*on, notice.as_ref()),
            Self::Rolled { from, to } => vec![("from", from.to_string()), ("to", to.to_string())],
            Self::Due { on, .. } => vec![("on", on.to_string())],
            Self::Required { required, reason } => with("required", required, required_args(*reason)),
            Self::Record { record, id, on } => {
                vec![("record", record.word().to_owned()), ("id", id.clone()), ("on", on.to_string())]
            }
            Self::Status { why, required, actual, as_of } => {
                let mut args = why_args(why);
                args.push(("status", why.status().word().to_owned()));
                args.push(("required", required.to_string()));
                args.push(("actual", actual.to_string()));
                args.push(("as-of", as_of.to_string()));
                args
            }
        }
    }
}

type Args = Vec<(&'static str, String)>;

fn with(name: &'static str, value: &impl ToString, mut args: Args) -> Args {
    args.push((name, value.to_string()));
    args
}

fn start_key(reason: &StartReason) -> &'static str {
    match reason {
        StartReason::Effective => "step-start-effective",
        StartReason::TakenUp { .. } => "step-start-taken-up",
        StartReason::FirstActiveDay => "step-start-active",
        StartReason::FirstDayInForce => "step-start-in-force",
        StartReason::Occasion { .. } => "step-start-occasion",
        StartReason::Step(_) => "step-start-case",
        StartReason::Happened => "step-start-happened",
        StartReason::Anniversary { common: false, .. } => "step-start-anniversary",
        StartReason::Anniversary { common: true, .. } => "step-start-cycle",
        StartReason::LeaderLeft { .. } => "step-start-leader-left",
    }
}

fn start_args(reason: &StartReason) -> Args {
    match reason {
        StartReason::TakenUp { from, effective } => {
            vec![("from", from.to_string()), ("effective", effective.to_string())]
        }
        StartReason::Occasion { on, before_days } => {
            vec![("occasion", on.to_string()), ("days", before_days.to_string())]
        }
        StartReason::Step(step) => vec![("step", step_word(*step).to_owned())],
        StartReason::Anniversary { base, years, on, .. } => {
            vec![("base", base.to_string()), ("years", years.to_string()), ("anniversary", on.to_string())]
        }
        StartReason::LeaderLeft { to } => vec![("to", to.to_string())],
        StartReason::Effective
        | StartReason::FirstActiveDay
        | StartReason::FirstDayInForce
        | StartReason::Happened => Vec::new(),
    }
}

fn step_word(step: CaseStep) -> &'static str {
    match step {
        CaseStep::Received => "received",
        CaseStep::Accepted => "accepted",
        CaseStep::Dispatched => "dispatched",
        CaseStep::Delivered => "delivered",
        CaseStep::Answered => "answered",
        CaseStep::FedBack => "fed-back",
    }
}

fn limit_key(reason: DueReason) -> &'static str {
    match reason {
        DueReason::Days(_) => "step-limit-grace",
        DueReason::PeriodEnd => "step-limit-period-end",
        DueReason::LastActiveDay => "step-limit-last-active",
        DueReason::AfterOccasion(days) if days < 0 => "step-limit-before-occasion",
        DueReason::AfterOccasion(_) => "step-limit-occasion",
        DueReason::Limit { limit: Limit::WorkingDays(_), .. } => "step-limit-working-days",
        DueReason::Limit { limit: Limit::Days(_), .. } => "step-limit-days",
        DueReason::Limit { limit: Limit::Months(_), .. } => "step-limit-months",
        DueReason::AfterPeriod(_) => "step-limit-after-period",
        DueReason::MonthDay => "step-limit-month-day",
        DueReason::Named => "step-limit-named",
        DueReason::AfterAnniversary(_) => "step-limit-anniversary",
        DueReason::AfterLeaderLeft(_) => "step-limit-leader-left",
    }
}

fn limit_args(reason: DueReason) -> Args {
    match reason {
        DueReason::AfterOccasion(days) => vec![("count", days.unsigned_abs().to_string())],
        DueReason::Days(count)
        | DueReason::AfterPeriod(count)
        | DueReason::AfterAnniversary(count)
        | DueReason::AfterLeaderLeft(count) => vec![("count", count.to_string())],
        DueReason::Limit { limit, before_roll, .. } => {
            let (Limit::WorkingDays(count) | Limit::Days(count) | Limit::Months(count)) = limit;
            vec![("count", count.to_string()), ("on", before_roll.to_string())]
        }
        DueReason::PeriodEnd | DueReason::LastActiveDay | DueReason::MonthDay | DueReason::Named => {
            Vec::new()
        }
    }
}

fn day_args(on: NaiveDate, notice: Option<&Listed>) -> Args {
    let mut args = vec![("on", on.to_string()), ("weekday", on.weekday().to_string().to_lowercase())];
    if let Some(listed) = notice {
        args.push(("year", listed.notice.to_string()));
        args.push(("holiday", listed.holidays.join("、")));
    }
    args
}

fn required_key(reason: RequiredReason) -> &'static str {
    match reason {
        RequiredReason::One => "step-required-one",
        RequiredReason::AtLeast(_) => "step-required-at-least",
        RequiredReason::Between(_, _) => "step-required-between",
        RequiredReason::Share { active_days, days, .. } if active_days == days => "step-required-whole",
        RequiredReason::Share { partial: Partial::Prorate, .. } => "step-required-share",
        RequiredReason::Share { .. } => "step-required-full",
    }
}

fn required_args(reason: RequiredReason) -> Args {
    match reason {
        RequiredReason::One => Vec::new(),
        RequiredReason::AtLeast(min) => vec![("min", min.to_string())],
        RequiredReason::Between(min, max) => vec![("min", min.to_string()), ("max", max.to_string())],
        RequiredReason::Share { min, active_days, days, .. } => vec![
            ("min", min.to_string()),
            ("active", active_days.to_string()),
            ("days", days.to_string()),
            ("exact", format!("{:.2}", f64::from(min) * f64::from(active_days) / f64::from(days))),
        ],
    }
}

fn status_key(why: &Why) -> &'static str {
    match why {
        Why::Exempt { .. } => "step-status-exempt",
        Why::Holds => "step-status-holds",
        Why::InTime { .. } => "step-status-in-time",
        Why::AfterDue { .. } => "step-status-after-due",
        Why::NotYetDue => "step-status-not-yet-due",
        Why::Aim => "step-status-aim",
        Why::PastDue => "step-status-past-due",
    }
}

fn why_args(why: &Why) -> Args {
    match why {
        Why::Exempt { reason } => vec![("reason", reason.clone())],
        Why::InTime { done } | Why::AfterDue { done } => vec![("done", done.to_string())],
        Why::Holds | Why::NotYetDue | Why::Aim | Why::PastDue => Vec::new(),
    }
}
