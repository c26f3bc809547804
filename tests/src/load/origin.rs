//! A replica without a disk, behind the product's own uplink: it greets, sends at most four batches ahead, takes what comes
//! down and acknowledges it, as a node or a lower hub does.

use anyhow::{Context, Result, anyhow};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
use zhuji_protocol::identity::{AuthorityCertificate, HubAddress, Replica, ReplicaKey};
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::dialer::Standing;
use zhuji_protocol::link::effects::{Applied, Cut, CutFrom, Outcome, Request, Settled, Start};
use zhuji_protocol::link::position::{take, take_end};
use zhuji_protocol::transport::renewal::Renewed;
use zhuji_protocol::transport::{
    Credentials, LinkHandle, Preparation, StoreFailed, UplinkStore, random_bytes,
};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::batch::{Batch, Cutter};
use zhuji_protocol::wire::hello::WelcomeV1;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::limits;
use zhuji_protocol::wire::position::{Point, PositionV1};

/// A row to be sent, not yet numbered.
#[derive(Clone, Debug)]
pub struct Origin {
    /// What it is about.
    pub key: ItemKey,
    /// The structure, encoded.
    pub body: Vec<u8>,
}

/// Who a replica is, and which hub it belongs to.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Itself.
    pub replica: Replica,
    /// The seed of its key.
    pub seed: [u8; 32],
    /// The hub's certificate for it.
    pub certificate: Vec<u8>,
    /// The hub's authority.
    pub authority: AuthorityCertificate,
    /// The hub's unit.
    pub hub: UnitId,
    /// Where the hub listens.
    pub address: HubAddress,
}

/// When batches are cut and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutting {
    /// When the rows are given, so many a batch; as many are sent ahead as the link allows.
    Before(usize),
    /// When they are sent: one row, and the next after its acknowledgement.
    OneByOne,
}

/// How far the hub has acknowledged, and what it refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The greeting was answered so often.
    pub opened: u32,
    /// The last mark acknowledged.
    pub acknowledged: u64,
    /// Items refused so far.
    pub refused: usize,
}

/// The replica. Copies are the same one.
#[derive(Clone, Debug)]
pub struct MemoryReplica {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    identity: Identity,
    key: ReplicaKey,
    state: Mutex<State>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug)]
struct State {
    incarnation: Incarnation,
    cutting: Cutting,
    /// At most so many batches wait for their acknowledgement.
    ahead: usize,
    /// The highest mark given to a row.
    head: u64,
    batches: VecDeque<Batch>,
    rows: VecDeque<Item>,
    /// Where the link is told when rows came or may go on.
    link: Option<LinkHandle>,
    /// Sent and not yet acknowledged: where it ends, and when it was cut or handed to the link.
    sent: VecDeque<(u64, Instant)>,
    /// Milliseconds from sending to acknowledgement, a batch each.
    waited_ms: Vec<f64>,
    down: Vec<PositionV1>,
    /// How often it failed to dial, as a store would keep it.
    backoff: Backoff,
}

impl Identity {
    /// Its key.
    ///
    /// # Errors
    /// Never, for a seed that a key was made of.
    pub fn key(&self) -> Result<ReplicaKey> {
        Ok(ReplicaKey::from_seed(&self.seed)?)
    }

    /// What it shows, and whom it believes.
    ///
    /// # Errors
    /// As [`key`](Self::key).
    pub fn credentials(&self) -> Result<Credentials> {
        Ok(Credentials {
            key: self.key()?,
            certificate: self.certificate.clone(),
            authority: self.authority.clone(),
        })
    }
}

