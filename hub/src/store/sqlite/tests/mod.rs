//! Stories of a hub's store on a file, told through what `HubStore` offers.

mod anchors;
mod broken;
mod copies;
mod figures;
mod links;
mod missing;
mod proof;
mod recount;
mod refusals;
mod rulings;
mod tree;
mod upward;
mod whole;

use super::SqliteStore;
use crate::store::{Applied, Asked, Author, Enrolled, Founding, HubStore, Moment, Verified};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::identity::{Admission, HubAuthority, Replica, ReplicaKey, SecretHash, TokenSecret};
use zhuji_protocol::link::effects::{self, Cut, CutFrom, Greeted, Outcome, Request};
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::batch::{CheckedBatch, Cutter};
use zhuji_protocol::wire::bounded::{List, Text};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::hello::{Capabilities, HelloV1};
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::life::{Incarnation, ProcessId};
use zhuji_protocol::wire::payload::{ReportingV1, SummaryV1};
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::subkey::Scope;

pub(crate) use crate::store::onward::{reporting_key, summary_key};

pub(crate) const COUNTY: &str = "430981000000";
pub(crate) const TOWN: &str = "430981101000";
pub(crate) const OTHER_TOWN: &str = "430981102000";
pub(crate) const VILLAGE: &str = "430981101200";
pub(crate) const OTHER_VILLAGE: &str = "430981102200";
pub(crate) const CITY: &str = "430900000000";

/// The store answers at the first poll.
pub(crate) fn now<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("SQLite has its answer at the first poll"),
    }
}

pub(crate) fn id(text: &str) -> UnitId {
    text.parse().expect("a unit id")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn month(text: &str) -> Month {
    Month::of(format!("{text}-01").parse().expect("a month"))
}

/// 2026-06-15, noon at UTC+8.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-06-15T04:00:00Z".parse().expect("a moment")
}

pub(crate) fn seed_of(text: &str) -> [u8; 32] {
    Digest::of(&[text.as_bytes()]).0
}

pub(crate) fn author() -> Author {
    Author { who: "tester".into(), at: noon() }
}

pub(crate) fn moment(seed: &str) -> Moment {
    Moment { now: noon(), seed: seed_of(seed) }
}

pub(crate) fn contacts(leaders: i64, contacts: i64) -> Summary {
    let mut summary = Summary::default();
    summary.stocks.add_count(CountKey::Total(Count::Leaders), leaders);
    summary.flows.add_count(CountKey::Total(Count::Contacts), contacts);
    summary
}

pub(crate) fn county() -> Vec<Entry> {
    vec![
        Entry::always(id(COUNTY), "沅江市", Level::County, None),
        Entry::always(id(TOWN), "草尾镇", Level::Township, Some(id(COUNTY))),
        Entry::always(id(OTHER_TOWN), "黄茅洲镇", Level::Township, Some(id(COUNTY))),
        Entry::always(id(VILLAGE), "乐园村", Level::Village, Some(id(TOWN))),
        Entry::always(id(OTHER_VILLAGE), "志成村", Level::Village, Some(id(OTHER_TOWN))),
    ]
}

/// A hub on a file of its own.
pub(crate) struct Hub {
    pub(crate) store: SqliteStore,
    pub(crate) key: ReplicaKey,
    pub(crate) replica: Replica,
    folder: tempfile::TempDir,
    steps: u32,
}

impl Hub {
    pub(crate) fn of(unit: &str, entries: Vec<Entry>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = || {
            let key = ReplicaKey::from_seed(&seed_of(&format!("ca {unit}"))).expect("a key");
            HubAuthority::create(&id(unit), key, [1; 16], noon()).expect("an authority")
        };
        let key = || ReplicaKey::from_seed(&seed_of(&format!("hub {unit}"))).expect("a key");
        let replica = Replica::hub(id(unit));
        let certificate =
            authority().issue(&replica, &key().public(), [2; 16], noon()).expect("a certificate");
        let entry = entries
            .iter()
            .find(|entry| entry.id == id(unit))
            .cloned()
            .unwrap_or_else(|| Entry::always(id(unit), "某地", Level::County, None));
        let founding = Founding {
            unit: id(unit),
            entry,
            address: "127.0.0.1:4433".parse().expect("an address"),
            authority: authority(),
            key: key(),
            certificate,
        };
        let path = folder.path().join("hub.db");
        let mut store = SqliteStore::create(&path, &founding, &author(), moment("found")).expect("a store");
        if !entries.is_empty() {
            now(store.change_directory(entries, &author(), moment("directory"))).expect("a directory");
        }
        Self { store, key: key(), replica, folder, steps: 0 }
    }

