//! Floods: of connections, newcomers, streams, frames that never become whole. Each is bounded, and others are served.

use super::hostile::{closed, greet, intruder, intruder_at, open};
use super::links::{COUNTY, HUB_AT, MINUTES, Pair, simulated};
use super::network::Weather;
use super::{Hub, dialler, noon, unit};
use crate::identity::{EnrolmentToken, Replica, TokenSecret};
use crate::transport::bounds::{Bounded, Bounds};
use crate::transport::streams::{Stream, StreamFault};
use crate::transport::{Arrival, DialEndpoint, EndpointOptions, UplinkStore};
use crate::wire::close::CloseCode;
use crate::wire::frame::{self, Frame};
use crate::wire::kinds::{StreamClass, frame as kind};
use crate::wire::limits;
use crate::wire::message::Message;
use chrono::TimeDelta;
use std::time::Duration;
use tokio::time::{Instant, timeout};

fn pair(seed: u64, handshakes: usize, newcomers: usize, ungreeted: usize) -> Pair {
    let bounds = Bounds { newcomers, ungreeted, ..Bounds::default() };
    let options = EndpointOptions { handshakes, bounds, ..EndpointOptions::default() };
    Pair::start_with(seed, Weather::fair(), TimeDelta::zero(), options)
}

/// What a newcomer without a token of this hub comes with.
async fn forged_token(pair: &Pair) -> EnrolmentToken {
    let credentials = pair.node.prepare().await.expect("a store").expect("enrolled").credentials;
    EnrolmentToken {
        address: HUB_AT.parse().expect("an address"),
        authority: credentials.authority.fingerprint(),
        hub: unit(COUNTY),
        target: Replica::node(unit("430981102000")),
        secret: TokenSecret([0; 16]),
        expires: noon(),
    }
}

fn stranger(pair: &Pair, at: &str) -> DialEndpoint {
    let options = EndpointOptions { rng_seed: Some([7; 32]), ..EndpointOptions::default() };
    DialEndpoint::open(pair.network.socket(at), &options).expect("an endpoint")
}

#[test]
fn newcomers_who_say_nothing_take_their_own_places_only() {
    simulated(async {
        let pair = pair(21, 32, 4, 64);
        let (token, endpoint) = (forged_token(&pair).await, stranger(&pair, "10.0.0.8:1"));
        let mut waiting = Vec::new();
        for _ in 0..4 {
            waiting.push(endpoint.dial_for_enrolment(&token).await.expect("connected"));
        }
        let surplus = endpoint.dial_for_enrolment(&token).await.expect("the handshake is in order");
        assert_eq!(closed(&surplus).await, StreamFault::Closed(CloseCode::Busy));
        // Replicas are not concerned.
        pair.write_up(1..5, 1);
        pair.uplink().0.sync_once().await.expect("the hub serves others meanwhile");
        // Who says nothing is given up on, and another may come.
        for connection in &waiting {
            closed(connection).await;
        }
        let next = endpoint.dial_for_enrolment(&token).await.expect("connected");
        let waited = timeout(Duration::from_secs(5), next.closed()).await;
        assert!(waited.is_err(), "{waited:?}");
    });
}

#[test]
fn connections_that_never_greet_are_bounded_and_leave_in_time() {
    simulated(async {
        let pair = pair(22, 32, 64, 3);
        let mut waiting = Vec::new();
        for at in ["10.0.0.9:1", "10.0.0.9:2", "10.0.0.9:3"] {
            waiting.push(intruder_at(&pair, at).await);
        }
        let (_endpoint, surplus) = intruder_at(&pair, "10.0.0.9:4").await;
        assert_eq!(closed(&surplus).await, StreamFault::Closed(CloseCode::Busy));
        for (_, connection) in &waiting {
            assert_eq!(closed(connection).await, StreamFault::Closed(CloseCode::Silent));
        }
        pair.write_up(1..5, 1);
        pair.uplink().0.sync_once().await.expect("there is a place again");
    });
}

#[test]
fn greeted_links_hold_no_place_of_those_who_have_not_greeted() {
    simulated(async {
        let pair = pair(23, 32, 64, 1);
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        let (_other, second) = intruder_at(&pair, "10.0.0.9:2").await;
        let _control = greet(&pair, &second).await;
    });
}

