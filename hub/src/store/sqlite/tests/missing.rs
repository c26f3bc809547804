//! What earlier lives of a child had reported and its present one has not: noticed, told, and over in time.

use super::*;
use crate::store::{LeftBehind, MissingMonth};
use zhuji_protocol::figures::CaseState;
use zhuji_protocol::wire::ack::{FullStateEndV1, Refusal};
use zhuji_protocol::wire::payload::AsideV1;
use zhuji_protocol::wire::{kinds, subkey};

/// A village whose store was restored: of the months that it had reported it sends again what `rows` says.
fn restored(rows: &[(&str, i64)]) -> (Hub, Child) {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.versions = vec![1, 2];
    for at in ["2026-01", "2026-02", "2026-03"] {
        village.month(at, &contacts(2, 4));
    }
    hub.receive(&mut village);
    village.rows.clear();
    village.mark = 0;
    village.incarnation = Incarnation([9; 16]);
    hub.greet(&mut village);
    for (at, count) in rows {
        village.month(at, &contacts(2, *count));
    }
    hub.receive(&mut village);
    full_state_end(&mut hub, &village);
    (hub, village)
}

fn full_state_end(hub: &mut Hub, village: &Child) {
    let end = FullStateEndV1 {
        incarnation: village.incarnation,
        ordinal: 2,
        through: village.mark,
        since: Some(month("2026-01").number()),
    };
    let answer = hub.ask(&village.replica, Request::ApplyEnd(end));
    assert!(matches!(answer, Some(Outcome::Applied(effects::Applied::Done { .. }))), "{answer:?}");
}

fn left(hub: &Hub) -> LeftBehind {
    now(hub.store.left_behind()).expect("read")
}

/// Month, what, known, now.
fn short(months: &[MissingMonth]) -> Vec<(String, &'static str, i64, i64)> {
    let of_month = |month: &MissingMonth| {
        let at = month.month.to_string();
        let found = month.shortfalls().into_iter();
        found.map(move |short| (at.clone(), short.figure.word(), short.known, short.now)).collect::<Vec<_>>()
    };
    months.iter().flat_map(of_month).collect()
}

/// What the child is told of months that it lacks, as a child that was told nothing yet.
fn told(hub: &mut Hub, child: &mut Child) -> BTreeMap<String, Option<i64>> {
    child.knows = None;
    let Greeted::Welcome(admission) = hub.greet(child) else { panic!("welcome") };
    let (incarnation, mut at) = (admission.down.incarnation, admission.down.at);
    let mut told = BTreeMap::new();
    loop {
        let from = CutFrom { incarnation, at, version: 2 };
        let Some(Outcome::Cut(Cut::Batch { batch, .. })) = hub.ask(&child.replica, Request::Cut(from)) else {
            return told;
        };
        for item in batch.items().iter().filter(|item| item.key().kind == kinds::item::ASIDE) {
            let (number, _) = subkey::read_aside(&item.key().subkey).expect("a month");
            let known = AsideV1::decode(item.body()).expect("it decodes");
            let count = known.map(|known| known.flows.count(&CountKey::Total(Count::Contacts)));
            told.insert(Month::from_number(number).expect("a month").to_string(), count);
        }
        at = batch.point(at);
    }
}

#[test]
fn a_month_put_aside_and_a_month_sent_again_with_less_are_both_missed() {
    let (mut hub, mut village) = restored(&[("2026-01", 4), ("2026-02", 1)]);
    let missed = left(&hub).of_children;
    let expected = [
        ("2026-02".to_owned(), "contacts", 4, 1),
        ("2026-03".to_owned(), "contacts", 4, 0),
        ("2026-03".to_owned(), "leaders", 2, 0),
    ];
    assert_eq!(short(&missed), expected);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 5, "only what the village has itself counts");
    let fleet = now(hub.store.fleet()).expect("a fleet");
    assert_eq!(fleet[0].aside, 2);
    let expected: BTreeMap<_, _> = [("2026-02".to_owned(), Some(4)), ("2026-03".to_owned(), Some(4))].into();
    assert_eq!(told(&mut hub, &mut village), expected);
    hub.assert_whole();
}

