//! Enrolment: the way in, and every way in which it is refused.

use super::{Hub, dialler, key, noon, unit};
use crate::identity::{
    Admission, CertificateFault, EnrolRefusal, EnrolmentToken, Fingerprint, Replica, ReplicaKey, TokenRecord,
    TokenSecret, judge_enrolment,
};
use crate::transport::enrolment::{Admitted, EnrolFault, Enrolled, EnrolmentRequest, enrol, serve_enrolment};
use crate::transport::streams::{Stream, StreamFault};
use crate::transport::{Arrival, Credentials, DialFault};
use crate::wire::kinds::StreamClass;
use crate::wire::message::Message;
use std::cell::RefCell;

const COUNTY: &str = "430981000000";
const TOWNSHIP: &str = "430981101000";

/// A hub that issued one token, and keeps what its store would.
struct Desk {
    hub: Hub,
    token: EnrolmentToken,
    record: RefCell<TokenRecord>,
}

impl Desk {
    fn open() -> Self {
        let hub = Hub::start(COUNTY, 10);
        let target = Replica::node(unit(TOWNSHIP));
        let token = EnrolmentToken {
            address: hub.address(),
            authority: hub.authority.certificate().fingerprint(),
            hub: hub.unit.clone(),
            target: target.clone(),
            secret: TokenSecret([7; 16]),
            expires: noon() + crate::identity::TOKEN_LIFE,
        };
        let record = RefCell::new(TokenRecord { target, expires: token.expires, used_by: None });
        Self { hub, token, record }
    }

    fn admit(&self, request: &EnrolmentRequest) -> Result<Admitted, EnrolRefusal> {
        let known = self.token.secret.hash().is_of(&request.secret);
        let mut record = self.record.borrow_mut();
        let admission =
            judge_enrolment(known.then_some(&*record), &request.replica, &request.key.id(), noon())?;
        if admission == Admission::First {
            record.used_by = Some(request.key.id());
        }
        let authority = &self.hub.authority;
        let issued = authority.issue(&request.replica, &request.key, [3; 16], noon());
        Ok(Admitted {
            certificate: issued.map_err(|_| EnrolRefusal::HubFault)?,
            authority: authority.certificate().clone(),
            hub: self.hub.unit.clone(),
            vouched: vec![vec![1, 2, 3]],
        })
    }

    async fn serve_one(&self) -> Result<Replica, EnrolFault> {
        let arrival = self.hub.listener.accept().await.expect("a caller").finish().await.expect("a newcomer");
        let Arrival::Enrolment { connection, .. } = arrival else { panic!("no newcomer") };
        serve_enrolment(&connection, noon(), async |request| self.admit(&request)).await
    }

    async fn enrol(&self, token: &EnrolmentToken, key: &ReplicaKey) -> Result<Enrolled, EnrolFault> {
        let dialler = dialler();
        tokio::join!(enrol(&dialler, token, key, "0.1.0", noon()), self.serve_one()).0
    }
}

