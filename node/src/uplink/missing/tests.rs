//! What the hub says it misses against what is there: month by month, until it is entered again or confirmed.

use super::*;
use crate::store::service::Service;
use crate::store::tests::{author, office, store};
use crate::store::{Act, Store};
use zhuji_protocol::facts;
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::batch::Cutter;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::AsideV1;
use zhuji_protocol::wire::subkey::{self, Scope};

const HUB: Incarnation = Incarnation([4; 16]);

/// The hub hands down what it misses of a unit's month; gives what was refused.
fn told(store: &mut Store, unit: &UnitId, month: &str, known: Option<i64>) -> Vec<Refusal> {
    let key = ReplicaKey::from_seed(&[8; 32]).expect("a key");
    let hub = Replica::hub("430900000000".parse().expect("a unit"));
    let stands = store.writing(|db| uplink::settle_position(db, HUB)).expect("settled").expect("no fork");
    let known = known.map(services);
    let body = AsideV1::encode(known.as_ref()).expect("it encodes");
    let number = self::month(month).number();
    let item =
        ItemKey { kind: kinds::item::ASIDE, unit: unit.clone(), subkey: subkey::aside(number, Scope::Own) };
    let mut cutter = Cutter::default();
    let revision = stands.at.cursor + 1;
    cutter.push(Item::new(item, 1, revision, &body).expect("an item")).expect("room");
    let batch = cutter.cut(&hub, HUB, stands.at.cursor, revision, &key).expect("a batch");
    let checked = batch.check(&hub, &[key.public()]).expect("its own signature");
    let change = store.change(&author()).expect("a change");
    let received = uplink::apply(&change, checked).expect("applied");
    change.commit().expect("committed");
    let uplink::Received::Applied { refused, .. } = received else { panic!("{received:?}") };
    refused.into_iter().map(|item| item.reason).collect()
}

fn month(text: &str) -> Month {
    Month::of(format!("{text}-01").parse().expect("a month"))
}

fn services(count: i64) -> Summary {
    let mut summary = Summary::default();
    summary.flows.add_count(CountKey::Total(Count::Services), count);
    summary
}

fn happens(store: &mut Store, id: &str, on: &str) {
    let facts = facts::Service {
        id: id.to_owned(),
        kind: "symposium".to_owned(),
        date: on.parse().expect("a date"),
        unit: None,
        talents: Vec::new(),
    };
    let service = Service { facts, note: String::new() };
    let change = store.change(&author()).expect("a change");
    change.put(Act::Add, &service).expect("a record");
    change.commit().expect("committed");
}

fn short(store: &Store) -> Vec<(String, i64, i64)> {
    let found = shortfalls(store.db(), "2026-11-20".parse().expect("a date")).expect("read");
    let all = found.into_iter().flat_map(|(month, short)| short.into_iter().map(move |short| (month, short)));
    all.map(|(month, short)| (month.to_string(), short.known, short.now)).collect()
}

#[test]
fn a_month_is_missed_until_it_was_entered_again() {
    let (_folder, mut store) = store();
    happens(&mut store, "E1", "2026-03-02");
    assert_eq!(told(&mut store, &office().unit, "2026-03", Some(2)), []);
    assert_eq!(told(&mut store, &office().unit, "2026-04", Some(1)), []);
    assert_eq!(short(&store), [("2026-03".to_owned(), 2, 1), ("2026-04".to_owned(), 1, 0)]);
    happens(&mut store, "E2", "2026-03-09");
    assert_eq!(short(&store), [("2026-04".to_owned(), 1, 0)], "before anything was sent");
    assert_eq!(told(&mut store, &office().unit, "2026-04", None), []);
    assert_eq!(short(&store), []);
}

#[test]
fn what_the_operator_confirms_is_told_to_the_hub_and_missed_no_longer() {
    let (_folder, mut store) = store();
    told(&mut store, &office().unit, "2026-03", Some(2));
    told(&mut store, &office().unit, "2026-04", Some(1));
    let head = uplink::head(store.db()).expect("read");
    let confirm = |store: &mut Store, at: &str| {
        let change = store.change(&author()).expect("a change");
        let confirmed = uplink::confirm_month(&change, month(at)).expect("written");
        change.commit().expect("committed");
        confirmed
    };
    assert!(confirm(&mut store, "2026-03"));
    assert!(!confirm(&mut store, "2026-03"), "once is enough");
    assert!(!confirm(&mut store, "2026-05"), "nothing is missed there");
    assert_eq!(short(&store), [("2026-04".to_owned(), 1, 0)]);
    assert!(uplink::head(store.db()).expect("read") > head, "a row goes up");
    // The next restore loses more: what was confirmed was not that.
    told(&mut store, &office().unit, "2026-03", Some(5));
    assert_eq!(short(&store)[0], ("2026-03".to_owned(), 5, 0));
}

#[test]
fn another_units_month_is_not_taken() {
    let (_folder, mut store) = store();
    let other = "430981101000".parse().expect("a unit");
    assert_eq!(told(&mut store, &other, "2026-03", Some(2)), [Refusal::Malformed]);
    assert_eq!(short(&store), []);
}
