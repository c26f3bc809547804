//! A thread that owns a store. Store work never runs on a worker of the runtime: a blocked worker starves keep-alives.
//! A simulation steps its store inline instead: beside a real thread, paused time would jump.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::oneshot;

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// The way to a store on its own thread. Jobs run one after the other, in the order in which they were handed in; the
/// thread ends when the last of these is dropped and its jobs are done.
#[derive(Debug)]
pub struct StoreThread<S> {
    steps: Steps<S>,
}

#[derive(Debug)]
enum Steps<S> {
    Thread(mpsc::Sender<Job<S>>),
    /// Done where it is handed in; `None` after the store was taken away.
    Inline(Arc<Mutex<Option<S>>>),
}

/// The store's thread has ended: it panicked, and its log says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreGone;

impl<S: Send + 'static> StoreThread<S> {
    /// Moves a store onto a thread of this name.
    pub fn start(name: &str, mut store: S) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<S>>();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            for job in queue {
                job(&mut store);
            }
        })?;
        Ok(Self { steps: Steps::Thread(jobs) })
    }

    /// Without a thread: each job is done before [`hand_in`](Self::hand_in) returns.
    pub fn inline(store: S) -> Self {
        Self { steps: Steps::Inline(Arc::new(Mutex::new(Some(store)))) }
    }

    /// Takes an inline store away from whoever still holds a way to it, as a thread that ended would.
    pub fn take_away(&self) -> Option<S> {
        match &self.steps {
            Steps::Thread(_) => None,
            Steps::Inline(store) => store.lock().unwrap_or_else(PoisonError::into_inner).take(),
        }
    }

    /// Hands a job in and goes on; the job itself says where its outcome goes.
    pub fn hand_in(&self, job: impl FnOnce(&mut S) + Send + 'static) {
        let is_gone = match &self.steps {
            Steps::Thread(jobs) => jobs.send(Box::new(job)).is_err(),
            Steps::Inline(store) => {
                let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
                store.as_mut().map(job).is_none()
            }
        };
        if is_gone {
            tracing::error!("the store's thread has ended");
        }
    }

    /// Hands a job in and waits for its outcome.
    pub async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> R + Send + 'static,
    ) -> Result<R, StoreGone> {
        let (sender, outcome) = oneshot::channel();
        self.hand_in(move |store| {
            let _nobody_waits = sender.send(job(store));
        });
        outcome.await.map_err(|_| StoreGone)
    }
}

impl<S> Clone for StoreThread<S> {
    fn clone(&self) -> Self {
        Self {
            steps: match &self.steps {
                Steps::Thread(jobs) => Steps::Thread(jobs.clone()),
                Steps::Inline(store) => Steps::Inline(store.clone()),
            },
        }
    }
}

impl std::fmt::Display for StoreGone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the store's thread has ended")
    }
}

impl std::error::Error for StoreGone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn jobs_run_in_order_on_one_thread() {
        let store = StoreThread::start("store", Vec::new()).expect("a thread");
        for number in 0..100 {
            store.hand_in(move |seen: &mut Vec<i32>| seen.push(number));
        }
        assert_eq!(store.run(|seen| seen.clone()).await, Ok((0..100).collect()));
    }

    #[tokio::test]
    async fn a_store_that_panicked_is_told_as_gone() {
        let store = StoreThread::start("store", ()).expect("a thread");
        assert_eq!(store.run(|()| -> u8 { panic!("a disk of this test") }).await, Err(StoreGone));
        assert_eq!(store.run(|()| 1).await, Err(StoreGone));
    }

    #[tokio::test]
    async fn an_inline_store_answers_at_once_until_it_is_taken_away() {
        let store = StoreThread::inline(Vec::new());
        let other = store.clone();
        store.hand_in(|seen: &mut Vec<i32>| seen.push(1));
        assert_eq!(other.run(|seen| seen.len()).await, Ok(1));
        assert_eq!(store.take_away(), Some(vec![1]));
        assert_eq!(other.run(|seen| seen.len()).await, Err(StoreGone));
    }
}
