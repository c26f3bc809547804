//! Enrolment: one question and one answer, on a connection whose protocol can do nothing else.
//!
//! The newcomer must keep its key durably *before* it asks: if the answer is lost, the same key is answered again,
//! and another key finds the token used.

use super::dial_endpoint::DialEndpoint;
use super::fault::DialFault;
use super::streams::{Stream, StreamFault, within};
use crate::identity::{
    AuthorityCertificate, CertificateFault, EnrolRefusal, EnrolmentToken, PublicKey, Replica, ReplicaKey,
    RequestFault, TokenSecret, check_peer, check_request, make_request,
};
use crate::texts::{Language, Told, text_with};
use crate::unit::UnitId;
use crate::wire::bounded::{Bytes, List, Text, TooLong};
use crate::wire::close::CloseCode;
use crate::wire::codec::CodecFault;
use crate::wire::enrol::{Der, EnrolAnswerV1, EnrolRefusedV1, EnrolRequestV1, Enrolling};
use crate::wire::frame::Frame;
use crate::wire::kinds::StreamClass;
use crate::wire::message::Message;
use chrono::{DateTime, Utc};
use quinn::Connection;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// How long the hub's answer may take: a commit on a bad disk.
const ANSWER_PATIENCE: Duration = Duration::from_secs(45);
/// How long a newcomer may take to ask, and to hang up after it was answered: it has nothing else to do.
const NEWCOMER_PATIENCE: Duration = Duration::from_secs(15);

/// What a newcomer keeps after it enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Its certificate.
    pub certificate: Vec<u8>,
    /// The hub's authority, pinned from now on.
    pub authority: AuthorityCertificate,
    /// Whose hub it is.
    pub hub: UnitId,
    /// The hub's clock when it answered.
    pub hub_clock: DateTime<Utc>,
    /// The keys of the hub and those above it, as the hub vouches for them; see `wire::published`.
    pub vouched: Vec<Vec<u8>>,
}

/// What a hub is asked. The certificate request was checked: `replica` asks, and holds the private half of `key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentRequest {
    /// To be looked up by its hash.
    pub secret: TokenSecret,
    /// Who asks.
    pub replica: Replica,
    /// For which key.
    pub key: PublicKey,
    /// The program's version, for people.
    pub program: String,
    /// The newcomer's clock.
    pub clock: Option<DateTime<Utc>>,
    /// From where.
    pub from: SocketAddr,
}

/// How a hub answers, once it has committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The certificate that was issued.
    pub certificate: Vec<u8>,
    /// The hub's authority.
    pub authority: AuthorityCertificate,
    /// Whose hub it is.
    pub hub: UnitId,
    /// The keys of the hub and those above it, vouched for.
    pub vouched: Vec<Vec<u8>>,
}

/// Why an enrolment or renewal did not happen.
#[derive(Debug)]
pub enum EnrolFault {
    /// The hub was not reached.
    Dial(DialFault),
    /// The exchange broke off.
    Stream(StreamFault),
    /// Our own request could not be made.
    Request(RequestFault),
    /// The hub said no.
    Refused(EnrolRefusal),
    /// The hub's answer is not the certificate that was asked for.
    Answer(CertificateFault),
    /// The exchange holds something too long.
    TooLong,
    /// Our own store could not keep the key or the certificate; it has said why in the log.
    Store,
}

/// Enrols the replica that the token is for, with a key that is already kept.
pub async fn enrol(
    dialler: &DialEndpoint,
    token: &EnrolmentToken,
    key: &ReplicaKey,
    program: &str,
    now: DateTime<Utc>,
) -> Result<Enrolled, EnrolFault> {
    let request = EnrolRequestV1 {
        secret: Bytes::of(token.secret.0).map_err(|_| EnrolFault::TooLong)?,
        csr: Der::of(make_request(&token.target, key)?).map_err(|_| EnrolFault::TooLong)?,
        program: Text::cut(program),
        clock_ms: now.timestamp_millis(),
    };
    let connection = dialler.dial_for_enrolment(token).await?;
    let answer = ask::<EnrolAnswerV1>(&connection, &request).await?;
    connection.close(CloseCode::Done.number().into(), &[]);
    accepted(answer, token, key)
}

