//! The rule engine: one file a rule kind (policy-format, sections 2 to 5 and 8).

mod verdict;

pub use verdict::{Answer, CalendarBasis, Status, Subject, SubjectType, Tally, TallyRow, Verdict};
