//! Every place at which bytes from outside come in. A target takes any bytes; it may find nothing in them, and must not
//! panic. What is read is written again where there is a way, since a second form of one value is a fault too.
//!
//! Included by the fuzzer and by `tests/hostile/`, so that stable runs the same.

use std::sync::OnceLock;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::directory::{Difference, Directory, read_snapshot};
use zhuji_protocol::facts::{self, Folder, Reading, heading::FILES};
use zhuji_protocol::identity::{AuthorityCertificate, EnrolmentToken, ReplicaKey, check_peer, check_request};
use zhuji_protocol::policy::{self, Alone, Policy, Source, builtin};
use zhuji_protocol::wire::codec::{decode, encode};
use zhuji_protocol::wire::enrol::{
    EnrolAnswerV1, EnrolRefusedV1, EnrolRequestV1, Enrolling, RenewAnswerV1, RenewRequestV1,
};
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::frame::{Frame, FrameReader};
use zhuji_protocol::wire::item::Item;
use zhuji_protocol::wire::kinds::{StreamClass, frame as kind};
use zhuji_protocol::wire::message::Message;
use zhuji_protocol::wire::payload::{
    AnchorV1, AsideV1, AssignmentV1, CalendarV1, DirectoryEntryV1, PolicyV1, ReportingV1, SummaryV1,
};
use zhuji_protocol::wire::published::{PublishedV1, VouchedKeyV1};
use zhuji_protocol::wire::subkey;

/// A stream of frames, in pieces: the first byte says which class, the second how long the pieces are.
pub fn frames(bytes: &[u8]) {
    let [class, piece, bytes @ ..] = bytes else { return };
    let class = StreamClass::from_number(class % 4);
    let mut reader = class.map_or_else(FrameReader::unopened, FrameReader::new);
    for piece in bytes.chunks(usize::from(*piece).max(1)) {
        let mut input = piece;
        loop {
            match reader.feed(&mut input) {
                Ok(Some(frame)) => message_in(&frame),
                Ok(None) => break,
                Err(_) => return,
            }
            assert!(reader.held_bytes() <= 2 * bytes.len());
        }
    }
}

fn message_in(frame: &Frame) {
    let Ok(message) = Message::read(frame) else { return };
    if let Message::Unknown { .. } = message {
        return;
    }
    let again = message.frame().expect("what was read can be said");
    assert_eq!(Message::read(&again).as_ref(), Ok(&message));
    if let Message::Batch(batch) = message {
        assert_eq!(again.body, frame.body, "a batch has one form");
        let key = ReplicaKey::from_seed(&[1; 32]).expect("a seed");
        let node = "zhuji:node:430981001000".parse().expect("a replica");
        assert!(batch.check(&node, &[key.public()]).is_err());
    }
}

/// One item with its header; whatever kind it is of, its body is read as every kind.
pub fn items(bytes: &[u8]) {
    let mut fields = Fields::of(bytes);
    while let Ok(item) = Item::read(&mut fields) {
        let again = Item::new(item.key().clone(), item.version(), item.revision(), item.body());
        assert_eq!(again.as_ref().map(Item::bytes), Ok(item.bytes()), "an item has one form");
        let subkey = &item.key().subkey;
        let _ = (subkey::read_summary(subkey), subkey::read_reporting(subkey), subkey::read_policy(subkey));
        let _ = (subkey::read_assignment(subkey), subkey::read_calendar(subkey));
        payloads(item.body());
        if let Ok(published) = PublishedV1::read(&item) {
            let key = ReplicaKey::from_seed(&[1; 32]).expect("a seed");
            assert!(!published.holds(item.key(), item.version(), &key.public()));
            payloads(&published.payload);
        }
    }
}

fn payloads(body: &[u8]) {
    if let Ok((summary, made_of)) = SummaryV1::decode(body) {
        let again = SummaryV1::encode(&summary, made_of).expect("what was read can be written");
        assert_eq!(SummaryV1::decode(&again), Ok((summary.clone(), made_of)));
        let fields: SummaryV1 = decode(body).expect("it was read");
        assert_eq!(decode(&again), Ok(fields), "a summary has one form");
    }
    if let Ok((reporting, own, made_of)) = ReportingV1::decode(body) {
        let again = ReportingV1::encode(&reporting, own, made_of).expect("what was read can be written");
        assert_eq!(ReportingV1::decode(&again), Ok((reporting, own, made_of)));
        let fields: ReportingV1 = decode(body).expect("it was read");
        assert_eq!(decode(&again), Ok(fields), "a reporting has one form");
    }
    if let Ok(entry) = DirectoryEntryV1::decode(body) {
        let again = DirectoryEntryV1::encode(&entry).expect("what was read can be written");
        assert_eq!(DirectoryEntryV1::decode(&again), Ok(entry));
    }
    if let Ok(assignment) = AssignmentV1::decode(body) {
        let again = AssignmentV1::encode(&assignment).expect("what was read can be written");
        assert_eq!(AssignmentV1::decode(&again), Ok(assignment));
    }
    if let Ok(anchor) = AnchorV1::decode(body) {
        assert_eq!(anchor.encode().and_then(|bytes| AnchorV1::decode(&bytes)), Ok(anchor));
    }
    if let Ok(aside) = AsideV1::decode(body) {
        let again = AsideV1::encode(aside.as_ref()).expect("what was read can be written");
        assert_eq!(AsideV1::decode(&again), Ok(aside));
    }
    let _ = PolicyV1::decode(body);
    let _ = CalendarV1::decode(body);
    if let Ok(vouched) = decode::<VouchedKeyV1>(body) {
        assert_eq!(encode(&vouched).and_then(|bytes| decode(&bytes)), Ok(vouched));
    }
}

