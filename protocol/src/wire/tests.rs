//! The bytes of every kind, kept in `tests/golden`: what is in the field outlives the code that wrote it.
//!
//! A file is written once, with `ZHUJI_WRITE_GOLDEN=1`, when its kind and version are new; never again.

use super::ack::{AckV1, AnswerV1, AskAgainV1, FullStateEndV1, Refusal, RefusedItemV1};
use super::batch::{self, Batch, BatchFault, Cutter};
use super::bounded::{Bytes, List, Text};
use super::close::CloseCode;
use super::digest::Digest;
use super::frame::FrameReader;
use super::hello::{BusyV1, Capabilities, ExtensionV1, HelloV1, RefusedV1, WelcomeV1};
use super::item::{Item, ItemKey};
use super::kinds::{self, StreamClass};
use super::life::{Incarnation, ProcessId};
use super::message::Message;
use super::position::{Point, PositionV1};
use super::published::{Change, PublishedV1, VouchedKeyV1, publish};
use super::{codec, limits, subkey};
use crate::identity::{Replica, ReplicaKey};
use proptest::prelude::*;
use std::path::PathBuf;

pub(super) fn keeps(name: &str, bytes: &[u8]) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect();
    if std::env::var_os("ZHUJI_WRITE_GOLDEN").is_some() && !path.exists() {
        std::fs::write(&path, bytes).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_else(|_| panic!("{name} is not kept yet"));
    assert_eq!(kept, bytes, "{name} changed: give the structure a new version instead");
}

fn node() -> Replica {
    "zhuji:node:430981001000".parse().unwrap()
}

fn hub() -> Replica {
    "zhuji:hub:430981000000".parse().unwrap()
}

fn key() -> ReplicaKey {
    ReplicaKey::from_seed(&[42; 32]).unwrap()
}

fn item(month: i32, revision: u64, body: &[u8]) -> Item {
    let key = ItemKey {
        kind: kinds::item::SUMMARY,
        unit: node().unit,
        subkey: subkey::summary(month, subkey::Scope::Own),
    };
    Item::new(key, 1, revision, body).unwrap()
}

fn batch() -> Batch {
    let mut cutter = Cutter::default();
    cutter.push(item(24_310, 18, b"january")).unwrap();
    cutter.push(item(24_311, 21, b"february")).unwrap();
    cutter.cut(&node(), Incarnation([3; 16]), 17, 30, &key()).unwrap()
}

fn position() -> PositionV1 {
    PositionV1 {
        incarnation: Incarnation([3; 16]),
        ordinal: 2,
        at: Point::START.then(17, Digest([5; 32])),
        whole: true,
    }
}

fn published() -> PublishedV1 {
    let change = |year| Change {
        key: ItemKey { kind: kinds::item::CALENDAR, unit: hub().unit, subkey: subkey::calendar(year) },
        version: 1,
        payload: b"notice".to_vec(),
    };
    publish(&hub().unit, &key(), vec![change(2025), change(2026), change(2027)]).unwrap().remove(1)
}

