//! Tokens, certificates, requests, and what is said while enrolling and renewing.

use crate::kept::{fields, hex, keeps};
use crate::who::{hub, key, node};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use zhuji_protocol::identity::{
    EnrolmentToken, HubAuthority, TokenSecret, check_peer, check_request, make_request,
};
use zhuji_protocol::wire::bounded::{Bytes, List, Text};
use zhuji_protocol::wire::codec::encode;
use zhuji_protocol::wire::enrol::{
    Der, EnrolAnswerV1, EnrolRefusedV1, EnrolRequestV1, Enrolling, RenewAnswerV1, RenewRequestV1,
};
use zhuji_protocol::wire::frame::FrameReader;
use zhuji_protocol::wire::kinds::StreamClass;
use zhuji_protocol::wire::published::VouchedKeyV1;

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().expect("a moment")
}

fn authority() -> HubAuthority {
    HubAuthority::create(&hub().unit, key(10), [10; 16], noon()).expect("an authority")
}

fn token() -> EnrolmentToken {
    EnrolmentToken {
        address: "hub.example.cn:7443".parse().expect("an address"),
        authority: authority().certificate().fingerprint(),
        hub: hub().unit,
        target: node(),
        secret: TokenSecret([7; 16]),
        expires: "2026-03-04T12:00:00Z".parse().expect("a moment"),
    }
}

#[test]
fn tokens() {
    let vector = |token: EnrolmentToken| {
        let text = token.to_text();
        assert_eq!(EnrolmentToken::parse(&text).as_ref(), Ok(&token));
        json!({
            "text": text,
            "expires": token.expires.timestamp(),
            "secret": hex(&token.secret.0),
            "secret_hash": hex(&token.secret.hash().0),
            "authority": hex(&token.authority.0),
            "role": token.target.role.word(),
            "hub": token.hub.to_string(),
            "unit": token.target.unit.to_string(),
            "address": token.address.to_string(),
        })
    };
    let other = EnrolmentToken { address: "[2001:db8::1]:65535".parse().expect("an address"), ..token() };
    let text = token().to_text();
    let bad = [
        ("cut", text[..text.len() - 9].to_owned()),
        ("mistyped", text.replacen('a', "b", 1)),
        ("of a later version", text.replacen("zhuji1", "zhuji2", 1)),
    ];
    let bad = bad.map(|(why, text)| {
        assert!(EnrolmentToken::parse(&text).is_err());
        json!({ "text": text, "refused": why })
    });
    let vectors = [vector(token()), vector(other)].into_iter().chain(bad);
    keeps("tokens.json", "Enrolment tokens, and texts that are none.", vectors.collect());
}

#[test]
fn certificates() {
    let authority = authority();
    let certificate = authority.issue(&node(), &key(50).public(), [5; 16], noon()).expect("issued");
    let request = make_request(&node(), &key(50)).expect("made");
    let peer = check_peer(authority.certificate(), &certificate).expect("its own");
    assert_eq!((peer.replica, peer.public_key), (node(), key(50).public()));
    assert_eq!(check_request(&request), Ok((node(), key(50).public())));
    let vectors = vec![
        json!({
            "name": "authority", "seed": hex(&[10; 32]), "der": hex(authority.certificate().der()),
            "fingerprint": hex(&authority.certificate().fingerprint().0),
        }),
        json!({
            "name": "certificate", "issuer_seed": hex(&[10; 32]), "seed": hex(&[50; 32]),
            "replica": node().to_string(), "not_before": (noon() - chrono::TimeDelta::hours(48)).to_string(),
            "not_after": (noon() + chrono::TimeDelta::days(180)).to_string(), "der": hex(&certificate),
        }),
        json!({ "name": "request", "seed": hex(&[50; 32]), "replica": node().to_string(), "der": hex(&request) }),
    ];
    keeps(
        "certificates.json",
        "A hub's authority, a replica's certificate by it, and a request (PKCS #10).",
        vectors,
    );
}

#[test]
fn frames() {
    let authority = authority();
    let certificate = authority.issue(&node(), &key(50).public(), [5; 16], noon()).expect("issued");
    let request = make_request(&node(), &key(50)).expect("made");
    let der = |bytes: &[u8]| Der::of(bytes).expect("short");
    let vouched = VouchedKeyV1 { replica: hub(), key: key(11).public(), revoked: false };
    let vouched = Bytes::of(encode(&vouched).expect("it encodes")).expect("short");
    let clock_ms = noon().timestamp_millis();
    let vectors = vec![
        vector(
            "enrol-request",
            &EnrolRequestV1 {
                secret: Bytes::of([7; 16]).expect("sixteen"),
                csr: der(&request),
                program: Text::of("0.1.0").expect("short"),
                clock_ms,
            },
        ),
        vector(
            "enrol-answer",
            &EnrolAnswerV1 {
                certificate: der(&certificate),
                authority: der(authority.certificate().der()),
                hub: hub(),
                clock_ms,
                vouched: List::of(vec![vouched]).expect("one"),
            },
        ),
        vector("enrol-refused", &EnrolRefusedV1 { reason: 6, seconds: 30, clock_ms }),
        vector("renew-request", &RenewRequestV1 { csr: der(&request) }),
        vector("renew-answer", &RenewAnswerV1 { certificate: der(&certificate), clock_ms }),
    ];
    keeps("enrolment.json", "What is said while enrolling and renewing, on a control stream.", vectors);
}

fn vector<E: Enrolling + PartialEq + std::fmt::Debug>(name: &str, said: &E) -> Value {
    let frame = said.frame().expect("short");
    let bytes = frame.encode(StreamClass::Control.frame_limit()).expect("it fits");
    let read = FrameReader::new(StreamClass::Control).feed(&mut &bytes[..]).expect("a frame").expect("whole");
    assert_eq!(E::read(&read).expect("readable").as_ref(), Some(said));
    json!({ "name": name, "kind": frame.kind, "fields": fields(said), "frame": hex(&bytes) })
}
