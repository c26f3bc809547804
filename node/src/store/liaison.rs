//! Liaisons: who liaises for a unit.

use super::record::{Kind, Record};
use super::row::{day, field, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// A liaison under an id of this store; the folder's rows have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liaison {
    /// An id of this store.
    pub id: String,
    /// What is judged.
    pub facts: facts::Liaison,
}

impl Record for Liaison {
    const KIND: Kind = Kind::Liaison;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("unit", self.facts.unit.clone()),
            ("name", self.facts.name.clone()),
            ("from", field(self.facts.from)),
            ("to", field(self.facts.to)),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM liaison WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO liaison (id, unit, name, begins_on, ends_on)
             VALUES (:id, :unit, :name, :begins_on, :ends_on)
             ON CONFLICT (id) DO UPDATE
                SET unit = excluded.unit, name = excluded.name, begins_on = excluded.begins_on,
                    ends_on = excluded.ends_on",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":unit": self.facts.unit,
            ":name": self.facts.name,
            ":begins_on": day(self.facts.from),
            ":ends_on": day(self.facts.to),
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM liaison WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Liaison>> {
    db.prepare_cached("SELECT * FROM liaison ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Liaison>> {
    db.prepare_cached(
        "SELECT * FROM liaison
          WHERE instr(lower(concat_ws(' ', id, unit, name)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

/// The row of the folder that this one is: the same unit, name and first day.
///
/// # Errors
/// When the store cannot be read.
pub fn same_as(db: &Connection, row: &facts::Liaison) -> Result<Option<Liaison>> {
    db.prepare_cached(
        "SELECT * FROM liaison WHERE unit = :unit AND name = :name AND begins_on IS :begins_on ORDER BY number",
    )?
    .query_row(
        named_params! { ":unit": row.unit, ":name": row.name, ":begins_on": day(row.from) },
        from_row,
    )
    .optional()
}

fn from_row(row: &Row<'_>) -> Result<Liaison> {
    Ok(Liaison {
        facts: facts::Liaison {
            unit: row.get("unit")?,
            name: row.get("name")?,
            from: optional_date(row, "begins_on")?,
            to: optional_date(row, "ends_on")?,
        },
        id: row.get("id")?,
    })
}