/// One of each, with every list filled with something.
fn messages() -> Vec<(&'static str, StreamClass, Message)> {
    let extension = ExtensionV1 { number: 9, bytes: Bytes::of(*b"later").unwrap() };
    let hello = HelloV1 {
        replica: node(),
        hub: Some(hub()),
        versions: List::of(vec![1, 300]).unwrap(),
        capabilities: Capabilities(5),
        program: Text::of("0.1.0").unwrap(),
        process: ProcessId([1; 16]),
        clock_ms: 1_790_000_000_000,
        incarnation: Incarnation([3; 16]),
        head: 30,
        down: Some(position()),
        extensions: List::of(vec![extension.clone()]).unwrap(),
    };
    let welcome = WelcomeV1 {
        hub: hub(),
        version: 1,
        capabilities: Capabilities(1),
        program: Text::of("0.1.0").unwrap(),
        process: ProcessId([2; 16]),
        clock_ms: 1_790_000_000_500,
        up: position(),
        down: Incarnation([4; 16]),
        down_head: 77,
        from_month: Some(24_300),
        hold_seconds: 3,
        extensions: List::of(vec![extension]).unwrap(),
    };
    let refused = RefusedItemV1::new(item(24_311, 21, b"").key().clone(), 21, Refusal::UnknownKey, "visits");
    let control = [
        ("stream-open-v1.bin", Message::open(StreamClass::State)),
        ("hello-v1.bin", Message::Hello(Box::new(hello))),
        ("welcome-v1.bin", Message::Welcome(Box::new(welcome))),
        (
            "refused-v1.bin",
            Message::Refused(RefusedV1 { reason: CloseCode::Revoked.number(), clock_ms: 1_790_000_000_500 }),
        ),
        ("busy-v1.bin", Message::Busy(BusyV1 { seconds: 30 })),
    ];
    let state = [
        ("batch-v1.bin", Message::Batch(Box::new(batch()))),
        (
            "ack-v1.bin",
            Message::Ack(AckV1 {
                position: position(),
                answer: AnswerV1::Applied,
                refused: List::of(vec![refused]).unwrap(),
            }),
        ),
        (
            "full-state-end-v1.bin",
            Message::FullStateEnd(FullStateEndV1 {
                incarnation: Incarnation([3; 16]),
                ordinal: 2,
                through: 17,
                since: Some(24_300),
            }),
        ),
        (
            "ask-again-v1.bin",
            Message::AskAgain(AskAgainV1 {
                keys: List::of(vec![item(24_311, 21, b"").key().clone()]).unwrap(),
            }),
        ),
    ];
    control
        .into_iter()
        .map(|(name, message)| (name, StreamClass::Control, message))
        .chain(state.into_iter().map(|(name, message)| (name, StreamClass::State, message)))
        .collect()
}

#[test]
fn every_frame_keeps_its_bytes_and_reads_back() {
    for (name, class, message) in messages() {
        let bytes = message.encode(class).unwrap();
        keeps(name, &bytes);
        let frame = FrameReader::new(class).feed(&mut &bytes[..]).unwrap().unwrap();
        assert_eq!(Message::read(&frame), Ok(message), "{name}");
    }
}

#[test]
fn published_and_vouched_payloads_keep_their_bytes() {
    keeps("published-v1.bin", &published().bytes().unwrap());
    let vouched = VouchedKeyV1 { replica: hub(), key: key().public(), revoked: false };
    keeps("vouched-key-v1.bin", &codec::encode(&vouched).unwrap());
}

#[test]
fn a_fullest_hello_fits_a_control_frame_and_a_fullest_answer_a_state_frame() {
    let Some((_, _, Message::Hello(mut hello))) = messages().into_iter().nth(1) else { panic!() };
    hello.versions = List::of(vec![u16::MAX; limits::PROTOCOL_VERSIONS]).unwrap();
    let extension = ExtensionV1 { number: u16::MAX, bytes: Bytes::of([0; limits::EXTENSION]).unwrap() };
    hello.extensions = List::of(vec![extension; limits::EXTENSIONS]).unwrap();
    assert!(Message::Hello(hello).encode(StreamClass::Control).is_ok());

    let key = ItemKey {
        kind: u16::MAX,
        unit: "430981000000~999-9999".parse().unwrap(),
        subkey: Bytes::of([0; limits::SUBKEY]).unwrap(),
    };
    assert_eq!(key.unit.as_str().len(), limits::UNIT_ID);
    let detail = "d".repeat(limits::REFUSAL_DETAIL);
    let refused = RefusedItemV1::new(key.clone(), u64::MAX, Refusal::Other(u16::MAX), &detail);
    let refused = List::of(vec![refused; limits::BATCH_ITEMS]).unwrap();
    let ack = AckV1 { position: position(), answer: AnswerV1::CutAnew, refused };
    assert!(Message::Ack(ack).encode(StreamClass::State).is_ok());
    let keys = List::of(vec![key; limits::ASKED_AGAIN]).unwrap();
    assert!(Message::AskAgain(AskAgainV1 { keys }).encode(StreamClass::State).is_ok());
}

