//! Load: at every node a clerk records contacts and asks for a sync now and then, all the time, whatever happens to the
//! programs meanwhile. Some commands are killed under the clerk's hands.

use crate::dice::Dice;
use crate::federation::{Federation, NODE, Programs};
use anyhow::{Context, Result, bail, ensure};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use zhuji_protocol::unit::UnitId;

/// What clerks wrote down, by node.
pub type Written = BTreeMap<UnitId, Recorded>;

/// What became of one clerk's records.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Their commands said that they are recorded.
    pub confirmed: Vec<String>,
    /// Their commands were killed: nobody knows.
    pub unknown: Vec<String>,
}

/// Clerks at work, until they are told to stop.
#[derive(Debug)]
pub struct Clerks {
    stop: Arc<AtomicBool>,
    at_work: Vec<(UnitId, JoinHandle<Result<Recorded>>)>,
}

/// A clerk's pause, at most: another command is begun soon, but two cores also have to serve the federation.
const PAUSE: Duration = Duration::from_millis(80);

/// A command that is killed lives so long at most: about as long as one takes that is not.
const LIFE: Duration = Duration::from_millis(40);

impl Clerks {
    /// Sends a clerk to every node. `shift` tells the records of one shift from those of another.
    ///
    /// # Errors
    /// A node has no pairing to record contacts for.
    pub fn begin(tree: &Federation, shift: u64, day: NaiveDate, dice: &mut Dice) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut at_work = Vec::new();
        for (unit, node) in &tree.nodes {
            let clerk = Clerk {
                programs: tree.programs.clone(),
                store: node.store.clone(),
                pairing: tree.pairing_of(unit)?,
                day: day.to_string(),
                shift,
                dice: dice.split(),
                stop: stop.clone(),
            };
            at_work.push((unit.clone(), std::thread::spawn(move || clerk.work())));
        }
        Ok(Self { stop, at_work })
    }

    /// Lets every clerk finish the command at hand; gives what they wrote down.
    ///
    /// # Errors
    /// A command was refused, or a program panicked.
    pub fn stop(mut self) -> Result<Written> {
        self.stop.store(true, Ordering::Relaxed);
        let mut written = Written::new();
        for (unit, clerk) in self.at_work.drain(..) {
            let Ok(recorded) = clerk.join() else { bail!("the clerk of {unit} panicked") };
            written.insert(unit.clone(), recorded.with_context(|| format!("the clerk of {unit}"))?);
        }
        Ok(written)
    }
}

impl Drop for Clerks {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for (_, clerk) in self.at_work.drain(..) {
            let _stopped = clerk.join();
        }
    }
}

struct Clerk {
    programs: Programs,
    store: PathBuf,
    pairing: String,
    day: String,
    shift: u64,
    dice: Dice,
    stop: Arc<AtomicBool>,
}

impl Clerk {
    fn work(mut self) -> Result<Recorded> {
        let mut recorded = Recorded::default();
        for number in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.record(format!("shift-{}-{number}", self.shift), &mut recorded)?;
            if self.dice.percent(25) {
                self.sync()?;
            }
            std::thread::sleep(self.dice.between(Duration::ZERO, PAUSE));
        }
        Ok(recorded)
    }

    fn record(&mut self, id: String, recorded: &mut Recorded) -> Result<()> {
        let mut command = self.programs.command(NODE, &self.store);
        command.args(["contact", "add", "--id", &id, "--pairing", &self.pairing, "--date", &self.day]);
        if self.dice.percent(15) {
            let life = self.dice.between(Duration::ZERO, LIFE);
            killed_after(&mut command, life)?;
            recorded.unknown.push(id);
            return Ok(());
        }
        let output = command.output()?;
        // Recording needs no network and no daemon: whoever is dead meanwhile, it is never refused.
        ensure!(output.status.success(), "{id}: {}", String::from_utf8_lossy(&output.stderr));
        recorded.confirmed.push(id);
        Ok(())
    }

    /// A sync may well fail while programs are dead, but it says so.
    fn sync(&mut self) -> Result<()> {
        let mut command = self.programs.command(NODE, &self.store);
        command.args(["sync", "--once"]);
        // Nobody waits for a hub that is dead.
        let life = self.dice.between(Duration::ZERO, LIFE * 10);
        let said = killed_after(&mut command, life)?;
        ensure!(!said.contains("panicked"), "a sync panicked: {said}");
        Ok(())
    }
}

/// Runs a command and kills it after a time, unless it has ended; gives what it said.
fn killed_after(command: &mut Command, life: Duration) -> Result<String> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    std::thread::sleep(life);
    child.kill()?;
    let output = child.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}
