//! The facts folder: in without a fault or not at all, out without loss.

use crate::support::{Office, TODAY};
use std::fs;
use std::path::Path;

fn write(folder: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("written");
    }
}

fn small_folder(office: &Office) -> String {
    let folder = office.path("facts");
    write(
        &folder,
        &[
            ("leaders.csv", "编号,姓名,类别,起\nL1,王伟,leadership,2016-01-01\n"),
            ("talents.csv", "id,name,categories,from\nT1,李文华,expert,2016-01-01\n"),
            ("pairings.csv", "id,leader,talent,from\nP1,L1,T1,2016-02-01\n"),
            ("contacts.csv", "id,pairing,date,mode\nC1,P1,2016-03-02,走访慰问\nC2,P1,2016-06-30,visit\n"),
            ("liaisons.csv", "unit,name,from\n430981000000,刘洋,2016-01-01\n"),
            ("reviews.csv", "unit,date\n430981000000,2016-05-01\n"),
            ("exemptions.csv", "rule,subject,reason\ntwo-talents,L1,新任\n"),
        ],
    );
    folder.display().to_string()
}

#[test]
fn the_same_folder_twice_changes_nothing() {
    let office = Office::new();
    let folder = small_folder(&office);
    office.does(&["import", &folder]);
    let entries = |office: &Office| office.lists(&["status"])[0]["entries"].clone();
    let before = entries(&office);
    for row in office.lists(&["import", &folder]) {
        assert_eq!((&row["added"], &row["changed"]), (&0.into(), &0.into()), "{row}");
    }
    assert_eq!(entries(&office), before);
    assert!(office.does(&["verify"]).contains("完整"));
}

#[test]
fn new_ids_go_on_after_those_of_a_folder() {
    let office = Office::new();
    office.does(&["import", &small_folder(&office)]);
    assert!(office.does(&["contact", "add", "-p", "P1"]).contains("C3"));
    assert!(office.does(&["contact", "add", "-p", "P1"]).contains("C4"));
}

#[test]
fn a_rehearsal_shows_what_would_change_and_changes_nothing() {
    let office = Office::new();
    let folder = small_folder(&office);
    office.does(&["import", &folder]);
    fs::write(
        office.path("facts/contacts.csv"),
        "id,pairing,date,mode\nC1,P1,2016-03-03,visit\nC3,P1,2016-07-01,\n",
    )
    .expect("written");
    let rows = office.lists(&["import", &folder, "--dry-run"]);
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["id"].as_str().unwrap_or_default(), row["effect"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told, [("C1", "changed"), ("C3", "added")]);
    assert_eq!(rows[0]["fields"], serde_json::json!(["date"]));
    assert_eq!(office.lists(&["contact", "list"]).len(), 2);
    office.does(&["import", &folder]);
    // What a folder lacks is kept: nothing is deleted silently.
    assert_eq!(office.lists(&["contact", "list"]).len(), 3);
}

#[test]
fn all_bad_rows_are_told_with_their_places_and_nothing_is_taken() {
    let office = Office::new();
    let folder = small_folder(&office);
    write(
        Path::new(&folder),
        &[
            ("contacts.csv", "id,pairing,date\nC1,P1,2016-06-31\nC2,P9,2016-03-02\n"),
            ("talents.csv", "编号,姓名\n,甲\n"),
        ],
    );
    let told = office.is_refused(&["import", &folder]);
    for place in ["talents.csv:2:编号: ", "contacts.csv:2:date: ", "contacts.csv:3:pairing: "] {
        assert!(told.contains(place), "{place} in {told}");
    }
    assert_eq!(office.lists(&["leader", "list"]).len(), 0);
}

#[test]
fn words_that_the_policy_lacks_are_taken_with_a_warning_and_become_a_to_do() {
    let office = Office::new();
    let folder = small_folder(&office);
    fs::write(office.path("facts/contacts.csv"), "id,pairing,date,mode\nC1,P1,2026-03-02,视频\n")
        .expect("written");
    let output = office.run(&["import", &folder]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("contacts.csv:2:mode"));
    let todo = office.lists(&["due"]).into_iter().find(|row| row["status"] == "unknown-word");
    assert_eq!(todo.map(|row| row["item"].clone()), Some("视频".into()));
}

