//! What every sample must hold, whatever the policy.

use super::*;
use zhuji_protocol::facts::Facts;

fn county_without_policy(seed: u64) -> Facts {
    let unit: UnitId = "511723000000".parse().unwrap();
    let office = Office { unit: &unit, name: "开江县", level: Level::County };
    let wish = Wish { year: 2026, today: "2026-11-20".parse().unwrap(), seed, leaders: 12, groups: None };
    facts(&office, None, Calendar::shipped(), &wish)
}

#[test]
fn the_same_seed_gives_the_same_office() {
    assert_eq!(county_without_policy(1), county_without_policy(1));
    assert_ne!(county_without_policy(1).leaders, county_without_policy(2).leaders);
}

#[test]
fn without_a_policy_there_is_a_roster_with_contacts_and_nothing_to_judge() {
    let facts = county_without_policy(3);
    assert!(facts.leaders.len() >= 10 && facts.pairings.len() >= 10 && facts.contacts.len() >= 10);
    assert!(facts.cases.is_empty() && facts.events.is_empty() && facts.reports.is_empty());
}
