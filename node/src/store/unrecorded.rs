//! What the trail names and is no record: settings, notices of holidays, policies, assignments, the directory. They are
//! judged by as records are, so the trail is compared with them as well.

use super::{StoreFault, assignment};
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;

/// Something as it stands now, by the words of the trail.
pub(super) type Stands = BTreeMap<String, String>;

/// The notices of holidays among the settings, by year.
const NOTICE: &str = "calendar-";

/// Under which name of the trail something stands: settings are one thing, whatever entry wrote them.
pub(super) fn name_of(kind: &str, record: &str) -> Option<String> {
    match kind {
        "setting" if record.starts_with(NOTICE) => Some(record.to_owned()),
        "setting" => Some(String::new()),
        "policy" | "assignment" | "directory" => Some(record.to_owned()),
        _ => None,
    }
}

/// Everything that stands under a name: a unit may have several assignments.
pub(super) fn standing(db: &Connection, kind: &str, name: &str) -> Result<Vec<Stands>, StoreFault> {
    Ok(match (kind, name.strip_prefix(NOTICE)) {
        ("setting", Some(year)) => {
            texts(db, "days", "SELECT days FROM calendar_notice WHERE year = :name", year)?
        }
        ("setting", None) => vec![
            db.prepare_cached("SELECT key, value FROM setting")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?,
        ],
        ("policy", _) => {
            texts(db, "toml", "SELECT toml FROM policy WHERE id || '@' || number = :name", name)?
        }
        ("directory", _) => texts(db, "entry", "SELECT entry FROM directory_entry WHERE unit = :name", name)?,
        ("assignment", _) => assignments(db, name)?,
        _ => Vec::new(),
    })
}

/// Whether every text of a policy is the one that its digest names, and every assignment means a text that is here or
/// has not come yet.
pub(super) fn policies_fit(db: &Connection) -> Result<bool, StoreFault> {
    let mut statement = db.prepare_cached("SELECT id, number, digest, toml FROM policy")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, toml): (String, String) = (row.get("id")?, row.get("toml")?);
        let version = super::policy::version(&id, row.get("number")?, &toml);
        if version.digest != row.get::<_, [u8; 32]>("digest")? {
            return Ok(false);
        }
    }
    let is_other = "SELECT EXISTS (
        SELECT 1 FROM assignment
         WHERE EXISTS (SELECT 1 FROM policy WHERE id = policy AND policy.number = assignment.number)
           AND NOT EXISTS (SELECT 1 FROM policy WHERE id = policy AND policy.number = assignment.number
                              AND policy.digest = assignment.digest))";
    Ok(!db.query_row(is_other, [], |row| row.get::<_, bool>(0))?)
}

fn texts(db: &Connection, field: &str, sql: &str, name: &str) -> Result<Vec<Stands>, StoreFault> {
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map(named_params! { ":name": name }, |row| row.get::<_, String>(0))?;
    Ok(found.map(|text| Ok(Stands::from([(field.to_owned(), text?)]))).collect::<rusqlite::Result<_>>()?)
}

fn assignments(db: &Connection, unit: &str) -> Result<Vec<Stands>, StoreFault> {
    let mut statement = db.prepare_cached("SELECT * FROM assignment WHERE unit = :unit")?;
    let found = statement.query_map(named_params! { ":unit": unit }, assignment::from_row)?;
    let named = |(name, value): (&str, String)| (name.to_owned(), value);
    Ok(found
        .map(|found| Ok(assignment::fields(&found?).into_iter().map(named).collect()))
        .collect::<rusqlite::Result<_>>()?)
}
