//! The hub's state in one SQLite file. Nothing outside this module knows SQL.
//!
//! One module an aggregate, each function named for the question it answers; [`work`] is a transaction in progress.
//! WAL and `synchronous=FULL`: what was answered is on the disk.

mod admitting;
mod anchors;
mod arriving;
mod attending;
mod audit;
mod backup;
mod beside;
mod directory;
mod fault;
mod file;
mod founding;
mod holdings;
mod hub;
mod items;
mod links;
mod missing;
mod publishing;
mod queue;
mod refusals;
mod replicas;
mod row;
mod rows;
mod ruling;
mod shown;
mod telling;
mod upward;
mod verifying;
mod work;

use crate::proof::level::AnchorRow;
use crate::proof::{Extent, Level};
use crate::report::UnitFigures;
use crate::revocations::{self, Revocation};
use crate::store::arrival::{Applied, Asked, Effects, Moment};
use crate::store::{
    Assigning, AuditEntry, Author, Contact, Enrolled, FleetRow, Founding, HubStore, Identity, IssuedToken,
    KnownKey, LeftBehind, RefusedRow, Ruling, Standing, StoreFault, Territory, Uplink, Verified,
};
use chrono::{DateTime, NaiveDate, Utc};
use directory::Parsed;
use rusqlite::{Connection, TransactionBehavior};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use work::{Finished, Warm, Work};
use zhuji_protocol::assignment::{Assignment, PolicyVersion};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{PublicKey, Replica, ReplicaKey, SecretHash, TokenRecord};
use zhuji_protocol::link::dialer;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::policy::Policy;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;

/// The only version of every structure that this program writes.
const V1: u16 = crate::store::judging::V1;

/// An open store: its owner's, or a reader's beside it.
#[derive(Debug)]
pub struct SqliteStore {
    db: Connection,
    path: PathBuf,
    _ownership: Option<file::Ownership>,
    /// What was read last, under its version's number. Who reads beside the owner has the same one.
    territory: Arc<Mutex<Option<Arc<Territory>>>>,
    parsed: RefCell<Parsed>,
    /// What follows from the items as the last commit left them. Nothing is decided on it: it is what reading them again
    /// would give. It is taken out for each transaction and put back only after its commit, and only the owner of the
    /// store, who alone writes, has any.
    warm: Warm,
}

impl SqliteStore {
    /// Makes a store that does not exist yet. It appears under `path` when it is whole, not before.
    ///
    /// # Errors
    /// When something stands there already, or the file cannot be written.
    pub fn create(
        path: &Path,
        founding: &Founding,
        author: &Author,
        moment: Moment,
    ) -> Result<Self, StoreFault> {
        file::create(path, |db| founding::found(db, founding, author, moment))?;
        Self::open(path)
    }

    /// Opens the store in `path` and owns it until it is dropped; brings its schema up to date.
    ///
    /// # Errors
    /// When there is no file, it is no store of ours, damaged, of a newer program, or owned by another process.
    pub fn open(path: &Path) -> Result<Self, StoreFault> {
        file::examine(path)?;
        let ownership = file::own(path)?;
        let db = file::migrate(file::connect(path)?, path)?;
        Ok(Self::of(db, path, Some(ownership)))
    }

