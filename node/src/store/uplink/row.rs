//! Rows that go up, each under its dirty mark.

use super::setting;
use crate::store::StoreFault;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::link::kept::UplinkRow;
use zhuji_protocol::wire::bounded::Bytes;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;

/// Whether the protocol version `:version` has the row's kind: see `kinds::item::since`.
const TRAVELS: &str = "(:version >= 2 OR kind NOT IN (8, 9))";

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

/// What goes up under a key.
pub(super) fn body(db: &Connection, key: &ItemKey) -> Result<Option<Vec<u8>>, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT body FROM uplink_row WHERE kind = :kind AND unit = :unit AND subkey = :subkey",
        )?
        .query_row(
            named_params! { ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
            |row| row.get(0),
        )
        .optional()?)
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

/// The highest mark of a row that goes up, in the version that was agreed last; 0 if there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn head(db: &Connection) -> Result<u64, StoreFault> {
    let head: i64 = db
        .prepare_cached(&format!("SELECT coalesce(max(mark), 0) FROM uplink_row WHERE {TRAVELS}"))?
        .query_row(named_params! { ":version": setting::agreed(db)? }, |row| row.get(0))?;
    Ok(head.cast_unsigned())
}

/// How many rows lie above `cursor`.
///
/// # Errors
/// When the store cannot be read.
pub fn backlog(db: &Connection, cursor: u64) -> Result<u64, StoreFault> {
    let count: i64 = db
        .prepare_cached(&format!("SELECT count(*) FROM uplink_row WHERE mark > :cursor AND {TRAVELS}"))?
        .query_row(
            named_params! { ":cursor": cursor.cast_signed(), ":version": setting::agreed(db)? },
            |row| row.get(0),
        )?;
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

/// The hub speaks a version that it did not speak before: rows of the kinds that it adds were passed over, and are sent
/// now.
pub(super) fn remark_kinds_since(db: &Connection, before: u16, agreed: u16) -> Result<(), StoreFault> {
    for kind in [kinds::item::ANCHOR, kinds::item::ASIDE] {
        if (before + 1..=agreed).contains(&kinds::item::since(kind)) {
            remark(db, &keys_of_kind(db, kind)?)?;
        }
    }
    Ok(())
}

/// The rows above `cursor` that the version has, in the order of their marks, as many as a batch may hold.
pub(super) fn above(
    db: &Connection,
    cursor: u64,
    most: usize,
    version: u16,
) -> Result<Vec<UplinkRow>, StoreFault> {
    let sql =
        format!("SELECT * FROM uplink_row WHERE mark > :cursor AND {TRAVELS} ORDER BY mark LIMIT :most");
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = db
        .prepare_cached(&sql)?
        .query_map(
            named_params! { ":cursor": cursor.cast_signed(), ":most": most, ":version": version },
            |row| {
                Ok(UplinkRow {
                    key: key_of(row)?,
                    version: row.get("version")?,
                    mark: row.get::<_, i64>("mark")?.cast_unsigned(),
                    body: row.get("body")?,
                })
            },
        )?
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_travels_is_what_the_registry_says() {
        let db = Connection::open_in_memory().expect("a database");
        let sql = format!("SELECT {TRAVELS} FROM (SELECT :kind AS kind)");
        for (kind, version) in (0..40).flat_map(|kind| [(kind, 1), (kind, 2), (kind, 3)]) {
            let travels: bool = db
                .query_row(&sql, named_params! { ":kind": kind, ":version": version }, |row| row.get(0))
                .expect("an answer");
            assert_eq!(travels, kinds::item::since(kind) <= version, "kind {kind}, version {version}");
        }
    }
}
