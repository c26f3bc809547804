//! Why a duty starts, falls due and asks as much as it does: what a rule knows beside the dates.
//!
//! The rules keep these while they judge, so that an explanation cannot differ from the verdict.

use super::Status;
use crate::policy::{CaseStep, Limit, Partial, Roll};
use chrono::NaiveDate;

/// Why a duty starts when it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartReason {
    /// The policy takes effect.
    Effective,
    /// The later of the subject's own `from` and the policy's `effective`.
    TakenUp {
        /// The subject's own `from`.
        from: NaiveDate,
        /// The policy's first day in force.
        effective: NaiveDate,
    },
    /// The first day of the period in force on which the subject is active.
    FirstActiveDay,
    /// The first day of the period in force.
    FirstDayInForce,
    /// So many days before an occasion.
    Occasion {
        /// The day of the festival or event.
        on: NaiveDate,
        /// Days before it.
        before_days: u32,
    },
    /// A case reached a step.
    Step(CaseStep),
    /// An event happened.
    Happened,
    /// 180 days before an anniversary.
    Anniversary {
        /// The pairing's own `from`, or the policy's common first day.
        base: NaiveDate,
        /// Whether the base is the policy's `cycle_from`.
        common: bool,
        /// Whole years since the base.
        years: u32,
        /// The anniversary.
        on: NaiveDate,
    },
    /// The day after the leader left.
    LeaderLeft {
        /// The leader's last day.
        to: NaiveDate,
    },
}

/// Why a duty falls due when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueReason {
    /// So many days after the start.
    Days(u32),
    /// The last day of the period.
    PeriodEnd,
    /// The last day of the period on which the subject is active.
    LastActiveDay,
    /// So many days after the occasion.
    AfterOccasion(i32),
    /// A limit after the start.
    Limit {
        /// The limit.
        limit: Limit,
        /// Whether a day off moves it.
        roll: Roll,
        /// The date before it was moved.
        before_roll: NaiveDate,
    },
    /// Days after the period's last day.
    AfterPeriod(u32),
    /// A month and day that the rule names.
    MonthDay,
    /// A date that the rule names.
    Named,
    /// Days after the anniversary.
    AfterAnniversary(u32),
    /// Days after the leader's last day.
    AfterLeaderLeft(u32),
}

/// Why so many are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredReason {
    /// One act.
    One,
    /// As many as the rule says, at least one.
    AtLeast(u32),
    /// Not fewer and not more than the rule says.
    Between(u32, u32),
    /// A share of what the rule says, or all of it although the period is partly active.
    Share {
        /// The rule's number for a whole period.
        min: u32,
        /// Days in force on which the subject is active.
        active_days: u32,
        /// Days of the period.
        days: u32,
        /// How the rule treats partial periods.
        partial: Partial,
    },
}

/// Why a verdict has its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// An exemption is recorded.
    Exempt {
        /// Its reason.
        reason: String,
    },
    /// What is asked stands on the day.
    Holds,
    /// Done by the due date.
    InTime {
        /// When.
        done: NaiveDate,
    },
    /// Done after the due date.
    AfterDue {
        /// When.
        done: NaiveDate,
    },
    /// Not done, not yet due.
    NotYetDue,
    /// Not reached, but only aimed at.
    Aim,
    /// Not done, and the due date is past.
    PastDue,
}

impl Why {
    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Exempt { .. } => Status::Exempt,
            Self::Holds | Self::InTime { .. } => Status::Met,
            Self::AfterDue { .. } => Status::Late,
            Self::NotYetDue | Self::Aim => Status::Pending,
            Self::PastDue => Status::Overdue,
        }
    }
}

/// A list of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum Record {
    Talent,
    Pairing,
    Contact,
    Case,
    Event,
    Service,
    Report,
    Liaison,
    Review,
}

impl Record {
    /// The word for programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Talent => "talent",
            Self::Pairing => "pairing",
            Self::Contact => "contact",
            Self::Case => "case",
            Self::Event => "event",
            Self::Service => "service",
            Self::Report => "report",
            Self::Liaison => "liaison",
            Self::Review => "review",
        }
    }
}

/// A record that counted, by its place in the list of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub record: Record,
    pub place: usize,
    pub on: NaiveDate,
}
