//! `backup` and `restore` at the administrator's desk: beside the running hub, and what each refuses.

use crate::running::Running;
use crate::support::{Hub, command};
use std::fs;

const TOKEN: [&str; 6] = ["token", "issue", "--unit", "430981100000", "--role", "node"];

#[test]
fn a_copy_is_made_while_the_hub_runs_and_put_back_when_it_does_not() {
    let hub = Hub::with_units();
    let copy = hub.path("copy.db").display().to_string();
    {
        let _running = Running::of(&hub);
        let said = hub.does(&["--lang", "en", "backup", &copy]);
        assert!(said.contains("430981000000") && said.contains("whole"), "{said}");
        hub.does(&TOKEN);
        hub.refuses(&[
            (&["backup", &copy], "没有覆盖", "not overwritten"),
            (&["restore", &copy], "请先停止", "stop zhuji-hub serve"),
        ]);
        assert!(hub.does(&["audit", "--format", "csv"]).contains("backup"));
    }
    let said = hub.does(&["restore", &copy]);
    assert!(said.contains("kept-") && said.contains("接下来"), "{said}");
    let trail = hub.does(&["audit", "--format", "csv"]);
    assert!(trail.contains("restore") && !trail.contains("issue-token"), "{trail}");
    assert!(hub.does(&["verify"]).contains("无误"));
    let _running = Running::of(&hub);
    assert!(hub.does(&TOKEN).starts_with("zhuji1."));
}

#[test]
fn a_copy_is_put_where_no_store_is() {
    let hub = Hub::with_units();
    let copy = hub.path("copy.db").display().to_string();
    hub.does(&["backup", &copy]);
    let other = hub.path("other.db");
    let output = command(&other, &["restore", &copy]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("kept-"));
    let shown = command(&other, &["directory", "show"]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&shown.stdout).contains("琼湖街道"));
}

#[test]
fn what_is_no_whole_copy_is_told_and_changes_nothing() {
    let hub = Hub::with_units();
    let copy = hub.path("copy.db").display().to_string();
    hub.does(&["backup", &copy]);
    let whole = fs::read(&copy).expect("a copy");
    let cut = hub.file("cut.db", &whole[..whole.len() / 2]);
    let letter = hub.file("letter.db", "一份普通的文件".repeat(20));
    let nowhere = hub.path("none").join("copy.db").display().to_string();
    let store = hub.store().display().to_string();
    hub.refuses(&[
        (&["restore", &cut], "已损坏", "cut off or damaged"),
        (&["restore", &letter], "不是枢纽的数据文件", "not a hub's store"),
        (&["restore", &nowhere], "没有这个文件", "there is no file"),
        (&["restore", &store], "本身", "the very store"),
        (&["backup", &nowhere], "文件夹", "folder"),
        (&["backup", &store], "没有覆盖", "not overwritten"),
    ]);
}
