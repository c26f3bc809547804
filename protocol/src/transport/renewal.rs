//! Renewal: a replica asks for its next certificate on a connection of its own, opened with the present one, be it
//! expired. It says so instead of a hello, so that a link that stands is not replaced.
//!
//! The key stays the same: what expires is the certificate. A lost answer changes nothing.

use super::dial_endpoint::DialEndpoint;
use super::enrolment::{EnrolFault, answer_and_part, ask, check_own, moment, refusal_frame};
use super::streams::{Stream, StreamFault};
use super::tls::Credentials;
use crate::identity::{
    EnrolRefusal, HubAddress, PeerCertificate, PublicKey, Replica, check_request, make_request,
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
    /// The hub's clock when it answered.
    pub hub_clock: DateTime<Utc>,
}

/// Somebody asks a hub for its next certificate; the key was proved twice, by the handshake and by the request.
#[derive(Debug)]
pub struct Renewal {
    connection: Connection,
    stream: Stream,
    asked: Asked,
}

/// Who asks and for which key, or why not.
pub(super) type Asked = Result<(Replica, PublicKey), EnrolRefusal>;

/// What a first frame asks for, if it asks for a renewal. Who shows one replica's certificate gets no other's, and for
/// no other key.
pub(super) fn asked_in(frame: &Frame, peer: &PeerCertificate) -> Option<Asked> {
    let request = match RenewRequestV1::read(frame) {
        Ok(request) => check_request(&request?.csr).map_err(|_| EnrolRefusal::BadRequest),
        Err(_) => Err(EnrolRefusal::BadRequest),
    };
    let own = (peer.replica.clone(), peer.public_key);
    Some(request.and_then(|asked| (asked == own).then_some(asked).ok_or(EnrolRefusal::NotAChild)))
}

/// Asks for the next certificate of the replica that the credentials name.
pub async fn renew(
    endpoint: &DialEndpoint,
    address: &HubAddress,
    hub: &UnitId,
    credentials: &Credentials,
) -> Result<Renewed, EnrolFault> {
    let own = credentials.own().map_err(EnrolFault::Answer)?;
    let csr = make_request(&own.replica, &credentials.key)?;
    let request = RenewRequestV1 { csr: Der::of(csr).map_err(|_| EnrolFault::TooLong)? };
    let connection = endpoint.dial(address, hub, credentials).await?;
    let answer = ask::<RenewAnswerV1>(&connection, &request).await?;
    connection.close(CloseCode::Done.number().into(), &[]);
    check_own(&credentials.authority, &answer.certificate, &own.replica, &own.public_key)?;
    Ok(Renewed { certificate: answer.certificate.into_vec(), hub_clock: moment(answer.clock_ms)? })
}

impl Renewal {
    pub(super) fn new(connection: Connection, stream: Stream, asked: Asked) -> Self {
        Self { connection, stream, asked }
    }

    /// Answers. `issue` looks the key up in the hub's list, issues and keeps a trace; it runs only for a request that
    /// is in order.
    pub async fn answer<F, A>(self, now: DateTime<Utc>, issue: F) -> Result<Replica, EnrolFault>
    where
        F: FnOnce(Replica, PublicKey) -> A,
        A: Future<Output = Result<Vec<u8>, EnrolRefusal>>,
    {
        let outcome = match self.asked {
            Ok((replica, key)) => issue(replica.clone(), key).await.map(|issued| (replica, issued)),
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
