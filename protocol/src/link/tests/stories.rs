//! What the link promises, one story each.

use super::store::{OFFENSIVE, row_key};
use super::world::{Side, World};
use crate::link::dialer::Dialer;
use crate::link::end::{Action, Input, Now};
use crate::link::listener::Listener;
use crate::wire::ack::AckV1;
use crate::wire::bounded::List;
use crate::wire::close::CloseCode;
use crate::wire::hello::BusyV1;
use crate::wire::kinds::StreamClass;
use crate::wire::limits;
use crate::wire::message::Message;
use std::time::Duration;

fn filled(months: i32) -> World {
    let mut world = World::new();
    for month in 0..months {
        world.write(Side::Node, month, 1);
        world.write(Side::Hub, month, 2);
    }
    world
}

fn batches(world: &World) -> usize {
    world.up.iter().filter(|(_, message)| matches!(message, Message::Batch(_))).count()
}

#[test]
fn both_directions_arrive_whole() {
    let mut world = filled(9);
    world.quiet();
    world.assert_agreement();
    assert!(world.hub.down().unwrap().whole && world.node.down().unwrap().whole);
    assert_eq!(world.closes, []);
}

#[test]
fn no_more_than_four_batches_are_unacknowledged() {
    let mut world = filled(30);
    world.dial();
    while world.opened < 2 {
        world.deliver(Side::Node);
        world.work(Side::Hub);
        world.deliver(Side::Hub);
        world.work(Side::Node);
    }
    for _ in 0..20 {
        world.work(Side::Node);
    }
    assert_eq!(batches(&world), limits::UNACKNOWLEDGED_BATCHES);
}

#[test]
fn a_superseded_revision_is_never_sent() {
    let mut world = World::new();
    for body in 1..50 {
        world.write(Side::Node, 3, body);
    }
    world.quiet();
    assert_eq!(world.hub.received[&row_key(&world.node.replica, 3)].order, (1, 49));
    assert_eq!(world.hub.down().unwrap().at.cursor, 49);
    world.assert_agreement();
}

#[test]
fn a_silent_hub_is_given_up_on_and_only_an_answered_hello_counts_as_connected() {
    let mut world = filled(1);
    world.dial();
    world.up.clear();
    world.pass(limits::PATIENCE - Duration::from_secs(1));
    assert!(world.dialer.is_some());
    world.pass(Duration::from_secs(1));
    assert_eq!(world.closes, [(Side::Node, CloseCode::Silent)]);
    assert_eq!(world.opened, 0);
}

#[test]
fn a_hub_restored_from_an_old_copy_is_filled_again_from_where_it_stands() {
    let mut world = filled(3);
    world.quiet();
    let old = world.hub.clone();
    for month in 3..9 {
        world.write(Side::Node, month, 1);
    }
    world.quiet();
    world.restore(Side::Hub, old);
    let incarnation = world.node.incarnation;
    world.quiet();
    world.assert_agreement();
    assert_eq!(world.node.incarnation, incarnation);
}

#[test]
fn after_an_old_copy_of_the_node_the_lost_months_are_put_aside_and_older_ones_stay() {
    let mut world = filled(1);
    world.quiet();
    let old = world.node.clone();
    world.write(Side::Node, 0, 3);
    world.write(Side::Node, 4, 3);
    world.quiet();
    world.restore(Side::Node, old);
    world.write(Side::Node, 5, 4);
    world.quiet();
    world.assert_agreement();
    let received = |month| &world.hub.received[&row_key(&world.node.replica, month)];
    assert!(received(4).aside);
    assert!(!received(5).aside);
    assert_eq!(world.hub.down().unwrap().ordinal, 2);
}

#[test]
fn a_copied_node_is_found_out_and_both_are_refused() {
    let mut world = filled(2);
    world.quiet();
    let copy = world.node.clone();
    world.write(Side::Node, 5, 1);
    world.quiet();
    let original = world.node.clone();

    // The copy proves to be one: it gets a life of its own, which retires the original's.
    world.restore(Side::Node, copy);
    world.write(Side::Node, 6, 1);
    world.quiet();
    let copy = world.node.clone();

    for replica in [original, copy] {
        world.restore(Side::Node, replica);
        world.dial();
        while world.dialer.is_some() {
            world.deliver(Side::Node);
            world.work(Side::Hub);
            world.deliver(Side::Hub);
            world.work(Side::Node);
        }
        assert_eq!(world.closes.last().map(|close| close.1), Some(CloseCode::Fork));
        assert!(world.hub.forked);
    }
}

