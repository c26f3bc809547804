//! What a frame says. One reading for both ends; whose turn it is to say it is the link's to judge.

use super::ack::{AckV1, AskAgainV1, FullStateEndV1};
use super::batch::{Batch, BatchFault};
use super::codec::{CodecFault, decode, encode};
use super::frame::{Frame, FrameFault};
use super::hello::{BusyV1, HelloV1, RefusedV1, StreamOpenV1, WelcomeV1};
use super::kinds::{StreamClass, frame as kind};
use crate::texts::Told;

/// The version of every structure of today.
const V1: u16 = 1;

/// A frame, read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its structure's")]
pub enum Message {
    StreamOpen(StreamOpenV1),
    Hello(Box<HelloV1>),
    Welcome(Box<WelcomeV1>),
    Refused(RefusedV1),
    Busy(BusyV1),
    Batch(Box<Batch>),
    Ack(AckV1),
    FullStateEnd(FullStateEndV1),
    AskAgain(AskAgainV1),
    /// From a newer program: passed over.
    Unknown {
        kind: u16,
        version: u16,
    },
}

/// Why a frame says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFault {
    /// The stream is broken.
    Frame(FrameFault),
    /// The structure is malformed.
    Codec(CodecFault),
    /// The batch is malformed.
    Batch(BatchFault),
}

impl Message {
    /// What the frame says.
    ///
    /// # Errors
    /// Its body is not what its kind and version promise.
    pub fn read(frame: &Frame) -> Result<Self, MessageFault> {
        if frame.version != V1 {
            return Ok(Self::Unknown { kind: frame.kind, version: frame.version });
        }
        let body = &frame.body;
        Ok(match frame.kind {
            kind::STREAM_OPEN => Self::StreamOpen(decode(body)?),
            kind::HELLO => Self::Hello(Box::new(decode(body)?)),
            kind::WELCOME => Self::Welcome(Box::new(decode(body)?)),
            kind::REFUSED => Self::Refused(decode(body)?),
            kind::BUSY => Self::Busy(decode(body)?),
            kind::BATCH => Self::Batch(Box::new(Batch::read(body).map_err(MessageFault::Batch)?)),
            kind::ACK => Self::Ack(decode(body)?),
            kind::FULL_STATE_END => Self::FullStateEnd(decode(body)?),
            kind::ASK_AGAIN => Self::AskAgain(decode(body)?),
            kind => Self::Unknown { kind, version: frame.version },
        })
    }

    /// The frame that says it.
    ///
    /// # Errors
    /// The structure cannot be encoded.
    pub fn frame(&self) -> Result<Frame, MessageFault> {
        let (kind, body) = match self {
            Self::StreamOpen(open) => (kind::STREAM_OPEN, encode(open)?),
            Self::Hello(hello) => (kind::HELLO, encode(hello)?),
            Self::Welcome(welcome) => (kind::WELCOME, encode(welcome)?),
            Self::Refused(refused) => (kind::REFUSED, encode(refused)?),
            Self::Busy(busy) => (kind::BUSY, encode(busy)?),
            Self::Batch(batch) => (kind::BATCH, batch.bytes()),
            Self::Ack(ack) => (kind::ACK, encode(ack)?),
            Self::FullStateEnd(end) => (kind::FULL_STATE_END, encode(end)?),
            Self::AskAgain(ask) => (kind::ASK_AGAIN, encode(ask)?),
            Self::Unknown { .. } => return Err(CodecFault::Unencodable.into()),
        };
        Ok(Frame::new(kind, V1, body))
    }

    /// The bytes that travel on a stream of this class.
    ///
    /// # Errors
    /// The frame is too long for the class.
    pub fn encode(&self, class: StreamClass) -> Result<Vec<u8>, MessageFault> {
        self.frame()?.encode(class.frame_limit()).map_err(MessageFault::Frame)
    }

    /// The opening of a stream.
    #[must_use]
    pub fn open(class: StreamClass) -> Self {
        Self::StreamOpen(StreamOpenV1 { class: class.number() })
    }
}

impl From<CodecFault> for MessageFault {
    fn from(fault: CodecFault) -> Self {
        Self::Codec(fault)
    }
}

impl Told for MessageFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Frame(fault) => fault.key(),
            Self::Codec(fault) => fault.key(),
            Self::Batch(fault) => fault.key(),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Frame(fault) => fault.args(),
            Self::Codec(fault) => fault.args(),
            Self::Batch(fault) => fault.args(),
        }
    }
}

super::told_error!(MessageFault);
