//! A daemon that is stopped when it is no longer held.

use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A running program.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

/// How long a daemon may take to end by itself once it was asked.
const PATIENCE: Duration = Duration::from_secs(10);

impl Daemon {
    pub(super) fn new(child: Child, log: &Path) -> Self {
        Self { child, log: log.to_owned() }
    }

    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    #[must_use]
    pub fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fails if it has ended by itself.
    ///
    /// # Errors
    /// It has; the error shows the end of its log.
    pub fn check_running(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            let logged = self.logged();
            let tail: Vec<&str> = logged.lines().rev().take(12).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            bail!("a daemon ended with {status}; its log ends:\n{}", tail.join("\n"));
        }
        Ok(())
    }

    /// Memory held now, in bytes, as the kernel counts it.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
    }

    /// Kills it without warning, as a power cut would.
    ///
    /// # Errors
    /// It cannot be killed.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal by its name, such as `STOP`.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, name: &str) -> Result<()> {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.child.id())).status()?;
        if !sent.success() {
            bail!("process {} takes no signal {name}", self.child.id());
        }
        Ok(())
    }

    /// Asks it to end, and waits; one that does not end is killed.
    pub fn stop(&mut self) {
        let patience = if self.signal("TERM").is_ok() { PATIENCE } else { Duration::ZERO };
        let begun = Instant::now();
        while begun.elapsed() < patience {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}