#[test]
fn refused_items_are_named_and_asked_for_again() {
    let mut world = World::new();
    world.write(Side::Node, 2, OFFENSIVE);
    world.write(Side::Node, 3, 1);
    world.quiet();
    let key = row_key(&world.node.replica, 2);
    assert_eq!(world.node.refusals.get(&key), Some(&1));
    assert!(!world.hub.received.contains_key(&key));
    // The policy that names it arrived: the hub judges it differently now.
    world.hub.lenient = true;
    world.input(Side::Hub, Input::AskAgain(vec![key.clone()]));
    world.deliver(Side::Hub);
    world.work(Side::Node);
    world.quiet();
    assert_eq!(world.hub.received[&key].order, (1, 3));
    world.assert_agreement();
}

#[test]
fn a_replayed_batch_changes_nothing_and_is_acknowledged() {
    let mut world = World::new();
    world.quiet();
    world.write(Side::Node, 2, 1);
    world.work(Side::Node);
    let again = world.up.front().cloned().unwrap();
    world.quiet();
    let (received, position) = (world.hub.received.clone(), world.hub.down());
    world.up.push_back(again);
    world.deliver(Side::Node);
    world.work(Side::Hub);
    assert!(matches!(world.down.front(), Some((_, Message::Ack(AckV1 { .. })))));
    assert_eq!((world.hub.received.clone(), world.hub.down()), (received, position));
    world.quiet();
    assert_eq!(world.closes, []);
}

#[test]
fn a_batch_that_its_sender_did_not_sign_closes() {
    let mut world = World::new();
    world.quiet();
    world.node.key = std::sync::Arc::new(crate::identity::ReplicaKey::from_seed(&[77; 32]).unwrap());
    world.write(Side::Node, 2, 1);
    world.work(Side::Node);
    world.deliver(Side::Node);
    assert_eq!(world.closes, [(Side::Hub, CloseCode::BadSignature)]);
    assert!(world.hub.received.is_empty());
}

#[test]
fn a_renewed_key_is_trusted_on_the_open_link() {
    let mut world = World::new();
    world.quiet();
    world.node.key = std::sync::Arc::new(crate::identity::ReplicaKey::from_seed(&[77; 32]).unwrap());
    let key = world.node.key.public();
    world.input(Side::Hub, Input::Trust(key));
    world.write(Side::Node, 2, 1);
    world.quiet();
    world.assert_agreement();
    assert_eq!(world.closes, []);
}

#[test]
fn a_flood_that_no_sender_sends_closes_before_it_fills_a_queue() {
    let mut world = World::new();
    world.quiet();
    world.write(Side::Node, 2, 1);
    world.work(Side::Node);
    let batch = world.up.pop_front().unwrap();
    for _ in 0..50 {
        world.up.push_back(batch.clone());
    }
    while world.deliver(Side::Node) {}
    assert_eq!(world.closes, [(Side::Hub, CloseCode::LimitBroken)]);
}

#[test]
fn a_busy_hub_is_left_alone_for_as_long_as_it_asked() {
    let mut world = World::new();
    world.quiet();
    let busy = Message::Busy(BusyV1 { seconds: 30 });
    world.input(Side::Node, Input::Message(StreamClass::State, busy));
    world.write(Side::Node, 2, 1);
    world.work(Side::Node);
    assert_eq!(batches(&world), 0);
    world.pass(Duration::from_secs(30));
    world.work(Side::Node);
    assert_eq!(batches(&world), 1);
    world.quiet();
    world.assert_agreement();
}

