//! What is typed and cannot be meant: dates, codes, levels, addresses, periods, options.

use crate::support::{Case, Hub};
use std::fs;

#[test]
fn a_word_that_cannot_be_meant_is_told_with_what_would_be_right() {
    let hub = Hub::with_units();
    let unit = "430981100000";
    hub.refuses(&[
        (&["directory", "show", "--on", "2026-06-31"], "没有这一天", "no such day"),
        (&["directory", "show", "--on", "0000-01-01"], "1900 至 2199", "1900 to 2199"),
        (&["directory", "show", "--on", "1899-12-31"], "1900 至 2199", "1900 to 2199"),
        (&["directory", "show", "--on", "2200-01-01"], "1900 至 2199", "1900 to 2199"),
        (&["directory", "show", "--on", "2026-3-2"], "2026-03-02", "2026-03-02"),
        (&["directory", "show", "--on", "昨天"], "日期应写作", "a date is written"),
        (&["--today", "2026-02-30", "fleet"], "没有这一天", "no such day"),
        (&["directory", "show", "43098110000"], "12 位数字", "12 digits"),
        (&["directory", "show", "430981100000-1"], "12 位数字", "12 digits"),
        (&["directory", "show", "430981109000"], "没有单位 430981109000", "no unit 430981109000"),
        (&["directory", "show", "--depth", "-1"], "“-1”", "\"-1\""),
        (&["directory", "show", "--depth", "many"], "“many”不能用", "\"many\" will not do"),
        (&["report", "--unit", unit, "--period", "2026-13"], "2026-Q3", "2026-Q3"),
        (&["report", "--unit", unit, "--period", "2026-H3"], "2026-H1", "2026-H1"),
        (&["report", "--unit", unit, "--period", ""], "期间", "no period"),
        (&["report", "--unit", "430981109000", "--period", "2026"], "没有单位", "no unit"),
        (&["report", "--unit", unit], "--period", "--period"),
        (&["report", "--unit", unit, "--period", "2026", "--by", "person"], "rule", "rule"),
        (&["fleet", "--format", "xml"], "json", "json"),
        (&["flet"], "是否想用：fleet", "did you mean: fleet"),
        (&["fleet", "--formt", "json"], "--format", "--format"),
        (&["token", "issue", "--unit", unit, "--role", "office"], "node", "node"),
        (&["serve", "--listen", "4433"], "--listen", "--listen"),
        (&["audit", "--last", "ten"], "“ten”不能用", "\"ten\" will not do"),
    ]);
}

#[test]
fn a_reason_is_told_in_the_readers_language() {
    let hub = Hub::with_units();
    for words in [
        &["directory", "show", "--depth", "many"][..],
        &["serve", "--listen", "4433"],
        &["audit", "--last", "-1"],
        &["directory", "import", "/nowhere/at all.csv"],
    ] {
        let output = hub.command(words).output().expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr);
        for english in ["invalid", "digit", "os error", "No such file", "syntax"] {
            assert!(!told.contains(english), "{words:?}: {told}");
        }
    }
}

#[test]
fn nothing_is_made_of_a_bad_beginning() {
    let good =
        ["--unit", "430981000000", "--name", "沅江市", "--level", "county", "--address", "localhost:4433"];
    let with = |option: &str, value: &'static str| {
        let mut words = vec!["init"];
        for pair in good.chunks(2) {
            words.extend([pair[0], if pair[0] == option { value } else { pair[1] }]);
        }
        words
    };
    let cases: Vec<(Vec<&str>, &str, &str)> = vec![
        (with("--unit", "43098100000"), "12 位数字", "12 digits"),
        (with("--name", " "), "1 至 100", "1 to 100"),
        (with("--level", "城"), "township", "township"),
        (with("--address", "localhost"), "主机名:端口", "HOST:PORT"),
        (with("--address", "localhost:"), "主机名:端口", "HOST:PORT"),
        (with("--address", ":4433"), "主机名:端口", "HOST:PORT"),
        (with("--address", "localhost:70000"), "主机名:端口", "HOST:PORT"),
        (with("--address", "::1:4433"), "主机名:端口", "HOST:PORT"),
        (with("--address", "a hub:4433"), "主机名:端口", "HOST:PORT"),
        (vec!["init"], "--unit", "--unit"),
    ];
    let hub = Hub::nowhere();
    let cases: Vec<Case<'_>> = cases.iter().map(|(words, zh, en)| (&words[..], *zh, *en)).collect();
    hub.refuses(&cases);
    assert_eq!(fs::read_dir(hub.path("")).expect("a folder").count(), 0);
}
