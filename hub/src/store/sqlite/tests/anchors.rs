//! Protocol version 2: what a version-1 end never gets, and audit chains anchored at the hub above.

use super::*;
use crate::store::Misfit;
use crate::store::anchoring::Finding;
use crate::store::sqlite::{queue, replicas};
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::payload::{AnchorV1, AsideV1, ChainPointV1};
use zhuji_protocol::wire::{kinds, subkey};

fn anchor_key(replica: &Replica) -> ItemKey {
    ItemKey { kind: kinds::item::ANCHOR, unit: replica.unit.clone(), subkey: subkey::anchor(replica.role) }
}

/// The chain of a store that has so many entries, under a name: two names are two pasts.
fn at(entries: u64, past: &str) -> ChainPointV1 {
    ChainPointV1 { entries, head: Digest::of(&[past.as_bytes(), &entries.to_le_bytes()]) }
}

#[test]
fn an_end_that_speaks_version_1_gets_a_new_kind_when_it_speaks_version_2() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let key = ItemKey {
        kind: kinds::item::ASIDE,
        unit: id(VILLAGE),
        subkey: subkey::aside(month("2026-01").number(), Scope::Own),
    };
    let body = AsideV1::encode(Some(&contacts(1, 4))).expect("it encodes");
    hub.store
        .change(moment("aside"), |work| {
            let peer = replicas::find(work.db, &village.replica)?.expect("a child");
            let mark = work.next_mark();
            queue::put_body(work.db, replicas::Side::Child, &key, 1, &body)?;
            queue::enqueue(work.db, peer.id, &key, mark)
        })
        .expect("queued");
    let kinds_sent = |hub: &mut Hub, village: &mut Child, version: u16| {
        village.versions = vec![version];
        let Greeted::Welcome(admission) = hub.greet(village) else { panic!("welcome") };
        let from = CutFrom { incarnation: admission.down.incarnation, at: admission.down.at, version };
        let Some(Outcome::Cut(Cut::Batch { batch, .. })) = hub.ask(&village.replica, Request::Cut(from))
        else {
            panic!("a batch")
        };
        assert_eq!(batch.head(), batch.through(), "what is not sent is no lag");
        let known = PositionV1 { at: batch.point(from.at), ..PositionV1::fresh(from.incarnation, 1) };
        let kinds: Vec<u16> = batch.items().iter().map(|item| item.key().kind).collect();
        (known, kinds)
    };
    let (stands, kinds) = kinds_sent(&mut hub, &mut village, 1);
    assert!(!kinds.is_empty() && !kinds.contains(&kinds::item::ASIDE));
    village.knows = Some(stands);
    assert_eq!(kinds_sent(&mut hub, &mut village, 2).1, [kinds::item::ASIDE]);
}

#[test]
fn an_anchor_that_a_hub_in_between_passed_on_is_kept_and_taken_for_nobodys() {
    let mut hub = Hub::of(CITY, {
        let mut entries = county();
        entries[0].spans[0].attributes.parent = Some(id(CITY));
        entries.push(Entry::always(id(CITY), "益阳市", Level::City, None));
        entries
    });
    let mut lower = hub.enrol(Replica::hub(id(COUNTY)));
    let body = AnchorV1 { now: at(4, "a"), before: None }.encode().expect("it encodes");
    lower.put(anchor_key(&Replica::node(id(VILLAGE))), body.clone());
    lower.put(anchor_key(&Replica::hub(id(COUNTY))), body.clone());
    assert!(hub.receive(&mut lower).is_empty());
    lower.put(anchor_key(&Replica::node(id(CITY))), body);
    assert_eq!(hub.receive(&mut lower)[0].1, Refusal::NotYours);
    lower.put(anchor_key(&Replica::hub(id(COUNTY))), vec![9]);
    assert_eq!(hub.receive(&mut lower)[0].1, Refusal::Malformed);
    hub.assert_whole();
}

#[test]
fn an_audit_trail_that_was_written_anew_is_seen_and_one_that_was_restored_is_told_apart() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let tell = |hub: &mut Hub, village: &mut Child, now: ChainPointV1, before: Option<ChainPointV1>| {
        village.put(anchor_key(&village.replica), AnchorV1 { now, before }.encode().expect("it encodes"));
        assert!(hub.receive(village).is_empty());
    };
    let chain = |hub: &Hub| {
        let fleet = self::now(hub.store.fleet()).expect("read");
        fleet.iter().find(|row| row.replica == Replica::node(id(VILLAGE))).expect("a child").chain
    };
    assert_eq!(chain(&hub), None);
    tell(&mut hub, &mut village, at(6, "a"), None);
    tell(&mut hub, &mut village, at(10, "a"), Some(at(6, "a")));
    assert_eq!(chain(&hub), Some((10, Finding::Follows)));

    // An older copy, in a new life.
    village.incarnation = Incarnation([9; 16]);
    hub.greet(&mut village);
    tell(&mut hub, &mut village, at(8, "a"), Some(at(6, "a")));
    assert_eq!(chain(&hub), Some((8, Finding::Restored)));

    // The same entries under other hashes; and later, quite innocent, the next ones.
    tell(&mut hub, &mut village, at(9, "b"), Some(at(8, "b")));
    tell(&mut hub, &mut village, at(11, "b"), Some(at(9, "b")));
    assert_eq!(chain(&hub), Some((11, Finding::Rewritten)), "what was found once is not forgotten");
    let acts: Vec<String> =
        self::now(hub.store.audit(9)).expect("read").into_iter().map(|row| row.act).collect();
    assert!(acts.ends_with(&["chain-restored".into(), "chain-rewritten".into()]), "{acts:?}");
    let kept = self::now(hub.store.anchors(Some(&id(VILLAGE)))).expect("read");
    assert_eq!(kept.iter().map(|row| row.now.entries).collect::<Vec<_>>(), [6, 10, 8, 9, 11]);
    hub.assert_whole();

    let db = rusqlite::Connection::open(hub.path()).expect("the file");
    for change in ["entries = entries + 1", "received = '2026-06-14T00:00:00.000Z'", "finding = 'follows'"] {
        db.execute(&format!("UPDATE anchor SET {change} WHERE revision = 4"), []).expect("changed");
        let found = self::now(hub.store.verify(&mut || {})).expect("verified");
        assert!(matches!(found, Verified::Broken(Misfit::Anchor { .. })), "{change}: {found:?}");
        let kept = &kept[3];
        db.execute(
            "UPDATE anchor SET entries = ?1, received = ?2, finding = ?3 WHERE revision = 4",
            rusqlite::params![kept.now.entries.cast_signed(), kept.received, kept.finding],
        )
        .expect("put back");
    }
    hub.assert_whole();
}
