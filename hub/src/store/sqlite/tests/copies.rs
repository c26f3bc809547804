//! A copy of a hub is of one moment and whole, or there is none; a restore replaces all or nothing.

use super::*;
use crate::store::{Ruling, StoreFault};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

fn beside(hub: &Hub, name: &str) -> PathBuf {
    hub.path().with_file_name(name)
}

fn names(path: &Path) -> Vec<String> {
    let folder = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder");
    let mut names: Vec<_> =
        folder.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm") && !name.ends_with(".lock"));
    names.sort();
    names
}

/// A hub with a village that reported a month, and a copy of it from before the village's second.
fn with_a_copy() -> (Hub, Child, PathBuf) {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    hub.receive(&mut village);
    let copy = beside(&hub, "copy.db");
    hub.store.back_up(&copy).expect("a copy");
    village.month("2026-02", &contacts(2, 5));
    hub.receive(&mut village);
    (hub, village, copy)
}

#[test]
fn a_copy_is_made_beside_the_owner_and_says_what_it_holds() {
    let (mut hub, mut village, _) = with_a_copy();
    let to = beside(&hub, "other.db");
    let held = SqliteStore::read(&hub.path()).expect("a reader").back_up(&to).expect("a copy");
    assert_eq!((held.unit, held.units, held.children, held.items), (id(COUNTY), 5, 1, 2));
    assert_eq!(names(&to), ["copy.db", "hub.db", "other.db"]);
    assert!(matches!(hub.store.back_up(&to), Err(StoreFault::AlreadyThere(_))));
    village.month("2026-03", &contacts(2, 1));
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 7, "the owner went on");
}

#[test]
fn a_restored_hub_lives_anew_and_is_filled_again() {
    let (mut hub, mut village, copy) = with_a_copy();
    let life = village.acknowledged;
    let path = hub.path();
    hub.store = SqliteStore::read(&copy).expect("anything but the owner");
    let restored = SqliteStore::restore(&copy, &path, &author(), moment("restore")).expect("restored");
    assert_eq!((restored.held.items, restored.withdrawn), (1, 0));
    let kept = SqliteStore::read(&restored.kept_as.expect("what stood there")).expect("a store");
    let period = "2026".parse().expect("a period");
    let figures = now(kept.figures(&id(COUNTY), 0, period, day("2026-06-15"))).expect("figures");
    assert_eq!(figures[0].summary.flows.count(&CountKey::Total(Count::Contacts)), 6, "the old one is whole");

    hub.store = SqliteStore::open(&path).expect("restored");
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 1);
    let Greeted::Welcome(admission) = hub.greet(&mut village) else { panic!("welcome") };
    assert_eq!(admission.up.incarnation, life.incarnation, "the child's life goes on");
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 6);
    let trail = now(hub.store.audit(100)).expect("a trail");
    assert!(trail.iter().any(|entry| entry.act == "restore"));
    hub.assert_whole();
}

#[test]
fn a_token_that_may_have_been_used_since_lets_nobody_in() {
    let mut hub = Hub::county();
    let hash = TokenSecret([3; 16]).hash();
    let target = Replica::node(id(TOWN));
    now(hub.store.issue_token(&hash, &target, noon() + TimeDelta::hours(72), &author())).expect("issued");
    let (copy, path) = (beside(&hub, "copy.db"), beside(&hub, "elsewhere.db"));
    hub.store.back_up(&copy).expect("a copy");
    let restored = SqliteStore::restore(&copy, &path, &author(), moment("restore")).expect("restored");
    assert_eq!((restored.kept_as, restored.withdrawn), (None, 1));
    let store = SqliteStore::open(&path).expect("a store");
    assert_eq!(now(store.token(&hash)).expect("read"), None);
}

