//! The bodies of items.

use crate::kept::{fields, hex, keeps};
use crate::who::{hub, key};
use chrono::NaiveDate;
use serde_json::{Value, json};
use zhuji_protocol::assignment::{Assignment, PolicyVersion};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::figures::{CaseState, Count, CountKey, Facet, TallyKey};
use zhuji_protocol::policy::{Kind, Side};
use zhuji_protocol::reporting::{OwnReport, Reporting};
use zhuji_protocol::rules::Tally;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::codec::{decode, encode};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::{
    AnchorV1, AsideV1, AssignmentV1, CalendarV1, ChainPointV1, DirectoryEntryV1, PolicyV1, ReportingV1,
    SummaryV1,
};
use zhuji_protocol::wire::published::VouchedKeyV1;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn unit(text: &str) -> UnitId {
    text.parse().expect("a unit")
}

fn summary() -> Summary {
    let policy = || "meijia-2023".to_owned();
    let mut summary = Summary::default();
    let quota = TallyKey::Rule {
        policy: policy(),
        rule: "one-talent".into(),
        kind: Kind::PairingQuota,
        assumed: false,
    };
    summary.stocks.add_tally(quota, Tally { met: 9, overdue: 1, ..Tally::default() });
    summary.stocks.add_count(CountKey::Total(Count::Leaders), 9);
    let category = CountKey::Keyed { policy: policy(), facet: Facet::TalentCategory, key: "teacher".into() };
    summary.stocks.add_count(category, 3);
    summary.flows.add_tally(
        TallyKey::Kind { kind: Kind::EventReport, assumed: true },
        Tally { met: 3, late: 1, overdue: 2, pending: 0, exempt: 1 },
    );
    let mode = CountKey::Keyed { policy: policy(), facet: Facet::ContactMode, key: "visit".into() };
    summary.flows.add_count(mode, 251);
    summary.flows.add_count(CountKey::ContactsBegunBy(Side::Talent), 4);
    summary.flows.add_count(CountKey::CasesIn(CaseState::FedBack), 70_000);
    summary.flows.add_count(CountKey::CaseDays(366), 2);
    summary
}

#[test]
fn bodies() {
    let mut vectors: Vec<Value> = Vec::new();
    let mut add = |kind: u16, name: &str, fields: Value, body: Vec<u8>| {
        vectors
            .push(json!({ "kind": kind, "version": 1, "name": name, "fields": fields, "body": hex(&body) }));
    };

    for (summary, made_of) in
        [(Summary::default(), None), (summary(), None), (summary(), Some(Digest([7; 32])))]
    {
        let body = SummaryV1::encode(&summary, made_of).expect("it encodes");
        assert_eq!(SummaryV1::decode(&body), Ok((summary, made_of)));
        add(1, "summary", fields(&decode::<SummaryV1>(&body).expect("its own")), body);
    }

    let mut folded = Reporting::heard(day("2026-03-20"), true);
    folded.add(&Reporting::heard(day("2026-03-19"), false));
    folded.add(&Reporting::silent());
    folded.older = 1;
    let own = OwnReport { program: [0, 1, 0], skew_seconds: -130 };
    for (reporting, own, made_of) in
        [(Reporting::heard(day("2026-03-20"), true), Some(own), None), (folded, None, Some(Digest([8; 32])))]
    {
        let body = ReportingV1::encode(&reporting, own, made_of).expect("it encodes");
        assert_eq!(ReportingV1::decode(&body), Ok((reporting, own, made_of)));
        add(2, "reporting", fields(&decode::<ReportingV1>(&body).expect("its own")), body);
    }

    let mut entry =
        Entry::always(unit("511723205000"), "梅家乡", Level::Township, Some(unit("511723000000")));
    let mut attributes = entry.latest().expect("a span").clone();
    attributes.name = "梅家镇".into();
    entry.change(day("2026-03-15"), attributes);
    entry.successors.push(unit("511723206000"));
    let body = DirectoryEntryV1::encode(&entry).expect("it encodes");
    assert_eq!(DirectoryEntryV1::decode(&body), Ok(entry));
    add(3, "directory-entry", fields(&decode::<DirectoryEntryV1>(&body).expect("its own")), body);

    let policy = PolicyV1 { policy: "meijia-2023".into(), number: 1, toml: "[policy]\n".into() };
    let body = policy.encode().expect("it encodes");
    assert_eq!(PolicyV1::decode(&body).as_ref(), Ok(&policy));
    add(4, "policy", fields(&policy), body);

    let assignment = Assignment {
        unit: unit("511723205000"),
        version: PolicyVersion {
            policy: "meijia-2023".into(),
            number: 1,
            digest: Digest::of(&[b"[policy]\n"]).0,
        },
        from: day("2023-05-10"),
        to: Some(day("2026-12-31")),
        serial: 3,
        issuer: None,
    };
    let body = AssignmentV1::encode(&assignment).expect("it encodes");
    assert_eq!(AssignmentV1::decode(&body), Ok(assignment));
    add(5, "assignment", fields(&decode::<AssignmentV1>(&body).expect("its own")), body);

    let calendar =
        CalendarV1 { csv: "date,holiday,is_day_off,year\n2026-10-01,国庆节,true,2026\n".into() };
    let body = calendar.encode().expect("it encodes");
    assert_eq!(CalendarV1::decode(&body).as_ref(), Ok(&calendar));
    add(6, "calendar", fields(&calendar), body);

    let vouched = VouchedKeyV1 { replica: hub(), key: key(11).public(), revoked: false };
    let body = encode(&vouched).expect("it encodes");
    assert_eq!(decode(&body), Ok(vouched.clone()));
    add(7, "vouched-key", fields(&vouched), body);

    let at = |entries, byte| ChainPointV1 { entries, head: Digest([byte; 32]) };
    for before in [None, Some(at(298, 5))] {
        let anchor = AnchorV1 { now: at(300, 7), before };
        let body = anchor.encode().expect("it encodes");
        assert_eq!(AnchorV1::decode(&body), Ok(anchor));
        add(8, "anchor", fields(&anchor), body);
    }
    for aside in [None, Some(summary())] {
        let body = AsideV1::encode(aside.as_ref()).expect("it encodes");
        assert_eq!(AsideV1::decode(&body), Ok(aside));
        add(9, "aside", fields(&decode::<AsideV1>(&body).expect("its own")), body);
    }

    keeps(
        "payloads.json",
        "Bodies of items; those of kinds 3 to 6 travel inside a published proof.",
        vectors,
    );
}
