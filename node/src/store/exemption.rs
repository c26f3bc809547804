//! Exemptions: recorded reasons why a duty is not asked for.

use super::record::{Kind, Record};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts;

/// An exemption under an id of this store; the folder's rows have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// An id of this store.
    pub id: String,
    /// What is judged.
    pub facts: facts::Exemption,
}

impl Record for Exemption {
    const KIND: Kind = Kind::Exemption;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("rule", self.facts.rule.clone()),
            ("subject", self.facts.subject.clone()),
            ("period", self.facts.period.clone()),
            ("reason", self.facts.reason.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM exemption WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO exemption (id, rule, subject, period, reason)
             VALUES (:id, :rule, :subject, :period, :reason)
             ON CONFLICT (id) DO UPDATE
                SET rule = excluded.rule, subject = excluded.subject, period = excluded.period,
                    reason = excluded.reason",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":rule": self.facts.rule,
            ":subject": self.facts.subject,
            ":period": self.facts.period,
            ":reason": self.facts.reason,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM exemption WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Exemption>> {
    db.prepare_cached("SELECT * FROM exemption ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Exemption>> {
    db.prepare_cached(
        "SELECT * FROM exemption
          WHERE instr(lower(concat_ws(' ', id, rule, subject, period, reason)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

/// The exemption of that rule, subject and period.
///
/// # Errors
/// When the store cannot be read.
pub fn same_as(db: &Connection, row: &facts::Exemption) -> Result<Option<Exemption>> {
    db.prepare_cached(
        "SELECT * FROM exemption
          WHERE rule = :rule AND subject = :subject AND period = :period
          ORDER BY number",
    )?
    .query_row(named_params! { ":rule": row.rule, ":subject": row.subject, ":period": row.period }, from_row)
    .optional()
}

fn from_row(row: &Row<'_>) -> Result<Exemption> {
    Ok(Exemption {
        facts: facts::Exemption {
            rule: row.get("rule")?,
            subject: row.get("subject")?,
            period: row.get("period")?,
            reason: row.get("reason")?,
        },
        id: row.get("id")?,
    })
}
