//! Reading `[[rule]]`: the parameters of each kind (policy-format, section 2).

use super::dates;
use super::fault::Problem;
use super::page::{At, Element, Table};
use super::words::{CADENCES, HAVINGS, PARTIALS, ROLLS, SIDES, STEPS, word_of};
use super::*;
use crate::unit::Level;

const COMMON: [&str; 6] = ["id", "kind", "title", "clause", "assumed", "assumed_keys"];

/// What a rule may refer to.
pub(super) struct Around<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// The ids of the forms, own and extended.
    pub(super) forms: &'a [String],
    /// `effective` of the file that the rule stands in.
    pub(super) effective: Option<At<chrono::NaiveDate>>,
    /// A flattened policy may hold a single due date from before the extending policy's `effective`.
    pub(super) is_flattened: bool,
}

/// The rule that a table describes; what it says is to be used only if the page is without fault.
pub(super) fn read(table: &Table<'_>, around: &Around<'_>) -> Option<Rule> {
    table.need(&["id", "kind", "title", "clause"]);
    let id = table.id("id").map(|id| id.value.to_owned()).unwrap_or_default();
    let title = table.plain("title").unwrap_or_default();
    let clause = table.plain("clause").unwrap_or_default();
    let assumed = table.plain("assumed");
    let assumed_keys = table.list("assumed_keys").map(|list| list.value).unwrap_or_default();
    if table.has("assumed_keys") && !table.has("assumed") {
        let (key, other) = ("assumed_keys".to_owned(), "assumed".to_owned());
        table.between(&["assumed_keys"], Problem::OnlyBeside { key, other });
    }
    let kinds = Kind::WORDS.map(|(kind, word)| (word, kind));
    let kind = table.word("kind", &kinds)?.value;

    let known = kind.parameter_names();
    for key in assumed_keys.iter().filter(|key| !known.contains(&key.text.as_str())) {
        let known = known.iter().map(|key| (*key).to_owned()).collect();
        let (key, kind, span) = (key.text.clone(), kind.word().to_owned(), &key.span);
        table.page.fault(span, Problem::NotAParameter { key, kind, known });
    }
    table.only(&[&COMMON, known].concat());
    let assumed_keys = assumed_keys.into_iter().map(|key| key.text).collect();
    Some(Rule { id, title, clause, assumed, assumed_keys, asks: Reader { table, around }.asks(kind) })
}

struct Reader<'t, 'a> {
    table: &'t Table<'a>,
    around: &'t Around<'t>,
}

impl Reader<'_, '_> {
    fn asks(&self, kind: Kind) -> Asks {
        match kind {
            Kind::PairingQuota => Asks::PairingQuota(self.pairing_quota()),
            Kind::ContactFrequency => Asks::ContactFrequency(self.contact_frequency()),
            Kind::OccasionVisit => Asks::OccasionVisit(self.occasion_visit()),
            Kind::ActivitySet => Asks::ActivitySet(self.activity_set()),
            Kind::ServiceFrequency => Asks::ServiceFrequency(self.service_frequency()),
            Kind::CaseDeadline => Asks::CaseDeadline(self.case_deadline()),
            Kind::ReportDue => Asks::ReportDue(self.report_due()),
            Kind::EventReport => Asks::EventReport(self.event_report()),
            Kind::PairingTerm => Asks::PairingTerm(self.pairing_term()),
            Kind::PairingHandover => Asks::PairingHandover(self.pairing_handover()),
            Kind::LiaisonNamed => {
                Asks::LiaisonNamed(LiaisonNamed { grace_days: self.grace_days(), units: self.units() })
            }
            Kind::RosterReview => Asks::RosterReview(self.roster_review()),
            Kind::CategoryCoverage => Asks::CategoryCoverage(self.category_coverage()),
        }
    }

    fn pairing_quota(&self) -> PairingQuota {
        self.table.need(&["min"]);
        let (min, max) = (self.table.number("min", 0), self.table.number_at_most("max", 0));
        if let (Some(min), Some(max)) = (&min, &max)
            && max.value < min.value
        {
            self.table.between(&["min", "max"], Problem::MaxBelowMin { max: max.value, min: min.value });
        }
        let per = [("leader", QuotaPer::Leader), ("talent", QuotaPer::Talent)];
        PairingQuota {
            group: self.group(),
            categories: self.categories(),
            min: min.map_or(0, whole),
            max: max.map(whole),
            per: self.table.word("per", &per).map(|per| per.value).unwrap_or_default(),
            grace_days: self.grace_days(),
        }
    }

