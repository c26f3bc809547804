//! The departments and employers of a unit, as its private members.

use super::posts::own_word;
use super::table::{MEMBERS, Member};
use super::{Level, Sample};
use zhuji_protocol::facts::Unit;

/// Enters the unit itself and its members.
pub(super) fn found(sample: &mut Sample<'_>) {
    let office = sample.office;
    let own = office.unit.to_string();
    sample.facts.units.push(Unit {
        code: own.clone(),
        name: office.name.to_owned(),
        level: office.level,
        parent: None,
    });
    for (number, row) in (1..).zip(rows(sample)) {
        let Some(code) = office.unit.member(number) else { return };
        let level = if row.kind == "department" { Level::Department } else { Level::Employer };
        let name = row.name.replace("{}", own_word(office));
        sample.facts.units.push(Unit { code: code.to_string(), name, level, parent: Some(own.clone()) });
    }
}

/// The members that this unit has, in the order of their numbers: all departments, and more employers in a larger office.
pub(super) fn rows(sample: &Sample<'_>) -> Vec<&'static Member> {
    let level = match sample.office.level {
        Level::Province => '1',
        Level::City => '2',
        Level::County => '3',
        Level::Township => '4',
        Level::Village => '5',
        Level::Department | Level::Employer => return Vec::new(),
    };
    let at_level = |kind| MEMBERS.iter().filter(move |row| row.levels.contains(level) && row.kind == kind);
    let employers = usize::try_from(sample.wish.leaders / 2).unwrap_or(0).max(2);
    at_level("department").chain(at_level("employer").take(employers)).collect()
}
