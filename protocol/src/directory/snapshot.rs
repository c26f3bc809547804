//! A snapshot of divisions as published: CSV rows, and what they change in a directory.

use super::{Attributes, Directory, Entry};
use crate::texts::{Language, Told};
use crate::unit::{Level, UnitId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Statistical placeholders are no offices: they are left out, and their children hang from the grandparent.
const PLACEHOLDERS: [&str; 5] =
    ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位"];

/// One unit as the snapshot shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line on which it stands.
    pub line: u64,
    /// Its code.
    pub code: UnitId,
    /// What is true of it.
    pub attributes: Attributes,
}

/// Why a line of a snapshot is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the line, the heading and the text found there")]
pub enum SnapshotFault {
    Unreadable { line: u64 },
    NoHeading,
    UnknownHeading { heading: String },
    MissingHeading { heading: &'static str },
    Code { line: u64, text: String },
    Name { line: u64 },
    Level { line: u64, text: String },
    Repeated { line: u64, code: String },
    UnknownParent { line: u64, parent: String },
    Circle { line: u64, code: String },
}

/// Reads `code,name,level,parent_code` (Chinese headings 单位代码,单位名称,层级,上级代码 as well), UTF-8 with or without BOM. A level is a number from
/// 1 (province) to 5 (village), or a word.
///
/// # Errors
/// All faults of the file at once.
pub fn read_snapshot(bytes: &[u8], known: &Directory) -> Result<Vec<Row>, Vec<SnapshotFault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let headings = reader.headers().map_err(|_| vec![SnapshotFault::Unreadable { line: 1 }])?.clone();
    if headings.iter().all(str::is_empty) {
        return Err(vec![SnapshotFault::NoHeading]);
    }
    let columns = columns(&headings)?;
    let mut faults = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut record = csv::StringRecord::new();
    let mut lines = Lines { bytes, counted: 0, line: 1 };
    loop {
        let line = lines.of_what_follows(reader.position());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                faults.push(SnapshotFault::Unreadable { line });
                continue;
            }
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        match parse_row(&record, columns, line) {
            Ok(row) if !seen.insert(row.code.clone()) => {
                faults.push(SnapshotFault::Repeated { line, code: row.code.to_string() });
            }
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(fault),
        }
    }
    let codes: BTreeSet<&UnitId> = rows.iter().map(|row| &row.code).collect();
    for row in &rows {
        if let Some(parent) = &row.attributes.parent
            && !codes.contains(parent)
            && known.get(parent).is_none()
        {
            faults.push(SnapshotFault::UnknownParent { line: row.line, parent: parent.to_string() });
        }
    }
    if faults.is_empty() { without_placeholders(rows) } else { Err(faults) }
}

/// Counts lines as an editor does. The reader's own count stands before the line end and the empty lines that it is
/// about to pass over.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the next record, read from `position` on; positions only grow.
    fn of_what_follows(&mut self, position: &csv::Position) -> u64 {
        let at = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.bytes.len());
        let ends = self.bytes[at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.bytes[self.counted.min(at + ends)..at + ends];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = at + ends;
        self.line
    }
}

