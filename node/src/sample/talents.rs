//! Synthetic talents: where they work, what they are called, and the categories that fit.

use super::dice::Dice;
use super::members;
use super::table::{Member, TITLES};
use super::{Level, Sample};
use chrono::NaiveDate;
use zhuji_protocol::facts::Talent;
use zhuji_protocol::policy::Words;

/// Words in a category's title that only talents of some field carry.
const FIELDS: [(&str, &str); 13] = [
    ("学校", "school"),
    ("院校", "school"),
    ("医院", "hospital"),
    ("企业", "enterprise"),
    ("技能", "enterprise"),
    ("科研院所", "institute"),
    ("博士后", "institute"),
    ("博士", "institute"),
    ("社会组织", "social"),
    ("社会工作", "social"),
    ("农村", "rural"),
    ("党政", "government"),
    ("副高", "institute"),
];

/// Words in a category's title that nobody carries by chance.
const RARE: [&str; 2] = ["院士", "奖章"];

/// Adds a talent who was taken in on `from` and carries the required category, if any; gives the id.
pub(super) fn take_in(
    sample: &mut Sample<'_>,
    dice: &mut Dice,
    from: NaiveDate,
    required: Option<&str>,
) -> String {
    let members = members::rows(sample);
    let hosts: Vec<(usize, &Member)> = members
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.posts.is_empty())
        .map(|(place, row)| (place, *row))
        .collect();
    let weight = |(_, row): &(usize, &Member)| if row.kind == "employer" { 6 } else { 1 };
    let host = dice.weighed(&hosts, weight).copied();
    let (unit, member) = match host {
        Some((place, row)) => (sample.facts.units[place + 1].code.clone(), Some(row)),
        None => (sample.office.unit.to_string(), None),
    };
    let field = member.map_or("", |row| row.field);
    let posts: Vec<&str> = member.map_or(vec!["业务骨干"], |row| row.posts.split('/').collect());
    let person = sample.people.meet();
    let id = format!("T{:03}", sample.facts.talents.len() + 1);
    sample.facts.talents.push(Talent {
        id: id.clone(),
        name: person.name,
        sex: person.sex.to_owned(),
        unit: Some(unit),
        post: dice.pick(&posts).copied().unwrap_or_default().to_owned(),
        title: member
            .map_or(String::new(), |row| title(dice, row.series, sample.office.level, required.is_some())),
        phone: person.phone,
        categories: categories(sample, dice, field, required),
        class: class(sample, dice),
        from: Some(from),
        to: None,
        end_reason: String::new(),
    });
    id
}

fn title(dice: &mut Dice, series: &str, level: Level, eminent: bool) -> String {
    // Higher grades sit higher up.
    let (highest, lowest) = if level <= Level::Township { (1, 4) } else { (4, 1) };
    let weight = |grade: &str| match grade {
        _ if eminent => u64::from(grade == "正高级" || grade == "技能一级以上"),
        "正高级" => highest,
        "副高级" | "技能一级" => 6,
        "中级" | "技能二级" => 5,
        "初级（助理级）" | "技能三级" => lowest,
        _ => 1,
    };
    let of_series: Vec<_> = TITLES.iter().filter(|row| row.series == series).collect();
    dice.weighed(&of_series, |row| weight(row.grade)).map_or(String::new(), |row| row.title.to_owned())
}

fn categories(sample: &Sample<'_>, dice: &mut Dice, field: &str, required: Option<&str>) -> Vec<String> {
    let Some(policy) = sample.policy else { return Vec::new() };
    let words: &Words = &policy.vocabulary.categories;
    let fields_of = |title: &str| -> Vec<&str> {
        FIELDS.iter().filter(|(word, _)| title.contains(word)).map(|(_, field)| *field).collect()
    };
    let mut keys: Vec<String> = required.map(str::to_owned).into_iter().collect();
    let mut open: Vec<&str> = Vec::new();
    for word in &words.0 {
        let fields = fields_of(&word.title);
        if RARE.iter().any(|rare| word.title.contains(rare)) {
            continue;
        }
        if fields.is_empty() {
            open.push(&word.key);
        } else if fields.contains(&field) && dice.chance(70) {
            keys.push(word.key.clone());
        }
    }
    if (keys.is_empty() || dice.chance(50))
        && let Some(key) = dice.pick(&open)
    {
        keys.push((*key).to_owned());
    }
    // The order of the document, each once.
    words.keys().filter(|key| keys.iter().any(|has| has == key)).map(str::to_owned).collect()
}

fn class(sample: &Sample<'_>, dice: &mut Dice) -> Option<String> {
    let classes: Vec<&str> = sample.policy?.vocabulary.classes.keys().collect();
    // Lower classes have more people.
    let places: Vec<(usize, &str)> = classes.into_iter().enumerate().collect();
    let certified = dice.chance(80);
    dice.weighed(&places, |(place, _)| *place as u64 + 1)
        .filter(|_| certified)
        .map(|(_, key)| (*key).to_owned())
}
