//! The envelope of everything: `u32 length | u16 kind | u16 version | u32 flags | body`, little-endian.
//!
//! The length is checked before anything is allocated, and the buffer grows with the bytes that arrived.

use super::{kinds::StreamClass, limits};
use crate::texts::Told;

/// Bytes before the body.
pub const HEAD: usize = 12;

/// Flags that a reader must know, or refuse the frame; the upper half may be passed over. None has a meaning yet.
pub const CRITICAL_FLAGS: u32 = 0x0000_ffff;

/// One frame; what its body means is its [`Message`](super::message::Message)'s to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Registered in [`kinds`](super::kinds).
    pub kind: u16,
    /// The version of that kind's structure.
    pub version: u16,
    /// See [`CRITICAL_FLAGS`].
    pub flags: u32,
    /// What it carries.
    pub body: Vec<u8>,
}

/// Why the bytes are no frame of this stream. The stream is of no use afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// The body is longer than the stream's class allows.
    TooLong {
        /// What the frame says.
        length: usize,
        /// What is allowed.
        limit: usize,
    },
    /// A flag that must be understood is not.
    UnknownFlags(u32),
}

impl Frame {
    /// A frame without flags.
    #[must_use]
    pub fn new(kind: u16, version: u16, body: Vec<u8>) -> Self {
        Self { kind, version, flags: 0, body }
    }

    /// The bytes that travel.
    ///
    /// # Errors
    /// The body is longer than `limit` (or than any stream allows).
    pub fn encode(&self, limit: usize) -> Result<Vec<u8>, FrameFault> {
        let too_long = FrameFault::TooLong { length: self.body.len(), limit };
        if self.body.len() > limit {
            return Err(too_long);
        }
        let length = u32::try_from(self.body.len()).map_err(|_| too_long)?;
        let mut bytes = Vec::with_capacity(HEAD + self.body.len());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&self.kind.to_le_bytes());
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&self.flags.to_le_bytes());
        bytes.extend_from_slice(&self.body);
        Ok(bytes)
    }
}

/// Puts the frames of one stream together from whatever pieces arrive.
#[derive(Debug)]
pub struct FrameReader {
    limit: usize,
    head: [u8; HEAD],
    head_read: usize,
    body: Vec<u8>,
}

impl FrameReader {
    /// For a stream that has not named its class: only a tiny frame passes until [`admit`](Self::admit).
    #[must_use]
    pub fn unopened() -> Self {
        Self::with_limit(limits::OPENING_FRAME)
    }

    /// For a stream of a known class.
    #[must_use]
    pub fn new(class: StreamClass) -> Self {
        Self::with_limit(class.frame_limit())
    }

    /// For frames with bodies up to `limit`.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { limit, head: [0; HEAD], head_read: 0, body: Vec::new() }
    }

    /// The stream named its class: its limit holds from the next frame on.
    pub fn admit(&mut self, class: StreamClass) {
        self.limit = class.frame_limit();
    }

    /// Takes the head of a frame from the front of `input`: gives the length of the body that is arriving, once that is
    /// known. Nothing is held for it yet.
    ///
    /// # Errors
    /// The frame breaks a limit.
    pub fn announced(&mut self, input: &mut &[u8]) -> Result<Option<usize>, FrameFault> {
        while self.head_read < HEAD {
            let Some((byte, rest)) = input.split_first() else { return Ok(None) };
            self.head[self.head_read] = *byte;
            self.head_read += 1;
            *input = rest;
        }
        let [l0, l1, l2, l3, ..] = self.head;
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        if length > self.limit {
            return Err(FrameFault::TooLong { length, limit: self.limit });
        }
        Ok(Some(length))
    }

    /// Takes bytes from the front of `input`, up to the end of one frame; call again while it gives frames.
    ///
    /// # Errors
    /// The frame breaks a limit; nothing was allocated for it.
    pub fn feed(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, FrameFault> {
        let Some(length) = self.announced(input)? else { return Ok(None) };
        let [_, _, _, _, k0, k1, v0, v1, flags @ ..] = self.head;
        let flags = u32::from_le_bytes(flags);
        if flags & CRITICAL_FLAGS != 0 {
            return Err(FrameFault::UnknownFlags(flags));
        }
        let (arrived, rest) = input.split_at(input.len().min(length - self.body.len()));
        self.grow(arrived.len(), length);
        self.body.extend_from_slice(arrived);
        *input = rest;
        if self.body.len() < length {
            return Ok(None);
        }
        self.head_read = 0;
        Ok(Some(Frame {
            kind: u16::from_le_bytes([k0, k1]),
            version: u16::from_le_bytes([v0, v1]),
            flags,
            body: std::mem::take(&mut self.body),
        }))
    }

    /// What is held of a frame not yet whole; counts against a hub's budget.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.body.capacity()
    }

    /// Whether the stream may end here.
    #[must_use]
    pub fn is_between_frames(&self) -> bool {
        self.head_read == 0
    }

    /// Makes room for what arrived: at least doubling, never beyond the frame.
    fn grow(&mut self, arrived: usize, length: usize) {
        let needed = self.body.len() + arrived;
        if needed > self.body.capacity() {
            let target = needed.max(2 * self.body.capacity()).min(length);
            self.body.reserve_exact(target - self.body.len());
        }
    }
}

