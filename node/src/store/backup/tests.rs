//! A copy is of one moment and whole, or there is none; a restore replaces all or nothing.

use super::*;
use crate::store::leader;
use crate::store::tests::{author, office, store};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zhuji_protocol::facts::Leader;

const FRESH: Incarnation = Incarnation([9; 16]);

/// Tells a thread to end, also when a test panics before it comes to that.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn add(store: &mut Store, id: &str) {
    let change = store.change(&author()).expect("a change");
    let leader = Leader { id: id.to_owned(), name: "王伟".to_owned(), ..Leader::default() };
    change.put(Act::Add, &leader).expect("a record");
    change.commit().expect("committed");
}

fn leaders(path: &Path) -> Vec<String> {
    let store = Store::open(path).expect("a store");
    leader::all(store.db()).expect("leaders").into_iter().map(|leader| leader.id).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_copy_holds_what_was_there_and_leaves_nothing_beside_it() {
    let (folder, mut store) = store();
    add(&mut store, "L1");
    let to = folder.path().join("副本 #1?.db");
    let held = store.back_up(&to, &author()).expect("a copy");
    assert_eq!((held.office, held.records), (office(), 1));
    assert_eq!(held.size_bytes, std::fs::metadata(&to).expect("a file").len());
    add(&mut store, "L2");
    let beside: Vec<String> =
        names(folder.path()).into_iter().filter(|name| !name.starts_with("office.db")).collect();
    assert_eq!(beside, ["副本 #1?.db"]);
    let last = audit::entries(store.db(), Some((Kind::Store, "副本 #1?.db")), 1).expect("a trail");
    assert_eq!(last[0].act, "backup");
    assert!(matches!(store.back_up(&to, &author()), Err(StoreFault::AlreadyThere(_))));
    assert_eq!(leaders(&to), ["L1"]);
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_reads_a_copy() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, mut store) = store();
    let to = folder.path().join("copy.db");
    store.back_up(&to, &author()).expect("a copy");
    assert_eq!(std::fs::metadata(&to).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn copies_made_under_load_are_each_of_one_moment() {
    let (folder, mut store) = store();
    let done = AtomicBool::new(false);
    let path = store.path().to_owned();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut other = Store::open(&path).expect("a store");
            let mut written = 0;
            // Until the copies are made, and at least so often that each falls between two changes.
            while !done.load(Ordering::Relaxed) || written < 50 {
                written += 1;
                add(&mut other, &format!("L{written}"));
                // Who waits for the store looks now and then only: without a gap it may never find it free.
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        // However the copies end, the writer ends with them.
        let ended = Ended(&done);
        let mut before = 0;
        for round in 0..5 {
            let to = folder.path().join(format!("copy-{round}.db"));
            // Reading back walks the trail: a record without its entry, or the other way round, is no copy.
            let held = store.back_up(&to, &author()).expect("a copy beside a writer");
            assert_eq!(leaders(&to).len(), usize::try_from(held.records).expect("a count"));
            assert!(held.records >= before);
            before = held.records;
        }
        drop(ended);
        writer.join().expect("no panic");
    });
}

#[test]
fn a_restored_store_is_the_copy_in_a_new_life_and_the_old_one_is_kept() {
    let (folder, mut store) = store();
    add(&mut store, "L1");
    store.writing(|db| uplink::current(db, Incarnation([1; 16]), 0)).expect("a life");
    let copy = folder.path().join("copy.db");
    store.back_up(&copy, &author()).expect("a copy");
    add(&mut store, "L2");
    let path = store.path().to_owned();
    drop(store);

    let restored = restore(&copy, &path, &author(), FRESH).expect("restored");
    assert_eq!(restored.held.records, 1);
    assert_eq!(leaders(&path), ["L1"]);
    assert_eq!(leaders(&restored.kept_as.expect("what stood there")), ["L1", "L2"]);
    assert_eq!(leaders(&copy), ["L1"], "a copy can be used again");
    let store = Store::open(&path).expect("a store");
    assert_eq!(uplink::current(store.db(), Incarnation([2; 16]), 0).expect("a life"), FRESH);
    assert!(uplink::is_past(store.db(), Incarnation([1; 16])).expect("read"));
    let last = audit::entries(store.db(), None, 1).expect("a trail");
    assert_eq!((last[0].act.as_str(), last[0].kind.as_str()), ("restore", "store"));
    assert!(matches!(audit::verify(store.db(), || {}), Ok(Verified::Whole { .. })));
}

#[test]
fn a_store_that_nobody_can_read_any_more_is_replaced_too_and_kept() {
    let (folder, mut store) = store();
    add(&mut store, "L1");
    let copy = folder.path().join("copy.db");
    store.back_up(&copy, &author()).expect("a copy");
    let path = store.path().to_owned();
    drop(store);
    std::fs::write(&path, b"rubbish").expect("written");
    let restored = restore(&copy, &path, &author(), FRESH).expect("restored");
    assert_eq!(leaders(&path), ["L1"]);
    assert_eq!(std::fs::read(restored.kept_as.expect("kept")).expect("read"), b"rubbish");
}

#[test]
fn a_copy_that_is_not_whole_leaves_everything_as_it_was() {
    let (folder, mut store) = store();
    add(&mut store, "L1");
    let (copy, bad) = (folder.path().join("copy.db"), folder.path().join("bad.db"));
    store.back_up(&copy, &author()).expect("a copy");
    let path = store.path().to_owned();
    drop(store);
    let whole = std::fs::read(&copy).expect("read");
    let page = whole.len() / 2 / 4096 * 4096;
    let mut flipped = whole.clone();
    flipped[page..page + 200].fill(0xA5);
    for bytes in [&whole[..whole.len() - 4096], &whole[..50], &flipped] {
        std::fs::write(&bad, bytes).expect("written");
        let before = (names(folder.path()), std::fs::read(&path).expect("read"));
        restore(&bad, &path, &author(), FRESH).expect_err("it is not whole");
        assert_eq!((names(folder.path()), std::fs::read(&path).expect("read")), before);
    }
    std::fs::write(&bad, &whole).expect("written");
    let db = Connection::open(&bad).expect("a copy");
    db.execute("UPDATE audit SET who = '别人' WHERE number = 1", []).expect("tampered");
    drop(db);
    let told = restore(&bad, &path, &author(), FRESH);
    assert!(matches!(told, Err(StoreFault::TrailBroken { entry: 1, .. })), "{told:?}");
    assert!(matches!(restore(&path, &path, &author(), FRESH), Err(StoreFault::Itself(_))));
    assert_eq!(leaders(&path), ["L1"]);
}

#[test]
fn another_offices_copy_is_refused() {
    let (folder, mut store) = store();
    let copy = folder.path().join("copy.db");
    store.back_up(&copy, &author()).expect("a copy");
    let other = Office { unit: "430981101000".parse().expect("a unit"), ..office() };
    let path = folder.path().join("other.db");
    drop(Store::create(&path, &other, None, &author()).expect("a store"));
    let told = restore(&copy, &path, &author(), FRESH);
    assert!(matches!(told, Err(StoreFault::OtherOffice { .. })), "{told:?}");
    assert_eq!(Store::open(&path).expect("a store").office().expect("an office"), other);
}
