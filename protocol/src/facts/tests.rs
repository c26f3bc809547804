//! Facts folders: what is taken, and each fault with its file, line and column.

use super::*;
use crate::calendar::Calendar;
use crate::policy::{self, Alone, Policy, Side, Source};
use crate::texts::{Language, Told};
use chrono::NaiveDate;

fn policy() -> Policy {
    let text = "[policy]\nid = \"p\"\ntitle = \"t\"\neffective = 2015-07-21\nunit = \"430981000000\"\n
[vocabulary]
groups = { a = \"甲\", b = \"乙\" }
modes = { talk = \"谈\" }
events = { honour = \"荣誉\" }
[[rule]]
id = \"r\"
title = \"t\"
clause = \"c\"
kind = \"pairing-quota\"
min = 1
[[form]]
id = \"f\"
title = \"t\"
clause = \"c\"
per = \"unit\"
columns = [\"a =\"]
";
    let source = Source { file: "p.toml".to_owned(), bytes: text.into() };
    policy::parse(&source, &Alone, Calendar::shipped()).unwrap()
}

fn folder(files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(name, text)| (format!("{name}.csv"), text.as_bytes().to_vec())).collect();
    Folder { name: String::new(), files }
}

fn strictly(files: &[(&str, &str)]) -> Result<Facts, Vec<Fault>> {
    let policy = policy();
    read(&folder(files), Reading { policy: Some(&policy), ..Reading::default() }).map(|taken| taken.facts)
}

fn places<T>(result: Result<T, Vec<Fault>>) -> Vec<String> {
    let faults = result.err().unwrap_or_default();
    let told = faults.iter().map(|fault| {
        let file = fault.file.trim_end_matches(".csv");
        format!("{file}:{}:{} {}", fault.line, fault.column, fault.key().trim_start_matches("facts-"))
    });
    told.collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const LEADERS: (&str, &str) = ("leaders", "id\nL1\nL2\n");
const TALENTS: (&str, &str) = ("talents", "id\nT1\nT2\n");
const PAIRINGS: (&str, &str) = ("pairings", "id,leader,talent\nP1,L1,T1\n");

#[test]
fn headings_and_words_may_stand_in_either_language() {
    let facts = strictly(&[
        ("leaders", "编号,group,姓名,,起\nL1,甲；b; ,张三,,2016/4/5\n,,,,\n\nL2,,\"李,四\",,\n"),
        TALENTS,
        ("pairings", "id,领导,人才,复核日期,team\nP1,L1,T1,2016.4.5;2017-04-05,王五；赵六\n"),
        ("contacts", "id,结对,日期,方式,发起方,内容\nC1,P1,2016-05-06,谈,领导,随意;所说\n"),
    ])
    .unwrap();
    assert_eq!(facts.leaders[0].groups, ["a", "b"]);
    assert_eq!(facts.leaders[0].from, Some(day("2016-04-05")));
    assert_eq!(facts.leaders[1].name, "李,四");
    assert_eq!(facts.pairings[0].reviewed_on, [day("2016-04-05"), day("2017-04-05")]);
    assert_eq!(facts.pairings[0].team, ["王五", "赵六"]);
    assert_eq!(facts.contacts[0].mode.as_deref(), Some("talk"));
    assert_eq!(facts.contacts[0].initiated_by, Some(Side::Leader));
    assert_eq!(facts.contacts[0].topics, ["随意", "所说"]);
}

#[test]
fn each_file_may_have_its_own_encoding() {
    let gb = encoding_rs::GB18030.encode("编号,姓名\nL1,𠮷\n").0.into_owned();
    let mut folder = folder(&[("talents", "\u{feff}编号,姓名\nT1,喆\n")]);
    folder.files.insert("leaders.csv".to_owned(), gb);
    let facts = read(&folder, Reading::default()).unwrap().facts;
    assert_eq!((facts.leaders[0].name.as_str(), facts.talents[0].name.as_str()), ("𠮷", "喆"));
}

#[test]
fn a_bad_cell_is_told_at_its_heading_as_written() {
    for (name, text, expected) in [
        ("leaders", "编号,姓名\n,张\nL1,李\n", "leaders:2:编号 missing-cell"),
        ("leaders", "id,from,to\nL1,2016-04-05,2016-04-04\n", "leaders:2:to from-after-to"),
        ("leaders", "id,from,to\nL1,2016-04-05,2016-04-05\n", ""),
        ("leaders", "id,起\nL1,2016-4-5\n", "leaders:2:起 malformed-date"),
        ("leaders", "id,起\nL1,1899-12-31\nL2,1900-01-01\n", "leaders:2:起 date-out-of-range"),
        ("leaders", "id,起\nL1,2200-01-01\nL2,2199-12-31\n", "leaders:2:起 date-out-of-range"),
        ("leaders", "id,group\nL1,a;c\n", "leaders:2:group unknown-word"),
        ("leaders", "id\nL1\n\n\"L1\"\n", "leaders:4:id repeated"),
        ("leaders", "id,name\nL1\nL2,x,y\n", "leaders:2:1 cell-count|leaders:3:1 cell-count"),
        ("leaders", "id,name\nL1,\"a\nb\"\nL2,a\"b\n", "leaders:4:name quote-inside"),
        ("leaders", "id,name\nL1,\"a\"b\n", "leaders:2:name text-after-quote"),
        ("leaders", "id,name\nL1,\"a\n", "leaders:2:name quote-open"),
        ("leaders", "id,\"name\" \n", "leaders:1:1 text-after-quote"),
        (
            "leaders",
            "id,x,\nL1,a\"b,\nL2,,a\"b\n",
            "leaders:1:x unknown-column|leaders:2:x quote-inside|leaders:3:1 quote-inside",
        ),
        ("leaders", "", "leaders:1:1 no-heading"),
        ("leaders", " ,\n\n", "leaders:1:1 no-heading"),
        ("leaders", "name\n张\n李\n", "leaders:1:1 missing-column"),
        ("leaders", "id,编号,title\n", "leaders:1:编号 column-twice|leaders:1:title unknown-column"),
        ("leaders", "id,,\nL1,,\n", ""),
        ("leaders", "id,,\nL1,,x\nL2,,y\n", "leaders:1:1 unnamed-column"),
        ("units", "code,level\n1,镇\n2,乡镇\n", "units:2:level malformed-level"),
        (
            "units",
            "code,level,parent\n1,县,2\n2,县,1\n3,县,1\n4,县,9\n",
            "units:2:parent parent-circle|units:3:parent parent-circle",
        ),
        ("units", "code,level,上级代码\n1,县,1\n", "units:2:上级代码 parent-circle"),
        ("units", "code,level\n1,县\n1,县\n", "units:3:code repeated"),
        (
            "cases",
            "id,received_on,accepted_on,answered_on,fed_back_on\nC,2016-01-02,2016-01-01,2016-01-01,2016-01-03\n",
            "cases:2:accepted_on step-backwards",
        ),
        ("cases", "id,收到,受理,反馈\nC,2016-01-02,,2016-01-01\n", "cases:2:反馈 step-backwards"),
        ("cases", "id,received_on,interim_on\nC,2016-01-02,2016-01-01\n", ""),
        (
            "cases",
            "id,received_on,talent,contact\nC,2016-01-02,T9,C9\n",
            "cases:2:talent unknown-reference|cases:2:contact unknown-reference",
        ),
        (
            "services",
            "id,kind,date,talents\nS,x,2016-01-02,T8;T9\n",
            "services:2:talents unknown-reference|services:2:talents unknown-reference",
        ),
        (
            "reports",
            "id,unit,form,period\nA,u,f,2016-H3\nB,u,g,\n",
            "reports:2:period malformed-period|reports:3:form unknown-form",
        ),
        ("exemptions", "rule,subject,period\nx,s,anything\nr,s,2016\n", "exemptions:2:rule unknown-rule"),
        (
            "events",
            "id,talent,kind,happened_on\nE,T1,prize,2016-01-02\n",
            "events:2:talent unknown-reference|events:2:kind unknown-word",
        ),
        ("people", "x\n", "people:1:1 unknown-file"),
    ] {
        let expected: Vec<&str> = expected.split('|').filter(|place| !place.is_empty()).collect();
        assert_eq!(places(strictly(&[(name, text)])), expected, "{name} {text}");
    }
}

#[test]
fn other_files_are_ignored() {
    let mut folder = folder(&[LEADERS]);
    folder.files.insert("readme.md".to_owned(), Vec::new());
    assert!(read(&folder, Reading::default()).is_ok());
}

#[test]
fn faults_are_told_under_the_folder_as_given() {
    let folder = Folder { name: "data/2016/".to_owned(), ..folder(&[("leaders", "")]) };
    let faults = read(&folder, Reading::default()).unwrap_err();
    assert_eq!(
        faults[0].located(Language::English),
        "data/2016/leaders.csv:1:1: there is no heading line; the first line names the columns"
    );
}

#[test]
fn a_fault_is_one_line_whatever_the_cell_has_in_it() {
    let faults =
        read(&folder(&[("leaders", "id,from\nL1,\"20\n16\x1b[2J\"\n")]), Reading::default()).unwrap_err();
    let located = faults[0].located(Language::English);
    assert!(located.starts_with("leaders.csv:2:from: “20␊16␛[2J” is no date"), "{located}");
}

#[test]
fn a_reference_to_a_bad_row_is_not_told_again() {
    let bad_leader = ("leaders", "id,from\nL1,x\nL2,\n");
    assert_eq!(places(strictly(&[bad_leader, TALENTS, PAIRINGS])), ["leaders:2:from malformed-date"]);
    for unreadable in ["name\n", "", "id,name\nL2\n", "id,name\n,x\n"] {
        let told = places(strictly(&[("leaders", unreadable), TALENTS, PAIRINGS]));
        assert!(!told.iter().any(|place| place.starts_with("pairings")), "{unreadable:?} {told:?}");
    }
    assert_eq!(
        places(strictly(&[("leaders", "id\nL2\n"), TALENTS, PAIRINGS])),
        ["pairings:2:leader unknown-reference"]
    );
}

#[test]
fn units_are_checked_only_if_their_file_is_there() {
    let leaders = ("leaders", "id,unit\nL1,430981000000\nL2,430981000001\n");
    assert!(strictly(&[leaders]).is_ok());
    assert_eq!(places(strictly(&[leaders, ("units", "code,level\n")])), ["leaders:3:unit unknown-reference"]);
    let folder = folder(&[leaders, ("units", "code,level\n")]);
    assert!(read(&folder, Reading::default()).is_ok(), "a refused policy says nothing of units");
}

#[test]
fn two_pairings_of_the_same_two_share_no_day() {
    let pairings = |rows: &str| {
        let text = format!("id,leader,talent,from,to\n{rows}");
        places(strictly(&[LEADERS, TALENTS, ("pairings", &text)]))
    };
    assert_eq!(pairings("A,L1,T1,2016-01-01,2016-12-31\nB,L1,T1,2017-01-01,\n"), Vec::<String>::new());
    assert_eq!(pairings("A,L1,T1,2017-01-01,\nB,L1,T1,2016-01-01,2017-01-01\n"), ["pairings:3:1 overlap"]);
    assert_eq!(pairings("A,L1,T1,,\nB,L1,T2,,\nC,L1,T1,2020-01-01,\n"), ["pairings:4:1 overlap"]);
    // The policy is in force from 2015-07-21: before that day an open beginning has no days.
    assert_eq!(pairings("A,L1,T1,2010-01-01,2015-07-20\nB,L1,T1,,\n"), Vec::<String>::new());
    assert_eq!(pairings("A,L1,T1,2010-01-01,2015-07-21\nB,L1,T1,,\n"), ["pairings:3:1 overlap"]);
    assert_eq!(pairings("A,L1,T1,x,\nB,L1,T1,,\n"), ["pairings:2:from malformed-date"]);
}

#[test]
fn a_refused_policy_leaves_what_does_not_need_it() {
    let folder = folder(&[
        ("leaders", "id,unit,group\nL1,9,z\n"),
        TALENTS,
        ("pairings", "id,leader,talent,from\nA,L1,T1,\nB,L1,T1,2020-01-01\nC,L1,T1,2021-01-01\n"),
        ("reports", "id,unit,form\nA,u,g\n"),
        ("exemptions", "rule,subject\nx,y\n"),
        ("units", "code,level\n"),
    ]);
    assert_eq!(places(read(&folder, Reading::default())), ["pairings:4:1 overlap"]);
}

#[test]
fn an_import_takes_unknown_words_over_and_knows_recorded_rows() {
    let policy = policy();
    let recorded = Pairing {
        id: "P0".to_owned(),
        leader: "L1".to_owned(),
        talent: "T1".to_owned(),
        ..Pairing::default()
    };
    let known = Known {
        leaders: ["L1".to_owned()].into(),
        talents: ["T1".to_owned()].into(),
        pairings: vec![recorded],
        ..Known::default()
    };
    let reading = Reading { policy: Some(&policy), strictness: Strictness::Import, known: Some(&known) };
    let taken =
        read(&folder(&[("contacts", "id,pairing,date,mode\nC,P0,2016-01-02,信\n")]), reading).unwrap();
    assert_eq!(taken.facts.contacts[0].mode.as_deref(), Some("信"));
    assert_eq!(taken.warnings.len(), 1);
    let overlapping = folder(&[("pairings", "id,leader,talent\nP1,L1,T1\n")]);
    assert_eq!(places(read(&overlapping, reading)), ["pairings:2:1 overlap-known"]);
    assert!(read(&folder(&[("pairings", "id,leader,talent\nP0,L1,T1\n")]), reading).is_ok());
}
