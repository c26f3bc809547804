//! Contacts: one visit, talk, call, letter … each.

use super::record::{Kind, Record};
use super::row::{date, day, list};
use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts::Contact;
use zhuji_protocol::policy::Side;

impl Record for Contact {
    const KIND: Kind = Kind::Contact;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("pairing", self.pairing.clone()),
            ("date", self.date.to_string()),
            ("mode", self.mode.clone().unwrap_or_default()),
            ("initiated_by", self.initiated_by.map(side_word).unwrap_or_default().to_owned()),
            ("topics", self.topics.join(";")),
            ("occasion", self.occasion.clone()),
            ("also_counts_for", self.also_counts_for.clone()),
            ("note", self.note.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM contact WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO contact (id, pairing, made_on, mode, initiated_by, topics, occasion,
                    also_counts_for, note)
             VALUES (:id, :pairing, :made_on, :mode, :initiated_by, :topics, :occasion,
                    :also_counts_for, :note)
             ON CONFLICT (id) DO UPDATE
                SET pairing = excluded.pairing, made_on = excluded.made_on,
                    mode = excluded.mode, initiated_by = excluded.initiated_by,
                    topics = excluded.topics, occasion = excluded.occasion,
                    also_counts_for = excluded.also_counts_for, note = excluded.note",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":pairing": self.pairing,
            ":made_on": day(Some(self.date)),
            ":mode": self.mode,
            ":initiated_by": self.initiated_by.map(side_word),
            ":topics": self.topics.join(";"),
            ":occasion": self.occasion,
            ":also_counts_for": self.also_counts_for,
            ":note": self.note,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM contact WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Contact>> {
    db.prepare_cached("SELECT * FROM contact ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Contacts of one pairing, or of all, within a span of dates, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn between(
    db: &Connection,
    pairing: Option<&str>,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Contact>> {
    db.prepare_cached(
        "SELECT * FROM contact
          WHERE (:pairing IS NULL OR pairing = :pairing)
            AND made_on BETWEEN :first AND :last
          ORDER BY made_on, number",
    )?
    .query_map(
        named_params! { ":pairing": pairing, ":first": day(Some(first)), ":last": day(Some(last)) },
        from_row,
    )?
    .collect()
}

/// Those in which a word occurs, or in the name of the leader or the talent; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Contact>> {
    db.prepare_cached(
        "SELECT contact.*
           FROM contact
           JOIN pairing ON pairing.id = contact.pairing
           JOIN leader ON leader.id = pairing.leader
           JOIN talent ON talent.id = pairing.talent
          WHERE instr(lower(concat_ws(' ', contact.id, contact.pairing, mode, topics, occasion,
                                      also_counts_for, note, leader.name, talent.name)), lower(:word))
          ORDER BY made_on, contact.number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

/// The word of a side, in columns and files.
#[must_use]
pub fn side_word(side: Side) -> &'static str {
    match side {
        Side::Leader => "leader",
        Side::Talent => "talent",
    }
}

fn side(row: &Row<'_>) -> Result<Option<Side>> {
    Ok(match row.get_ref("initiated_by")?.as_str_or_null().map_err(rusqlite::Error::from)? {
        Some("leader") => Some(Side::Leader),
        Some("talent") => Some(Side::Talent),
        _ => None,
    })
}

fn from_row(row: &Row<'_>) -> Result<Contact> {
    Ok(Contact {
        id: row.get("id")?,
        pairing: row.get("pairing")?,
        date: date(row, "made_on")?,
        mode: row.get("mode")?,
        initiated_by: side(row)?,
        topics: list(row, "topics")?,
        occasion: row.get("occasion")?,
        also_counts_for: row.get("also_counts_for")?,
        note: row.get("note")?,
    })
}
