//! Facts as CSV files with English headings; reading them gives equal facts.

use super::heading::{self, FileShape};
use super::*;
use crate::policy::Side;
use chrono::NaiveDate;
use std::borrow::Cow;

/// Whether a file begins with a byte order mark, which spreadsheet programs need to see UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bom {
    /// With it.
    With,
    /// Without it.
    #[default]
    Without,
}

/// The files that hold any row, in the order of the contract.
#[must_use]
pub fn write(facts: &Facts, bom: Bom) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = Vec::new();
    let mut add = |file: Option<(&'static str, Vec<u8>)>| files.extend(file);
    add(file(&heading::UNITS, &facts.units, bom, |unit| {
        vec![text(&unit.code), text(&unit.name), text(unit.level.word()), some(unit.parent.as_ref())]
    }));
    add(file(&heading::LEADERS, &facts.leaders, bom, |leader| {
        vec![
            text(&leader.id),
            text(&leader.name),
            text(&leader.sex),
            some(leader.unit.as_ref()),
            text(&leader.post),
            text(&leader.body),
            text(&leader.portfolio),
            text(&leader.phone),
            list(&leader.groups),
            date(leader.from),
            date(leader.to),
        ]
    }));
    add(file(&heading::TALENTS, &facts.talents, bom, |talent| {
        vec![
            text(&talent.id),
            text(&talent.name),
            text(&talent.sex),
            some(talent.unit.as_ref()),
            text(&talent.post),
            text(&talent.title),
            text(&talent.phone),
            list(&talent.categories),
            some(talent.class.as_ref()),
            date(talent.from),
            date(talent.to),
            text(&talent.end_reason),
        ]
    }));
    add(file(&heading::PAIRINGS, &facts.pairings, bom, |pairing| {
        let reviews: Vec<String> = pairing.reviewed_on.iter().map(NaiveDate::to_string).collect();
        vec![
            text(&pairing.id),
            text(&pairing.leader),
            text(&pairing.talent),
            date(pairing.from),
            date(pairing.to),
            text(&pairing.basis),
            list(&pairing.team),
            list(&reviews),
            text(&pairing.end_reason),
        ]
    }));
    add(file(&heading::CONTACTS, &facts.contacts, bom, |contact| {
        vec![
            text(&contact.id),
            text(&contact.pairing),
            date(Some(contact.date)),
            some(contact.mode.as_ref()),
            side(contact.initiated_by),
            list(&contact.topics),
            text(&contact.occasion),
            text(&contact.also_counts_for),
            text(&contact.note),
        ]
    }));
    add(file(&heading::CASES, &facts.cases, bom, |case| {
        vec![
            text(&case.id),
            some(case.talent.as_ref()),
            some(case.contact.as_ref()),
            some(case.class.as_ref()),
            some(case.channel.as_ref()),
            date(Some(case.received_on)),
            date(case.accepted_on),
            date(case.dispatched_on),
            date(case.delivered_on),
            text(&case.responsible),
            date(case.interim_on),
            date(case.answered_on),
            date(case.fed_back_on),
            text(&case.outcome),
        ]
    }));
    add(file(&heading::EVENTS, &facts.events, bom, |event| {
        vec![
            text(&event.id),
            text(&event.talent),
            text(&event.kind),
            date(Some(event.happened_on)),
            date(event.reported_on),
        ]
    }));
    add(file(&heading::SERVICES, &facts.services, bom, |service| {
        vec![
            text(&service.id),
            text(&service.kind),
            date(Some(service.date)),
            some(service.unit.as_ref()),
            list(&service.talents),
        ]
    }));
    add(file(&heading::REPORTS, &facts.reports, bom, |report| {
        vec![
            text(&report.id),
            text(&report.unit),
            text(&report.form),
            text(&report.period),
            date(report.submitted_on),
        ]
    }));
    add(file(&heading::LIAISONS, &facts.liaisons, bom, |liaison| {
        vec![text(&liaison.unit), text(&liaison.name), date(liaison.from), date(liaison.to)]
    }));
    add(file(&heading::REVIEWS, &facts.reviews, bom, |review| {
        vec![text(&review.unit), date(Some(review.date))]
    }));
    add(file(&heading::EXEMPTIONS, &facts.exemptions, bom, |exemption| {
        vec![
            text(&exemption.rule),
            text(&exemption.subject),
            text(&exemption.period),
            text(&exemption.reason),
        ]
    }));
    files
}

fn file<'f, T>(
    shape: &FileShape,
    rows: &'f [T],
    bom: Bom,
    cells: impl Fn(&'f T) -> Vec<Cow<'f, str>>,
) -> Option<(&'static str, Vec<u8>)> {
    if rows.is_empty() {
        return None;
    }
    let mut out = if bom == Bom::With { "\u{feff}".to_owned() } else { String::new() };
    line(&mut out, shape.columns.iter().map(|column| Cow::Borrowed(column.english)));
    for row in rows {
        line(&mut out, cells(row).into_iter());
    }
    Some((shape.name, out.into_bytes()))
}

fn line<'f>(out: &mut String, cells: impl Iterator<Item = Cow<'f, str>>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn some(text: Option<&String>) -> Cow<'_, str> {
    Cow::Borrowed(text.map_or("", String::as_str))
}

fn date(date: Option<NaiveDate>) -> Cow<'static, str> {
    Cow::Owned(date.map(|date| date.to_string()).unwrap_or_default())
}

fn list(items: &[String]) -> Cow<'static, str> {
    Cow::Owned(items.join(";"))
}

