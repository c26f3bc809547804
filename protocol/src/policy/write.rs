//! A policy as canonical text: flattened, in one order, with nothing that is a default.
//!
//! Its SHA-256 is half of a policy's version (design, section 3), so the same policy must give the same bytes
//! for ever: what is written here changes only together with what is read.

use super::form::{LAYOUTS, PER};
use super::parameters::{CADENCES, HAVINGS, PARTIALS, ROLLS, SIDES, STEPS, word_of};
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

    /// A number that is left out if it is the default.
    fn number(&mut self, key: &str, value: u32, default: u32) {
        if value != default {
            self.line(key, value);
        }
    }

    fn yes(&mut self, key: &str, value: bool) {
        if value {
            self.line(key, true);
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
        self.asks(&rule.asks);
    }

    fn asks(&mut self, asks: &Asks) {
        match asks {
            Asks::PairingQuota(quota) => {
                self.some("group", quota.group.as_deref());
                self.list("categories", &quota.categories);
                self.line("min", quota.min);
                if let Some(max) = quota.max {
                    self.line("max", max);
                }
                self.word("per", &[("leader", QuotaPer::Leader), ("talent", QuotaPer::Talent)], &quota.per);
                self.number("grace_days", quota.grace_days, 0);
            }
            Asks::ContactFrequency(frequency) => {
                self.some("group", frequency.group.as_deref());
                self.line("min", frequency.min);
                self.cadence("period", frequency.period);
                let per = [("pairing", ContactPer::Pairing), ("leader", ContactPer::Leader)];
                self.word("per", &per, &frequency.per);
                self.list("modes", &frequency.modes);
                self.some("initiated_by", frequency.initiated_by.map(|side| word_of(&SIDES, &side)));
                self.word("partial", &PARTIALS, &frequency.partial);
            }
            Asks::OccasionVisit(visit) => {
                self.some("group", visit.group.as_deref());
                self.list("festivals", &visit.festivals);
                self.list("events", &visit.events);
                self.number("before_days", visit.before_days, 0);
                self.line("within_days", visit.within_days);
            }
            Asks::ActivitySet(set) => {
                self.list("activities", &set.activities);
                self.number("min", set.min, 1);
                self.cadence("period", set.period);
                self.word("partial", &PARTIALS, &set.partial);
                self.units(&set.units);
            }
            Asks::ServiceFrequency(service) => {
                self.text("activity", &service.activity);
                self.how_often(&service.how_often);
            }
            Asks::CaseDeadline(deadline) => {
                self.list("case_classes", &deadline.case_classes);
                self.text("from", word_of(&STEPS, &deadline.from));
                self.text("to", word_of(&STEPS, &deadline.to));
                self.limit(deadline.limit);
                self.word("roll", &ROLLS, &deadline.roll);
                self.yes("interim", deadline.interim);
            }
            Asks::ReportDue(report) => {
                self.text("form", &report.form);
                self.text("cadence", report.cadence.map_or("once", |cadence| word_of(&CADENCES, &cadence)));
                match report.due {
                    ReportDate::After(days) => self.text("due", &format!("+{days}d")),
                    ReportDate::MonthDay(month, day) => self.text("due", &format!("{month:02}-{day:02}")),
                    ReportDate::On(date) => self.text("due", &date.to_string()),
                }
                self.units(&report.units);
            }
            Asks::EventReport(report) => {
                self.list("events", &report.events);
                self.limit(report.limit);
                self.word("roll", &ROLLS, &report.roll);
            }
            Asks::PairingTerm(term) => {
                self.some("group", term.group.as_deref());
                self.line("years", term.years);
                self.date("cycle_from", term.cycle_from);
                self.number("grace_days", term.grace_days, 0);
            }
            Asks::PairingHandover(handover) => {
                self.some("group", handover.group.as_deref());
                self.line("days", handover.days);
                self.yes("successor", handover.successor);
            }
            Asks::LiaisonNamed(liaison) => {
                self.number("grace_days", liaison.grace_days, 0);
                self.units(&liaison.units);
            }
            Asks::RosterReview(review) => {
                self.number("min", review.min, 1);
                self.cadence("period", review.period);
                self.word("partial", &PARTIALS, &review.partial);
                self.units(&review.units);
            }
            Asks::CategoryCoverage(coverage) => {
                self.list("categories", &coverage.categories);
                self.number("grace_days", coverage.grace_days, 0);
                self.yes("aim", coverage.aim);
                self.units(&coverage.units);
            }
        }
    }

    fn how_often(&mut self, how_often: &HowOften) {
        match how_often {
            HowOften::PerUnit { min, period, partial, units } => {
                self.line("min", min);
                self.cadence("period", *period);
                self.word("partial", &PARTIALS, partial);
                self.text("per", "unit");
                self.units(units);
            }
            HowOften::PerTalent { min, period, partial } => {
                self.line("min", min);
                self.cadence("period", *period);
                self.word("partial", &PARTIALS, partial);
                self.text("per", "talent");
            }
            HowOften::Once { days } => {
                self.text("period", "once");
                self.line("days", days);
                self.text("per", "talent");
            }
        }
    }

    fn cadence(&mut self, key: &str, cadence: Cadence) {
        self.text(key, word_of(&CADENCES, &cadence));
    }

    fn limit(&mut self, limit: Limit) {
        match limit {
            Limit::WorkingDays(days) => self.line("working_days", days),
            Limit::Days(days) => self.line("days", days),
            Limit::Months(months) => self.line("months", months),
        }
    }

    fn units(&mut self, units: &Units) {
        let levels: Vec<&str> = units.levels.iter().map(|level| level.word()).collect();
        self.list("levels", &levels);
        self.some("having", units.having.map(|having| word_of(&HAVINGS, &having)));
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
