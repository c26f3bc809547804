//! Reading `[vocabulary]`: the extended policy's words, joined key by key with the file's own.

use super::fault::Problem;
use super::page::{At, Table};
use super::{Vocabulary, Word, Words};
use crate::calendar::Calendar;
use toml::de::DeValue;

/// The vocabularies as the file names them.
pub(super) const NAMES: [&str; 11] = [
    "groups",
    "categories",
    "classes",
    "modes",
    "visiting",
    "topics",
    "activities",
    "events",
    "case-classes",
    "channels",
    "festivals",
];

/// The `inherited` words with those of the file's `[vocabulary]`, checked.
pub(super) fn read(table: &Table<'_>, inherited: Vocabulary, calendar: &Calendar) -> Vocabulary {
    table.only(&NAMES);
    let words = |name: &str, inherited: Words| join(table, name, inherited);
    let mut vocabulary = Vocabulary {
        groups: words("groups", inherited.groups),
        categories: words("categories", inherited.categories),
        classes: words("classes", inherited.classes),
        modes: words("modes", inherited.modes),
        visiting: inherited.visiting,
        topics: words("topics", inherited.topics),
        activities: words("activities", inherited.activities),
        events: words("events", inherited.events),
        case_classes: words("case-classes", inherited.case_classes),
        channels: words("channels", inherited.channels),
        festivals: festivals(table, inherited.festivals, calendar),
    };
    if let Some(visiting) = table.list("visiting") {
        for mode in visiting.value.iter().filter(|mode| !vocabulary.modes.has(&mode.text)) {
            let known = vocabulary.modes.keys().map(str::to_owned).collect();
            let problem = Problem::NotInVocabulary { word: mode.text.clone(), vocabulary: "modes", known };
            table.page.fault(&mode.span, problem);
        }
        vocabulary.visiting = visiting.value.into_iter().map(|mode| mode.text).collect();
    } else if table.has("visiting") {
        vocabulary.visiting.clear();
    }
    vocabulary
}

/// Adds the words of one vocabulary; a key that is there already gets the new title and keeps its place.
fn join(table: &Table<'_>, name: &str, inherited: Words) -> Words {
    let mut words = inherited;
    let Some(own) = table.table(name) else { return words };
    let own = titles(&own);
    for word in &own {
        put(&mut words, word.value.0, word.value.1);
    }
    for (place, word) in own.iter().enumerate() {
        let before = |key: &str| own[..place].iter().any(|earlier| earlier.value.0 == key);
        let is_own = |key: &str| own.iter().any(|other| other.value.0 == key);
        clashes(&words, word, &|other| before(other) || !is_own(other), table);
    }
    words
}

/// Reports where `word` clashes with a word that stands before it, in this file or an extended one.
fn clashes(words: &Words, word: &At<(&str, &str)>, stands_before: &dyn Fn(&str) -> bool, table: &Table<'_>) {
    let (key, title) = word.value;
    for other in words.0.iter().filter(|other| other.key != key && stands_before(&other.key)) {
        let told = |title: &str, key: &str| (title.to_owned(), key.to_owned());
        if other.title == title && !title.is_empty() {
            let (title, key) = told(title, &other.key);
            table.page.fault(&word.key, Problem::TitleTwice { title, key });
        }
        if other.key == title || other.title == key {
            let (title, key) = if other.key == title { told(title, key) } else { told(key, &other.key) };
            table.page.fault(&word.key, Problem::TitleIsKey { title, key });
        }
    }
}

/// The keys and titles of a vocabulary, each fit to stand in a cell.
fn titles<'a>(table: &Table<'a>) -> Vec<At<(&'a str, &'a str)>> {
    let mut words = Vec::new();
    for entry in &table.entries {
        let key = entry.value.0;
        if key.is_empty() {
            table.page.fault(&entry.key, Problem::EmptyText);
        } else if !is_fit(key) {
            table.page.fault(&entry.key, Problem::UnfitWord { word: key.to_owned() });
        }
        let Some(title) = table.text(key) else {
            // The key is named all the same: what refers to it is not at fault.
            words.push(entry.with((key, "")));
            continue;
        };
        if !is_fit(title.value) {
            table.page.fault(&title.span, Problem::UnfitWord { word: title.value.to_owned() });
        }
        words.push(title.with((key, title.value)));
    }
    words
}

fn put(words: &mut Words, key: &str, title: &str) {
    match words.0.iter_mut().find(|word| word.key == key) {
        Some(word) => title.clone_into(&mut word.title),
        None => words.0.push(Word { key: key.to_owned(), title: title.to_owned() }),
    }
}

/// A cell holds words separated by `;` and trimmed, so no word may have either in it.
fn is_fit(word: &str) -> bool {
    !word.contains([';', '；']) && word.trim() == word
}

fn festivals(table: &Table<'_>, inherited: Words, calendar: &Calendar) -> Words {
    let mut words = inherited;
    let Some(own) = table.table("festivals") else { return words };
    for entry in &own.entries {
        let key = entry.value.0;
        if key.is_empty() {
            own.page.fault(&entry.key, Problem::EmptyText);
        } else if !is_fit(key) {
            own.page.fault(&entry.key, Problem::UnfitWord { word: key.to_owned() });
        }
        let when = festival(&own, entry, calendar).unwrap_or_default();
        put(&mut words, key, when);
    }
    words
}

/// `holiday:NAME` or `MM-DD`.
fn festival<'a>(
    table: &Table<'a>,
    entry: &At<(&'a str, &'a DeValue<'a>)>,
    calendar: &Calendar,
) -> Option<&'a str> {
    let text = table.text(entry.value.0)?;
    match text.value.strip_prefix("holiday:") {
        Some(name) if !calendar.holiday_known(name) => {
            table.page.fault(&text.span, Problem::UnknownHoliday { name: name.to_owned() });
        }
        None if super::dates::month_day(text.value).is_none() => {
            table.page.fault(&text.span, Problem::MalformedFestival { text: text.value.to_owned() });
        }
        _ => {}
    }
    Some(text.value)
}
