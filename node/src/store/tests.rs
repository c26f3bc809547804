//! The store as a whole: what is written is there, with its trail; what is no store is told apart.

use super::*;
use zhuji_protocol::facts::Leader;

/// A store for a test, which lasts as long as the folder.
pub(crate) fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::create(&folder.path().join("office.db"), &office(), None, &author()).expect("a store");
    (folder, store)
}

pub(crate) fn office() -> Office {
    Office {
        unit: "430981000000".parse().expect("a unit"),
        name: "沅江市".to_owned(),
        level: zhuji_protocol::unit::Level::County,
        since: "2016-01-01".parse().expect("a date"),
    }
}

pub(crate) fn author() -> Author {
    Author { who: "测试员".to_owned(), at: "2026-03-02T01:00:00Z".parse().expect("an instant") }
}

fn leader(id: &str, name: &str) -> Leader {
    Leader { id: id.to_owned(), name: name.to_owned(), ..Leader::default() }
}

fn add(store: &mut Store, leader: &Leader) -> Effect {
    let change = store.change(&author()).expect("a change");
    let effect = change.put(Act::Add, leader).expect("a record");
    change.commit().expect("committed");
    effect
}

#[test]
fn a_store_knows_its_office() {
    let (_folder, store) = store();
    assert_eq!(store.office().expect("an office"), office());
}

#[test]
fn a_record_and_its_entry_stand_together() {
    let (_folder, mut store) = store();
    assert_eq!(add(&mut store, &leader("L1", "王伟")), Effect::Added);
    assert_eq!(add(&mut store, &leader("L1", "王伟")), Effect::Same);
    assert_eq!(add(&mut store, &leader("L1", "王玮")), Effect::Changed(vec!["name"]));
    let trail = audit::entries(store.db(), Some((Kind::Leader, "L1")), 10).expect("a trail");
    let acts: Vec<&str> = trail.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["add", "add"]);
    assert_eq!(trail[1].fields, ["name"]);
    assert_eq!(trail[0].who, "测试员");
}

#[test]
fn what_is_dropped_never_happened() {
    let (_folder, mut store) = store();
    {
        let change = store.change(&author()).expect("a change");
        change.put(Act::Add, &leader("L1", "王伟")).expect("a record");
    }
    assert_eq!(leader::all(store.db()).expect("leaders"), []);
    assert_eq!(audit::entries(store.db(), Some((Kind::Leader, "L1")), 10).expect("a trail"), []);
}

#[test]
fn two_characters_are_found() {
    let (_folder, mut store) = store();
    add(&mut store, &leader("L1", "欧阳文华"));
    add(&mut store, &leader("L2", "王伟"));
    let found = leader::search(store.db(), "文华").expect("a search");
    assert_eq!(found.iter().map(|leader| leader.id.as_str()).collect::<Vec<_>>(), ["L1"]);
}

#[test]
fn verify_names_the_first_break() {
    let cases = [
        ("UPDATE audit SET who = '别人' WHERE number = 2", audit::Break::Altered, 2),
        (
            "DELETE FROM history WHERE entry = 2; DELETE FROM audit WHERE number = 2",
            audit::Break::Missing,
            3 - 1,
        ),
        ("UPDATE audit SET previous = zeroblob(32) WHERE number = 3", audit::Break::Unlinked, 3),
        ("UPDATE leader SET name = '别人' WHERE id = 'L1'", audit::Break::Overwritten, 2),
        ("DELETE FROM leader WHERE id = 'L2'", audit::Break::Overwritten, 3),
    ];
    for (tampering, why, entry) in cases {
        let (_folder, mut store) = store();
        add(&mut store, &leader("L1", "王伟"));
        add(&mut store, &leader("L2", "李强"));
        let whole = audit::verify(store.db(), || {}).expect("verified");
        assert_eq!(whole, audit::Verified::Whole { entries: 3, erased: 0 });
        store.db.execute_batch(tampering).expect("tampered");
        let broken = audit::verify(store.db(), || {}).expect("verified");
        assert_eq!(broken, audit::Verified::Broken { entry, why }, "{tampering}");
    }
}

#[test]
fn erased_history_leaves_the_chain_whole() {
    let (_folder, mut store) = store();
    add(&mut store, &leader("L1", "王伟"));
    add(&mut store, &leader("L1", "王玮"));
    let change = store.change(&author()).expect("a change");
    assert_eq!(audit::erase_history(&change, Kind::Leader, "L1").expect("erased"), 2);
    change.commit().expect("committed");
    let whole = audit::verify(store.db(), || {}).expect("verified");
    assert_eq!(whole, audit::Verified::Whole { entries: 4, erased: 2 });
}

#[test]
fn a_change_is_noticed_by_other_connections() {
    let (_folder, mut store) = store();
    let other = Store::open(store.path()).expect("opened");
    let before = other.data_version().expect("a version");
    add(&mut store, &leader("L1", "王伟"));
    assert_ne!(other.data_version().expect("a version"), before);
}

#[test]
fn what_is_no_store_is_told_apart() {
    let (folder, store) = store();
    let path = store.path().to_owned();
    drop(store);
    let bytes = std::fs::read(&path).expect("bytes");
    let fault = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        Store::open(&path).expect_err("refused")
    };
    assert!(matches!(fault("empty", b""), StoreFault::NotAStore(_)));
    assert!(matches!(
        fault("text", b"a text that is long enough".repeat(9).as_slice()),
        StoreFault::NotAStore(_)
    ));
    assert!(matches!(fault("half", &bytes[..bytes.len() / 2]), StoreFault::Damaged(_)));
    let mut foreign = bytes.clone();
    foreign[68] ^= 1;
    assert!(matches!(fault("foreign", &foreign), StoreFault::NotAStore(_)));
    assert!(matches!(Store::open(&folder.path().join("none")), Err(StoreFault::NotThere(_))));
    let newer = rusqlite::Connection::open(&path).expect("opened");
    newer.pragma_update(None, "user_version", 999).expect("written");
    drop(newer);
    assert!(matches!(Store::open(&path), Err(StoreFault::Newer { found: 999, .. })));
}

#[test]
fn a_store_is_never_made_over_another_file() {
    let (folder, store) = store();
    let path = store.path().to_owned();
    drop(store);
    assert!(matches!(Store::create(&path, &office(), None, &author()), Err(StoreFault::AlreadyThere(_))));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_full_disk_is_told_and_nothing_is_written() {
    let (_folder, mut store) = store();
    let pages: i64 = store.db.pragma_query_value(None, "page_count", |row| row.get(0)).expect("a count");
    store.db.pragma_update(None, "max_page_count", pages).expect("limited");
    let change = store.change(&author()).expect("a change");
    let long = "长".repeat(100_000);
    let fault = change.put(Act::Add, &leader("L1", &long)).expect_err("refused");
    assert!(matches!(fault, StoreFault::DiskFull), "{fault:?}");
    drop(change);
    assert_eq!(leader::all(store.db()).expect("leaders"), []);
    assert!(matches!(audit::verify(store.db(), || {}), Ok(audit::Verified::Whole { entries: 1, .. })));
}
