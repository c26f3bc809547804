//! Reading `[[form]]`: an official form and where its columns come from.

use super::fault::Problem;
use super::page::{Element, Table};
use super::{Form, FormColumn, FormLayout, FormPer, FormSource};
use crate::facts::heading;

const KEYS: [&str; 8] = ["id", "title", "clause", "per", "layout", "columns", "note", "assumed"];

/// What a form is made per, as files write it.
pub(super) const PER: [(&str, FormPer); 6] = [
    ("contact", FormPer::Contact),
    ("pairing", FormPer::Pairing),
    ("leader", FormPer::Leader),
    ("talent", FormPer::Talent),
    ("case", FormPer::Case),
    ("unit", FormPer::Unit),
];

/// The layouts, as files write them.
pub(super) const LAYOUTS: [(&str, FormLayout); 2] =
    [("table", FormLayout::Table), ("sheet", FormLayout::Sheet)];

impl FormPer {
    /// The word in policy files.
    #[must_use]
    pub fn word(self) -> &'static str {
        super::words::word_of(&PER, &self)
    }
}

/// The form that a table describes.
pub(super) fn read(table: &Table<'_>) -> Form {
    table.only(&KEYS);
    table.need(&["id", "title", "clause", "per", "columns"]);
    Form {
        id: table.id("id").map(|id| id.value.to_owned()).unwrap_or_default(),
        title: table.plain("title").unwrap_or_default(),
        clause: table.plain("clause").unwrap_or_default(),
        per: table.word("per", &PER).map_or(FormPer::Unit, |per| per.value),
        layout: table.word("layout", &LAYOUTS).map(|layout| layout.value).unwrap_or_default(),
        columns: table.list("columns").map(|list| columns(table, &list.value)).unwrap_or_default(),
        note: table.plain("note"),
        assumed: table.plain("assumed"),
    }
}

fn columns(table: &Table<'_>, list: &[Element]) -> Vec<FormColumn> {
    let mut columns: Vec<FormColumn> = Vec::new();
    for element in list {
        match column(&element.text) {
            Err(problem) => table.page.fault(&element.span, problem),
            Ok(column) => {
                let same = |other: &FormColumn| {
                    (&other.group, &other.heading, &other.source)
                        == (&column.group, &column.heading, &column.source)
                };
                if columns.iter().any(same) {
                    table.page.fault(&element.span, Problem::ColumnTwice);
                }
                columns.push(column);
            }
        }
    }
    columns
}

/// `HEADING = SOURCE`, `GROUP｜HEADING = SOURCE` or SOURCE alone.
fn column(written: &str) -> Result<FormColumn, Problem> {
    let (head, source_text) = match written.rsplit_once('=') {
        Some((head, source)) => (Some(head.trim()), source.trim()),
        None => (None, written.trim()),
    };
    let (group, heading) = match head.map(|head| (head, head.split_once('｜'))) {
        None => (None, None),
        Some((_, Some((group, heading)))) => (Some(group.trim()), Some(heading.trim())),
        Some((heading, None)) => (None, Some(heading)),
    };
    if heading == Some("") || group == Some("") {
        return Err(Problem::NoHeading);
    }
    let source = source(source_text)?;
    if heading.is_none() && source == FormSource::Blank {
        return Err(Problem::NoHeading);
    }
    Ok(FormColumn {
        written: written.to_owned(),
        group: group.map(str::to_owned),
        heading: heading.map(str::to_owned),
        source,
    })
}

fn source(text: &str) -> Result<FormSource, Problem> {
    if text.is_empty() {
        return Ok(FormSource::Blank);
    }
    let malformed = || Problem::MalformedSource { source: text.to_owned() };
    if let Some(rest) = text.strip_prefix('\'') {
        let quoted = rest.strip_suffix('\'').filter(|quoted| !quoted.contains('\''));
        return quoted.map(|quoted| FormSource::Text(quoted.to_owned())).ok_or_else(malformed);
    }
    if text.contains(char::is_whitespace) {
        return Err(Problem::SpaceInSource { source: text.to_owned() });
    }
    let (prefix, fields) = text.split_once('.').ok_or_else(malformed)?;
    let of = PER.iter().find(|(word, _)| *word == prefix).map(|(_, of)| *of).ok_or_else(malformed)?;
    if fields == "count" {
        return Ok(FormSource::Count(of));
    }
    let file = file_of(of);
    let fields: Vec<String> = fields.split('+').map(str::to_owned).collect();
    if let Some(field) =
        fields.iter().find(|field| !file.columns.iter().any(|column| column.english == *field))
    {
        let known = file.columns.iter().map(|column| column.english.to_owned()).collect();
        return Err(Problem::UnknownField { field: field.clone(), file: file.name, known });
    }
    Ok(FormSource::Fields { of, fields })
}

/// The file whose headings the sources of a prefix name.
fn file_of(of: FormPer) -> &'static heading::FileShape {
    match of {
        FormPer::Contact => &heading::CONTACTS,
        FormPer::Pairing => &heading::PAIRINGS,
        FormPer::Leader => &heading::LEADERS,
        FormPer::Talent => &heading::TALENTS,
        FormPer::Case => &heading::CASES,
        FormPer::Unit => &heading::UNITS,
    }
}
