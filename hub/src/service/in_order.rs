//! Answers of the store on their way back to links, in the order in which the requests were handed in: so several batches
//! of a link may wait for one commit.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use zhuji_protocol::link::effects::Outcome;
use zhuji_protocol::transport::LinkHandle;

/// An answer that comes after its commit; `None` where the request has none.
type Answered = oneshot::Receiver<Option<Outcome>>;

/// Tells answers one after the other.
pub(super) struct InOrder {
    queue: mpsc::UnboundedSender<(Answered, LinkHandle)>,
    telling: JoinHandle<()>,
}

impl InOrder {
    pub(super) fn start() -> Self {
        let (queue, mut waiting) = mpsc::unbounded_channel::<(Answered, LinkHandle)>();
        let telling = tokio::spawn(async move {
            while let Some((answered, link)) = waiting.recv().await {
                match answered.await {
                    Ok(Some(outcome)) => link.outcome(outcome),
                    Ok(None) => {}
                    // The writer stopped before it came to this.
                    Err(_) => link.outcome(Outcome::Failed),
                }
            }
        });
        Self { queue, telling }
    }

    /// Tells the link, after everything that was handed over before.
    pub(super) fn tell(&self, link: &LinkHandle, answered: Answered) {
        // The other end takes until this one is dropped.
        let _taken = self.queue.send((answered, link.clone()));
    }

    /// Waits until everything has been told.
    pub(super) async fn finish(self) {
        drop(self.queue);
        let _done = self.telling.await;
    }
}
