//! The one writer: takes what is queued when the last commit ended, and answers when it is on the disk.
//!
//! A [`Writer`] runs on a thread of its own, and inline in a simulation. It waits for nothing and has no timer: while one
//! group is written the next one gathers.

use crate::store::arrival::{Applied, Asked, Effects, Moment};
use crate::store::{HubStore, StoreFault};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::effects::{Outcome, Request};
use zhuji_protocol::transport::{Offer, Ready};

/// Items of one group: a commit of 256 rows costs little more than that of one.
pub const GROUP_ITEMS: usize = 256;

/// Bytes of one group: a commit stays short, so that a hello does not wait long.
pub const GROUP_BYTES: usize = 1 << 20;

/// Requests that may wait; who comes later waits to be let in. Full of the longest batches it is 64 MiB.
const QUEUE: usize = 256;

/// What waits to be written, in the order in which it came. `T` says whose it is.
#[derive(Debug)]
pub struct Queue<T> {
    waiting: VecDeque<(T, Asked)>,
    /// A cut that is of use only together with what brings rows.
    beside: Option<(T, Asked)>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), beside: None }
    }
}

impl<T> Queue<T> {
    /// Puts a request at the end.
    pub fn push(&mut self, whose: T, asked: Asked) {
        self.waiting.push_back((whose, asked));
    }

    /// Offers a cut to the next group: it is taken if that brings items, else forgotten.
    pub fn offer(&mut self, whose: T, cut: Asked) {
        self.beside = Some((whose, cut));
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether one transaction takes all that waits, and more.
    fn has_room(&self) -> bool {
        self.waiting.iter().map(|(_, asked)| asked.items()).sum::<usize>() < GROUP_ITEMS
            && self.waiting.iter().map(|(_, asked)| asked.size_bytes()).sum::<usize>() < GROUP_BYTES
    }

    /// The first requests, as many as one transaction takes; never a part of a batch, and always at least one.
    fn group(&mut self) -> (Vec<T>, Vec<Asked>) {
        let (mut whose, mut group) = (Vec::new(), Vec::new());
        let (mut items, mut size_bytes) = (0, 0);
        while let Some((_, next)) = self.waiting.front() {
            items += next.items();
            size_bytes += next.size_bytes();
            if !group.is_empty() && (items > GROUP_ITEMS || size_bytes > GROUP_BYTES) {
                break;
            }
            let Some((owner, asked)) = self.waiting.pop_front() else { break };
            whose.push(owner);
            group.push(asked);
        }
        if let Some((owner, cut)) = self.beside.take().filter(|_| group.iter().any(|asked| asked.items() > 0))
        {
            whose.push(owner);
            group.push(cut);
        }
        (whose, group)
    }
}

/// What one step did.
#[derive(Debug)]
pub struct Stepped<T> {
    /// One for each request taken, in order; `None` where it has no answer.
    pub answers: Vec<(T, Option<Outcome>)>,
    /// What else changed.
    pub effects: Effects,
    /// What the store could not do: nothing of it was written.
    pub fault: Option<StoreFault>,
}

/// Writes the next group in one transaction.
///
/// If the store fails, nothing was written, and every request of the group is answered so: the senders keep their rows
/// and come again. One request that the store cannot take does not keep out the others.
pub async fn step<S: HubStore, T>(store: &mut S, queue: &mut Queue<T>, moment: Moment) -> Stepped<T> {
    let (whose, group) = queue.group();
    let (applied, fault) = match store.apply(&group, moment).await {
        Ok(applied) => (applied, None),
        Err(fault) if group.len() > 1 && concerns_one(&fault) => one_by_one(store, &group, moment).await,
        Err(fault) => (failed(group.len()), Some(fault)),
    };
    if let Some(fault) = &fault {
        tell_loudly(fault, group.len());
    }
    Stepped { answers: whose.into_iter().zip(applied.outcomes).collect(), effects: applied.effects, fault }
}

/// A full disk or a lock fails everybody; anything else may be about one request.
fn concerns_one(fault: &StoreFault) -> bool {
    !matches!(fault, StoreFault::DiskFull | StoreFault::Busy | StoreFault::NotAllowed(_) | StoreFault::Io(_))
}

async fn one_by_one<S: HubStore>(
    store: &mut S,
    group: &[Asked],
    moment: Moment,
) -> (Applied, Option<StoreFault>) {
    let (mut all, mut last) = (Applied::default(), None);
    for asked in group {
        let alone = match store.apply(std::slice::from_ref(asked), moment).await {
            Ok(applied) => applied,
            Err(fault) => {
                tracing::error!(peer = %asked.peer, %fault, "one request could not be written");
                last = Some(fault);
                failed(1)
            }
        };
        all.outcomes.extend(alone.outcomes);
        all.effects.add(alone.effects);
    }
    (all, last)
}

fn failed(count: usize) -> Applied {
    Applied { outcomes: vec![Some(Outcome::Failed); count], effects: Effects::default() }
}

fn tell_loudly(fault: &StoreFault, requests: usize) {
    match fault {
        StoreFault::DiskFull => {
            tracing::error!(requests, "THE DISK IS FULL: nothing is taken in until there is room");
        }
        fault => tracing::error!(requests, %fault, "nothing of a group was written"),
    }
}

/// Something else that is done with the store, between two groups.
type Act<S> = Box<dyn for<'s> FnOnce(&'s mut S, Moment) -> Doing<'s, Effects> + Send>;

