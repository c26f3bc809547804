//! A rule, a form and a vocabulary in one line each, with every figure that is not the default.

use zhuji_protocol::policy::{
    Asks, Cadence, ContactPer, Form, FormLayout, Having, HowOften, Limit, Partial, QuotaPer, ReportDate,
    Roll, Rule, Side, Units, Vocabulary, Words,
};

/// `rule ID · CLAUSE · KIND PARAMETERS · assumed KEYS`
pub(crate) fn rule(rule: &Rule) -> String {
    let mut line = format!("rule {} · {} · {}", rule.id, rule.clause, rule.asks.kind().word());
    let parameters = asks(&rule.asks);
    if !parameters.is_empty() {
        line = format!("{line} {parameters}");
    }
    match &rule.assumed {
        Some(_) => format!("{line} · assumed {}", rule.assumed_keys.join("+")),
        None => line,
    }
}

/// `form ID · CLAUSE · PER LAYOUT · COLUMNS columns · assumed`
pub(crate) fn form(form: &Form) -> String {
    let layout = if form.layout == FormLayout::Sheet { "sheet" } else { "table" };
    let assumed = if form.assumed.is_some() { " · assumed" } else { "" };
    let per = format!("{:?}", form.per).to_lowercase();
    format!("form {} · {} · {per} {layout} · {} columns{assumed}", form.id, form.clause, form.columns.len())
}

/// `NAME: KEYS`, for each vocabulary that has keys.
pub(crate) fn vocabularies(words: &Vocabulary) -> Vec<(&'static str, Vec<String>)> {
    let keys = |words: &Words| words.keys().map(str::to_owned).collect::<Vec<_>>();
    let all = [
        ("groups", keys(&words.groups)),
        ("categories", keys(&words.categories)),
        ("classes", keys(&words.classes)),
        ("modes", keys(&words.modes)),
        ("visiting", words.visiting.clone()),
        ("topics", keys(&words.topics)),
        ("activities", keys(&words.activities)),
        ("events", keys(&words.events)),
        ("case-classes", keys(&words.case_classes)),
        ("channels", keys(&words.channels)),
        ("festivals", keys(&words.festivals)),
    ];
    all.into_iter().filter(|(_, keys)| !keys.is_empty()).collect()
}

