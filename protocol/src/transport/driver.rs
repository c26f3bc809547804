//! The dull loop: frames, answers of the store and time go into an end of a link, its actions come out and are carried
//! out in order. It decides nothing.

use super::bounds::{Guest, Share};
use super::inbox::LinkInbox;
use super::streams::{Incoming, Outgoing, Stream, StreamFault, within};
use crate::link::backoff::Ended;
use crate::link::dialer::Dialer;
use crate::link::effects::Request;
use crate::link::end::{Action, Event, Input, Now};
use crate::link::exchange::Exchange;
use crate::link::listener::Listener;
use crate::wire::close::CloseCode;
use crate::wire::frame::{Frame, FrameFault};
use crate::wire::kinds::{StreamClass, frame as kind};
use crate::wire::limits;
use crate::wire::message::Message;
use chrono::{DateTime, Utc};
use quinn::Connection;
use std::collections::VecDeque;
use std::future::{pending, ready};
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout};

/// What was sent last gets this long to arrive before a close discards it: the close itself carries the reason.
const PARTING_PATIENCE: Duration = Duration::from_secs(3);

/// What a link leans on. Nothing here may block: requests go to the store's own thread, answers come back through a
/// [`LinkHandle`](super::inbox::LinkHandle).
pub trait Desk {
    /// Have the store do it.
    fn ask(&mut self, request: Request);
    /// Somebody may want to know.
    fn tell(&mut self, event: Event);
    /// The wall clock.
    fn clock(&self) -> DateTime<Utc>;
    /// Waits until there is room for what another frame may ask of the store; nothing is read before that.
    fn room(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
    /// The link is open and stands like this; called after everything that happens.
    fn stands(&mut self, exchange: &Exchange) {
        let _ = exchange;
    }
}

/// Either end of a link.
pub(super) trait End {
    fn handle(&mut self, input: Input, now: Now) -> Vec<Action>;
    fn deadline(&self) -> Option<Instant>;
    fn exchange(&self) -> Option<&Exchange>;
}

/// A link being driven.
pub(super) struct Driver<'a, E, D> {
    end: E,
    desk: &'a mut D,
    connection: &'a Connection,
    control: Option<Stream>,
    state: Option<Stream>,
    /// A stream that has not named its class; only one at a time is looked at.
    opening: Option<Stream>,
    /// Streams of classes that are not served.
    passed_over: usize,
    busy_seconds: Option<u32>,
    /// A hub's: what this caller has of what all share.
    guest: Option<Guest>,
    /// What long frames hold until the store has decided them, oldest first.
    undecided: VecDeque<Option<Share>>,
}

/// What the loop woke up for.
enum Woken {
    Input(Input),
    Wrote,
    Read(StreamClass, Frame),
    Accepted(Stream),
    Opened(Frame),
}

pub(super) fn now(clock: DateTime<Utc>) -> Now {
    Now { at: tokio::time::Instant::now().into_std(), clock_ms: clock.timestamp_millis() }
}

impl<'a, E: End, D: Desk> Driver<'a, E, D> {
    pub(super) fn new(end: E, desk: &'a mut D, connection: &'a Connection) -> Self {
        Self {
            end,
            desk,
            connection,
            control: None,
            state: None,
            opening: None,
            passed_over: 0,
            busy_seconds: None,
            guest: None,
            undecided: VecDeque::new(),
        }
    }

    /// With the control stream that was taken already, to see whether a link is wanted at all.
    pub(super) fn greeted_on(mut self, control: Stream, guest: Guest) -> Self {
        self.control = Some(control);
        self.guest = Some(guest);
        self
    }

    /// Runs the link to its end. `first` are the actions of an end that begins, or those after its first message.
    pub(super) async fn run(mut self, first: Vec<Action>, inbox: &mut LinkInbox) -> Ended {
        let mut actions = first;
        loop {
            let woken = match self.carry_out(actions).await {
                Ok(Some(code)) => return self.part(code).await,
                Ok(None) => self.wait(inbox).await,
                Err(fault) => Err(fault),
            };
            let input = match woken {
                Ok(woken) => self.input_of(woken),
                Err(fault) => match blamed(&fault) {
                    Some(code) => {
                        let from = self.connection.remote_address();
                        tracing::warn!(%from, %fault, "a caller was put out");
                        Some(Input::Close(code))
                    }
                    None => return self.ended(fault).await,
                },
            };
            let now = now(self.desk.clock());
            actions = input.map_or_else(Vec::new, |input| self.end.handle(input, now));
            if let Some(exchange) = self.end.exchange() {
                self.desk.stands(exchange);
                let undecided = exchange.undecided();
                self.undecided.drain(..self.undecided.len().saturating_sub(undecided));
            }
        }
    }

