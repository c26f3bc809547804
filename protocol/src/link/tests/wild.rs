//! Random interleavings of everything that can go wrong: once quiet, both receivers hold what their senders have.

use super::store::{OFFENSIVE, Trouble};
use super::world::{Side, World};
use crate::wire::message::Message;
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Debug)]
enum Happening {
    Write(Side, i32, u8),
    WriteAndCut(Side, i32, u8),
    Dial,
    Deliver(Side),
    Commit(Side),
    Hear(Side),
    Flow,
    Lose(Side, usize),
    Repeat(Side, usize),
    Swap(Side, usize),
    CutLine,
    Crash(Side, bool),
    BackUp(Side),
    RestoreOldCopy(Side),
    Trouble(Side, Trouble),
    Pass(u8),
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    let side = || prop_oneof![Just(Side::Node), Just(Side::Hub)];
    let body = || prop_oneof![8 => 0u8..100, 1 => Just(OFFENSIVE)];
    prop_oneof![
        8 => (side(), 0..5i32, body()).prop_map(|(side, month, body)| H::Write(side, month, body)),
        3 => (side(), 0..5i32, body()).prop_map(|(side, month, body)| H::WriteAndCut(side, month, body)),
        6 => Just(H::Dial),
        16 => side().prop_map(H::Deliver),
        12 => side().prop_map(H::Commit),
        12 => side().prop_map(H::Hear),
        6 => Just(H::Flow),
        2 => (side(), 0..4usize).prop_map(|(side, index)| H::Lose(side, index)),
        2 => (side(), 0..4usize).prop_map(|(side, index)| H::Repeat(side, index)),
        2 => (side(), 0..4usize).prop_map(|(side, index)| H::Swap(side, index)),
        1 => Just(H::CutLine),
        1 => (side(), any::<bool>()).prop_map(|(side, committed)| H::Crash(side, committed)),
        1 => side().prop_map(H::BackUp),
        1 => side().prop_map(H::RestoreOldCopy),
        1 => (side(), prop_oneof![Just(Trouble::Busy), Just(Trouble::Failed)])
            .prop_map(|(side, trouble)| H::Trouble(side, trouble)),
        1 => (1..60u8).prop_map(H::Pass),
    ]
}

/// The transport opens streams in order and never loses the greeting; the rest may meet anything.
fn may_suffer(message: &Message) -> bool {
    matches!(message, Message::Batch(_) | Message::Ack(_) | Message::FullStateEnd(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn whatever_happened_once_quiet_both_receivers_hold_what_their_senders_have(
        happenings in prop::collection::vec(happening(), 0..150),
    ) {
        let mut world = World::new();
        let mut images = [world.node.clone(), world.hub.clone()];
        for happening in happenings {
            match happening {
                Happening::Write(side, month, body) => world.write(side, month, body),
                Happening::WriteAndCut(side, month, body) => {
                    world.store(side).write(month, body);
                    world.cut_unasked(side);
                    world.input(side, crate::link::end::Input::Changed);
                }
                Happening::Dial => world.dial(),
                Happening::Deliver(side) => {
                    world.deliver(side);
                }
                Happening::Commit(side) => {
                    world.commit(side);
                }
                Happening::Hear(side) => {
                    world.hear(side);
                }
                Happening::Flow => {
                    for side in [Side::Node, Side::Hub] {
                        world.deliver(side);
                        world.work(side);
                    }
                }
                Happening::Lose(side, index) => {
                    let wire = world.wire(side);
                    if wire.get(index).is_some_and(|(_, message)| may_suffer(message)) {
                        wire.remove(index);
                    }
                }
                Happening::Repeat(side, index) => {
                    let wire = world.wire(side);
                    if let Some(again) = wire.get(index).filter(|(_, message)| may_suffer(message)) {
                        let again = again.clone();
                        wire.push_back(again);
                    }
                }
                Happening::Swap(side, index) => {
                    let wire = world.wire(side);
                    let suffers = |at: usize| wire.get(at).is_some_and(|(_, message)| may_suffer(message));
                    if suffers(index) && suffers(index + 1) {
                        wire.swap(index, index + 1);
                    }
                }
                Happening::CutLine => world.cut_line(),
                Happening::Crash(side, committed) => world.crash(side, committed),
                Happening::BackUp(side) => images[side as usize] = world.store(side).clone(),
                Happening::RestoreOldCopy(side) => world.restore(side, images[side as usize].clone()),
                Happening::Trouble(side, trouble) => world.store(side).trouble = Some(trouble),
                Happening::Pass(seconds) => world.pass(Duration::from_secs(seconds.into())),
            }
        }
        world.quiet();
        world.assert_agreement();
        if world.restored == [false; 2] {
            // Nothing but an older copy may cost an incarnation.
            prop_assert_eq!((world.node.kept.len(), world.hub.kept.len()), (1, 1));
        }
    }
}
