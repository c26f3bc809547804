//! Where both ends of a link stand: lives, gaps, forks, full states, what is sent down.

use super::*;
use crate::store::{Ruling, Standing};
use zhuji_protocol::wire::ack::FullStateEndV1;
use zhuji_protocol::wire::close::CloseCode;

#[test]
fn strangers_and_revoked_replicas_are_turned_away() {
    let mut hub = Hub::county();
    let mut stranger = Child::of(Replica::node(id(TOWN)));
    assert_eq!(hub.greet(&mut stranger), Greeted::Refused(CloseCode::UnknownReplica));
    let mut village = hub.node(VILLAGE);
    let by = author();
    let ruled = now(hub.store.rule(&village.replica, Ruling::Revoke, "", &by, moment("rule")));
    assert_eq!(ruled.expect("revoked").0, Standing::Revoked);
    assert_eq!(hub.greet(&mut village), Greeted::Refused(CloseCode::Revoked));
    let known = now(hub.store.known_key(&village.key.public())).expect("read").expect("known");
    assert_eq!(known.standing, Standing::Revoked);
}

#[test]
fn a_gap_is_answered_with_the_cursor_and_changes_nothing() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    hub.receive(&mut village);
    village.month("2026-02", &contacts(1, 1));
    village.month("2026-03", &contacts(1, 1));
    let gap = village.batch_after(2).expect("a batch");
    let answer = hub.ask(&village.replica, Request::Apply(Box::new(gap)));
    assert_eq!(answer, Some(Outcome::Applied(effects::Applied::NotNext(village.acknowledged))));
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 1);
    hub.assert_whole();
}

#[test]
fn a_life_that_is_over_is_a_fork_when_it_speaks_again() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    hub.receive(&mut village);
    let old = village.incarnation;
    village.incarnation = Incarnation([9; 16]);
    assert!(matches!(hub.greet(&mut village), Greeted::Welcome(_)));
    assert_eq!(village.acknowledged.ordinal, 2);
    village.incarnation = old;
    let applied = hub.apply(&[Asked {
        peer: village.replica.clone(),
        request: Request::Greet(Box::new(village.hello())),
    }]);
    assert_eq!(applied.outcomes, [Some(Outcome::Greeted(Greeted::Refused(CloseCode::Fork)))]);
    assert!(applied.effects.forks.contains(&village.replica));
    // Which of the two is right nobody can tell here: the other is kept out as well.
    village.incarnation = Incarnation([9; 16]);
    assert!(matches!(hub.greet(&mut village), Greeted::Refused(CloseCode::Fork)));
}

#[test]
fn after_a_restore_months_that_are_not_sent_again_are_put_aside() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    for at in ["2025-12", "2026-01", "2026-02"] {
        village.month(at, &contacts(2, 1));
    }
    hub.receive(&mut village);

    village.rows.clear();
    village.mark = 0;
    village.incarnation = Incarnation([9; 16]);
    hub.greet(&mut village);
    village.month("2026-01", &contacts(2, 5));
    hub.receive(&mut village);
    let end = FullStateEndV1 {
        incarnation: village.incarnation,
        ordinal: 2,
        through: village.mark,
        since: Some(month("2026-01").number()),
    };
    let answer = hub.ask(&village.replica, Request::ApplyEnd(end));
    let Some(Outcome::Applied(effects::Applied::Done { position, .. })) = answer else {
        panic!("{answer:?}")
    };
    assert!(position.whole);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 5, "February waits to be entered again");
    assert_eq!(hub.count(COUNTY, "2025", Count::Contacts), 1, "before `since` all stays");
    let aside = now(hub.store.put_aside()).expect("read");
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].1, summary_key(&id(VILLAGE), month("2026-02"), Scope::Own));
    hub.assert_whole();

    village.month("2026-02", &contacts(2, 3));
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 8);
    assert!(now(hub.store.put_aside()).expect("read").is_empty());
    hub.assert_whole();
}

#[test]
fn what_goes_down_is_served_from_where_the_child_stands_and_anew_when_it_knows_more() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    let down = admission.down;
    assert_eq!(down.at, Point::START);
    let batch = hub.cut(&village.replica, down.incarnation, down.at).expect("the directory");
    let point = batch.point(down.at);
    village.knows = Some(PositionV1 { incarnation: down.incarnation, ordinal: 1, at: point, whole: false });
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    assert_eq!(admission.down.at, point);
    assert_eq!(admission.down.incarnation, down.incarnation);
    assert!(hub.cut(&village.replica, down.incarnation, point).is_none());

    let further = Point { cursor: point.cursor + 100, chain: point.chain };
    village.knows = Some(PositionV1 { incarnation: down.incarnation, ordinal: 1, at: further, whole: true });
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    assert_ne!(admission.down.incarnation, down.incarnation, "this store is the older one");
    assert_eq!(admission.down.at, Point::START);
    assert!(hub.cut(&village.replica, admission.down.incarnation, Point::START).is_some());
}

#[test]
fn a_hub_restored_from_yesterday_is_filled_again_by_its_children() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    hub.receive(&mut village);
    let yesterday = hub.path().with_file_name("yesterday");
    hub.store.back_up(&yesterday).expect("backed up");
    let before = village.acknowledged;
    village.month("2026-01", &contacts(2, 2));
    village.month("2026-02", &contacts(2, 5));
    hub.receive(&mut village);

    hub.store = SqliteStore::open(&yesterday).expect("restored");
    now(hub.store.begin_new_lives(&author(), moment("restored"))).expect("begun");
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 1);
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    assert_eq!(admission.up.at, before.at, "a parent that knows less is served from its cursor");
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 7);
    hub.assert_whole();
}

#[test]
fn a_new_key_replaces_the_old_one_when_it_is_used_and_not_before() {
    let mut hub = Hub::county();
    let village = hub.node(VILLAGE);
    let new = ReplicaKey::from_seed(&[77; 32]).expect("a key").public();
    let later = Author { at: noon() + TimeDelta::days(90), ..author() };
    now(hub.store.renew(&village.replica, new, vec![2], &later)).expect("renewed");
    let standings = |hub: &Hub| -> Vec<Standing> {
        let keys = now(hub.store.keys_of(&village.replica)).expect("read");
        keys.into_iter().map(|key| key.standing).collect()
    };
    assert_eq!(standings(&hub), [Standing::Active, Standing::Active]);
    let old = village.key.public();
    let used = |hub: &mut Hub, key| {
        now(hub.store.key_used(&village.replica, key, &later, moment("used"))).expect("used").0
    };
    assert_eq!(used(&mut hub, old), Standing::Active);
    assert_eq!(standings(&hub), [Standing::Active, Standing::Active]);
    assert_eq!(used(&mut hub, new), Standing::Active);
    assert_eq!(standings(&hub), [Standing::Replaced, Standing::Active]);
    let enrolled = Enrolled {
        token: TokenSecret(village.incarnation.0).hash(),
        replica: village.replica.clone(),
        key: old,
        certificate: vec![3],
        admission: Admission::Again,
    };
    now(hub.store.enrol(enrolled, &later, moment("again"))).expect("answered");
    assert_eq!(standings(&hub), [Standing::Replaced, Standing::Active], "a token used again revives no key");
    assert_eq!(used(&mut hub, old), Standing::Replaced);
    let unlisted = ReplicaKey::from_seed(&[78; 32]).expect("a key").public();
    assert_eq!(used(&mut hub, unlisted), Standing::Active, "a hub restored from yesterday takes it in again");
}
