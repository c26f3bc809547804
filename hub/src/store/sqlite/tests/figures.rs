//! Figures arrive, are added up and carried forward.

use super::*;

#[test]
fn a_month_counts_for_the_unit_and_everything_above() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(3, 5));
    village.month("2026-03", &contacts(4, 2));
    assert!(hub.receive(&mut village).is_empty());
    for unit in [VILLAGE, TOWN, COUNTY] {
        assert_eq!(hub.count(unit, "2026", Count::Contacts), 7, "{unit}");
        assert_eq!(hub.count(unit, "2026-01", Count::Leaders), 3, "{unit}");
        assert_eq!(hub.count(unit, "2026-02", Count::Leaders), 3, "{unit}: carried forward");
        assert_eq!(hub.count(unit, "2026", Count::Leaders), 4, "{unit}");
    }
    assert_eq!(hub.count(OTHER_TOWN, "2026", Count::Contacts), 0);
    hub.assert_whole();
}

#[test]
fn a_replay_changes_nothing_and_an_older_revision_never_wins() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(3, 5));
    let first = village.batch().expect("a batch");
    hub.receive(&mut village);
    village.month("2026-01", &contacts(2, 9));
    hub.receive(&mut village);
    let again = hub.ask(&village.replica, Request::Apply(Box::new(first)));
    let Some(Outcome::Applied(effects::Applied::Repeat(position))) = again else { panic!("{again:?}") };
    assert_eq!(position, village.acknowledged);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 9);
    assert_eq!(hub.count(COUNTY, "2026", Count::Leaders), 2);
    hub.assert_whole();
}

#[test]
fn a_figure_that_becomes_zero_goes() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(3, 5));
    hub.receive(&mut village);
    village.month("2026-01", &Summary::default());
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 0);
    assert_eq!(hub.count(COUNTY, "2026", Count::Leaders), 0);
    hub.assert_whole();
}

#[test]
fn the_latest_of_several_revisions_in_one_group_counts_once() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    let first = village.batch().expect("a batch");
    village.month("2026-01", &contacts(2, 2));
    let second = village.batch_after(first.through()).expect("a batch");
    let group = [first, second]
        .map(|batch| Asked { peer: village.replica.clone(), request: Request::Apply(Box::new(batch)) });
    hub.apply(&group);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 2);
    hub.assert_whole();
}

#[test]
fn a_move_takes_the_months_from_then_on_and_closing_takes_the_stock() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    for at in ["2026-01", "2026-03", "2026-05"] {
        village.month(at, &contacts(3, 1));
    }
    hub.receive(&mut village);

    let mut entry = county().remove(3);
    let mut attributes = entry.latest().expect("a span").clone();
    attributes.parent = Some(id(OTHER_TOWN));
    entry.change(day("2026-03-15"), attributes);
    now(hub.store.change_directory(vec![entry.clone()], &author(), moment("move"))).expect("moved");
    assert_eq!(hub.count(TOWN, "2026", Count::Contacts), 1);
    assert_eq!(hub.count(OTHER_TOWN, "2026", Count::Contacts), 2);
    assert_eq!(hub.count(TOWN, "2026-02", Count::Leaders), 3);
    assert_eq!(hub.count(TOWN, "2026-03", Count::Leaders), 0);
    assert_eq!(hub.count(OTHER_TOWN, "2026-03", Count::Leaders), 3);
    assert_eq!(hub.count(COUNTY, "2026-04", Count::Leaders), 3);
    hub.assert_whole();

    entry.end_before(day("2026-04-01"));
    now(hub.store.change_directory(vec![entry], &author(), moment("close"))).expect("closed");
    assert_eq!(hub.count(COUNTY, "2026-03", Count::Leaders), 3);
    assert_eq!(hub.count(COUNTY, "2026-04", Count::Leaders), 0);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 2, "May is after the end");
    hub.assert_whole();
}

#[test]
fn missing_stale_and_reported_units_are_told_apart() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let _silent = hub.node(TOWN);
    let mut stale = hub.node(OTHER_VILLAGE);
    village.reports("2026-06-14");
    stale.reports("2026-06-01");
    hub.receive(&mut village);
    hub.receive(&mut stale);
    let county = hub.reporting(COUNTY);
    assert_eq!((county.expected, county.reported, county.missing()), (3, 2, 1));
    assert_eq!(county.stale(day("2026-06-15")), 1);
    assert_eq!(hub.reporting(TOWN).expected, 2);
    hub.assert_whole();
}
