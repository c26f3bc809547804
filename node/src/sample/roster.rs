//! Leaders, their talents and the pairings between them, with people who come, go and hand over.

use super::dice::{Dice, Turn};
use super::posts::{Seat, head_seats, may_repeat, seats};
use super::{Level, Sample, talents};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use zhuji_protocol::facts::{Leader, Pairing};
use zhuji_protocol::policy::{Asks, PairingHandover, PairingQuota, QuotaPer};

const PORTFOLIOS: [&str; 8] =
    ["组织人事", "农业农村", "教育卫生", "科技和工业", "文化旅游", "城乡建设", "民政和社会事务", "财政金融"];
const GROUNDS: [&str; 4] = ["分管领域对口", "业绩突出、影响较大", "战线对口、方便工作", "日常了解掌握"];

/// Enters leaders with their talents; some leave during the year, and somebody may follow them.
pub(super) fn fill(sample: &mut Sample<'_>) {
    let mut dice = sample.dice("roster");
    appoint(sample, &mut dice);
    for place in 0..sample.facts.leaders.len() {
        pair(sample, &mut dice, place);
    }
    // Some are on the list whom nobody contacts yet.
    for _ in 0..sample.facts.talents.len() / 10 {
        let from = taken_in_on(sample, &mut dice);
        talents::take_in(sample, &mut dice, from, None);
    }
    some_talents_leave(sample, &mut dice);
    some_leaders_leave(sample, &mut dice);
    settle(sample);
}

/// Leaves out pairings that would have begun after their leader or talent left, and numbers the rest.
fn settle(sample: &mut Sample<'_>) {
    let facts = &mut sample.facts;
    let leaders: BTreeMap<&str, NaiveDate> =
        facts.leaders.iter().filter_map(|row| Some((row.id.as_str(), row.to?))).collect();
    let talents: BTreeMap<&str, NaiveDate> =
        facts.talents.iter().filter_map(|row| Some((row.id.as_str(), row.to?))).collect();
    let began =
        |from: Option<NaiveDate>, left: Option<&NaiveDate>| left.is_none_or(|left| from <= Some(*left));
    facts.pairings.retain(|row| {
        began(row.from, leaders.get(row.leader.as_str())) && began(row.from, talents.get(row.talent.as_str()))
    });
    for (number, pairing) in (1..).zip(&mut facts.pairings) {
        pairing.id = format!("P{number:03}");
    }
}

fn appoint(sample: &mut Sample<'_>, dice: &mut Dice) {
    let groups = sample.groups();
    let bodies = seats(sample.office);
    let heads = head_seats();
    let mut taken = 0;
    for number in 0..sample.wish.leaders as usize {
        let mut own: Vec<&str> =
            groups.get(number.checked_rem(groups.len()).unwrap_or(0)).copied().into_iter().collect();
        let heads_department = own.iter().any(|group| is_of_departments(sample, group));
        let (seat, unit) = if heads_department {
            let unit = department(sample, dice, "government");
            (dice.pick(&heads).cloned(), unit)
        } else {
            let seat = seat(&bodies, taken, dice);
            taken += 1;
            let unit = seat.as_ref().and_then(|seat| department(sample, dice, &seat.body));
            (seat, unit)
        };
        // Now and then somebody stands in two groups: a leading body's member who also answers for a department.
        if groups.len() > 1 && !heads_department && dice.chance(8) {
            own = groups.clone();
        }
        let seat = seat.unwrap_or(Seat { body: String::new(), post: "负责人".to_owned() });
        let from = if dice.chance(88) {
            let earliest = sample.first - Days::new(365 * 5);
            dice.day(earliest, sample.first - Days::new(1))
        } else {
            dice.day(sample.first, sample.last)
        };
        if from <= sample.wish.today {
            enter(sample, dice, &seat, unit, own.iter().map(|group| (*group).to_owned()).collect(), from);
        }
    }
}

/// Groups whose members lead departments, by what the policy calls them.
fn is_of_departments(sample: &Sample<'_>, group: &str) -> bool {
    let title = sample.policy.and_then(|policy| policy.vocabulary.groups.title(group)).unwrap_or_default();
    ["部门", "单位", "局领导"].iter().any(|word| title.contains(word))
}

fn seat(seats: &[Seat], taken: usize, dice: &mut Dice) -> Option<Seat> {
    match seats.get(taken) {
        Some(seat) => Some(seat.clone()),
        None => {
            let more: Vec<&Seat> = seats.iter().filter(|seat| may_repeat(seat)).collect();
            dice.pick(&more).map(|seat| (*seat).clone())
        }
    }
}