fn side(side: Option<Side>) -> Cow<'static, str> {
    Cow::Borrowed(match side {
        None => "",
        Some(Side::Leader) => "leader",
        Some(Side::Talent) => "talent",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Level;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn written() -> impl Strategy<Value = String> {
        "[a,\"\n\r;张𠮷 ]{0,5}".prop_map(|text| text.trim().to_owned())
    }

    fn items() -> impl Strategy<Value = Vec<String>> {
        let item = "[a,\"\n张]{1,3}".prop_map(|text| text.trim().to_owned());
        vec(item.prop_filter("an empty item is dropped", |item| !item.is_empty()), 0..3)
    }

    fn day() -> impl Strategy<Value = NaiveDate> {
        let (first, last) =
            (NaiveDate::from_ymd_opt(1900, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2199, 12, 31).unwrap());
        (0..=(last - first).num_days()).prop_map(move |days| first + chrono::Days::new(days.unsigned_abs()))
    }

    fn span() -> impl Strategy<Value = (Option<NaiveDate>, Option<NaiveDate>)> {
        (proptest::option::of(day()), proptest::option::of(day())).prop_map(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
            other => other,
        })
    }

    fn word() -> impl Strategy<Value = Option<String>> {
        written().prop_map(|word| (!word.is_empty()).then_some(word))
    }

    prop_compose! {
        fn people()(name in written(), sex in written(), post in written(), phone in written(), list in items(),
                    (from, to) in span(), class in word()) -> (Leader, Talent) {
            let leader = Leader {
                id: String::new(), name: name.clone(), sex: sex.clone(), unit: class.clone(), post: post.clone(),
                body: phone.clone(), portfolio: name.clone(), phone: phone.clone(), groups: list.clone(), from, to,
            };
            let talent = Talent {
                id: String::new(), name, sex, unit: None, post, title: phone.clone(), phone: phone.clone(),
                categories: list, class, from, to, end_reason: phone,
            };
            (leader, talent)
        }
    }

    prop_compose! {
        fn pair()(people in people(), (from, to) in span(), note in written(), list in items(),
                  reviewed_on in vec(day(), 0..3), date in day(), mode in word(),
                  side in proptest::option::of(prop_oneof![Just(Side::Leader), Just(Side::Talent)]))
                  -> (Leader, Talent, Pairing, Contact) {
            let pairing = Pairing {
                from, to, basis: note.clone(), team: list.clone(), reviewed_on, end_reason: note.clone(),
                ..Pairing::default()
            };
            let contact = Contact {
                id: String::new(), pairing: String::new(), date, mode, initiated_by: side, topics: list,
                occasion: note.clone(), also_counts_for: note.clone(), note,
            };
            (people.0, people.1, pairing, contact)
        }
    }

    prop_compose! {
        fn facts()(pairs in vec(pair(), 0..4), outcome in written(), mut steps in vec(day(), 6), class in word(),
                   reported_on in proptest::option::of(day()), (from, to) in span()) -> Facts {
            steps.sort_unstable();
            let mut facts = Facts::default();
            for (number, (mut leader, mut talent, mut pairing, mut contact)) in pairs.into_iter().enumerate() {
                leader.id = format!("L{number}");
                talent.id = format!("T,\"{number}");
                (pairing.id, pairing.leader, pairing.talent) =
                    (format!("P{number}"), leader.id.clone(), talent.id.clone());
                (contact.id, contact.pairing) = (format!("C{number}"), pairing.id.clone());
                facts.events.push(Event {
                    id: number.to_string(), talent: talent.id.clone(), kind: "k".to_owned(), happened_on: steps[0],
                    reported_on,
                });
                facts.cases.push(Case {
                    id: number.to_string(), talent: Some(talent.id.clone()), contact: Some(contact.id.clone()),
                    class: class.clone(), channel: class.clone(), received_on: steps[0], accepted_on: Some(steps[1]),
                    dispatched_on: Some(steps[2]), delivered_on: Some(steps[3]), responsible: outcome.clone(),
                    interim_on: Some(steps[0]), answered_on: Some(steps[4]), fed_back_on: Some(steps[5]),
                    outcome: outcome.clone(),
                });
                facts.services.push(Service {
                    id: number.to_string(), kind: "k".to_owned(), date: steps[0], unit: class.clone(),
                    talents: vec![talent.id.clone()],
                });
                facts.leaders.push(leader);
                facts.talents.push(talent);
                facts.pairings.push(pairing);
                facts.contacts.push(contact);
            }
            facts.units.push(Unit { code: "u".to_owned(), name: outcome.clone(), level: Level::County, parent: class });
            facts.reports.push(Report {
                id: "r".to_owned(), unit: "u".to_owned(), form: "f".to_owned(), period: "2016-H1".to_owned(),
                submitted_on: reported_on,
            });
            facts.liaisons.push(Liaison { unit: "u".to_owned(), name: "李".to_owned(), from, to });
            facts.reviews.push(Review { unit: "u".to_owned(), date: steps[0] });
            facts.exemptions.push(Exemption {
                rule: "r".to_owned(), subject: "s".to_owned(), period: outcome.clone(), reason: outcome,
            });
            facts
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_itself(facts in facts(), with_bom in any::<bool>()) {
            let bom = if with_bom { Bom::With } else { Bom::Without };
            let files = write(&facts, bom).into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
            let folder = Folder { name: String::new(), files };
            let taken = read(&folder, Reading::default()).map_err(|faults| TestCaseError::fail(faults[0].to_string()))?;
            prop_assert_eq!(taken.facts, facts);
        }

        #[test]
        fn garbage_is_refused_or_read_but_never_a_panic(bytes in vec(any::<u8>(), 0..200), name in 0..12_usize) {
            let mut folder = Folder::default();
            folder.files.insert(heading::FILES[name].name.to_owned(), bytes);
            let _ = read(&folder, Reading::default());
        }
    }
}
