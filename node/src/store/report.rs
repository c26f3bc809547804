//! Reports: forms handed in.

use super::record::{Kind, Record};
use super::row::{day, field, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts::Report;

impl Record for Report {
    const KIND: Kind = Kind::Report;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("unit", self.unit.clone()),
            ("form", self.form.clone()),
            ("period", self.period.clone()),
            ("submitted_on", field(self.submitted_on)),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM report WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO report (id, unit, form, period, submitted_on)
             VALUES (:id, :unit, :form, :period, :submitted_on)
             ON CONFLICT (id) DO UPDATE
                SET unit = excluded.unit, form = excluded.form, period = excluded.period,
                    submitted_on = excluded.submitted_on",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":unit": self.unit,
            ":form": self.form,
            ":period": self.period,
            ":submitted_on": day(self.submitted_on),
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM report WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Report>> {
    db.prepare_cached("SELECT * FROM report ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Report>> {
    db.prepare_cached(
        "SELECT * FROM report
          WHERE instr(lower(concat_ws(' ', id, unit, form, period)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn from_row(row: &Row<'_>) -> Result<Report> {
    Ok(Report {
        id: row.get("id")?,
        unit: row.get("unit")?,
        form: row.get("form")?,
        period: row.get("period")?,
        submitted_on: optional_date(row, "submitted_on")?,
    })
}