fn columns(headings: &csv::StringRecord) -> Result<[usize; 4], Vec<SnapshotFault>> {
    const WORDS: [(&str, &[&str]); 4] = [
        ("code", &["code", "单位代码"]),
        ("name", &["name", "单位名称"]),
        ("level", &["level", "层级"]),
        ("parent_code", &["parent_code", "parent", "上级代码"]),
    ];
    let mut faults: Vec<SnapshotFault> = headings
        .iter()
        .filter(|heading| !WORDS.iter().any(|(_, words)| words.contains(heading)))
        .map(|heading| SnapshotFault::UnknownHeading { heading: heading.to_owned() })
        .collect();
    let mut found = [0; 4];
    for (slot, (heading, words)) in found.iter_mut().zip(WORDS) {
        match headings.iter().position(|text| words.contains(&text)) {
            Some(column) => *slot = column,
            None => faults.push(SnapshotFault::MissingHeading { heading }),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn parse_row(record: &csv::StringRecord, columns: [usize; 4], line: u64) -> Result<Row, SnapshotFault> {
    let cell = |column: usize| record.get(columns[column]).unwrap_or_default();
    let id = |text: &str| text.parse::<UnitId>().map_err(|fault| SnapshotFault::Code { line, text: fault.0 });
    let code = id(cell(0))?;
    let name = cell(1);
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(SnapshotFault::Name { line });
    }
    let level = match cell(2) {
        "1" => Level::Province,
        "2" => Level::City,
        "3" => Level::County,
        "4" => Level::Township,
        "5" => Level::Village,
        word => Level::from_word(word).ok_or_else(|| SnapshotFault::Level { line, text: word.to_owned() })?,
    };
    let parent = match cell(3) {
        "" => None,
        text => Some(id(text)?),
    };
    let attributes = Attributes { code: code.to_string(), name: name.to_owned(), level, parent };
    Ok(Row { line, code, attributes })
}

fn without_placeholders(rows: Vec<Row>) -> Result<Vec<Row>, Vec<SnapshotFault>> {
    let skipped: BTreeMap<UnitId, Option<UnitId>> = rows
        .iter()
        .filter(|row| PLACEHOLDERS.contains(&row.attributes.name.as_str()))
        .map(|row| (row.code.clone(), row.attributes.parent.clone()))
        .collect();
    let mut offices: Vec<Row> = rows.into_iter().filter(|row| !skipped.contains_key(&row.code)).collect();
    let mut faults = Vec::new();
    for row in &mut offices {
        // Placeholders that stand above themselves have no grandparent: each can be left out only once.
        let mut left_out = 0;
        while let Some(Some(grandparent)) = row.attributes.parent.as_ref().map(|parent| skipped.get(parent)) {
            left_out += 1;
            if left_out > skipped.len() {
                faults.push(SnapshotFault::Circle { line: row.line, code: row.code.to_string() });
                break;
            }
            row.attributes.parent.clone_from(grandparent);
        }
    }
    if faults.is_empty() { Ok(offices) } else { Err(faults) }
}

/// What a snapshot changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Units that enter.
    pub added: Vec<UnitId>,
    /// Units whose name, level or parent changes.
    pub changed: Vec<UnitId>,
    /// Units that the snapshot no longer shows, under a unit that it does show.
    pub closed: Vec<UnitId>,
    /// The entries as they are afterwards, of all units above.
    pub entries: Vec<Entry>,
}

impl Difference {
    /// What `rows` change in `directory` on `day`. The first snapshot (no day) has no beginning. Only units at or under
    /// the tops of the snapshot can be closed: a file about one county closes nothing elsewhere. Private members never
    /// stand in a snapshot and are left alone.
    #[must_use]
    pub fn between(directory: &Directory, rows: Vec<Row>, day: Option<NaiveDate>) -> Self {
        let mut difference = Self::default();
        let in_use: BTreeMap<&str, &Entry> = directory
            .entries()
            .filter_map(|entry| {
                let current = entry.spans.last().filter(|span| span.to.is_none())?;
                Some((current.attributes.code.as_str(), entry))
            })
            .collect();
        let codes: BTreeSet<UnitId> = rows.iter().map(|row| row.code.clone()).collect();
        let tops: BTreeSet<&UnitId> = rows
            .iter()
            .filter(|row| row.attributes.parent.as_ref().is_none_or(|parent| !codes.contains(parent)))
            .map(|row| &row.code)
            .collect();
        let ids: BTreeMap<UnitId, UnitId> = rows
            .iter()
            .map(|row| {
                let id = match in_use.get(row.code.as_str()) {
                    Some(entry) => entry.id.clone(),
                    None => unused_id(directory, &row.code),
                };
                (row.code.clone(), id)
            })
            .collect();
        let covered: BTreeSet<UnitId> = match day {
            None => BTreeSet::new(),
            Some(_) => {
                tops.iter().filter_map(|top| ids.get(top)).flat_map(|top| directory.ever_under(top)).collect()
            }
        };
        for Row { code, mut attributes, .. } in rows {
            attributes.parent = attributes.parent.map(|parent| ids.get(&parent).cloned().unwrap_or(parent));
            let id = ids[&code].clone();
            match directory.get(&id) {
                None => {
                    let span = super::Span { from: day, to: None, attributes };
                    difference.entries.push(Entry {
                        id: id.clone(),
                        spans: vec![span],
                        successors: Vec::new(),
                    });
                    difference.added.push(id);
                }
                Some(entry)
                    if entry.latest() == Some(&attributes)
                        && entry.spans.last().is_some_and(|s| s.to.is_none()) => {}
                Some(entry) => {
                    let mut entry = entry.clone();
                    match day {
                        Some(day) => entry.change(day, attributes),
                        None => entry.spans = vec![super::Span { from: None, to: None, attributes }],
                    }
                    difference.entries.push(entry);
                    difference.changed.push(id);
                }
            }
        }
        let shown: BTreeSet<&UnitId> = ids.values().collect();
        if let Some(day) = day {
            for (_, entry) in in_use {
                if covered.contains(&entry.id)
                    && !shown.contains(&entry.id)
                    && !entry.id.as_str().contains('-')
                {
                    let mut closed = entry.clone();
                    closed.end_before(day);
                    difference.entries.push(closed);
                    difference.closed.push(entry.id.clone());
                }
            }
        }
        difference.closed.sort();
        difference
    }
}

/// The code itself, or `~n` if a closed unit had it.
fn unused_id(directory: &Directory, code: &UnitId) -> UnitId {
    if directory.get(code).is_none() {
        return code.clone();
    }
    (2..=999)
        .map(|n| format!("{code}~{n}"))
        .filter_map(|text| text.parse().ok())
        .find(|id| directory.get(id).is_none())
        .unwrap_or_else(|| code.clone())
}

impl Told for SnapshotFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "fault-snapshot-unreadable",
            Self::NoHeading => "fault-snapshot-no-heading",
            Self::UnknownHeading { .. } => "fault-snapshot-unknown-heading",
            Self::MissingHeading { .. } => "fault-snapshot-missing-heading",
            Self::Code { .. } => "fault-snapshot-code",
            Self::Name { .. } => "fault-snapshot-name",
            Self::Level { .. } => "fault-snapshot-level",
            Self::Repeated { .. } => "fault-snapshot-repeated",
            Self::UnknownParent { .. } => "fault-snapshot-unknown-parent",
            Self::Circle { .. } => "fault-snapshot-circle",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoHeading => vec![],
            Self::Unreadable { line } | Self::Name { line } => vec![("line", line.to_string())],
            Self::UnknownHeading { heading } => vec![("heading", heading.clone())],
            Self::MissingHeading { heading } => vec![("heading", (*heading).to_owned())],
            Self::Code { line, text } | Self::Level { line, text } => {
                vec![("line", line.to_string()), ("text", text.clone())]
            }
            Self::Repeated { line, code } | Self::Circle { line, code } => {
                vec![("line", line.to_string()), ("text", code.clone())]
            }
            Self::UnknownParent { line, parent } => {
                vec![("line", line.to_string()), ("text", parent.clone())]
            }
        }
    }
}

impl fmt::Display for SnapshotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for SnapshotFault {}
