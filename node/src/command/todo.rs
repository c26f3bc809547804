//! Words, forms and rules in records that the policy in force does not know: somebody must mend one or the other.

use crate::store::Kind;
use zhuji_protocol::facts::Facts;
use zhuji_protocol::policy::{Policy, Words};

/// A word of a record that the policy lacks.
pub(super) struct Unknown<'a> {
    pub(super) kind: Kind,
    pub(super) id: &'a str,
    pub(super) field: &'static str,
    pub(super) word: &'a str,
}

/// Every such word, in the order of the records.
pub(super) fn unknown_words<'a>(policy: &Policy, facts: &'a Facts) -> Vec<Unknown<'a>> {
    let words = &policy.vocabulary;
    let mut found = Found::default();
    for leader in &facts.leaders {
        let of = (Kind::Leader, leader.id.as_str());
        found.check(of, "group", &words.groups, &leader.groups);
    }
    for talent in &facts.talents {
        let of = (Kind::Talent, talent.id.as_str());
        found.check(of, "categories", &words.categories, &talent.categories);
        found.check(of, "class", &words.classes, &talent.class);
    }
    for contact in &facts.contacts {
        let of = (Kind::Contact, contact.id.as_str());
        found.check(of, "mode", &words.modes, &contact.mode);
        found.check(of, "topics", &words.topics, &contact.topics);
    }
    for case in &facts.cases {
        let of = (Kind::Case, case.id.as_str());
        found.check(of, "class", &words.case_classes, &case.class);
        found.check(of, "channel", &words.channels, &case.channel);
    }
    for event in &facts.events {
        found.check((Kind::Event, &event.id), "kind", &words.events, [&event.kind]);
    }
    for service in &facts.services {
        found.check((Kind::Service, &service.id), "kind", &words.activities, [&service.kind]);
    }
    for report in &facts.reports {
        if !policy.forms.iter().any(|form| form.id == report.form) {
            found.add((Kind::Report, &report.id), "form", &report.form);
        }
    }
    for exemption in &facts.exemptions {
        if !policy.rules.iter().any(|rule| rule.id == exemption.rule) {
            found.add((Kind::Exemption, &exemption.subject), "rule", &exemption.rule);
        }
    }
    found.0
}

/// What people see for an item of a verdict: an activity, a category, a form.
pub(super) fn title(policy: &Policy, item: &str) -> Option<String> {
    let words = &policy.vocabulary;
    let form = || policy.forms.iter().find(|form| form.id == item).map(|form| form.title.as_str());
    words.activities.title(item).or_else(|| words.categories.title(item)).or_else(form).map(str::to_owned)
}

#[derive(Default)]
struct Found<'a>(Vec<Unknown<'a>>);

impl<'a> Found<'a> {
    fn check(
        &mut self,
        of: (Kind, &'a str),
        field: &'static str,
        words: &Words,
        keys: impl IntoIterator<Item = &'a String>,
    ) {
        for key in keys {
            if !words.is_empty() && !words.has(key) {
                self.add(of, field, key);
            }
        }
    }

    fn add(&mut self, (kind, id): (Kind, &'a str), field: &'static str, word: &'a str) {
        self.0.push(Unknown { kind, id, field, word });
    }
}
