//! Every limit of the wire's table at its edge: one under it and the limit itself pass, one over does not. The table is
//! read from its source, so that a limit cannot be added without its edge.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::backoff::{Backoff, Ended};
use zhuji_protocol::link::effects::{Applied, Cut, Start};
use zhuji_protocol::link::fork::{ForkWatch, Seen};
use zhuji_protocol::link::kept::CutRecord;
use zhuji_protocol::link::receiver::Receiver;
use zhuji_protocol::link::sender::{Sender, Step};
use zhuji_protocol::wire::ack::{AckV1, AnswerV1, AskAgainV1, Refusal, RefusedItemV1};
use zhuji_protocol::wire::batch::{Batch, Cutter};
use zhuji_protocol::wire::bounded::{Bytes, List, Text};
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::codec::{decode, encode};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::enrol::{Der, EnrolAnswerV1};
use zhuji_protocol::wire::frame::{Frame, FrameReader};
use zhuji_protocol::wire::hello::{ExtensionV1, HelloV1, Versions};
use zhuji_protocol::wire::item::{Item, ItemKey, Subkey};
use zhuji_protocol::wire::kinds::StreamClass;
use zhuji_protocol::wire::life::{Incarnation, ProcessId};
use zhuji_protocol::wire::limits;
use zhuji_protocol::wire::message::Message;
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::published::{Change, PublishedV1, publish};

/// Limits whose edge is tested where the clock, the network or the store is: the name of the test that does it.
const ELSEWHERE: [(&str, &str, &str); 11] = [
    ("PATIENCE", "a_silent_hub_is_given_up_on", include_str!("../src/link/tests/stories.rs")),
    ("FRAME_PATIENCE", "a_frame_that_trickles_ends_its_connection_in_time", FLOODS),
    ("PASSED_OVER_STREAMS", "streams_of_classes_that_are_not_served_are_counted", FLOODS),
    ("HUB_FRAMES", "a_long_frame_waits_until_there_is_room_for_it_among_all", FLOODS),
    ("OUTGOING", "what_waits_to_be_sent_leaves_room_up_to_its_limit", FLOODS),
    ("BACKLOG", "there_is_room_below_the_limit_only", include_str!("../src/transport/backlog.rs")),
    ("SUMMARY_KEYS", "the_most_keys_pass_and_one_more_does_not", SUMMARY),
    ("BACKOFF_FIRST", "waits_double_from_a_second_to_five_minutes", BACKOFF),
    ("BACKOFF_MOST", "waits_double_from_a_second_to_five_minutes", BACKOFF),
    ("BACKOFF_TURNED_AWAY_LEAST", "whoever_was_turned_away_waits_for_hours", BACKOFF),
    ("BACKOFF_TURNED_AWAY_MOST", "whoever_was_turned_away_waits_for_hours", BACKOFF),
];
const FLOODS: &str = include_str!("../src/transport/tests/floods.rs");
const BACKOFF: &str = include_str!("../src/link/backoff.rs");
const SUMMARY: &str = include_str!("../src/summary/check.rs");

