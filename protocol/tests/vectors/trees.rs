//! Items, leaves, roots, audit paths, batches, chains, change sets: what is hashed and what is signed.

use crate::kept::{fields, hex, keeps};
use crate::who::{hub, key, node};
use serde_json::{Value, json};
use zhuji_protocol::wire::batch::{Batch, Cutter, DOMAIN};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::position::Point;
use zhuji_protocol::wire::published::{self, Change, PublishedV1, publish};
use zhuji_protocol::wire::{kinds, subkey, tree};

pub(crate) const INCARNATION: Incarnation = Incarnation([3; 16]);

pub(crate) fn month_item(month: i32, revision: u64, body: &[u8]) -> Item {
    let subkey = subkey::summary(month, subkey::Scope::Own);
    let key = ItemKey { kind: kinds::item::SUMMARY, unit: node().unit, subkey };
    Item::new(key, 1, revision, body).expect("short")
}

#[test]
fn trees() {
    let vectors = (0..=9u8).map(|count| {
        let leaves: Vec<Digest> = (0..count).map(|number| tree::leaf(&[number])).collect();
        let (root, paths) = tree::audit_paths(&leaves);
        assert_eq!(root, tree::root(&leaves));
        for (index, path) in paths.iter().enumerate() {
            assert!(tree::leads(leaves[index], index, leaves.len(), path, root));
        }
        json!({
            "inputs": (0..count).map(|number| hex(&[number])).collect::<Vec<_>>(),
            "leaves": leaves.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "root": root.to_string(),
            "paths": paths.iter().map(|path| path.iter().map(ToString::to_string).collect::<Vec<_>>()).collect::<Vec<_>>(),
        })
    });
    keeps(
        "trees.json",
        "Inputs, their leaf hashes, the root, and each leaf's way to it, nearest hash first.",
        vectors.collect(),
    );
}

#[test]
fn items() {
    let key = |kind, unit: &str, subkey| ItemKey { kind, unit: unit.parse().expect("a unit"), subkey };
    use kinds::item::{ASSIGNMENT, CALENDAR, DIRECTORY_ENTRY, POLICY, REPORTING, SUMMARY, VOUCHED_KEY};
    use subkey::Scope::{Own, Subtree};
    let own = crate::who::key(11).id();
    let all = [
        (key(SUMMARY, "430981101000", subkey::summary(2026 * 12 + 2, Own)), 1, 18, &[0u8; 5][..]),
        (key(SUMMARY, "430981101000~2-5003", subkey::summary(2026 * 12 + 2, Subtree)), 1, u64::MAX, &[0; 5]),
        (key(REPORTING, "430981101000", subkey::reporting(Own)), 1, 19, &[1]),
        (key(DIRECTORY_ENTRY, "430981101000", subkey::directory_entry()), 1, 20, &[2]),
        (key(POLICY, "430000000000", subkey::policy("meijia-2023", 3).expect("short")), 1, 21, &[3]),
        (key(ASSIGNMENT, "430981101000", subkey::assignment(70_000)), 1, 22, &[4]),
        (key(CALENDAR, "430000000000", subkey::calendar(2027)), 1, 23, &[5]),
        (key(VOUCHED_KEY, "430981000000", subkey::vouched_key(own)), 1, 24, &[6]),
        (key(999, "430981101000", subkey::directory_entry()), 7, 25, b"of a newer program"),
    ];
    let vectors = all.map(|(key, version, revision, body)| {
        let item = Item::new(key, version, revision, body).expect("short");
        let mut rest = Fields::of(item.bytes());
        assert_eq!(Item::read(&mut rest).as_ref(), Ok(&item));
        assert!(rest.rest().is_empty());
        json!({
            "key": fields(item.key()),
            "version": version,
            "revision": revision,
            "body": hex(body),
            "bytes": hex(item.bytes()),
            "leaf": item.leaf().to_string(),
        })
    });
    keeps("items.json", "Items with their headers, and their leaf hashes.", vectors.into());
}

