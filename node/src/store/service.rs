//! Services: symposium, check-up, holiday, study, recommendation, honour … and whom they list.

use super::record::{Kind, Record};
use super::row::{date, day};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use std::collections::HashMap;
use zhuji_protocol::facts;

/// A service record, with what stays in the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What is judged.
    pub facts: facts::Service,
    /// Anything worth remembering.
    pub note: String,
}

impl Record for Service {
    const KIND: Kind = Kind::Service;

    fn id(&self) -> &str {
        &self.facts.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("kind", self.facts.kind.clone()),
            ("date", self.facts.date.to_string()),
            ("unit", self.facts.unit.clone().unwrap_or_default()),
            ("talents", self.facts.talents.join(";")),
            ("note", self.note.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        let found = db
            .prepare_cached("SELECT * FROM service WHERE id = :id")?
            .query_row(named_params! { ":id": id }, |row| Ok((row.get("number")?, from_row(row)?)))
            .optional()?;
        let Some((number, mut service)) = found else { return Ok(None) };
        service.facts.talents = talents_of(db, number)?;
        Ok(Some(service))
    }

    fn write(&self, db: &Connection) -> Result<()> {
        let number: i64 = db
            .prepare_cached(
                "INSERT INTO service (id, kind, held_on, unit, note)
                 VALUES (:id, :kind, :held_on, :unit, :note)
                 ON CONFLICT (id) DO UPDATE
                    SET kind = excluded.kind, held_on = excluded.held_on, unit = excluded.unit,
                        note = excluded.note
                 RETURNING number",
            )?
            .query_row(
                named_params! {
                    ":id": self.facts.id,
                    ":kind": self.facts.kind,
                    ":held_on": day(Some(self.facts.date)),
                    ":unit": self.facts.unit,
                    ":note": self.note,
                },
                |row| row.get(0),
            )?;
        db.prepare_cached("DELETE FROM service_talent WHERE service = :service")?
            .execute(named_params! { ":service": number })?;
        let mut list = db.prepare_cached(
            "INSERT INTO service_talent (service, place, talent) VALUES (:service, :place, :talent)",
        )?;
        for (place, talent) in (0_i64..).zip(&self.facts.talents) {
            list.execute(named_params! { ":service": number, ":place": place, ":talent": talent })?;
        }
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM service WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Service>> {
    let mut listed: HashMap<i64, Vec<String>> = HashMap::new();
    let mut statement =
        db.prepare_cached("SELECT service, talent FROM service_talent ORDER BY service, place")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        listed.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    db.prepare_cached("SELECT * FROM service ORDER BY number")?
        .query_map([], |row| {
            let mut service = from_row(row)?;
            service.facts.talents = listed.remove(&row.get("number")?).unwrap_or_default();
            Ok(service)
        })?
        .collect()
}

/// Those in which a word occurs, or in the name of a talent listed; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Service>> {
    let found: Vec<String> = db
        .prepare_cached(
            "SELECT id
               FROM service
              WHERE instr(lower(concat_ws(' ', id, kind, unit, note)), lower(:word))
                 OR EXISTS (SELECT 1
                              FROM service_talent JOIN talent ON talent.id = service_talent.talent
                             WHERE service = service.number AND instr(talent.name, :word))
              ORDER BY number",
        )?
        .query_map(named_params! { ":word": word }, |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(found
        .iter()
        .map(|id| Service::find(db, id))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

fn talents_of(db: &Connection, number: i64) -> Result<Vec<String>> {
    db.prepare_cached("SELECT talent FROM service_talent WHERE service = :service ORDER BY place")?
        .query_map(named_params! { ":service": number }, |row| row.get(0))?
        .collect()
}

fn from_row(row: &Row<'_>) -> Result<Service> {
    Ok(Service {
        facts: facts::Service {
            id: row.get("id")?,
            kind: row.get("kind")?,
            date: date(row, "held_on")?,
            unit: row.get("unit")?,
            talents: Vec::new(),
        },
        note: row.get("note")?,
    })
}