    fn contact_frequency(&self) -> ContactFrequency {
        self.table.need(&["min", "period"]);
        let per = [("pairing", ContactPer::Pairing), ("leader", ContactPer::Leader)];
        ContactFrequency {
            group: self.group(),
            min: self.table.count("min", 1).unwrap_or(1),
            period: self.period(),
            per: self.table.word("per", &per).map(|per| per.value).unwrap_or_default(),
            modes: self.names_of("modes", "modes", &self.around.vocabulary.modes),
            initiated_by: self.table.word("initiated_by", &SIDES).map(|side| side.value),
            partial: self.partial(),
        }
    }

    fn occasion_visit(&self) -> OccasionVisit {
        self.table.need(&["within_days"]);
        self.need_one_of(&["festivals", "events"]);
        if self.around.vocabulary.visiting.is_empty() {
            self.table.page.fault(&self.table.heading, Problem::NoVisiting);
        }
        let before = self.table.number("before_days", 0);
        let before_is_read = before.is_some() || !self.table.has("before_days");
        let before_days = before.map_or(0, |before| before.value);
        let within = self.table.number_at_most("within_days", -before_days);
        if let Some(within) = &within
            && before_is_read
            && within.value < -before_days
        {
            let problem = Problem::WithinBeforeStart { least: -before_days };
            self.table.between(&["before_days", "within_days"], problem);
        }
        OccasionVisit {
            group: self.group(),
            festivals: self.names_of("festivals", "festivals", &self.around.vocabulary.festivals),
            events: self.events(),
            before_days: u32::try_from(before_days).unwrap_or_default(),
            within_days: within.and_then(|within| i32::try_from(within.value).ok()).unwrap_or_default(),
        }
    }

    fn activity_set(&self) -> ActivitySet {
        self.table.need(&["activities", "period"]);
        ActivitySet {
            activities: self.names_of("activities", "activities", &self.around.vocabulary.activities),
            min: self.table.count("min", 1).unwrap_or(1),
            period: self.period(),
            partial: self.partial(),
            units: self.units(),
        }
    }

    fn service_frequency(&self) -> ServiceFrequency {
        self.table.need(&["activity", "period", "per"]);
        let activity = self.name_of("activity", "activities", &self.around.vocabulary.activities);
        let periods =
            [CADENCES.map(|(word, cadence)| (word, Some(cadence))).as_slice(), &[("once", None)]].concat();
        let period = self.table.word("period", &periods).map(|period| period.value);
        let per = self.table.word("per", &[("unit", true), ("talent", false)]).map(|per| per.value);
        if per == Some(false) {
            self.apart("per", &["levels", "having"]);
        }
        match period {
            Some(None) => {
                self.table.need(&["days"]);
                self.apart("period", &["min", "partial"]);
                if per == Some(true) {
                    self.apart("period", &["per"]);
                }
            }
            Some(Some(_)) => {
                self.table.need(&["min"]);
                self.apart("period", &["days"]);
            }
            None => {}
        }
        let (min, days) = (self.table.count("min", 1).unwrap_or(1), self.table.count("days", 0));
        let (partial, units) = (self.partial(), self.units());
        let how_often = match (period.flatten(), per) {
            (Some(period), Some(false)) => HowOften::PerTalent { min, period, partial },
            (Some(period), _) => HowOften::PerUnit { min, period, partial, units },
            (None, _) => HowOften::Once { days: days.unwrap_or_default() },
        };
        ServiceFrequency { activity: activity.unwrap_or_default(), how_often }
    }

    fn case_deadline(&self) -> CaseDeadline {
        self.table.need(&["from", "to"]);
        let (from, to) = (self.table.word("from", &STEPS), self.table.word("to", &STEPS));
        if let (Some(from), Some(to)) = (&from, &to)
            && from.value >= to.value
        {
            let (from, to) = (word_of(&STEPS, &from.value).to_owned(), word_of(&STEPS, &to.value).to_owned());
            self.table.between(&["from", "to"], Problem::StepsBackwards { from, to });
        }
        CaseDeadline {
            case_classes: self.names_of("case_classes", "case-classes", &self.around.vocabulary.case_classes),
            from: from.map_or(CaseStep::Received, |step| step.value),
            to: to.map_or(CaseStep::FedBack, |step| step.value),
            limit: self.limit(&["working_days", "days", "months"]),
            roll: self.roll(),
            interim: self.table.yes_no("interim"),
        }
    }

