//! How records are shown: listings of a kind, one record with its trail, and what a change did.

use super::clerk;
use super::fault::heading;
use crate::desk::Desk;
use crate::store::{Act, Answer, Db, Effect, Kind, Record, StoreFault, audit};
use clap::Args;
use serde_json::Value;
use std::io::ErrorKind;
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::policy::Words;
use zhuji_protocol::texts::{self, Language, Told};

/// What to look for.
#[derive(Args, Debug)]
pub struct SearchArgs {
    /// A word, or a part of one; two characters are enough.
    word: String,
    #[command(flatten)]
    print: PrintArgs,
}

/// Which record to show.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its id.
    id: String,
    #[command(flatten)]
    print: PrintArgs,
}

/// Which record to take out, and why.
#[derive(Args, Debug)]
pub struct RemoveArgs {
    /// Its id.
    id: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// How to print.
#[derive(Args, Clone, Copy, Debug)]
pub struct PrintArgs {
    /// The format.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

impl SearchArgs {
    /// Asks for each word of a search; a record must have them all.
    pub(super) fn find<R: Record>(
        &self,
        desk: &Desk,
        ask: impl Fn(&Db, &str) -> Answer<Vec<R>>,
    ) -> Result<Vec<R>, StoreFault> {
        let mut words = self.word.split_whitespace();
        let mut found = ask(desk.store.db(), words.next().unwrap_or_default())?;
        for word in words {
            let also = ask(desk.store.db(), word)?;
            found.retain(|record| also.iter().any(|other| other.id() == record.id()));
        }
        Ok(found)
    }

    pub(super) fn print(&self) -> PrintArgs {
        self.print
    }
}

/// Prints a listing.
pub(super) fn print(desk: &Desk, listing: &Listing, print: PrintArgs) -> Result<(), Failure> {
    match listing.print(print.format, desk.language) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Unexpected(Box::new(error))),
        Ok(()) => Ok(()),
    }
}

/// Shows one record: every field that holds something, then who wrote it when.
pub(super) fn show<R: Record>(desk: &Desk, args: &ShowArgs) -> Result<(), Failure> {
    let record: R = clerk::find(desk, &args.id)?;
    if args.print.format != Format::Table {
        let fields = record.fields();
        let columns: Vec<&'static str> =
            std::iter::once("id").chain(fields.iter().map(|(name, _)| *name)).collect();
        let mut listing = Listing::new(&columns);
        let values =
            std::iter::once(record.id().to_owned()).chain(fields.into_iter().map(|(_, value)| value));
        listing.row(values.map(Value::from).collect());
        return print(desk, &listing, args.print);
    }
    let mut listing = Listing::new(&["field", "value"]);
    listing.row(vec![Value::from(heading(desk.language, "id")), Value::from(record.id())]);
    for (name, value) in record.fields().into_iter().filter(|(_, value)| !value.is_empty()) {
        let shown = in_words(desk, R::KIND, name, &value);
        listing.row(vec![Value::from(heading(desk.language, name)), Value::from(shown)]);
    }
    print(desk, &listing, args.print)?;
    print(desk, &trail(desk, Some((R::KIND, record.id())), 20)?, args.print)
}

/// A field as people read it: words of the policy and of ours by their titles.
fn in_words(desk: &Desk, kind: Kind, field: &str, value: &str) -> String {
    let words = desk.words();
    let of_policy = match (kind, field) {
        (Kind::Leader, "group") => &words.groups,
        (Kind::Talent, "categories") => &words.categories,
        (Kind::Talent, "class") => &words.classes,
        (Kind::Contact, "mode") => &words.modes,
        (Kind::Contact, "topics") => &words.topics,
        (Kind::Case, "class") => &words.case_classes,
        (Kind::Case, "channel") => &words.channels,
        (Kind::Event, "kind") => &words.events,
        (Kind::Service, "kind") => &words.activities,
        (Kind::Pairing, "stage") => return texts::text(desk.language, &format!("stage-{value}")),
        (Kind::Unit, "level") => return texts::text(desk.language, &format!("level-{value}")),
        (Kind::Contact, "initiated_by") => return texts::text(desk.language, &format!("side-{value}")),
        (_, "in_person" | "member") => return texts::text(desk.language, &format!("word-{value}")),
        _ => return value.to_owned(),
    };
    let titles: Vec<&str> = value.split(';').map(|key| of_policy.title(key).unwrap_or(key)).collect();
    titles.join("；")
}

/// Entries of the audit trail.
pub(super) fn trail(desk: &Desk, record: Option<(Kind, &str)>, last: u32) -> Result<Listing, StoreFault> {
    let mut listing = Listing::new(&["sequence", "at", "who", "act", "kind", "id", "fields"]);
    for entry in audit::entries(desk.store.db(), record, last)? {
        let fields: Vec<String> = entry.fields.iter().map(|name| heading(desk.language, name)).collect();
        listing.row(vec![
            Cell::from(Value::from(entry.number)),
            Value::from(entry.at).into(),
            Value::from(entry.who).into(),
            named(desk.language, "act", entry.act),
            named(desk.language, "kind", entry.kind),
            Value::from(entry.record).into(),
            Cell::shown_as(Value::from(entry.fields), fields.join(" ")),
        ]);
    }
    Ok(listing)
}

