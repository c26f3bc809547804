//! A figure proved over three levels, from what each hands out: what fits, what is left open, and that one changed bit
//! anywhere is named.

use super::tree::{enrol_under, talk};
use super::*;
use crate::proof::file::{read, write};
use crate::proof::level::{Level, Relation};
use crate::proof::misfit::Open;
use crate::proof::trace::{Asked, trace};
use crate::proof::{Extent, Misfit, What, check, join};
use crate::store::Misfit as StoreMisfit;
use zhuji_protocol::rules::{Status, Tally};
use zhuji_protocol::wire::payload::{AnchorV1, ChainPointV1};
use zhuji_protocol::wire::{kinds, subkey};

const PROVINCE: &str = "430000000000";

/// Village and township offices under a county, a city and a province, with the exports of the three hubs.
struct Tree {
    hubs: [Hub; 3],
    village: Child,
}

fn year() -> Period {
    "2026".parse().expect("a period")
}

impl Tree {
    fn new() -> Self {
        let mut entries = county();
        entries[0].spans[0].attributes.parent = Some(id(CITY));
        entries.push(Entry::always(id(CITY), "益阳市", Level_::City, Some(id(PROVINCE))));
        entries.push(Entry::always(id(PROVINCE), "湖南省", Level_::Province, None));
        let mut province = Hub::of(PROVINCE, entries);
        let mut city = Hub::of(CITY, Vec::new());
        let mut county = Hub::of(COUNTY, Vec::new());
        enrol_under(&mut province, &mut city);
        talk(&mut province, &mut city);
        enrol_under(&mut city, &mut county);
        talk(&mut city, &mut county);
        let (mut village, mut office) = (county.node(VILLAGE), county.node(COUNTY));
        let mut other = county.node(OTHER_VILLAGE);
        for (at, leaders, visits) in [("2025-11", 2, 1), ("2026-01", 3, 5), ("2026-03", 4, 2)] {
            let mut summary = contacts(leaders, visits);
            let key = TallyKey::Kind { kind: Kind::ContactFrequency, assumed: false };
            summary.flows.add_tally(key, Tally::one(Status::Met));
            village.month(at, &summary);
        }
        other.month("2026-02", &contacts(1, 7));
        office.month("2026-02", &contacts(5, 3));
        let anchor = AnchorV1 { now: ChainPointV1 { entries: 4, head: Digest([4; 32]) }, before: None };
        let key = ItemKey {
            kind: kinds::item::ANCHOR,
            unit: id(VILLAGE),
            subkey: subkey::anchor(village.replica.role),
        };
        village.put(key, anchor.encode().expect("it encodes"));
        for child in [&mut village, &mut office, &mut other] {
            assert!(county.receive(child).is_empty());
        }
        let mut tree = Self { hubs: [province, city, county], village };
        tree.talk();
        tree
    }

    fn talk(&mut self) {
        let [province, city, county] = &mut self.hubs;
        talk(city, county);
        talk(province, city);
    }

    fn levels(&self, extent: &Extent) -> Vec<Level> {
        let taken = self.hubs.iter().map(|hub| now(hub.store.holdings(extent, noon())).expect("taken"));
        taken.collect()
    }

    fn key(&self, at: usize) -> &ReplicaKey {
        &self.hubs[at].key
    }
}

use zhuji_protocol::figures::TallyKey;
use zhuji_protocol::policy::Kind;
use zhuji_protocol::unit::Level as Level_;

fn asked(unit: &str, rule: Option<&str>) -> Asked {
    Asked { unit: id(unit), period: year(), stocks_of: month("2026-06"), rule: rule.map(str::to_owned) }
}

/// What does not fit, and what is open, of levels handed in.
fn found(levels: &[Level]) -> (Vec<Misfit>, Vec<Open>) {
    let joined = join(levels.iter().map(check).collect()).expect("some");
    (joined.misfits, joined.open)
}

#[test]
fn a_figure_of_the_province_is_proven_down_to_the_offices_items() {
    let tree = Tree::new();
    for extent in
        [Extent::default(), Extent::of(None, Some(year())), Extent::of(Some(id(COUNTY)), Some(year()))]
    {
        let levels = tree.levels(&extent);
        assert_eq!(found(&levels), (Vec::new(), Vec::new()), "{extent:?}");
    }
    // Of one township the county hands out that township; what the city holds of the others is open.
    let (misfits, open) = found(&tree.levels(&Extent::of(Some(id(TOWN)), Some(year()))));
    assert!(misfits.is_empty() && open.len() == 2, "{misfits:?} {open:?}");
    assert!(open.iter().all(|open| matches!(open, Open::OutsideExtent { .. })));
    let levels = tree.levels(&Extent::of(None, Some(year())));
    // In any order.
    let levels: Vec<&Level> = [1, 2, 0].into_iter().map(|at| &levels[at]).collect();
    let joined = join(levels.into_iter().map(check).collect()).expect("some");
    assert_eq!(joined.levels[joined.top].own(), &id(PROVINCE));
    let traced = trace(&joined, &asked(PROVINCE, None));
    assert_eq!(traced.sum, traced.shown);
    assert_eq!(traced.sum.count(&CountKey::Total(Count::Contacts)), 17);
    assert_eq!(traced.sum.count(&CountKey::Total(Count::Leaders)), 10);
    let leaves = traced.lines.iter().filter(|line| line.depth == 2);
    let mut of_offices: BTreeMap<&str, i64> = BTreeMap::new();
    for line in leaves {
        assert_eq!(line.series.sender.role, zhuji_protocol::identity::Role::Node);
        *of_offices.entry(line.series.unit.as_str()).or_default() +=
            line.part.count(&CountKey::Total(Count::Contacts));
    }
    assert_eq!(of_offices, BTreeMap::from([(VILLAGE, 7), (OTHER_VILLAGE, 7), (COUNTY, 3)]));
    let by_kind = trace(&joined, &asked(PROVINCE, Some("contact-frequency")));
    assert_eq!((by_kind.sum.tally().met, by_kind.shown.tally().met), (2, 2));
    assert!(by_kind.lines.iter().all(|line| line.part.counts().next().is_none()));
}

