use super::*;
use zhuji_protocol::directory::Entry;
use zhuji_protocol::unit::Level;

fn id(text: &str) -> UnitId {
    text.parse().expect("a unit id")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn month(text: &str) -> Month {
    Month::of(day(&format!("{text}-01")))
}

const CITY: &str = "430900000000";
const COUNTY: &str = "430981000000";
const TOWN: &str = "430981101000";
const OTHER_TOWN: &str = "430981102000";
const VILLAGE: &str = "430981101200";

/// A city's hub; the county has one of its own if it is named.
fn city(child_hubs: &[&str]) -> Territory {
    let mut territory = Territory::empty(id(CITY));
    territory.directory = Directory::new([
        Entry::always(id(CITY), "益阳市", Level::City, None),
        Entry::always(id(COUNTY), "沅江市", Level::County, Some(id(CITY))),
        Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
        Entry::always(id(OTHER_TOWN), "黄茅洲镇", Level::Township, Some(id(COUNTY))),
        Entry::always(id(VILLAGE), "乐园村", Level::Village, Some(id(TOWN))),
    ]);
    territory.child_hubs = child_hubs.iter().map(|unit| id(unit)).collect();
    territory
}

fn moved(territory: &mut Territory, unit: &str, to: &str, on: &str) {
    let mut entry = territory.directory.get(&id(unit)).expect("known").clone();
    let mut attributes = entry.latest().expect("a span").clone();
    attributes.parent = Some(id(to));
    entry.change(day(on), attributes);
    territory.directory.put(entry);
}

fn node(unit: &str, scope: Scope) -> Series {
    Series { sender: Replica::node(id(unit)), unit: id(unit), scope }
}

fn hub(sender: &str, unit: &str, scope: Scope) -> Series {
    Series { sender: Replica::hub(id(sender)), unit: id(unit), scope }
}

#[test]
fn an_item_counts_from_its_node_or_from_the_nearest_child_hub() {
    let alone = city(&[]);
    let with_hub = city(&[COUNTY]);
    let both = city(&[COUNTY, TOWN]);
    let june = month("2026-06");
    for (series, counts_alone, counts_with_hub, counts_with_both) in [
        (node(CITY, Scope::Own), true, true, true),
        (node(VILLAGE, Scope::Own), true, false, false),
        (node(VILLAGE, Scope::Subtree), false, false, false),
        (node(COUNTY, Scope::Own), true, false, false),
        (hub(COUNTY, COUNTY, Scope::Own), false, true, true),
        (hub(COUNTY, COUNTY, Scope::Subtree), false, false, false),
        (hub(COUNTY, TOWN, Scope::Subtree), false, true, false),
        (hub(COUNTY, TOWN, Scope::Own), false, false, false),
        (hub(COUNTY, VILLAGE, Scope::Subtree), false, false, false),
        (hub(TOWN, TOWN, Scope::Own), false, false, true),
        (hub(TOWN, VILLAGE, Scope::Subtree), false, false, true),
        (hub(COUNTY, CITY, Scope::Own), false, false, false),
    ] {
        for (territory, expected) in
            [(&alone, counts_alone), (&with_hub, counts_with_hub), (&both, counts_with_both)]
        {
            let counts = !territory.counts_for(&series, june).is_empty();
            assert_eq!(counts, expected, "{series:?} with {:?}", territory.child_hubs);
        }
    }
}

#[test]
fn why_a_month_is_not_taken_is_told_apart() {
    let mut territory = city(&[COUNTY]);
    moved(&mut territory, TOWN, CITY, "2026-04-10");
    let series = hub(COUNTY, TOWN, Scope::Subtree);
    assert_eq!(territory.takes(&series, month("2026-03")), Ok(()));
    assert_eq!(territory.takes(&series, month("2026-04")), Err(Elsewhere::NotInThisMonth));
    assert_eq!(territory.takes(&node(VILLAGE, Scope::Own), month("2026-03")), Err(Elsewhere::NotInThisMonth));
    assert_eq!(territory.takes(&node(VILLAGE, Scope::Own), month("2026-04")), Ok(()));
    assert_eq!(territory.takes(&hub(COUNTY, VILLAGE, Scope::Own), month("2026-03")), Err(Elsewhere::Never));
    let stranger = node("430922000000", Scope::Own);
    assert_eq!(territory.takes(&stranger, month("2026-03")), Err(Elsewhere::UnknownUnit));
    assert_eq!(territory.from_month(&Replica::node(id(VILLAGE))), Some(month("2026-04")));
    assert_eq!(territory.from_month(&Replica::node(id(CITY))), None);
}

#[test]
fn a_unit_has_one_place_a_month_even_if_it_closes_before_its_parent_moves() {
    let mut territory = city(&[]);
    let mut village = territory.directory.get(&id(VILLAGE)).expect("known").clone();
    village.end_before(day("2026-03-11"));
    territory.directory.put(village);
    moved(&mut territory, TOWN, OTHER_TOWN, "2026-03-20");
    let chain = [VILLAGE, TOWN, OTHER_TOWN, COUNTY, CITY].map(id);
    assert_eq!(territory.chain(&id(VILLAGE), month("2026-03")), chain);
    assert_eq!(territory.chain(&id(VILLAGE), month("2026-02")), [VILLAGE, TOWN, COUNTY, CITY].map(id));
    assert!(territory.chain(&id(VILLAGE), month("2026-04")).is_empty());
}

#[test]
fn what_lies_outside_counts_nowhere_here() {
    let mut territory = city(&[]);
    territory.own = id(COUNTY);
    assert!(territory.chain(&id(CITY), month("2026-01")).is_empty());
    assert_eq!(territory.chain(&id(TOWN), month("2026-01")), [TOWN, COUNTY].map(id));
    assert_eq!(Territory::branch(&territory.chain(&id(TOWN), month("2026-01"))), Some(&id(TOWN)));
    assert_eq!(Territory::branch(&territory.chain(&id(COUNTY), month("2026-01"))), None);
}

#[test]
fn turns_are_all_the_months_in_which_a_place_may_change() {
    let mut territory = city(&[]);
    moved(&mut territory, TOWN, OTHER_TOWN, "2026-03-20");
    let mut village = territory.directory.get(&id(VILLAGE)).expect("known").clone();
    village.end_before(day("2026-06-01"));
    territory.directory.put(village);
    let turns = territory.turns(&id(VILLAGE));
    for at in ["2026-03", "2026-06"] {
        assert!(turns.contains(&month(at)), "{at}");
    }
    let places = |at: Month| territory.chain(&id(VILLAGE), at);
    for at in month("2026-01").through(month("2026-12")) {
        if places(at) != places(at.previous()) {
            assert!(turns.contains(&at), "{at}");
        }
    }
}