    /// Carries the actions out; gives the code if the last one is a close.
    async fn carry_out(&mut self, actions: Vec<Action>) -> Result<Option<CloseCode>, StreamFault> {
        for action in actions {
            match action {
                Action::Send(class, message) => self.send(class, &message).await?,
                Action::Ask(request) => self.desk.ask(request),
                Action::Tell(event) => {
                    match &event {
                        Event::Busy { seconds } => self.busy_seconds = Some(*seconds),
                        Event::Opened(_) => self.greeted(),
                        Event::PassedOver { .. } => {}
                    }
                    self.desk.tell(event);
                }
                Action::Close(code) => return Ok(Some(code)),
            }
        }
        Ok(None)
    }

    /// A guest that was greeted makes place for another, and may have more under way.
    fn greeted(&mut self) {
        if let Some(guest) = &mut self.guest {
            guest.greeted(self.connection);
        }
    }

    async fn send(&mut self, class: StreamClass, message: &Message) -> Result<(), StreamFault> {
        let frame = message.frame().map_err(StreamFault::Message)?;
        let place = match class {
            StreamClass::Control => &mut self.control,
            StreamClass::State => &mut self.state,
            StreamClass::Mail | StreamClass::Bulk => return Err(StreamFault::OutOfTurn),
        };
        let stream = match place {
            Some(stream) => stream,
            None => place.insert(within(limits::PATIENCE, Stream::open(self.connection, class)).await?),
        };
        stream.outgoing.push(&frame)
    }

    /// What happens next. Answers first, since they free what waits; then time; then what frees our own queues; then
    /// what others want. Every branch may be dropped without loss.
    async fn wait(&mut self, inbox: &mut LinkInbox) -> Result<Woken, StreamFault> {
        let wants_more = self.end.exchange().is_none_or(Exchange::wants_more)
            && self.state.as_ref().is_none_or(|state| state.outgoing.has_room());
        if let Some(state) = self.state.as_mut().filter(|_| !wants_more) {
            state.incoming.pause();
        }
        let (control_out, control_in) = halves(&mut self.control);
        let (state_out, state_in) = halves(&mut self.state);
        let (_, opening) = halves(&mut self.opening);
        let may_accept = opening.is_none();
        let desk = &*self.desk;
        tokio::select! {
            biased;
            input = inbox.next() => Ok(Woken::Input(input)),
            () = at(self.end.deadline()) => Ok(Woken::Input(Input::Tick)),
            wrote = write(control_out) => wrote.map(|()| Woken::Wrote),
            wrote = write(state_out) => wrote.map(|()| Woken::Wrote),
            frame = read(control_in) => Ok(Woken::Read(StreamClass::Control, frame?)),
            frame = read_with_room(desk, state_in.filter(|_| wants_more)) => Ok(Woken::Read(StreamClass::State, frame?)),
            frame = read(opening) => Ok(Woken::Opened(frame?)),
            stream = Stream::accept_unnamed(self.connection), if may_accept => Ok(Woken::Accepted(stream?)),
        }
    }

    fn input_of(&mut self, woken: Woken) -> Option<Input> {
        match woken {
            Woken::Input(input) => Some(input),
            Woken::Wrote => None,
            Woken::Read(class, frame) => {
                if let (StreamClass::State, Some(state)) = (class, &mut self.state)
                    && matches!(frame.kind, kind::BATCH | kind::FULL_STATE_END)
                {
                    self.undecided.push_back(state.incoming.share());
                }
                Some(message_of(class, &frame))
            }
            Woken::Accepted(stream) => {
                self.opening = Some(stream);
                None
            }
            Woken::Opened(frame) => self.named(&frame),
        }
    }

    /// A stream named its class.
    fn named(&mut self, frame: &Frame) -> Option<Input> {
        let mut stream = self.opening.take()?;
        let Ok(class) = stream.name(frame) else { return Some(Input::Close(CloseCode::Protocol)) };
        if let Some(guest) = &self.guest {
            stream.incoming.bound_by(guest.frames());
        }
        let place = match class {
            StreamClass::Control => &mut self.control,
            StreamClass::State => &mut self.state,
            // A newer dialler's; without its stream it goes on as with an older hub.
            StreamClass::Mail | StreamClass::Bulk => {
                self.passed_over += 1;
                let too_many = self.passed_over > limits::PASSED_OVER_STREAMS;
                return too_many.then_some(Input::Close(CloseCode::LimitBroken));
            }
        };
        if place.replace(stream).is_some() {
            return Some(Input::Close(CloseCode::Protocol));
        }
        Some(message_of(class, frame))
    }

