//! Tokens that a hub does not issue, bans of nobody, and what is no token of a hub above.

use crate::support::{Case, Hub, TODAY, command, refused};
use std::fs;

const NAN_COUNTY: &str = "430922000000";

#[test]
fn a_token_is_issued_only_to_who_may_stand_directly_below() {
    let hub = Hub::with_units();
    let issue = |unit: &'static str, role: &'static str| ["token", "issue", "--unit", unit, "--role", role];
    let cases = [
        (issue("430981109000", "node"), "没有单位 430981109000", "no unit 430981109000"),
        (issue("430981000000", "hub"), "不能登记到自己", "under itself"),
        (issue(NAN_COUNTY, "node"), "430922000000 不归", "430922000000 is not"),
        (issue(NAN_COUNTY, "hub"), "430922000000 不归", "430922000000 is not"),
        (issue("430900000000", "hub"), "430900000000 不归", "430900000000 is not"),
        (issue("四三", "node"), "12 位数字", "12 digits"),
    ];
    for (words, chinese, english) in &cases {
        hub.refuses(&[(words, chinese, english)]);
    }
    let elsewhere = ["token", "issue", "--unit", "430981100000", "--role", "node", "--address", "localhost"];
    hub.refuses(&[(&elsewhere, "主机名:端口", "HOST:PORT")]);
    // The own unit's node stands below its hub.
    assert!(hub.does(&issue("430981000000", "node")).starts_with("zhuji1."));
}

#[test]
fn nobody_can_be_banned_who_was_never_let_in() {
    let hub = Hub::with_units();
    let cases: [Case<'_>; 3] = [
        (&["revoke", "--unit", "430981100000", "--role", "node"], "没有登记", "not enrolled"),
        (&["revoke", "--unit", "430981000000", "--role", "hub"], "没有登记", "not enrolled"),
        (&["revoke", "--unit", "430981100000"], "--role", "--role"),
    ];
    hub.refuses(&cases);
}

#[test]
fn what_is_no_token_for_this_hub_is_told_before_anybody_is_dialled() {
    let hub = Hub::with_units();
    let token = |unit: &str, role: &str| {
        hub.does(&["token", "issue", "--unit", unit, "--role", role]).trim().to_owned()
    };
    let (node, other) = (token("430981000000", "node"), token("430981100000", "hub"));
    let newer = node.replacen("zhuji1.", "zhuji2.", 1);
    let mistyped = format!("{}{}", &node[..node.len() - 1], if node.ends_with('a') { 'b' } else { 'a' });
    // The last letter may hold spare bits only: one in the middle counts for certain.
    let middle = node.len() / 2;
    let letter = if node.as_bytes()[middle] == b'k' { "m" } else { "k" };
    let mistyped_within = format!("{}{letter}{}", &node[..middle], &node[middle + 1..]);
    assert_ne!(mistyped, node);
    hub.refuses(&[
        (&["enrol", ""], "不是登记凭证", "no enrolment token"),
        (&["enrol", "430981000000"], "token issue", "token issue"),
        (&["enrol", &newer], "升级", "upgrade"),
        (&["enrol", &node[..node.len() / 2]], "末尾有缺失", "the end of the token is missing"),
        (&["enrol", &mistyped_within], "与原文不符", "not as issued"),
        (&["enrol", &node], "本程序是枢纽", "this program is a hub"),
        (&["enrol", &other], "发给单位 430981100000", "for unit 430981100000"),
        (&["enrol"], "TOKEN", "TOKEN"),
    ]);
}

#[test]
fn a_token_is_never_read_for_a_store_that_is_not_there() {
    let hub = Hub::with_units();
    let token = hub.does(&["token", "issue", "--unit", "430981100000", "--role", "hub"]);
    let empty = tempfile::tempdir().expect("a folder");
    let words = ["--today", TODAY, "enrol", token.trim()];
    let told = refused(&command(&empty.path().join("hub.db"), &words).output().expect("it runs"), &words);
    assert!(told.contains("没有这个文件"), "{told}");
    assert_eq!(fs::read_dir(empty.path()).expect("a folder").count(), 0);
}
