//! A whole link, word for word: the dialler and the hub are the real ones, their stores are a script.

use crate::kept::{hex, keeps};
use crate::trees::{INCARNATION, change_set};
use crate::who::{hub, key, node};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Instant;
use zhuji_protocol::identity::{Replica, ReplicaKey};
use zhuji_protocol::link::dialer::{Dialer, Standing};
use zhuji_protocol::link::effects::{
    Admission, Applied, Cut, CutFrom, Greeted, Outcome, Request, Settled, Start,
};
use zhuji_protocol::link::end::{Action, Input, Me, Now};
use zhuji_protocol::link::exchange::Exchange;
use zhuji_protocol::link::kept::{UplinkRow, cut};
use zhuji_protocol::link::listener::Listener;
use zhuji_protocol::link::position;
use zhuji_protocol::reporting::{OwnReport, Reporting};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::wire::item::{ItemKey, Subkey};
use zhuji_protocol::wire::kinds::{StreamClass, item as kind};
use zhuji_protocol::wire::life::{Incarnation, ProcessId};
use zhuji_protocol::wire::message::Message;
use zhuji_protocol::wire::payload::{ReportingV1, SummaryV1};
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::subkey::{self, Scope};

const DOWN: Incarnation = Incarnation([4; 16]);
const CLOCK_MS: i64 = 1_790_000_000_000;

/// What a store of the script keeps.
struct Store {
    replica: Replica,
    key: ReplicaKey,
    rows: Vec<UplinkRow>,
    received: PositionV1,
}

impl Store {
    fn head(&self) -> u64 {
        self.rows.last().map_or(0, |row| row.mark)
    }

    fn answer(&mut self, request: Request, start: Start) -> Option<Outcome> {
        Some(match request {
            Request::Greet(_) => Outcome::Greeted(Greeted::Welcome(Box::new(Admission {
                up: self.received,
                down: start,
                down_head: self.head(),
                from_month: None,
                hold_seconds: 0,
                keys: vec![key(50).public()],
            }))),
            Request::Settle(_) => Outcome::Settled(Settled::Ready { up: start, down: self.received }),
            Request::Cut(from) => Outcome::Cut(self.cut(from)),
            Request::Apply(batch) => {
                self.received = position::take(&[self.received], &batch).expect("the next");
                Outcome::Applied(Applied::Done { position: self.received, refused: Vec::new() })
            }
            Request::ApplyEnd(end) => {
                self.received = position::take_end(&[self.received], &end).expect("the end");
                Outcome::Applied(Applied::Done { position: self.received, refused: Vec::new() })
            }
            Request::Acknowledged(_) => return None,
            other => panic!("not in the script: {other:?}"),
        })
    }

    fn cut(&self, from: CutFrom) -> Cut {
        let rows = self.rows.iter().filter(|row| row.mark > from.at.cursor).cloned();
        let made = cut(rows, from, self.head(), &self.replica, &self.key, CLOCK_MS).expect("short rows");
        match made {
            Some((batch, _)) => Cut::Batch { from, batch: Box::new(batch) },
            None => Cut::Nothing { from, since: (self.replica == node()).then_some(2026 * 12) },
        }
    }
}

fn row(kind: u16, subkey: Subkey, mark: u64, body: Vec<u8>) -> UplinkRow {
    UplinkRow { key: ItemKey { kind, unit: node().unit, subkey }, version: 1, mark, body }
}

fn rows_of_the_node() -> Vec<UplinkRow> {
    let empty = SummaryV1::encode(&Summary::default(), None).expect("it encodes");
    let reporting = Reporting::heard("2026-03-20".parse().expect("a date"), false);
    let own = OwnReport { program: [0, 1, 0], skew_seconds: 0 };
    let reporting = ReportingV1::encode(&reporting, Some(own), None).expect("it encodes");
    vec![
        row(kind::SUMMARY, subkey::summary(2026 * 12 + 1, Scope::Own), 1, empty.clone()),
        row(kind::SUMMARY, subkey::summary(2026 * 12 + 2, Scope::Own), 2, empty),
        row(kind::REPORTING, subkey::reporting(Scope::Own), 3, reporting),
    ]
}

fn rows_of_the_hub() -> Vec<UplinkRow> {
    let (changes, set) = change_set();
    let published = changes.into_iter().zip(set).zip(1..);
    published
        .map(|((change, proof), mark)| UplinkRow {
            key: change.key,
            version: change.version,
            mark,
            body: proof.bytes().expect("short"),
        })
        .collect()
}

#[test]
fn a_link_word_for_word() {
    let me = |replica, process| Me::new(replica, "0.1.0", ProcessId([process; 16])).speaking(&[1, 2]);
    let now = Now { at: Instant::now(), clock_ms: CLOCK_MS };
    let mut low = Store {
        replica: node(),
        key: key(50),
        rows: rows_of_the_node(),
        received: PositionV1::fresh(DOWN, 1),
    };
    let mut high = Store {
        replica: hub(),
        key: key(11),
        rows: rows_of_the_hub(),
        received: PositionV1::fresh(INCARNATION, 1),
    };
    let start = |incarnation| Start { incarnation, ordinal: 0, at: Point::START, whole: false };

    let standing = Standing { incarnation: INCARNATION, head: low.head(), down: None };
    let (mut dialer, first) = Dialer::dial(&me(node(), 1), hub(), key(11).public(), standing, now);
    let mut listener = Listener::accept(me(hub(), 2), node(), key(50).public(), now);
    let mut said: Vec<Value> = Vec::new();
    let mut dialers: VecDeque<Action> = first.into();
    let mut listeners: VecDeque<Action> = VecDeque::new();
    let mut note = |from: &str, class: StreamClass, message: &Message| {
        let frame = message.encode(class).expect("it fits");
        let kind = message.frame().expect("it encodes").kind;
        said.push(json!({
            "from": from, "stream": format!("{class:?}").to_lowercase(), "kind": kind, "frame": hex(&frame),
        }));
    };
    loop {
        if let Some(action) = dialers.pop_front() {
            let happened = match action {
                Action::Send(class, message) => {
                    note("dialler", class, &message);
                    listeners.extend(listener.handle(Input::Message(class, message), now));
                    continue;
                }
                Action::Ask(request) => low.answer(request, start(INCARNATION)),
                Action::Tell(_) => None,
                Action::Close(code) => panic!("closed: {code}"),
            };
            dialers
                .extend(happened.into_iter().flat_map(|outcome| dialer.handle(Input::Outcome(outcome), now)));
        } else if let Some(action) = listeners.pop_front() {
            let happened = match action {
                Action::Send(class, message) => {
                    note("hub", class, &message);
                    dialers.extend(dialer.handle(Input::Message(class, message), now));
                    continue;
                }
                Action::Ask(request) => high.answer(request, start(DOWN)),
                Action::Tell(_) => None,
                Action::Close(code) => panic!("closed: {code}"),
            };
            listeners.extend(
                happened.into_iter().flat_map(|outcome| listener.handle(Input::Outcome(outcome), now)),
            );
        } else {
            break;
        }
    }
    assert!(dialer.exchange().is_some_and(Exchange::is_quiet));
    assert!(listener.exchange().is_some_and(Exchange::is_quiet));
    assert!(low.received.whole && high.received.whole);
    said.push(json!({ "close": 0 }));
    keeps(
        "session.json",
        "A first link of the node of 430981101000 (key of seed 32…) to the hub of 430981000000 (key of seed 0b…), \
         frame by frame, until both ends have everything.",
        said,
    );
}
