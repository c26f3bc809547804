//! Talents: who is contacted.

use super::StoreFault;
use super::record::{Kind, Record};
use super::row::{day, field, list, optional_date};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};
use zhuji_protocol::facts::Talent;

impl Record for Talent {
    const KIND: Kind = Kind::Talent;

    fn id(&self) -> &str {
        &self.id
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", self.name.clone()),
            ("sex", self.sex.clone()),
            ("unit", self.unit.clone().unwrap_or_default()),
            ("post", self.post.clone()),
            ("title", self.title.clone()),
            ("phone", self.phone.clone()),
            ("categories", self.categories.join(";")),
            ("class", self.class.clone().unwrap_or_default()),
            ("from", field(self.from)),
            ("to", field(self.to)),
            ("end_reason", self.end_reason.clone()),
        ]
    }

    fn find(db: &Connection, id: &str) -> Result<Option<Self>> {
        db.prepare_cached("SELECT * FROM talent WHERE id = :id")?
            .query_row(named_params! { ":id": id }, from_row)
            .optional()
    }

    fn write(&self, db: &Connection) -> Result<()> {
        db.prepare_cached(
            "INSERT INTO talent (id, name, sex, unit, post, title, phone, categories, class, begins_on,
                    ends_on, end_reason)
             VALUES (:id, :name, :sex, :unit, :post, :title, :phone, :categories, :class,
                    :begins_on, :ends_on, :end_reason)
             ON CONFLICT (id) DO UPDATE
                SET name = excluded.name, sex = excluded.sex, unit = excluded.unit,
                    post = excluded.post, title = excluded.title, phone = excluded.phone,
                    categories = excluded.categories, class = excluded.class,
                    begins_on = excluded.begins_on, ends_on = excluded.ends_on,
                    end_reason = excluded.end_reason",
        )?
        .execute(named_params! {
            ":id": self.id,
            ":name": self.name,
            ":sex": self.sex,
            ":unit": self.unit,
            ":post": self.post,
            ":title": self.title,
            ":phone": self.phone,
            ":categories": self.categories.join(";"),
            ":class": self.class,
            ":begins_on": day(self.from),
            ":ends_on": day(self.to),
            ":end_reason": self.end_reason,
        })?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> Result<()> {
        db.prepare_cached("DELETE FROM talent WHERE id = :id")?
            .execute(named_params! { ":id": self.id() })?;
        Ok(())
    }
}

/// All of them, in the order of entry.
///
/// # Errors
/// When the store cannot be read.
pub fn all(db: &Connection) -> Result<Vec<Talent>> {
    db.prepare_cached("SELECT * FROM talent ORDER BY number")?.query_map([], from_row)?.collect()
}

/// Whether there is none.
///
/// # Errors
/// When the store cannot be read.
pub fn is_empty(db: &Connection) -> std::result::Result<bool, StoreFault> {
    Ok(db.query_row("SELECT NOT EXISTS (SELECT 1 FROM talent)", [], |row| row.get(0))?)
}

/// Those in which a word occurs, wherever it stands; two characters are enough.
///
/// # Errors
/// When the store cannot be read.
pub fn search(db: &Connection, word: &str) -> Result<Vec<Talent>> {
    db.prepare_cached(
        "SELECT * FROM talent
          WHERE instr(lower(concat_ws(' ', id, name, unit, post, title, phone, categories, class,
                                        end_reason)), lower(:word))
          ORDER BY number",
    )?
    .query_map(named_params! { ":word": word }, from_row)?
    .collect()
}

fn from_row(row: &Row<'_>) -> Result<Talent> {
    Ok(Talent {
        id: row.get("id")?,
        name: row.get("name")?,
        sex: row.get("sex")?,
        unit: row.get("unit")?,
        post: row.get("post")?,
        title: row.get("title")?,
        phone: row.get("phone")?,
        categories: list(row, "categories")?,
        class: row.get("class")?,
        from: optional_date(row, "begins_on")?,
        to: optional_date(row, "ends_on")?,
        end_reason: row.get("end_reason")?,
    })
}
