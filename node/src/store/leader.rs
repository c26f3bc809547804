//! Leaders: who contacts.

use super::StoreFault;
use super::record::{Kind, Record};
use super::row::{day, field, list, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts::Leader;

impl Record for Leader {
    const KIND: Kind = Kind::Leader;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("sex", self.sex.clone()),
            ("unit", self.unit.clone().unwrap_or_default()),
            ("post", self.post.clone()),
            ("body", self.body.clone()),
            ("portfolio", self.portfolio.clone()),
            ("phone", self.phone.clone()),
            ("group", self.groups.join(";")),
            ("from", field(self.from)),
            ("to", field(self.to)),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM leader WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO leader (id, name, sex, unit, post, body, portfolio, phone, groups, begins_on,
                    ends_on)
             VALUES (:id, :name, :sex, :unit, :post, :body, :portfolio, :phone, :groups,
                    :begins_on, :ends_on)
             ON CONFLICT (id) DO UPDATE
                SET name = excluded.name, sex = excluded.sex, unit = excluded.unit,
                    post = excluded.post, body = excluded.body, portfolio = excluded.portfolio,
                    phone = excluded.phone, groups = excluded.groups,
                    begins_on = excluded.begins_on, ends_on = excluded.ends_on",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":name": self.name,
            ":sex": self.sex,
            ":unit": self.unit,
            ":post": self.post,
            ":body": self.body,
            ":portfolio": self.portfolio,
            ":phone": self.phone,
            ":groups": self.groups.join(";"),
            ":begins_on": day(self.from),
            ":ends_on": day(self.to),
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM leader WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Leader>> {
    db.prepare_cached("SELECT * FROM leader ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Whether there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn is_empty(db: &Connection) -> std::result::Result<bool, StoreFault> {
    Ok(db.query_row("SELECT NOT EXISTS (SELECT 1 FROM leader)", [], |row| row.get(0))?)
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Leader>> {
    db.prepare_cached(
        "SELECT * FROM leader
          WHERE instr(lower(concat_ws(' ', id, name, unit, post, body, portfolio, phone, groups)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn from_row(row: &Row<'_>) -> Result<Leader> {
    Ok(Leader {
        id: row.get("id")?,
        name: row.get("name")?,
        sex: row.get("sex")?,
        unit: row.get("unit")?,
        post: row.get("post")?,
        body: row.get("body")?,
        portfolio: row.get("portfolio")?,
        phone: row.get("phone")?,
        groups: list(row, "groups")?,
        from: optional_date(row, "begins_on")?,
        to: optional_date(row, "ends_on")?,
    })
}
