//! The shipped programs, run as an administrator would.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Daemon;

/// Where the programs are, and what every call of them is told.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    /// Set for every program, such as a rehearsed day.
    pub environment: Vec<(String, String)>,
}

impl Programs {
    /// The programs of a folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), environment: Vec::new() }
    }

    /// The programs that were built beside the running test.
    ///
    /// # Errors
    /// They were not built.
    pub fn built() -> Result<Self> {
        let test = std::env::current_exe()?;
        let folder = test.ancestors().nth(2).context("a test lies in target/PROFILE/deps")?;
        for program in ["zhuji-node", "zhuji-hub"] {
            if !folder.join(program).is_file() {
                bail!("{program} is not built; run deploy/test, which builds it");
            }
        }
        Ok(Self::of(folder))
    }

    /// A program with a store, ready for its arguments.
    #[must_use]
    pub fn command(&self, program: &str, store: &Path) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.arg("--store").arg(store).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end; gives what it printed.
    ///
    /// # Errors
    /// It ended with another status than 0.
    pub fn run<S: AsRef<OsStr>>(&self, program: &str, store: &Path, arguments: &[S]) -> Result<String> {
        let mut command = self.command(program, store);
        command.args(arguments);
        let output = command.output().with_context(|| format!("{program} cannot be started"))?;
        if !output.status.success() {
            let words: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
            bail!(
                "{program} {} ended with {}:\n{}",
                words.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a command with `--format json`; gives what it printed, parsed.
    ///
    /// # Errors
    /// It failed, or printed something else.
    pub fn json(&self, program: &str, store: &Path, arguments: &[&str]) -> Result<Value> {
        let mut all = arguments.to_vec();
        all.extend(["--format", "json"]);
        let printed = self.run(program, store, &all)?;
        serde_json::from_str(&printed).with_context(|| format!("{program} {all:?} printed: {printed}"))
    }

    /// Starts a daemon that logs to `log`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&self, program: &str, store: &Path, arguments: &[&str], log: &Path) -> Result<Daemon> {
        let file = File::options().create(true).append(true).open(log)?;
        let mut command = self.command(program, store);
        command.args(arguments).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("{program} cannot be started"))?;
        Ok(Daemon::new(child, log))
    }
}
