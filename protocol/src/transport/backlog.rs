//! How much a link has asked of its store that is not handed in yet. A link stops reading while there is much, so that
//! no flood of frames becomes a queue.

use crate::wire::limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// A count of requests, shared by the link that asks and the task that hands in.
#[derive(Clone, Debug, Default)]
pub struct Backlog(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    waiting: AtomicUsize,
    room: Notify,
}

impl Backlog {
    /// A request was asked.
    pub fn asked(&self) {
        self.0.waiting.fetch_add(1, Ordering::AcqRel);
    }

    /// A request was handed in.
    pub fn handed_in(&self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
        self.0.room.notify_one();
    }

    /// Waits until there is room for more.
    pub async fn room(&self) {
        while self.0.waiting.load(Ordering::Acquire) >= limits::BACKLOG {
            self.0.room.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Duration, timeout};

    #[tokio::test(start_paused = true)]
    async fn there_is_room_below_the_limit_only() {
        let backlog = Backlog::default();
        let has_room = async || timeout(Duration::from_secs(1), backlog.room()).await.is_ok();
        for _ in 0..limits::BACKLOG {
            assert!(has_room().await);
            backlog.asked();
        }
        assert!(!has_room().await);
        backlog.handed_in();
        assert!(has_room().await);
    }
}
