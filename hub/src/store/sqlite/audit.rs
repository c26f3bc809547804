//! The trail: a chain of entries, each written in the transaction of the act that it tells of.

use super::row;
use crate::store::{AuditEntry, Author, Misfit, StoreFault};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::wire::digest::Digest;

/// Adds an entry at the end of the chain. `subject` and `detail` are ids, codes and numbers, never a person's words.
pub(super) fn append(
    db: &Connection,
    author: &Author,
    act: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreFault> {
    let last = db
        .prepare_cached("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>("number")?, row::digest(row, "hash")?)))
        .optional()?;
    let (number, previous) = last.map_or((1, Digest::ZERO), |(number, hash)| (number + 1, hash));
    let at = row::instant(author.at);
    let hash = hash_of(number, [&at, &author.who, act, subject, detail], previous);
    db.prepare_cached(
        "INSERT INTO audit (number, at, who, act, subject, detail, previous, hash)
         VALUES (:number, :at, :who, :act, :subject, :detail, :previous, :hash)",
    )?
    .execute(named_params! {
        ":number": number,
        ":at": at,
        ":who": author.who,
        ":act": act,
        ":subject": subject,
        ":detail": detail,
        ":previous": previous.0,
        ":hash": hash.0,
    })?;
    Ok(())
}

fn hash_of(number: i64, texts: [&str; 5], previous: Digest) -> Digest {
    let mut bytes = b"zhuji hub audit 1\0".to_vec();
    bytes.extend(number.to_le_bytes());
    for text in texts {
        // Lengths stand before contents, so that no two entries share their bytes.
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    Digest::of(&[&bytes, &previous.0])
}

/// The last entries, oldest first.
pub(super) fn entries(db: &Connection, last: u32) -> Result<Vec<AuditEntry>, StoreFault> {
    let entries = db
        .prepare_cached(
            "SELECT number, at, who, act, subject, detail
               FROM (SELECT * FROM audit ORDER BY number DESC LIMIT :last)
              ORDER BY number",
        )?
        .query_map(named_params! { ":last": last }, |row| {
            Ok(AuditEntry {
                number: row::mark(row, "number")?,
                at: row.get("at")?,
                who: row.get("who")?,
                act: row.get("act")?,
                subject: row.get("subject")?,
                detail: row.get("detail")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(entries)
}

/// Walks the chain; gives the number of entries.
pub(super) fn verify(db: &Connection, step: &mut dyn FnMut()) -> Result<Result<u64, Misfit>, StoreFault> {
    let mut statement = db
        .prepare("SELECT number, at, who, act, subject, detail, previous, hash FROM audit ORDER BY number")?;
    let mut rows = statement.query([])?;
    let (mut number, mut before) = (0, Digest::ZERO);
    while let Some(row) = rows.next()? {
        number += 1;
        if !follows(row, number, before)? {
            return Ok(Err(Misfit::Audit { number: number.cast_unsigned() }));
        }
        before = row::digest(row, "hash")?;
        step();
    }
    Ok(Ok(number.cast_unsigned()))
}

fn follows(row: &Row<'_>, number: i64, before: Digest) -> rusqlite::Result<bool> {
    let text = |column: &str| row.get::<_, String>(column);
    let (at, who, act) = (text("at")?, text("who")?, text("act")?);
    let (subject, detail) = (text("subject")?, text("detail")?);
    let hash = hash_of(number, [&at, &who, &act, &subject, &detail], before);
    Ok(row.get::<_, i64>("number")? == number
        && row::digest(row, "previous")? == before
        && row::digest(row, "hash")? == hash)
}
