//! Whatever arrives, moves and closes in whatever order: what stands is what counting afresh gives.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Month { who: u8, at: u8, leaders: i64, contacts: i64 },
    Send { who: u8 },
    Move { village: u8, to: u8, at: u8 },
    Restore { who: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0u8..4, 0u8..6, 0i64..4, 0i64..4)
            .prop_map(|(who, at, leaders, contacts)| Step::Month { who, at, leaders, contacts }),
        4 => (0u8..4).prop_map(|who| Step::Send { who }),
        2 => (0u8..2, 0u8..3, 0u8..6).prop_map(|(village, to, at)| Step::Move { village, to, at }),
        1 => (0u8..4).prop_map(|who| Step::Restore { who }),
    ];
    prop::collection::vec(step, 1..25)
}

fn at(month: u8) -> String {
    format!("2026-{:02}", month + 1)
}

fn moved(hub: &Hub, village: u8, to: u8, at: u8) -> Option<Entry> {
    let unit = id([VILLAGE, OTHER_VILLAGE][usize::from(village)]);
    let territory = now(hub.store.territory()).expect("read");
    let mut entry = territory.directory.get(&unit)?.clone();
    let from = day(&format!("2026-{:02}-10", at + 1));
    let parent = [None, Some(TOWN), Some(OTHER_TOWN)][usize::from(to)];
    match parent {
        None => entry.end_before(from),
        Some(parent) => {
            let mut attributes = entry.latest()?.clone();
            attributes.parent = Some(id(parent));
            entry.change(from, attributes);
        }
    }
    (!entry.spans.is_empty()).then_some(entry)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_stands_is_what_counting_afresh_gives(steps in steps()) {
        let mut hub = Hub::county();
        let mut children: Vec<Child> =
            [VILLAGE, OTHER_VILLAGE, TOWN, COUNTY].into_iter().map(|unit| hub.node(unit)).collect();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Month { who, at: when, leaders, contacts: count } => {
                    children[usize::from(who)].month(&at(when), &contacts(leaders, count));
                }
                Step::Send { who } => {
                    hub.receive(&mut children[usize::from(who)]);
                }
                Step::Move { village, to, at } => {
                    if let Some(entry) = moved(&hub, village, to, at) {
                        now(hub.store.change_directory(vec![entry], &author(), moment("move"))).expect("moved");
                    }
                }
                Step::Restore { who } => {
                    let child = &mut children[usize::from(who)];
                    child.incarnation = Incarnation(seed_of(&number.to_string())[..16].try_into().expect("16"));
                    hub.greet(child);
                }
            }
            hub.assert_whole();
        }
        // The county is the sum of what is below it, and of its own office.
        let sum: i64 = [TOWN, OTHER_TOWN].iter().map(|unit| hub.count(unit, "2026", Count::Contacts)).sum();
        let own: i64 = {
            hub.receive(&mut children[3]);
            children[3].rows.iter().map(|(_, (_, _, body))| {
                SummaryV1::decode(body).expect("ours").0.flows.count(&CountKey::Total(Count::Contacts))
            }).sum()
        };
        prop_assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), sum + own);
    }
}
