//! The audit trail: a chain of entries that proves who wrote what and when, and does not say it.
//!
//! An entry has names of fields and salted hashes. Old values and salts stand in `history`, which may be erased:
//! a hash without its salt tells nobody anything, and the chain does not contain the history.

use super::{Act, Change, Kind, StoreFault, unrecorded};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::rand;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::ChainPointV1;

/// Who, when, what: the readable part of an entry.
pub(super) struct Subject<'a> {
    pub(super) at: &'a str,
    pub(super) who: &'a str,
    pub(super) act: &'a str,
    pub(super) kind: &'a str,
    pub(super) record: &'a str,
}

/// An entry as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the trail")]
pub struct Entry {
    pub number: i64,
    pub at: String,
    pub who: String,
    pub act: String,
    pub kind: String,
    pub record: String,
    pub fields: Vec<String>,
}

/// What walking the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Every entry follows from the one before.
    Whole {
        /// How many there are.
        entries: i64,
        /// Of how many the history was erased.
        erased: i64,
    },
    /// The first entry that does not fit.
    Broken {
        /// Its number.
        entry: i64,
        /// What does not fit.
        why: Break,
    },
}

/// What does not fit in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Entries are missing before it.
    Missing,
    /// It does not hold the hash of the entry before.
    Unlinked,
    /// Its own content was changed.
    Altered,
    /// The record that it was the last to write stands otherwise now.
    Overwritten,
    /// A policy is not the text that was published.
    OtherPolicy,
}

/// The field under which an entry keeps why a record was taken out; no record has one of this name.
pub(super) const WHY: &str = "why";