#[test]
fn what_nobody_handed_in_is_open_and_no_fault() {
    let mut tree = Tree::new();
    let levels = tree.levels(&Extent::default());
    let (misfits, open) = found(&levels[..2]);
    assert_eq!((misfits, open), (vec![], vec![Open::NotProvenBelow { level: id(CITY), hub: id(COUNTY) }]));
    let (misfits, open) = found(&[levels[0].clone(), levels[2].clone()]);
    assert_eq!(misfits, []);
    assert_eq!(
        open,
        [Open::NotProvenBelow { level: id(PROVINCE), hub: id(CITY) }, Open::Apart { level: id(COUNTY) },]
    );

    // The county goes on after the city's export was taken.
    tree.village.month("2026-03", &contacts(4, 9));
    let [_, _, county] = &mut tree.hubs;
    assert!(county.receive(&mut tree.village).is_empty());
    let later = tree.levels(&Extent::default());
    let (misfits, open) = found(&[levels[0].clone(), levels[1].clone(), later[2].clone()]);
    assert_eq!(misfits, []);
    assert!(matches!(&open[..], [Open::MovedOn { .. }, ..]), "{open:?}");
    let narrow = tree.levels(&Extent::of(None, "2026-01".parse().ok()));
    let (misfits, open) = found(&[levels[0].clone(), levels[1].clone(), narrow[2].clone()]);
    assert_eq!(misfits, []);
    assert!(open.iter().all(|open| matches!(open, Open::OutsideExtent { .. })) && !open.is_empty());
}

#[test]
fn an_export_reads_back_and_one_changed_bit_anywhere_is_named() {
    let tree = Tree::new();
    let levels = tree.levels(&Extent::of(None, Some(year())));
    for (at, level) in levels.iter().enumerate() {
        let mut bytes = Vec::new();
        write(level, tree.key(at), &mut bytes).expect("written");
        let export = read(&bytes).expect("an export");
        assert_eq!((&export.level, export.misfits), (level, Vec::new()));
        for place in (0..bytes.len()).step_by(if at == 2 { 5 } else { 31 }) {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << (place % 8);
            // What is no export any more is refused as a file.
            let Some(export) = read(&flipped) else { continue };
            assert!(!export.misfits.is_empty(), "byte {place} of {} was not seen", level.head.hub);
        }
        assert!(read(&bytes[..bytes.len() - 1]).is_some_and(|export| !export.misfits.is_empty()));
        let longer = [&bytes[..], &[0]].concat();
        assert!(read(&longer).is_some_and(|export| !export.misfits.is_empty()));
    }
    assert!(read(b"zhuji export 1\n").is_none() && read(b"").is_none());
    let huge = [b"zhuji export 1\n".as_slice(), &[255; 8]].concat();
    assert!(read(&huge).is_none());
}

