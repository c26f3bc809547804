//! Whole, through two levels of hubs: the total above is the sum of what is below.

use super::tree::{enrol_under, talk};
use super::*;
use crate::store::Assigning;
use proptest::prelude::*;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::figures::TallyKey;
use zhuji_protocol::policy::{Source, builtin, parse_flattened};
use zhuji_protocol::rules::{Status, Tally};
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::kinds;

const OTHER_COUNTY: &str = "430922000000";

fn city() -> Vec<Entry> {
    let mut entries = county();
    entries[0].spans[0].attributes.parent = Some(id(CITY));
    entries.push(Entry::always(id(CITY), "益阳市", Level::City, None));
    entries.push(Entry::always(id(OTHER_COUNTY), "桃江县", Level::County, Some(id(CITY))));
    entries
}

/// A city's hub with a county's hub under it.
fn tree() -> (Hub, Hub) {
    let mut upper = Hub::of(CITY, city());
    let mut lower = Hub::of(COUNTY, Vec::new());
    enrol_under(&mut upper, &mut lower);
    talk(&mut upper, &mut lower);
    (upper, lower)
}

#[test]
fn the_directory_comes_down_with_its_proof_and_the_figures_go_up() {
    let (mut upper, mut lower) = tree();
    let territory = now(lower.store.territory()).expect("read");
    assert_eq!(territory.directory.len(), 6, "its chain and its subtree, not the other county");
    assert!(territory.directory.get(&id(OTHER_COUNTY)).is_none());
    lower.assert_whole();

    let mut village = lower.node(VILLAGE);
    let mut office = lower.node(COUNTY);
    let mut cadre = upper.node(CITY);
    village.month("2026-01", &contacts(3, 5));
    office.month("2026-02", &contacts(2, 7));
    cadre.month("2026-02", &contacts(1, 1));
    assert!(lower.receive(&mut village).is_empty());
    assert!(lower.receive(&mut office).is_empty());
    assert!(upper.receive(&mut cadre).is_empty());
    talk(&mut upper, &mut lower);
    for (unit, total, leaders) in [(TOWN, 5, 3), (COUNTY, 12, 5), (CITY, 13, 6)] {
        assert_eq!(upper.count(unit, "2026", Count::Contacts), total, "{unit}");
        assert_eq!(upper.count(unit, "2026", Count::Leaders), leaders, "{unit}");
    }
    assert_eq!(upper.count(VILLAGE, "2026", Count::Contacts), 0, "folded into its township");

    village.reports("2026-06-14");
    lower.receive(&mut village);
    talk(&mut upper, &mut lower);
    let reporting = upper.reporting(CITY);
    assert_eq!((reporting.expected, reporting.reported), (3, 1));
    upper.assert_whole();
    lower.assert_whole();

    // A node under the lower hub gets the city's own bytes.
    let down = lower.greet(&mut village);
    let Greeted::Welcome(admission) = down else { panic!("welcome") };
    let batch = lower.cut(&village.replica, admission.down.incarnation, Point::START).expect("rows");
    let entry = batch
        .items()
        .iter()
        .find(|item| item.key().kind == kinds::item::DIRECTORY_ENTRY && item.key().unit == id(VILLAGE));
    let proof =
        zhuji_protocol::wire::published::PublishedV1::read(entry.expect("its own entry")).expect("a proof");
    assert_eq!(proof.writer, id(CITY));
    assert!(proof.holds(entry.expect("there").key(), 1, &upper.key.public()));
}

#[test]
fn a_child_hub_that_was_never_heard_of_is_one_silent_unit() {
    let mut upper = Hub::of(CITY, city());
    upper.enrol(Replica::hub(id(COUNTY)));
    let reporting = upper.reporting(CITY);
    assert_eq!((reporting.expected, reporting.reported), (1, 0));
}