/// Names of limits, with the test of their edge here.
fn here() -> Vec<(&'static str, fn())> {
    vec![
        ("OPENING_FRAME", || {
            edge(limits::OPENING_FRAME, |length| frame_passes(FrameReader::unopened(), length));
        }),
        ("CONTROL_FRAME", || {
            edge(limits::CONTROL_FRAME, |length| class_passes(StreamClass::Control, length));
        }),
        ("STATE_FRAME", || edge(limits::STATE_FRAME, |length| class_passes(StreamClass::State, length))),
        ("MAIL_FRAME", || edge(limits::MAIL_FRAME, |length| class_passes(StreamClass::Mail, length))),
        ("BULK_FRAME", || edge(limits::BULK_FRAME, |length| class_passes(StreamClass::Bulk, length))),
        // A list of so many bytes has its length, five bytes of it, in front.
        ("CODEC", || edge(limits::CODEC, |length| decode::<Vec<u8>>(&list_of(length - 5)).is_ok())),
        ("BATCH_ITEMS", || edge(limits::BATCH_ITEMS, |count| batch_of(count).is_some())),
        ("UNACKNOWLEDGED_BATCHES", || edge(limits::UNACKNOWLEDGED_BATCHES, |count| sends(count) == count)),
        ("ITEM_BODY", || edge(limits::ITEM_BODY, |length| item(1, &vec![0; length]).is_some())),
        ("SUBKEY", || edge(limits::SUBKEY, |length| read_item(12, length))),
        ("UNIT_ID", || edge(limits::UNIT_ID, unit_id_passes)),
        ("REFUSAL_DETAIL", || {
            edge(limits::REFUSAL_DETAIL, |length| {
                RefusedItemV1::new(key(), 1, Refusal::NotYours, &"d".repeat(length)).detail.len() == length
            });
        }),
        ("CUTS_ANEW", || edge(limits::CUTS_ANEW as usize, goes_on_after_cuts_anew)),
        ("ASKED_AGAIN", || {
            edge(limits::ASKED_AGAIN, |count| lists::<ItemKey, AskAgainV1>(&vec![key(); count]));
        }),
        ("CHANGE_SET", change_set_has_its_edge),
        ("AUDIT_PATH", || edge(limits::AUDIT_PATH, path_passes)),
        ("PUBLISHED_PAYLOAD", || edge(limits::PUBLISHED_PAYLOAD, publishes)),
        ("PROTOCOL_VERSIONS", || {
            edge(limits::PROTOCOL_VERSIONS, |count| lists::<u16, Versions>(&vec![1; count]));
        }),
        ("EXTENSIONS", || edge(limits::EXTENSIONS, |count| hello_with(count, 0))),
        ("EXTENSION", || edge(limits::EXTENSION, |length| hello_with(1, length))),
        ("PROGRAM_VERSION", || {
            edge(limits::PROGRAM_VERSION, |length| {
                decode::<Text<{ limits::PROGRAM_VERSION }>>(&encode(&"v".repeat(length)).expect("short"))
                    .is_ok()
            });
        }),
        ("CERTIFICATE", || edge(limits::CERTIFICATE, |length| decode::<Der>(&list_of(length)).is_ok())),
        ("VOUCHED_KEY", || edge(limits::VOUCHED_KEY, |length| answer_with(1, length))),
        ("VOUCHED_KEYS", || edge(limits::VOUCHED_KEYS, |count| answer_with(count, 1))),
        ("BUSY_SECONDS", busy_is_believed_up_to_its_limit),
        ("CUT_RECORDS_DAYS", || {
            let gone = |days: i64| {
                let at = |cursor| Point { cursor, chain: Digest::ZERO };
                let record = CutRecord { incarnation: Incarnation([1; 16]), at: at(1), cut_ms: 0 };
                record.may_go(at(2), days * 24 * 3600 * 1000)
            };
            edge(usize::try_from(limits::CUT_RECORDS_DAYS).expect("positive"), |days| {
                !gone(i64::try_from(days).expect("small"))
            });
        }),
        // One return less than that is no fork.
        ("FORK_RETURNS", || {
            edge(limits::FORK_RETURNS - 1, |returns| seen_after(returns, Duration::ZERO) == Seen::Fine);
        }),
        ("FORK_WINDOW", || {
            let less = |millis| {
                seen_after(limits::FORK_RETURNS, limits::FORK_WINDOW - Duration::from_millis(millis))
            };
            assert_eq!((less(0), less(2)), (Seen::Fine, Seen::Fork));
        }),
    ]
}

#[test]
fn every_limit_passes_one_under_and_at_its_edge_and_not_one_over() {
    for (name, test) in here() {
        println!("{name}");
        test();
    }
}

#[test]
fn every_limit_of_the_table_has_a_test_of_its_edge() {
    let table = include_str!("../src/wire/limits.rs");
    let names = |line: &'static str| {
        let constant = line.strip_prefix("pub const ").and_then(|rest| rest.split(':').next());
        let borrowed = line.strip_prefix("pub use ").and_then(|rest| rest.split(" as ").nth(1));
        constant.or(borrowed).map(|name| name.trim_end_matches(';'))
    };
    let limits: BTreeSet<&str> = table.lines().filter_map(names).collect();
    let tested = here().into_iter().map(|(name, _)| name).chain(ELSEWHERE.iter().map(|row| row.0));
    let tested: BTreeSet<&str> = tested.collect();
    assert_eq!(limits, tested);
    for (name, test, source) in ELSEWHERE {
        assert!(source.contains(&format!("fn {test}")), "{name}: there is no test {test}");
    }
}

