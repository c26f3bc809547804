//! What honest ends say, to be spoilt: the golden bytes, the built-in policies, small tables.

use std::fs;
use std::path::PathBuf;
use zhuji_protocol::facts::heading::{Column, FILES};
use zhuji_protocol::identity::{
    EnrolmentToken, Fingerprint, HubAuthority, Replica, ReplicaKey, TokenSecret, make_request,
};
use zhuji_protocol::policy::builtin;
use zhuji_protocol::wire::bounded::{Bytes, List, Text};
use zhuji_protocol::wire::enrol::{
    EnrolAnswerV1, EnrolRefusedV1, EnrolRequestV1, RenewAnswerV1, RenewRequestV1,
};
use zhuji_protocol::wire::{batch, codec, frame};

/// As long as the longest frame that is read today, and longer than any table or policy of a test.
pub(crate) const LONGEST: usize = 256 << 10;

fn golden() -> Vec<(String, Vec<u8>)> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "golden"].iter().collect();
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("the golden files")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

/// Files that hold a whole frame, and not the body of an item.
fn golden_frames() -> Vec<Vec<u8>> {
    let is_frame = |bytes: &[u8]| {
        let length = bytes.first_chunk().map(|length| u32::from_le_bytes(*length) as usize);
        length.is_some_and(|length| length + frame::HEAD == bytes.len())
    };
    golden().into_iter().map(|(_, bytes)| bytes).filter(|bytes| is_frame(bytes)).collect()
}

fn with_front(front: &[u8], bodies: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    bodies.into_iter().map(|body| [front, &body].concat()).collect()
}

pub(crate) fn frames() -> Vec<Vec<u8>> {
    [[0, 200], [1, 7]].iter().flat_map(|front| with_front(front, golden_frames())).collect()
}

pub(crate) fn messages() -> Vec<Vec<u8>> {
    golden_frames().into_iter().map(|bytes| [&bytes[4..5], &bytes[frame::HEAD..]].concat()).collect()
}

pub(crate) fn items() -> Vec<Vec<u8>> {
    let frames = golden_frames();
    let of_batch = frames.iter().find(|bytes| bytes[4] == 16).expect("a batch");
    let mut seeds = vec![of_batch[frame::HEAD + batch::HEAD..].to_vec()];
    // Each kind's body as an item of the first kind: the target reads every body as every kind.
    seeds.extend(golden().into_iter().map(|(_, body)| item_around(&body)));
    seeds
}

fn item_around(body: &[u8]) -> Vec<u8> {
    let mut item = vec![1, 0, 1, 0, 12];
    item.extend_from_slice(b"430981001000");
    item.extend_from_slice(&[5, 0, 0, 0x5e, 0xf6, 0]);
    item.extend_from_slice(&7u64.to_le_bytes());
    item.extend_from_slice(&u32::try_from(body.len()).expect("short").to_le_bytes());
    item.extend_from_slice(body);
    item
}

pub(crate) fn enrolment() -> Vec<Vec<u8>> {
    let key = ReplicaKey::from_seed(&[5; 32]).expect("a seed");
    let node: Replica = "zhuji:node:430981101000".parse().expect("a replica");
    let hub: Replica = "zhuji:hub:430981000000".parse().expect("a replica");
    let noon = "2026-03-01T12:00:00Z".parse().expect("a moment");
    let own = ReplicaKey::from_seed(&[1; 32]).expect("a seed");
    let authority = HubAuthority::create(&hub.unit, own, [1; 16], noon).expect("an authority");
    let certificate = authority.issue(&node, &key.public(), [9; 16], noon).expect("issued");
    let request = make_request(&node, &key).expect("made");
    let der = |bytes: &[u8]| Bytes::of(bytes).expect("short");
    let token = EnrolmentToken {
        address: "hub.example.cn:7443".parse().expect("an address"),
        authority: Fingerprint::of(authority.certificate().der()),
        hub: hub.unit.clone(),
        target: node,
        secret: TokenSecret([7; 16]),
        expires: noon,
    };
    let asking = EnrolRequestV1 {
        secret: Bytes::of([7; 16]).expect("sixteen"),
        csr: der(&request),
        program: Text::cut("0.1.0"),
        clock_ms: 1_790_000_000_000,
    };
    let answer = EnrolAnswerV1 {
        certificate: der(&certificate),
        authority: der(authority.certificate().der()),
        hub,
        clock_ms: 1_790_000_000_000,
        vouched: List::of(vec![Bytes::of([1, 2, 3]).expect("short")]).expect("one"),
    };
    let refused = EnrolRefusedV1 { reason: 6, seconds: 30, clock_ms: 1_790_000_000_000 };
    let bodies = [
        codec::encode(&asking),
        codec::encode(&answer),
        codec::encode(&refused),
        codec::encode(&RenewRequestV1 { csr: der(&request) }),
        codec::encode(&RenewAnswerV1 { certificate: der(&certificate), clock_ms: 1 }),
        Ok(request),
        Ok(authority.certificate().der().to_vec()),
        Ok(token.to_text().into_bytes()),
    ];
    (0u8..).zip(bodies).map(|(which, body)| [&[which], &*body.expect("it encodes")].concat()).collect()
}

pub(crate) fn policies() -> Vec<Vec<u8>> {
    let texts = builtin::ids().filter_map(builtin::text).map(|text| text.as_bytes().to_vec());
    with_front(&[0], texts)
}

/// A table of every kind, each with two rows in which every cell holds something.
pub(crate) fn facts() -> Vec<Vec<u8>> {
    let cell = |heading: &str, row: usize| match heading {
        "from" | "date" => format!("2026-0{row}-01"),
        "to" => "2026-12-31".to_owned(),
        _ if heading.ends_with("_on") => format!("2026-0{row}-1{row}"),
        "id" => format!("X{row}"),
        "leader" | "talent" | "pairing" | "case" => "X1".to_owned(),
        "level" => "township".to_owned(),
        "unit" | "code" | "parent" => "511723205000".to_owned(),
        "mode" => "visit".to_owned(),
        _ => "1".to_owned(),
    };
    let table = |columns: &[Column]| {
        let headings: Vec<&str> = columns.iter().map(|column| column.english).collect();
        let rows = (1..3).map(|row| headings.iter().map(|heading| cell(heading, row)).collect::<Vec<_>>());
        let lines = std::iter::once(headings.join(",")).chain(rows.map(|row| row.join(",")));
        lines.collect::<Vec<_>>().join("\n").into_bytes()
    };
    (0u8..).zip(FILES).map(|(which, shape)| [&[which][..], &table(shape.columns)].concat()).collect()
}

pub(crate) fn directory() -> Vec<Vec<u8>> {
    let small = "code,name,level,parent_code\n511700000000,达州市,2,\n511701000000,市辖区,3,511700000000\n\
                 511723000000,开江县,3,511701000000\n511723205000,梅家乡,township,511723000000\n";
    let places = [
        &include_bytes!("../../../deploy/places/meijia.csv")[..],
        include_bytes!("../../../deploy/places/laibin.csv"),
        include_bytes!("../../data/holidays-cn.csv"),
    ];
    [small.as_bytes()].into_iter().chain(places).map(<[u8]>::to_vec).collect()
}
