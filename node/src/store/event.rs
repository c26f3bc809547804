//! Events: the reportable happenings.

use super::record::{Kind, Record};
use super::row::{date, day, field, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// An event, with what stays in the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What is judged.
    pub facts: facts::Event,
    /// Anything worth remembering.
    pub note: String,
}

impl Record for Event {
    const KIND: Kind = Kind::Event;

    fn id(&self) -> &str {
        &self.facts.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("talent", self.facts.talent.clone()),
            ("kind", self.facts.kind.clone()),
            ("happened_on", self.facts.happened_on.to_string()),
            ("reported_on", field(self.facts.reported_on)),
            ("note", self.note.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM event WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO event (id, talent, kind, happened_on, reported_on, note)
             VALUES (:id, :talent, :kind, :happened_on, :reported_on, :note)
             ON CONFLICT (id) DO UPDATE
                SET talent = excluded.talent, kind = excluded.kind,
                    happened_on = excluded.happened_on, reported_on = excluded.reported_on,
                    note = excluded.note",
        )?
        .execute(named_params! {
            ":id": self.facts.id,
            ":talent": self.facts.talent,
            ":kind": self.facts.kind,
            ":happened_on": day(Some(self.facts.happened_on)),
            ":reported_on": day(self.facts.reported_on),
            ":note": self.note,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM event WHERE id = :id")?.execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Event>> {
    db.prepare_cached("SELECT * FROM event ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, or in the name of the talent; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Event>> {
    db.prepare_cached(
        "SELECT event.*
           FROM event LEFT JOIN talent ON talent.id = event.talent
          WHERE instr(lower(concat_ws(' ', event.id, kind, note, talent.name)), lower(:word))
          ORDER BY event.number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn from_row(row: &Row<'_>) -> Result<Event> {
    Ok(Event {
        facts: facts::Event {
            id: row.get("id")?,
            talent: row.get("talent")?,
            kind: row.get("kind")?,
            happened_on: date(row, "happened_on")?,
            reported_on: optional_date(row, "reported_on")?,
        },
        note: row.get("note")?,
    })
}