impl MemoryReplica {
    /// A replica in its first life, with nothing to send.
    ///
    /// # Errors
    /// Its key cannot be used.
    pub fn new(identity: Identity) -> Result<Self> {
        let key = identity.key()?;
        let state = State {
            incarnation: Incarnation(random_bytes()),
            cutting: Cutting::Before(100),
            ahead: limits::UNACKNOWLEDGED_BATCHES,
            head: 0,
            batches: VecDeque::new(),
            rows: VecDeque::new(),
            link: None,
            sent: VecDeque::new(),
            waited_ms: Vec::new(),
            down: Vec::new(),
            backoff: Backoff::default(),
        };
        let (progress, _) = watch::channel(Progress::default());
        Ok(Self { shared: Arc::new(Shared { identity, key, state: Mutex::new(state), progress }) })
    }

    /// The same, after so many failures in a row.
    #[must_use]
    pub fn having_failed(self, failures: u32) -> Self {
        self.state().backoff = Backoff { failures, ..Backoff::default() };
        self
    }

    /// Who it is.
    #[must_use]
    pub fn replica(&self) -> &Replica {
        &self.shared.identity.replica
    }

    /// Gives it rows; they are sent when [`go`](Self::go) is called. Gives the mark of the last.
    ///
    /// # Errors
    /// A row is longer than a batch takes.
    pub fn give(&self, rows: &[Origin], cutting: Cutting) -> Result<u64> {
        let mut state = self.state();
        state.cutting = cutting;
        let mut after = state.head;
        for row in rows {
            state.head += 1;
            let mark = state.head;
            let item = Item::new(row.key.clone(), 1, mark, &row.body).map_err(|fault| anyhow!("{fault}"))?;
            state.rows.push_back(item);
        }
        let Cutting::Before(most) = cutting else { return Ok(state.head) };
        while !state.rows.is_empty() {
            let mut cutter = Cutter::default();
            for _ in 0..most {
                let Some(item) = state.rows.pop_front() else { break };
                if let Err(item) = cutter.push(item) {
                    state.rows.push_front(item);
                    break;
                }
            }
            let cut = cutter.cut(self.replica(), state.incarnation, after, state.head, &self.shared.key);
            let batch = cut.context("a row fits in no batch")?;
            after = batch.through();
            state.batches.push_back(batch);
        }
        Ok(state.head)
    }

    /// At most so many batches wait for their acknowledgement; the link itself allows no more than four.
    pub fn send_ahead(&self, batches: usize) {
        self.state().ahead = batches.clamp(1, limits::UNACKNOWLEDGED_BATCHES);
    }

    /// The items that wait to be sent, as they will travel.
    #[must_use]
    pub fn waiting(&self) -> Vec<Vec<Item>> {
        let state = self.state();
        let cut = state.batches.iter().map(|batch| batch.items().to_vec());
        cut.chain(state.rows.iter().map(|item| vec![item.clone()])).collect()
    }

    /// Lets it send what it was given.
    pub fn go(&self) {
        if let Some(link) = &self.state().link {
            link.changed();
        }
    }