    /// Opens the store to read beside its owner. What writes is refused by the database.
    ///
    /// # Errors
    /// As [`open`](Self::open); an older schema is brought up to date first, which takes ownership for that moment.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        file::examine(path)?;
        let db = file::connect_to_read(path)?;
        let (found, known) = file::schema_of(&db, path)?;
        if found < known {
            drop(db);
            drop(Self::open(path)?);
            return Ok(Self::of(file::connect_to_read(path)?, path, None));
        }
        Ok(Self::of(db, path, None))
    }

    /// Another way to the same store, to read beside its owner, with what is known of the directory in common: so the
    /// directory of a country stands in memory once.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn beside(&self) -> Result<Self, StoreFault> {
        let db = file::connect_to_read(&self.path)?;
        Ok(Self { territory: Arc::clone(&self.territory), ..Self::of(db, &self.path, None) })
    }

    fn of(db: Connection, path: &Path, ownership: Option<file::Ownership>) -> Self {
        Self {
            db,
            path: path.to_owned(),
            _ownership: ownership,
            territory: Arc::default(),
            parsed: RefCell::default(),
            warm: Warm::new(),
        }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file grow by so many pages more, as on a disk with so little room; `None`: as it likes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn allow_pages(&self, more: Option<i64>) -> Result<(), StoreFault> {
        let pages: i64 = self.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most = more.map_or(i64::from(i32::MAX), |more| pages + more);
        let _: i64 = self.db.pragma_update_and_check(None, "max_page_count", most, |row| row.get(0))?;
        Ok(())
    }

    /// Has each commit of this connection asked for: a simulation crashes between any two. Who says no has it rolled
    /// back.
    ///
    /// # Errors
    /// The database takes no such hook.
    pub fn ask_before_commits(
        &mut self,
        mut may: impl FnMut() -> bool + Send + 'static,
    ) -> Result<(), StoreFault> {
        Ok(self.db.commit_hook(Some(move || !may()))?)
    }

    /// One transaction: all of it or nothing.
    fn change<T>(
        &mut self,
        moment: Moment,
        act: impl FnOnce(&mut Work<'_>) -> Result<T, StoreFault>,
    ) -> Result<(T, Effects), StoreFault> {
        self.change_then(moment, act, |_, done| Ok(done))
    }

    /// The same, and what follows from it before the commit: what is cut sees what was changed.
    fn change_then<T, U>(
        &mut self,
        moment: Moment,
        act: impl FnOnce(&mut Work<'_>) -> Result<T, StoreFault>,
        then: impl FnOnce(&Connection, T) -> Result<U, StoreFault>,
    ) -> Result<(U, Effects), StoreFault> {
        let known = self.known_territory();
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut parsed = self.parsed.borrow_mut();
        let warm = std::mem::take(&mut self.warm);
        let mut work = Work::begin(&transaction, moment, known, &mut parsed, warm)?;
        let done = act(&mut work)?;
        let Finished { effects, territory, warm } = work.finish()?;
        let done = then(&transaction, done)?;
        transaction.commit()?;
        self.warm = warm;
        self.keep_territory(&territory);
        Ok((done, effects))
    }

    /// Does what may be lost with the power: the log is not waited for. What is answered from the next transaction on is
    /// on the disk with all that came before it.
    fn noting<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.db.pragma_update(None, "synchronous", "NORMAL")?;
        let done = act(self);
        self.db.pragma_update(None, "synchronous", "FULL")?;
        done
    }

    /// A small change that moves no figures.
    fn write<T>(&mut self, act: impl FnOnce(&Connection) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = act(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// A reading transaction: every question asked within sees the same state.
    fn reading<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let transaction = self.db.unchecked_transaction()?;
        let answer = ask(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    fn present_territory(&self, db: &Connection) -> Result<Arc<Territory>, StoreFault> {
        let (_, version) = hub::counters(db)?;
        if let Some(known) = self.known_territory().filter(|known| known.version == version) {
            return Ok(known);
        }
        let territory = Arc::new(directory::territory(db, &mut self.parsed.borrow_mut())?);
        self.keep_territory(&territory);
        Ok(territory)
    }

    fn known_territory(&self) -> Option<Arc<Territory>> {
        self.territory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a reader found may be older than what the owner has written meanwhile.
    fn keep_territory(&self, territory: &Arc<Territory>) {
        let mut known = self.territory.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|known| known.version <= territory.version) {
            *known = Some(Arc::clone(territory));
        }
    }
}

impl HubStore for SqliteStore {
    async fn identity(&self) -> Result<Identity, StoreFault> {
        hub::identity(&self.db)
    }

    async fn uplink(&self) -> Result<Option<Uplink>, StoreFault> {
        founding::uplink(&self.db)
    }

    async fn set_uplink(
        &mut self,
        uplink: Uplink,
        author: &Author,
        moment: Moment,
    ) -> Result<Effects, StoreFault> {
        self.change(moment, |work| founding::set_uplink(work, &uplink, author)).map(|done| done.1)
    }

    async fn trust_parent(&mut self, key: PublicKey, author: &Author) -> Result<(), StoreFault> {
        if founding::trusts_parent(&self.db, &key)? {
            return Ok(());
        }
        let moment = Moment { now: author.at, seed: [0; 32] };
        self.change(moment, |work| founding::trust_parent(work, key, author)).map(|done| done.0)
    }

    async fn renew_own_key(
        &mut self,
        key: &ReplicaKey,
        certificate: Vec<u8>,
        author: &Author,
        moment: Moment,
    ) -> Result<Effects, StoreFault> {
        self.change(moment, |work| founding::renew_own_key(work, key, &certificate, author))
            .map(|done| done.1)
    }

    async fn upward_key(&self) -> Result<ReplicaKey, StoreFault> {
        self.reading(upward::present)
    }

    async fn next_upward_key(&mut self, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
        self.write(|db| upward::next(db, fresh))
    }

    async fn newcomer_key(&mut self, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
        self.write(|db| upward::newcomer(db, fresh))
    }

    async fn renew_upward(
        &mut self,
        key: PublicKey,
        certificate: Vec<u8>,
        author: &Author,
    ) -> Result<(), StoreFault> {
        self.write(|db| upward::renewed(db, &key, &certificate, author))
    }

    async fn begin_new_lives(&mut self, author: &Author, moment: Moment) -> Result<(), StoreFault> {
        self.write(|db| founding::begin_new_lives(db, author, moment))
    }

    async fn territory(&self) -> Result<Arc<Territory>, StoreFault> {
        self.reading(|db| self.present_territory(db))
    }

    async fn change_directory(
        &mut self,
        entries: Vec<Entry>,
        author: &Author,
        moment: Moment,
    ) -> Result<Effects, StoreFault> {
        self.change(moment, |work| publishing::change_directory(work, entries, author)).map(|done| done.1)
    }

    async fn add_policy(
        &mut self,
        policy: &Policy,
        flattened: &str,
        author: &Author,
        moment: Moment,
    ) -> Result<(PolicyVersion, Effects), StoreFault> {
        self.change(moment, |work| publishing::add_policy(work, policy, flattened, author))
    }

    async fn policy_text(&self, version: &PolicyVersion) -> Result<Option<String>, StoreFault> {
        directory::policy_text(&self.db, version)
    }

    async fn policy_versions(&self) -> Result<Vec<(UnitId, PolicyVersion)>, StoreFault> {
        directory::policy_versions(&self.db)
    }

    async fn assign(
        &mut self,
        assigning: Assigning,
        author: &Author,
        moment: Moment,
    ) -> Result<(Assignment, Effects), StoreFault> {
        self.change(moment, |work| publishing::assign(work, assigning, author))
    }

    async fn put_calendar(
        &mut self,
        year: u16,
        csv: &str,
        author: &Author,
        moment: Moment,
    ) -> Result<Effects, StoreFault> {
        self.change(moment, |work| publishing::put_calendar(work, year, csv, author)).map(|done| done.1)
    }

    async fn calendars(&self) -> Result<Vec<(u16, String)>, StoreFault> {
        directory::calendars(&self.db)
    }

    async fn issue_token(
        &mut self,
        hash: &SecretHash,
        target: &Replica,
        expires: DateTime<Utc>,
        author: &Author,
    ) -> Result<(), StoreFault> {
        let moment = Moment { now: author.at, seed: [0; 32] };
        self.change(moment, |work| admitting::issue_token(work, hash, target, expires, author))
            .map(|done| done.0)
    }

    async fn token(&self, hash: &SecretHash) -> Result<Option<TokenRecord>, StoreFault> {
        replicas::token(&self.db, hash)
    }

    async fn tokens(&self) -> Result<Vec<IssuedToken>, StoreFault> {
        replicas::tokens(&self.db)
    }

    async fn enrol(
        &mut self,
        enrolled: Enrolled,
        author: &Author,
        moment: Moment,
    ) -> Result<Effects, StoreFault> {
        let path = self.path.clone();
        let enrol = |work: &mut Work<'_>| admitting::enrol(work, &enrolled, author);
        self.change_then(moment, enrol, |_, lines| kept_outside(&path, &lines)).map(|done| done.1)
    }

    async fn renew(
        &mut self,
        replica: &Replica,
        key: PublicKey,
        certificate: Vec<u8>,
        author: &Author,
    ) -> Result<(), StoreFault> {
        self.write(|db| admitting::renew(db, replica, &key, &certificate, author))
    }

    async fn key_used(
        &mut self,
        replica: &Replica,
        key: PublicKey,
        author: &Author,
        moment: Moment,
    ) -> Result<(Standing, Effects), StoreFault> {
        self.change(moment, |work| admitting::key_used(work, replica, &key, author))
    }

    async fn known_key(&self, key: &PublicKey) -> Result<Option<KnownKey>, StoreFault> {
        replicas::key(&self.db, key)
    }

    async fn keys_of(&self, replica: &Replica) -> Result<Vec<KnownKey>, StoreFault> {
        replicas::keys_of(&self.db, replica)
    }

    async fn standing(&self, replica: &Replica) -> Result<Option<Standing>, StoreFault> {
        let peer = replicas::find(&self.db, replica)?;
        peer.map(|peer| replicas::standing(&self.db, peer.id)).transpose()
    }

    async fn rule(
        &mut self,
        replica: &Replica,
        ruling: Ruling,
        reason: &str,
        author: &Author,
        moment: Moment,
    ) -> Result<(Standing, Effects), StoreFault> {
        let path = self.path.clone();
        let rule = |work: &mut Work<'_>| ruling::rule(work, replica, ruling, reason, author);
        self.change_then(moment, rule, |_, (standing, lines)| kept_outside(&path, &lines).map(|()| standing))
    }

    async fn apply_revocations(
        &mut self,
        kept: &[Revocation],
        author: &Author,
        moment: Moment,
    ) -> Result<(usize, Effects), StoreFault> {
        self.change(moment, |work| ruling::apply(work, kept, author))
    }

    async fn heard_of(
        &mut self,
        replica: &Replica,
        contact: &Contact,
        now: DateTime<Utc>,
    ) -> Result<(), StoreFault> {
        replicas::heard_of(&self.db, replica, contact, now)
    }

    async fn fleet(&self) -> Result<Vec<FleetRow>, StoreFault> {
        self.reading(|db| shown::fleet(db, &*self.present_territory(db)?, replicas::Side::Child))
    }

    async fn parent_row(&self) -> Result<Option<FleetRow>, StoreFault> {
        self.reading(|db| Ok(shown::fleet(db, &*self.present_territory(db)?, replicas::Side::Parent)?.pop()))
    }

    async fn apply(&mut self, group: &[Asked], moment: Moment) -> Result<Applied, StoreFault> {
        links::apply(self, group, moment)
    }

    async fn dialling(&self) -> Result<Option<dialer::Standing>, StoreFault> {
        self.reading(shown::dialling)
    }

    async fn ask_again(&mut self, sender: &Replica) -> Result<Vec<ItemKey>, StoreFault> {
        let territory = self.reading(|db| self.present_territory(db))?;
        links::ask_again(self, sender, &territory)
    }

    async fn refused(&self) -> Result<Vec<RefusedRow>, StoreFault> {
        self.reading(shown::refused)
    }

    async fn put_aside(&self) -> Result<Vec<(Replica, ItemKey)>, StoreFault> {
        self.reading(|db| items::aside(db, &replicas::names(db)?))
    }

    async fn left_behind(&self) -> Result<LeftBehind, StoreFault> {
        self.reading(missing::left_behind)
    }

    async fn settle_missing(
        &mut self,
        child: &Replica,
        month: Option<Month>,
        author: &Author,
        moment: Moment,
    ) -> Result<(u64, Effects), StoreFault> {
        self.change(moment, |work| missing::settle(work, child, month, author))
    }

    async fn fork_found(&mut self, end: &Replica, moment: Moment) -> Result<Effects, StoreFault> {
        let found = self.change(moment, |work| match replicas::find(work.db, end)? {
            Some(peer) => ruling::fork_found(work, &peer, ruling::RETURNS),
            None => Ok(()),
        });
        Ok(found?.1)
    }

    async fn figures(
        &self,
        unit: &UnitId,
        depth: usize,
        period: Period,
        today: NaiveDate,
    ) -> Result<Vec<UnitFigures>, StoreFault> {
        self.figures_now(unit, depth, period, today)
    }

    async fn audit(&self, last: u32) -> Result<Vec<AuditEntry>, StoreFault> {
        audit::entries(&self.db, last)
    }

    async fn record(
        &mut self,
        author: &Author,
        act: &str,
        subject: &str,
        detail: &str,
    ) -> Result<(), StoreFault> {
        self.write(|db| audit::append(db, author, act, subject, detail))
    }

    async fn anchors(&self, unit: Option<&UnitId>) -> Result<Vec<AnchorRow>, StoreFault> {
        self.reading(|db| anchors::of(db, unit))
    }

    async fn holdings(&self, extent: &Extent, now: DateTime<Utc>) -> Result<Level, StoreFault> {
        self.reading(|db| holdings::of(db, &*self.present_territory(db)?, extent, now))
    }

    async fn verify(&self, step: &mut dyn FnMut()) -> Result<Verified, StoreFault> {
        file::check(&self.db, &self.path)?;
        self.reading(|db| verifying::verify(db, &*self.present_territory(db)?, step))
    }
}

/// Before the commit: what cannot be kept outside is not ruled at all. A power cut in between leaves a line of what
/// somebody meant to rule, and was not told of as done.
fn kept_outside(store: &Path, lines: &[Revocation]) -> Result<(), StoreFault> {
    revocations::append(store, lines).map_err(StoreFault::RevocationsUnwritable)
}

#[cfg(test)]
pub(crate) mod tests;
