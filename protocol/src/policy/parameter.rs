//! What a rule asks as a list of parameters, for writing and for showing; what is a default is left out.

use super::words::{CADENCES, HAVINGS, PARTIALS, ROLLS, SIDES, STEPS, word_of};
use super::*;
use chrono::NaiveDate;

/// A parameter of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The key in policy files.
    pub key: &'static str,
    /// Its value.
    pub value: ParameterValue,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// A number.
    Number(i64),
    /// A word of the policy language.
    Word(&'static str),
    /// Words of the policy language.
    Words(Vec<&'static str>),
    /// A key of the vocabulary of that name.
    Name(&'static str, String),
    /// Keys of the vocabulary of that name.
    Names(&'static str, Vec<String>),
    /// The id of a form.
    Form(String),
    /// A due date as policies write it.
    Due(String),
    /// A date.
    Date(NaiveDate),
    /// A switch that is on.
    Yes,
}

impl Asks {
    /// The parameters in the order of the contract, without defaults.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut list = List(Vec::new());
        match self {
            Self::PairingQuota(quota) => {
                list.group(quota.group.as_ref());
                list.names("categories", "categories", &quota.categories);
                list.number("min", quota.min);
                list.some_number("max", quota.max);
                list.word("per", &[("leader", QuotaPer::Leader), ("talent", QuotaPer::Talent)], quota.per);
                list.grace(quota.grace_days);
            }
            Self::ContactFrequency(frequency) => {
                list.group(frequency.group.as_ref());
                list.number("min", frequency.min);
                list.period(frequency.period);
                let per = [("pairing", ContactPer::Pairing), ("leader", ContactPer::Leader)];
                list.word("per", &per, frequency.per);
                list.names("modes", "modes", &frequency.modes);
                if let Some(side) = frequency.initiated_by {
                    list.push("initiated_by", ParameterValue::Word(word_of(&SIDES, &side)));
                }
                list.word("partial", &PARTIALS, frequency.partial);
            }
            Self::OccasionVisit(visit) => {
                list.group(visit.group.as_ref());
                list.names("festivals", "festivals", &visit.festivals);
                list.names("events", "events", &visit.events);
                list.some_number("before_days", Some(visit.before_days).filter(|days| *days > 0));
                list.push("within_days", ParameterValue::Number(visit.within_days.into()));
            }
            Self::ActivitySet(set) => {
                list.names("activities", "activities", &set.activities);
                list.some_number("min", Some(set.min).filter(|min| *min > 1));
                list.period(set.period);
                list.word("partial", &PARTIALS, set.partial);
                list.units(&set.units);
            }
            Self::ServiceFrequency(service) => {
                list.push("activity", ParameterValue::Name("activities", service.activity.clone()));
                list.how_often(&service.how_often);
            }
            Self::CaseDeadline(deadline) => {
                list.names("case_classes", "case-classes", &deadline.case_classes);
                list.push("from", ParameterValue::Word(word_of(&STEPS, &deadline.from)));
                list.push("to", ParameterValue::Word(word_of(&STEPS, &deadline.to)));
                list.limit(deadline.limit);
                list.word("roll", &ROLLS, deadline.roll);
                list.yes("interim", deadline.interim);
            }
            Self::ReportDue(report) => {
                list.push("form", ParameterValue::Form(report.form.clone()));
                let cadence = report.cadence.map_or("once", |cadence| word_of(&CADENCES, &cadence));
                list.push("cadence", ParameterValue::Word(cadence));
                list.push("due", ParameterValue::Due(report.due.to_string()));
                list.units(&report.units);
            }
            Self::EventReport(report) => {
                list.names("events", "events", &report.events);
                list.limit(report.limit);
                list.word("roll", &ROLLS, report.roll);
            }
            Self::PairingTerm(term) => {
                list.group(term.group.as_ref());
                list.number("years", term.years);
                if let Some(date) = term.cycle_from {
                    list.push("cycle_from", ParameterValue::Date(date));
                }
                list.grace(term.grace_days);
            }
            Self::PairingHandover(handover) => {
                list.group(handover.group.as_ref());
                list.number("days", handover.days);
                list.yes("successor", handover.successor);
            }
            Self::LiaisonNamed(liaison) => {
                list.grace(liaison.grace_days);
                list.units(&liaison.units);
            }
            Self::RosterReview(review) => {
                list.some_number("min", Some(review.min).filter(|min| *min > 1));
                list.period(review.period);
                list.word("partial", &PARTIALS, review.partial);
                list.units(&review.units);
            }
            Self::CategoryCoverage(coverage) => {
                list.names("categories", "categories", &coverage.categories);
                list.grace(coverage.grace_days);
                list.yes("aim", coverage.aim);
                list.units(&coverage.units);
            }
        }
        list.0
    }
}

struct List(Vec<Parameter>);

impl List {
    fn push(&mut self, key: &'static str, value: ParameterValue) {
        self.0.push(Parameter { key, value });
    }

    fn number(&mut self, key: &'static str, number: u32) {
        self.push(key, ParameterValue::Number(number.into()));
    }

    fn some_number(&mut self, key: &'static str, number: Option<u32>) {
        if let Some(number) = number {
            self.number(key, number);
        }
    }

    fn grace(&mut self, days: u32) {
        self.some_number("grace_days", Some(days).filter(|days| *days > 0));
    }

    /// A word that is left out if it is the default.
    fn word<T: PartialEq + Default>(&mut self, key: &'static str, words: &[(&'static str, T)], value: T) {
        if value != T::default() {
            self.push(key, ParameterValue::Word(word_of(words, &value)));
        }
    }

    fn yes(&mut self, key: &'static str, value: bool) {
        if value {
            self.push(key, ParameterValue::Yes);
        }
    }

    fn group(&mut self, group: Option<&String>) {
        if let Some(group) = group {
            self.push("group", ParameterValue::Name("groups", group.clone()));
        }
    }

    fn names(&mut self, key: &'static str, vocabulary: &'static str, names: &[String]) {
        if !names.is_empty() {
            self.push(key, ParameterValue::Names(vocabulary, names.to_vec()));
        }
    }

    fn period(&mut self, period: Cadence) {
        self.push("period", ParameterValue::Word(word_of(&CADENCES, &period)));
    }

    fn limit(&mut self, limit: Limit) {
        match limit {
            Limit::WorkingDays(days) => self.number("working_days", days),
            Limit::Days(days) => self.number("days", days),
            Limit::Months(months) => self.number("months", months),
        }
    }

    fn units(&mut self, units: &Units) {
        if !units.levels.is_empty() {
            let levels = units.levels.iter().map(|level| level.word()).collect();
            self.push("levels", ParameterValue::Words(levels));
        }
        if let Some(having) = units.having {
            self.push("having", ParameterValue::Word(word_of(&HAVINGS, &having)));
        }
    }

    fn how_often(&mut self, how_often: &HowOften) {
        match how_often {
            HowOften::PerUnit { min, period, partial, units } => {
                self.number("min", *min);
                self.period(*period);
                self.word("partial", &PARTIALS, *partial);
                self.push("per", ParameterValue::Word("unit"));
                self.units(units);
            }
            HowOften::PerTalent { min, period, partial } => {
                self.number("min", *min);
                self.period(*period);
                self.word("partial", &PARTIALS, *partial);
                self.push("per", ParameterValue::Word("talent"));
            }
            HowOften::Once { days } => {
                self.push("period", ParameterValue::Word("once"));
                self.number("days", *days);
                self.push("per", ParameterValue::Word("talent"));
            }
        }
    }
}
