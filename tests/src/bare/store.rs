//! The bare program's one writer: upserts what gathered while the last commit ran.

use super::message::Message;
use anyhow::{Context, Result};
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// As the product's committer.
const GROUP_ITEMS: usize = 256;
const GROUP_BYTES: usize = 1 << 20;

struct Job {
    message: Message,
    committed: oneshot::Sender<()>,
}

/// The way to the writer. It ends when the last copy is dropped.
#[derive(Clone, Debug)]
pub struct BareStore {
    jobs: Sender<Job>,
}

impl BareStore {
    /// Opens or makes the file, and starts the writer.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn start(path: &Path) -> Result<(Self, JoinHandle<()>)> {
        let db = Connection::open(path)?;
        let _mode: String =
            db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).context("WAL")?;
        db.execute_batch(
            "PRAGMA synchronous = FULL;
             CREATE TABLE IF NOT EXISTS item (key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;",
        )?;
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new().name("bare".to_owned()).spawn(move || {
            if let Err(error) = write(db, &queue) {
                eprintln!("the bare program cannot write: {error}");
            }
        })?;
        Ok((Self { jobs }, thread))
    }

    /// Hands a message in; the answer comes after its commit, and never if the writer failed.
    #[must_use]
    pub fn put(&self, message: Message) -> oneshot::Receiver<()> {
        let (committed, answer) = oneshot::channel();
        // The writer is gone only after it said why; then nobody answers.
        let _gone = self.jobs.send(Job { message, committed });
        answer
    }
}

fn write(mut db: Connection, queue: &Receiver<Job>) -> rusqlite::Result<()> {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| queue.recv().ok()) {
        let (mut items, mut size_bytes) = (first.message.count(), first.message.bytes().len());
        let mut group = vec![first];
        while let Ok(job) = queue.try_recv() {
            items += job.message.count();
            size_bytes += job.message.bytes().len();
            if items > GROUP_ITEMS || size_bytes > GROUP_BYTES {
                next = Some(job);
                break;
            }
            group.push(job);
        }
        let transaction = db.transaction()?;
        {
            let mut upsert = transaction.prepare_cached(
                "INSERT INTO item (key, bytes) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes",
            )?;
            for (key, bytes) in group.iter().flat_map(|job| job.message.rows()) {
                upsert.execute((key, bytes))?;
            }
        }
        transaction.commit()?;
        for job in group {
            // Whoever sent it may be gone; what was written stays written.
            let _gone = job.committed.send(());
        }
    }
    Ok(())
}
