//! A disk of a story's own: small enough to be full at once, or writable by nobody. The story runs in a namespace of mounts
//! that ends with it, so nothing is left on the machine, and no privilege is needed where the kernel grants namespaces.

use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set within the namespace.
const WITHIN: &str = "ZHUJI_OWN_MOUNTS";

/// A new namespace in which this process is allowed to mount.
const NAMESPACE: [&str; 3] = ["--user", "--map-root-user", "--mount"];

/// Tells a story where it may mount: the test of this name is run again in a namespace of its own.
///
/// # Errors
/// The story's own, or the machine grants no namespaces; then nothing was tried, and that is a failure.
pub fn in_own_mounts(test: &str, story: impl FnOnce() -> Result<()>) -> Result<()> {
    if std::env::var_os(WITHIN).is_some() {
        return story();
    }
    let granted = Command::new("unshare").args(NAMESPACE).arg("true").output();
    let granted = granted.context("unshare cannot be started; it is part of util-linux")?;
    if !granted.status.success() {
        bail!(
            "this machine grants no namespace to mount in, so the story cannot be told: {}",
            String::from_utf8_lossy(&granted.stderr)
        );
    }
    let mut again = Command::new("unshare");
    again.args(NAMESPACE).arg(std::env::current_exe()?).args(["--exact", test, "--nocapture"]);
    let told = again.env(WITHIN, "1").output()?;
    let said = String::from_utf8_lossy(&told.stdout);
    ensure!(told.status.success(), "{said}{}", String::from_utf8_lossy(&told.stderr));
    ensure!(said.contains("1 passed"), "{test} is no test here: {said}");
    Ok(())
}

/// A small file system in memory.
#[derive(Debug)]
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts one of this size in a new folder.
    ///
    /// # Errors
    /// It cannot be mounted.
    pub fn mount(at: &Path, size_kib: u32) -> Result<Self> {
        fs::create_dir_all(at)?;
        let size = format!("size={size_kib}k");
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(at))?;
        Ok(Self { path: at.to_owned() })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it to the last byte.
    ///
    /// # Errors
    /// It fails for another reason than that it is full.
    pub fn fill(&self) -> Result<()> {
        let mut filler = File::options().create(true).append(true).open(self.filler())?;
        for size in [64 << 10, 4096, 1] {
            let block = vec![0; size];
            loop {
                match filler.write(&block) {
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Takes away what filled it.
    ///
    /// # Errors
    /// It was not filled.
    pub fn make_room(&self) -> Result<()> {
        Ok(fs::remove_file(self.filler())?)
    }

    /// Nothing on it can be written any more.
    ///
    /// # Errors
    /// Somebody is writing.
    pub fn make_read_only(&self) -> Result<()> {
        run(Command::new("mount").args(["-o", "remount,ro"]).arg(&self.path))
    }

    fn filler(&self) -> PathBuf {
        self.path.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a program of a story that failed may still be there; the namespace's end takes everything.
        let _gone = Command::new("umount").arg("--lazy").arg(&self.path).output();
    }
}

/// A command without any privilege: the owner's own, even where the test is run by root.
#[must_use]
pub fn unprivileged(command: &Command) -> Command {
    let mut plain = Command::new("unshare");
    // Unmapped in a namespace of its own, it owns its files and has no say over permissions.
    plain.arg("--user").arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => plain.env(name, value),
            None => plain.env_remove(name),
        };
    }
    plain
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
