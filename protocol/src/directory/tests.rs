use super::*;
use crate::unit::Level;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn id(text: &str) -> UnitId {
    text.parse().expect("a unit id")
}

const CITY: &str = "511700000000";
const COUNTY: &str = "511723000000";
const OTHER: &str = "511724000000";
const TOWN: &str = "511723205000";

fn small() -> Directory {
    Directory::new([
        Entry::always(id(CITY), "达州市", Level::City, None),
        Entry::always(id(COUNTY), "开江县", Level::County, Some(id(CITY))),
        Entry::always(id(OTHER), "大竹县", Level::County, Some(id(CITY))),
        Entry::always(id(TOWN), "梅家乡", Level::Township, Some(id(COUNTY))),
    ])
}

fn moved(directory: &Directory, unit: &str, to: &str, on: &str) -> Entry {
    let mut entry = directory.get(&id(unit)).expect("known").clone();
    let mut attributes = entry.latest().expect("it has a span").clone();
    attributes.parent = Some(id(to));
    entry.change(day(on), attributes);
    entry
}

#[test]
fn a_month_counts_for_the_ancestors_on_the_units_last_valid_day() {
    let mut directory = small();
    directory.put(moved(&directory, TOWN, OTHER, "2026-03-15"));
    let month = |text: &str| Month::of(day(text));
    assert_eq!(directory.chain_in(&id(TOWN), month("2026-02-01")), [id(TOWN), id(COUNTY), id(CITY)]);
    assert_eq!(directory.chain_in(&id(TOWN), month("2026-03-01")), [id(TOWN), id(OTHER), id(CITY)]);
    assert!(directory.covers_on(&id(COUNTY), &id(TOWN), day("2026-03-14")));
    assert!(!directory.covers_on(&id(COUNTY), &id(TOWN), day("2026-03-15")));

    let mut closed = directory.get(&id(TOWN)).expect("known").clone();
    closed.end_before(day("2026-05-10"));
    directory.put(closed);
    assert_eq!(directory.last_day_in(&id(TOWN), month("2026-05-01")), Some(day("2026-05-09")));
    assert_eq!(directory.last_day_in(&id(TOWN), month("2026-06-01")), None);
    assert_eq!(directory.faults(), []);
}

#[test]
fn circles_orphans_and_two_parents_on_one_day_are_found() {
    let mut circle = small();
    circle.put(moved(&circle, CITY, TOWN, "2026-01-01"));
    let faults = circle.faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults.iter().all(|fault| matches!(fault, DirectoryFault::Circle { day: Some(_), .. })));

    let mut orphan = small();
    let mut county = orphan.get(&id(COUNTY)).expect("known").clone();
    county.end_before(day("2026-07-01"));
    orphan.put(county);
    assert_eq!(
        orphan.faults(),
        [DirectoryFault::Orphan { unit: id(TOWN), parent: id(COUNTY), day: Some(day("2026-07-01")) }]
    );

    let mut twice = small();
    let mut town = moved(&twice, TOWN, OTHER, "2026-03-15");
    town.spans[0].to = Some(day("2026-03-15"));
    twice.put(town);
    assert_eq!(twice.faults(), [DirectoryFault::TwoParents { unit: id(TOWN), day: Some(day("2026-03-15")) }]);
}

#[test]
fn a_later_snapshot_is_a_difference() {
    let first = "code,name,level,parent_code\n511700000000,达州市,2,\n511723000000,开江县,3,511700000000\n\
                 511723205000,梅家乡,4,511723000000\n511723206000,旧乡,4,511723000000\n";
    let rows = read_snapshot(first.as_bytes(), &Directory::default()).expect("it reads");
    let difference = Difference::between(&Directory::default(), rows, None);
    let directory = Directory::new(difference.entries);
    assert_eq!(directory.len(), 4);

    let second = "单位代码,单位名称,层级,上级代码\n511723000000,开江县,县,511700000000\n511723205000,梅家镇,乡镇,511723000000\n\
                  511723207000,新镇,乡镇,511723000000\n";
    let rows = read_snapshot(second.as_bytes(), &directory).expect("it reads");
    let difference = Difference::between(&directory, rows, Some(day("2026-01-01")));
    assert_eq!(difference.added, [id("511723207000")]);
    assert_eq!(difference.changed, [id(TOWN)]);
    assert_eq!(difference.closed, [id("511723206000")]);
    let mut after = directory.clone();
    for entry in difference.entries {
        after.put(entry);
    }
    assert_eq!(after.on(&id(TOWN), day("2025-12-31")).map(|a| a.name.as_str()), Some("梅家乡"));
    assert_eq!(after.on(&id(TOWN), day("2026-01-01")).map(|a| a.name.as_str()), Some("梅家镇"));
    assert_eq!(after.on(&id("511723206000"), day("2026-01-01")), None);
    assert_eq!(after.on(&id("511723207000"), day("2025-12-31")), None);
    assert_eq!(after.faults(), []);
}