    pub(crate) fn county() -> Self {
        Self::of(COUNTY, county())
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("hub.db")
    }

    pub(crate) fn certify(&self, replica: &Replica, key: &ReplicaKey) -> Vec<u8> {
        let identity = now(self.store.identity()).expect("an identity");
        identity.authority.issue(replica, &key.public(), [3; 16], noon()).expect("a certificate")
    }

    /// Lets a child in, and answers its first hello.
    pub(crate) fn enrol(&mut self, replica: Replica) -> Child {
        let mut child = Child::of(replica);
        let hash: SecretHash = TokenSecret(child.incarnation.0).hash();
        let expires = noon() + TimeDelta::hours(72);
        now(self.store.issue_token(&hash, &child.replica, expires, &author())).expect("issued");
        let enrolled = Enrolled {
            token: hash,
            replica: child.replica.clone(),
            key: child.key.public(),
            certificate: self.certify(&child.replica, &child.key),
            admission: Admission::First,
        };
        now(self.store.enrol(enrolled, &author(), moment("enrol"))).expect("enrolled");
        self.greet(&mut child);
        child
    }

    pub(crate) fn node(&mut self, unit: &str) -> Child {
        self.enrol(Replica::node(id(unit)))
    }

    pub(crate) fn apply(&mut self, group: &[Asked]) -> Applied {
        self.steps += 1;
        let seed = format!("step {}", self.steps);
        now(self.store.apply(group, moment(&seed))).expect("applied")
    }

    pub(crate) fn ask(&mut self, peer: &Replica, request: Request) -> Option<Outcome> {
        self.apply(&[Asked { peer: peer.clone(), request }]).outcomes.remove(0)
    }

    pub(crate) fn greet(&mut self, child: &mut Child) -> Greeted {
        let hello = child.hello();
        let Some(Outcome::Greeted(greeted)) = self.ask(&child.replica, Request::Greet(Box::new(hello)))
        else {
            panic!("a greeting")
        };
        if let Greeted::Welcome(admission) = &greeted {
            child.acknowledged = admission.up;
        }
        greeted
    }

    /// Takes everything that the child has and this hub has not.
    pub(crate) fn receive(
        &mut self,
        child: &mut Child,
    ) -> Vec<(ItemKey, zhuji_protocol::wire::ack::Refusal)> {
        let mut refused = Vec::new();
        while let Some(batch) = child.batch() {
            match self.ask(&child.replica, Request::Apply(Box::new(batch))) {
                Some(Outcome::Applied(effects::Applied::Done { position, refused: these })) => {
                    child.acknowledged = position;
                    refused.extend(these.into_iter().map(|item| (item.key, item.reason)));
                }
                other => panic!("not applied: {other:?}"),
            }
        }
        refused
    }

    pub(crate) fn count(&self, unit: &str, period: &str, key: Count) -> i64 {
        let period: Period = period.parse().expect("a period");
        let shown = now(self.store.figures(&id(unit), 0, period, day("2026-06-15"))).expect("figures");
        let summary = &shown[0].summary;
        summary.stocks.count(&CountKey::Total(key)) + summary.flows.count(&CountKey::Total(key))
    }

    pub(crate) fn reporting(&self, unit: &str) -> Reporting {
        let period = "2026".parse().expect("a period");
        let shown = now(self.store.figures(&id(unit), 0, period, day("2026-06-15"))).expect("figures");
        shown[0].reporting.clone()
    }

    #[track_caller]
    pub(crate) fn assert_whole(&self) {
        let found = now(self.store.verify(&mut || {})).expect("verified");
        assert!(matches!(found, Verified::Whole(_)), "{found:?}");
    }

