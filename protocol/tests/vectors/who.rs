//! Keys, replicas and their ids.

use crate::kept::{hex, keeps};
use serde_json::json;
use zhuji_protocol::identity::{Replica, ReplicaKey};

/// The key that a test's seed stands for: 32 times the same byte.
pub(crate) fn key(seed: u8) -> ReplicaKey {
    ReplicaKey::from_seed(&[seed; 32]).expect("a seed")
}

pub(crate) fn replica(text: &str) -> Replica {
    text.parse().expect("a replica")
}

pub(crate) fn node() -> Replica {
    replica("zhuji:node:430981101000")
}

pub(crate) fn hub() -> Replica {
    replica("zhuji:hub:430981000000")
}

#[test]
fn keys() {
    let message = b"zhuji";
    let vectors = [1, 2, 10, 11, 50].map(|seed| {
        let key = key(seed);
        json!({
            "seed": hex(&[seed; 32]),
            "public_key": hex(key.public().as_bytes()),
            "key_id": hex(key.id().as_bytes()),
            "message": hex(message),
            "signature": hex(&key.sign(message)),
        })
    });
    keeps("keys.json", "Ed25519 keys from seeds; key_id = SHA-256(public_key).", vectors.into());
}

#[test]
fn replicas() {
    let good = [
        "zhuji:node:430981101000",
        "zhuji:hub:430981000000",
        "zhuji:node:430981101000~2",
        "zhuji:node:430981101000~999-9999",
        "zhuji:hub:430981101000-0001",
    ];
    let bad = [
        "",
        "zhuji:node:",
        "zhuji:Node:430981101000",
        "zhuji:node:43098110100",
        "zhuji:node:4309811010000",
        "zhuji:node:430981101000~1",
        "zhuji:node:430981101000~02",
        "zhuji:node:430981101000~1000",
        "zhuji:node:430981101000-0000",
        "zhuji:node:430981101000-001",
        "zhuji:node:430981101000-0001~2",
        "node:430981101000",
    ];
    let well = |text: &str| {
        let read = text.parse::<Replica>();
        assert!(read.as_ref().map_or(true, |replica| replica.to_string() == text));
        json!({ "name": text, "well_formed": read.is_ok() })
    };
    keeps(
        "replicas.json",
        "Names of replicas, and texts that are none.",
        good.iter().chain(&bad).map(|text| well(text)).collect(),
    );
    assert!(good.iter().all(|text| text.parse::<Replica>().is_ok()));
    assert!(bad.iter().all(|text| text.parse::<Replica>().is_err()));
}
