//! The way into a running link, for the store that answers it and for whoever runs it.

use crate::identity::PublicKey;
use crate::link::effects::Outcome;
use crate::link::end::Input;
use crate::wire::close::CloseCode;
use crate::wire::item::ItemKey;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// Tells a running link what happened. Cheap to clone; a link that has ended hears nothing, and that is no fault.
#[derive(Clone, Debug)]
pub struct LinkHandle {
    /// Bounded by what it carries: answers to a bounded number of requests, and the rare order of an operator.
    inputs: mpsc::UnboundedSender<Input>,
    changed: Arc<Notify>,
}

/// The other end of a handle.
#[derive(Debug)]
pub struct LinkInbox {
    inputs: mpsc::UnboundedReceiver<Input>,
    changed: Arc<Notify>,
}

impl LinkHandle {
    /// A handle and its inbox.
    #[must_use]
    pub fn new() -> (Self, LinkInbox) {
        Self::with_changed(Arc::default())
    }

    pub(super) fn with_changed(changed: Arc<Notify>) -> (Self, LinkInbox) {
        let (sender, inputs) = mpsc::unbounded_channel();
        (Self { inputs: sender, changed: changed.clone() }, LinkInbox { inputs, changed })
    }

    /// The store answered a request, or cut unasked.
    pub fn outcome(&self, outcome: Outcome) {
        self.input(Input::Outcome(outcome));
    }

    /// Rows to be sent were changed. Any number of calls while the link is at work count as one.
    pub fn changed(&self) {
        self.changed.notify_one();
    }

    /// The other end is to send these rows again.
    pub fn ask_again(&self, keys: Vec<ItemKey>) {
        self.input(Input::AskAgain(keys));
    }

    /// The other end signs with this key too.
    pub fn trust(&self, key: PublicKey) {
        self.input(Input::Trust(key));
    }

    /// The link is to close: replaced, revoked, stopping.
    pub fn close(&self, code: CloseCode) {
        self.input(Input::Close(code));
    }

    /// Whether the link has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.inputs.is_closed()
    }

    fn input(&self, input: Input) {
        let _over = self.inputs.send(input);
    }
}

impl LinkInbox {
    /// What happened next. May be dropped at any time without loss.
    pub(super) async fn next(&mut self) -> Input {
        tokio::select! {
            biased;
            Some(input) = self.inputs.recv() => input,
            () = self.changed.notified() => Input::Changed,
        }
    }
}