fn refusal(outcome: Result<Enrolled, EnrolFault>) -> EnrolRefusal {
    match outcome {
        Err(EnrolFault::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_newcomer_with_a_token_becomes_a_child() {
    let desk = Desk::open();
    let copied = EnrolmentToken::parse(&desk.token.to_text()).expect("copied");
    let enrolled = desk.enrol(&copied, &key(50)).await.expect("enrolled");
    assert_eq!((enrolled.hub, enrolled.hub_clock), (unit(COUNTY), noon()));
    assert_eq!(enrolled.vouched, [[1, 2, 3]]);
    // What it was given opens a link.
    let credentials =
        Credentials { key: key(50), certificate: enrolled.certificate, authority: enrolled.authority };
    let dialler = dialler();
    let (address, county) = (desk.hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &credentials), async {
        desk.hub.listener.accept().await.expect("a caller").finish().await
    });
    dialled.expect("connected");
    assert!(matches!(arrived, Ok(Arrival::Link { .. })), "{arrived:?}");
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_key_and_to_no_other() {
    let desk = Desk::open();
    let first = desk.enrol(&desk.token, &key(50)).await.expect("enrolled");
    let again = desk.enrol(&desk.token, &key(50)).await.expect("answered again");
    assert_eq!(first.certificate, again.certificate);
    assert_eq!(refusal(desk.enrol(&desk.token, &key(51)).await), EnrolRefusal::UsedToken);
}

#[tokio::test]
async fn an_unknown_or_expired_token_is_refused() {
    let desk = Desk::open();
    let unknown = EnrolmentToken { secret: TokenSecret([8; 16]), ..desk.token.clone() };
    assert_eq!(refusal(desk.enrol(&unknown, &key(50)).await), EnrolRefusal::UnknownToken);
    desk.record.borrow_mut().expires = noon() - chrono::TimeDelta::seconds(1);
    assert_eq!(refusal(desk.enrol(&desk.token, &key(50)).await), EnrolRefusal::ExpiredToken);
}

#[tokio::test]
async fn a_token_bent_to_another_replica_is_refused_by_the_hub() {
    let desk = Desk::open();
    let other_unit = Replica::node(unit("430981102000"));
    let bent = EnrolmentToken { target: other_unit, ..desk.token.clone() };
    assert_eq!(refusal(desk.enrol(&bent, &key(50)).await), EnrolRefusal::OtherUnit);
    let other_role = Replica::hub(unit(TOWNSHIP));
    let bent = EnrolmentToken { target: other_role, ..desk.token.clone() };
    assert_eq!(refusal(desk.enrol(&bent, &key(50)).await), EnrolRefusal::OtherRole);
    assert_eq!(desk.record.borrow().used_by, None);
}

#[tokio::test]
async fn a_hub_that_is_not_the_tokens_hears_no_secret() {
    let desk = Desk::open();
    let dialler = dialler();
    for (bent, expected) in [
        (
            EnrolmentToken { authority: Fingerprint([1; 32]), ..desk.token.clone() },
            CertificateFault::ForeignAuthority,
        ),
        (
            EnrolmentToken { hub: unit("430922000000"), ..desk.token.clone() },
            CertificateFault::OtherReplica {
                expected: Box::new(Replica::hub(unit("430922000000"))),
                found: Box::new(Replica::hub(unit(COUNTY))),
            },
        ),
    ] {
        let own = key(50);
        let (outcome, arrival) = tokio::join!(enrol(&dialler, &bent, &own, "0.1.0", noon()), async {
            desk.hub.listener.accept().await.expect("a caller").finish().await
        });
        assert!(arrival.is_err(), "{arrival:?}");
        match outcome {
            Err(EnrolFault::Dial(DialFault::OtherHub(fault))) => assert_eq!(fault, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_newcomers_connection_can_do_nothing_else() {
    let desk = Desk::open();
    let dialler = dialler();
    let (said, served) = tokio::join!(
        async {
            let connection = dialler.dial_for_enrolment(&desk.token).await.expect("connected");
            let mut stream = Stream::open(&connection, StreamClass::Control).await.expect("a stream");
            // Anything but a request; a link's frames are no more welcome than noise.
            for class in [StreamClass::Control, StreamClass::State] {
                let opening = Message::open(class).frame().expect("a frame");
                stream.outgoing.push(&opening).expect("short");
            }
            stream.outgoing.flush().await.expect("sent");
            let answer = stream.incoming.next().await;
            connection.close(0u32.into(), &[]);
            answer
        },
        desk.serve_one()
    );
    assert!(said.is_ok(), "{said:?}");
    assert!(matches!(served, Err(EnrolFault::Refused(EnrolRefusal::BadRequest))), "{served:?}");
    assert_eq!(desk.record.borrow().used_by, None);
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_that_says_nothing_is_given_up_on() {
    let desk = Desk::open();
    let dialler = dialler();
    let (_connection, served) = tokio::join!(dialler.dial_for_enrolment(&desk.token), desk.serve_one());
    assert!(matches!(served, Err(EnrolFault::Stream(StreamFault::Silent))), "{served:?}");
}