#[test]
fn a_township_that_moves_to_another_hub_is_counted_once() {
    let (mut upper, mut lower) = tree();
    let mut other = Hub::of(OTHER_COUNTY, Vec::new());
    enrol_under(&mut upper, &mut other);
    talk(&mut upper, &mut other);
    let mut village = lower.node(VILLAGE);
    for number in 1..=6 {
        village.month(&format!("2026-0{number}"), &contacts(2, 1));
    }
    lower.receive(&mut village);
    talk(&mut upper, &mut lower);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 6);

    let mut town = city().remove(1);
    let mut attributes = town.latest().expect("a span").clone();
    attributes.parent = Some(id(OTHER_COUNTY));
    town.change(day("2026-04-10"), attributes);
    now(upper.store.change_directory(vec![town], &author(), moment("move"))).expect("moved");
    talk(&mut upper, &mut lower);
    talk(&mut upper, &mut other);
    assert_eq!(lower.count(COUNTY, "2026", Count::Contacts), 3, "months before the move stay");
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 3);

    let mut again = other.node(VILLAGE);
    again.rows = village.rows.clone();
    again.mark = village.mark;
    let refused = other.receive(&mut again);
    assert_eq!(refused.iter().map(|row| row.1).collect::<Vec<_>>(), [Refusal::MonthNotYours; 3]);
    talk(&mut upper, &mut other);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 6);
    assert_eq!(upper.count(OTHER_COUNTY, "2026", Count::Contacts), 3);
    assert_eq!(upper.count(CITY, "2026-06", Count::Leaders), 2);
    for hub in [&upper, &lower, &other] {
        hub.assert_whole();
    }
}

#[test]
fn a_stock_that_leaves_a_township_is_told_upward_as_zero() {
    let (mut upper, mut lower) = tree();
    let mut village = lower.node(VILLAGE);
    village.month("2026-01", &contacts(1, 0));
    lower.receive(&mut village);
    let mut entry = city().remove(3);
    let mut attributes = entry.latest().expect("a span").clone();
    attributes.parent = Some(id(OTHER_TOWN));
    entry.change(day("2026-02-10"), attributes);
    now(upper.store.change_directory(vec![entry], &author(), moment("move"))).expect("moved");
    talk(&mut upper, &mut lower);
    for (unit, leaders) in [(TOWN, 0), (OTHER_TOWN, 1), (COUNTY, 1), (CITY, 1)] {
        assert_eq!(upper.count(unit, "2026-02", Count::Leaders), leaders, "{unit}");
    }
    upper.assert_whole();
    lower.assert_whole();
}

#[test]
fn a_changed_byte_in_what_is_told_upward_is_named() {
    let (mut upper, mut lower) = tree();
    let mut village = lower.node(VILLAGE);
    village.month("2026-01", &contacts(1, 2));
    lower.receive(&mut village);
    talk(&mut upper, &mut lower);
    lower.assert_whole();
    let db = rusqlite::Connection::open(lower.path()).expect("the file");
    let changed = db.execute("UPDATE onward SET body = x'00' WHERE kind = 1", []).expect("changed");
    assert_eq!(changed, 1);
    let found = now(lower.store.verify(&mut || {})).expect("verified");
    let key = summary_key(&id(TOWN), month("2026-01"), Scope::Subtree);
    assert_eq!(found, Verified::Broken(crate::store::Misfit::Onward { key }));
}

