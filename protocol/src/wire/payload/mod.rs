//! The bodies of items, one structure a kind and version; plain conversions join them to the domain's types.
//!
//! Up: [`SummaryV1`], [`ReportingV1`], [`AnchorV1`]. Down, inside their writer's proof: [`DirectoryEntryV1`],
//! [`PolicyV1`], [`AssignmentV1`], [`CalendarV1`]; proved by their batch alone: [`AsideV1`].

mod anchor;
mod aside;
mod directory;
mod policy;
mod reporting;
mod summary;

pub use anchor::{AnchorV1, ChainPointV1};
pub use aside::AsideV1;
pub use directory::{AttributesV1, DirectoryEntryV1, SpanV1};
pub use policy::{AssignmentV1, CalendarV1, PolicyV1};
pub use reporting::{OwnReportV1, ReportingV1};
pub use summary::{FiguresV1, SummaryV1, TallyV1};

use super::codec::CodecFault;
use super::told_error;
use crate::texts::Told;
use chrono::{Datelike, NaiveDate};

/// Why a body that decodes is refused all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadFault {
    /// The bytes are no such structure.
    Codec(CodecFault),
    /// Keys are not in strictly ascending order, so that one value could be written in two ways.
    Order,
    /// A figure is larger than can be counted.
    Figure,
    /// What is zero has no entry, or one value could be written in two ways.
    Zero,
    /// A number that is no date of 1900–2199.
    Date,
    /// A word that names nothing: a level, a text that is too long.
    Word,
}

impl From<CodecFault> for PayloadFault {
    fn from(fault: CodecFault) -> Self {
        Self::Codec(fault)
    }
}

impl Told for PayloadFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Codec(fault) => fault.key(),
            Self::Order => "payload-order",
            Self::Figure => "payload-figure",
            Self::Zero => "payload-zero",
            Self::Date => "payload-date",
            Self::Word => "payload-word",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Codec(fault) => fault.args(),
            _ => Vec::new(),
        }
    }
}

told_error!(PayloadFault);

/// A date as days of the common era.
fn day_number(date: NaiveDate) -> i32 {
    date.num_days_from_ce()
}

fn date_of(number: i32) -> Result<NaiveDate, PayloadFault> {
    NaiveDate::from_num_days_from_ce_opt(number)
        .filter(|date| (1900..2200).contains(&date.year()))
        .ok_or(PayloadFault::Date)
}

fn maybe_date_of(number: Option<i32>) -> Result<Option<NaiveDate>, PayloadFault> {
    number.map(date_of).transpose()
}

fn ascending<K: Ord>(keys: impl Iterator<Item = K>) -> Result<(), PayloadFault> {
    let mut before: Option<K> = None;
    for key in keys {
        if before.as_ref().is_some_and(|before| *before >= key) {
            return Err(PayloadFault::Order);
        }
        before = Some(key);
    }
    Ok(())
}
