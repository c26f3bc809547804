//! Policies that cannot be read, and assignments that cannot be meant. (What a policy file may hold: protocol's tests.)

use crate::support::Hub;

#[test]
fn an_assignment_that_cannot_be_meant_is_refused() {
    let hub = Hub::with_units();
    let assign = |more: &[&'static str]| -> Vec<&'static str> { [&["policy", "assign"], more].concat() };
    let under = ["--unit", "430981100000", "--policy", "yuanjiang-2015"];
    let cases = [
        (
            assign(&["--unit", "430981109000", "--policy", "yuanjiang-2015"]),
            "没有单位 430981109000",
            "no unit 430981109000",
        ),
        // Beside this hub, and above it: another hub's.
        (
            assign(&["--unit", "430922000000", "--policy", "yuanjiang-2015"]),
            "430922000000 不归",
            "430922000000 is not",
        ),
        (
            assign(&["--unit", "430900000000", "--policy", "yuanjiang-2015"]),
            "430900000000 不归",
            "430900000000 is not",
        ),
        (assign(&[&under[..], &["--from", "2026-05-02", "--to", "2026-05-01"]].concat()), "早于", "before"),
        // Before the policy itself takes effect.
        (assign(&[&under[..], &["--to", "2001-01-01"]].concat()), "早于", "before"),
        (assign(&[&under[..], &["--from", "2026-06-31"]].concat()), "没有这一天", "no such day"),
        (
            assign(&["--unit", "430981100000", "--policy", "yuanjiang-2051"]),
            "yuanjiang-2015",
            "yuanjiang-2015",
        ),
        (assign(&["--unit", "430981100000", "--policy", "none.toml"]), "none.toml", "none.toml"),
        (assign(&["--unit", "430981100000"]), "--policy", "--policy"),
    ];
    for (words, chinese, english) in &cases {
        hub.refuses(&[(words, chinese, english)]);
    }
    assert_eq!(hub.does(&["policy", "list", "--format", "json"]).trim(), "[]");
}

#[test]
fn a_policy_file_that_is_none_is_told_with_its_place() {
    let hub = Hub::with_units();
    for (text, chinese, english) in [
        (&b"id = \"a\"\nname = "[..], "bad.toml:2:", "bad.toml:2:"),
        (b"", "bad.toml", "bad.toml"),
        (b"id = \"\xd5\xf2\"\n", "UTF-8", "UTF-8"),
        (b"colour = \"red\"\n", "colour", "colour"),
    ] {
        let file = hub.file("bad.toml", text);
        hub.refuses(&[(
            &["policy", "assign", "--unit", "430981100000", "--policy", &file],
            chinese,
            english,
        )]);
    }
}
