//! Hubs above hubs, without a network: what two links exchange until both are quiet.

use super::*;
use crate::store::Uplink;
use zhuji_protocol::link::effects::{Settled, Start};
use zhuji_protocol::wire::ack::{AckV1, AnswerV1};
use zhuji_protocol::wire::hello::WelcomeV1;

/// Enrols one hub under another.
pub(crate) fn enrol_under(upper: &mut Hub, lower: &mut Hub) {
    let hash = TokenSecret([5; 16]).hash();
    let expires = noon() + TimeDelta::hours(72);
    // A second enrolment in one test uses the same secret; the first one's token is used up, which is not judged here.
    let _ = now(upper.store.issue_token(&hash, &lower.replica, expires, &author()));
    let enrolled = Enrolled {
        token: hash,
        replica: lower.replica.clone(),
        key: lower.key.public(),
        certificate: upper.certify(&lower.replica, &lower.key),
        admission: Admission::First,
    };
    now(upper.store.enrol(enrolled, &author(), moment("enrol"))).expect("enrolled");
    let identity = now(upper.store.identity()).expect("an identity");
    let uplink = Uplink {
        parent: upper.replica.clone(),
        address: "hub.example:7443".parse().expect("an address"),
        authority: identity.authority.certificate().clone(),
        certificate: vec![1],
        keys: vec![upper.key.public()],
    };
    now(lower.store.set_uplink(uplink, &author(), moment("uplink"))).expect("enrolled upward");
}

/// Both directions until nothing is left to send or to ask for.
pub(crate) fn talk(upper: &mut Hub, lower: &mut Hub) {
    for _ in 0..8 {
        let moved = exchange(upper, lower);
        let again = now(upper.store.ask_again(&lower.replica)).expect("asked");
        let down_again = now(lower.store.ask_again(&upper.replica)).expect("asked");
        if !moved && again.is_empty() && down_again.is_empty() {
            return;
        }
        lower.ask(&upper.replica, Request::Remark(again));
        upper.ask(&lower.replica, Request::Remark(down_again));
    }
    panic!("they never get quiet");
}

fn exchange(upper: &mut Hub, lower: &mut Hub) -> bool {
    let (up, down) = greet(upper, lower);
    let went_up = pass(lower, upper, up);
    let went_down = pass(upper, lower, down);
    went_up || went_down
}

/// Dials until both know where they stand; gives from where each is served.
fn greet(upper: &mut Hub, lower: &mut Hub) -> (Start, Start) {
    for _ in 0..3 {
        let standing = now(lower.store.dialling()).expect("read").expect("an uplink");
        let mut caller = Child::of(lower.replica.clone());
        (caller.incarnation, caller.mark, caller.knows) =
            (standing.incarnation, standing.head, standing.down);
        let Greeted::Welcome(admission) = upper.greet(&mut caller) else { panic!("turned away") };
        let welcome = WelcomeV1 {
            hub: upper.replica.clone(),
            version: 1,
            capabilities: Capabilities::OURS,
            program: Text::cut("0.1.0"),
            process: ProcessId([8; 16]),
            clock_ms: noon().timestamp_millis(),
            up: admission.up,
            down: admission.down.incarnation,
            down_head: admission.down_head,
            from_month: admission.from_month,
            hold_seconds: 0,
            extensions: List::new(),
        };
        match lower.ask(&upper.replica, Request::Settle(Box::new(welcome))) {
            Some(Outcome::Settled(Settled::Ready { up, .. })) => return (up, admission.down),
            Some(Outcome::Settled(Settled::Reincarnated)) => {}
            other => panic!("not settled: {other:?}"),
        }
    }
    panic!("they never settle")
}

fn pass(from: &mut Hub, to: &mut Hub, start: Start) -> bool {
    let mut at = start.at;
    let (sender, receiver) = (from.replica.clone(), to.replica.clone());
    while let Some(batch) = from.cut(&receiver, start.incarnation, at) {
        let answer = to.ask(&sender, Request::Apply(Box::new(batch)));
        let Some(Outcome::Applied(effects::Applied::Done { position, refused })) = answer else {
            panic!("not applied: {answer:?}")
        };
        at = position.at;
        let ack = AckV1 { position, answer: AnswerV1::Applied, refused: List::first_of(refused) };
        from.ask(&receiver, Request::Acknowledged(ack));
    }
    at != start.at
}
