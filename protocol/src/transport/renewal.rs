//! Renewal: a replica asks for its next certificate, of a new key, on a connection of its own, opened with the present
//! one, be it expired. It says so instead of a hello, so that a link that stands is not replaced.
//!
//! The new key must be kept durably *before* it is asked for: the hub lists it with its answer, and both keys let the
//! replica in until the new one was used. So a lost answer, or a crash anywhere, changes nothing: it is asked again.

use super::bounds::Guest;
use super::dial_endpoint::DialEndpoint;
use super::enrolment::{EnrolFault, answer_and_part, ask, check_own, moment, refusal_frame};
use super::streams::{Stream, StreamFault};
use super::tls::Credentials;
use crate::identity::{
    EnrolRefusal, HubAddress, PeerCertificate, PublicKey, Replica, ReplicaKey, check_request, make_request,
};
use crate::unit::UnitId;
use crate::wire::close::CloseCode;
use crate::wire::enrol::{Der, Enrolling, RenewAnswerV1, RenewRequestV1};
use crate::wire::frame::Frame;
use chrono::{DateTime, Utc};
use quinn::Connection;

/// What a replica keeps after a renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// The next certificate.
    pub certificate: Vec<u8>,
    /// The key that it is for: the one that was kept before it was asked for.
    pub key: PublicKey,
    /// The hub's clock when it answered.
    pub hub_clock: DateTime<Utc>,
}

/// Somebody asks a hub for its next certificate.
#[derive(Debug)]
pub struct Renewal {
    connection: Connection,
    stream: Stream,
    asked: Result<Asked, EnrolRefusal>,
    /// Held until it is answered.
    _guest: Guest,
}

/// What is asked for. Both keys were proved: the present one by the handshake, the next by the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asks.
    pub replica: Replica,
    /// The key of the certificate that was shown.
    pub present: PublicKey,
    /// The key that the next certificate is to be for; an older program asks for its present one again.
    pub next: PublicKey,
}

/// What a first frame asks for, if it asks for a renewal. Who shows one replica's certificate gets no other's.
pub(super) fn asked_in(frame: &Frame, peer: &PeerCertificate) -> Option<Result<Asked, EnrolRefusal>> {
    let request = match RenewRequestV1::read(frame) {
        Ok(request) => check_request(&request?.csr).map_err(|_| EnrolRefusal::BadRequest),
        Err(_) => Err(EnrolRefusal::BadRequest),
    };
    Some(request.and_then(|(replica, next)| match replica == peer.replica {
        true => Ok(Asked { replica, present: peer.public_key, next }),
        false => Err(EnrolRefusal::NotAChild),
    }))
}

/// Asks for the next certificate of the replica that the credentials name, for a key that is already kept.
///
/// # Errors
/// The hub was not reached, refused, or answered with something else than was asked for.
pub async fn renew(
    endpoint: &DialEndpoint,
    address: &HubAddress,
    hub: &UnitId,
    credentials: &Credentials,
    next: &ReplicaKey,
) -> Result<Renewed, EnrolFault> {
    let own = credentials.own().map_err(EnrolFault::Answer)?;
    let csr = make_request(&own.replica, next)?;
    let request = RenewRequestV1 { csr: Der::of(csr).map_err(|_| EnrolFault::TooLong)? };
    let connection = endpoint.dial(address, hub, credentials).await?;
    let answer = ask::<RenewAnswerV1>(&connection, &request).await?;
    connection.close(CloseCode::Done.number().into(), &[]);
    check_own(&credentials.authority, &answer.certificate, &own.replica, &next.public())?;
    let certificate = answer.certificate.into_vec();
    Ok(Renewed { certificate, key: next.public(), hub_clock: moment(answer.clock_ms)? })
}

impl Renewal {
    pub(super) fn new(
        connection: Connection,
        stream: Stream,
        asked: Result<Asked, EnrolRefusal>,
        guest: Guest,
    ) -> Self {
        Self { connection, stream, asked, _guest: guest }
    }

    /// Answers. `issue` looks the present key up in the hub's list, issues for the next one and lists it; it runs only for
    /// a request that is in order.
    ///
    /// # Errors
    /// It was refused, or the replica did not wait for the answer.
    pub async fn answer<F, A>(self, now: DateTime<Utc>, issue: F) -> Result<Replica, EnrolFault>
    where
        F: FnOnce(Asked) -> A,
        A: Future<Output = Result<Vec<u8>, EnrolRefusal>>,
    {
        let outcome = match self.asked {
            Ok(asked) => {
                let replica = asked.replica.clone();
                issue(asked).await.map(|issued| (replica, issued))
            }
            Err(refusal) => Err(refusal),
        };
        let frame = match &outcome {
            Ok((_, issued)) => RenewAnswerV1 {
                certificate: Der::of(issued.as_slice()).map_err(|_| EnrolFault::TooLong)?,
                clock_ms: now.timestamp_millis(),
            }
            .frame(),
            Err(refusal) => refusal_frame(refusal, now),
        };
        answer_and_part(&self.connection, self.stream, frame.map_err(StreamFault::from)?).await?;
        outcome.map(|(replica, _)| replica).map_err(EnrolFault::Refused)
    }
}
