//! What is said while a replica enrols (on a connection that can do nothing else) and when it renews its certificate.

use super::bounded::{Bytes, List, Text};
use super::codec::{CodecFault, decode, encode};
use super::frame::Frame;
use super::kinds::frame as kind;
use super::limits;
use crate::identity::Replica;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A certificate's or request's bytes.
pub type Der = Bytes<{ limits::CERTIFICATE }>;

/// A newcomer asks for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequestV1 {
    /// The token's secret.
    pub secret: Bytes<16>,
    /// The certificate request: who asks, and the proof that it holds its key.
    pub csr: Der,
    /// The program's version, shown to people only.
    pub program: Text<{ limits::PROGRAM_VERSION }>,
    /// The newcomer's clock, milliseconds since 1970 UTC. Data, never order.
    pub clock_ms: i64,
}

/// The hub enrolled it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswerV1 {
    /// The certificate.
    pub certificate: Der,
    /// The hub's authority, pinned from now on.
    pub authority: Der,
    /// The hub.
    pub hub: Replica,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub clock_ms: i64,
    /// The keys of the hub and those above it, vouched for by the hub; opaque here.
    pub vouched: List<Bytes<{ limits::VOUCHED_KEY }>, { limits::VOUCHED_KEYS }>,
}

/// The hub did not enrol it, or did not renew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRefusedV1 {
    /// The number of an [`EnrolRefusal`](crate::identity::EnrolRefusal). A number, so that an older newcomer can tell
    /// at least that a newer hub refused.
    pub reason: u16,
    /// Seconds to wait, where the reason is that the hub is busy.
    pub seconds: u32,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub clock_ms: i64,
}

/// A replica asks for its next certificate, on a connection that its present one opened, be it expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewRequestV1 {
    /// The certificate request, of a new key or of the same.
    pub csr: Der,
}

/// The next certificate. The old key stays valid until this one was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewAnswerV1 {
    /// The certificate.
    pub certificate: Der,
    /// The hub's clock, milliseconds since 1970 UTC.
    pub clock_ms: i64,
}

/// A structure that stands alone in its frame.
pub trait Enrolling: Serialize + DeserializeOwned {
    /// Its kind of frame.
    const KIND: u16;
    /// Its version.
    const VERSION: u16 = 1;

    /// The frame that says it.
    ///
    /// # Errors
    /// It is longer than anything that is sent.
    fn frame(&self) -> Result<Frame, CodecFault> {
        Ok(Frame::new(Self::KIND, Self::VERSION, encode(self)?))
    }

    /// What a frame says, if it is of this kind and version.
    ///
    /// # Errors
    /// The frame is of this kind, and malformed.
    fn read(frame: &Frame) -> Result<Option<Self>, CodecFault> {
        match (frame.kind, frame.version) == (Self::KIND, Self::VERSION) {
            true => decode(&frame.body).map(Some),
            false => Ok(None),
        }
    }
}

impl Enrolling for EnrolRequestV1 {
    const KIND: u16 = kind::ENROL_REQUEST;
}

impl Enrolling for EnrolAnswerV1 {
    const KIND: u16 = kind::ENROL_ANSWER;
}

impl Enrolling for EnrolRefusedV1 {
    const KIND: u16 = kind::ENROL_REFUSED;
}

impl Enrolling for RenewRequestV1 {
    const KIND: u16 = kind::RENEW_REQUEST;
}

impl Enrolling for RenewAnswerV1 {
    const KIND: u16 = kind::RENEW_ANSWER;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::kinds::StreamClass;

    #[test]
    fn the_longest_answer_fits_into_a_control_frame() {
        let der = || Der::of(vec![1; limits::CERTIFICATE]).unwrap();
        let vouched = vec![Bytes::of(vec![1; limits::VOUCHED_KEY]).unwrap(); limits::VOUCHED_KEYS];
        let answer = EnrolAnswerV1 {
            certificate: der(),
            authority: der(),
            hub: "zhuji:hub:430981000000~999-9999".parse().unwrap(),
            clock_ms: i64::MAX,
            vouched: List::of(vouched).unwrap(),
        };
        let frame = answer.frame().unwrap();
        assert!(frame.encode(StreamClass::Control.frame_limit()).is_ok());
        assert_eq!(EnrolAnswerV1::read(&frame), Ok(Some(answer)));
        assert_eq!(EnrolRefusedV1::read(&frame), Ok(None));
    }
}