#[test]
fn imported_history_moves_the_day_from_which_the_office_is_judged() {
    let office = Office::new();
    let folder = small_folder(&office);
    assert_eq!(office.lists(&["status"])[0]["since"], "2026-01-01");
    office.does(&["import", &folder]);
    assert_eq!(office.lists(&["status"])[0]["since"], "2016-01-01");
}

#[test]
fn what_stays_in_the_node_survives_an_import() {
    let office = Office::with_a_pairing();
    office.does(&["case", "add", "-t", "T1", "-d", "实验室用房", "--received", "2026-03-02"]);
    let folder = office.path("out").display().to_string();
    office.does(&["export", &folder]);
    let cases = fs::read_to_string(office.path("out/cases.csv")).expect("cases");
    assert!(!cases.contains("实验室"));
    fs::write(office.path("out/cases.csv"), cases.replace("2026-03-02", "2026-03-01")).expect("written");
    office.does(&["import", &folder]);
    let case = office.lists(&["case", "list"]).remove(0);
    assert_eq!((&case["received_on"], &case["demand"]), (&"2026-03-01".into(), &"实验室用房".into()));
}

#[test]
fn pairings_that_were_never_activated_stay_out_of_the_folder() {
    let office = Office::with_a_pairing();
    office.does(&["talent", "add", "--name", "陈静"]);
    office.does(&["pairing", "nominate", "-l", "L1", "-t", "T2"]);
    office.does(&["export", &office.path("out").display().to_string()]);
    let pairings = fs::read_to_string(office.path("out/pairings.csv")).expect("pairings");
    assert_eq!(pairings.lines().count(), 2, "{pairings}");
}

#[test]
fn tables_are_not_overwritten_unasked() {
    let office = Office::with_a_pairing();
    let folder = office.path("out").display().to_string();
    office.does(&["export", &folder]);
    assert!(office.is_refused(&["export", &folder]).contains("--replace"));
    office.does(&["export", &folder, "--replace"]);
}

#[test]
fn in_and_out_again_loses_nothing_that_is_judged() {
    for policy in ["yuanjiang-2015", "meijia-2023", "nanhai-2018", "laibin", "chongqing-2002"] {
        let office = Office::under(Some(policy));
        office.does(&["sample", "--leaders", "4"]);
        let first = office.path("first").display().to_string();
        office.does(&["export", &first]);
        let other = Office::under(Some(policy));
        other.does(&["import", &first]);
        let second = other.path("second").display().to_string();
        other.does(&["export", &second]);
        let judged = |folder: &str| {
            let words =
                ["evaluate", "--policy", policy, "--facts", folder, "--as-of", TODAY, "--format", "json"];
            office.does(&words)
        };
        assert_eq!(judged(&first), judged(&second), "{policy}");
        for file in fs::read_dir(&first).expect("a folder").flatten() {
            let again = Path::new(&second).join(file.file_name());
            assert_eq!(fs::read(file.path()).ok(), fs::read(again).ok(), "{policy} {:?}", file.file_name());
        }
    }
}

#[test]
fn what_is_due_is_what_a_dry_run_over_the_exported_folder_says() {
    let office = Office::new();
    office.does(&["sample", "--leaders", "4"]);
    let folder = office.path("out").display().to_string();
    office.does(&["export", &folder]);
    let words = ["evaluate", "--policy", "yuanjiang-2015", "--facts", &folder, "--as-of", TODAY];
    let window = ["--from", "2026-01-01", "--format", "json"];
    let answer: serde_json::Value =
        serde_json::from_str(&office.does(&[&words[..], &window[..]].concat())).expect("JSON");
    let verdicts = answer["verdicts"].as_array().expect("verdicts");
    // An office installed this year has no older debts, but what stands, stands since whenever.
    let standing = ["pairing-quota", "liaison-named", "category-coverage"];
    let kept = |verdict: &&serde_json::Value| {
        let kind = verdict["kind"].as_str().unwrap_or_default();
        standing.contains(&kind) || verdict["due"].as_str() >= Some("2026-01-01")
    };
    for row in office.lists(&["compliance"]) {
        for status in ["met", "late", "overdue", "pending", "exempt"] {
            let same =
                |verdict: &&serde_json::Value| verdict["rule"] == row["rule"] && verdict["status"] == status;
            let count = verdicts.iter().filter(kept).filter(same).count();
            assert_eq!(row[status], count, "{} {status}", row["rule"]);
        }
    }
}