/// A department of the field, where the leader sits; the unit itself if it has none such.
fn department(sample: &Sample<'_>, dice: &mut Dice, field: &str) -> Option<String> {
    let own = sample.office.unit.to_string();
    if sample.office.level <= Level::Township {
        return Some(own);
    }
    let members = super::members::rows(sample);
    let codes: Vec<&str> = sample.facts.units[1..]
        .iter()
        .zip(members)
        .filter(|(unit, row)| unit.level == Level::Department && row.field == field)
        .map(|(unit, _)| unit.code.as_str())
        .collect();
    Some(dice.pick(&codes).map_or(own, |code| (*code).to_owned()))
}

fn enter(
    sample: &mut Sample<'_>,
    dice: &mut Dice,
    seat: &Seat,
    unit: Option<String>,
    groups: Vec<String>,
    from: NaiveDate,
) -> String {
    let person = sample.people.meet();
    let id = format!("L{:02}", sample.facts.leaders.len() + 1);
    sample.facts.leaders.push(Leader {
        id: id.clone(),
        name: person.name,
        sex: person.sex.to_owned(),
        unit,
        post: seat.post.clone(),
        body: seat.body.clone(),
        portfolio: dice.pick(&PORTFOLIOS).copied().unwrap_or_default().to_owned(),
        phone: person.phone,
        groups,
        from: Some(from),
        to: None,
    });
    id
}

/// Gives a leader as many talents as the policy asks, mostly.
fn pair(sample: &mut Sample<'_>, dice: &mut Dice, place: usize) {
    let leader = &sample.facts.leaders[place];
    let (id, since) = (leader.id.clone(), leader.from.unwrap_or(sample.first));
    let quotas: Vec<(String, PairingQuota)> = sample
        .rules()
        .iter()
        .filter_map(|rule| match &rule.asks {
            Asks::PairingQuota(quota) if quota.per == QuotaPer::Leader => {
                Some((rule.id.clone(), quota.clone()))
            }
            _ => None,
        })
        .filter(|(_, quota)| quota.group.as_ref().is_none_or(|group| leader.groups.contains(group)))
        .collect();
    let fits = dice.chance(88);
    let mut wanted = dice.between(1, 2);
    for (number, (rule, quota)) in quotas.iter().enumerate() {
        let most = quota.max.unwrap_or(quota.min + 1).max(quota.min);
        let asked = if fits { dice.between(quota.min, most) } else { quota.min.saturating_sub(1) };
        wanted = if number == 0 { asked } else { wanted.max(asked) };
        if !fits && dice.chance(30) {
            sample.exempt(rule, &id, "", "新到任，联系对象正在征求意见");
        }
    }
    let required = quotas.iter().find_map(|(_, quota)| quota.categories.first());
    for _ in 0..wanted {
        let talent = match shared(sample, dice, &id, required.map(String::as_str)) {
            Some(talent) => talent,
            None => {
                let from = taken_in_on(sample, dice);
                talents::take_in(sample, dice, from, required.map(String::as_str))
            }
        };
        let known = sample.facts.talents.iter().find(|row| row.id == talent).and_then(|row| row.from);
        let earliest = since.max(known.unwrap_or(since)).max(in_force(sample));
        let from = earliest + Days::new(dice.below(40));
        join(sample, dice, &id, &talent, from);
    }
}

/// Now and then two leaders contact the same talent.
fn shared(sample: &Sample<'_>, dice: &mut Dice, leader: &str, required: Option<&str>) -> Option<String> {
    if !dice.chance(8) {
        return None;
    }
    let facts = &sample.facts;
    let free = |id: &str| !facts.pairings.iter().any(|row| row.leader == leader && row.talent == id);
    let fits = |categories: &[String]| required.is_none_or(|key| categories.iter().any(|has| has == key));
    let known: Vec<&str> = facts
        .talents
        .iter()
        .filter(|row| free(&row.id) && fits(&row.categories))
        .map(|row| row.id.as_str())
        .collect();
    dice.pick(&known).map(|id| (*id).to_owned())
}

fn taken_in_on(sample: &Sample<'_>, dice: &mut Dice) -> NaiveDate {
    let earliest = sample.first - Days::new(365 * 4);
    if dice.chance(85) {
        dice.day(earliest, sample.first - Days::new(1))
    } else {
        dice.day(sample.first, sample.through)
    }
}