    /// We close. What was said last, a refusal perhaps, gets a moment to arrive.
    async fn part(mut self, code: CloseCode) -> Ended {
        // The control stream last: when the other end sees it finished, it looks no further.
        let streams = self.state.iter_mut().chain(&mut self.control);
        let leave = async {
            for stream in streams {
                if stream.outgoing.flush().await.is_ok() {
                    stream.outgoing.arrived().await;
                }
            }
        };
        let _arrived = timeout(PARTING_PATIENCE, leave).await;
        self.connection.close(code.number().into(), &[]);
        match self.busy_seconds {
            Some(seconds) => Ended::Busy { seconds },
            None => Ended::Closed(code),
        }
    }

    /// The stream broke: why the connection did says the connection.
    async fn ended(self, fault: StreamFault) -> Ended {
        let fault = match fault {
            StreamFault::Closed(_) => fault,
            other => match timeout(PARTING_PATIENCE, self.connection.closed()).await {
                Ok(closed) => StreamFault::from(closed),
                Err(_) => other,
            },
        };
        self.connection.close(CloseCode::Protocol.number().into(), &[]);
        tracing::debug!(%fault, "a link ended");
        match fault {
            StreamFault::Closed(code) => Ended::Closed(code),
            // It comes of no use to dial again with the certificate of another hub.
            StreamFault::Unwelcome => Ended::Closed(CloseCode::UnknownReplica),
            _ => Ended::Lost,
        }
    }
}

/// The code for what the other end did wrong; `None` if it did nothing wrong but vanish.
pub(super) fn blamed(fault: &StreamFault) -> Option<CloseCode> {
    match fault {
        StreamFault::Frame(FrameFault::TooLong { .. }) => Some(CloseCode::LimitBroken),
        StreamFault::Slow => Some(CloseCode::Silent),
        StreamFault::Frame(_) | StreamFault::Message(_) | StreamFault::OutOfTurn => Some(CloseCode::Protocol),
        StreamFault::Ended
        | StreamFault::Cut
        | StreamFault::Closed(_)
        | StreamFault::Lost(_)
        | StreamFault::Unwelcome
        | StreamFault::Silent => None,
    }
}

pub(super) fn message_of(class: StreamClass, frame: &Frame) -> Input {
    Message::read(frame).map_or(Input::Close(CloseCode::Protocol), |message| Input::Message(class, message))
}

fn halves(stream: &mut Option<Stream>) -> (Option<&mut Outgoing>, Option<&mut Incoming>) {
    match stream {
        Some(stream) => (Some(&mut stream.outgoing), Some(&mut stream.incoming)),
        None => (None, None),
    }
}

async fn write(outgoing: Option<&mut Outgoing>) -> Result<(), StreamFault> {
    match outgoing.filter(|outgoing| !outgoing.is_empty()) {
        Some(outgoing) => outgoing.write_some().await,
        None => pending().await,
    }
}

async fn read(incoming: Option<&mut Incoming>) -> Result<Frame, StreamFault> {
    match incoming {
        Some(incoming) => incoming.next().await,
        None => pending().await,
    }
}

async fn read_with_room(desk: &impl Desk, incoming: Option<&mut Incoming>) -> Result<Frame, StreamFault> {
    if incoming.is_some() {
        desk.room().await;
    }
    read(incoming).await
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => pending().await,
    }
}

impl End for Dialer {
    fn handle(&mut self, input: Input, now: Now) -> Vec<Action> {
        Self::handle(self, input, now)
    }

    fn deadline(&self) -> Option<Instant> {
        Self::deadline(self)
    }

    fn exchange(&self) -> Option<&Exchange> {
        Self::exchange(self)
    }
}

impl End for Listener {
    fn handle(&mut self, input: Input, now: Now) -> Vec<Action> {
        Self::handle(self, input, now)
    }

    fn deadline(&self) -> Option<Instant> {
        Self::deadline(self)
    }

    fn exchange(&self) -> Option<&Exchange> {
        Self::exchange(self)
    }
}
