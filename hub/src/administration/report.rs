//! `report` over the socket: what is asked travels as it was typed, what is shown as it is printed.

use super::Reply;
use crate::report::{By, UnitFigures, listing};
use chrono::NaiveDate;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use zhuji_protocol::console::{Failure, Format};
use zhuji_protocol::month::Period;
use zhuji_protocol::texts::Language;
use zhuji_protocol::unit::UnitId;

/// A report that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRequest {
    /// Of whom.
    pub unit: UnitId,
    /// How many levels below.
    pub depth: usize,
    /// `2026`, `2026-H1`, `2026-Q3` or `2026-04`.
    pub period: String,
    /// What a row is, as the option is written.
    pub by: String,
    /// How it is printed, as the option is written.
    pub format: String,
    /// The day that it is.
    pub today: NaiveDate,
}

/// An option as it is written.
#[must_use]
pub fn written<T: ValueEnum>(option: &T) -> String {
    option.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl ReportRequest {
    /// The period.
    ///
    /// # Errors
    /// It is none.
    pub fn period(&self) -> Result<Period, Failure> {
        self.period.parse().map_err(Failure::told)
    }

    /// The report, printed.
    ///
    /// # Errors
    /// It cannot be printed.
    pub fn printed(&self, figures: &[UnitFigures], language: Language) -> Result<Reply, Failure> {
        // An option of a newer program is shown as this one shows by default.
        let by = By::from_str(&self.by, false).unwrap_or_default();
        let format = Format::from_str(&self.format, false).unwrap_or_default();
        let mut bytes = Vec::new();
        listing(figures, by, self.today, language).write(&mut bytes, format, language)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(Reply::Done(vec![text.strip_suffix('\n').unwrap_or(&text).to_owned()]))
    }
}