/// The policy's first day, or long ago; nobody is paired under a document that is not in force yet.
fn in_force(sample: &Sample<'_>) -> NaiveDate {
    sample.policy.map_or(NaiveDate::MIN, |policy| policy.effective)
}

fn join(sample: &mut Sample<'_>, dice: &mut Dice, leader: &str, talent: &str, from: NaiveDate) {
    if from > sample.wish.today {
        return;
    }
    let team: Vec<String> = sample
        .facts
        .units
        .iter()
        .filter(|unit| unit.level == Level::Department && dice.chance(20))
        .map(|unit| unit.name.clone())
        .collect();
    sample.facts.pairings.push(Pairing {
        id: String::new(),
        leader: leader.to_owned(),
        talent: talent.to_owned(),
        from: Some(from),
        to: None,
        basis: dice.pick(&GROUNDS).copied().unwrap_or_default().to_owned(),
        team,
        reviewed_on: Vec::new(),
        end_reason: String::new(),
    });
}

fn some_talents_leave(sample: &mut Sample<'_>, dice: &mut Dice) {
    const REASONS: [&str; 2] = ["调离", "退休"];
    let (first, through) = (sample.first, sample.through);
    for talent in &mut sample.facts.talents {
        let leaves = dice.chance(4) && talent.from.is_some_and(|from| from < first) && first < through;
        if !leaves {
            continue;
        }
        let day = dice.day(first, through);
        let reason = dice.pick(&REASONS).copied().unwrap_or_default();
        talent.to = Some(day);
        reason.clone_into(&mut talent.end_reason);
        for pairing in sample.facts.pairings.iter_mut().filter(|row| row.talent == talent.id) {
            if pairing.from.is_some_and(|from| from <= day) {
                pairing.to = Some(day);
                reason.clone_into(&mut pairing.end_reason);
            }
        }
    }
}

fn some_leaders_leave(sample: &mut Sample<'_>, dice: &mut Dice) {
    if sample.facts.leaders.len() < 4 || sample.through <= sample.first {
        return;
    }
    let handover = sample.rules().iter().find_map(|rule| match &rule.asks {
        Asks::PairingHandover(handover) => Some(handover),
        _ => None,
    });
    for place in 0..sample.facts.leaders.len() {
        let leader = &sample.facts.leaders[place];
        if !dice.chance(8) || leader.from.is_none_or(|from| from >= sample.first) {
            continue;
        }
        let day = dice.day(sample.first, sample.through);
        let (id, unit, groups) = (leader.id.clone(), leader.unit.clone(), leader.groups.clone());
        let seat = Seat { body: leader.body.clone(), post: leader.post.clone() };
        sample.facts.leaders[place].to = Some(day);
        let follower = day + Days::new(1 + dice.below(15));
        let successor =
            (follower <= sample.wish.today).then(|| enter(sample, dice, &seat, unit, groups, follower));
        for pairing in 0..sample.facts.pairings.len() {
            if sample.facts.pairings[pairing].leader == id {
                hand_over(sample, dice, pairing, day, successor.as_deref(), handover);
            }
        }
    }
}

/// Ends a pairing whose leader left, on time, late or not at all; the talent goes on to the successor.
fn hand_over(
    sample: &mut Sample<'_>,
    dice: &mut Dice,
    place: usize,
    left_on: NaiveDate,
    successor: Option<&str>,
    rule: Option<&PairingHandover>,
) {
    let pairing = &sample.facts.pairings[place];
    let (talent, over) = (pairing.talent.clone(), pairing.to.is_some());
    if pairing.from.is_some_and(|from| from > left_on) || over {
        return;
    }
    let days = rule.map_or(0, |rule| u64::from(rule.days));
    let ended = match dice.turn() {
        Turn::OnTime => left_on + Days::new(dice.below(days + 1)),
        Turn::Late => left_on + Days::new(days + 1 + dice.below(30)),
        Turn::NotDone => return,
    };
    if ended > sample.wish.today {
        return;
    }
    let pairing = &mut sample.facts.pairings[place];
    pairing.to = Some(ended);
    "领导干部岗位变动".clone_into(&mut pairing.end_reason);
    if let Some(successor) = successor {
        let begins = sample.facts.leaders.iter().find(|row| row.id == successor).and_then(|row| row.from);
        join(sample, dice, successor, &talent, begins.unwrap_or(ended).max(ended));
    }
}