    /// What the hub acknowledged, as it happens.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.shared.progress.subscribe()
    }

    /// Waits until the hub has acknowledged so far.
    ///
    /// # Errors
    /// The replica is gone.
    pub async fn acknowledged(&self, mark: u64) -> Result<()> {
        self.progress().wait_for(|progress| progress.acknowledged >= mark).await?;
        Ok(())
    }

    /// Takes how long each batch waited for its acknowledgement, in milliseconds.
    #[must_use]
    pub fn take_waits(&self) -> Vec<f64> {
        std::mem::take(&mut self.state().waited_ms)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, welcome: &WelcomeV1) -> Settled {
        let mut state = self.state();
        if !state.down.iter().any(|position| position.incarnation == welcome.down) {
            let ordinal = u32::try_from(state.down.len()).unwrap_or(u32::MAX).saturating_add(1);
            state.down.push(PositionV1::fresh(welcome.down, ordinal));
        }
        let known = state.down.iter().find(|position| position.incarnation == welcome.down);
        let Some(down) = known.copied() else { return Settled::Fork };
        let PositionV1 { at, whole, ordinal, .. } = welcome.up;
        self.shared.progress.send_modify(|progress| progress.opened += 1);
        Settled::Ready { up: Start { incarnation: state.incarnation, ordinal, at, whole }, down }
    }

    fn cut(&self, from: CutFrom) -> Cut {
        let mut state = self.state();
        let now = Instant::now();
        let batch = match state.cutting {
            _ if state.sent.len() >= state.ahead => None,
            Cutting::Before(_) => state.batches.pop_front_if(|batch| batch.after() == from.at.cursor),
            Cutting::OneByOne if !state.sent.is_empty() => None,
            Cutting::OneByOne => state.rows.pop_front().and_then(|item| {
                let mut cutter = Cutter::default();
                cutter.push(item).ok()?;
                let (life, head) = (state.incarnation, state.head);
                cutter.cut(self.replica(), life, from.at.cursor, head, &self.shared.key)
            }),
        };
        match batch {
            Some(batch) => {
                state.sent.push_back((batch.through(), now));
                Cut::Batch { from, batch: Box::new(batch) }
            }
            None => Cut::Nothing { from, since: None },
        }
    }

    fn hear(&self, at: Point, refused: usize) {
        let mut state = self.state();
        while let Some((_, sent)) = state.sent.pop_front_if(|(through, _)| *through <= at.cursor) {
            state.waited_ms.push(sent.elapsed().as_secs_f64() * 1000.0);
        }
        let waits = !state.rows.is_empty() || !state.batches.is_empty();
        let goes_on = waits && (state.cutting == Cutting::OneByOne || state.sent.len() < state.ahead);
        if let Some(link) = state.link.as_ref().filter(|_| goes_on) {
            link.changed();
        }
        self.shared.progress.send_modify(|progress| {
            progress.acknowledged = progress.acknowledged.max(at.cursor);
            progress.refused += refused;
        });
    }

    fn applied(&self, taken: Result<PositionV1, Applied>) -> Applied {
        match taken {
            Ok(position) => {
                let mut state = self.state();
                let lives = state.down.iter_mut();
                for known in lives.filter(|known| known.incarnation == position.incarnation) {
                    *known = position;
                }
                Applied::Done { position, refused: Vec::new() }
            }
            Err(answer) => answer,
        }
    }
}

impl UplinkStore for MemoryReplica {
    async fn prepare(&self) -> Result<Option<Preparation>, StoreFailed> {
        let identity = &self.shared.identity;
        let credentials = identity.credentials().map_err(|_| StoreFailed)?;
        let state = self.state();
        Ok(Some(Preparation {
            address: identity.address.clone(),
            hub: identity.hub.clone(),
            credentials,
            standing: Standing {
                incarnation: state.incarnation,
                head: state.head,
                down: state.down.last().copied(),
            },
            backoff: state.backoff,
            draw: 0,
            heard: None,
        }))
    }

    fn ask(&self, request: Request, answers: &LinkHandle) {
        let outcome = match request {
            Request::Settle(welcome) => {
                self.state().link = Some(answers.clone());
                Outcome::Settled(self.settle(&welcome))
            }
            Request::Cut(from) => Outcome::Cut(self.cut(from)),
            Request::Apply(batch) => {
                let taken = take(&self.state().down, &batch);
                Outcome::Applied(self.applied(taken))
            }
            Request::ApplyEnd(end) => {
                let taken = take_end(&self.state().down, &end);
                Outcome::Applied(self.applied(taken))
            }
            Request::Acknowledged(ack) => {
                self.hear(ack.position.at, ack.refused.len());
                return;
            }
            Request::Locate(_) => Outcome::Located(None),
            Request::Remark(_) => return,
            Request::Greet(_) => Outcome::Failed,
        };
        answers.outcome(outcome);
    }

    fn keep_backoff(&self, backoff: Backoff) {
        self.state().backoff = backoff;
    }

    /// It never lives until its certificate is half-way through.
    async fn next_key(&self) -> Result<ReplicaKey, StoreFailed> {
        Err(StoreFailed)
    }

    async fn keep_renewed(&self, _: Renewed) -> Result<(), StoreFailed> {
        Ok(())
    }
}