#[test]
fn an_unanswered_flood_of_batches_ends_at_ten() {
    let (incarnation, applying) = (Incarnation([0; 16]), 2 * limits::UNACKNOWLEDGED_BATCHES + 2);
    let mut receiver = Receiver::new(node(), vec![signer().public()], PositionV1::fresh(incarnation, 1));
    let batch = batch_of(1).expect("a batch");
    for number in 0..=applying {
        let is_put_out = receiver.batch(batch.clone()) == Step::Close(CloseCode::LimitBroken);
        assert_eq!(is_put_out, number == applying, "{number}");
        assert_eq!(receiver.wants_more(), number + 1 < limits::UNACKNOWLEDGED_BATCHES);
    }
    receiver.applied(Applied::Repeat(PositionV1::fresh(incarnation, 1)));
    assert!(matches!(receiver.batch(batch), Step::Ask(_)));
}

/// One under and the edge itself pass, one over does not.
#[track_caller]
fn edge(limit: usize, passes: impl Fn(usize) -> bool) {
    assert!(passes(limit - 1), "{} is refused, one under the limit", limit - 1);
    assert!(passes(limit), "{limit} is refused, the limit itself");
    assert!(!passes(limit + 1), "{} passes, one over the limit", limit + 1);
}

fn node() -> Replica {
    "zhuji:node:430981101000".parse().expect("a replica")
}

fn signer() -> ReplicaKey {
    ReplicaKey::from_seed(&[1; 32]).expect("a seed")
}

fn key() -> ItemKey {
    ItemKey { kind: 1, unit: node().unit, subkey: Subkey::default() }
}

fn frame_passes(mut reader: FrameReader, length: usize) -> bool {
    let bytes = Frame::new(1, 1, vec![0; length]).encode(usize::MAX).expect("any length");
    let read = reader.feed(&mut &bytes[..]);
    assert!(read.is_ok() || reader.held_bytes() == 0, "nothing is held of what is refused");
    read.is_ok_and(|frame| frame.is_some())
}

fn class_passes(class: StreamClass, length: usize) -> bool {
    let sent = Frame::new(1, 1, vec![0; length]).encode(class.frame_limit()).is_ok();
    let read = frame_passes(FrameReader::new(class), length);
    assert_eq!(sent, read, "both ends agree");
    read
}

/// A list of so many zero bytes, through no codec of ours: its length, and the bytes.
fn list_of(length: usize) -> Vec<u8> {
    let mut bytes = match u16::try_from(length) {
        Ok(short @ 0..=250) => vec![u8::try_from(short).expect("a byte")],
        Ok(short) => [&[251][..], &short.to_le_bytes()].concat(),
        Err(_) => [&[252][..], &u32::try_from(length).expect("short").to_le_bytes()].concat(),
    };
    bytes.resize(bytes.len() + length, 0);
    bytes
}

fn item(revision: u64, body: &[u8]) -> Option<Item> {
    Item::new(key(), 1, revision, body).ok()
}

fn batch_of(count: usize) -> Option<Batch> {
    let mut cutter = Cutter::default();
    for revision in 1..=count as u64 {
        cutter.push(item(revision, b"")?).ok()?;
    }
    let batch = cutter.cut(&node(), Incarnation([0; 16]), 0, count as u64, &signer())?;
    assert_eq!(Batch::read(&batch.bytes()).as_ref(), Ok(&batch), "both ends agree");
    Some(batch)
}

/// How many batches a sender has under way that could send `count`.
fn sends(count: usize) -> usize {
    let (now, incarnation) = (Instant::now(), Incarnation([0; 16]));
    let mut sender = Sender::new(Start { incarnation, ordinal: 1, at: Point::START, whole: true }, 1);
    sender.tick(now);
    let mut sent = 0;
    for revision in 1..=count as u64 {
        let Some(from) = sender.cut_from() else { break };
        let mut cutter = Cutter::default();
        cutter.push(item(revision, b"").expect("short")).expect("there is room");
        let batch = cutter.cut(&node(), incarnation, from.at.cursor, revision, &signer()).expect("a row");
        sender.cut(Cut::Batch { from, batch: Box::new(batch) }, now);
        sent += 1;
    }
    sent
}

fn read_item(unit_length: usize, subkey_length: usize) -> bool {
    let mut bytes = vec![1, 0, 1, 0, u8::try_from(unit_length).expect("short")];
    bytes.extend_from_slice(b"430981101000");
    bytes.push(u8::try_from(subkey_length).expect("short"));
    bytes.resize(bytes.len() + subkey_length + 12, 0);
    Item::read(&mut zhuji_protocol::wire::fixed::Fields::of(&bytes)).is_ok()
}

/// There is one form of each length near the longest.
fn unit_id_passes(length: usize) -> bool {
    let text = match length {
        20 => "430981101000~99-9999",
        21 => "430981101000~999-9999",
        _ => "430981101000~9999-9999",
    };
    assert_eq!(text.len(), length);
    text.parse::<zhuji_protocol::unit::UnitId>().is_ok()
}

