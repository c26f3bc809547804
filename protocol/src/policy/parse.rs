//! From the bytes of a policy file to a checked policy with its `extends` resolved.

use super::fault::{Fault, Problem};
use super::page::{At, Page, Table, is_id};
use super::rule_table::{self, Around};
use super::{Policy, Rule, Vocabulary, builtin, form, vocabulary};
use crate::calendar::Calendar;
use chrono::NaiveDate;
use toml::de::DeTable;

/// A policy as text, with the name under which its faults are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as given, or the id of a built-in policy.
    pub file: String,
    /// UTF-8, with or without BOM.
    pub bytes: Vec<u8>,
}

/// What the files beside a policy are.
pub trait Beside {
    /// The name under which faults of `<id>.toml` are told.
    fn name(&self, id: &str) -> String {
        format!("{id}.toml")
    }

    /// The bytes of `<id>.toml`; `None` if there is no such file.
    fn bytes(&self, id: &str) -> Option<Vec<u8>>;
}

/// A policy that has no files beside it: it may extend built-in ones only.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Beside for Alone {
    fn bytes(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

/// Reads, checks and flattens a policy.
///
/// # Errors
/// Every fault of the file; if an extended policy is missing or refused, the faults of that one.
pub fn parse(source: &Source, beside: &dyn Beside, calendar: &Calendar) -> Result<Policy, Vec<Fault>> {
    let mut reader = Reader { beside, calendar, chain: Vec::new(), first_extends: None, is_flattened: false };
    reader.policy(source, None)
}

/// Reads a policy that [`Policy::to_toml`] wrote; it extends nothing.
///
/// A single due date may lie before `effective` here: it was checked against the file it stood in.
///
/// # Errors
/// Every fault of the text.
pub fn parse_flattened(source: &Source, calendar: &Calendar) -> Result<Policy, Vec<Fault>> {
    let mut reader =
        Reader { beside: &Alone, calendar, chain: Vec::new(), first_extends: None, is_flattened: true };
    reader.policy(source, None)
}

struct Reader<'a> {
    beside: &'a dyn Beside,
    calendar: &'a Calendar,
    /// The files from the first one to the one being read.
    chain: Vec<String>,
    /// Where the first file's `extends` stands, with a circle as its problem.
    first_extends: Option<Fault>,
    is_flattened: bool,
}

impl Reader<'_> {
    /// Reads one file; `expected` is the id under which it was extended.
    fn policy(&mut self, source: &Source, expected: Option<&str>) -> Result<Policy, Vec<Fault>> {
        let text = text_of(source)?;
        let page = Page::new(&source.file, text);
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = error.message().to_owned();
                return Err(vec![page.fault_at(&span, Problem::Syntax { message })]);
            }
        };
        let top = Table::new(&page, 0..0, document.get_ref());
        self.chain.push(source.file.clone());
        let parent = match extends(&top) {
            Some(extends) if !self.is_flattened => Some(self.extended(&extends, &page)?),
            _ => None,
        };
        self.chain.pop();
        let policy = self.checked(&top, parent, expected);
        drop(top);
        let faults = page.into_faults();
        policy.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The policy that `extends` names.
    fn extended(&mut self, extends: &At<String>, page: &Page<'_>) -> Result<Policy, Vec<Fault>> {
        let id = extends.value.as_str();
        let circle = page.fault_at(&extends.key, Problem::Circle { chain: Vec::new() });
        let first = self.first_extends.get_or_insert(circle).clone();
        let built_in = builtin::text(id).map(|text| Source { file: id.to_owned(), bytes: text.into() });
        let beside = || {
            let bytes = is_id(id).then(|| self.beside.bytes(id)).flatten()?;
            Some(Source { file: self.beside.name(id), bytes })
        };
        let Some(source) = built_in.or_else(beside) else {
            let problem = Problem::NoSuchPolicy { id: id.to_owned() };
            return Err(vec![Fault { file: self.beside.name(id), line: 1, column: 1, width: 1, problem }]);
        };
        if self.chain.contains(&source.file) {
            let chain = [self.chain.as_slice(), &[source.file]].concat();
            return Err(vec![Fault { problem: Problem::Circle { chain }, ..first }]);
        }
        self.policy(&source, Some(id))
    }

    fn checked(&self, top: &Table<'_>, parent: Option<Policy>, expected: Option<&str>) -> Option<Policy> {
        top.only(&["policy", "vocabulary", "rule", "form"]);
        if !top.has("policy") {
            top.page.fault(&(0..0), Problem::NoPolicy);
        }
        let header = top.table("policy");
        let inherited = parent.unwrap_or_else(nothing);
        let dropped = header.as_ref().map(|header| dropped(header, &inherited.rules)).unwrap_or_default();
        let effective = header.as_ref().and_then(|header| header.date("effective"));
        let words = match top.table("vocabulary") {
            Some(table) => vocabulary::read(&table, inherited.vocabulary, self.calendar),
            None => inherited.vocabulary,
        };
        let own_forms = unique(&top.tables("form"), |table| Some(form::read(table)));
        let forms = laid_over(inherited.forms, own_forms, |form| &form.id);
        let own_rules = {
            let form_ids: Vec<String> = forms.iter().map(|form| form.id.clone()).collect();
            let effective = effective.clone();
            let around =
                Around { vocabulary: &words, forms: &form_ids, effective, is_flattened: self.is_flattened };
            unique(&top.tables("rule"), |table| rule_table::read(table, &around))
        };
        let kept = inherited.rules.into_iter().filter(|rule| !dropped.contains(&rule.id)).collect();
        let rules = laid_over(kept, own_rules, |rule| &rule.id);

        // A flattened policy extends nothing.
        let keys = if self.is_flattened { &HEADER_KEYS[..9] } else { &HEADER_KEYS[..] };
        let policy = read_header(&header?, keys, effective.as_ref(), expected);
        Some(Policy { vocabulary: words, rules, forms, ..policy })
    }
}

