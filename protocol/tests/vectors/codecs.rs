//! Values through the codec, one of each shape.

use crate::kept::{hex, keeps};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use zhuji_protocol::figures::{CaseState, Count, CountKey, Facet, TallyKey};
use zhuji_protocol::policy::{Kind, Side};
use zhuji_protocol::wire::ack::AnswerV1;
use zhuji_protocol::wire::codec::{decode, encode};

fn vector<T: Serialize + DeserializeOwned + PartialEq + Debug>(shape: &str, value: &T) -> Value {
    let bytes = encode(value).expect("it encodes");
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(value));
    json!({ "type": shape, "value": serde_json::to_value(value).expect("JSON"), "bytes": hex(&bytes) })
}

#[test]
fn values() {
    let mut vectors = Vec::new();
    vectors.extend([0u8, 250, 251, 255].map(|value| vector("u8", &value)));
    vectors.extend([0u16, 250, 251, 300, u16::MAX].map(|value| vector("u16", &value)));
    vectors.extend([0u32, 250, 251, 0xffff, 0x1_0000, u32::MAX].map(|value| vector("u32", &value)));
    let wide = [0u64, 250, 251, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, u64::MAX];
    vectors.extend(wide.map(|value| vector("u64", &value)));
    vectors.extend([0i32, -1, 1, 125, -126, 126, i32::MIN, i32::MAX].map(|value| vector("i32", &value)));
    vectors.extend([0i64, -1, 1, i64::MIN, i64::MAX].map(|value| vector("i64", &value)));
    vectors.extend([false, true].map(|value| vector("bool", &value)));
    vectors.extend([None, Some(0u32), Some(300)].map(|value| vector("option u32", &value)));
    vectors.extend(["", "a", "逐级"].map(|value| vector("text", &value.to_owned())));
    vectors.push(vector("text", &"x".repeat(251)));
    vectors.extend([vec![], vec![1u16, 300]].map(|value| vector("list of u16", &value)));
    vectors.push(vector("array of 4 u8", &[1u8, 251, 252, 255]));
    vectors.push(vector("pair of text and u8", &("a".to_owned(), 255u8)));
    keeps("codec.json", "Values and their bytes, by type.", vectors);
}

/// Every variant of every enumeration that travels by its number.
#[test]
fn numbered_variants() {
    let policy = || "meijia-2023".to_owned();
    let mut vectors: Vec<Value> = Kind::WORDS.iter().map(|(kind, _)| vector("kind", kind)).collect();
    vectors.extend([Side::Leader, Side::Talent].map(|side| vector("side", &side)));
    use Count::{Cases, Contacts, Events, Leaders, Pairings, Services, Talents};
    vectors.extend(
        [Leaders, Talents, Pairings, Contacts, Events, Services, Cases].map(|count| vector("count", &count)),
    );
    use Facet::{ContactMode, ContactTopic, EventKind, ServiceKind, TalentCategory};
    vectors.extend(
        [TalentCategory, ContactMode, ContactTopic, EventKind, ServiceKind]
            .map(|facet| vector("facet", &facet)),
    );
    use CaseState::{Accepted, Answered, Delivered, Dispatched, FedBack, Received};
    vectors.extend(
        [Received, Accepted, Dispatched, Delivered, Answered, FedBack]
            .map(|state| vector("case state", &state)),
    );
    let (kind, assumed) = (Kind::ContactFrequency, true);
    vectors.extend([
        vector(
            "tally key",
            &TallyKey::Rule { policy: policy(), rule: "yearly-contact".into(), kind, assumed },
        ),
        vector("tally key", &TallyKey::Kind { kind, assumed: false }),
        vector("count key", &CountKey::Total(Count::Talents)),
        vector("count key", &CountKey::Keyed { policy: policy(), facet: ContactMode, key: "visit".into() }),
        vector("count key", &CountKey::ContactsBegunBy(Side::Talent)),
        vector("count key", &CountKey::CasesIn(FedBack)),
        vector(
            "count key",
            &CountKey::ClassedCases { policy: policy(), class: "housing".into(), state: Received },
        ),
        vector("count key", &CountKey::CaseDays(366)),
        vector("count key", &CountKey::ClassedCaseDays { policy: policy(), class: "-".into(), days: 7 }),
    ]);
    vectors.extend([AnswerV1::Applied, AnswerV1::CutAnew].map(|answer| vector("answer", &answer)));
    keeps("variants.json", "Every variant of the enumerations, with its number first.", vectors);
}
