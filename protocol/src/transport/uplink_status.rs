//! What `status` shows of an uplink, and how the program that runs one steers it.

use super::enrolment::EnrolFault;
use super::fault::DialFault;
use super::inbox::{LinkHandle, LinkInbox};
use super::streams::StreamFault;
use crate::identity::Replica;
use crate::link::backoff::Ended;
use crate::texts::{Language, Told, text_with};
use crate::wire::close::CloseCode;
use chrono::{DateTime, Utc};
use std::fmt;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// Where an uplink stands.
#[derive(Clone, Debug, Default)]
pub struct UplinkStatus {
    /// What it is doing.
    pub phase: Phase,
    /// The hub that was last talked to.
    pub hub: Option<Replica>,
    /// Its program's version.
    pub hub_program: Option<String>,
    /// When something of the hub last arrived that moved the link on, by our clock; a link that stands is in contact.
    pub last_contact: Option<DateTime<Utc>>,
    /// Why the last attempt failed or the last link ended; `None` while a link is open.
    pub fault: Option<Arc<UplinkFault>>,
    /// The hub's clock less ours, milliseconds.
    pub skew_ms: Option<i64>,
    /// The mark through which the hub has acknowledged.
    pub acknowledged: u64,
    /// The mark through which we have what comes down.
    pub received: u64,
    /// Whether both directions had nothing left to do when last looked at.
    pub quiet: bool,
}

/// What an uplink is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nobody enrolled this replica yet; it waits to be told of a change.
    #[default]
    NotEnrolled,
    /// It is being connected, or its hello is not answered yet.
    Dialling,
    /// The hub answered the hello.
    Connected,
    /// It waits before it dials again.
    Waiting {
        /// Until about when.
        until: DateTime<Utc>,
    },
    /// It was stopped.
    Stopped,
}

/// Why an uplink is not connected.
#[derive(Debug)]
pub enum UplinkFault {
    /// The hub was not reached.
    Dial(DialFault),
    /// The link was closed, by either end.
    Closed(CloseCode),
    /// The line went dead.
    Lost,
    /// The hub is busy.
    Busy {
        /// And said for how long.
        seconds: u32,
    },
    /// Our own store could not be read.
    Store,
    /// No hub has enrolled this replica.
    NotEnrolled,
    /// The certificate has expired and was not renewed.
    Renewal(EnrolFault),
}

/// Steers a running uplink. Cheap to clone.
#[derive(Clone, Debug)]
pub struct UplinkControl {
    changed: Arc<Notify>,
    dial_now: Arc<Notify>,
    stop: watch::Sender<bool>,
    status: watch::Sender<UplinkStatus>,
}

impl UplinkControl {
    pub(super) fn new() -> Self {
        Self {
            changed: Arc::default(),
            dial_now: Arc::default(),
            stop: watch::Sender::new(false),
            status: watch::Sender::new(UplinkStatus::default()),
        }
    }

    /// Rows to be sent were changed. Also what wakes an uplink that was not enrolled.
    pub fn changed(&self) {
        self.changed.notify_one();
    }

    /// The network is back, or a person asks: dial without waiting further.
    pub fn dial_now(&self) {
        self.dial_now.notify_one();
    }

    /// Close the link and end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Where it stands, now and whenever that changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<UplinkStatus> {
        self.status.subscribe()
    }

    pub(super) fn link(&self) -> (LinkHandle, LinkInbox) {
        LinkHandle::with_changed(self.changed.clone())
    }

    pub(super) fn show(&self, change: impl FnOnce(&mut UplinkStatus)) {
        self.status.send_modify(change);
    }

    /// Shows how a link moves on, and that the hub was heard; wakes nobody when nothing moved.
    pub(super) fn show_progress(&self, quiet: bool, acknowledged: u64, received: u64, now: DateTime<Utc>) {
        self.status.send_if_modified(|status| {
            let before = (status.quiet, status.acknowledged, status.received);
            let moved = before != (quiet, acknowledged, received);
            if moved {
                (status.quiet, status.acknowledged, status.received) = (quiet, acknowledged, received);
                status.last_contact = Some(now);
            }
            moved
        });
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.subscribe();
        // It fails only when the sender is gone, and we hold it.
        let _stopped = stop.wait_for(|stop| *stop).await.is_ok();
    }

    pub(super) async fn told_of_a_change(&self) {
        tokio::select! {
            biased;
            () = self.changed.notified() => {}
            () = self.dial_now.notified() => {}
        }
    }

    pub(super) async fn told_to_dial(&self) {
        self.dial_now.notified().await;
    }
}

impl UplinkFault {
    pub(super) fn of(ended: Ended) -> Self {
        match ended {
            Ended::Lost => Self::Lost,
            Ended::Closed(code) => Self::Closed(code),
            Ended::Busy { seconds } => Self::Busy { seconds },
        }
    }

    /// How long to wait is judged by how it ended.
    pub(super) fn ended(&self) -> Ended {
        match self {
            Self::Closed(code) => Ended::Closed(*code),
            Self::Busy { seconds } => Ended::Busy { seconds: *seconds },
            // A hub that does not accept our certificate will not within minutes.
            Self::Dial(DialFault::Unwelcome) => Ended::Closed(CloseCode::UnknownReplica),
            Self::Renewal(EnrolFault::Refused(refusal)) if !refusal.worth_retrying() => {
                Ended::Closed(refusal.as_close_code())
            }
            Self::Renewal(
                EnrolFault::Dial(DialFault::Unwelcome) | EnrolFault::Stream(StreamFault::Unwelcome),
            ) => Ended::Closed(CloseCode::UnknownReplica),
            Self::Dial(_) | Self::Lost | Self::Store | Self::NotEnrolled | Self::Renewal(_) => Ended::Lost,
        }
    }

    /// With what code the hub turned this replica away, if it did; then only a person can mend it.
    #[must_use]
    pub fn turned_away(&self) -> Option<CloseCode> {
        match self.ended() {
            Ended::Closed(code) if code.needs_a_person() => Some(code),
            _ => None,
        }
    }

    fn told(&self) -> Option<&dyn Told> {
        match self {
            Self::Dial(fault) => Some(fault),
            Self::Closed(code) => Some(code),
            Self::Renewal(fault) => Some(fault),
            Self::Lost | Self::Busy { .. } | Self::Store | Self::NotEnrolled => None,
        }
    }
}

impl Told for UplinkFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Lost => "transport-uplink-lost",
            Self::Busy { .. } => "transport-uplink-busy",
            Self::Store => "transport-uplink-store",
            Self::NotEnrolled => "transport-uplink-not-enrolled",
            Self::Dial(fault) => fault.key(),
            Self::Closed(code) => code.key(),
            Self::Renewal(fault) => fault.key(),
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Busy { seconds } => vec![("seconds", seconds.to_string())],
            _ => self.told().map_or_else(Vec::new, Told::args),
        }
    }

    fn tell(&self, language: Language) -> String {
        match self.told() {
            Some(told) => told.tell(language),
            None => text_with(language, self.key(), &self.args()),
        }
    }
}

impl fmt::Display for UplinkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for UplinkFault {}
