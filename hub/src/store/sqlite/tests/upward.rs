//! The keys with which a hub dials the hub above.

use super::*;
use crate::store::Uplink;

fn fresh(seed: u8) -> ReplicaKey {
    ReplicaKey::from_seed(&[seed; 32]).expect("a key")
}

#[test]
fn the_key_towards_the_hub_above_is_exchanged_and_the_one_that_children_know_stays() {
    let (mut city, mut hub) = (Hub::of(CITY, Vec::new()), Hub::county());
    tree::enrol_under(&mut city, &mut hub);
    let mut village = hub.node(VILLAGE);
    village.month("2026-03", &contacts(1, 5));
    hub.receive(&mut village);
    let in_use = |hub: &Hub| now(hub.store.upward_key()).expect("read").id();
    assert_eq!(in_use(&hub), hub.key.id(), "as it enrolled");

    let next = now(hub.store.next_upward_key(fresh(1))).expect("kept");
    let again = now(hub.store.next_upward_key(fresh(2))).expect("kept");
    assert_eq!(again.id(), next.id(), "the answer was lost: it asks with the same key");
    assert_eq!(in_use(&hub), hub.key.id(), "until the answer came");
    let stray = fresh(9).public();
    now(hub.store.renew_upward(stray, vec![8], &author())).expect("passed over");
    assert_eq!(in_use(&hub), hub.key.id());
    now(hub.store.renew_upward(next.public(), vec![9], &author())).expect("renewed");
    assert_eq!(in_use(&hub), next.id());
    let uplink = now(hub.store.uplink()).expect("read").expect("enrolled");
    assert_eq!(uplink.certificate, [9]);
    assert_eq!(now(hub.store.identity()).expect("read").key.id(), hub.key.id());

    // What goes up is signed by the new key, what goes down by the one that children know.
    let standing = now(hub.store.dialling()).expect("read").expect("enrolled");
    let from = CutFrom { incarnation: standing.incarnation, at: Point::START, version: 1 };
    let Some(Outcome::Cut(Cut::Batch { batch, .. })) = hub.ask(&city.replica, Request::Cut(from)) else {
        panic!("there is something to send")
    };
    batch.check(&hub.replica, &[next.public()]).expect("by the new key");
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("turned away") };
    let down = hub.cut(&village.replica, admission.down.incarnation, Point::START);
    assert!(down.is_some(), "checked against the old key by `cut`");

    // Enrolled anew, after it was revoked for instance: with a key of its own.
    let newcomer = now(hub.store.newcomer_key(fresh(3))).expect("kept");
    now(hub.store.next_upward_key(fresh(4))).expect("kept");
    let certificate = city.certify(&hub.replica, &newcomer);
    now(hub.store.set_uplink(Uplink { certificate, ..uplink }, &author(), moment("anew"))).expect("anew");
    assert_eq!(in_use(&hub), newcomer.id());
    let next = now(hub.store.next_upward_key(fresh(5))).expect("kept");
    assert_eq!(next.id(), fresh(5).id(), "the renewal under way is over");
}