#[test]
fn it_is_over_when_the_month_has_as_much_again_and_not_before() {
    let (mut hub, mut village) = restored(&[("2026-01", 4), ("2026-02", 1)]);
    village.month("2026-02", &contacts(2, 3));
    village.month("2026-03", &contacts(2, 9));
    hub.receive(&mut village);
    assert_eq!(short(&left(&hub).of_children), [("2026-02".to_owned(), "contacts", 4, 3)]);
    village.month("2026-02", &contacts(3, 4));
    hub.receive(&mut village);
    assert_eq!(left(&hub), LeftBehind::default());
    let expected: BTreeMap<_, _> = [("2026-02".to_owned(), None), ("2026-03".to_owned(), None)].into();
    assert_eq!(told(&mut hub, &mut village), expected);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 4 + 4 + 9);
    // Less in the same life is an office that mended its records, not a loss.
    village.month("2026-02", &contacts(2, 2));
    hub.receive(&mut village);
    assert_eq!(left(&hub), LeftBehind::default());
    hub.assert_whole();
}

#[test]
fn a_life_that_begins_anew_with_everything_misses_nothing() {
    let (mut hub, mut village) = restored(&[("2026-01", 4), ("2026-02", 4), ("2026-03", 5)]);
    assert_eq!(left(&hub), LeftBehind::default());
    assert!(told(&mut hub, &mut village).is_empty());
}

#[test]
fn a_case_that_fell_back_a_step_is_missed_though_there_are_as_many() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let case = |state: CaseState| {
        let mut summary = Summary::default();
        summary.flows.add_count(CountKey::Total(Count::Cases), 1);
        summary.flows.add_count(CountKey::CasesIn(state), 1);
        summary
    };
    village.month("2026-01", &case(CaseState::FedBack));
    hub.receive(&mut village);
    village.incarnation = Incarnation([9; 16]);
    village.mark = 0;
    hub.greet(&mut village);
    village.month("2026-01", &case(CaseState::Answered));
    hub.receive(&mut village);
    assert_eq!(short(&left(&hub).of_children), [("2026-01".to_owned(), "cases-fed-back", 1, 0)]);
}

#[test]
fn what_the_office_confirms_is_no_longer_missed_and_nobody_else_confirms_it() {
    let (mut hub, mut village) = restored(&[("2026-01", 4), ("2026-02", 1)]);
    let key = |unit: &str, at: &str| ItemKey {
        kind: kinds::item::ASIDE,
        unit: id(unit),
        subkey: subkey::aside(month(at).number(), Scope::Own),
    };
    let known = |at: &str, hub: &Hub| {
        let missed = left(hub).of_children;
        let found = missed.iter().find(|missed| missed.month == month(at)).expect("it is missed");
        AsideV1::encode(Some(&found.known)).expect("it encodes")
    };
    let mut stranger = hub.node(OTHER_VILLAGE);
    stranger.put(key(VILLAGE, "2026-02"), known("2026-02", &hub));
    assert_eq!(hub.receive(&mut stranger)[0].1, Refusal::NotYours);
    // Of another loss than this one.
    village.put(key(VILLAGE, "2026-02"), AsideV1::encode(Some(&contacts(7, 7))).expect("it encodes"));
    hub.receive(&mut village);
    assert_eq!(left(&hub).of_children.len(), 2);
    village.put(key(VILLAGE, "2026-03"), known("2026-03", &hub));
    assert!(hub.receive(&mut village).is_empty());
    assert_eq!(short(&left(&hub).of_children), [("2026-02".to_owned(), "contacts", 4, 1)]);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 5, "confirmed as gone, not as there");
    let settled = now(hub.store.settle_missing(&village.replica, None, &author(), moment("settle")));
    assert_eq!((settled.expect("settled").0, left(&hub)), (1, LeftBehind::default()));
    hub.assert_whole();
}

#[test]
fn nobody_but_the_child_is_told() {
    let (mut hub, mut village) = restored(&[]);
    let mut town = hub.node(TOWN);
    let mut own = hub.node(COUNTY);
    for other in [&mut town, &mut own] {
        other.versions = vec![1, 2];
        assert!(told(&mut hub, other).is_empty());
    }
    // A later change of the directory queues everything that somebody lacks.
    now(hub.store.change_directory(county(), &author(), moment("again"))).expect("a directory");
    assert!(told(&mut hub, &mut town).is_empty());
    assert_eq!(told(&mut hub, &mut village).len(), 3);
}