#[test]
fn a_child_hub_speaks_for_its_own_unit_and_its_direct_children_only() {
    let mut upper = Hub::of(CITY, city());
    let mut lower = upper.enrol(Replica::hub(id(COUNTY)));
    let some = contacts(1, 1);
    lower.folded(COUNTY, "2026-01", Scope::Own, &some);
    lower.folded(TOWN, "2026-01", Scope::Subtree, &some);
    assert!(upper.receive(&mut lower).is_empty());
    lower.folded(COUNTY, "2026-01", Scope::Subtree, &some);
    lower.folded(TOWN, "2026-01", Scope::Own, &some);
    lower.folded(VILLAGE, "2026-01", Scope::Subtree, &some);
    lower.folded(OTHER_COUNTY, "2026-01", Scope::Subtree, &some);
    lower.folded(CITY, "2026-01", Scope::Own, &some);
    assert_eq!(upper.receive(&mut lower).iter().map(|row| row.1).collect::<Vec<_>>(), [Refusal::NotYours; 5]);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 2);

    // The county's own node now belongs to the county's hub, and does not count here.
    let mut node = upper.node(VILLAGE);
    node.month("2026-01", &some);
    assert_eq!(upper.receive(&mut node)[0].1, Refusal::NotYours);
    upper.assert_whole();
}

#[test]
fn figures_that_came_before_their_hub_was_let_in_count_through_it_from_then_on() {
    let mut upper = Hub::of(CITY, city());
    let mut village = upper.node(VILLAGE);
    village.month("2026-01", &contacts(1, 4));
    upper.receive(&mut village);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 4);
    let mut lower = Hub::of(COUNTY, Vec::new());
    enrol_under(&mut upper, &mut lower);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 0);
    talk(&mut upper, &mut lower);
    let mut again = lower.node(VILLAGE);
    again.rows = village.rows.clone();
    again.mark = village.mark;
    assert!(lower.receive(&mut again).is_empty());
    talk(&mut upper, &mut lower);
    assert_eq!(upper.count(CITY, "2026", Count::Contacts), 4);
    upper.assert_whole();
    lower.assert_whole();
}