/// The body of a frame: the first byte says of which kind.
pub fn messages(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first() else { return };
    message_in(&Frame::new(u16::from(*kind), 1, body.to_vec()));
}

/// What a newcomer or a hub may be sent before they know each other, and what a person may paste as a token.
pub fn enrolment(bytes: &[u8]) {
    let Some((which, body)) = bytes.split_first() else { return };
    let frame = |kind| Frame::new(kind, 1, body.to_vec());
    match which % 8 {
        0 => drop(EnrolRequestV1::read(&frame(kind::ENROL_REQUEST)).map(|request| request.map(proved))),
        1 => drop(EnrolAnswerV1::read(&frame(kind::ENROL_ANSWER)).map(|answer| answer.map(answered))),
        2 => drop(EnrolRefusedV1::read(&frame(kind::ENROL_REFUSED))),
        3 => drop(RenewRequestV1::read(&frame(kind::RENEW_REQUEST))),
        4 => drop(RenewAnswerV1::read(&frame(kind::RENEW_ANSWER))),
        5 => drop(check_request(body)),
        6 => drop(AuthorityCertificate::parse(body).map(|authority| check_peer(&authority, body))),
        _ => {
            let text = String::from_utf8_lossy(body);
            if let Ok(token) = EnrolmentToken::parse(&text) {
                assert_eq!(EnrolmentToken::parse(&token.to_text()), Ok(token));
            }
        }
    }
}

fn proved(request: EnrolRequestV1) {
    drop(check_request(&request.csr));
}

fn answered(answer: EnrolAnswerV1) {
    drop(AuthorityCertificate::parse(&answer.authority).map(|own| check_peer(&own, &answer.certificate)));
}

/// A policy file as a person wrote it or a hub sent it. The first byte says which.
pub fn policies(bytes: &[u8]) {
    let Some((which, body)) = bytes.split_first() else { return };
    let source = Source { file: "policy.toml".to_owned(), bytes: body.to_vec() };
    let calendar = Calendar::shipped();
    let read = match which % 2 {
        0 => policy::parse(&source, &Alone, calendar),
        _ => policy::parse_flattened(&source, calendar),
    };
    match read {
        Ok(policy) => {
            let flattened = Source { bytes: policy.to_toml().into_bytes(), ..source };
            let again = policy::parse_flattened(&flattened, calendar).expect("what was written can be read");
            assert_eq!(again.to_toml().as_bytes(), flattened.bytes, "a flattened policy has one form");
        }
        Err(faults) => assert!(!faults.is_empty()),
    }
}

/// A folder of tables: the first byte says which table the rest is; the other files are not there.
pub fn facts(bytes: &[u8]) {
    let Some((which, body)) = bytes.split_first() else { return };
    let shape = FILES[usize::from(*which) % FILES.len()];
    let folder = Folder { name: "folder".to_owned(), files: [(shape.name.to_owned(), body.to_vec())].into() };
    for policy in [None, Some(example_policy())] {
        let read = facts::read(&folder, Reading { policy, ..Reading::default() });
        if let Err(faults) = read {
            assert!(!faults.is_empty());
        }
    }
}

fn example_policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| {
        let text = builtin::text("meijia-2023").expect("a built-in policy");
        let source = Source { file: "meijia-2023".to_owned(), bytes: text.as_bytes().to_vec() };
        policy::parse(&source, &Alone, Calendar::shipped()).expect("it reads")
    })
}

/// A snapshot of divisions, against an empty directory and against what it makes of it.
pub fn directory(bytes: &[u8]) {
    let mut directory = Directory::default();
    for _ in 0..2 {
        let Ok(rows) = read_snapshot(bytes, &directory) else { return };
        for entry in Difference::between(&directory, rows, None).entries {
            directory.put(entry);
        }
    }
    let _ = directory.faults();
    drop(Calendar::parse(&String::from_utf8_lossy(bytes)));
}