fn text_of(source: &Source) -> Result<&str, Vec<Fault>> {
    let bytes = source.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&source.bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let start = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        let end = start.len();
        vec![Page::new(&source.file, &start).fault_at(&(end..end), Problem::NotUtf8)]
    })
}

/// The `extends` of a file, if it is a string at all.
fn extends(top: &Table<'_>) -> Option<At<String>> {
    let policy = top.any("policy")?;
    let header = Table::new(top.page, policy.span.clone(), policy.value.as_table()?);
    let extends = header.any("extends")?;
    let id = extends.value.as_str().filter(|id| !id.is_empty())?;
    Some(extends.with(id.to_owned()))
}

/// What a policy that extends nothing begins with.
fn nothing() -> Policy {
    Policy {
        id: String::new(),
        title: String::new(),
        document: None,
        issued: None,
        effective: NaiveDate::default(),
        until: None,
        unit: String::new(),
        office: None,
        assumed: None,
        vocabulary: Vocabulary::default(),
        rules: Vec::new(),
        forms: Vec::new(),
    }
}

fn read_header(
    table: &Table<'_>,
    keys: &[&str],
    effective: Option<&At<NaiveDate>>,
    expected: Option<&str>,
) -> Policy {
    table.only(keys);
    table.need(&["id", "title", "effective", "unit"]);
    let id = table.id("id");
    if let (Some(id), Some(expected)) = (&id, expected)
        && id.value != expected
    {
        let problem = Problem::WrongId { expected: expected.to_owned(), found: id.value.to_owned() };
        table.page.fault(&id.span, problem);
    }
    // It was resolved before the rest was read; here only its type is told.
    let _ = table.text("extends");
    let until = table.date("until");
    if let (Some(effective), Some(until)) = (effective, &until)
        && until.value < effective.value
    {
        table.between(&["effective", "until"], Problem::UntilBeforeEffective);
    }
    Policy {
        id: id.map(|id| id.value.to_owned()).unwrap_or_default(),
        title: table.plain("title").unwrap_or_default(),
        document: table.plain("document"),
        issued: table.date("issued").map(|date| date.value),
        effective: effective.map(|date| date.value).unwrap_or_default(),
        until: until.map(|date| date.value),
        unit: table.plain("unit").unwrap_or_default(),
        office: table.plain("office"),
        assumed: table.plain("assumed"),
        ..nothing()
    }
}

/// The rules that `drop` names, each of which must be in the extended policy.
fn dropped(header: &Table<'_>, inherited: &[Rule]) -> Vec<String> {
    let list = header.list("drop").map(|list| list.value).unwrap_or_default();
    for element in list.iter().filter(|element| !inherited.iter().any(|rule| rule.id == element.text)) {
        let (id, known) = (element.text.clone(), inherited.iter().map(|rule| rule.id.clone()).collect());
        header.page.fault(&element.span, Problem::UnknownDropped { id, known });
    }
    list.into_iter().map(|element| element.text).collect()
}

/// Reads each table; an id that stands in an earlier one is refused at its second place.
fn unique<T>(tables: &[Table<'_>], read: impl Fn(&Table<'_>) -> Option<T>) -> Vec<T> {
    let mut ids: Vec<&str> = Vec::new();
    for table in tables {
        let Some(entry) = table.any("id") else { continue };
        let Some(id) = entry.value.as_str() else { continue };
        if ids.contains(&id) {
            table.page.fault(&entry.span, Problem::Repeated { what: id.to_owned() });
        }
        ids.push(id);
    }
    tables.iter().filter_map(read).collect()
}

/// The extended policy's rules or forms with the own ones over them: the same id replaces.
fn laid_over<T>(inherited: Vec<T>, own: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut all = inherited;
    for item in own {
        match all.iter_mut().find(|before| id(before) == id(&item)) {
            Some(before) => *before = item,
            None => all.push(item),
        }
    }
    all
}

const HEADER_KEYS: [&str; 11] = [
    "id",
    "title",
    "document",
    "issued",
    "effective",
    "until",
    "unit",
    "office",
    "assumed",
    "extends",
    "drop",
];
