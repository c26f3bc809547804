//! Every message of a link as a frame.

use crate::kept::{fields, hex, keeps};
use crate::trees::{INCARNATION, batches, month_item};
use crate::who::{hub, node};
use serde_json::{Value, json};
use zhuji_protocol::wire::ack::{AckV1, AnswerV1, AskAgainV1, FullStateEndV1, Refusal, RefusedItemV1};
use zhuji_protocol::wire::bounded::{Bytes, List, Text};
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::frame::FrameReader;
use zhuji_protocol::wire::hello::{BusyV1, Capabilities, ExtensionV1, HelloV1, RefusedV1, WelcomeV1};
use zhuji_protocol::wire::kinds::StreamClass;
use zhuji_protocol::wire::life::{Incarnation, ProcessId};
use zhuji_protocol::wire::message::Message;
use zhuji_protocol::wire::position::{Point, PositionV1};

const CLOCK_MS: i64 = 1_790_000_000_000;

fn position() -> PositionV1 {
    let at = Point { cursor: 17, chain: Digest([5; 32]) };
    PositionV1 { incarnation: INCARNATION, ordinal: 2, at, whole: true }
}

fn hello(is_first: bool) -> HelloV1 {
    let extension = ExtensionV1 { number: 9, bytes: Bytes::of(*b"later").expect("short") };
    HelloV1 {
        replica: node(),
        hub: (!is_first).then(hub),
        versions: List::of(vec![1, 300]).expect("two"),
        capabilities: Capabilities(5),
        program: Text::of("0.1.0").expect("short"),
        process: ProcessId([1; 16]),
        clock_ms: CLOCK_MS,
        incarnation: INCARNATION,
        head: 30,
        down: (!is_first).then(position),
        extensions: List::first_of((!is_first).then_some(extension)),
    }
}

fn welcome() -> WelcomeV1 {
    WelcomeV1 {
        hub: hub(),
        version: 1,
        capabilities: Capabilities(1),
        program: Text::of("0.1.0").expect("short"),
        process: ProcessId([2; 16]),
        clock_ms: CLOCK_MS + 500,
        up: PositionV1::fresh(INCARNATION, 1),
        down: Incarnation([4; 16]),
        down_head: 77,
        from_month: Some(24_300),
        hold_seconds: 3,
        extensions: List::new(),
    }
}

#[test]
fn frames() {
    let key = month_item(24_315, 21, b"").key().clone();
    let refused = RefusedItemV1::new(key.clone(), 21, Refusal::UnknownKey, "meijia-2023");
    let refusals = List::of(vec![refused]).expect("one");
    let applied = AckV1 { position: position(), answer: AnswerV1::Applied, refused: refusals };
    let anew = AckV1 { position: position(), answer: AnswerV1::CutAnew, refused: List::new() };
    let since = Some(24_300);
    let end = FullStateEndV1 { incarnation: INCARNATION, ordinal: 2, through: 17, since };
    let ask = AskAgainV1 { keys: List::of(vec![key]).expect("one") };
    let turned_away = RefusedV1 { reason: CloseCode::Revoked.number(), clock_ms: CLOCK_MS + 500 };
    let busy = BusyV1 { seconds: 300 };
    use StreamClass::{Control, State};
    let mut vectors = Vec::new();
    let mut add = |name: &str, class: StreamClass, fields: Value, message: Message| {
        let bytes = message.encode(class).expect("it fits");
        let frame = FrameReader::new(class).feed(&mut &bytes[..]).expect("a frame").expect("whole");
        assert_eq!(Message::read(&frame), Ok(message));
        let (kind, version) = (frame.kind, frame.version);
        vectors.push(json!({
            "name": name, "stream": format!("{class:?}").to_lowercase(), "kind": kind, "version": version,
            "fields": fields, "frame": hex(&bytes),
        }));
    };
    for class in [Control, State] {
        add("stream-open", class, json!({ "class": class.number() }), Message::open(class));
    }
    add("hello", Control, fields(&hello(true)), Message::Hello(Box::new(hello(true))));
    add("hello", Control, fields(&hello(false)), Message::Hello(Box::new(hello(false))));
    add("welcome", Control, fields(&welcome()), Message::Welcome(Box::new(welcome())));
    add("refused", Control, fields(&turned_away), Message::Refused(turned_away));
    add("busy", Control, fields(&busy), Message::Busy(busy));
    for (_, batch) in batches() {
        let after = json!({ "after": batch.after(), "through": batch.through(), "see": "batches.json" });
        add("batch", State, after, Message::Batch(Box::new(batch)));
    }
    add("ack", State, fields(&applied), Message::Ack(applied));
    add("ack", State, fields(&anew), Message::Ack(anew));
    add("full-state-end", State, fields(&end), Message::FullStateEnd(end));
    add("ask-again", State, fields(&ask), Message::AskAgain(ask));
    keeps("frames.json", "Every message of a link: its fields, and the whole frame.", vectors);
}
