//! The store of an office: one SQLite file. Nothing outside this module knows SQL.
//!
//! One module an aggregate; each function is named for the question it answers. Queries find facts, `evaluate`
//! alone judges them. Every change goes through [`Change`], which writes its audit entry in the same transaction.

pub mod audit;
pub mod backup;
mod change;
mod fault;
mod file;
mod record;
mod row;
mod unrecorded;

pub mod assignment;
pub mod case;
pub mod contact;
pub mod directory;
pub mod event;
pub mod exemption;
mod facts;
pub mod judging;
pub mod leader;
pub mod liaison;
pub mod pairing;
pub mod policy;
pub mod report;
pub mod review;
pub mod service;
pub mod setting;
pub mod talent;
pub mod unit;
pub mod uplink;

pub use change::{Author, Change, Effect};
pub use facts::{facts_of, facts_to_export};
pub use fault::StoreFault;
pub use record::{Act, Kind, Record};
pub use setting::Office;

/// A connection, for asking the modules here; nothing else is done with one outside.
pub use rusqlite::Connection as Db;
/// What a question of the modules here answers.
pub type Answer<T> = rusqlite::Result<T>;

use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};
use zhuji_protocol::assignment::Assignment;

/// An open store.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the store in `path`, and brings its schema up to date.
    ///
    /// # Errors
    /// When there is no file, it is no store of ours, damaged, of a newer program, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreFault> {
        file::examine(path)?;
        let db = file::connect(path)?;
        file::migrate(db).map(|db| Self { db, path: path.to_owned() })
    }

    /// Makes a store that does not exist yet, under a policy of the office's own choice if it has one.
    /// It appears under `path` when it is whole, not before.
    ///
    /// # Errors
    /// When something stands there already, or the file cannot be written.
    pub fn create(
        path: &Path,
        office: &Office,
        choice: Option<&(Assignment, String)>,
        author: &Author,
    ) -> Result<Self, StoreFault> {
        file::create(path, |db| {
            let change = Change::begin(db, author)?;
            setting::write_office(&change, office)?;
            if let Some((assignment, policy)) = choice {
                self::policy::keep(&change, Act::Init, &assignment.version, policy)?;
                assignment::choose(&change, assignment)?;
            }
            change.commit()
        })?;
        Self::open(path)
    }

    /// The connection, for questions.
    #[must_use]
    pub fn db(&self) -> &Connection {
        &self.db
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The office whose store this is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn office(&self) -> Result<Office, StoreFault> {
        setting::office(&self.db)
    }

    /// Begins a change. Nobody else writes until it is committed or dropped; what is dropped never happened.
    ///
    /// # Errors
    /// When another writer holds the store for more than five seconds.
    pub fn change(&mut self, author: &Author) -> Result<Change<'_>, StoreFault> {
        Change::begin(&mut self.db, author)
    }

    /// A reading transaction: every question asked within sees the same state.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reading<T>(
        &mut self,
        ask: impl FnOnce(&Connection) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let answer = ask(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// A writing transaction of the link, which has no audit entry of its own.
    ///
    /// # Errors
    /// When another writer holds the store for more than five seconds, or the disk is full; then nothing happened.
    pub(crate) fn writing<T>(
        &mut self,
        act: impl FnOnce(&Connection) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = act(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// The same for what may be lost with the power, since whoever told it tells it again: nobody waits for the disk.
    pub(crate) fn noting<T>(
        &mut self,
        act: impl FnOnce(&Connection) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        self.db.pragma_update(None, "synchronous", "NORMAL")?;
        let noted = self.writing(act);
        self.db.pragma_update(None, "synchronous", "FULL")?;
        noted
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

    /// Whether the file's pages fit together, and what refers to what.
    ///
    /// # Errors
    /// They do not, or the store cannot be read.
    pub fn check(&self) -> Result<(), StoreFault> {
        file::check(&self.db, &self.path)
    }

    /// Whoever means to write asks first: SQLite opens a file that may only be read without a word.
    ///
    /// # Errors
    /// The file may only be read.
    pub fn ensure_writable(&self) -> Result<(), StoreFault> {
        if self.db.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreFault::NotAllowed(self.path.clone()));
        }
        Ok(())
    }

    /// A number that changes when another connection, of this or another process, has committed something.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn data_version(&self) -> Result<i64, StoreFault> {
        Ok(self.db.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }
}

#[cfg(test)]
pub(crate) mod tests;