/// A newcomer trusts the answer no further than the token: authority, hub, and its own name and key.
fn accepted(answer: EnrolAnswerV1, token: &EnrolmentToken, key: &ReplicaKey) -> Result<Enrolled, EnrolFault> {
    let authority = AuthorityCertificate::parse(&answer.authority).map_err(EnrolFault::Answer)?;
    let hub = Replica::hub(token.hub.clone());
    if authority.fingerprint() != token.authority || answer.hub != hub {
        return Err(EnrolFault::Answer(CertificateFault::ForeignAuthority));
    }
    check_own(&authority, &answer.certificate, &token.target, &key.public())?;
    Ok(Enrolled {
        certificate: answer.certificate.into_vec(),
        authority,
        hub: hub.unit,
        hub_clock: moment(answer.clock_ms)?,
        vouched: answer.vouched.into_vec().into_iter().map(Bytes::into_vec).collect(),
    })
}

/// Whether a certificate that we were given is ours.
pub(super) fn check_own(
    authority: &AuthorityCertificate,
    certificate: &[u8],
    own: &Replica,
    key: &PublicKey,
) -> Result<(), EnrolFault> {
    let given = check_peer(authority, certificate).map_err(EnrolFault::Answer)?;
    if given.replica != *own {
        let (expected, found) = (Box::new(own.clone()), Box::new(given.replica));
        return Err(EnrolFault::Answer(CertificateFault::OtherReplica { expected, found }));
    }
    if given.public_key != *key {
        return Err(EnrolFault::Answer(CertificateFault::OtherKey));
    }
    Ok(())
}

pub(super) fn moment(clock_ms: i64) -> Result<DateTime<Utc>, EnrolFault> {
    DateTime::from_timestamp_millis(clock_ms).ok_or(EnrolFault::Stream(StreamFault::OutOfTurn))
}

/// One question, and its answer or a refusal.
pub(super) async fn ask<A: Enrolling>(
    connection: &Connection,
    question: &impl Enrolling,
) -> Result<A, EnrolFault> {
    let mut stream = Stream::open(connection, StreamClass::Control).await?;
    stream.outgoing.push(&Message::open(stream.class).frame().map_err(StreamFault::Message)?)?;
    stream.outgoing.push(&question.frame().map_err(StreamFault::from)?)?;
    let answered = within(ANSWER_PATIENCE, async {
        stream.outgoing.flush().await?;
        stream.incoming.next().await
    });
    let frame = answered.await?;
    if let Some(answer) = A::read(&frame).map_err(StreamFault::from)? {
        return Ok(answer);
    }
    match EnrolRefusedV1::read(&frame).map_err(StreamFault::from)? {
        Some(refused) => Err(EnrolFault::Refused(EnrolRefusal::from_number(refused.reason, refused.seconds))),
        None => Err(StreamFault::OutOfTurn.into()),
    }
}

/// Serves one newcomer at a hub. `admit` judges the token, issues and commits; it runs once, and only for a request
/// whose key was proved. Gives who was enrolled.
pub async fn serve_enrolment<F, A>(
    connection: &Connection,
    now: DateTime<Utc>,
    admit: F,
) -> Result<Replica, EnrolFault>
where
    F: FnOnce(EnrolmentRequest) -> A,
    A: Future<Output = Result<Admitted, EnrolRefusal>>,
{
    let mut stream = within(NEWCOMER_PATIENCE, Stream::accept(connection)).await?;
    let frame = within(NEWCOMER_PATIENCE, stream.incoming.next()).await?;
    let outcome = match asked(&frame, connection.remote_address()) {
        Ok(request) => {
            let replica = request.replica.clone();
            admit(request).await.map(|admitted| (replica, admitted))
        }
        Err(refusal) => Err(refusal),
    };
    let answer = match &outcome {
        Ok((_, admitted)) => answer_of(admitted, now)?.frame(),
        Err(refusal) => refusal_frame(refusal, now),
    };
    answer_and_part(connection, stream, answer.map_err(StreamFault::from)?).await?;
    outcome.map(|(replica, _)| replica).map_err(EnrolFault::Refused)
}

