//! What a node's own records give, asked of its commands: the other side of the proof that figures are whole.

use super::Federation;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use zhuji_protocol::month::Period;
use zhuji_protocol::unit::UnitId;

/// Verdicts by status, as the node's own `compliance` counts them.
const STATUSES: [&str; 6] = ["expected", "met", "late", "overdue", "pending", "exempt"];

impl Federation {
    /// A node's figures of a period, under the columns of a hub's report.
    ///
    /// # Errors
    /// A command is refused.
    pub fn node_figures(&self, unit: &UnitId, period: &str, today: NaiveDate) -> Result<Value> {
        let months: Period = period.parse().ok().context("a period")?;
        let (first, last) = (months.first.first_day(), months.last.last_day());
        let (from, to) = (first.to_string(), last.to_string());
        let rows = self.node_json(unit, &["compliance", "--from", &from, "--to", &to])?;
        let mut figures = Map::new();
        for status in STATUSES {
            let counted =
                rows.as_array().context("a list")?.iter().map(|row| row[status].as_i64().unwrap_or(0));
            figures.insert(status.to_owned(), json!(counted.sum::<i64>()));
        }
        let stock_day = last.min(today).to_string();
        let active = |row: &Value| {
            let on = |key: &str| row[key].as_str().filter(|day| !day.is_empty());
            on("from").is_none_or(|from| from <= stock_day.as_str())
                && on("to").is_none_or(|to| stock_day.as_str() <= to)
        };
        let in_period = |row: &Value, key: &str| {
            row[key].as_str().is_some_and(|day| from.as_str() <= day && day <= to.as_str())
        };
        let leaders = self.rows(unit, "leader")?;
        let talents = self.rows(unit, "talent")?;
        let lives = |id: &Value, rows: &[Value]| rows.iter().any(|row| row["id"] == *id && active(row));
        let pairings = self.rows(unit, "pairing")?;
        let paired = pairings.iter().filter(|row| {
            row["stage"] == "active"
                && active(row)
                && lives(&row["leader"], &leaders)
                && lives(&row["talent"], &talents)
        });
        figures.insert("pairings".to_owned(), json!(paired.count()));
        figures.insert("leaders".to_owned(), json!(leaders.iter().filter(|row| active(row)).count()));
        figures.insert("talents".to_owned(), json!(talents.iter().filter(|row| active(row)).count()));
        let contacts = self.rows(unit, "contact")?;
        figures.insert(
            "contacts".to_owned(),
            json!(contacts.iter().filter(|row| in_period(row, "date")).count()),
        );
        let cases = self.rows(unit, "case")?;
        figures.insert(
            "cases".to_owned(),
            json!(cases.iter().filter(|row| in_period(row, "received_on")).count()),
        );
        Ok(Value::Object(figures))
    }

    /// A node and one of its active pairings, to record a contact for.
    ///
    /// # Errors
    /// No node has one.
    pub fn some_pairing(&self) -> Result<(UnitId, String)> {
        for node in &self.place.nodes {
            if let Ok(pairing) = self.pairing_of(&node.unit) {
                return Ok((node.unit.clone(), pairing));
            }
        }
        anyhow::bail!("no node has an active pairing")
    }

    /// One of the active pairings of a node.
    ///
    /// # Errors
    /// It has none.
    pub fn pairing_of(&self, unit: &UnitId) -> Result<String> {
        for row in self.rows(unit, "pairing")? {
            let ended = row["to"].as_str().is_some_and(|to| !to.is_empty());
            if row["stage"] == "active" && !ended {
                return Ok(row["id"].as_str().context("an id")?.to_owned());
            }
        }
        anyhow::bail!("node {unit} has no active pairing")
    }

    fn rows(&self, unit: &UnitId, kind: &str) -> Result<Vec<Value>> {
        let listed = self.node_json(unit, &[kind, "list"])?;
        Ok(listed.as_array().context("a list")?.clone())
    }
}
