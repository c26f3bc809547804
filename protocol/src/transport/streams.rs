//! Frames on QUIC streams. Long-lived, one of a class, opened by the dialler; an idle stream holds no buffer.

use super::bounds::{FrameBudget, Share};
use super::dial_endpoint::is_about_our_certificate;
use crate::texts::{Language, Told};
use crate::wire::close::CloseCode;
use crate::wire::codec::CodecFault;
use crate::wire::frame::{Frame, FrameFault, FrameReader};
use crate::wire::kinds::StreamClass;
use crate::wire::limits;
use crate::wire::message::{Message, MessageFault};
use quinn::{Chunk, Connection, ConnectionError, ReadError, RecvStream, SendStream, WriteError};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// What is taken from the transport at once; it stays the transport's buffer.
const READ_AT_ONCE: usize = 64 << 10;

/// Both directions of one stream.
#[derive(Debug)]
pub struct Stream {
    /// What it is for.
    pub class: StreamClass,
    /// Frames that go out.
    pub outgoing: Outgoing,
    /// Frames that come in.
    pub incoming: Incoming,
}

/// The direction in which this end writes.
#[derive(Debug)]
pub struct Outgoing {
    stream: SendStream,
    limit: usize,
    queue: VecDeque<Vec<u8>>,
    written: usize,
}

/// The direction in which this end reads.
#[derive(Debug)]
pub struct Incoming {
    stream: RecvStream,
    reader: FrameReader,
    chunk: Vec<u8>,
    read: usize,
    /// Since when a frame is awaited that was begun.
    begun: Option<Instant>,
    budget: Option<FrameBudget>,
    /// Of the frame that is arriving, and of the one that arrived last.
    share: Option<Share>,
    arrived_share: Option<Share>,
}

/// Why a stream is of no more use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// The other end finished it between two frames.
    Ended,
    /// It broke off within a frame.
    Cut,
    /// A frame broke its limit, or a flag is unknown.
    Frame(FrameFault),
    /// A frame that belongs here is malformed.
    Message(MessageFault),
    /// The connection was closed by the other end.
    Closed(CloseCode),
    /// The connection is gone.
    Lost(String),
    /// The other end does not accept our certificate.
    Unwelcome,
    /// Nothing came in time.
    Silent,
    /// A frame that was begun did not become whole in time.
    Slow,
    /// Something else came than what was due.
    OutOfTurn,
}

impl Stream {
    /// Opens a stream of a class. Its first frame must be the [opening](Message::open).
    pub async fn open(connection: &Connection, class: StreamClass) -> Result<Self, StreamFault> {
        let (sender, receiver) = connection.open_bi().await?;
        Ok(Self::of(class, sender, FrameReader::new(class), receiver))
    }

    /// Takes the next stream that the other end opens, once it has named its class.
    pub async fn accept(connection: &Connection) -> Result<Self, StreamFault> {
        let mut stream = Self::accept_unnamed(connection).await?;
        let frame = stream.incoming.next().await?;
        stream.name(&frame)?;
        Ok(stream)
    }

    /// Takes the next stream that the other end opens; only a tiny frame passes until it was [named](Self::name). May
    /// be dropped at any time without loss.
    pub(super) async fn accept_unnamed(connection: &Connection) -> Result<Self, StreamFault> {
        let (sender, receiver) = connection.accept_bi().await?;
        let mut stream = Self::of(StreamClass::Control, sender, FrameReader::unopened(), receiver);
        stream.incoming.begun = Some(Instant::now());
        Ok(stream)
    }

    /// The first frame names the class, whose limits hold from here on.
    pub(super) fn name(&mut self, frame: &Frame) -> Result<StreamClass, StreamFault> {
        let opening = Message::read(frame).map_err(StreamFault::Message)?;
        let Message::StreamOpen(opening) = opening else { return Err(StreamFault::OutOfTurn) };
        let class = StreamClass::from_number(opening.class).ok_or(StreamFault::OutOfTurn)?;
        self.class = class;
        self.outgoing.limit = class.frame_limit();
        self.incoming.reader.admit(class);
        Ok(class)
    }

    fn of(class: StreamClass, sender: SendStream, reader: FrameReader, receiver: RecvStream) -> Self {
        Self {
            class,
            outgoing: Outgoing {
                stream: sender,
                limit: class.frame_limit(),
                queue: VecDeque::new(),
                written: 0,
            },
            incoming: Incoming {
                stream: receiver,
                reader,
                chunk: Vec::new(),
                read: 0,
                begun: None,
                budget: None,
                share: None,
                arrived_share: None,
            },
        }
    }
}

impl Outgoing {
    /// Queues a frame. What may be queued is bounded by the link's own limits on what is under way.
    pub fn push(&mut self, frame: &Frame) -> Result<(), StreamFault> {
        self.queue.push_back(frame.encode(self.limit).map_err(StreamFault::Frame)?);
        Ok(())
    }

    /// Whether everything queued was handed to the transport.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Bytes that wait to be handed to the transport.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.queue.iter().map(Vec::len).sum::<usize>() - self.written
    }

    /// Whether so little waits that what is read may make more.
    pub(super) fn has_room(&self) -> bool {
        self.waiting_bytes() <= limits::OUTGOING
    }

    /// Hands a piece to the transport. May be dropped at any time without loss; never call it with an empty queue in
    /// a `select!`, it returns at once.
    pub async fn write_some(&mut self) -> Result<(), StreamFault> {
        let Some(front) = self.queue.front() else { return Ok(()) };
        self.written += self.stream.write(&front[self.written..]).await?;
        if self.written == front.len() {
            self.queue.pop_front();
            self.written = 0;
        }
        Ok(())
    }

    /// Hands everything queued to the transport.
    pub async fn flush(&mut self) -> Result<(), StreamFault> {
        while !self.is_empty() {
            self.write_some().await?;
        }
        Ok(())
    }

    /// What no honest end does: bytes that make no frame, or not at once.
    #[cfg(test)]
    pub(super) async fn write_raw(&mut self, bytes: &[u8]) -> Result<(), StreamFault> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Says that nothing more will come, and waits until everything arrived or the stream is gone.
    pub(super) async fn arrived(&mut self) {
        self.finish();
        let _gone = self.stream.stopped().await;
    }

    /// Says that nothing more will come.
    pub fn finish(&mut self) {
        // It fails only where the stream is gone already.
        let _gone = self.stream.finish();
    }
}