#[test]
fn a_hello_under_another_name_or_out_of_turn_is_refused() {
    let mut world = World::new();
    world.dial();
    world.node.replica = "zhuji:node:430981002000".parse().unwrap();
    let (_, open) = world.up.pop_front().unwrap();
    let (_, Message::Hello(mut hello)) = world.up.pop_front().unwrap() else { panic!() };
    hello.replica = world.node.replica.clone();
    for message in [open, Message::Hello(hello.clone())] {
        world.input(Side::Hub, Input::Message(StreamClass::Control, message));
    }
    assert_eq!(world.closes, [(Side::Hub, CloseCode::WrongReplica)]);

    let mut world = World::new();
    world.quiet();
    world.input(Side::Hub, Input::Message(StreamClass::Control, Message::Hello(hello)));
    assert_eq!(world.closes, [(Side::Hub, CloseCode::Protocol)]);
}

#[test]
fn something_from_a_newer_program_is_passed_over() {
    let mut world = World::new();
    world.quiet();
    for side in [Side::Node, Side::Hub] {
        for class in [StreamClass::Control, StreamClass::State] {
            world.input(side, Input::Message(class, Message::Unknown { kind: 70, version: 1 }));
        }
    }
    assert_eq!(world.closes, []);
}

#[test]
fn with_one_side_a_version_older_the_older_version_is_agreed_and_named_in_every_cut() {
    for (dials, answers, agreed) in [(&[1, 2][..], &[1, 2][..], 2), (&[1], &[1, 2], 1), (&[1, 2], &[1], 1)] {
        let mut world = World::new();
        world.node.versions = dials.to_vec();
        world.hub.versions = answers.to_vec();
        world.write(Side::Node, 1, 5);
        world.quiet();
        world.assert_agreement();
        for exchange in [
            world.dialer.as_ref().and_then(Dialer::cut_from),
            world.listener.as_ref().and_then(Listener::cut_from),
        ] {
            assert_eq!(exchange.map(|from| from.version), Some(agreed));
        }
    }
}

#[test]
fn programs_without_a_common_version_part_and_both_know_why() {
    let mut world = World::new();
    world.dial();
    let (_, open) = world.up.pop_front().unwrap();
    let (_, Message::Hello(mut hello)) = world.up.pop_front().unwrap() else { panic!() };
    hello.versions = List::of(vec![30, 31]).unwrap();
    let mut listener = world.listener.take().unwrap();
    let now = Now { at: world.now, clock_ms: 0 };
    let mut answers = Vec::new();
    for message in [open, Message::Hello(hello)] {
        answers.extend(listener.handle(Input::Message(StreamClass::Control, message), now));
    }
    let [Action::Send(StreamClass::Control, refused), Action::Close(CloseCode::NoCommonVersion)] =
        &answers[..]
    else {
        panic!("{answers:?}")
    };
    world.input(Side::Node, Input::Message(StreamClass::Control, refused.clone()));
    assert_eq!(world.closes, [(Side::Node, CloseCode::NoCommonVersion)]);
}

#[test]
fn who_answers_more_than_was_asked_or_wants_everything_again_for_ever_is_no_receiver() {
    use crate::link::effects::{Cut, Start};
    use crate::link::sender::{Sender, Step};
    use crate::wire::ack::AnswerV1;
    use crate::wire::life::Incarnation;
    use crate::wire::limits;
    use crate::wire::position::{Point, PositionV1};
    use std::time::Instant;

    let (incarnation, now) = (Incarnation([1; 16]), Instant::now());
    let start = Start { incarnation, ordinal: 1, at: Point::START, whole: false };
    let ack = |answer| AckV1 { position: PositionV1::fresh(incarnation, 1), answer, refused: List::new() };
    let protocol = vec![Step::Close(CloseCode::Protocol)];

    let mut sender = Sender::new(start, 1);
    assert_eq!(sender.acknowledged(ack(AnswerV1::Applied), now), protocol);

    let mut sender = Sender::new(start, 1);
    sender.tick(now);
    for turn in 0..=limits::CUTS_ANEW {
        let from = sender.cut_from().expect("there is room");
        // The end of the full state is sent anew each time, and not taken again.
        assert_eq!(sender.cut(Cut::Nothing { from, since: None }, now).len(), 1);
        let refused = sender.acknowledged(ack(AnswerV1::CutAnew), now);
        assert_eq!(refused == protocol, turn == limits::CUTS_ANEW, "{turn}");
    }
}