/// An act under way.
pub type Doing<'s, T> = Pin<Box<dyn Future<Output = T> + 's>>;

enum Job<S> {
    Ask(Asked, oneshot::Sender<Option<Outcome>>),
    Act(Act<S>),
    Stop,
}

/// Where requests are handed in. Copies hand in to the same writer.
#[derive(Debug)]
pub struct Desk<S> {
    jobs: mpsc::Sender<Job<S>>,
    upward: Upward,
}

/// The link to the hub above, as far as the writer serves it unasked: what one transaction writes for it is cut in the
/// same, so that a hop costs one commit.
#[derive(Clone, Debug, Default)]
pub struct Upward {
    parent: Arc<Mutex<Option<Replica>>>,
    ready: Ready,
}

impl Upward {
    /// Whom the link leads to.
    pub fn leads_to(&self, parent: Replica) {
        *self.parent.lock().unwrap_or_else(PoisonError::into_inner) = Some(parent);
    }

    /// Whom the link leads to, once it was dialled.
    #[must_use]
    pub fn parent(&self) -> Option<Replica> {
        self.parent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the link says from where it could be served.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    fn offer(&self) -> Option<(Offer, Asked)> {
        let offer = self.ready.take()?;
        let asked = Asked { peer: self.parent()?, request: Request::Cut(offer.from) };
        Some((offer, asked))
    }
}

impl<S> Clone for Desk<S> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone(), upward: self.upward.clone() }
    }
}

/// The writer has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl<S: 'static> Desk<S> {
    /// Hands in a link's request. The answer comes after the commit; requests handed in one after another are
    /// answered in that order.
    ///
    /// # Errors
    /// The writer has stopped.
    pub async fn ask(&self, asked: Asked) -> Result<oneshot::Receiver<Option<Outcome>>, Stopped> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job::Ask(asked, answer)).await.map_err(|_| Stopped)?;
        Ok(answered)
    }

    /// Does something with the store between two groups, and gives what came of it. The effects that it gives are
    /// told like those of a group.
    ///
    /// # Errors
    /// The writer has stopped.
    pub async fn act<T: Send + 'static>(
        &self,
        act: impl for<'s> FnOnce(&'s mut S, Moment) -> Doing<'s, (T, Effects)> + Send + 'static,
    ) -> Result<T, Stopped> {
        let (answer, answered) = oneshot::channel();
        let job: Act<S> = Box::new(move |store, moment| {
            Box::pin(async move {
                let (done, effects) = act(store, moment).await;
                // Who asked may have gone away; what was done stays done.
                let _ = answer.send(done);
                effects
            })
        });
        self.jobs.send(Job::Act(job)).await.map_err(|_| Stopped)?;
        answered.await.map_err(|_| Stopped)
    }

    /// The link to the hub above.
    #[must_use]
    pub fn upward(&self) -> &Upward {
        &self.upward
    }

    /// Lets the writer finish what is queued, and stop.
    pub async fn stop(&self) {
        // It may have stopped already.
        let _ = self.jobs.send(Job::Stop).await;
    }
}