fn asked(frame: &Frame, from: SocketAddr) -> Result<EnrolmentRequest, EnrolRefusal> {
    let request = EnrolRequestV1::read(frame).ok().flatten().ok_or(EnrolRefusal::BadRequest)?;
    let (replica, key) = check_request(&request.csr).map_err(|_| EnrolRefusal::BadRequest)?;
    let secret = <[u8; 16]>::try_from(&*request.secret).map_err(|_| EnrolRefusal::BadRequest)?;
    Ok(EnrolmentRequest {
        secret: TokenSecret(secret),
        replica,
        key,
        program: request.program.to_string(),
        clock: DateTime::from_timestamp_millis(request.clock_ms),
        from,
    })
}

fn answer_of(admitted: &Admitted, now: DateTime<Utc>) -> Result<EnrolAnswerV1, EnrolFault> {
    let der = |bytes: &[u8]| Der::of(bytes).map_err(|_| EnrolFault::TooLong);
    let vouched: Result<Vec<_>, _> = admitted.vouched.iter().map(|key| Bytes::of(key.clone())).collect();
    Ok(EnrolAnswerV1 {
        certificate: der(&admitted.certificate)?,
        authority: der(admitted.authority.der())?,
        hub: Replica::hub(admitted.hub.clone()),
        clock_ms: now.timestamp_millis(),
        vouched: vouched.and_then(List::of).map_err(|_| EnrolFault::TooLong)?,
    })
}

pub(super) fn refusal_frame(refusal: &EnrolRefusal, now: DateTime<Utc>) -> Result<Frame, CodecFault> {
    let seconds = match refusal {
        EnrolRefusal::Busy { seconds } => *seconds,
        _ => 0,
    };
    EnrolRefusedV1 { reason: refusal.number(), seconds, clock_ms: now.timestamp_millis() }.frame()
}

/// Sends the answer and waits until the other end hung up: closing earlier would discard what is under way.
pub(super) async fn answer_and_part(
    connection: &Connection,
    mut stream: Stream,
    answer: Frame,
) -> Result<(), EnrolFault> {
    stream.outgoing.push(&answer)?;
    stream.outgoing.flush().await?;
    stream.outgoing.finish();
    let _hung_up = tokio::time::timeout(NEWCOMER_PATIENCE, connection.closed()).await;
    connection.close(CloseCode::Done.number().into(), &[]);
    Ok(())
}

impl EnrolFault {
    /// Whether trying again can help without anyone stepping in.
    #[must_use]
    pub fn worth_retrying(&self) -> bool {
        match self {
            Self::Dial(fault) => fault.worth_retrying(),
            Self::Stream(fault) => !matches!(fault, StreamFault::Unwelcome),
            Self::Store => true,
            Self::Refused(refusal) => refusal.worth_retrying(),
            Self::Request(_) | Self::Answer(_) | Self::TooLong => false,
        }
    }

    fn told(&self) -> Option<&dyn Told> {
        match self {
            Self::Dial(fault) => Some(fault),
            Self::Stream(fault) => Some(fault),
            Self::Request(fault) => Some(fault),
            Self::Refused(refusal) => Some(refusal),
            Self::Answer(_) | Self::TooLong | Self::Store => None,
        }
    }
}

impl Told for EnrolFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Store => "transport-uplink-store",
            _ => self.told().map_or("transport-enrol-bad-answer", Told::key),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match (self, self.told()) {
            (_, Some(told)) => told.args(),
            (Self::Answer(fault), _) => vec![("what", fault.to_string())],
            _ => vec![("what", TooLong.to_string())],
        }
    }

    fn tell(&self, language: Language) -> String {
        match (self, self.told()) {
            (_, Some(told)) => told.tell(language),
            (Self::Answer(fault), _) => text_with(language, self.key(), &[("what", fault.tell(language))]),
            _ => text_with(language, self.key(), &self.args()),
        }
    }
}

impl From<DialFault> for EnrolFault {
    fn from(fault: DialFault) -> Self {
        Self::Dial(fault)
    }
}

impl From<StreamFault> for EnrolFault {
    fn from(fault: StreamFault) -> Self {
        Self::Stream(fault)
    }
}

impl From<RequestFault> for EnrolFault {
    fn from(fault: RequestFault) -> Self {
        Self::Request(fault)
    }
}

impl fmt::Display for EnrolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for EnrolFault {}
