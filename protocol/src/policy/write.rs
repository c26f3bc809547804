//! A policy as canonical text: flattened, in one order, with nothing that is a default.
//!
//! Its SHA-256 is half of a policy's version (design, section 3), so the same policy must give the same bytes
//! for ever: what is written here changes only together with what is read.

use super::form::{LAYOUTS, PER};
use super::words::word_of;
use super::*;
use chrono::NaiveDate;
use std::fmt::{Display, Write};

impl Policy {
    /// The flattened policy as TOML; [`parse_flattened`] reads an equal policy from it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut page = Writer::default();
        page.heading("[policy]");
        page.text("id", &self.id);
        page.text("title", &self.title);
        page.some("document", self.document.as_deref());
        page.date("issued", self.issued);
        page.date("effective", Some(self.effective));
        page.date("until", self.until);
        page.text("unit", &self.unit);
        page.some("office", self.office.as_deref());
        page.some("assumed", self.assumed.as_deref());
        page.vocabulary(&self.vocabulary);
        for form in &self.forms {
            page.form(form);
        }
        for rule in &self.rules {
            page.rule(rule);
        }
        page.text
    }

    /// SHA-256 of the canonical text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.to_toml().as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(heading);
        self.text.push('\n');
    }

    fn line(&mut self, key: &str, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{} = {value}", key_text(key));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.line(key, quoted(value));
    }

    fn some(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn date(&mut self, key: &str, value: Option<NaiveDate>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    fn list<T: AsRef<str>>(&mut self, key: &str, list: &[T]) {
        if !list.is_empty() {
            let items: Vec<String> = list.iter().map(|item| quoted(item.as_ref())).collect();
            self.line(key, format_args!("[{}]", items.join(", ")));
        }
    }

    /// A word that is left out if it is the default.
    fn word<T: PartialEq + Default>(&mut self, key: &str, words: &[(&'static str, T)], value: &T) {
        if *value != T::default() {
            self.text(key, word_of(words, value));
        }
    }

    fn vocabulary(&mut self, vocabulary: &Vocabulary) {
        if *vocabulary == Vocabulary::default() {
            return;
        }
        self.heading("[vocabulary]");
        self.list("visiting", &vocabulary.visiting);
        for (name, words) in vocabulary.named() {
            if !words.is_empty() {
                self.heading(&format!("[vocabulary.{name}]"));
                for word in &words.0 {
                    self.text(&word.key, &word.title);
                }
            }
        }
    }

    fn form(&mut self, form: &Form) {
        self.heading("[[form]]");
        self.text("id", &form.id);
        self.text("title", &form.title);
        self.text("clause", &form.clause);
        self.text("per", word_of(&PER, &form.per));
        self.word("layout", &LAYOUTS, &form.layout);
        let columns: Vec<&str> = form.columns.iter().map(|column| column.written.as_str()).collect();
        self.list("columns", &columns);
        self.some("note", form.note.as_deref());
        self.some("assumed", form.assumed.as_deref());
    }

    fn rule(&mut self, rule: &Rule) {
        self.heading("[[rule]]");
        self.text("id", &rule.id);
        self.text("kind", rule.asks.kind().word());
        self.text("title", &rule.title);
        self.text("clause", &rule.clause);
        self.some("assumed", rule.assumed.as_deref());
        self.list("assumed_keys", &rule.assumed_keys);
        for parameter in rule.asks.parameters() {
            self.parameter(&parameter);
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let key = parameter.key;
        match &parameter.value {
            ParameterValue::Number(number) => self.line(key, number),
            ParameterValue::Word(word) => self.text(key, word),
            ParameterValue::Words(words) => self.list(key, words),
            ParameterValue::Name(_, name) | ParameterValue::Form(name) | ParameterValue::Due(name) => {
                self.text(key, name);
            }
            ParameterValue::Names(_, names) => self.list(key, names),
            ParameterValue::Date(date) => self.line(key, date),
            ParameterValue::Yes => self.line(key, true),
        }
    }
}

fn key_text(key: &str) -> String {
    let is_bare = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_bare && !key.is_empty() { key.to_owned() } else { quoted(key) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_ascii_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