fn goes_on_after_cuts_anew(count: usize) -> bool {
    let (now, incarnation) = (Instant::now(), Incarnation([0; 16]));
    let mut sender = Sender::new(Start { incarnation, ordinal: 1, at: Point::START, whole: false }, 1);
    sender.tick(now);
    (0..count).all(|_| {
        let Some(from) = sender.cut_from() else { return false };
        sender.cut(Cut::Nothing { from, since: None }, now);
        let position = PositionV1::fresh(incarnation, 1);
        let ack = AckV1 { position, answer: AnswerV1::CutAnew, refused: List::new() };
        !sender.acknowledged(ack, now).contains(&Step::Close(CloseCode::Protocol))
    })
}

/// Whether a bounded list takes what an unbounded one wrote.
fn lists<T: serde::Serialize, L: serde::de::DeserializeOwned>(elements: &[T]) -> bool {
    decode::<L>(&encode(elements).expect("short")).is_ok()
}

/// The largest set takes a gigabyte and is not made here: that its proofs fit is arithmetic, that one more is refused is
/// seen before anything is hashed.
fn change_set_has_its_edge() {
    assert_eq!(1 << limits::AUDIT_PATH, limits::CHANGE_SET);
    let change = Change { key: key(), version: 1, payload: Vec::new() };
    assert!(publish(&node().unit, &signer(), vec![change.clone(); 300]).is_ok());
    assert!(publish(&node().unit, &signer(), vec![change; limits::CHANGE_SET + 1]).is_err());
}

fn publishes(length: usize) -> bool {
    let change = Change { key: key(), version: 1, payload: vec![0; length] };
    let Ok(made) = publish(&node().unit, &signer(), vec![change]) else { return false };
    Item::new(key(), 1, 1, &made[0].bytes().expect("it encodes")).is_ok()
}

fn path_passes(steps: usize) -> bool {
    let fields = (
        (node().unit, [0u8; 32], [0u8; 32]),
        (1u32, 0u32),
        vec![[0u8; 32]; steps],
        ([0u8; 32], [0u8; 32], Vec::<u8>::new()),
    );
    decode::<PublishedV1>(&encode(&fields).expect("it encodes")).is_ok()
}

fn hello_with(extensions: usize, length: usize) -> bool {
    let extension = (1u16, vec![0u8; length]);
    let hello = HelloV1 {
        replica: node(),
        hub: None,
        versions: List::new(),
        capabilities: zhuji_protocol::wire::hello::Capabilities::OURS,
        program: Text::default(),
        process: ProcessId([0; 16]),
        clock_ms: 0,
        incarnation: Incarnation([0; 16]),
        head: 0,
        down: None,
        extensions: List::<ExtensionV1, { limits::EXTENSIONS }>::new(),
    };
    let mut body = encode(&hello).expect("it encodes");
    body.pop();
    body.extend(encode(&vec![extension; extensions]).expect("short"));
    Message::read(&Frame::new(zhuji_protocol::wire::kinds::frame::HELLO, 1, body)).is_ok()
}

fn answer_with(keys: usize, length: usize) -> bool {
    let answer = EnrolAnswerV1 {
        certificate: Der::default(),
        authority: Der::default(),
        hub: node(),
        clock_ms: 0,
        vouched: List::<Bytes<{ limits::VOUCHED_KEY }>, { limits::VOUCHED_KEYS }>::new(),
    };
    let mut body = encode(&answer).expect("it encodes");
    body.pop();
    body.extend(encode(&vec![vec![0u8; length]; keys]).expect("short"));
    decode::<EnrolAnswerV1>(&body).is_ok()
}

fn busy_is_believed_up_to_its_limit() {
    let waits = |seconds| Backoff::default().after(Ended::Busy { seconds }, 0);
    let most = limits::BUSY_SECONDS;
    assert_eq!(waits(most - 1), Duration::from_secs(u64::from(most) - 1));
    assert_eq!(waits(most), Duration::from_secs(most.into()));
    assert_eq!(waits(most + 1), waits(most));
}

/// What is seen when a replaced process has come back so often, so long after it was replaced.
fn seen_after(returns: usize, apart: Duration) -> Seen {
    let (mut watch, mut now, mut seen) = (ForkWatch::default(), Instant::now(), Seen::Fine);
    for turn in 0..returns + 2 {
        seen = watch.hello(ProcessId([u8::from(turn % 2 == 0); 16]), now);
        now += apart / 2;
    }
    seen
}