/// Writes a record, and says what that did.
pub(super) fn put<R: Record>(desk: &mut Desk, act: Act, record: &R) -> Result<(), Failure> {
    let effect = desk.change(|change| change.put(act, record))?;
    desk.say(&Done::of(record, effect));
    Ok(())
}

/// Writes a new record under the id given, else under the next of its kind, and says so.
pub(super) fn add<R: Record>(
    desk: &mut Desk,
    id: Option<String>,
    name: impl FnOnce(String) -> R,
) -> Result<(), Failure> {
    let (record, effect) = desk.change(|change| {
        let record = name(match id {
            Some(id) => id,
            None => change.next_id(R::KIND)?,
        });
        let effect = change.put(Act::Add, &record)?;
        Ok((record, effect))
    })?;
    desk.say(&Done::of(&record, effect));
    Ok(())
}

/// Takes a record out, with the reason in the trail.
pub(super) fn remove<R: Record>(desk: &mut Desk, args: &RemoveArgs) -> Result<(), Failure> {
    let record: R = clerk::find(desk, &args.id)?;
    desk.change(|change| change.remove(&record, args.reason.trim()))?;
    desk.say(&Done::Removed { kind: R::KIND, id: record.id().to_owned() });
    Ok(())
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Added { kind: Kind, id: String },
    Changed { kind: Kind, id: String, fields: Vec<&'static str> },
    Same { kind: Kind, id: String },
    Removed { kind: Kind, id: String },
}

impl Done {
    pub(super) fn of<R: Record>(record: &R, effect: Effect) -> Self {
        let (kind, id) = (R::KIND, record.id().to_owned());
        match effect {
            Effect::Added => Self::Added { kind, id },
            Effect::Changed(fields) => Self::Changed { kind, id, fields },
            Effect::Same => Self::Same { kind, id },
        }
    }
}

impl Told for Done {
    fn key(&self) -> &'static str {
        match self {
            Self::Added { .. } => "done-added",
            Self::Changed { .. } => "done-changed",
            Self::Same { .. } => "done-same",
            Self::Removed { .. } => "done-removed",
        }
    }

    fn tell(&self, language: Language) -> String {
        let (Self::Added { kind, id }
        | Self::Changed { kind, id, .. }
        | Self::Same { kind, id }
        | Self::Removed { kind, id }) = self;
        let mut args =
            vec![("kind", texts::text(language, &format!("kind-{}", kind.word()))), ("id", id.clone())];
        if let Self::Changed { fields, .. } = self {
            let names: Vec<String> = fields.iter().map(|field| heading(language, field)).collect();
            args.push(("fields", names.join(" ")));
        }
        texts::text_with(language, self.key(), &args)
    }
}

/// A cell of our own words: programs read the word, people its name in the catalogue.
pub(super) fn named(language: Language, family: &str, word: impl Into<String>) -> Cell {
    let word = word.into();
    let shown = texts::text(language, &format!("{family}-{word}"));
    Cell::shown_as(Value::from(word), shown)
}

/// A cell of a policy's word: programs read the key, people its title.
pub(super) fn titled(words: &Words, key: Option<&str>) -> Cell {
    match key {
        None => Value::Null.into(),
        Some(key) => Cell::shown_as(Value::from(key), words.title(key).unwrap_or(key).to_owned()),
    }
}

/// A cell of several words of a policy.
pub(super) fn titles(words: &Words, keys: &[String]) -> Cell {
    let shown: Vec<&str> = keys.iter().map(|key| words.title(key).unwrap_or(key)).collect();
    Cell::shown_as(Value::from(keys.to_vec()), shown.join("；"))
}

/// A cell of a date that may be missing.
pub(super) fn dated(date: Option<chrono::NaiveDate>) -> Cell {
    date.map_or(Value::Null, |date| Value::from(date.to_string())).into()
}

/// A cell of a text; an empty one is nothing.
pub(super) fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Value::Null.into() } else { Value::from(text).into() }
}

/// A cell of a record's id with its name for people.
pub(super) fn whose(names: &std::collections::BTreeMap<String, String>, id: &str) -> Cell {
    match names.get(id) {
        Some(name) => Cell::shown_as(Value::from(id), format!("{name}（{id}）")),
        None => text(id),
    }
}

/// A cell of yes or no.
pub(super) fn yes_or_no(language: Language, yes: bool) -> Cell {
    Cell::shown_as(Value::from(yes), texts::text(language, if yes { "word-yes" } else { "word-no" }))
}

/// A cell of several records' ids with their names for people.
pub(super) fn several(names: &std::collections::BTreeMap<String, String>, ids: &[String]) -> Cell {
    let shown: Vec<&str> = ids.iter().map(|id| names.get(id).map_or(id.as_str(), String::as_str)).collect();
    Cell::shown_as(Value::from(ids.to_vec()), shown.join("；"))
}

/// A cell that people see under a title, if there is one.
pub(super) fn shown(key: &str, title: Option<String>) -> Cell {
    match title {
        Some(title) => Cell::shown_as(Value::from(key), title),
        None => text(key),
    }
}