#[test]
fn what_is_no_whole_copy_of_this_hub_leaves_everything_as_it_was() {
    let (mut hub, _, copy) = with_a_copy();
    let path = hub.path();
    let owned = SqliteStore::restore(&copy, &path, &author(), moment("restore"));
    assert!(matches!(owned, Err(StoreFault::Owned(_))), "{owned:?}");
    hub.store = SqliteStore::read(&copy).expect("anything but the owner");
    let bad = beside(&hub, "bad.db");
    let whole = std::fs::read(&copy).expect("read");
    let page = whole.len() / 2 / 4096 * 4096;
    let mut flipped = whole.clone();
    flipped[page..page + 200].fill(0xA5);
    for bytes in [&whole[..whole.len() - 4096], &whole[..50], &flipped] {
        std::fs::write(&bad, bytes).expect("written");
        let before = (names(&path), std::fs::read(&path).expect("read"));
        SqliteStore::restore(&bad, &path, &author(), moment("restore")).expect_err("it is not whole");
        assert_eq!((names(&path), std::fs::read(&path).expect("read")), before);
    }
    std::fs::write(&bad, &whole).expect("written");
    let db = Connection::open(&bad).expect("a copy");
    db.execute("UPDATE audit SET who = '别人' WHERE number = 1", []).expect("tampered");
    drop(db);
    let told = SqliteStore::restore(&bad, &path, &author(), moment("restore"));
    assert!(matches!(told, Err(StoreFault::Unsound { .. })), "{told:?}");
    let other = Hub::of(TOWN, Vec::new());
    let foreign = beside(&hub, "foreign.db");
    other.store.back_up(&foreign).expect("a copy");
    let told = SqliteStore::restore(&foreign, &path, &author(), moment("restore"));
    assert!(matches!(told, Err(StoreFault::OtherHub { .. })), "{told:?}");
    let told = SqliteStore::restore(&path, &path, &author(), moment("restore"));
    assert!(matches!(told, Err(StoreFault::Itself(_))), "{told:?}");
    hub.store = SqliteStore::open(&path).expect("as it was");
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 6);
}

#[test]
fn what_was_ruled_after_the_copy_was_made_holds_in_the_restored_store() {
    let (mut hub, mut village, copy) = with_a_copy();
    let path = hub.path();
    now(hub.store.rule(&village.replica, Ruling::Ban, "", &author(), moment("ban"))).expect("banned");
    hub.store = SqliteStore::read(&copy).expect("anything but the owner");
    let restored = SqliteStore::restore(&copy, &path, &author(), moment("restore")).expect("restored");
    assert_eq!(restored.ruled_again, 1);
    hub.store = SqliteStore::open(&path).expect("restored");
    assert!(matches!(hub.greet(&mut village), Greeted::Refused(_)));

    hub.store = SqliteStore::read(&copy).expect("anything but the owner");
    let rulings = path.with_file_name("hub.db.revocations");
    std::fs::write(&rulings, "2026-11-20T14:30:00Z banned nobody that is known\n").expect("written");
    let before = std::fs::read(&path).expect("read");
    let told = SqliteStore::restore(&copy, &path, &author(), moment("restore"));
    assert!(matches!(told, Err(StoreFault::RevocationsUnread(_))), "{told:?}");
    assert_eq!(std::fs::read(&path).expect("read"), before);
}

#[test]
fn what_the_hub_wrote_after_the_copy_was_made_is_named_if_the_old_store_can_be_read() {
    let mut hub = Hub::county();
    let (copy, path) = (beside(&hub, "copy.db"), hub.path());
    hub.store.back_up(&copy).expect("a copy");
    let mut entries = county();
    entries[3].spans[0].attributes.name = "改名村".to_owned();
    now(hub.store.change_directory(entries.split_off(3), &author(), moment("renamed"))).expect("renamed");
    hub.store = SqliteStore::read(&copy).expect("anything but the owner");
    let restored = SqliteStore::restore(&copy, &path, &author(), moment("restore")).expect("restored");
    let units: Vec<&str> = restored.lost.iter().map(|key| key.unit.as_str()).collect();
    assert_eq!(units, [VILLAGE], "what stands as it stood in the copy is not lost");
    std::fs::write(&path, "rubbish").expect("written");
    let later = Author { at: noon() + TimeDelta::days(1), ..author() };
    let restored = SqliteStore::restore(&copy, &path, &later, moment("restore")).expect("restored");
    assert_eq!(restored.lost, []);
}
