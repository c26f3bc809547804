//! How dates and lists stand in columns.

use chrono::NaiveDate;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};

/// A date that must be there.
pub(super) fn date(row: &Row<'_>, column: &str) -> Result<NaiveDate> {
    optional_date(row, column)?.ok_or_else(|| Error::InvalidColumnType(0, column.to_owned(), Type::Null))
}

/// A date that may be missing.
pub(super) fn optional_date(row: &Row<'_>, column: &str) -> Result<Option<NaiveDate>> {
    match row.get_ref(column)?.as_str_or_null().map_err(Error::from)? {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))),
    }
}

/// A list of words.
pub(super) fn list(row: &Row<'_>, column: &str) -> Result<Vec<String>> {
    let text = row.get_ref(column)?.as_str().map_err(Error::from)?;
    Ok(text.split(';').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// A list of dates.
pub(super) fn dates(row: &Row<'_>, column: &str) -> Result<Vec<NaiveDate>> {
    let text = row.get_ref(column)?.as_str().map_err(Error::from)?;
    text.split(';')
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse().map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
        })
        .collect()
}

/// A date as a column holds it.
pub(super) fn day(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// Dates as a column holds them.
pub(super) fn days(dates: &[NaiveDate]) -> String {
    dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// A date as a field of the audit trail: empty where there is none.
pub(super) fn field(date: Option<NaiveDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}