    fn report_due(&self) -> ReportDue {
        self.table.need(&["form", "cadence", "due"]);
        let form = self.table.text("form");
        if let Some(form) = form.as_ref().filter(|form| !self.around.forms.iter().any(|id| id == form.value))
        {
            let (id, known) = (form.value.to_owned(), self.around.forms.to_vec());
            self.table.page.fault(&form.span, Problem::UnknownForm { id, known });
        }
        let cadences =
            [CADENCES.map(|(word, cadence)| (word, Some(cadence))).as_slice(), &[("once", None)]].concat();
        let cadence = self.table.word("cadence", &cadences);
        let due = self.due(cadence.as_ref());
        ReportDue {
            form: form.map(|form| form.value.to_owned()).unwrap_or_default(),
            cadence: cadence.and_then(|cadence| cadence.value),
            due: due.unwrap_or(ReportDate::After(0)),
            units: self.units(),
        }
    }

    fn due(&self, cadence: Option<&At<Option<Cadence>>>) -> Option<ReportDate> {
        let text = self.table.text("due")?;
        let due = match dates::report_date(text.value) {
            None => {
                self.table.page.fault(&text.span, Problem::MalformedDue { text: text.value.to_owned() });
                return None;
            }
            Some(Err(range)) => {
                let (least, most) = range.into_inner();
                self.table.page.fault(&text.span, Problem::OutOfRange { least, most });
                return None;
            }
            Some(Ok(ReportDate::On(date))) if !super::page::is_in_range(date) => {
                self.table.page.fault(&text.span, Problem::DateOutOfRange);
                return None;
            }
            Some(Ok(due)) => due,
        };
        let written = text.value.to_owned();
        match (cadence?.value, due) {
            (None, ReportDate::On(date)) => self.not_before_effective(&text, date),
            (Some(cadence), ReportDate::MonthDay(month, _)) if month < dates::last_first_month(cadence) => {
                let earliest = format!("{:02}-01", dates::last_first_month(cadence));
                self.table.between(&["cadence", "due"], Problem::DueBeforePeriod { due: written, earliest });
            }
            (Some(_), ReportDate::MonthDay(..) | ReportDate::After(_)) => {}
            (cadence, _) => {
                let cadence = cadence.map_or("once", |cadence| word_of(&CADENCES, &cadence)).to_owned();
                let problem = Problem::DueAgainstCadence { due: written, cadence };
                self.table.between(&["cadence", "due"], problem);
            }
        }
        Some(due)
    }

    fn not_before_effective(&self, due: &At<&str>, date: chrono::NaiveDate) {
        let Some(effective) = &self.around.effective else { return };
        if date < effective.value && !self.around.is_flattened {
            let later = if effective.key.start > due.key.start { &effective.key } else { &due.key };
            let (due, effective) = (due.value.to_owned(), effective.value.to_string());
            self.table.page.fault(later, Problem::DueBeforeEffective { due, effective });
        }
    }

    fn event_report(&self) -> EventReport {
        EventReport { events: self.events(), limit: self.limit(&["working_days", "days"]), roll: self.roll() }
    }

    fn pairing_term(&self) -> PairingTerm {
        self.table.need(&["years"]);
        PairingTerm {
            group: self.group(),
            years: self.table.count("years", 1).unwrap_or(1),
            cycle_from: self.table.date("cycle_from").map(|date| date.value),
            grace_days: self.grace_days(),
        }
    }

    fn pairing_handover(&self) -> PairingHandover {
        self.table.need(&["days"]);
        PairingHandover {
            group: self.group(),
            // The duty starts the day after the leader left (policy-format, section 8).
            days: self.table.count("days", 1).unwrap_or(1),
            successor: self.table.yes_no("successor"),
        }
    }

    fn roster_review(&self) -> RosterReview {
        self.table.need(&["period"]);
        RosterReview {
            min: self.table.count("min", 1).unwrap_or(1),
            period: self.period(),
            partial: self.partial(),
            units: self.units(),
        }
    }

    fn category_coverage(&self) -> CategoryCoverage {
        self.table.need(&["categories"]);
        CategoryCoverage {
            categories: self.categories(),
            grace_days: self.grace_days(),
            aim: self.table.yes_no("aim"),
            units: self.units(),
        }
    }