/// Two batches, one after the other.
pub(crate) fn batches() -> [(Point, Batch); 2] {
    let cut = |at: Point, rows: &[(i32, u64, &[u8])]| {
        let mut cutter = Cutter::default();
        for (month, revision, body) in rows {
            cutter.push(month_item(*month, *revision, body)).expect("there is room");
        }
        cutter.cut(&node(), INCARNATION, at.cursor, 30, &key(50)).expect("rows")
    };
    let first = cut(Point::START, &[(24_314, 18, &[0; 5]), (24_315, 21, &[0; 5]), (24_316, 22, &[0; 5])]);
    let at = first.point(Point::START);
    let second = cut(at, &[(24_317, 30, &[0; 5])]);
    [(Point::START, first), (at, second)]
}

#[test]
fn signed_batches() {
    let vectors = batches().map(|(before, batch)| {
        let bytes = batch.bytes();
        let signed = batch.signed_bytes(&node());
        assert!(signed.starts_with(DOMAIN));
        let after = batch.point(before);
        let vector = json!({
            "replica": node().to_string(),
            "seed": hex(&[50; 32]),
            "incarnation": hex(&INCARNATION.0),
            "after": batch.after(),
            "through": batch.through(),
            "head": batch.head(),
            "items": batch.items().iter().map(|item| hex(item.bytes())).collect::<Vec<_>>(),
            "leaves": batch.items().iter().map(|item| item.leaf().to_string()).collect::<Vec<_>>(),
            "root": batch.root().to_string(),
            "signed": hex(&signed),
            "signature": hex(&batch.signature().0),
            "key": hex(batch.key().as_bytes()),
            "bytes": hex(&bytes),
            "chain_before": before.chain.to_string(),
            "chain_after": after.chain.to_string(),
        });
        let read = Batch::read(&bytes).expect("a batch");
        assert_eq!(read, batch);
        read.check(&node(), &[key(50).public()]).expect("it proves itself");
        vector
    });
    keeps(
        "batches.json",
        "Two batches of one incarnation, one after the other; the second continues the chain.",
        vectors.into(),
    );
}

/// A change set of three calendars.
pub(crate) fn change_set() -> (Vec<Change>, Vec<PublishedV1>) {
    let change = |year: u16| Change {
        key: ItemKey { kind: kinds::item::CALENDAR, unit: hub().unit, subkey: subkey::calendar(year) },
        version: 1,
        payload: vec![u8::try_from(year - 2000).expect("of this century"); 3],
    };
    let changes: Vec<Change> = [2025, 2026, 2027].map(change).into();
    let set = publish(&hub().unit, &key(11), changes.clone()).expect("short");
    (changes, set)
}

#[test]
fn published_items() {
    let (changes, set) = change_set();
    let vectors = changes.iter().zip(&set).enumerate().map(|(index, (change, proof))| {
        assert!(proof.holds(&change.key, change.version, &key(11).public()));
        let bytes = proof.bytes().expect("short");
        let item = Item::new(change.key.clone(), change.version, 40 + index as u64, &bytes).expect("short");
        assert_eq!(PublishedV1::read(&item).as_ref(), Ok(proof));
        let unit = change.key.unit.as_str().as_bytes();
        let leaf_input = [
            &change.key.kind.to_le_bytes()[..],
            &change.version.to_le_bytes(),
            &[12],
            unit,
            &[2],
            &change.key.subkey,
            &change.payload,
        ]
        .concat();
        let signed = [
            published::DOMAIN,
            &[12],
            proof.writer.as_str().as_bytes(),
            proof.key.as_bytes(),
            &proof.count.to_le_bytes(),
            &proof.root.0,
        ]
        .concat();
        assert!(key(11).public().verifies(&signed, &proof.signature.0));
        json!({
            "seed": hex(&[11; 32]),
            "key": fields(&change.key),
            "version": change.version,
            "payload": hex(&change.payload),
            "leaf_input": hex(&leaf_input),
            "leaf": tree::leaf(&leaf_input).to_string(),
            "signed": hex(&signed),
            "fields": fields(proof),
            "body": hex(&bytes),
        })
    });
    let vectors: Vec<Value> = vectors.collect();
    keeps(
        "published.json",
        "A change set of three items, signed once, each with its way to the root.",
        vectors,
    );
}