#[test]
fn a_batch_always_has_room_for_the_largest_item_and_no_more_than_its_frame() {
    let largest = item(1, 1, &vec![0; limits::ITEM_BODY]);
    assert!(Item::new(largest.key().clone(), 1, 1, &vec![0; limits::ITEM_BODY + 1]).is_err());
    let mut cutter = Cutter::default();
    let mut revision = 0;
    loop {
        revision += 1;
        if cutter.push(item(1, revision, &vec![0; limits::ITEM_BODY])).is_err() {
            break;
        }
    }
    assert!(revision > 2);
    let batch = cutter.cut(&node(), Incarnation([0; 16]), 0, 9, &key()).unwrap();
    assert!(Message::Batch(Box::new(batch)).encode(StreamClass::State).is_ok());

    let mut cutter = Cutter::default();
    for revision in 1..=limits::BATCH_ITEMS as u64 {
        cutter.push(item(1, revision, b"")).unwrap();
    }
    assert!(cutter.push(item(1, 999, b"")).is_err());
    let fullest = cutter.cut(&node(), Incarnation([0; 16]), 0, 9, &key()).unwrap();
    let mut bytes = fullest.bytes();
    assert_eq!(Batch::read(&bytes), Ok(fullest));
    bytes[batch::HEAD - 4..batch::HEAD].copy_from_slice(&257u32.to_le_bytes());
    assert_eq!(Batch::read(&bytes), Err(BatchFault::Count(257)));
}

#[test]
fn a_batch_proves_itself_to_the_senders_keys_only() {
    let checked = |batch: Batch| batch.check(&node(), &[key().public()]);
    assert!(checked(batch()).is_ok());
    assert!(batch().check(&hub(), &[key().public()]).is_err());
    assert!(batch().check(&node(), &[]).is_err());
    let whole = batch().bytes();
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        // `head` is only shown, and is not signed.
        let in_head = (32..40).contains(&place);
        let passed = Batch::read(&changed).is_ok_and(|batch| checked(batch).is_ok());
        assert_eq!(passed, in_head, "byte {place}");
    }
}

proptest! {
    #[test]
    fn garbage_is_an_error_and_never_a_panic(
        kind in 0u16..24,
        garbage in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let frame = super::frame::Frame::new(kind, 1, garbage.clone());
        if let Ok(Message::Batch(batch)) = Message::read(&frame) {
            prop_assert!(batch.check(&node(), &[key().public()]).is_err());
        }
        let _ = codec::decode::<PublishedV1>(&garbage);
    }

    #[test]
    fn a_spoilt_message_is_never_a_panic(index in 0usize..9, place in 0usize..600, value in any::<u8>(), cut in any::<bool>()) {
        let (_, _, message) = messages().swap_remove(index);
        let mut frame = message.frame().unwrap();
        let place = place % frame.body.len();
        frame.body[place] = value;
        if cut {
            frame.body.truncate(place);
        }
        let _ = Message::read(&frame);
    }

    #[test]
    fn items_survive_their_bytes(
        month in any::<i32>(),
        revision in any::<u64>(),
        version in any::<u16>(),
        body in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let own = item(month, revision, b"");
        let item = Item::new(own.key().clone(), version, revision, &body).unwrap();
        let mut fields = super::fixed::Fields::of(item.bytes());
        let read = Item::read(&mut fields).unwrap();
        prop_assert!(fields.rest().is_empty());
        prop_assert_eq!(read.leaf(), item.leaf());
        prop_assert_eq!(read.body(), &body[..]);
        prop_assert_eq!(read, item);
    }
}
