//! Reviews: days on which a unit's roster was reviewed.

use super::record::{Kind, Record};
use super::row::{date, day};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// A review under an id of this store; the folder's rows have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// An id of this store.
    pub id: String,
    /// What is judged.
    pub facts: facts::Review,
}

impl Record for Review {
    const KIND: Kind = Kind::Review;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("unit", self.facts.unit.clone()), ("date", self.facts.date.to_string())]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM review WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO review (id, unit, held_on)
             VALUES (:id, :unit, :held_on)
             ON CONFLICT (id) DO UPDATE
                SET unit = excluded.unit, held_on = excluded.held_on",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":unit": self.facts.unit,
            ":held_on": day(Some(self.facts.date)),
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM review WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Review>> {
    db.prepare_cached("SELECT * FROM review ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Review>> {
    db.prepare_cached(
        "SELECT * FROM review
          WHERE instr(lower(concat_ws(' ', id, unit, held_on)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

/// The review of that unit on that day.
///
/// # Errors
/// When the store cannot be read.
pub fn same_as(db: &Connection, row: &facts::Review) -> Result<Option<Review>> {
    db.prepare_cached("SELECT * FROM review WHERE unit = :unit AND held_on = :held_on ORDER BY number")?
        .query_row(named_params! { ":unit": row.unit, ":held_on": day(Some(row.date)) }, from_row)
        .optional()
}

fn from_row(row: &Row<'_>) -> Result<Review> {
    Ok(Review {
        facts: facts::Review { unit: row.get("unit")?, date: date(row, "held_on")? },
        id: row.get("id")?,
    })
}
