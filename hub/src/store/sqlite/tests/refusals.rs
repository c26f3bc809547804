//! What is not taken: told item by item, and harming nobody.

use super::*;
use zhuji_protocol::figures::Facet;
use zhuji_protocol::summary::MOST_KEYS;
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::batch::BatchFault;
use zhuji_protocol::wire::item::Subkey;
use zhuji_protocol::wire::kinds;

fn keyed(keys: usize) -> Summary {
    let mut summary = Summary::default();
    for number in 0..keys {
        let key =
            CountKey::Keyed { policy: "none".into(), facet: Facet::ContactMode, key: format!("k{number}") };
        summary.flows.add_count(key, 1);
    }
    summary
}

#[test]
fn each_item_that_does_not_fit_is_refused_and_the_rest_counts() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    village.month("2026-02", &contacts(10_000_001, 1));
    village.month("2026-03", &keyed(1));
    village.month("2026-04", &keyed(MOST_KEYS + 1));
    village.put(summary_key(&id(VILLAGE), month("2026-05"), Scope::Own), vec![9, 9, 9]);
    let foreign = SummaryV1::encode(&contacts(5, 5), None).expect("it encodes");
    village.put(summary_key(&id(OTHER_VILLAGE), month("2026-01"), Scope::Own), foreign.clone());
    village.put(summary_key(&id("430981999000"), month("2026-01"), Scope::Own), foreign.clone());
    village.put(summary_key(&id(VILLAGE), month("2026-06"), Scope::Subtree), foreign);
    village
        .put(ItemKey { kind: kinds::item::CALENDAR, unit: id(VILLAGE), subkey: Subkey::default() }, vec![1]);
    village.reports("2026-06-17");

    let refused: Vec<Refusal> = hub.receive(&mut village).into_iter().map(|row| row.1).collect();
    assert_eq!(
        refused,
        [
            Refusal::BeyondLimit,
            Refusal::UnknownRule,
            Refusal::BeyondLimit,
            Refusal::Malformed,
            Refusal::NotYours,
            Refusal::UnknownUnit,
            Refusal::NotYours,
            Refusal::WrongDirection,
            Refusal::FromTheFuture,
        ]
    );
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 1);
    assert_eq!(now(hub.store.refused()).expect("read").len(), 9);
    hub.assert_whole();
}

#[test]
fn a_refused_row_that_is_mended_is_no_longer_refused() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(10_000_001, 1));
    hub.receive(&mut village);
    village.month("2026-01", &contacts(2, 1));
    assert!(hub.receive(&mut village).is_empty());
    assert!(now(hub.store.refused()).expect("read").is_empty());
    assert_eq!(hub.count(COUNTY, "2026", Count::Leaders), 2);
}

#[test]
fn rows_refused_for_their_place_are_asked_for_once_the_directory_has_it() {
    let mut hub = Hub::county();
    let unit = "430981103200";
    let mut village = hub.node(unit);
    village.month("2026-01", &contacts(1, 4));
    assert_eq!(hub.receive(&mut village)[0].1, Refusal::UnknownUnit);
    assert!(now(hub.store.ask_again(&village.replica)).expect("asked").is_empty());

    let entry = Entry::always(id(unit), "新村", Level::Village, Some(id(TOWN)));
    let effects = now(hub.store.change_directory(vec![entry], &author(), moment("new"))).expect("written");
    assert!(effects.territory_changed);
    let asked = now(hub.store.ask_again(&village.replica)).expect("asked");
    assert_eq!(asked, [summary_key(&id(unit), month("2026-01"), Scope::Own)]);
    assert!(now(hub.store.ask_again(&village.replica)).expect("asked").is_empty(), "once a territory");

    village.month("2026-01", &contacts(1, 4));
    assert!(hub.receive(&mut village).is_empty());
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 4);
    hub.assert_whole();
}

#[test]
fn a_batch_signed_by_another_never_reaches_the_store() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let other = hub.node(OTHER_VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    let batch = village.batch().expect("a batch");
    let again = || zhuji_protocol::wire::batch::Batch::read(&batch.bytes()).expect("it reads");
    let keys = [other.key.public()];
    assert_eq!(again().check(&village.replica, &keys).map(|_| ()), Err(BatchFault::UnknownKey));
    let own = [village.key.public()];
    assert_eq!(again().check(&other.replica, &own).map(|_| ()), Err(BatchFault::Signature));
}

#[test]
fn a_month_before_a_unit_came_here_is_not_taken() {
    let mut hub = Hub::county();
    let mut entry = county().remove(3);
    entry.spans[0].from = Some(day("2026-03-15"));
    now(hub.store.change_directory(vec![entry], &author(), moment("since"))).expect("written");
    let mut village = hub.node(VILLAGE);
    village.month("2026-02", &contacts(1, 1));
    village.month("2026-03", &contacts(1, 1));
    let refused = hub.receive(&mut village);
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].1, Refusal::MonthNotYours);
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    assert_eq!(admission.from_month, Some(month("2026-03").number()));
}

#[test]
fn what_a_newer_program_sends_is_kept() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.put(ItemKey { kind: 900, unit: id(VILLAGE), subkey: Subkey::default() }, vec![1, 2, 3]);
    assert!(hub.receive(&mut village).is_empty());
    village.put_version(summary_key(&id(VILLAGE), month("2026-01"), Scope::Own), 2, vec![4]);
    assert_eq!(hub.receive(&mut village)[0].1, Refusal::Malformed, "it did not keep to the version agreed");
    village.put(ItemKey { kind: 900, unit: id(OTHER_VILLAGE), subkey: Subkey::default() }, vec![1]);
    assert_eq!(hub.receive(&mut village)[0].1, Refusal::NotYours);
    hub.assert_whole();
}
