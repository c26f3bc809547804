//! The rule engine: one file a rule kind (policy-format, sections 2 to 5 and 8).
//!
//! A kind *finds* duties, each with its dates, what counted and why (`judging::Finding`); `judging` decides whether a
//! verdict is given and which; `evaluate` walks the rules. `known` is what they all look at: the facts as of a day.
//! Shared ideas: `span` and `period` (runs of days), `partial` (a share of a period), `limit` (due dates), `festival`,
//! `units` (who is asked), `reasons` (why). `explain`
//! judges again by the same code and tells the reasons as `step`s.

mod answer;
mod evaluate;
mod explain;
mod festival;
mod judging;
mod known;
mod limit;
mod partial;
mod period;
mod reasons;
mod span;
mod step;
mod units;
mod verdict;

mod activity_set;
mod case_deadline;
mod category_coverage;
mod contact_frequency;
mod event_report;
mod liaison_named;
mod occasion_visit;
mod pairing_handover;
mod pairing_quota;
mod pairing_term;
mod report_due;
mod roster_review;
mod service_frequency;

pub use answer::{Answer, Note, TallyRow, WordedAnswer};
pub use evaluate::{default_from, evaluate};
pub use explain::{Asked, Explanation, Unexplained, explain, explanations};
pub use reasons::{DueReason, Record, RequiredReason, StartReason, Why};
pub use span::Span;
pub use step::Step;
pub use verdict::{CalendarBasis, Status, Subject, SubjectType, Tally, Verdict};

use known::Known;

#[cfg(test)]
mod tests;