    fn group(&self) -> Option<String> {
        self.name_of("group", "groups", &self.around.vocabulary.groups)
    }

    fn categories(&self) -> Vec<String> {
        self.names_of("categories", "categories", &self.around.vocabulary.categories)
    }

    fn events(&self) -> Vec<String> {
        self.names_of("events", "events", &self.around.vocabulary.events)
    }

    fn grace_days(&self) -> u32 {
        self.table.count("grace_days", 0).unwrap_or_default()
    }

    fn period(&self) -> Cadence {
        self.table.word("period", &CADENCES).map_or(Cadence::Year, |period| period.value)
    }

    fn partial(&self) -> Partial {
        self.table.word("partial", &PARTIALS).map(|partial| partial.value).unwrap_or_default()
    }

    fn units(&self) -> Units {
        let words = Level::WORDS.map(|(level, word, _)| (word, level));
        let mut levels = Vec::new();
        for element in self.table.list("levels").map(|list| list.value).unwrap_or_default() {
            match words.iter().find(|(word, _)| *word == element.text) {
                Some((_, level)) => levels.push(*level),
                None => {
                    let known = words.iter().map(|(word, _)| (*word).to_owned()).collect();
                    self.table.page.fault(&element.span, Problem::UnknownWord { word: element.text, known });
                }
            }
        }
        Units { levels, having: self.table.word("having", &HAVINGS).map(|having| having.value) }
    }

    /// One of the keys of a limit; a working day needs no rolling.
    fn limit(&self, keys: &[&str]) -> Limit {
        self.need_one_of(keys);
        let mut given: Vec<At<_>> =
            keys.iter().filter_map(|key| Some(self.table.any(key)?.with(*key))).collect();
        given.sort_by_key(|key| key.key.start);
        for pair in given.windows(2) {
            let (key, other) = (pair[1].value.to_owned(), pair[0].value.to_owned());
            self.table.page.fault(&pair[1].key, Problem::NotTogether { key, other });
        }
        if self.table.has("working_days") {
            self.apart("working_days", &["roll"]);
        }
        let limits = [
            self.table.count("working_days", 1).map(Limit::WorkingDays),
            self.table.count("days", 0).map(Limit::Days).filter(|_| keys.contains(&"days")),
            keys.contains(&"months").then(|| self.table.count("months", 1).map(Limit::Months)).flatten(),
        ];
        limits.into_iter().flatten().next().unwrap_or(Limit::Days(0))
    }

    fn roll(&self) -> Roll {
        self.table.word("roll", &ROLLS).map(|roll| roll.value).unwrap_or_default()
    }

    /// Refuses each of `others` beside `key`.
    fn apart(&self, key: &str, others: &[&str]) {
        for other in others.iter().filter(|other| self.table.has(other)) {
            let problem = Problem::NotTogether { key: (*other).to_owned(), other: key.to_owned() };
            self.table.between(&[key, other], problem);
        }
    }

    fn need_one_of(&self, keys: &[&str]) {
        if !keys.iter().any(|key| self.table.has(key)) {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            self.table.page.fault(&self.table.heading, Problem::MissingOneOf { keys });
        }
    }

    /// A key of a vocabulary.
    fn name_of(&self, key: &str, vocabulary: &'static str, words: &Words) -> Option<String> {
        let name = self.table.text(key)?;
        let element = Element { text: name.value.to_owned(), span: name.span };
        self.held_to(&element, vocabulary, words);
        Some(element.text)
    }

    /// A list of keys of a vocabulary; absent: empty.
    fn names_of(&self, key: &str, vocabulary: &'static str, words: &Words) -> Vec<String> {
        let list = self.table.list(key).map(|list| list.value).unwrap_or_default();
        for element in &list {
            self.held_to(element, vocabulary, words);
        }
        list.into_iter().map(|element| element.text).collect()
    }

    fn held_to(&self, element: &Element, vocabulary: &'static str, words: &Words) {
        if !words.has(&element.text) {
            let (word, known) = (element.text.clone(), words.keys().map(str::to_owned).collect());
            self.table.page.fault(&element.span, Problem::NotInVocabulary { word, vocabulary, known });
        }
    }
}

/// A number that is known to be 0 or more and small.
fn whole(number: At<i64>) -> u32 {
    u32::try_from(number.value).unwrap_or_default()
}
