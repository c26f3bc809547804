//! A program of the federation: its store, its log, and its daemon while that runs.

use super::{Daemon, Programs, copy_store};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use zhuji_protocol::unit::UnitId;

/// A running program of the federation.
#[derive(Debug)]
pub struct Member {
    /// Whose.
    pub unit: UnitId,
    /// Its store.
    pub store: PathBuf,
    /// Its process; none while it is stopped.
    pub daemon: Option<Daemon>,
    /// Where it logs.
    pub log: PathBuf,
    /// The program and what it is told to run as a daemon.
    pub(super) words: (&'static str, Vec<String>),
}

impl Member {
    /// Stops it where it stands, as a machine that hangs; its line stays up.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// It does not run.
    pub fn go_on(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        self.daemon.as_ref().context("it does not run")?.signal(signal)
    }

    /// Starts its daemon.
    pub(super) fn start(&mut self, programs: &Programs) -> Result<()> {
        let (program, words) = &self.words;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.daemon = Some(programs.start(program, &self.store, &words, &self.log)?);
        Ok(())
    }

    /// Moves its store to another folder, as to another disk, and lets it go on there.
    pub(super) fn settle(&mut self, folder: &Path, programs: &Programs) -> Result<()> {
        let mut daemon = self.daemon.take().context("it does not run")?;
        daemon.stop();
        let store = folder.join(self.store.file_name().context("a store is a file")?);
        copy_store(&self.store, &store)?;
        self.store = store;
        self.start(programs)
    }

    /// Kills its daemon without warning.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.daemon.take().context("it does not run")?.kill()
    }
}