#[test]
fn handshakes_that_hang_do_not_keep_others_out() {
    simulated(async {
        let pair = pair(24, 2, 64, 64);
        let token = forged_token(&pair).await;
        // A hundred callers whose handshakes never end: their network swallows what the hub answers.
        let endpoint = std::sync::Arc::new(stranger(&pair, "10.0.0.8:1"));
        for _ in 0..100 {
            let (endpoint, token) = (endpoint.clone(), token.clone());
            tokio::spawn(async move { drop(endpoint.dial_for_enrolment(&token).await) });
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        pair.network.cut_off("10.0.0.8:1");
        pair.write_up(1..5, 1);
        let (uplink, control) = pair.uplink();
        tokio::spawn(uplink.run());
        pair.agree_within(2 * MINUTES).await;
        control.stop();
    });
}

#[test]
fn as_many_streams_as_are_granted_and_not_one_more() {
    simulated(async {
        let pair = pair(28, 32, 64, 64);
        let (_endpoint, connection) = intruder(&pair).await;
        let mut streams = Vec::new();
        for _ in 0..8 {
            streams.push(connection.open_bi().await.expect("granted"));
        }
        let ninth = timeout(Duration::from_secs(5), connection.open_bi()).await;
        assert!(ninth.is_err(), "a ninth stream was granted");
        let one_way = timeout(Duration::from_secs(5), connection.open_uni()).await;
        assert!(one_way.is_err(), "a stream in one direction was granted");
    });
}

#[test]
fn streams_of_classes_that_are_not_served_are_counted() {
    simulated(async {
        let pair = pair(25, 32, 64, 64);
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        for _ in 0..limits::PASSED_OVER_STREAMS {
            drop(open(&connection, StreamClass::Mail).await);
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(connection.close_reason().is_none(), "{:?}", connection.close_reason());
        drop(open(&connection, StreamClass::Bulk).await);
        assert_eq!(closed(&connection).await, StreamFault::Closed(CloseCode::LimitBroken));
    });
}

#[test]
fn a_frame_that_trickles_ends_its_connection_in_time() {
    simulated(async {
        let pair = pair(26, 32, 64, 64);
        let (_endpoint, connection) = intruder(&pair).await;
        let mut control = greet(&pair, &connection).await;
        let begun = Instant::now();
        let hello = Frame::new(kind::HELLO, 1, vec![0; 10_000]).encode(limits::CONTROL_FRAME).expect("short");
        // One byte every ten seconds keeps the connection from being idle.
        let trickling = async {
            for byte in hello.chunks(1) {
                if control.outgoing.write_raw(byte).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        };
        let ended = tokio::select! {
            () = trickling => panic!("all of it was taken"),
            ended = closed(&connection) => ended,
        };
        assert_eq!(ended, StreamFault::Closed(CloseCode::Silent));
        let took = begun.elapsed();
        assert!(took >= limits::FRAME_PATIENCE && took < 2 * limits::FRAME_PATIENCE, "{took:?}");
    });
}

#[test]
fn a_stream_that_is_opened_and_left_ends_its_connection_in_time() {
    simulated(async {
        let pair = pair(27, 32, 64, 64);
        let (_endpoint, connection) = intruder(&pair).await;
        let _control = greet(&pair, &connection).await;
        let (mut raw, _listening) = connection.open_bi().await.expect("a stream");
        raw.write_all(&[1]).await.expect("sent");
        let keeping_alive = async {
            loop {
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        };
        let ended = tokio::select! {
            () = keeping_alive => unreachable!(),
            ended = closed(&connection) => ended,
        };
        assert_eq!(ended, StreamFault::Closed(CloseCode::Silent));
    });
}

#[tokio::test]
async fn what_waits_to_be_sent_leaves_room_up_to_its_limit() {
    let hub = Hub::start(COUNTY, 10);
    let child = hub.child("430981101000", 50, noon());
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &child), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    let (near, _far) = (dialled.expect("connected"), arrived.expect("it arrived"));
    for (over, has_room) in [(0, true), (1, true), (2, false)] {
        let mut stream = Stream::open(&near, StreamClass::Mail).await.expect("a stream");
        // Two frames of together one under the limit, at it, and one over.
        let half = limits::OUTGOING / 2 - frame::HEAD;
        for length in [half, half - 1 + over] {
            stream.outgoing.push(&Frame::new(99, 1, vec![0; length])).expect("it fits");
        }
        assert_eq!(stream.outgoing.waiting_bytes(), limits::OUTGOING - 1 + over);
        assert_eq!(stream.outgoing.has_room(), has_room);
    }
}

#[tokio::test]
async fn a_long_frame_waits_until_there_is_room_for_it_among_all() {
    let hub = Hub::start(COUNTY, 10);
    let child = hub.child("430981101000", 50, noon());
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &child), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    let (near, Ok(Arrival::Link { connection: far, .. })) = (dialled.expect("connected"), arrived) else {
        panic!("no link")
    };
    // The least budget there is: one mail frame, and so four of state.
    let bounded = Bounded::new(Bounds { frames_kib: 0, ..Bounds::default() });
    let frames = bounded.replica().expect("a place").frames();
    let longest = Frame::new(kind::BATCH, 1, vec![7; limits::STATE_FRAME]);
    let mut sending = Vec::new();
    let mut receiving = Vec::new();
    for _ in 0..5 {
        let mut stream = Stream::open(&near, StreamClass::State).await.expect("a stream");
        stream.outgoing.push(&Message::open(StreamClass::State).frame().expect("a frame")).expect("short");
        stream.outgoing.flush().await.expect("sent");
        let mut accepted = Stream::accept(&far).await.expect("named");
        accepted.incoming.bound_by(frames.clone());
        sending.push(stream);
        receiving.push(accepted);
    }
    let mut held = Vec::new();
    for (stream, accepted) in sending.iter_mut().zip(&mut receiving).take(4) {
        stream.outgoing.push(&longest).expect("it fits");
        let (sent, read) = tokio::join!(stream.outgoing.flush(), accepted.incoming.next());
        sent.expect("sent");
        assert_eq!(read.expect("a frame").body.len(), limits::STATE_FRAME);
        held.push(accepted.incoming.share().expect("it holds its part"));
    }
    let (fifth, accepted) = (&mut sending[4], &mut receiving[4]);
    fifth.outgoing.push(&longest).expect("it fits");
    let waiting = timeout(Duration::from_millis(200), async {
        tokio::join!(fifth.outgoing.flush(), accepted.incoming.next())
    });
    assert!(waiting.await.is_err(), "there was no room for it");
    held.pop();
    let (sent, read) = tokio::join!(fifth.outgoing.flush(), accepted.incoming.next());
    sent.expect("sent");
    assert_eq!(read.expect("a frame").body.len(), limits::STATE_FRAME);
    // What is no longer than a greeting needs no room.
    held.push(accepted.incoming.share().expect("it holds its part"));
    let short = Frame::new(kind::BATCH, 1, vec![7; limits::CONTROL_FRAME]);
    sending[0].outgoing.push(&short).expect("it fits");
    sending[0].outgoing.flush().await.expect("sent");
    receiving[0].incoming.next().await.expect("it is read at once");
}
