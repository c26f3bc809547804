//! An operator's everyday: people, pairings, contacts, cases; and what is refused, all of it at once.

use crate::support::Office;

#[test]
fn a_contact_is_one_short_line() {
    let office = Office::with_a_pairing();
    office.does(&["contact", "add", "-p", "P1", "-d", "2026-03-02", "-m", "visit", "-t", "policy"]);
    office.does(&["contact", "add", "-p", "P1", "-d", "2026.5.3", "-m", "双向约谈", "--by", "人才"]);
    let contacts = office.lists(&["contact", "list"]);
    let of = |place: usize, key: &str| contacts[place][key].clone();
    assert_eq!((of(0, "date"), of(0, "mode")), ("2026-03-02".into(), "visit".into()));
    assert_eq!((of(1, "date"), of(1, "mode")), ("2026-05-03".into(), "talk".into()));
    assert_eq!(of(1, "initiated_by"), "talent");
}

#[test]
fn two_characters_of_a_name_find_everything_about_a_person() {
    let office = Office::with_a_pairing();
    office.does(&["contact", "add", "-p", "P1", "-d", "2026-03-02", "-m", "visit"]);
    office.does(&["case", "add", "-t", "T1", "--demand", "子女入学", "--received", "2026-03-02"]);
    for (kind, word) in [
        ("talent", "文华"),
        ("pairing", "文华"),
        ("contact", "文华"),
        ("case", "入学"),
        ("case", "文华 子女"),
    ] {
        assert_eq!(office.lists(&[kind, "search", word]).len(), 1, "{kind} {word}");
    }
    assert_eq!(office.lists(&["case", "search", "文华 职称"]).len(), 0);
}

#[test]
fn all_faults_of_a_line_are_told_at_once_and_nothing_is_written() {
    let office = Office::with_a_pairing();
    let told = office.is_refused(&["contact", "add", "-p", "P9", "-d", "2026-11-21", "-m", "fly"]);
    assert_eq!(told.lines().count(), 3, "{told}");
    for (field, word) in [("结对", "P9"), ("日期", "2026-11-20"), ("方式", "走访慰问（visit）")] {
        assert!(told.lines().any(|line| line.starts_with(field) && line.contains(word)), "{told}");
    }
    assert_eq!(office.lists(&["contact", "list"]).len(), 0);
    assert!(office.does(&["verify"]).contains("完整"));
}

#[test]
fn what_cannot_be_a_date_a_code_or_a_period_is_refused_with_what_would_be_right() {
    let office = Office::with_a_pairing();
    for (words, right) in [
        (vec!["contact", "add", "-p", "P1", "-d", "2026-06-31"], "没有这一天"),
        (vec!["contact", "add", "-p", "P1", "-d", "0000-01-01"], "1900"),
        (vec!["contact", "add", "-p", "P1", "-d", "2026-3-2"], "2026-03-02"),
        (vec!["event", "add", "-t", "T1", "-k", "x", "--happened", "2027-01-01"], "2026-11-20"),
        (vec!["report", "add", "-f", "registration", "-p", "2026-H3"], "2026-H1"),
        (vec!["member", "add", "--name", "某局", "--level", "county"], "用人单位"),
        (vec!["leader", "add", "--unit", "没有的单位"], "member add"),
        (vec!["leader", "add"], "必须填写"),
        (vec!["leader", "edit", "L1", "--from", "2026-05-01", "--to", "2026-04-01"], "早于"),
        (vec!["pairing", "add", "--leader", "L1", "--talent", "T1", "--from", "2026-06-01"], "P1"),
        (vec!["talent", "add", "--name", "甲", "--id", "T1"], "T1"),
        (vec!["talent", "add", "--name", "甲", "--id", "T;2"], "分号"),
        (vec!["talent", "show", "T9"], "T9"),
        (vec!["contact", "list", "--format", "xml"], "json"),
        (vec!["contact", "ad"], "add"),
        (vec!["contact", "add", "--dat", "2026-03-02"], "--date"),
    ] {
        let told = office.is_refused(&words);
        assert!(told.contains(right), "{words:?}: {told}");
    }
}

#[test]
fn what_is_planned_may_lie_ahead() {
    let office = Office::with_a_pairing();
    office.does(&["leader", "end", "L1", "--on", "2027-06-30"]);
    office.does(&["pairing", "edit", "P1", "--to", "2027-06-30"]);
    assert_eq!(office.lists(&["leader", "list"])[0]["to"], "2027-06-30");
}

#[test]
fn a_pairing_comes_about_step_by_step() {
    let office = Office::with_a_pairing();
    office.does(&["talent", "add", "--name", "陈静"]);
    let nominate =
        ["pairing", "nominate", "-l", "L1", "-t", "T2", "--on", "2026-03-01", "--basis", "业绩突出"];
    office.does(&nominate);
    office.does(&["pairing", "confirm", "P2", "--on", "2026-03-10"]);
    let told = office.is_refused(&["pairing", "agree", "P2", "--on", "2026-03-05"]);
    assert!(told.contains("早于"), "{told}");
    office.does(&["pairing", "agree", "P2", "--on", "2026-03-15"]);
    let told = office.is_refused(&["pairing", "review", "P2"]);
    assert!(told.contains("已同意"), "{told}");
    office.does(&["pairing", "activate", "P2", "--on", "2026-04-01"]);
    office.does(&["pairing", "review", "P2", "--on", "2026-10-01"]);
    office.does(&["pairing", "end", "P2", "--on", "2026-10-31", "--reason", "岗位变动"]);
    let row = office.lists(&["pairing", "list", "--all", "--talent", "T2"]).remove(0);
    assert_eq!((&row["stage"], &row["to"]), (&"ended".into(), &"2026-10-31".into()));
    assert_eq!(office.lists(&["pairing", "list"]).len(), 1);
}

