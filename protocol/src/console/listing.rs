//! A listing: named columns and rows, printed as a table for people, as JSON or CSV for programs.

use crate::texts::{self, Language};
use serde_json::{Map, Value};
use std::io::{self, Write};

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table with headings in the user's language.
    #[default]
    Table,
    /// An array of objects, keys as in the code.
    Json,
    /// RFC 4180, headings as the JSON keys; null is empty.
    Csv,
}

/// A cell: what programs read, and what people see where that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    data: Value,
    shown: Option<String>,
}

impl Cell {
    /// A cell that people see in other words than programs do.
    #[must_use]
    pub fn shown_as(data: Value, shown: String) -> Self {
        Self { data, shown: Some(shown) }
    }

    fn for_people(&self) -> String {
        self.shown.clone().unwrap_or_else(|| plain(&self.data))
    }
}

impl From<Value> for Cell {
    fn from(data: Value) -> Self {
        Self { data, shown: None }
    }
}

/// Named columns and rows.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Listing {
    /// An empty listing. A column's heading in tables is the catalogue's `column-KEY`.
    #[must_use]
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, one value a column.
    pub fn row<C: Into<Cell>>(&mut self, cells: Vec<C>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a row has one cell a column");
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Prints to standard output.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn print(&self, format: Format, language: Language) -> io::Result<()> {
        self.write(&mut io::stdout().lock(), format, language)
    }

    /// Prints to `out`.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut impl Write, format: Format, language: Language) -> io::Result<()> {
        match format {
            Format::Table => {
                let mut table = comfy_table::Table::new();
                table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED);
                table.set_header(
                    self.columns.iter().map(|key| texts::text(language, &format!("column-{key}"))),
                );
                for row in &self.rows {
                    table.add_row(row.iter().map(Cell::for_people));
                }
                writeln!(out, "{table}")
            }
            Format::Json => {
                let rows: Vec<Value> = self.rows.iter().map(|row| Value::Object(self.object(row))).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(&self.columns)?;
                for row in &self.rows {
                    writer.write_record(row.iter().map(|cell| plain(&cell.data)))?;
                }
                writer.flush()
            }
        }
    }

    fn object(&self, row: &[Cell]) -> Map<String, Value> {
        self.columns
            .iter()
            .map(|key| (*key).to_owned())
            .zip(row.iter().map(|cell| cell.data.clone()))
            .collect()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