impl Told for FrameFault {
    fn key(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "wire-frame-too-long",
            Self::UnknownFlags(_) => "wire-unknown-flags",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { length, limit } => {
                vec![("length", length.to_string()), ("limit", limit.to_string())]
            }
            Self::UnknownFlags(flags) => vec![("flags", format!("{flags:#x}"))],
        }
    }
}

super::told_error!(FrameFault);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(reader: &mut FrameReader, mut input: &[u8]) -> Result<Vec<Frame>, FrameFault> {
        let mut frames = Vec::new();
        while let Some(frame) = reader.feed(&mut input)? {
            frames.push(frame);
        }
        assert!(input.is_empty());
        Ok(frames)
    }

    #[test]
    fn the_limit_of_each_class_is_the_last_length_that_passes() {
        for class in StreamClass::ALL {
            let limit = class.frame_limit();
            let most = Frame::new(1, 1, vec![7; limit]);
            let bytes = most.encode(limit).unwrap();
            assert_eq!(read_all(&mut FrameReader::new(class), &bytes), Ok(vec![most.clone()]));
            assert!(most.encode(limit - 1).is_err());
            let over = Frame::new(1, 1, vec![7; limit + 1]).encode(limit + 1).unwrap();
            let mut reader = FrameReader::new(class);
            assert!(reader.feed(&mut &over[..]).is_err());
            assert_eq!(reader.held_bytes(), 0);
        }
    }

    #[test]
    fn a_stream_without_a_class_takes_only_its_opening() {
        let frame = |length| Frame::new(1, 1, vec![0; length]).encode(limits::CONTROL_FRAME).unwrap();
        let mut reader = FrameReader::unopened();
        assert!(reader.feed(&mut &frame(limits::OPENING_FRAME)[..]).unwrap().is_some());
        assert!(reader.feed(&mut &frame(limits::OPENING_FRAME + 1)[..]).is_err());
        let mut reader = FrameReader::unopened();
        reader.admit(StreamClass::Control);
        assert!(reader.feed(&mut &frame(limits::CONTROL_FRAME)[..]).unwrap().is_some());
    }

    #[test]
    fn a_flag_that_must_be_understood_is_refused_and_another_passed_over() {
        let frame = |flags| Frame { kind: 1, version: 1, flags, body: vec![] }.encode(9).unwrap();
        assert_eq!(FrameReader::unopened().feed(&mut &frame(4)[..]), Err(FrameFault::UnknownFlags(4)));
        assert!(FrameReader::unopened().feed(&mut &frame(0x1_0000)[..]).unwrap().is_some());
    }

    proptest! {
        #[test]
        fn frames_survive_any_cutting(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
            piece in 1usize..50,
        ) {
            let frames: Vec<Frame> = bodies.into_iter().map(|body| Frame::new(3, 2, body)).collect();
            let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.encode(300).unwrap()).collect();
            let mut reader = FrameReader::new(StreamClass::Control);
            let mut read = Vec::new();
            for piece in bytes.chunks(piece) {
                read.extend(read_all(&mut reader, piece)?);
            }
            prop_assert_eq!(read, frames);
            prop_assert!(reader.is_between_frames());
        }

        #[test]
        fn garbage_never_holds_more_than_arrived_and_never_panics(
            garbage in prop::collection::vec(any::<u8>(), 0..4000),
            length in 0u32..40_000,
        ) {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.extend(&garbage);
            let mut reader = FrameReader::new(StreamClass::Control);
            let mut input = &bytes[..];
            while let Ok(Some(_)) = reader.feed(&mut input) {}
            prop_assert!(reader.held_bytes() <= 2 * bytes.len());
        }
    }
}
