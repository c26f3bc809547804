//! What callers do that mean harm, or whom the hub does not want: it costs them their connection, and nobody else.

use super::links::{COUNTY, HUB_AT, MINUTES, Pair, simulated};
use super::network::Weather;
use super::unit;
use crate::link::backoff::Backoff;
use crate::transport::streams::{Stream, StreamFault};
use crate::transport::{DialEndpoint, EndpointOptions, Phase, UplinkFault, UplinkStore};
use crate::wire::close::CloseCode;
use crate::wire::frame::Frame;
use crate::wire::hello::HelloV1;
use crate::wire::kinds::{StreamClass, frame as kind};
use crate::wire::message::Message;
use chrono::TimeDelta;
use quinn::Connection;
use std::time::Duration;

/// A replica with a good certificate and a program of its own.
pub(super) async fn intruder(pair: &Pair) -> (DialEndpoint, Connection) {
    intruder_at(pair, "10.0.0.9:1").await
}

pub(super) async fn intruder_at(pair: &Pair, at: &str) -> (DialEndpoint, Connection) {
    let options = EndpointOptions { rng_seed: Some([9; 32]), ..EndpointOptions::default() };
    let endpoint = DialEndpoint::open(pair.network.socket(at), &options).expect("an endpoint");
    let prepared = pair.node.prepare().await.expect("a store").expect("enrolled");
    let (address, county) = (HUB_AT.parse().expect("an address"), unit(COUNTY));
    let connection = endpoint.dial(&address, &county, &prepared.credentials).await.expect("connected");
    (endpoint, connection)
}

pub(super) async fn say(stream: &mut Stream, message: &Message) {
    stream.outgoing.push(&message.frame().expect("a frame")).expect("short");
    stream.outgoing.flush().await.expect("sent");
}

pub(super) async fn open(connection: &Connection, class: StreamClass) -> Stream {
    let mut stream = Stream::open(connection, class).await.expect("a stream");
    say(&mut stream, &Message::open(class)).await;
    stream
}

pub(super) async fn closed(connection: &Connection) -> StreamFault {
    StreamFault::from(connection.closed().await)
}

/// Greets as the node's own program would.
pub(super) async fn greet(pair: &Pair, connection: &Connection) -> Stream {
    let standing = pair.node.prepare().await.expect("a store").expect("enrolled").standing;
    let hello = HelloV1 {
        replica: "zhuji:node:430981101000".parse().expect("a replica"),
        hub: None,
        versions: crate::wire::bounded::List::first_of([1]),
        capabilities: crate::wire::hello::Capabilities::OURS,
        program: crate::wire::bounded::Text::cut("9.9.9"),
        process: crate::wire::life::ProcessId([4; 16]),
        clock_ms: 0,
        incarnation: standing.incarnation,
        head: 0,
        down: None,
        extensions: crate::wire::bounded::List::new(),
    };
    let mut control = open(connection, StreamClass::Control).await;
    say(&mut control, &Message::Hello(Box::new(hello))).await;
    let answer = Message::read(&control.incoming.next().await.expect("answered")).expect("a message");
    assert!(matches!(answer, Message::Welcome(_)), "{answer:?}");
    control
}

#[test]
fn a_frame_over_its_limit_ends_the_connection_before_it_is_read() {
    simulated(async {
        let pair = Pair::start(1, Weather::fair(), TimeDelta::zero());
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        let (mut raw, _listening) = connection.open_bi().await.expect("a stream");
        let opening = Message::open(StreamClass::State).encode(StreamClass::State).expect("short");
        raw.write_all(&opening).await.expect("sent");
        // A head that promises four gigabytes.
        raw.write_all(&[0xff, 0xff, 0xff, 0xff, 16, 0, 1, 0, 0, 0, 0, 0]).await.expect("sent");
        assert_eq!(closed(&connection).await, StreamFault::Closed(CloseCode::LimitBroken));
    });
}

#[test]
fn a_second_state_stream_and_words_out_of_turn_are_refused() {
    simulated(async {
        let pair = Pair::start(2, Weather::fair(), TimeDelta::zero());
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        let _first = open(&connection, StreamClass::State).await;
        let _second = open(&connection, StreamClass::State).await;
        assert_eq!(closed(&connection).await, StreamFault::Closed(CloseCode::Protocol));
        // Instead of a hello, a stream's opening again and then a batch that is none.
        let (_endpoint, connection) = intruder(&pair).await;
        let mut control = open(&connection, StreamClass::Control).await;
        control.outgoing.push(&Frame::new(kind::BATCH, 1, vec![1, 2, 3])).expect("short");
        control.outgoing.flush().await.expect("sent");
        assert_eq!(closed(&connection).await, StreamFault::Closed(CloseCode::Protocol));
    });
}

#[test]
fn streams_that_a_newer_dialler_opens_disturb_nothing() {
    simulated(async {
        let pair = Pair::start(3, Weather::fair(), TimeDelta::zero());
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        let _mail = open(&connection, StreamClass::Mail).await;
        let _state = open(&connection, StreamClass::State).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(connection.close_reason().is_none(), "{:?}", connection.close_reason());
    });
}

#[test]
fn who_connects_and_says_nothing_is_given_up_on_and_holds_up_nobody() {
    simulated(async {
        let pair = Pair::start(4, Weather::fair(), TimeDelta::zero());
        let (_endpoint, connection) = intruder(&pair).await;
        pair.write_up(1..5, 1);
        pair.uplink().0.sync_once().await.expect("the hub serves others meanwhile");
        assert_eq!(closed(&connection).await, StreamFault::Closed(CloseCode::Silent));
    });
}

#[test]
fn who_is_turned_away_by_judgement_stays_away_for_an_hour_and_says_why() {
    simulated(async {
        let pair = Pair::start(5, Weather::fair(), TimeDelta::zero());
        pair.hub.lock().expect("a store").forked = true;
        let (uplink, control) = pair.uplink();
        tokio::spawn(uplink.run());
        tokio::time::sleep(30 * MINUTES).await;
        let status = control.status().borrow().clone();
        assert!(matches!(status.phase, Phase::Waiting { .. }), "{:?}", status.phase);
        let fault = status.fault.expect("a reason");
        assert!(matches!(*fault, UplinkFault::Closed(CloseCode::Fork)), "{fault}");
        assert_eq!(pair.network.dials_from("10.0.0.2:40000"), 1);
        // A person who has mended it need not wait.
        pair.hub.lock().expect("a store").forked = false;
        control.dial_now();
        tokio::time::sleep(MINUTES).await;
        assert_eq!(control.status().borrow().phase, Phase::Connected);
        control.stop();
    });
}

#[test]
fn a_hub_that_closes_its_door_is_dialled_ever_more_seldom() {
    simulated(async {
        let pair = Pair::start(6, Weather::fair(), TimeDelta::zero());
        pair.network.cut_off(HUB_AT);
        let (uplink, control) = pair.uplink();
        tokio::spawn(uplink.run());
        tokio::time::sleep(24 * 60 * MINUTES).await;
        let failures = { pair.node.prepare().await.expect("a store").expect("enrolled").backoff.failures };
        // Fifteen seconds of dialling and half of five minutes of waiting, on average: about 530 in a day.
        assert!((300..900).contains(&failures), "{failures}");
        assert_ne!(
            pair.node.prepare().await.expect("a store").expect("enrolled").backoff,
            Backoff::default()
        );
        control.stop();
    });
}
