//! A policy as a page for people: what it asks, under which clause, and what was assumed.

use zhuji_protocol::policy::{Form, Parameter, ParameterValue, Policy, Rule, Vocabulary};
use zhuji_protocol::texts::{Language, has_text, text, text_with};

/// The page, line by line.
pub(super) fn lines(policy: &Policy, language: Language) -> Vec<String> {
    let page = Page { policy, language };
    let mut lines = vec![policy.title.clone()];
    lines.extend(page.header());
    if !policy.rules.is_empty() {
        lines.extend(page.section("rules", policy.rules.len()));
        lines.extend(policy.rules.iter().flat_map(|rule| page.rule(rule)));
    }
    if policy.vocabulary != Vocabulary::default() {
        lines.extend([String::new(), page.label("vocabulary")]);
        lines.extend(page.vocabulary());
    }
    if !policy.forms.is_empty() {
        lines.extend(page.section("forms", policy.forms.len()));
        lines.extend(policy.forms.iter().flat_map(|form| page.form(form)));
    }
    lines
}

struct Page<'a> {
    policy: &'a Policy,
    language: Language,
}

impl Page<'_> {
    fn label(&self, name: &str) -> String {
        text(self.language, &format!("policy-page-{name}"))
    }

    fn named(&self, name: &str, value: &str) -> String {
        text_with(
            self.language,
            "policy-page-pair",
            &[("name", self.label(name)), ("value", value.to_owned())],
        )
    }

    fn section(&self, name: &str, count: usize) -> [String; 2] {
        let count = [("count", count.to_string())];
        [String::new(), text_with(self.language, &format!("policy-page-{name}"), &count)]
    }

    fn header(&self) -> Vec<String> {
        let policy = self.policy;
        let day = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string());
        let pairs = [
            ("id", Some(policy.id.clone())),
            ("document", policy.document.clone()),
            ("issued", day(policy.issued)),
            ("effective", day(Some(policy.effective))),
            ("until", day(policy.until)),
            ("unit", Some(policy.unit.clone())),
            ("office", policy.office.clone()),
            ("assumed", policy.assumed.clone()),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some(self.named(name, &value?))).map(indented).collect()
    }

    fn rule(&self, rule: &Rule) -> Vec<String> {
        let kind = self.word("kind", rule.asks.kind().word());
        let parameters: Vec<String> =
            rule.asks.parameters().iter().map(|parameter| self.parameter(rule, parameter)).collect();
        let mut lines = vec![
            indented(format!("{}  {}", rule.clause, rule.title)),
            indented(indented(format!("{} · {kind}", rule.id))),
        ];
        if !parameters.is_empty() {
            lines.push(indented(indented(parameters.join(&self.label("between")))));
        }
        lines.extend(rule.assumed.as_ref().map(|why| indented(indented(self.named("assumed", why)))));
        lines
    }

    /// A parameter, marked if it was assumed.
    fn parameter(&self, rule: &Rule, parameter: &Parameter) -> String {
        let name = self.word("parameter", parameter.key);
        let value = match &parameter.value {
            ParameterValue::Number(number) => number.to_string(),
            ParameterValue::Word(word) => self.word("word", word),
            ParameterValue::Words(words) => self.joined(words.iter().map(|word| self.word("word", word))),
            ParameterValue::Name(vocabulary, key) => self.title(vocabulary, key),
            ParameterValue::Names(vocabulary, keys) => {
                self.joined(keys.iter().map(|key| self.title(vocabulary, key)))
            }
            ParameterValue::Form(id) => {
                let form = self.policy.forms.iter().find(|form| form.id == *id);
                form.map_or_else(|| id.clone(), |form| form.title.clone())
            }
            ParameterValue::Due(due) => due.clone(),
            ParameterValue::Date(date) => date.to_string(),
            ParameterValue::Yes => self.label("yes"),
        };
        let pair = text_with(self.language, "policy-page-pair", &[("name", name), ("value", value)]);
        if rule.assumed_keys.iter().any(|key| key == parameter.key) {
            text_with(self.language, "policy-page-assumed-value", &[("value", pair)])
        } else {
            pair
        }
    }

    fn title(&self, vocabulary: &str, key: &str) -> String {
        if vocabulary == "festivals" {
            return key.to_owned();
        }
        let named = self.policy.vocabulary.named();
        let words = named.iter().find(|(name, _)| *name == vocabulary);
        words.and_then(|(_, words)| words.title(key)).unwrap_or(key).to_owned()
    }

    fn joined(&self, items: impl Iterator<Item = String>) -> String {
        items.collect::<Vec<_>>().join(&self.label("and"))
    }

    /// A word of the policy language as people say it; a word that the catalogue lacks stands for itself.
    fn word(&self, what: &str, word: &str) -> String {
        let key = format!("policy-{what}-{}", word.replace('_', "-"));
        if has_text(self.language, &key) { text(self.language, &key) } else { word.to_owned() }
    }

    fn vocabulary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, words) in self.policy.vocabulary.named().into_iter().filter(|(_, words)| !words.is_empty())
        {
            let words = words.0.iter().map(|word| format!("{} = {}", word.key, word.title));
            lines.push(indented(self.named(name, &words.collect::<Vec<_>>().join(&self.label("between")))));
        }
        let visiting = &self.policy.vocabulary.visiting;
        if !visiting.is_empty() {
            let modes = self.joined(visiting.iter().map(|mode| self.title("modes", mode)));
            lines.push(indented(self.named("visiting", &modes)));
        }
        lines
    }

    fn form(&self, form: &Form) -> Vec<String> {
        let mut lines = vec![
            indented(format!("{}  {}", form.clause, form.title)),
            indented(indented(format!("{} · {}", form.id, self.per(form)))),
        ];
        lines.extend(form.columns.iter().map(|column| indented(indented(format!("- {}", column.written)))));
        lines.extend(form.note.as_ref().map(|note| indented(indented(note.clone()))));
        lines.extend(form.assumed.as_ref().map(|why| indented(indented(self.named("assumed", why)))));
        lines
    }

    fn per(&self, form: &Form) -> String {
        let layout = match form.layout {
            zhuji_protocol::policy::FormLayout::Table => "policy-page-a-row-each",
            zhuji_protocol::policy::FormLayout::Sheet => "policy-page-a-page-each",
        };
        text_with(self.language, layout, &[("per", self.word("word", form.per.word()))])
    }
}

fn indented(line: String) -> String {
    format!("  {line}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::calendar::Calendar;
    use zhuji_protocol::console::PolicyFile;
    use zhuji_protocol::policy::{Kind, builtin};

    #[test]
    fn every_built_in_policy_can_be_shown_in_words() {
        for id in builtin::ids() {
            let policy = PolicyFile::open(id).unwrap().read(Calendar::shipped()).unwrap();
            for language in [Language::Chinese, Language::English] {
                let page = lines(&policy, language).join("\n");
                for unworded in ["policy-page-", "policy-kind-", "policy-parameter-", "policy-word-"] {
                    assert!(!page.contains(unworded), "{page}");
                }
                assert!(policy.rules.iter().all(|rule| page.contains(&rule.title)), "{page}");
            }
        }
    }

    #[test]
    fn every_kind_and_parameter_has_its_words() {
        for language in [Language::Chinese, Language::English] {
            for (kind, word) in Kind::WORDS {
                assert!(has_text(language, &format!("policy-kind-{word}")), "{word}");
                for name in kind.parameter_names() {
                    let key = format!("policy-parameter-{}", name.replace('_', "-"));
                    assert!(has_text(language, &key), "{key}");
                }
            }
        }
    }
}