#[test]
fn above_its_assignment_a_policy_is_counted_by_kind_and_below_it_by_rule() {
    let (mut upper, mut lower) = tree();
    let ids: Vec<&str> = builtin::ids().collect();
    let policy_of = |id: &str| {
        let text = builtin::text(id).expect("built in").to_owned();
        let source = Source { file: id.to_owned(), bytes: text.into_bytes() };
        let policy =
            zhuji_protocol::policy::parse(&source, &zhuji_protocol::policy::Alone, Calendar::shipped())
                .expect("it parses");
        let flattened = policy.to_toml();
        let again = Source { file: id.to_owned(), bytes: flattened.clone().into_bytes() };
        (parse_flattened(&again, Calendar::shipped()).expect("it parses"), flattened)
    };
    let (of_city, city_text) = policy_of(ids[0]);
    let (of_county, county_text) = policy_of(ids[1]);
    let (version, _) =
        now(upper.store.add_policy(&of_city, &city_text, &author(), moment("p"))).expect("kept");
    let from = day("2026-01-01");
    let assigning = Assigning { unit: id(CITY), version, from, to: None };
    now(upper.store.assign(assigning, &author(), moment("a"))).expect("assigned");
    talk(&mut upper, &mut lower);
    let (version, _) =
        now(lower.store.add_policy(&of_county, &county_text, &author(), moment("q"))).expect("kept");
    assert_eq!(version.number, 1);
    let assigning = Assigning { unit: id(COUNTY), version: version.clone(), from, to: None };
    now(lower.store.assign(assigning.clone(), &author(), moment("b"))).expect("assigned");
    let above = Assigning { unit: id(CITY), ..assigning.clone() };
    assert!(now(lower.store.assign(above, &author(), moment("c"))).is_err(), "not under it");
    assert!(now(upper.store.assign(assigning, &author(), moment("d"))).is_err(), "under a lower hub");

    let rule = |policy: &zhuji_protocol::policy::Policy| {
        let rule = policy.rules.iter().find(|rule| !rule.asks.kind().is_standing()).expect("a rule");
        TallyKey::Rule {
            policy: policy.id.clone(),
            rule: rule.id.clone(),
            kind: rule.asks.kind(),
            assumed: rule.assumed.is_some(),
        }
    };
    // Rows that came before the policy are asked for when it is there.
    let mut early = Hub::county();
    let mut other = early.node(VILLAGE);
    let mut of_rule = Summary::default();
    of_rule.flows.add_tally(rule(&of_county), Tally::one(Status::Met));
    other.month("2026-01", &of_rule);
    assert_eq!(early.receive(&mut other)[0].1, Refusal::UnknownRule);
    let (known, _) =
        now(early.store.add_policy(&of_county, &county_text, &author(), moment("e"))).expect("kept");
    let assigning = Assigning { unit: id(COUNTY), version: known, from, to: None };
    now(early.store.assign(assigning, &author(), moment("f"))).expect("assigned");
    assert_eq!(now(early.store.ask_again(&other.replica)).expect("asked").len(), 1);
    other.month("2026-01", &of_rule);
    assert!(early.receive(&mut other).is_empty());

    let mut summary = Summary::default();
    summary.flows.add_tally(rule(&of_city), Tally::one(Status::Met));
    summary.flows.add_tally(rule(&of_county), Tally::one(Status::Late));
    let mut village = lower.node(VILLAGE);
    village.month("2026-01", &summary);
    assert!(lower.receive(&mut village).is_empty());
    talk(&mut upper, &mut lower);

    let keys = |hub: &Hub| -> Vec<TallyKey> {
        let shown =
            now(hub.store.figures(&id(COUNTY), 0, "2026".parse().expect("a period"), day("2026-06-15")));
        shown.expect("figures")[0].summary.flows.tallies().map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(keys(&lower).len(), 2);
    assert!(keys(&lower).iter().all(|key| matches!(key, TallyKey::Rule { .. })));
    let above = keys(&upper);
    assert!(above.contains(&rule(&of_city)), "kept up to where it is assigned");
    assert!(above.contains(&rule(&of_county).without_policy()), "by kind above it");
    upper.assert_whole();
    lower.assert_whole();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    /// Figures arrive below and directly above, villages move and close, links talk when they like.
    #[test]
    fn once_quiet_the_city_holds_what_the_county_holds(
        steps in prop::collection::vec((0u8..6, 0u8..5, 0i64..4, 0i64..4), 1..18)
    ) {
        let (mut upper, mut lower) = tree();
        let mut children: Vec<Child> = [VILLAGE, OTHER_VILLAGE, COUNTY].into_iter().map(|unit| lower.node(unit)).collect();
        for (what, which, leaders, count) in steps {
            let who = usize::from(which % 3);
            match what {
                0..=2 => {
                    children[who].month(&format!("2026-0{}", which + 1), &contacts(leaders, count));
                    lower.receive(&mut children[who]);
                }
                3 => talk(&mut upper, &mut lower),
                4 => {
                    let mut entry = city().remove(3);
                    let mut attributes = entry.latest().expect("a span").clone();
                    attributes.parent = Some(id(OTHER_TOWN));
                    entry.change(day(&format!("2026-0{}-10", which + 1)), attributes);
                    now(upper.store.change_directory(vec![entry], &author(), moment("move"))).expect("moved");
                }
                _ => {
                    let mut entry = city().remove(4);
                    entry.end_before(day(&format!("2026-0{}-20", which + 1)));
                    now(upper.store.change_directory(vec![entry], &author(), moment("close"))).expect("closed");
                }
            }
        }
        talk(&mut upper, &mut lower);
        upper.assert_whole();
        lower.assert_whole();
        for at in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026"] {
            for unit in [TOWN, OTHER_TOWN, COUNTY] {
                for key in [Count::Contacts, Count::Leaders] {
                    prop_assert_eq!(upper.count(unit, at, key), lower.count(unit, at, key), "{} {}", unit, at);
                }
            }
            prop_assert_eq!(upper.count(CITY, at, Count::Contacts), lower.count(COUNTY, at, Count::Contacts));
        }
    }
}
