//! `backup` and `restore` as an office uses them.

use crate::support::{Office, run};
use std::fs;

#[test]
fn what_was_entered_after_the_copy_is_gone_after_the_restore_and_the_old_store_is_kept() {
    let office = Office::with_a_pairing();
    let copy = office.path("copy.db").display().to_string();
    let said = office.does(&["backup", &copy]);
    assert!(said.contains("沅江市") && said.contains("430981000000"), "{said}");
    office.does(&["contact", "add", "-p", "P1", "-d", "2026-03-02", "-m", "visit"]);
    assert!(office.is_refused(&["backup", &copy]).contains("不会覆盖"));
    assert_eq!(office.lists(&["contact", "list"]).len(), 1);

    let said = office.does(&["restore", &copy]);
    assert!(said.contains("接下来"), "{said}");
    assert_eq!(office.lists(&["contact", "list"]).len(), 0);
    assert_eq!(office.lists(&["pairing", "list"]).len(), 1);
    assert!(office.does(&["verify"]).contains("完整"));
    let trail = office.lists(&["audit", "list"]);
    assert_eq!(trail.last().map(|entry| &entry["act"]), Some(&"restore".into()));
    let kept = fs::read_dir(office.path("")).expect("a folder").flatten();
    let kept: Vec<_> =
        kept.map(|file| file.path()).filter(|path| path.to_string_lossy().contains(".kept-")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let listed = run(&kept[0], &["contact", "list", "--format", "json"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("2026-03-02"));
}

#[test]
fn what_is_no_whole_copy_is_told_and_changes_nothing() {
    let office = Office::with_a_pairing();
    let copy = office.path("copy.db").display().to_string();
    office.does(&["backup", &copy]);
    let whole = fs::read(&copy).expect("a copy");
    let cut = office.path("cut.db").display().to_string();
    fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let store = office.path("office.db").display().to_string();
    let none = office.path("none").join("copy.db").display().to_string();
    for (words, told) in [
        (["restore", &cut], "已损坏"),
        (["restore", &none], "没有数据文件"),
        (["restore", &store], "本身"),
        (["backup", &none], "文件夹"),
        (["backup", &store], "不会覆盖"),
    ] {
        let said = office.is_refused(&words);
        assert!(said.contains(told), "{words:?}: {said}");
    }
    let other = office.path("other.db");
    let words = ["init", "--unit", "430981101000", "--name", "草尾镇", "--level", "township"];
    assert!(run(&other, &words).status.success());
    let refused = run(&other, &["restore", &copy]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("430981101000"));
    assert_eq!(office.lists(&["pairing", "list"]).len(), 1);
}

#[test]
fn a_copy_made_by_hand_with_its_log_is_taken_too() {
    let office = Office::with_a_pairing();
    // Somebody who reads keeps the log from being taken in.
    let reader = rusqlite::Connection::open(office.path("office.db")).expect("a store");
    reader.execute_batch("BEGIN; SELECT count(*) FROM leader;").expect("reading");
    office.does(&["leader", "edit", "L1", "--phone", "13900000000"]);
    for suffix in ["", "-wal"] {
        let from = office.path(&format!("office.db{suffix}"));
        fs::copy(from, office.path(&format!("hand.db{suffix}"))).expect("copied");
    }
    drop(reader);
    let hand = office.path("hand.db").display().to_string();
    office.does(&["restore", &hand]);
    assert_eq!(office.lists(&["leader", "list"])[0]["phone"], "13900000000");
}
