//! The one catalogue of user-facing texts: Simplified Chinese first, English second.
//!
//! The words stand in `texts/<language>/*.ftl` (Fluent), keyed by what happened; code names the key and the arguments.

use fluent_templates::{Loader, fluent_bundle::FluentValue};
use std::borrow::Cow;
use std::collections::HashMap;

fluent_templates::static_loader! {
    static CATALOGUE = {
        locales: "./texts",
        fallback_language: "zh-CN",
        // Isolation marks are for running text of mixed direction; in terminals and files they are rubbish.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The language a person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 简体中文
    #[default]
    Chinese,
    /// English
    English,
}

impl Language {
    /// The language that a tag such as `zh`, `zh-CN` or `en` names.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_', '.']).next() {
            Some("zh") => Some(Self::Chinese),
            Some("en") => Some(Self::English),
            _ => None,
        }
    }

    fn identifier(self) -> fluent_templates::LanguageIdentifier {
        match self {
            Self::Chinese => fluent_templates::langid!("zh-CN"),
            Self::English => fluent_templates::langid!("en"),
        }
    }
}

/// A situation that a person is told of: a fault, a warning, a note.
///
/// It is a typed value in code; its words stand in the catalogue under [`key`](Told::key).
pub trait Told {
    /// The entry of the catalogue.
    fn key(&self) -> &'static str;

    /// What the entry names, in any order. Numbers are passed as text: the catalogue groups no digits.
    fn args(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The words, in a language.
    fn tell(&self, language: Language) -> String {
        text_with(language, self.key(), &self.args())
    }
}

/// The words under `key`.
#[must_use]
pub fn text(language: Language, key: &str) -> String {
    text_with(language, key, &[])
}

/// The words under `key`, with what they name filled in.
#[must_use]
pub fn text_with(language: Language, key: &str, args: &[(&'static str, String)]) -> String {
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.as_str()))).collect();
    CATALOGUE.try_lookup_with_args(&language.identifier(), key, &values).unwrap_or_else(|| key.to_owned())
}

/// A text on one line: a control character that a cell or a key has in it is shown by its picture, so that
/// a fault stays one line and no terminal obeys a file.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    let picture = |character: char| match u32::from(character) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ if character.is_control() => char::REPLACEMENT_CHARACTER,
        _ => character,
    };
    text.chars().map(picture).collect()
}

/// Whether the catalogue has an entry under `key` that names nothing to be filled in.
#[must_use]
pub fn has_text(language: Language, key: &str) -> bool {
    CATALOGUE.try_lookup(&language.identifier(), key).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Every entry of a language with what it names, and entries that stand twice.
    fn entries(language: &str) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts").join(language);
        let (mut found, mut twice) = (BTreeMap::new(), Vec::new());
        for file in std::fs::read_dir(folder).expect("the catalogue is here") {
            let text = std::fs::read_to_string(file.expect("an entry").path()).expect("it reads");
            let mut last = String::new();
            for line in text.lines() {
                if let Some((key, _)) =
                    line.split_once(" =").filter(|_| line.starts_with(char::is_alphabetic))
                {
                    last = key.to_owned();
                    if found.insert(last.clone(), BTreeSet::new()).is_some() {
                        twice.push(last.clone());
                    }
                }
                let named = line.split("{ $").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
                if let Some(names) = found.get_mut(&last) {
                    names.extend(named.map(str::to_owned));
                }
            }
        }
        (found, twice)
    }

    #[test]
    fn both_languages_have_the_same_entries_and_name_the_same_things() {
        let (chinese, twice) = entries("zh-CN");
        assert!(chinese.len() > 300, "only {} entries were found", chinese.len());
        assert_eq!(twice, Vec::<String>::new());
        let (english, twice) = entries("en");
        assert_eq!(twice, Vec::<String>::new());
        for (key, names) in &chinese {
            assert_eq!(english.get(key), Some(names), "{key}");
        }
        for key in english.keys() {
            assert!(chinese.contains_key(key), "{key} has no Chinese words");
        }
    }
}