impl Incoming {
    /// The next frame. May be dropped at any time without loss.
    pub async fn next(&mut self) -> Result<Frame, StreamFault> {
        loop {
            let mut rest = &self.chunk[self.read..];
            let announced = self.reader.announced(&mut rest).map_err(StreamFault::Frame)?;
            self.read = self.chunk.len() - rest.len();
            if let Some(length) = announced {
                self.make_room(length).await;
            }
            let mut rest = &self.chunk[self.read..];
            let frame = self.reader.feed(&mut rest).map_err(StreamFault::Frame)?;
            self.read = self.chunk.len() - rest.len();
            if let Some(frame) = frame {
                self.begun = None;
                self.arrived_share = self.share.take();
                return Ok(frame);
            }
            // All was taken: an idle stream holds nothing.
            (self.chunk, self.read) = (Vec::new(), 0);
            match self.next_chunk().await? {
                Some(chunk) => self.chunk = chunk.bytes.into(),
                None if self.reader.is_between_frames() => return Err(StreamFault::Ended),
                None => return Err(StreamFault::Cut),
            }
        }
    }

    /// A long frame waits here until there is room for it among all that the hub holds; its time does not run meanwhile.
    async fn make_room(&mut self, length: usize) {
        if self.share.is_none()
            && length > limits::CONTROL_FRAME
            && let Some(budget) = &self.budget
        {
            self.begun = None;
            self.share = budget.share(length).await;
        }
    }

    async fn next_chunk(&mut self) -> Result<Option<Chunk>, StreamFault> {
        if !self.reader.is_between_frames() {
            self.begun.get_or_insert_with(Instant::now);
        }
        let chunk = self.stream.read_chunk(READ_AT_ONCE, true);
        match self.begun {
            Some(begun) => {
                timeout_at(begun + limits::FRAME_PATIENCE, chunk).await.map_err(|_| StreamFault::Slow)?
            }
            None => chunk.await,
        }
        .map_err(StreamFault::from)
    }

    /// From here on long frames come out of a hub's budget.
    pub(super) fn bound_by(&mut self, budget: FrameBudget) {
        self.budget = Some(budget);
    }

    /// What the frame that was just read holds of the budget; the caller lets go of it with the frame.
    pub(super) fn share(&mut self) -> Option<Share> {
        self.arrived_share.take()
    }

    /// Nothing is read for now: the time of a frame that was begun does not run.
    pub(super) fn pause(&mut self) {
        self.begun = None;
    }
}

/// An answer that is due within `patience`.
pub async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, StreamFault>>,
) -> Result<T, StreamFault> {
    timeout(patience, answer).await.unwrap_or(Err(StreamFault::Silent))
}

/// Why a connection ended, as this end sees it.
#[must_use]
pub fn parting(error: &ConnectionError) -> StreamFault {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            let number = u32::try_from(close.error_code.into_inner()).unwrap_or(u32::MAX);
            StreamFault::Closed(CloseCode::from_number(number))
        }
        ConnectionError::TimedOut => StreamFault::Silent,
        // The handshake is over for a dialler before the hub has judged its certificate: the alert comes after.
        refused if is_about_our_certificate(refused) => StreamFault::Unwelcome,
        other => StreamFault::Lost(other.to_string()),
    }
}

impl From<ConnectionError> for StreamFault {
    fn from(error: ConnectionError) -> Self {
        parting(&error)
    }
}

impl From<CodecFault> for StreamFault {
    fn from(fault: CodecFault) -> Self {
        Self::Message(MessageFault::Codec(fault))
    }
}

impl From<ReadError> for StreamFault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::ConnectionLost(lost) => parting(&lost),
            ReadError::Reset(_) => Self::Cut,
            other => Self::Lost(other.to_string()),
        }
    }
}

impl From<WriteError> for StreamFault {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ConnectionLost(lost) => parting(&lost),
            WriteError::Stopped(_) => Self::Ended,
            other => Self::Lost(other.to_string()),
        }
    }
}

impl Told for StreamFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Ended => "transport-stream-ended",
            Self::Cut => "transport-stream-cut",
            Self::Frame(fault) => fault.key(),
            Self::Message(fault) => fault.key(),
            Self::Closed(code) => code.key(),
            Self::Lost(_) => "transport-stream-lost",
            Self::Unwelcome => "transport-dial-unwelcome",
            Self::Silent => "transport-stream-silent",
            Self::Slow => "transport-stream-slow",
            Self::OutOfTurn => "transport-stream-out-of-turn",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Frame(fault) => fault.args(),
            Self::Message(fault) => fault.args(),
            Self::Closed(code) => code.args(),
            Self::Lost(what) => vec![("what", what.clone())],
            Self::Ended | Self::Cut | Self::Unwelcome | Self::Silent | Self::Slow | Self::OutOfTurn => {
                Vec::new()
            }
        }
    }
}

impl fmt::Display for StreamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for StreamFault {}