/// The writer of a store before it runs. Each transaction gets the time of `clock` and fresh bits of `random`; `told`
/// hears what links did not ask for.
pub struct Writer<S> {
    store: S,
    jobs: mpsc::Receiver<Job<S>>,
    clock: Box<dyn Fn() -> DateTime<Utc> + Send>,
    random: Box<dyn FnMut() -> [u8; 32] + Send>,
    told: Box<dyn FnMut(Effects) + Send>,
    upward: Upward,
}

/// A writer, and where requests are handed in to it.
pub fn writer<S: HubStore>(
    store: S,
    clock: impl Fn() -> DateTime<Utc> + Send + 'static,
    random: impl FnMut() -> [u8; 32] + Send + 'static,
    told: impl FnMut(Effects) + Send + 'static,
) -> (Desk<S>, Writer<S>) {
    let (desk, jobs) = mpsc::channel(QUEUE);
    let (clock, random, told) = (Box::new(clock), Box::new(random), Box::new(told));
    let upward = Upward::default();
    (Desk { jobs: desk, upward: upward.clone() }, Writer { store, jobs, clock, random, told, upward })
}

impl<S: HubStore + Send + 'static> Writer<S> {
    /// Runs on a thread of its own: store work never runs where connections are kept alive.
    ///
    /// # Errors
    /// The system gives no thread or no runtime.
    pub fn on_a_thread(self) -> std::io::Result<JoinHandle<S>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || runtime.block_on(self.write_until_stopped()))
    }
}

impl<S: HubStore> Writer<S> {
    /// Writes until it is told to stop; gives the store back.
    pub async fn write_until_stopped(self) -> S {
        let Self { mut store, mut jobs, clock, mut random, mut told, upward } = self;
        let mut queue = Queue::default();
        let mut next = None;
        loop {
            let Some(job) = (match next.take() {
                Some(job) => Some(job),
                None => jobs.recv().await,
            }) else {
                return store;
            };
            match job {
                Job::Stop => return store,
                Job::Act(act) => {
                    let moment = Moment { now: clock(), seed: random() };
                    told(act(&mut store, moment).await);
                }
                Job::Ask(asked, answer) => {
                    queue.push(answer, asked);
                    next = gather(&mut queue, &mut jobs);
                    while !queue.is_empty() {
                        let moment = Moment { now: clock(), seed: random() };
                        let offered = offer(&upward, &mut queue);
                        let mut stepped = step(&mut store, &mut queue, moment).await;
                        for (whose, outcome) in stepped.answers {
                            // A link that is gone hears nothing; its end will greet again.
                            let _ = whose.send(outcome);
                        }
                        if let Some((offer, parent, mut cut)) = offered {
                            match offer.fill(cut.try_recv().ok().flatten()) {
                                // It has its rows; what does not fit in one batch it asks for itself.
                                Ok(()) => drop(stepped.effects.to_wake.remove(&parent)),
                                Err(offer) => upward.ready().put_back(offer),
                            }
                        }
                        told(stepped.effects);
                        if next.is_none() {
                            next = gather(&mut queue, &mut jobs);
                        }
                    }
                }
            }
        }
    }
}

impl<S> std::fmt::Debug for Writer<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

type Cut = oneshot::Receiver<Option<Outcome>>;

/// Has the next group cut for the hub above, if its link waits for rows.
fn offer(
    upward: &Upward,
    queue: &mut Queue<oneshot::Sender<Option<Outcome>>>,
) -> Option<(Offer, Replica, Cut)> {
    let (offer, asked) = upward.offer()?;
    let (answer, cut) = oneshot::channel();
    let parent = asked.peer.clone();
    queue.offer(answer, asked);
    Some((offer, parent, cut))
}

/// Takes the requests that wait, as many as the next transactions need. What is not a link's request ends the group and is given back.
fn gather<S>(
    queue: &mut Queue<oneshot::Sender<Option<Outcome>>>,
    jobs: &mut mpsc::Receiver<Job<S>>,
) -> Option<Job<S>> {
    while queue.has_room() {
        match jobs.try_recv() {
            Ok(Job::Ask(asked, answer)) => queue.push(answer, asked),
            Ok(other) => return Some(other),
            Err(_) => break,
        }
    }
    None
}

#[cfg(test)]
mod tests;
