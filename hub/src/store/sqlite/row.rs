//! Columns and the domain's values: text and bytes become types where a row is read, and nowhere else.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use std::str::FromStr;
use zhuji_protocol::identity::{PublicKey, Replica, Role};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{ItemKey, Subkey};

fn malformed(what: &'static str) -> Error {
    Error::FromSqlConversionFailure(0, Type::Text, what.into())
}

fn parsed<T: FromStr>(row: &Row<'_>, column: &str, what: &'static str) -> Result<T> {
    row.get_ref(column)?.as_str().map_err(Error::from)?.parse().map_err(|_| malformed(what))
}

pub(super) fn unit(row: &Row<'_>, column: &str) -> Result<UnitId> {
    parsed(row, column, "a unit id")
}

pub(super) fn maybe_unit(row: &Row<'_>, column: &str) -> Result<Option<UnitId>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| malformed("a unit id"))).transpose()
}

/// Columns `unit` and `role`.
pub(super) fn replica(row: &Row<'_>) -> Result<Replica> {
    replica_in(row, "unit", "role")
}

pub(super) fn replica_in(row: &Row<'_>, unit_column: &str, role_column: &str) -> Result<Replica> {
    let role = Role::from_word(row.get_ref(role_column)?.as_str().map_err(Error::from)?);
    Ok(Replica { unit: unit(row, unit_column)?, role: role.ok_or_else(|| malformed("a role"))? })
}

/// Columns `kind`, `unit` and `subkey`.
pub(super) fn item_key(row: &Row<'_>) -> Result<ItemKey> {
    let subkey: Vec<u8> = row.get("subkey")?;
    Ok(ItemKey {
        kind: row.get("kind")?,
        unit: unit(row, "unit")?,
        subkey: Subkey::of(subkey).map_err(|_| malformed("a sub-key"))?,
    })
}

pub(super) fn digest(row: &Row<'_>, column: &str) -> Result<Digest> {
    row.get(column).map(Digest)
}

pub(super) fn public_key(row: &Row<'_>, column: &str) -> Result<PublicKey> {
    row.get(column).map(PublicKey::new)
}

pub(super) fn maybe_date(row: &Row<'_>, column: &str) -> Result<Option<NaiveDate>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| malformed("a date"))).transpose()
}

pub(super) fn date(row: &Row<'_>, column: &str) -> Result<NaiveDate> {
    parsed(row, column, "a date")
}

pub(super) fn moment(row: &Row<'_>, column: &str) -> Result<DateTime<Utc>> {
    parsed(row, column, "a moment")
}

pub(super) fn maybe_moment(row: &Row<'_>, column: &str) -> Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| malformed("a moment"))).transpose()
}

/// A mark, cursor or revision: 64 bits on the wire, 63 here; a counter that only rises by one never gets there.
pub(super) fn mark(row: &Row<'_>, column: &str) -> Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

pub(super) fn day(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// Moments have one length, so that they sort as text.
pub(super) fn instant(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