#[test]
fn a_case_goes_through_its_steps() {
    let office = Office::with_a_pairing();
    office.does(&[
        "case",
        "add",
        "-t",
        "T1",
        "-c",
        "difficulty",
        "-d",
        "实验室用房",
        "--received",
        "2026-03-02",
    ]);
    office.does(&["case", "step", "Q1", "accepted", "--on", "2026-03-03", "--responsible", "住建局"]);
    let told = office.is_refused(&["case", "step", "Q1", "answered", "--on", "2026-03-01"]);
    assert!(told.contains("办结答复") && told.contains("受理"), "{told}");
    office.does(&["case", "step", "Q1", "answered", "--on", "2026-03-09", "--outcome", "已解决"]);
    assert_eq!(office.lists(&["case", "list", "--open"])[0]["state"], "answered");
    office.does(&["case", "step", "Q1", "fed-back", "--on", "2026-03-10"]);
    assert_eq!(office.lists(&["case", "list", "--open"]).len(), 0);
}

#[test]
fn every_kind_can_be_added_edited_listed_shown_searched_and_removed() {
    let office = Office::with_a_pairing();
    office.does(&["contact", "add", "-p", "P1", "-d", "2026-03-02"]);
    office.does(&["event", "add", "-t", "T1", "-k", "honour", "--happened", "2026-03-02"]);
    office.does(&["service", "add", "-k", "invited", "-d", "2026-03-02", "-t", "T1"]);
    office.does(&["report", "add", "-f", "registration", "-p", "2026-H1"]);
    office.does(&["liaison", "add", "--name", "刘洋"]);
    office.does(&["review", "add", "-d", "2026-03-02"]);
    office.does(&["exemption", "add", "--rule", "two-talents", "--subject", "L1", "--reason", "新任"]);
    office.does(&["case", "add", "-t", "T1", "--received", "2026-03-02"]);
    for (kind, id, edit) in [
        ("exemption", "X1", &["--reason", "出差"][..]),
        ("liaison", "N1", &["--name", "刘阳"]),
        ("report", "R1", &["--submitted", "2026-07-01"]),
        ("service", "S1", &["--note", "某"]),
        ("event", "E1", &["--reported", "2026-03-05"]),
        ("case", "Q1", &["--demand", "某"]),
        ("contact", "C1", &["--note", "某"]),
        ("pairing", "P1", &["--basis", "某"]),
        ("talent", "T1", &["--phone", "1"]),
        ("leader", "L1", &["--phone", "1"]),
    ] {
        assert_eq!(office.lists(&[kind, "list"]).len(), 1, "{kind}");
        office.does(&[&[kind, "edit", id], edit].concat());
        assert_eq!(office.lists(&[kind, "show", id])[0]["id"], id);
        assert_eq!(office.lists(&[kind, "search", id]).len(), 1, "{kind}");
    }
    let told = office.is_refused(&["talent", "remove", "T1", "--reason", "误登"]);
    assert!(told.contains("引用"), "{told}");
    for (kind, id) in
        [("service", "S1"), ("event", "E1"), ("case", "Q1"), ("contact", "C1"), ("pairing", "P1")]
    {
        office.does(&[kind, "remove", id, "--reason", "误登"]);
    }
    office.does(&["talent", "remove", "T1", "--reason", "误登"]);
    assert!(office.does(&["verify"]).contains("完整"));
}

#[test]
fn members_of_the_office_get_numbers_of_its_own() {
    let office = Office::new();
    office.does(&["member", "add", "--name", "教育局"]);
    office.does(&["member", "add", "--name", "某某医院", "--level", "employer"]);
    let members = office.lists(&["member", "list"]);
    assert_eq!(members[1]["code"], "430981000000-0002");
    office.does(&["leader", "add", "--name", "王伟", "--unit", "教育局"]);
    assert_eq!(office.lists(&["leader", "list"])[0]["unit"], "430981000000-0001");
}

#[test]
fn an_empty_value_clears_a_field() {
    let office = Office::with_a_pairing();
    office.does(&["leader", "edit", "L1", "--phone", "13900000000", "--to", "2026-12-31"]);
    office.does(&["leader", "edit", "L1", "--phone", "", "--to", ""]);
    let leader = office.lists(&["leader", "list"]).remove(0);
    assert!(leader["phone"].is_null() && leader["to"].is_null());
}

#[test]
fn without_a_policy_words_are_taken_as_they_come_and_nothing_is_judged() {
    let office = Office::under(None);
    office.does(&["leader", "add", "--name", "王伟", "--group", "随便"]);
    let output = office.run(&["compliance"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("尚无制度"));
}

#[test]
fn english_is_spoken_on_request() {
    let office = Office::new();
    let told = office.is_refused(&["--lang", "en", "leader", "add"]);
    assert_eq!(told.trim(), "name: must be filled");
}
