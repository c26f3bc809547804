//! Files that are no store, or no longer whole: told, and never touched.

use crate::support::{Hub, command, refused};
use rusqlite::Connection;
use std::fs;

/// A command that reads, and one that writes.
const READS: [&str; 2] = ["directory", "show"];
const WRITES: [&str; 6] = ["token", "issue", "--unit", "430981100000", "--role", "node"];

#[test]
fn what_is_no_whole_store_is_told_and_left_alone() {
    let hub = Hub::with_units();
    let whole = fs::read(hub.store()).expect("a store");
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let none = ("不是枢纽的数据文件", "not a hub's store");
    let damaged = ("从备份恢复", "restore it from a backup");
    let cases: Vec<(&str, Vec<u8>, (&str, &str))> = vec![
        ("empty", Vec::new(), none),
        ("a letter", "一份普通的文件".repeat(20).into_bytes(), none),
        ("cut in the header", whole[..60].to_vec(), none),
        ("the magic flipped", with(3, b"x"), none),
        ("another program's mark", with(68, b"ABCD"), none),
        ("a node's mark", with(68, b"ZHJN"), none),
        ("cut in half", whole[..whole.len() / 2].to_vec(), damaged),
        ("cut in the last page", whole[..whole.len() - 1].to_vec(), damaged),
        ("an impossible page size", with(16, &[0, 3]), damaged),
        ("a schema page overwritten", with(100, &[0xA5; 400]), damaged),
        ("a newer file format", with(18, &[9, 9]), damaged),
        ("a newer schema", with(60, &[0, 0, 0x70, 0]), ("升级程序", "upgrade the program")),
    ];
    for (what, bytes, (chinese, english)) in cases {
        fs::write(hub.store(), &bytes).expect("written");
        for words in [&READS[..], &WRITES, &["serve"], &["verify"], &["fleet"]] {
            for (language, said) in [("zh", chinese), ("en", english)] {
                let words = [&["--lang", language], words].concat();
                let told = refused(&hub.command(&words).output().expect("it runs"), &[what, words[2]]);
                assert!(told.contains(said), "{what} {words:?}: {told}");
                // Once SQLite is asked something, only the content is at hand, not the file's name.
                let named = told.contains("hub.db") || what == "a schema page overwritten";
                assert!(named, "{what} {words:?} does not say which file: {told}");
                assert_eq!(fs::read(hub.store()).expect("read"), bytes, "{what} {words:?} wrote");
            }
        }
    }
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_the_way() {
    let hub = Hub::nowhere();
    let cases = [&READS[..], &WRITES, &["serve"], &["verify"]];
    for words in cases {
        hub.refuses(&[(words, "没有这个文件", "there is no file")]);
    }
    let left: Vec<_> =
        fs::read_dir(hub.path("")).expect("a folder").map(|file| file.expect("one").file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_folder_is_no_store() {
    let hub = Hub::nowhere();
    fs::create_dir(hub.store()).expect("a folder");
    hub.refuses(&[
        (&READS, "不是枢纽的数据文件", "not a hub's store"),
        (&WRITES, "不是枢纽的数据文件", "not a hub's store"),
    ]);
}

#[test]
fn a_store_must_be_named() {
    let told = refused(
        &command("".as_ref(), &["fleet"]).env_remove("ZHUJI_STORE").output().expect("it runs"),
        &["fleet"],
    );
    assert!(told.contains("ZHUJI_STORE"), "{told}");
}

#[test]
fn a_store_is_made_once_and_only_in_a_folder_that_is_there() {
    let hub = Hub::with_units();
    let init = |address| {
        ["init", "--unit", "430981000000", "--name", "沅江市", "--level", "county", "--address", address]
    };
    hub.refuses(&[(&init("127.0.0.1:1"), "没有覆盖", "not overwritten")]);
    let none = hub.path("none").join("hub.db").display().to_string();
    hub.refuses(&[(&[&["--store", &none][..], &init("127.0.0.1:1")].concat(), "文件夹", "folder")]);
    assert!(!hub.path("none").exists());
}

#[test]
fn figures_changed_behind_its_back_are_found() {
    let hub = Hub::with_units();
    hub.does(&["verify"]);
    let db = Connection::open(hub.store()).expect("a store");
    let changed = db.execute("UPDATE audit SET who = '别人' WHERE number = 1", []).expect("tampered");
    assert_eq!(changed, 1);
    drop(db);
    for (language, said) in [("zh-CN", "审计记录第 1 条"), ("en", "audit entry 1")] {
        let output = hub.command(&["--lang", language, "verify"]).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(1), "something does not fit");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said));
    }
}
