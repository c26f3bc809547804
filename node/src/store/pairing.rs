//! Pairings: the duty between a leader and a talent, and how it came about.

use super::record::{Kind, Record};
use super::row::{dates, day, days, field, list, optional_date};
use chrono::NaiveDate;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// A pairing, with its way from nomination to activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// What is judged, once it is active.
    pub facts: facts::Pairing,
    /// How far it came.
    pub stage: Stage,
    /// The day it was nominated.
    pub nominated_on: Option<NaiveDate>,
    /// The day it was confirmed.
    pub confirmed_on: Option<NaiveDate>,
    /// The day both sides agreed.
    pub agreed_on: Option<NaiveDate>,
}

/// How far a pairing came. An active one with a last day behind it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words of design.md")]
pub enum Stage {
    Nominated,
    Confirmed,
    Agreed,
    Active,
    /// Given up before it became active.
    Dropped,
}

impl Stage {
    const WORDS: [(Self, &'static str); 5] = [
        (Self::Nominated, "nominated"),
        (Self::Confirmed, "confirmed"),
        (Self::Agreed, "agreed"),
        (Self::Active, "active"),
        (Self::Dropped, "dropped"),
    ];

    /// The word in columns and catalogue keys.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }
}

impl Pairing {
    /// The state that people read: the stage, and `ended` after the last day.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> &'static str {
        match self.facts.to {
            Some(last) if self.stage == Stage::Active && last < today => "ended",
            _ => self.stage.word(),
        }
    }
}

impl Record for Pairing {
    const KIND: Kind = Kind::Pairing;

    fn id(&self) -> &str {
        &self.facts.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("leader", self.facts.leader.clone()),
            ("talent", self.facts.talent.clone()),
            ("stage", self.stage.word().to_owned()),
            ("nominated_on", field(self.nominated_on)),
            ("confirmed_on", field(self.confirmed_on)),
            ("agreed_on", field(self.agreed_on)),
            ("from", field(self.facts.from)),
            ("to", field(self.facts.to)),
            ("basis", self.facts.basis.clone()),
            ("team", self.facts.team.join(";")),
            ("reviewed_on", days(&self.facts.reviewed_on)),
            ("end_reason", self.facts.end_reason.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM pairing WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO pairing (id, leader, talent, stage, nominated_on, confirmed_on, agreed_on,
                    begins_on, ends_on, basis, team, reviewed_on, end_reason)
             VALUES (:id, :leader, :talent, :stage, :nominated_on, :confirmed_on, :agreed_on,
                    :begins_on, :ends_on, :basis, :team, :reviewed_on, :end_reason)
             ON CONFLICT (id) DO UPDATE
                SET leader = excluded.leader, talent = excluded.talent, stage = excluded.stage,
                    nominated_on = excluded.nominated_on, confirmed_on = excluded.confirmed_on,
                    agreed_on = excluded.agreed_on, begins_on = excluded.begins_on,
                    ends_on = excluded.ends_on, basis = excluded.basis, team = excluded.team,
                    reviewed_on = excluded.reviewed_on, end_reason = excluded.end_reason",
        )?
        .execute(named_params! {
            ":id": self.facts.id,
            ":leader": self.facts.leader,
            ":talent": self.facts.talent,
            ":stage": self.stage.word(),
            ":nominated_on": day(self.nominated_on),
            ":confirmed_on": day(self.confirmed_on),
            ":agreed_on": day(self.agreed_on),
            ":begins_on": day(self.facts.from),
            ":ends_on": day(self.facts.to),
            ":basis": self.facts.basis,
            ":team": self.facts.team.join(";"),
            ":reviewed_on": days(&self.facts.reviewed_on),
            ":end_reason": self.facts.end_reason,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM pairing WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Pairing>> {
    db.prepare_cached("SELECT * FROM pairing ORDER BY number")?.query_map([], from_row)?.collect()
}

/// The pairings of one leader, or one talent, or both, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn of(db: &Connection, leader: Option<&str>, talent: Option<&str>) -> Result<Vec<Pairing>> {
    db.prepare_cached(
        "SELECT * FROM pairing
          WHERE (:leader IS NULL OR leader = :leader)
            AND (:talent IS NULL OR talent = :talent)
          ORDER BY number",
    )?
    .query_map(named_params! { ":leader": leader, ":talent": talent }, from_row)?
    .collect()
}

/// Those in which a word occurs, or in the name of the leader or the talent; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Pairing>> {
    db.prepare_cached(
        "SELECT pairing.*
           FROM pairing
           JOIN leader ON leader.id = pairing.leader
           JOIN talent ON talent.id = pairing.talent
          WHERE instr(lower(concat_ws(' ', pairing.id, leader, talent, basis, team, pairing.end_reason,
                                      leader.name, talent.name)), lower(:word))
          ORDER BY pairing.number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn stage(row: &Row<'_>) -> Result<Stage> {
    let word = row.get_ref("stage")?.as_str().map_err(rusqlite::Error::from)?;
    Stage::WORDS
        .iter()
        .find(|known| known.1 == word)
        .map(|known| known.0)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "stage".to_owned(), Type::Text))
}

fn from_row(row: &Row<'_>) -> Result<Pairing> {
    Ok(Pairing {
        facts: facts::Pairing {
            id: row.get("id")?,
            leader: row.get("leader")?,
            talent: row.get("talent")?,
            from: optional_date(row, "begins_on")?,
            to: optional_date(row, "ends_on")?,
            basis: row.get("basis")?,
            team: list(row, "team")?,
            reviewed_on: dates(row, "reviewed_on")?,
            end_reason: row.get("end_reason")?,
        },
        stage: stage(row)?,
        nominated_on: optional_date(row, "nominated_on")?,
        confirmed_on: optional_date(row, "confirmed_on")?,
        agreed_on: optional_date(row, "agreed_on")?,
    })
}
