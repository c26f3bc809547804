//! Policy files: what is taken, and each fault with its line and column.

use super::*;
use crate::calendar::Calendar;
use std::collections::BTreeMap;

/// Files beside the policy under test.
struct Folder(BTreeMap<&'static str, String>);

impl Beside for Folder {
    fn bytes(&self, id: &str) -> Option<Vec<u8>> {
        self.0.get(id).map(|text| text.clone().into_bytes())
    }
}

fn read(text: &str) -> Result<Policy, Vec<Fault>> {
    read_beside(text, &[])
}

fn read_beside(text: &str, beside: &[(&'static str, &str)]) -> Result<Policy, Vec<Fault>> {
    let folder = Folder(beside.iter().map(|(id, text)| (*id, (*text).to_owned())).collect());
    let source = Source { file: "p.toml".to_owned(), bytes: text.into() };
    parse(&source, &folder, Calendar::shipped())
}

fn places(result: Result<Policy, Vec<Fault>>) -> Vec<String> {
    let faults = result.err().unwrap_or_default();
    faults
        .iter()
        .map(|fault| format!("{}:{}:{} {}", fault.file, fault.line, fault.column, fault.told_key()))
        .collect()
}

impl Fault {
    fn told_key(&self) -> &'static str {
        crate::texts::Told::key(self).trim_start_matches("policy-")
    }
}

const HEAD: &str = "[policy]\nid = \"p\"\ntitle = \"t\"\neffective = 2015-07-21\nunit = \"430981000000\"\n";

const WORDS: &str = "[vocabulary]
groups = { a = \"甲\", b = \"乙\" }
categories = { expert = \"专家\" }
modes = { talk = \"谈\", visit = \"访\" }
visiting = [\"visit\"]
activities = { study = \"学\" }
events = { honour = \"荣誉\" }
case-classes = { general = \"一般\" }
festivals = { \"春节\" = \"holiday:春节\", \"教师节\" = \"09-10\" }
[[form]]
id = \"f\"
title = \"t\"
clause = \"c\"
per = \"contact\"
columns = [\"姓名 = leader.name\"]
";

/// A rule that begins on line 22, its parameters on line 26.
fn rule(kind: &str, parameters: &str) -> String {
    let parameters = parameters.replace("; ", "\n");
    format!(
        "{HEAD}\n{WORDS}[[rule]]\nid = \"r\"\ntitle = \"t\"\nclause = \"c\"\nkind = \"{kind}\"\n{parameters}\n"
    )
}

#[test]
fn every_kind_is_read_with_its_parameters() {
    for (kind, parameters) in [
        ("pairing-quota", "min = 0; max = 0; group = \"a\"; categories = [\"expert\"]; per = \"talent\""),
        ("pairing-quota", "min = 36500; max = 36500; grace_days = 36500"),
        (
            "contact-frequency",
            "min = 1; period = \"half\"; per = \"leader\"; modes = [\"talk\"]; initiated_by = \"leader\"",
        ),
        ("occasion-visit", "festivals = [\"春节\"]; before_days = 7; within_days = -7"),
        ("occasion-visit", "events = [\"honour\"]; within_days = 0"),
        (
            "activity-set",
            "activities = [\"study\"]; period = \"year\"; levels = [\"village\"]; having = \"talents\"",
        ),
        (
            "service-frequency",
            "activity = \"study\"; min = 1; period = \"year\"; per = \"unit\"; levels = [\"county\"]",
        ),
        (
            "service-frequency",
            "activity = \"study\"; min = 1; period = \"month\"; per = \"talent\"; partial = \"full\"",
        ),
        ("service-frequency", "activity = \"study\"; period = \"once\"; per = \"talent\"; days = 0"),
        (
            "case-deadline",
            "case_classes = [\"general\"]; from = \"received\"; to = \"fed-back\"; working_days = 1",
        ),
        (
            "case-deadline",
            "from = \"delivered\"; to = \"answered\"; months = 1; roll = \"none\"; interim = true",
        ),
        ("report-due", "form = \"f\"; cadence = \"half\"; due = \"07-01\""),
        ("report-due", "form = \"f\"; cadence = \"quarter\"; due = \"10-01\""),
        ("report-due", "form = \"f\"; cadence = \"month\"; due = \"12-01\""),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = \"02-29\""),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = \"+36500d\""),
        ("report-due", "form = \"f\"; cadence = \"once\"; due = \"2015-07-21\""),
        ("event-report", "days = 0; roll = \"next-working-day\""),
        ("pairing-term", "years = 1; cycle_from = 1900-01-01"),
        ("pairing-term", "years = 1; cycle_from = 2199-12-31"),
        ("pairing-handover", "days = 1; successor = true"),
        ("liaison-named", ""),
        ("roster-review", "period = \"year\""),
        ("category-coverage", "categories = [\"expert\"]; aim = true; levels = [\"county\", \"city\"]"),
    ] {
        let read = read(&rule(kind, parameters));
        assert_eq!(places(read.clone()), Vec::<String>::new(), "{kind} {parameters}");
        let policy = read.unwrap();
        assert_eq!(policy.rules[0].asks.kind().word(), kind);
        let source = Source { file: "flat".to_owned(), bytes: policy.to_toml().into_bytes() };
        assert_eq!(parse_flattened(&source, Calendar::shipped()), Ok(policy), "{kind} {parameters}");
    }
}

#[test]
fn a_parameter_that_does_not_fit_is_refused_at_its_place() {
    for (kind, parameters, expected) in [
        ("pairing-quota", "", "22:1 missing-key"),
        ("pairing-quota", "min = -1", "27:7 out-of-range"),
        ("pairing-quota", "min = 36501", "27:7 out-of-range"),
        ("pairing-quota", "min = 1.0", "27:7 wrong-type"),
        ("pairing-quota", "min = 2; max = 1", "28:1 max-below-min"),
        ("pairing-quota", "max = 1; min = 2", "28:1 max-below-min"),
        ("pairing-quota", "min = 0; max = -1", "28:1 max-below-min"),
        ("pairing-quota", "max = 36501; min = 0", "27:7 out-of-range"),
        ("pairing-quota", "min = 0x7FFFFFFFFFFFFFFF", "27:7 out-of-range"),
        ("pairing-quota", "min = 0; grace_days = -1", "28:14 out-of-range"),
        ("pairing-term", "years = 0", "27:9 out-of-range"),
        ("pairing-term", "years = 36501", "27:9 out-of-range"),
        ("case-deadline", "from = \"received\"; to = \"answered\"; months = 0", "29:10 out-of-range"),
        ("event-report", "days = -1", "27:8 out-of-range"),
        ("roster-review", "period = \"year\"; min = 0", "28:7 out-of-range"),
        ("pairing-quota", "min = 1; categories = []", "28:14 empty-list"),
        ("pairing-quota", "min = 1; categories = [\"expert\", \"expert\"]", "28:25 repeated"),
        ("pairing-quota", "min = 1; categories = [\"other\"]", "28:15 not-in-vocabulary"),
        ("pairing-quota", "min = 1; group = \"c\"", "28:9 not-in-vocabulary"),
        ("pairing-quota", "min = 1; per = \"unit\"", "28:7 unknown-word"),
        ("pairing-quota", "min = 1; level = 1", "28:1 unknown-key"),
        ("contact-frequency", "min = 0; period = \"year\"", "27:7 out-of-range"),
        ("contact-frequency", "min = 1; period = \"yearly\"", "28:10 unknown-word"),
        ("contact-frequency", "min = 1; period = \"year\"; modes = [\"talk\", 1]", "29:18 wrong-type"),
        ("contact-frequency", "min = 1; period = \"year\"; initiated_by = [\"leader\"]", "29:16 wrong-type"),
        ("occasion-visit", "within_days = 1", "22:1 missing-one-of"),
        ("occasion-visit", "events = [\"honour\"]; within_days = -1", "28:1 within-before-start"),
        (
            "occasion-visit",
            "events = [\"honour\"]; within_days = -8; before_days = 7",
            "29:1 within-before-start",
        ),
        ("service-frequency", "activity = \"study\"; period = \"year\"; per = \"unit\"", "22:1 missing-key"),
        ("service-frequency", "activity = \"study\"; period = \"year\"; min = 1", "22:1 missing-key"),
        (
            "service-frequency",
            "activity = \"study\"; period = \"once\"; per = \"talent\"",
            "22:1 missing-key",
        ),
        (
            "service-frequency",
            "activity = \"study\"; period = \"once\"; per = \"unit\"; days = 1",
            "29:1 not-together",
        ),
        (
            "service-frequency",
            "activity = \"study\"; min = 1; period = \"once\"; per = \"talent\"; days = 1",
            "29:1 not-together",
        ),
        (
            "service-frequency",
            "activity = \"study\"; min = 1; period = \"year\"; per = \"talent\"; levels = [\"city\"]",
            "31:1 not-together",
        ),
        ("case-deadline", "from = \"answered\"; to = \"answered\"; days = 1", "28:1 steps-backwards"),
        ("case-deadline", "from = \"received\"; to = \"answered\"", "22:1 missing-one-of"),
        (
            "case-deadline",
            "from = \"received\"; to = \"answered\"; months = 1; days = 1",
            "30:1 not-together",
        ),
        (
            "case-deadline",
            "from = \"received\"; to = \"answered\"; roll = \"none\"; working_days = 1",
            "30:1 not-together",
        ),
        ("case-deadline", "from = \"received\"; to = \"answered\"; working_days = 0", "29:16 out-of-range"),
        ("event-report", "months = 1", "22:1 missing-one-of|27:1 unknown-key"),
        ("report-due", "form = \"g\"; cadence = \"year\"; due = \"+1d\"", "27:8 unknown-form"),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = 2015-07-21", "29:7 wrong-type"),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = \"+36501d\"", "29:7 out-of-range"),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = \"2-28\"", "29:7 malformed-due"),
        ("report-due", "form = \"f\"; cadence = \"half\"; due = \"06-30\"", "29:1 due-before-period"),
        ("report-due", "form = \"f\"; due = \"11-30\"; cadence = \"month\"", "29:1 due-before-period"),
        ("report-due", "form = \"f\"; cadence = \"year\"; due = \"2016-01-01\"", "29:1 due-against-cadence"),
        ("report-due", "form = \"f\"; cadence = \"once\"; due = \"+1d\"", "29:1 due-against-cadence"),
        ("report-due", "form = \"f\"; cadence = \"once\"; due = \"2015-07-20\"", "29:1 due-before-effective"),
        ("report-due", "form = \"f\"; cadence = \"once\"; due = \"2200-01-01\"", "29:7 date-out-of-range"),
        ("pairing-term", "years = 1; cycle_from = \"2015-01-01\"", "28:14 wrong-type"),
        ("pairing-term", "years = 1; cycle_from = 1899-12-31", "28:14 date-out-of-range"),
        ("pairing-term", "years = 1; cycle_from = 2200-01-01", "28:14 date-out-of-range"),
        ("pairing-handover", "days = 0", "27:8 out-of-range"),
        ("liaison-named", "levels = [\"县\"]", "27:11 unknown-word"),
        ("liaison-named", "assumed_keys = [\"grace_days\"]", "27:1 only-beside"),
        ("liaison-named", "assumed = \"x\"; assumed_keys = [\"min\"]", "28:17 not-a-parameter"),
        ("liaison-named", "assumed = \"\"", "27:11 empty-text"),
        ("category-coverage", "categories = [\"expert\"]; aim = 1", "28:7 wrong-type"),
    ] {
        let found = places(read(&rule(kind, parameters)));
        let expected: Vec<String> = expected.split('|').map(|place| format!("p.toml:{place}")).collect();
        assert_eq!(found, expected, "{kind} {parameters}");
    }
}

#[test]
fn a_fault_outside_rules_stands_at_its_place() {
    let with = |more: &str| format!("{HEAD}{more}");
    for (text, expected) in [
        (String::new(), vec!["1:1 no-table"]),
        ("policy = 3".to_owned(), vec!["1:10 wrong-type"]),
        ("[policy]".to_owned(), vec!["1:1 missing-key"; 4]),
        (with("document = \"\""), vec!["6:12 empty-text"]),
        (with("issued = 2015-07-21T00:00:00"), vec!["6:10 wrong-type"]),
        (with("issued = \"2015-07-21\""), vec!["6:10 wrong-type"]),
        (with("until = 2015-07-20"), vec!["6:1 until-before-effective"]),
        (with("until = 2015-07-21"), vec![]),
        (with("Until = 2015-07-21"), vec!["6:1 unknown-key"]),
        (with("drop = [\"r\"]"), vec!["6:9 unknown-dropped"]),
        (with("[other]"), vec!["6:2 unknown-key"]),
        (with("[rule]"), vec!["6:1 wrong-type"]),
        (with("[vocabulary]\ngroup = {}"), vec!["7:1 unknown-key"]),
        (with("[vocabulary]\ngroups = []"), vec!["7:10 wrong-type"]),
        (with("[vocabulary]\nmodes = { a = 1 }"), vec!["7:15 wrong-type"]),
        (with("[vocabulary]\nmodes = { a = \"x\", b = \"x\" }"), vec!["7:20 title-twice"]),
        (with("[vocabulary]\nmodes = { a = \"b\", b = \"x\" }"), vec!["7:20 title-is-key"]),
        (with("[vocabulary]\nmodes = { a = \"x\", b = \"a\" }"), vec!["7:20 title-is-key"]),
        (with("[vocabulary]\nmodes = { a = \"a\" }"), vec![]),
        (with("[vocabulary]\nmodes = { a = \"x；y\" }"), vec!["7:15 unfit-word"]),
        (with("[vocabulary]\nmodes = { \"a;\" = \"x\" }"), vec!["7:11 unfit-word"]),
        (with("[vocabulary]\nmodes = { a = \"x　\" }"), vec!["7:15 unfit-word"]),
        (with("[vocabulary]\nvisiting = [\"a\"]"), vec!["7:13 not-in-vocabulary"]),
        (with("[vocabulary]\nvisiting = []"), vec!["7:12 empty-list"]),
        (with("[vocabulary]\nfestivals = { a = \"holiday:春天\" }"), vec!["7:19 unknown-holiday"]),
        (with("[vocabulary]\nfestivals = { a = \"holiday:中秋节;国庆节\" }"), vec!["7:19 unknown-holiday"]),
        (with("[vocabulary]\nfestivals = { a = \"02-30\" }"), vec!["7:19 malformed-festival"]),
        (with("[vocabulary]\nfestivals = { a = \"02-29\", b = \"02-29\" }"), vec![]),
        (
            with("[[rule]]\nid = \"R\"\ntitle = \"t\"\nclause = \"c\"\nkind = \"x\""),
            vec!["7:6 malformed-id", "10:8 unknown-word"],
        ),
        (with("[[rule]]\ntitle = \"t\"\nclause = \"c\"\nkind = \"liaison-named\""), vec!["6:1 missing-key"]),
        (
            with(
                &"[[rule]]\nid = \"r\"\ntitle = \"t\"\nclause = \"c\"\nkind = \"liaison-named\"\n".repeat(2),
            ),
            vec!["12:6 repeated"],
        ),
        (
            with(
                "[[rule]]\nid=\"r\"\ntitle=\"t\"\nclause=\"c\"\nkind=\"occasion-visit\"\nevents=[\"e\"]\nwithin_days=1\n[vocabulary]\nevents={e=\"x\"}",
            ),
            vec!["6:1 no-visiting"],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|place| format!("p.toml:{place}")).collect();
        assert_eq!(places(read(&text)), expected, "{text}");
    }
}

#[test]
fn a_column_has_a_heading_and_a_source() {
    let form = |columns: &str| {
        format!(
            "{HEAD}[[form]]\nid = \"f\"\ntitle = \"t\"\nclause = \"c\"\nper = \"unit\"\ncolumns = [{columns}]\n"
        )
    };
    for (columns, expected) in [
        (r#""备注 =""#, ""),
        (
            r#""甲｜乙 = leader.unit+post", "talent.count", "'经办人（签字）： 日期：'", "a=b = unit.name""#,
            "",
        ),
        (r#""a =", "b =", "a = leader.name""#, ""),
        (r#""a = leader.name", "a=leader.name""#, "11:31 column-twice"),
        (r#""= leader.name""#, "11:12 no-heading"),
        (r#""备注""#, "11:12 malformed-source"),
        (r#""a = leader.unit + post""#, "11:12 space-in-source"),
        (r#""a = leader.职务""#, "11:12 unknown-field"),
        (r#""a = leader.title""#, "11:12 unknown-field"),
        (r#""a = event.kind""#, "11:12 malformed-source"),
        (r#""a = 'x""#, "11:12 malformed-source"),
        (r#""a = leader.""#, "11:12 unknown-field"),
        (r#""a =", """#, "11:19 empty-text"),
    ] {
        let expected: Vec<String> = Some(expected)
            .filter(|place| !place.is_empty())
            .map(|place| format!("p.toml:{place}"))
            .into_iter()
            .collect();
        assert_eq!(places(read(&form(columns))), expected, "{columns}");
    }
}

#[test]
fn a_syntax_fault_stands_alone() {
    assert_eq!(places(read("[policy]\nid = \"P\"\nid = \"p\"\n")), ["p.toml:3:1 syntax"]);
    assert_eq!(places(read("[policy\n")), ["p.toml:1:8 syntax"]);
}

#[test]
fn a_bom_is_accepted_and_other_encodings_are_not() {
    assert!(read(&format!("\u{feff}{HEAD}")).is_ok());
    let source = Source { file: "p.toml".to_owned(), bytes: b"a = 1\nb = \"\xC4\xE3\"".to_vec() };
    assert_eq!(places(parse(&source, &Alone, Calendar::shipped())), ["p.toml:2:6 not-utf8"]);
}

const PARENT: &str = "[policy]
id = \"base\"
title = \"base\"
effective = 2000-01-01
unit = \"430000000000\"
document = \"1\"
[vocabulary]
groups = { a = \"甲\", b = \"乙\" }
modes = { visit = \"访\" }
visiting = [\"visit\"]
[[rule]]
id = \"one\"
title = \"t\"
clause = \"c\"
kind = \"pairing-quota\"
min = 1
[[rule]]
id = \"two\"
title = \"t\"
clause = \"c\"
kind = \"liaison-named\"
";

#[test]
fn an_extended_policy_gives_words_rules_and_forms() {
    let child = format!(
        "{HEAD}extends = \"base\"\ndrop = [\"two\"]\n[vocabulary]\ngroups = {{ c = \"丙\", a = \"甲改\" }}\n\
         [[rule]]\nid = \"one\"\ntitle = \"new\"\nclause = \"c\"\nkind = \"pairing-quota\"\nmin = 2\ngroup = \"b\"\n"
    );
    let policy = read_beside(&child, &[("base", PARENT)]).unwrap();
    assert_eq!(policy.document, None);
    assert_eq!(policy.vocabulary.groups.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(policy.vocabulary.groups.title("a"), Some("甲改"));
    assert_eq!(policy.vocabulary.visiting, ["visit"]);
    assert_eq!(policy.rules.len(), 1);
    assert_eq!(policy.rules[0].title, "new");
}

#[test]
fn faults_of_extended_policies_are_told_under_their_names() {
    let child = |more: &str| format!("{HEAD}extends = \"base\"\nfoo = 1\n{more}");
    assert_eq!(places(read(&child(""))), ["base.toml:1:1 no-such"]);
    let bad = PARENT.replace("min = 1", "min = 0\nx = 1").replace("id = \"base\"", "id = \"other\"");
    assert_eq!(
        places(read_beside(&child(""), &[("base", &bad)])),
        ["base.toml:2:6 wrong-id", "base.toml:17:1 unknown-key"]
    );
    assert_eq!(places(read_beside(&child("a = "), &[("base", &bad)])), ["p.toml:8:5 syntax"]);
    assert_eq!(places(read_beside(&child(""), &[("base", PARENT)])), ["p.toml:7:1 unknown-key"]);
}

#[test]
fn a_circle_is_told_at_the_first_extends() {
    let child = format!("{HEAD}extends = \"base\"\n");
    let base = PARENT.replace("document", "extends = \"p\"\ndocument");
    assert_eq!(places(read_beside(&child, &[("base", &base), ("p", &child)])), ["p.toml:6:1 circle"]);
    let itself = PARENT.replace("document", "extends = \"base\"\ndocument");
    assert_eq!(places(read_beside(&child, &[("base", &itself)])), ["p.toml:6:1 circle"]);
}

#[test]
fn a_word_that_clashes_with_an_inherited_one_is_refused() {
    let child = format!("{HEAD}extends = \"base\"\n[vocabulary]\ngroups = {{ c = \"甲\", d = \"b\" }}\n");
    assert_eq!(
        places(read_beside(&child, &[("base", PARENT)])),
        ["p.toml:8:12 title-twice", "p.toml:8:21 title-is-key"]
    );
}

#[test]
fn every_fault_has_words_in_both_languages() {
    use crate::texts::{Language, Told};
    let faults = read(&rule("pairing-quota", "mim = 1")).unwrap_err();
    assert_eq!(faults[1].located(Language::English), "p.toml:27:1: unknown key “mim”; did you mean “min”?");
    assert_eq!(faults[1].tell(Language::Chinese), "不认识的键“mim”；是不是“min”？");
}

#[test]
fn a_flattened_policy_reads_as_itself() {
    let parent = PARENT.replace("[[rule]]\nid = \"two\"", &format!(
        "{}[[rule]]\nid = \"late\"\ntitle = \"\\\"\\\\ \\u0001\"\nclause = \"一\\n二\"\nkind = \"report-due\"\n\
         form = \"f\"\ncadence = \"once\"\ndue = \"2002-08-31\"\n[[rule]]\nid = \"two\"",
        "[[form]]\nid = \"f\"\ntitle = \"t\"\nclause = \"c\"\nper = \"case\"\nlayout = \"sheet\"\ncolumns = [\"甲｜乙 = case.id\", \"备注 =\"]\n"
    ));
    let policy = read_beside(&format!("{HEAD}extends = \"base\"\n"), &[("base", &parent)]).unwrap();
    let source = Source { file: "flat".to_owned(), bytes: policy.to_toml().into_bytes() };
    assert_eq!(parse_flattened(&source, Calendar::shipped()).as_ref(), Ok(&policy));
    assert_eq!(
        places(parse(&source, &Alone, Calendar::shipped())).len(),
        1,
        "the due date lies before effective"
    );
    assert_eq!(policy.digest(), policy.clone().digest());
}

#[test]
fn a_flattened_policy_extends_nothing() {
    let bytes = format!("{HEAD}extends = \"base\"\n").into_bytes();
    let source = Source { file: "flat".to_owned(), bytes };
    assert_eq!(places(parse_flattened(&source, Calendar::shipped())), ["flat:6:1 unknown-key"]);
}

#[test]
fn a_fault_is_shown_with_an_arrow() {
    let text = format!("{HEAD}office = \"\"\n");
    let faults = read(&text).unwrap_err();
    let shown = faults[0].shown(&text, crate::texts::Language::English);
    assert_eq!(shown[1..], ["office = \"\"", "         ^^"]);
}

proptest::proptest! {
    #[test]
    fn garbage_is_refused_but_never_a_panic(
        lines in proptest::collection::vec(proptest::sample::select(rule("pairing-quota", "min = 1")
            .lines().chain(["[", "]", "a.b = 1", "id", "= 2", "[[rule]]", "kind = \"x\"", "\"\"\"", "[policy.x]", "per = [1, {}]"])
            .map(str::to_owned).collect::<Vec<_>>()), 0..40),
        cut in 0..2_000_usize,
    ) {
        let text = lines.join("\n");
        let bytes = text.as_bytes()[..cut.min(text.len())].to_vec();
        let source = Source { file: "p.toml".to_owned(), bytes };
        if let Err(faults) = parse(&source, &Alone, Calendar::shipped()) {
            for fault in faults {
                let _ = fault.shown(&String::from_utf8_lossy(&source.bytes), crate::texts::Language::Chinese);
            }
        }
    }
}
