//! Cases: requests and opinions that must be settled in time.

use super::record::{Kind, Record};
use super::row::{date, day, field, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// A case, with what stays in the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is judged.
    pub facts: facts::Case,
    /// What was asked for, in the person's words.
    pub demand: String,
    /// Whether the leader takes it up in person.
    pub in_person: bool,
}

impl Record for Case {
    const KIND: Kind = Kind::Case;

    fn id(&self) -> &str {
        &self.facts.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("talent", self.facts.talent.clone().unwrap_or_default()),
            ("contact", self.facts.contact.clone().unwrap_or_default()),
            ("class", self.facts.class.clone().unwrap_or_default()),
            ("channel", self.facts.channel.clone().unwrap_or_default()),
            ("received_on", self.facts.received_on.to_string()),
            ("accepted_on", field(self.facts.accepted_on)),
            ("dispatched_on", field(self.facts.dispatched_on)),
            ("delivered_on", field(self.facts.delivered_on)),
            ("responsible", self.facts.responsible.clone()),
            ("interim_on", field(self.facts.interim_on)),
            ("answered_on", field(self.facts.answered_on)),
            ("fed_back_on", field(self.facts.fed_back_on)),
            ("outcome", self.facts.outcome.clone()),
            ("demand", self.demand.clone()),
            ("in_person", if self.in_person { "yes".to_owned() } else { String::new() }),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM request WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO request (id, talent, contact, class, channel, received_on, accepted_on,
                    dispatched_on, delivered_on, responsible, interim_on, answered_on,
                    fed_back_on, outcome, demand, in_person)
             VALUES (:id, :talent, :contact, :class, :channel, :received_on, :accepted_on,
                    :dispatched_on, :delivered_on, :responsible, :interim_on, :answered_on,
                    :fed_back_on, :outcome, :demand, :in_person)
             ON CONFLICT (id) DO UPDATE
                SET talent = excluded.talent, contact = excluded.contact,
                    class = excluded.class, channel = excluded.channel,
                    received_on = excluded.received_on, accepted_on = excluded.accepted_on,
                    dispatched_on = excluded.dispatched_on,
                    delivered_on = excluded.delivered_on, responsible = excluded.responsible,
                    interim_on = excluded.interim_on, answered_on = excluded.answered_on,
                    fed_back_on = excluded.fed_back_on, outcome = excluded.outcome,
                    demand = excluded.demand, in_person = excluded.in_person",
        )?
        .execute(named_params! {
            ":id": self.facts.id,
            ":talent": self.facts.talent,
            ":contact": self.facts.contact,
            ":class": self.facts.class,
            ":channel": self.facts.channel,
            ":received_on": day(Some(self.facts.received_on)),
            ":accepted_on": day(self.facts.accepted_on),
            ":dispatched_on": day(self.facts.dispatched_on),
            ":delivered_on": day(self.facts.delivered_on),
            ":responsible": self.facts.responsible,
            ":interim_on": day(self.facts.interim_on),
            ":answered_on": day(self.facts.answered_on),
            ":fed_back_on": day(self.facts.fed_back_on),
            ":outcome": self.facts.outcome,
            ":demand": self.demand,
            ":in_person": self.in_person,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM request WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Case>> {
    db.prepare_cached("SELECT * FROM request ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, or in the name of the talent; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Case>> {
    db.prepare_cached(
        "SELECT request.*
           FROM request LEFT JOIN talent ON talent.id = request.talent
          WHERE instr(lower(concat_ws(' ', request.id, request.class, channel, responsible, outcome, demand, talent.name)), lower(:word))
          ORDER BY request.number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn from_row(row: &Row<'_>) -> Result<Case> {
    Ok(Case {
        facts: facts::Case {
            id: row.get("id")?,
            talent: row.get("talent")?,
            contact: row.get("contact")?,
            class: row.get("class")?,
            channel: row.get("channel")?,
            received_on: date(row, "received_on")?,
            accepted_on: optional_date(row, "accepted_on")?,
            dispatched_on: optional_date(row, "dispatched_on")?,
            delivered_on: optional_date(row, "delivered_on")?,
            responsible: row.get("responsible")?,
            interim_on: optional_date(row, "interim_on")?,
            answered_on: optional_date(row, "answered_on")?,
            fed_back_on: optional_date(row, "fed_back_on")?,
            outcome: row.get("outcome")?,
        },
        demand: row.get("demand")?,
        in_person: row.get("in_person")?,
    })
}
