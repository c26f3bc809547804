//! The places of the quick start name only units, policies and groups that are there.

use chrono::NaiveDate;
use std::collections::BTreeMap;
use toml::{Table, Value};
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::directory::{Difference, Directory, read_snapshot};
use zhuji_protocol::policy::{Alone, Policy, Source, builtin, parse};
use zhuji_protocol::unit::UnitId;

const PLACES: [(&str, &str, &[u8]); 3] = [
    (
        "meijia",
        include_str!("../../deploy/places/meijia.toml"),
        include_bytes!("../../deploy/places/meijia.csv"),
    ),
    (
        "laibin",
        include_str!("../../deploy/places/laibin.toml"),
        include_bytes!("../../deploy/places/laibin.csv"),
    ),
    (
        "chongqing",
        include_str!("../../deploy/places/chongqing.toml"),
        include_bytes!("../../deploy/places/chongqing.csv"),
    ),
];

fn rows<'a>(place: &'a Table, kind: &str) -> Vec<&'a Table> {
    let rows = place.get(kind).and_then(Value::as_array).expect("is a list of tables");
    rows.iter().filter_map(Value::as_table).collect()
}

fn unit(row: &Table, key: &str) -> UnitId {
    row.get(key).and_then(Value::as_str).expect("is there").parse().expect("is a unit id")
}

fn directory(bytes: &[u8]) -> Directory {
    let rows = read_snapshot(bytes, &Directory::default()).expect("is without fault");
    Directory::new(Difference::between(&Directory::default(), rows, None).entries)
}

fn policy(row: &Table) -> Policy {
    let id = row.get("policy").and_then(Value::as_str).expect("is there");
    let source = Source { file: id.to_owned(), bytes: builtin::text(id).expect("is built in").into() };
    parse(&source, &Alone, Calendar::shipped()).expect("is without fault")
}

#[test]
fn every_unit_of_a_place_is_in_its_divisions_and_the_topmost_hub_covers_it() {
    for (name, text, divisions) in PLACES {
        let place: Table = text.parse().expect("is TOML");
        let directory = directory(divisions);
        assert_eq!(directory.faults(), [], "{name}");
        let hubs: Vec<UnitId> = rows(&place, "hub").into_iter().map(|row| unit(row, "unit")).collect();
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("is a day");
        for row in ["hub", "node", "assign"].into_iter().flat_map(|kind| rows(&place, kind)) {
            let unit = unit(row, "unit");
            assert!(directory.covers_on(&hubs[0], &unit, today), "{name}: {unit}");
        }
        for row in rows(&place, "assign") {
            // Only the nearest hub at or above a unit may write its assignment.
            let chain = directory.chain_on(&unit(row, "unit"), today);
            let nearest = chain.iter().find(|above| hubs.contains(above));
            assert_eq!(nearest, Some(&unit(row, "by")), "{name}");
            assert_eq!(policy(row).unit, unit(row, "unit").to_string(), "{name}");
        }
    }
}

#[test]
fn leaders_are_in_groups_of_the_policy_that_reaches_them() {
    for (name, text, divisions) in PLACES {
        let place: Table = text.parse().expect("is TOML");
        let directory = directory(divisions);
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("is a day");
        let assigned: BTreeMap<UnitId, Policy> =
            rows(&place, "assign").into_iter().map(|row| (unit(row, "unit"), policy(row))).collect();
        for node in rows(&place, "node") {
            let unit = unit(node, "unit");
            let policy = directory.chain_on(&unit, today).iter().find_map(|above| assigned.get(above));
            for group in node.get("groups").and_then(Value::as_array).into_iter().flatten() {
                let known = group.as_str().zip(policy).is_some_and(|(key, of)| of.vocabulary.groups.has(key));
                assert!(known, "{name}: {unit} names {group}");
            }
        }
    }
}