fn asks(asks: &Asks) -> String {
    let mut words = Parameters::default();
    match asks {
        Asks::PairingQuota(asks) => {
            words.some("group", asks.group.as_deref());
            words.list("categories", &asks.categories);
            words.say(match asks.max {
                Some(max) => format!("{}..{max}", asks.min),
                None => format!("{}..", asks.min),
            });
            words.flag("per talent", asks.per == QuotaPer::Talent);
            words.number("grace", asks.grace_days);
        }
        Asks::ContactFrequency(asks) => {
            words.some("group", asks.group.as_deref());
            words.say(often(asks.min, asks.period));
            words.flag("per leader", asks.per == ContactPer::Leader);
            words.list("modes", &asks.modes);
            words.some(
                "by",
                asks.initiated_by.map(|side| if side == Side::Leader { "leader" } else { "talent" }),
            );
            words.partial(asks.partial);
        }
        Asks::OccasionVisit(asks) => {
            words.some("group", asks.group.as_deref());
            words.list("festivals", &asks.festivals);
            words.list("events", &asks.events);
            words.number("before", asks.before_days);
            words.say(format!("within={}", asks.within_days));
        }
        Asks::ActivitySet(asks) => {
            words.list("activities", &asks.activities);
            words.say(often(asks.min, asks.period));
            words.partial(asks.partial);
            words.units(&asks.units);
        }
        Asks::ServiceFrequency(asks) => {
            words.say(asks.activity.clone());
            match &asks.how_often {
                HowOften::PerUnit { min, period, partial, units } => {
                    words.say(often(*min, *period));
                    words.partial(*partial);
                    words.say("per unit".to_owned());
                    words.units(units);
                }
                HowOften::PerTalent { min, period, partial } => {
                    words.say(often(*min, *period));
                    words.partial(*partial);
                    words.say("per talent".to_owned());
                }
                HowOften::Once { days } => words.say(format!("once within {days} days per talent")),
            }
        }
        Asks::CaseDeadline(asks) => {
            words.list("classes", &asks.case_classes);
            words.say(format!("{:?}→{:?}", asks.from, asks.to));
            words.limit(asks.limit, asks.roll);
            words.flag("interim", asks.interim);
        }
        Asks::ReportDue(asks) => {
            words.say(asks.form.clone());
            words.say(asks.cadence.map_or("once", period).to_owned());
            words.say(match asks.due {
                ReportDate::After(days) => format!("+{days}d"),
                ReportDate::MonthDay(month, day) => format!("{month:02}-{day:02}"),
                ReportDate::On(date) => date.to_string(),
            });
            words.units(&asks.units);
        }
        Asks::EventReport(asks) => {
            words.list("events", &asks.events);
            words.limit(asks.limit, asks.roll);
        }
        Asks::PairingTerm(asks) => {
            words.some("group", asks.group.as_deref());
            words.say(format!("{} years", asks.years));
            words.some("from", asks.cycle_from.map(|date| date.to_string()).as_deref());
            words.number("grace", asks.grace_days);
        }
        Asks::PairingHandover(asks) => {
            words.some("group", asks.group.as_deref());
            words.say(format!("{} days", asks.days));
            words.flag("successor", asks.successor);
        }
        Asks::LiaisonNamed(asks) => {
            words.number("grace", asks.grace_days);
            words.units(&asks.units);
        }
        Asks::RosterReview(asks) => {
            words.say(often(asks.min, asks.period));
            words.partial(asks.partial);
            words.units(&asks.units);
        }
        Asks::CategoryCoverage(asks) => {
            words.list("categories", &asks.categories);
            words.number("grace", asks.grace_days);
            words.flag("aim", asks.aim);
            words.units(&asks.units);
        }
    }
    words.0.join(" ")
}

fn often(min: u32, cadence: Cadence) -> String {
    format!("{min}/{}", period(cadence))
}

fn period(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Year => "year",
        Cadence::Half => "half",
        Cadence::Quarter => "quarter",
        Cadence::Month => "month",
    }
}

#[derive(Default)]
struct Parameters(Vec<String>);

impl Parameters {
    fn say(&mut self, text: String) {
        self.0.push(text);
    }

    fn some(&mut self, name: &str, value: Option<&str>) {
        self.0.extend(value.map(|value| format!("{name}={value}")));
    }

    fn list(&mut self, name: &str, values: &[String]) {
        self.some(name, Some(values.join("+")).filter(|text| !text.is_empty()).as_deref());
    }

    fn number(&mut self, name: &str, value: u32) {
        self.some(name, Some(value.to_string()).filter(|_| value != 0).as_deref());
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        self.0.extend(is_set.then(|| name.to_owned()));
    }

    fn partial(&mut self, partial: Partial) {
        self.flag("full", partial == Partial::Full);
        self.flag("exempt", partial == Partial::Exempt);
    }

    fn limit(&mut self, limit: Limit, roll: Roll) {
        self.say(match limit {
            Limit::WorkingDays(days) => format!("{days} working days"),
            Limit::Days(days) => format!("{days} days"),
            Limit::Months(months) => format!("{months} months"),
        });
        self.flag("not rolled", roll == Roll::None);
    }

    fn units(&mut self, units: &Units) {
        let levels: Vec<String> = units.levels.iter().map(|level| level.word().to_owned()).collect();
        self.list("levels", &levels);
        self.some(
            "having",
            units.having.map(|having| if having == Having::Talents { "talents" } else { "leaders" }),
        );
    }
}
