//! Rows that go up, each under its dirty mark.

use crate::store::StoreFault;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::link::kept::UplinkRow;
use zhuji_protocol::wire::bounded::Bytes;
use zhuji_protocol::wire::item::ItemKey;

/// Writes a row if its bytes changed, under the next mark. Gives whether they did.
///
/// # Errors
/// When the store cannot be written.
pub fn put(db: &Connection, key: &ItemKey, version: u16, body: &[u8]) -> Result<bool, StoreFault> {
    let same = db
        .prepare_cached(
            "SELECT version = :version AND body = :body
               FROM uplink_row
              WHERE kind = :kind AND unit = :unit AND subkey = :subkey",
        )?
        .query_row(
            named_params! {
                ":version": version,
                ":body": body,
                ":kind": key.kind,
                ":unit": key.unit.as_str(),
                ":subkey": &key.subkey[..],
            },
            |row| row.get::<_, bool>(0),
        )
        .optional()?;
    if same == Some(true) {
        return Ok(false);
    }
    let mark = next_mark(db)?;
    db.prepare_cached(
        "INSERT INTO uplink_row (kind, unit, subkey, version, mark, body)
         VALUES (:kind, :unit, :subkey, :version, :mark, :body)
         ON CONFLICT (kind, unit, subkey)
            DO UPDATE SET version = excluded.version, mark = excluded.mark, body = excluded.body",
    )?
    .execute(named_params! {
        ":kind": key.kind,
        ":unit": key.unit.as_str(),
        ":subkey": &key.subkey[..],
        ":version": version,
        ":mark": mark,
        ":body": body,
    })?;
    Ok(true)
}

/// Gives rows a new mark, so that they are sent again; keys without a row are passed over.
///
/// # Errors
/// When the store cannot be written.
pub fn remark(db: &Connection, keys: &[ItemKey]) -> Result<(), StoreFault> {
    for key in keys {
        let mark = next_mark(db)?;
        db.prepare_cached(
            "UPDATE uplink_row SET mark = :mark WHERE kind = :kind AND unit = :unit AND subkey = :subkey",
        )?
        .execute(named_params! {
            ":mark": mark,
            ":kind": key.kind,
            ":unit": key.unit.as_str(),
            ":subkey": &key.subkey[..],
        })?;
    }
    Ok(())
}

/// The highest mark of a row that goes up; 0 if there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn head(db: &Connection) -> Result<u64, StoreFault> {
    let head: i64 = db
        .prepare_cached("SELECT coalesce(max(mark), 0) FROM uplink_row")?
        .query_row([], |row| row.get(0))?;
    Ok(head.cast_unsigned())
}

/// How many rows lie above `cursor`.
///
/// # Errors
/// When the store cannot be read.
pub fn backlog(db: &Connection, cursor: u64) -> Result<u64, StoreFault> {
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM uplink_row WHERE mark > :cursor")?
        .query_row(named_params! { ":cursor": cursor.cast_signed() }, |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// The keys of all rows of a kind.
///
/// # Errors
/// When the store cannot be read.
pub fn keys_of_kind(db: &Connection, kind: u16) -> Result<Vec<ItemKey>, StoreFault> {
    let keys = db
        .prepare_cached("SELECT kind, unit, subkey FROM uplink_row WHERE kind = :kind ORDER BY unit, subkey")?
        .query_map(named_params! { ":kind": kind }, key_of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

/// The rows above `cursor` in the order of their marks, as many as a batch may hold.
pub(super) fn above(db: &Connection, cursor: u64, most: usize) -> Result<Vec<UplinkRow>, StoreFault> {
    let rows = db
        .prepare_cached("SELECT * FROM uplink_row WHERE mark > :cursor ORDER BY mark LIMIT :most")?
        .query_map(named_params! { ":cursor": cursor.cast_signed(), ":most": i64::try_from(most).unwrap_or(i64::MAX) }, |row| {
            Ok(UplinkRow {
                key: key_of(row)?,
                version: row.get("version")?,
                mark: row.get::<_, i64>("mark")?.cast_unsigned(),
                body: row.get("body")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// The item key in a row's columns.
pub(super) fn key_of(row: &Row<'_>) -> rusqlite::Result<ItemKey> {
    let unit: String = row.get("unit")?;
    let subkey: Vec<u8> = row.get("subkey")?;
    let unfit = |column: usize, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    Ok(ItemKey {
        kind: row.get("kind")?,
        unit: unit.parse().map_err(|error| unfit(1, Box::new(error)))?,
        subkey: Bytes::of(subkey).map_err(|error| unfit(2, Box::new(error)))?,
    })
}

fn next_mark(db: &Connection) -> Result<i64, StoreFault> {
    Ok(db
        .prepare_cached("UPDATE mark SET last = last + 1 RETURNING last")?
        .query_row([], |row| row.get(0))?)
}