/// Adds an entry at the end of the chain.
pub(super) fn append(
    db: &Connection,
    subject: &Subject<'_>,
    changed: &[(&'static str, String)],
    old: &BTreeMap<&'static str, String>,
) -> Result<(), StoreFault> {
    let salt = fresh_salt();
    let fields = changed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    let hashes: Vec<u8> = changed.iter().flat_map(|(name, value)| salted(&salt, name, value)).collect();
    let (number, previous) = head(db)?.map_or((1, [0; 32]), |(number, hash)| (number + 1, hash));
    let hash = entry_hash(number, subject, &fields, &hashes, &previous);
    db.prepare_cached(
        "INSERT INTO audit (number, at, who, act, kind, record, fields, hashes, previous, hash)
         VALUES (:number, :at, :who, :act, :kind, :record, :fields, :hashes, :previous, :hash)",
    )?
    .execute(named_params! {
        ":number": number,
        ":at": subject.at,
        ":who": subject.who,
        ":act": subject.act,
        ":kind": subject.kind,
        ":record": subject.record,
        ":fields": fields,
        ":hashes": hashes,
        ":previous": previous,
        ":hash": hash,
    })?;
    let stood: BTreeMap<&str, &str> = changed
        .iter()
        .filter_map(|(name, _)| old.get(name).map(|value| (*name, value.as_str())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    db.prepare_cached("INSERT INTO history (entry, salt, old) VALUES (:entry, :salt, :old)")?.execute(
        named_params! {
            ":entry": number,
            ":salt": salt,
            ":old": serde_json::to_string(&stood).unwrap_or_default(),
        },
    )?;
    Ok(())
}

/// How many entries there are.
///
/// # Errors
/// When the store cannot be read.
pub fn length(db: &Connection) -> Result<i64, StoreFault> {
    Ok(db.query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?)
}

/// The end of the chain.
///
/// # Errors
/// When the store cannot be read.
pub fn end(db: &Connection) -> Result<ChainPointV1, StoreFault> {
    let (number, hash) = head(db)?.unwrap_or((0, [0; 32]));
    Ok(ChainPointV1 { entries: number.cast_unsigned(), head: Digest(hash) })
}

/// The hash of an entry; none if the chain has no such entry.
///
/// # Errors
/// When the store cannot be read.
pub fn hash_at(db: &Connection, number: u64) -> Result<Option<Digest>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT hash FROM audit WHERE number = :number")?
        .query_row(named_params! { ":number": number.cast_signed() }, |row| row.get(0).map(Digest))
        .optional()?)
}

/// Walks the chain and names the first entry that does not fit.
///
/// # Errors
/// When the store cannot be read.
pub fn verify(db: &Connection, mut step: impl FnMut()) -> Result<Verified, StoreFault> {
    let mut statement = db.prepare(
        "SELECT number, at, who, act, kind, record, fields, hashes, previous, hash
           FROM audit
          ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    let (mut number, mut before) = (0, [0; 32]);
    while let Some(row) = rows.next()? {
        number += 1;
        if let Some(why) = misfit(row, number, &before)? {
            return Ok(Verified::Broken { entry: number, why });
        }
        before = row.get("hash")?;
        step();
    }
    if let Some(entry) = first_overwritten(db)? {
        return Ok(Verified::Broken { entry, why: Break::Overwritten });
    }
    if let Some(entry) = first_unrecorded_overwritten(db)? {
        return Ok(Verified::Broken { entry, why: Break::Overwritten });
    }
    if !unrecorded::policies_fit(db)? {
        return Ok(Verified::Broken { entry: number, why: Break::OtherPolicy });
    }
    let kept: i64 = db.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    Ok(Verified::Whole { entries: number, erased: number - kept })
}

fn misfit(row: &Row<'_>, number: i64, before: &[u8; 32]) -> Result<Option<Break>, StoreFault> {
    if row.get::<_, i64>("number")? != number {
        return Ok(Some(Break::Missing));
    }
    let previous: [u8; 32] = row.get("previous")?;
    if previous != *before {
        return Ok(Some(Break::Unlinked));
    }
    let subject = Subject {
        at: row.get_ref("at")?.as_str().map_err(rusqlite::Error::from)?,
        who: row.get_ref("who")?.as_str().map_err(rusqlite::Error::from)?,
        act: row.get_ref("act")?.as_str().map_err(rusqlite::Error::from)?,
        kind: row.get_ref("kind")?.as_str().map_err(rusqlite::Error::from)?,
        record: row.get_ref("record")?.as_str().map_err(rusqlite::Error::from)?,
    };
    let fields = row.get_ref("fields")?.as_str().map_err(rusqlite::Error::from)?;
    let hashes = row.get_ref("hashes")?.as_blob().map_err(rusqlite::Error::from)?;
    let hash: [u8; 32] = row.get("hash")?;
    let fits = entry_hash(number, &subject, fields, hashes, &previous) == hash;
    Ok((!fits).then_some(Break::Altered))
}

/// Entries in the order written, newest last; of one record if one is named.
///
/// # Errors
/// When the store cannot be read.
pub fn entries(db: &Connection, record: Option<(Kind, &str)>, last: u32) -> Result<Vec<Entry>, StoreFault> {
    let (kind, record) = record.map(|(kind, record)| (kind.word(), record)).unzip();
    let mut statement = db.prepare_cached(
        "SELECT number, at, who, act, kind, record, fields
           FROM (SELECT * FROM audit WHERE :record IS NULL OR (kind = :kind AND record = :record) ORDER BY number DESC LIMIT :last)
          ORDER BY number",
    )?;
    let entries = statement
        .query_map(named_params! { ":kind": kind, ":record": record, ":last": last }, |row| {
            Ok(Entry {
                number: row.get("number")?,
                at: row.get("at")?,
                who: row.get("who")?,
                act: row.get("act")?,
                kind: row.get("kind")?,
                record: row.get("record")?,
                fields: row
                    .get_ref("fields")?
                    .as_str()
                    .map_err(rusqlite::Error::from)?
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(entries)
}

/// Erases the old values and salts of one record; the chain stays whole.
///
/// # Errors
/// When the store cannot be written.
pub fn erase_history(change: &Change<'_>, kind: Kind, record: &str) -> Result<usize, StoreFault> {
    let erased = change
        .prepare_cached(
            "DELETE FROM history
              WHERE entry IN (SELECT number FROM audit WHERE kind = :kind AND record = :record)",
        )?
        .execute(named_params! { ":kind": kind.word(), ":record": record })?;
    change.enter(Act::Erase, kind, record, &[], &BTreeMap::new())?;
    Ok(erased)
}

/// The first entry whose record's present content is not what the trail says was last written to it.
///
/// Records whose history was erased cannot be compared, and are left out.
fn first_overwritten(db: &Connection) -> Result<Option<i64>, StoreFault> {
    let mut latest: BTreeMap<FieldOf, LastWritten> = BTreeMap::new();
    let mut statement = db.prepare(
        "SELECT audit.number, kind, record, fields, hashes, salt
           FROM audit LEFT JOIN history ON entry = audit.number
          WHERE kind NOT IN ('setting', 'policy', 'assignment', 'directory', 'link', 'store')
          ORDER BY audit.number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, record): (String, String) = (row.get("kind")?, row.get("record")?);
        let fields: String = row.get("fields")?;
        let hashes: Vec<u8> = row.get("hashes")?;
        let salt: Option<Vec<u8>> = row.get("salt")?;
        for (name, hash) in fields.split(',').zip(hashes.chunks(32)) {
            let written = LastWritten { entry: row.get("number")?, hash: hash.to_vec(), salt: salt.clone() };
            latest.insert((kind.clone(), record.clone(), name.to_owned()), written);
        }
    }
    let mut present: Option<(String, String, BTreeMap<&'static str, String>)> = None;
    let mut first: Option<i64> = None;
    for ((kind, record, name), written) in latest {
        let Some(salt) = written.salt.filter(|_| name != WHY) else { continue };
        if present.as_ref().is_none_or(|(of, id, _)| *of != kind || *id != record) {
            present = Some((kind.clone(), record.clone(), super::facts::fields_of(db, &kind, &record)?));
        }
        let fields = present.as_ref().map(|(_, _, fields)| fields);
        let value = fields.and_then(|fields| fields.get(name.as_str())).map_or("", String::as_str);
        if salted(&salt, &name, value).as_slice() != written.hash {
            first = Some(first.map_or(written.entry, |first| first.min(written.entry)));
        }
    }
    Ok(first)
}

/// The same of what is no record: the first entry of which something that was last written there stands nowhere.
fn first_unrecorded_overwritten(db: &Connection) -> Result<Option<i64>, StoreFault> {
    let mut latest: BTreeMap<(String, String), BTreeMap<String, LastWritten>> = BTreeMap::new();
    let mut statement = db.prepare(
        "SELECT audit.number, kind, record, fields, hashes, salt
           FROM audit LEFT JOIN history ON entry = audit.number
          WHERE kind IN ('setting', 'policy', 'assignment', 'directory')
          ORDER BY audit.number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, record): (String, String) = (row.get("kind")?, row.get("record")?);
        let Some(name) = unrecorded::name_of(&kind, &record) else { continue };
        let (fields, hashes): (String, Vec<u8>) = (row.get("fields")?, row.get("hashes")?);
        let written = latest.entry((kind, name)).or_default();
        for (field, hash) in fields.split(',').zip(hashes.chunks(32)) {
            let last = LastWritten { entry: row.get("number")?, hash: hash.to_vec(), salt: row.get("salt")? };
            written.insert(field.to_owned(), last);
        }
    }
    let mut first: Option<i64> = None;
    for ((kind, name), written) in latest {
        let mut standing = unrecorded::standing(db, &kind, &name)?;
        // Of a unit's several assignments, the one that was written last may have been withdrawn, and others stand.
        if standing.is_empty() || kind == "assignment" {
            standing.push(unrecorded::Stands::new());
        }
        let is_written = |stands: &unrecorded::Stands| {
            written.iter().all(|(field, last)| {
                let value = stands.get(field).map_or("", String::as_str);
                last.salt.as_ref().is_none_or(|salt| salted(salt, field, value).as_slice() == last.hash)
            })
        };
        if !standing.iter().any(is_written) {
            let entry = written.values().map(|last| last.entry).max();
            first = [first, entry].into_iter().flatten().min();
        }
    }
    Ok(first)
}

/// Kind, record and field.
type FieldOf = (String, String, String);

/// What the trail says was last written to a field.
struct LastWritten {
    entry: i64,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
}

fn head(db: &Connection) -> Result<Option<(i64, [u8; 32])>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

fn entry_hash(number: i64, subject: &Subject<'_>, fields: &str, hashes: &[u8], previous: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"zhuji audit 1\0");
    context.update(&number.to_le_bytes());
    let texts = [subject.at, subject.who, subject.act, subject.kind, subject.record, fields];
    for part in texts.into_iter().map(str::as_bytes).chain([hashes, previous]) {
        // Lengths stand before contents, so that no two entries share their bytes.
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    digest(context)
}

fn salted(salt: &[u8], name: &str, value: &str) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(name.as_bytes());
    context.update(b"\0");
    context.update(value.as_bytes());
    digest(context)
}

fn digest(context: Context) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

fn fresh_salt() -> [u8; 16] {
    let mut salt = [0; 16];
    rand::fill(&mut salt).expect("the system's source of randomness answers");
    salt
}
