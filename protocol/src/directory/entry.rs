//! One unit with its dated attributes.

use crate::month::Month;
use crate::unit::{Level, UnitId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is true of a unit over a span of days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// The code in use, 12 digits or a member's; may differ from the id after a code change.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it stands.
    pub level: Level,
    /// The office above it; none at the top.
    pub parent: Option<UnitId>,
}

/// A span of days and what is true in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day; none: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day; none: open.
    pub to: Option<NaiveDate>,
    /// What is true.
    pub attributes: Attributes,
}

impl Span {
    /// Whether the day lies in it.
    #[must_use]
    pub fn has(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// A unit of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The code under which it first entered the directory.
    pub id: UnitId,
    /// Spans in order of time, not overlapping.
    pub spans: Vec<Span>,
    /// Who took over from a merged or split unit, named by a person.
    pub successors: Vec<UnitId>,
}

impl Entry {
    /// A unit that always was and still is.
    #[must_use]
    pub fn always(id: UnitId, name: &str, level: Level, parent: Option<UnitId>) -> Self {
        let code = id.as_str().to_owned();
        let attributes = Attributes { code, name: name.to_owned(), level, parent };
        Self { id, spans: vec![Span { from: None, to: None, attributes }], successors: Vec::new() }
    }

    /// What is true on that day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Attributes> {
        self.spans.iter().find(|span| span.has(day)).map(|span| &span.attributes)
    }

    /// What was true last: of the newest span, whether it still runs or not.
    #[must_use]
    pub fn latest(&self) -> Option<&Attributes> {
        self.spans.last().map(|span| &span.attributes)
    }

    /// The last day in `month` on which the unit exists.
    #[must_use]
    pub fn last_day_in(&self, month: Month) -> Option<NaiveDate> {
        let (first, last) = (month.first_day(), month.last_day());
        self.spans
            .iter()
            .rev()
            .filter(|span| span.from.is_none_or(|from| from <= last))
            .map(|span| span.to.map_or(last, |to| to.min(last)))
            .next()
            .filter(|day| *day >= first)
    }

    /// Every unit that was ever its parent.
    pub fn parents(&self) -> impl Iterator<Item = &UnitId> {
        self.spans.iter().filter_map(|span| span.attributes.parent.as_ref())
    }

    /// From `day` on other attributes hold. A change on the first day of a span replaces it.
    pub fn change(&mut self, day: NaiveDate, attributes: Attributes) {
        self.end_before(day);
        self.spans.push(Span { from: Some(day), to: None, attributes });
    }

    /// The unit is closed from `day` on.
    pub fn end_before(&mut self, day: NaiveDate) {
        self.spans.retain(|span| span.from.is_none_or(|from| from < day));
        if let Some(span) = self.spans.last_mut()
            && span.to.is_none_or(|to| to >= day)
        {
            span.to = day.pred_opt();
        }
    }
}