    /// Everything that this hub's queue for an end holds from its cursor on, taken by `take`.
    pub(crate) fn cut(
        &mut self,
        peer: &Replica,
        incarnation: Incarnation,
        at: Point,
    ) -> Option<CheckedBatch> {
        let from = CutFrom { incarnation, at, version: 1 };
        match self.ask(peer, Request::Cut(from)) {
            Some(Outcome::Cut(Cut::Batch { batch, .. })) => {
                Some(batch.check(&self.replica, &[self.key.public()]).expect("our own signature"))
            }
            Some(Outcome::Cut(Cut::Nothing { .. })) => None,
            other => panic!("not cut: {other:?}"),
        }
    }
}

/// The sending side of a child, as small as can be.
pub(crate) struct Child {
    pub(crate) replica: Replica,
    pub(crate) key: ReplicaKey,
    pub(crate) incarnation: Incarnation,
    pub(crate) mark: u64,
    pub(crate) rows: BTreeMap<ItemKey, (u64, u16, Vec<u8>)>,
    pub(crate) acknowledged: PositionV1,
    pub(crate) knows: Option<PositionV1>,
    pub(crate) versions: Vec<u16>,
}

impl Child {
    pub(crate) fn of(replica: Replica) -> Self {
        let seed = seed_of(&replica.to_string());
        let mut bits = [0; 16];
        bits.copy_from_slice(&seed[..16]);
        let incarnation = Incarnation(bits);
        Self {
            key: ReplicaKey::from_seed(&seed).expect("a key"),
            replica,
            incarnation,
            mark: 0,
            rows: BTreeMap::new(),
            acknowledged: PositionV1::fresh(incarnation, 0),
            knows: None,
            versions: vec![1],
        }
    }

    pub(crate) fn hello(&self) -> HelloV1 {
        HelloV1 {
            replica: self.replica.clone(),
            hub: None,
            versions: List::first_of(self.versions.iter().copied()),
            capabilities: Capabilities::OURS,
            program: Text::cut("0.1.0"),
            process: ProcessId([7; 16]),
            clock_ms: noon().timestamp_millis(),
            incarnation: self.incarnation,
            head: self.mark,
            down: self.knows,
            extensions: List::new(),
        }
    }

    pub(crate) fn put(&mut self, key: ItemKey, body: Vec<u8>) {
        self.put_version(key, 1, body);
    }

    pub(crate) fn put_version(&mut self, key: ItemKey, version: u16, body: Vec<u8>) {
        self.mark += 1;
        self.rows.insert(key, (self.mark, version, body));
    }

    /// A node's own month.
    pub(crate) fn month(&mut self, at: &str, summary: &Summary) {
        let unit = self.replica.unit.clone();
        let body = SummaryV1::encode(summary, None).expect("it encodes");
        self.put(summary_key(&unit, month(at), Scope::Own), body);
    }

    /// A hub's month of one of its children, or its own.
    pub(crate) fn folded(&mut self, unit: &str, at: &str, scope: Scope, summary: &Summary) {
        let body = SummaryV1::encode(summary, Some(Digest::ZERO)).expect("it encodes");
        self.put(summary_key(&id(unit), month(at), scope), body);
    }

    pub(crate) fn reports(&mut self, as_of: &str) {
        let unit = self.replica.unit.clone();
        let body = ReportingV1::encode(&Reporting::heard(day(as_of), true), None, None).expect("it encodes");
        self.put(reporting_key(&unit, Scope::Own), body);
    }

    /// The next batch after what was acknowledged.
    pub(crate) fn batch(&self) -> Option<CheckedBatch> {
        self.batch_after(self.acknowledged.at.cursor)
    }

    pub(crate) fn batch_after(&self, after: u64) -> Option<CheckedBatch> {
        let mut rows: Vec<_> = self.rows.iter().filter(|(_, row)| row.0 > after).collect();
        rows.sort_by_key(|(_, row)| row.0);
        let mut cutter = Cutter::default();
        for (key, (mark, version, body)) in rows {
            let item = Item::new(key.clone(), *version, *mark, body).expect("an item");
            if cutter.push(item).is_err() {
                break;
            }
        }
        let batch = cutter.cut(&self.replica, self.incarnation, after, self.mark, &self.key)?;
        Some(batch.check(&self.replica, &[self.key.public()]).expect("its own signature"))
    }
}
