//! Units known here besides the directory: private members, and units of an imported folder.

use super::StoreFault;
use super::record::{Kind, Record};
use super::row::{day, field, optional_date};
use chrono::NaiveDate;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::facts;
use zhuji_protocol::unit::Level;

/// A unit, with what only its host needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What is judged.
    pub facts: facts::Unit,
    /// A department or employer that this node made (0001-4999): judged here and nowhere else.
    pub member: bool,
    /// The day it closed.
    pub closed_on: Option<NaiveDate>,
}

impl Record for Unit {
    const KIND: Kind = Kind::Unit;

    fn id(&self) -> &str {
        &self.facts.code
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("code", self.facts.code.clone()),
            ("name", self.facts.name.clone()),
            ("level", self.facts.level.word().to_owned()),
            ("parent", self.facts.parent.clone().unwrap_or_default()),
            ("member", if self.member { "yes".to_owned() } else { String::new() }),
            ("closed_on", field(self.closed_on)),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM unit WHERE code = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO unit (code, name, level, parent, member, closed_on)
             VALUES (:code, :name, :level, :parent, :member, :closed_on)
             ON CONFLICT (code) DO UPDATE
                SET name = excluded.name, level = excluded.level,
                    parent = excluded.parent, member = excluded.member,
                    closed_on = excluded.closed_on",
        )?
        .execute(named_params! {
            ":code": self.facts.code,
            ":name": self.facts.name,
            ":level": self.facts.level.word(),
            ":parent": self.facts.parent,
            ":member": self.member,
            ":closed_on": day(self.closed_on),
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM unit WHERE code = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Unit>> {
    db.prepare_cached("SELECT * FROM unit ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Unit>> {
    db.prepare_cached(
        "SELECT * FROM unit
          WHERE instr(lower(concat_ws(' ', code, name)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

/// The office's own members, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn members(db: &Connection) -> Result<Vec<Unit>> {
    db.prepare_cached("SELECT * FROM unit WHERE member = 1 ORDER BY code")?.query_map([], from_row)?.collect()
}

/// Whether a unit is recorded under this code.
///
/// # Errors
/// When the store cannot be read.
pub fn exists(db: &Connection, code: &str) -> Result<bool> {
    Ok(Unit::find(db, code)?.is_some())
}

/// The code of the unit that a code or a name means: the office, a unit recorded here, or one of the directory.
///
/// # Errors
/// When the store cannot be read.
pub fn known(db: &Connection, typed: &str, today: NaiveDate) -> Result<Option<String>, StoreFault> {
    let recorded: Option<String> = db
        .prepare_cached(
            "SELECT code FROM unit WHERE code = :typed OR name = :typed ORDER BY code <> :typed, number LIMIT 1",
        )?
        .query_row(named_params! { ":typed": typed }, |row| row.get(0))
        .optional()?;
    if recorded.is_some() {
        return Ok(recorded);
    }
    let directory = super::directory::read(db)?;
    let by_id = typed.parse().ok().filter(|id| directory.get(id).is_some());
    let by_name = || {
        directory
            .entries()
            .find(|entry| entry.on(today).is_some_and(|attributes| attributes.name == typed))
            .map(|entry| entry.id.clone())
    };
    Ok(by_id.or_else(by_name).map(String::from))
}

/// The names of the units that are known here, by code: the directory's on that day, over those recorded here.
///
/// # Errors
/// When the store cannot be read.
pub fn names(db: &Connection, today: NaiveDate) -> std::result::Result<BTreeMap<String, String>, StoreFault> {
    let mut names: BTreeMap<String, String> =
        all(db)?.into_iter().map(|unit| (unit.facts.code, unit.facts.name)).collect();
    for entry in super::directory::read(db)?.entries() {
        if let Some(attributes) = entry.on(today) {
            names.insert(entry.id.to_string(), attributes.name.clone());
        }
    }
    Ok(names)
}

fn level(row: &Row<'_>) -> Result<Level> {
    let word = row.get_ref("level")?.as_str().map_err(rusqlite::Error::from)?;
    Level::from_word(word)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "level".to_owned(), Type::Text))
}

fn from_row(row: &Row<'_>) -> Result<Unit> {
    Ok(Unit {
        facts: facts::Unit {
            code: row.get("code")?,
            name: row.get("name")?,
            level: level(row)?,
            parent: row.get("parent")?,
        },
        member: row.get("member")?,
        closed_on: optional_date(row, "closed_on")?,
    })
}
