//! Every demand of the five documents, held against the built-in policies: a rule that is removed, added or changed
//! in a figure, a clause or its assumption fails here, with the row of the document that it belongs to.

mod rows;
mod said;

use rows::{ROWS, Row};
use std::collections::BTreeSet;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::policy::{Alone, Policy, Source, builtin, parse};

/// The five documents' policies, and those that show how one builds on another.
const OWN: [&str; 5] = ["yuanjiang-2015", "meijia-2023", "nanhai-2018", "laibin", "chongqing-2002"];
const DERIVED: [(&str, &str); 3] = [
    ("meijia-dayantang", "meijia-2023"),
    ("laibin-xiangzhou", "laibin"),
    ("chongqing-wanzhou", "chongqing-2002"),
];

fn policy(id: &str) -> Policy {
    let source = Source { file: id.to_owned(), bytes: builtin::text(id).expect("is built in").into() };
    parse(&source, &Alone, Calendar::shipped()).expect("is without fault")
}

/// What a policy says, in the words of the table.
fn says(policy: &Policy) -> BTreeSet<String> {
    let rules = policy.rules.iter().map(said::rule);
    let forms = policy.forms.iter().map(said::form);
    let words = said::vocabularies(&policy.vocabulary)
        .into_iter()
        .flat_map(|(name, keys)| keys.into_iter().map(move |key| format!("{name}: {key}")));
    rules.chain(forms).chain(words).collect()
}

/// The lines of a row, with a vocabulary's keys one by one.
fn lines(row: &Row) -> Vec<String> {
    row.expressed
        .iter()
        .flat_map(|line| match line.split_once(": ") {
            Some((name, keys)) if !name.contains(' ') => {
                keys.split(' ').map(|key| format!("{name}: {key}")).collect::<Vec<_>>()
            }
            _ => vec![(*line).to_owned()],
        })
        .collect()
}

#[test]
fn every_row_of_every_document_is_here() {
    let counts = [('Y', 11), ('M', 11), ('N', 11), ('L', 12), ('C', 11)];
    let mut expected: BTreeSet<String> = counts
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |row| format!("{letter}{row}")))
        .collect();
    expected.insert("C6b".to_owned());
    let found: BTreeSet<String> = ROWS.iter().map(|row| row.id.to_owned()).collect();
    assert_eq!(found, expected);
    for row in ROWS {
        assert!(!row.expressed.is_empty() || !row.elsewhere.is_empty(), "{} says nothing", row.id);
    }
}

#[test]
fn what_a_row_demands_is_in_its_policy() {
    for row in ROWS {
        let says = says(&policy(row.policy));
        for line in lines(row) {
            match line.strip_prefix("without ") {
                Some(rule) => {
                    let dropped = !policy(row.policy).rules.iter().any(|known| known.id == rule);
                    assert!(dropped, "{}: {} still has {rule}", row.id, row.policy);
                }
                None => assert!(says.contains(&line), "{}: {} lacks\n  {line}", row.id, row.policy),
            }
        }
    }
}

#[test]
fn nothing_is_in_a_policy_that_no_row_demands() {
    let demanded = |id: &str| -> BTreeSet<String> {
        ROWS.iter().filter(|row| row.policy == id).flat_map(lines).collect()
    };
    for id in OWN {
        let more: Vec<String> = says(&policy(id)).difference(&demanded(id)).cloned().collect();
        assert_eq!(more, Vec::<String>::new(), "{id} says more than its document");
    }
    for (id, parent) in DERIVED {
        let known: BTreeSet<String> = says(&policy(parent)).union(&demanded(id)).cloned().collect();
        let more: Vec<String> = says(&policy(id)).difference(&known).cloned().collect();
        assert_eq!(more, Vec::<String>::new(), "{id} says more than its parent and its row");
    }
    assert_eq!(builtin::ids().count(), OWN.len() + DERIVED.len());
}

#[test]
fn a_chosen_figure_says_what_the_document_says() {
    for id in builtin::ids() {
        let policy = policy(id);
        let reasons = policy.rules.iter().filter_map(|rule| rule.assumed.as_deref());
        let reasons = reasons.chain(policy.forms.iter().filter_map(|form| form.assumed.as_deref()));
        for reason in reasons.chain(policy.assumed.as_deref()) {
            let names_its_source = ["文件", "公开文本", "市级方案", "乡级制度", "市级通知", "没有找到"];
            assert!(names_its_source.iter().any(|word| reason.contains(word)), "{id}: {reason}");
        }
    }
}

/// The registration form of Yuanjiang is complete in its document, and is printed as it stands there.
#[test]
fn the_registration_form_of_yuanjiang_is_the_documents() {
    let policy = policy("yuanjiang-2015");
    let form = policy.forms.iter().find(|form| form.id == "registration").expect("is there");
    let headings: Vec<String> = form
        .columns
        .iter()
        .map(|column| {
            let heading = column.heading.clone().unwrap_or_default();
            column.group.as_ref().map_or(heading.clone(), |group| format!("{group}｜{heading}"))
        })
        .collect();
    assert_eq!(
        headings,
        [
            "市级领导基本情况｜姓名",
            "市级领导基本情况｜性别",
            "市级领导基本情况｜所在单位及职务",
            "市级领导基本情况｜联系电话",
            "人才基本情况｜姓名",
            "人才基本情况｜性别",
            "人才基本情况｜所在单位及职务（职称）",
            "人才基本情况｜联系电话",
            "联系方式",
            "联系内容",
            "备注",
        ]
    );
    assert_eq!(
        form.note.as_deref(),
        Some("注：此表由记录人员填写后，交本单位联络员汇总，每半年向市委组织部呈报一次。")
    );
    assert_eq!(form.assumed, None);
    let modes: Vec<&str> = policy.vocabulary.modes.0.iter().map(|word| word.title.as_str()).collect();
    assert_eq!(modes, ["双向约谈", "走访慰问", "电话邮件", "调研", "其它"]);
    assert_eq!(policy.office.as_deref(), Some("市人才办"));
}

#[test]
fn the_documents_own_reservations_stay_in_the_titles() {
    for (id, rule, word) in [
        ("meijia-2023", "two-year-list", "原则上"),
        ("nanhai-2018", "member-units-interviews", "原则上"),
        ("laibin", "six-teams", "力争"),
        ("laibin", "yearly-adjustment", "原则上"),
        ("chongqing-2002", "two-year-term", "一般"),
    ] {
        let policy = policy(id);
        let rule = policy.rules.iter().find(|known| known.id == rule).expect("is there");
        assert!(rule.title.contains(word), "{id} {}: {}", rule.id, rule.title);
    }
}

/// No vocabulary names anybody's views; what is recorded is what was told, asked for and given.
#[test]
fn no_word_records_anybodys_views() {
    for id in builtin::ids() {
        let text = builtin::text(id).expect("is built in");
        let said: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for word in ["思想", "意识形态", "立场", "观点", "政治"] {
            assert!(said.iter().all(|line| !line.contains(word)), "{id} says {word}");
        }
    }
}