/// A falsification by whoever could seal the export anew: what is done, and what must be named of it.
type Falsified = (&'static str, fn(&mut Level), What);

#[test]
fn whoever_can_seal_anew_is_still_found_out_and_the_place_is_named() {
    let tree = Tree::new();
    let levels = tree.levels(&Extent::of(None, Some(year())));
    let cases: [Falsified; 15] = [
        ("a digit of an office's figure", |level| last(&mut level.items[0].bytes), What::ItemLeaf),
        ("a leaf", |level| level.batches[0].leaves[0].0[7] ^= 1, What::BatchRoot),
        ("a root", |level| level.batches[0].root.0[7] ^= 1, What::BatchRoot),
        ("a signature", |level| level.batches[0].signature.0[60] ^= 1, What::BatchSignature),
        ("where a batch ends", |level| level.batches[0].through += 1, What::BatchSignature),
        ("a life", |level| level.batches[0].incarnation.0[3] ^= 1, What::BatchSignature),
        ("who signed", |level| level.batches[0].key = level.head.key.id(), What::BatchKey),
        ("a shown figure", |level| digit(&mut level.figures[0].body), What::Figure),
        ("a shown figure is left out", |level| drop(level.figures.remove(0)), What::Figure),
        ("what goes up", |level| digit(&mut level.onward[0].body), What::Onward),
        ("what it was made of", |level| last(&mut level.onward[0].body), What::MadeOf),
        (
            "a certificate",
            |level| child(level).certificate.iter_mut().for_each(|bytes| last(bytes)),
            What::Certificate,
        ),
        ("a place in the directory", |level| entry(level), What::Published),
        ("the end of an audit trail", |level| level.anchors[0].now.head.0[1] ^= 1, What::Anchor),
        ("an item twice", |level| level.items.push(level.items[0].clone()), What::Twice),
    ];
    for (said, falsify, expected) in cases {
        let mut levels = levels.clone();
        falsify(&mut levels[2]);
        let (misfits, _) = found(&levels);
        let named = misfits.iter().find(|misfit| misfit.what == expected);
        let named = named.unwrap_or_else(|| panic!("{said}: {misfits:?}"));
        assert_eq!(named.level, id(COUNTY), "{said}");
        if matches!(expected, What::ItemLeaf | What::BatchRoot | What::Figure | What::Onward) {
            assert!(named.unit.is_some() && named.month.is_some(), "{said}: {named:?}");
        }
    }

    // Consistently: an item is left out, and everything that follows is counted afresh.
    let mut levels = levels;
    let dropped = levels[2].items.iter().position(|item| item.sender == Replica::node(id(OTHER_VILLAGE)));
    levels[2].items.remove(dropped.expect("there"));
    let (misfits, _) = found(&levels);
    assert!(misfits.iter().any(|misfit| misfit.what == What::MadeOf || misfit.what == What::Onward));
    let afresh = check(&levels[2]).rows;
    assert!(!afresh.keys().any(|(unit, _)| *unit == id(OTHER_VILLAGE)));
    levels[2].onward.retain(|row| row.key.unit != id(OTHER_TOWN));
    let (misfits, _) = found(&levels);
    let held = misfits.iter().find(|misfit| misfit.what == What::NextMissing).expect("the city has it");
    assert_eq!((&held.level, &held.unit), (&id(CITY), &Some(id(OTHER_TOWN))));
    assert_eq!(held.sender, Some(Replica::hub(id(COUNTY))));
}

fn last(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}

/// The last count of the figures in a summary becomes another.
fn digit(body: &mut Vec<u8>) {
    let (mut summary, made_of) = SummaryV1::decode(body).expect("a summary");
    summary.flows.add_count(CountKey::Total(Count::Contacts), 1);
    *body = SummaryV1::encode(&summary, made_of).expect("it encodes");
}

fn child(level: &mut Level) -> &mut crate::proof::level::HeldKey {
    level.keys.iter_mut().find(|key| key.relation == Relation::Child).expect("a child")
}

fn entry(level: &mut Level) {
    let row = level.published.iter_mut().find(|row| row.key.unit == id(VILLAGE)).expect("an entry");
    last(&mut row.body);
}

#[test]
fn a_changed_digit_in_a_store_is_named_by_its_own_export_and_by_verify() {
    let tree = Tree::new();
    let county = &tree.hubs[2];
    let db = rusqlite::Connection::open(county.path()).expect("the file");
    let body = |table: &str| -> (Vec<u8>, Vec<u8>) {
        let sql = format!("SELECT subkey, body FROM {table} WHERE kind = 1 ORDER BY unit, subkey LIMIT 1");
        db.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a row")
    };
    let (_, onward) = body("onward");
    let mut falsified = onward.clone();
    digit(&mut falsified);
    db.execute("UPDATE onward SET body = ?1 WHERE body = ?2", [&falsified, &onward]).expect("changed");
    let (misfits, _) = found(&tree.levels(&Extent::default()));
    let what: Vec<What> = misfits.iter().map(|misfit| misfit.what).collect();
    assert_eq!(what, [What::Onward, What::NextValue]);
    db.execute("UPDATE onward SET body = ?1 WHERE body = ?2", [&onward, &falsified]).expect("put back");

    for (change, back) in [
        (format!("UPDATE unit_span SET name = '别处' WHERE unit = '{VILLAGE}'"), "乐园村"),
        (format!("UPDATE unit_span SET begins = '2026-02-01' WHERE unit = '{VILLAGE}'"), "乐园村"),
    ] {
        db.execute(&change, []).expect("changed");
        let reader = SqliteStore::read(&county.path()).expect("a reader");
        let found = now(reader.verify(&mut || {})).expect("verified");
        assert!(
            matches!(&found, Verified::Broken(StoreMisfit::Published { key }) if key.unit == id(VILLAGE)),
            "{found:?}"
        );
        let undo = format!("UPDATE unit_span SET name = '{back}', begins = NULL WHERE unit = '{VILLAGE}'");
        db.execute(&undo, []).expect("put back");
    }
    db.execute("UPDATE onward SET body = x'0001' WHERE kind = 2", []).expect("changed");
    let found = now(county.store.verify(&mut || {})).expect("verified");
    assert!(
        matches!(found, Verified::Broken(StoreMisfit::Onward { key }) if key.kind == kinds::item::REPORTING)
    );
}