#[test]
fn a_code_used_again_gets_a_number() {
    let mut directory = small();
    let mut closed = directory.get(&id(TOWN)).expect("known").clone();
    closed.end_before(day("2020-01-01"));
    directory.put(closed);
    let text = "code,name,level,parent_code\n511723000000,开江县,3,511700000000\n511723205000,另一乡,4,511723000000\n";
    let rows = read_snapshot(text.as_bytes(), &directory).expect("it reads");
    let difference = Difference::between(&directory, rows, Some(day("2026-01-01")));
    assert_eq!(difference.added, [id("511723205000~2")]);
}

#[test]
fn placeholders_are_no_offices() {
    let text = "code,name,level,parent_code\n500000000000,重庆市,1,\n500100000000,市辖区,2,500000000000\n\
                500101000000,万州区,3,500100000000\n500200000000,县,2,500000000000\n500240000000,石柱土家族自治县,3,500200000000\n";
    let rows = read_snapshot(text.as_bytes(), &Directory::default()).expect("it reads");
    let directory = Directory::new(Difference::between(&Directory::default(), rows, None).entries);
    assert_eq!(directory.len(), 3);
    assert_eq!(
        directory.chain_on(&id("500101000000"), day("2026-01-01")),
        [id("500101000000"), id("500000000000")]
    );
}

#[test]
fn every_fault_of_a_snapshot_is_named_at_once() {
    let text = "code,name,level,parent_code\n51170000000,达州市,2,\n511723000000,,3,511700000000\n511723205000,梅家乡,9,\n\
                511723206000,甲,4,511799000000\n511723206000,乙,4,\n";
    let faults = read_snapshot(text.as_bytes(), &Directory::default()).expect_err("it is refused");
    assert_eq!(
        faults,
        [
            SnapshotFault::Code { line: 2, text: "51170000000".into() },
            SnapshotFault::Name { line: 3 },
            SnapshotFault::Level { line: 4, text: "9".into() },
            SnapshotFault::Repeated { line: 6, code: "511723206000".into() },
            SnapshotFault::UnknownParent { line: 5, parent: "511799000000".into() },
        ]
    );
    assert_eq!(
        read_snapshot(b"code,name,rank\n", &Directory::default()).expect_err("it is refused"),
        [
            SnapshotFault::UnknownHeading { heading: "rank".into() },
            SnapshotFault::MissingHeading { heading: "level" },
            SnapshotFault::MissingHeading { heading: "parent_code" },
        ]
    );
}

#[test]
fn places_turn_on_the_days_on_which_a_span_begins_or_has_ended() {
    let mut directory = small();
    assert!(!directory.turns_between(day("1990-01-01"), day("2090-01-01")));
    let entry = moved(&directory, TOWN, OTHER, "2026-07-01");
    directory.put(entry.clone());
    for (one, other, turns) in [
        ("2026-06-30", "2026-07-01", true),
        ("2026-07-01", "2026-06-30", true),
        ("2026-06-29", "2026-06-30", false),
        ("2026-07-01", "2026-07-02", false),
        ("2026-07-01", "2026-07-01", false),
    ] {
        assert_eq!(directory.turns_between(day(one), day(other)), turns, "{one} {other}");
    }
    // Put in again nothing turns twice, and what is gone turns nothing.
    directory.put(entry);
    directory.put(small().get(&id(TOWN)).expect("a unit").clone());
    assert!(!directory.turns_between(day("1990-01-01"), day("2090-01-01")));
}
