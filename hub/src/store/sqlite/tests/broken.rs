//! What is wrong with the file is told; what was not committed never happened; one changed byte is named.

use super::*;
use crate::store::{Misfit, Ruling, StoreFault};
use rusqlite::Connection;

#[test]
fn what_is_no_store_is_refused_by_name() {
    let hub = Hub::county();
    let path = hub.path();
    let beside = |name: &str| path.with_file_name(name);
    assert!(matches!(SqliteStore::open(&beside("none")), Err(StoreFault::NotThere(_))));
    std::fs::write(beside("text"), "not a database at all, and long enough to have a header".repeat(9))
        .unwrap();
    assert!(matches!(SqliteStore::open(&beside("text")), Err(StoreFault::NotAStore(_))));
    assert!(matches!(SqliteStore::open(&path), Err(StoreFault::Owned(_))));
    assert!(SqliteStore::read(&path).is_ok(), "reading goes beside the owner");

    now_backed_up(&hub, &beside("copy"));
    let whole = std::fs::read(beside("copy")).unwrap();
    std::fs::write(beside("cut"), &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(SqliteStore::open(&beside("cut")), Err(StoreFault::Damaged(_))));

    let db = Connection::open(beside("copy")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    assert!(matches!(SqliteStore::open(&beside("copy")), Err(StoreFault::Newer { found: 99, .. })));
}

fn now_backed_up(hub: &Hub, to: &std::path::Path) {
    hub.store.back_up(to).expect("backed up");
}

#[test]
fn a_reader_cannot_write() {
    let hub = Hub::county();
    let mut reader = SqliteStore::read(&hub.path()).expect("a reader");
    let fault = now(reader.rule(&Replica::node(id(VILLAGE)), Ruling::Revoke, "", &author(), moment("rule")));
    assert!(fault.is_err());
    assert!(now(reader.fleet()).is_ok());
}

#[test]
fn a_transaction_that_ends_early_leaves_the_old_state() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    hub.receive(&mut village);
    village.month("2026-01", &contacts(7, 7));
    let batch = village.batch().expect("a batch");
    let asked = Asked { peer: village.replica.clone(), request: Request::Apply(Box::new(batch)) };
    let cut_short = hub.store.change(moment("cut"), |work| {
        work.answer(&asked)?;
        Err::<(), _>(StoreFault::DiskFull)
    });
    assert!(matches!(cut_short, Err(StoreFault::DiskFull)));
    let undone = hub.store.change_then(
        moment("cut"),
        |work| work.answer(&asked),
        |_, _| Err::<(), _>(StoreFault::DiskFull),
    );
    assert!(undone.is_err());
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 1);
    hub.assert_whole();
    hub.receive(&mut village);
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 7);
    hub.assert_whole();
}

fn find(hub: &Hub) -> Verified {
    now(SqliteStore::read(&hub.path()).expect("a reader").verify(&mut || {})).expect("verified")
}

#[test]
fn one_changed_byte_is_named() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-01", &contacts(1, 1));
    village.month("2026-02", &contacts(2, 2));
    hub.receive(&mut village);
    hub.assert_whole();
    let db = Connection::open(hub.path()).unwrap();
    // Every byte of every signed or counted column, one at a time.
    for (table, column, what) in [
        ("item", "bytes", "item"),
        ("item", "leaf", "item"),
        ("batch", "signature", "batch"),
        ("batch", "root", "batch"),
        ("batch", "leaves", "batch"),
        ("rollup", "flows", "row"),
        ("rollup", "stocks", "row"),
        ("published", "body", "published"),
        ("audit", "hash", "audit"),
    ] {
        let (row, value): (i64, Vec<u8>) = db
            .query_row(&format!("SELECT row_number() OVER (), {column} FROM {table} LIMIT 1"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(row, 1);
        for at in (0..value.len()).step_by(7) {
            let mut flipped = value.clone();
            flipped[at] ^= 0x10;
            let write = |from: &[u8], to: &[u8]| {
                db.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2"), [to, from])
                    .unwrap()
            };
            assert!(write(&value, &flipped) > 0, "{table}.{column}");
            let Verified::Broken(misfit) = find(&hub) else {
                panic!("{table}.{column} byte {at} was not seen")
            };
            let named = match misfit {
                Misfit::Item { .. } => "item",
                Misfit::Batch { .. } => "batch",
                Misfit::Row { .. } => "row",
                Misfit::Onward { .. } => "onward",
                Misfit::Published { .. } => "published",
                Misfit::Anchor { .. } => "anchor",
                Misfit::Audit { .. } => "audit",
            };
            assert_eq!(named, what, "{table}.{column} byte {at}");
            write(&flipped, &value);
        }
    }
    let entry = "UPDATE audit SET who = 'another' WHERE number = 2";
    db.execute(entry, []).unwrap();
    assert_eq!(find(&hub), Verified::Broken(Misfit::Audit { number: 2 }));
}
