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

/// Named columns and rows.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Listing {
    /// An empty listing. A column's heading in tables is the catalogue's `column-KEY`.
    #[must_use]
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, one value a column.
    pub fn row(&mut self, values: Vec<Value>) {
        debug_assert_eq!(values.len(), self.columns.len(), "a row has one value a column");
        self.rows.push(values);
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
                table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
                table.set_header(
                    self.columns.iter().map(|key| texts::text(language, &format!("column-{key}"))),
                );
                for row in &self.rows {
                    table.add_row(row.iter().map(plain));
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
                    writer.write_record(row.iter().map(plain))?;
                }
                writer.flush()
            }
        }
    }

    fn object(&self, row: &[Value]) -> Map<String, Value> {
        self.columns.iter().map(|key| (*key).to_owned()).zip(row.iter().cloned()).collect()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
