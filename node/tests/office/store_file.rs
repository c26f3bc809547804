//! The store as a file on an office's disk: what is no store is told, what is damaged is told, and the trail holds.

use crate::support::{Office, run};
use std::fs;

#[test]
fn a_store_is_made_once() {
    let office = Office::new();
    let told = office.is_refused(&["init", "--unit", "430981000000", "--name", "沅江市", "--level", "县"]);
    assert!(told.contains("已经存在"), "{told}");
}

#[test]
fn nothing_is_made_when_anything_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("office.db");
    for (words, told) in [
        (vec!["--unit", "43098100000", "--name", "某市", "--level", "county"], "12 位"),
        (vec!["--unit", "430981000000", "--name", " ", "--level", "county"], "必须填写"),
        (vec!["--unit", "430981000000", "--name", "某市", "--level", "城"], "township"),
        (
            vec!["--unit", "430981000000", "--name", "某市", "--level", "市", "--policy", "none"],
            "yuanjiang-2015",
        ),
        (
            vec!["--unit", "430981000000", "--name", "某市", "--level", "市", "--since", "2027-01-01"],
            "2026-11-20",
        ),
    ] {
        let output = run(&store, &[&["init"], &words[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(told), "{words:?}: {said}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}

#[test]
fn a_store_is_made_only_in_a_folder_that_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("none").join("office.db");
    let output = run(&store, &["init", "--unit", "430981000000", "--name", "某市", "--level", "市"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("文件夹"));
}

#[test]
fn what_is_no_store_or_no_longer_whole_is_told() {
    let office = Office::with_a_pairing();
    let whole = fs::read(office.path("office.db")).expect("a store");
    for (bytes, told) in [
        (b"".to_vec(), "不是本程序的数据文件"),
        ("一份普通的文件".repeat(20).into_bytes(), "不是本程序的数据文件"),
        (whole[..whole.len() / 2].to_vec(), "已损坏"),
    ] {
        fs::write(office.path("office.db"), bytes).expect("written");
        let said = office.is_refused(&["leader", "list"]);
        assert!(said.contains(told), "{said}");
    }
    fs::remove_file(office.path("office.db")).expect("removed");
    assert!(office.is_refused(&["leader", "list"]).contains("init"));
}

#[test]
fn a_store_must_be_named() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_zhuji-node"))
        .env_remove("ZHUJI_STORE")
        .env_remove("ZHUJI_LANG")
        .args(["leader", "list"])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ZHUJI_STORE"));
}

#[test]
fn the_trail_names_who_did_what_and_a_change_behind_its_back() {
    let office = Office::with_a_pairing();
    office.does(&["--operator", "张三", "leader", "edit", "L1", "--phone", "1"]);
    let trail = office.lists(&["audit", "list", "--kind", "leader", "--id", "L1"]);
    assert_eq!((&trail[1]["who"], &trail[1]["act"]), (&"张三".into(), &"edit".into()));
    assert_eq!(trail[1]["fields"], serde_json::json!(["phone"]));

    let db = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    db.execute("UPDATE leader SET phone = '2' WHERE id = 'L1'", []).expect("tampered");
    let told = office.is_refused(&["verify"]);
    assert!(told.contains(&trail[1]["sequence"].to_string()), "{told}");
}

#[test]
fn a_reason_changed_behind_its_back_is_found_too() {
    let office = Office::new();
    office.does(&["exemption", "add", "--rule", "two-talents", "--subject", "L1", "--reason", "新任"]);
    office.does(&["review", "add", "-d", "2026-03-02"]);
    office.does(&["review", "remove", "V1", "--reason", "误登"]);
    assert!(office.does(&["verify"]).contains("完整"));
    let db = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    db.execute("UPDATE exemption SET reason = '别的'", []).expect("tampered");
    office.is_refused(&["verify"]);
}

#[test]
fn a_page_that_was_overwritten_is_told() {
    let office = Office::with_a_pairing();
    let db = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    // The file is as long as it was, and still no longer whole.
    let root: i64 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'leader'", [], |row| row.get(0))
        .expect("a page");
    let size: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0)).expect("a size");
    db.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    drop(db);
    let mut bytes = fs::read(office.path("office.db")).expect("a store");
    let first = usize::try_from((root - 1) * size).expect("a place");
    bytes[first..first + 100].fill(0xA5);
    fs::write(office.path("office.db"), bytes).expect("written");
    let told = office.is_refused(&["leader", "list"]);
    assert!(told.contains("已损坏"), "{told}");
}

#[test]
fn old_values_can_be_erased_for_good() {
    let office = Office::with_a_pairing();
    office.does(&["talent", "edit", "T1", "--phone", "13900000000"]);
    office.does(&["talent", "edit", "T1", "--phone", ""]);
    let db = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    let kept = || -> i64 {
        let sql = "SELECT count(*) FROM history WHERE instr(old, '13900000000')";
        db.query_row(sql, [], |row| row.get(0)).expect("a count")
    };
    assert_eq!(kept(), 1);
    office.does(&["audit", "erase", "talent", "T1"]);
    assert_eq!(kept(), 0);
    assert!(office.does(&["verify"]).contains("完整"));
}

#[test]
fn a_writer_waits_for_another_and_then_says_so() {
    let office = Office::with_a_pairing();
    let db = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    db.execute_batch("BEGIN IMMEDIATE").expect("begun");
    let told = office.is_refused(&["contact", "add", "-p", "P1", "-d", "2026-03-02"]);
    assert!(told.contains("稍后再试"), "{told}");
}

#[test]
fn every_heading_and_word_of_ours_is_in_both_catalogues() {
    let office = Office::with_a_pairing();
    office.does(&["contact", "add", "-p", "P1", "--by", "leader"]);
    office.does(&["case", "add", "-t", "T1"]);
    office.does(&["leader", "end", "L1", "--on", "2026-11-20"]);
    for language in ["zh", "en"] {
        for kind in [
            "leader",
            "talent",
            "pairing",
            "contact",
            "case",
            "event",
            "service",
            "report",
            "liaison",
            "review",
            "exemption",
            "member",
        ] {
            no_key_shows(&office.does(&["--lang", language, kind, "list"]));
        }
        for words in [
            &["due"][..],
            &["compliance"],
            &["status"],
            &["audit", "list"],
            &["leader", "show", "L1"],
            &["contact", "show", "C1"],
            &["pairing", "show", "P1"],
        ] {
            no_key_shows(&office.does(&[&["--lang", language], words].concat()));
        }
    }
}

/// A text that the catalogue lacks shows as its key.
fn no_key_shows(page: &str) {
    for family in
        ["column-", "kind-", "act-", "stage-", "step-", "side-", "level-", "status-", "word-", "effect-"]
    {
        assert!(!page.contains(family), "{family} in {page}");
    }
}
