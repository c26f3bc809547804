//! A store that was cut off, partly blanked, or has a single bit the other way round: either it is found, with the file's
//! name and what to do, or nothing of what people read is different. Never a panic, never a wrong figure that `verify` passes.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use zhuji_tests::damage::Damage;
use zhuji_tests::dice::{Dice, with_dice};
use zhuji_tests::federation::{HUB, NODE, Programs};
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, Story, TOWNSHIP, VILLAGE, today, unit};

/// How many damages each program's store gets; more in a long night.
const DAMAGES: &str = "ZHUJI_DAMAGES";

#[test]
fn a_damaged_store_is_found_out_or_right() -> Result<()> {
    let damages: usize = match std::env::var(DAMAGES) {
        Ok(damages) => damages.parse().context(DAMAGES)?,
        Err(_) => 60,
    };
    with_dice(71, |mut dice| {
        let nodes = &[TOWNSHIP, VILLAGE];
        let cast = Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() };
        let mut tree = Story::begin(&cast)?;
        tree.await_quiet()?;
        tree.stop();
        let year = today().year().to_string();
        let (first, last) = (format!("{year}-01-01"), format!("{year}-12-31"));
        let node = Bench {
            program: NODE,
            programs: tree.programs.clone(),
            whole: fs::read(&tree.nodes[&unit(TOWNSHIP)].store)?,
            store: tree.folder().join("damaged-node.db"),
            reading: vec![
                vec!["compliance", "--from", &first, "--to", &last],
                vec!["contact", "list"],
                vec!["leader", "list"],
            ],
        };
        node.damage_again_and_again(damages, &mut dice)?;
        let hub = Bench {
            program: HUB,
            programs: tree.programs.clone(),
            whole: fs::read(&tree.hubs[&unit(COUNTY)].store)?,
            store: tree.folder().join("damaged-hub.db"),
            reading: vec![
                vec!["report", "--unit", COUNTY, "--period", &year, "--depth", "3"],
                vec!["report", "--unit", COUNTY, "--period", &year, "--by", "rule"],
                vec!["directory", "show", "--depth", "9"],
            ],
        };
        hub.damage_again_and_again(damages, &mut dice)
    })
}

/// A store that is damaged anew each time, and what people read from it.
struct Bench<'a> {
    program: &'static str,
    programs: Programs,
    whole: Vec<u8>,
    store: PathBuf,
    reading: Vec<Vec<&'a str>>,
}

impl Bench<'_> {
    fn damage_again_and_again(&self, damages: usize, dice: &mut Dice) -> Result<()> {
        put(&self.store, &self.whole)?;
        ensure!(self.run(&["verify"])?.status.success(), "the whole store does not verify");
        let mut right = Vec::new();
        for words in &self.reading {
            let output = self.run(words)?;
            let told = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{words:?} fails on the whole store: {told}");
            right.push(output.stdout);
        }
        let mut found = 0;
        for _ in 0..damages {
            let damage = Damage::throw(dice, self.whole.len());
            let looked = put(&self.store, &damage.of(&self.whole)).and_then(|()| self.look(&right));
            found += usize::from(looked.with_context(|| format!("{}, {damage}", self.program))?);
        }
        ensure!(found > 0, "nothing was ever found, so nothing is proven");
        Ok(())
    }

    /// Gives whether `verify` found the damage.
    fn look(&self, right: &[Vec<u8>]) -> Result<bool> {
        let verified = self.run(&["verify"])?;
        let is_passed = self.is_clear(&["verify"], &verified)?;
        for (words, right) in self.reading.iter().zip(right) {
            let output = self.run(words)?;
            if self.is_clear(words, &output)? && output.stdout != *right {
                ensure!(
                    !is_passed,
                    "verify passed, but {words:?} shows\n{}\ninstead of\n{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(right)
                );
            }
        }
        Ok(!is_passed)
    }

    /// Gives whether it succeeded; a failure says which file it is about and how to go on.
    fn is_clear(&self, words: &[&str], output: &Output) -> Result<bool> {
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(!told.contains("panicked"), "{words:?} panicked: {told}");
        let code = output.status.code().with_context(|| format!("{words:?} was killed: {told}"))?;
        ensure!(code == 0 || code == 2, "{words:?} ended with {code}: {told}");
        if code == 2 {
            let name = self.store.file_name().unwrap_or_default().to_string_lossy();
            let is_helpful = ["backup", "verify", "upgrade"].iter().any(|help| told.contains(help));
            ensure!(told.contains(&*name) && is_helpful, "{words:?} is not clear: {told}");
        }
        Ok(code == 0)
    }

    fn run(&self, words: &[&str]) -> Result<Output> {
        Ok(self.programs.command(self.program, &self.store).args(words).output()?)
    }
}

/// Puts bytes where a store is, with nothing of an earlier one beside it.
fn put(store: &Path, bytes: &[u8]) -> Result<()> {
    for beside in ["-wal", "-shm", ".lock"] {
        let beside = PathBuf::from(format!("{}{beside}", store.display()));
        if beside.exists() {
            fs::remove_file(beside)?;
        }
    }
    Ok(fs::write(store, bytes)?)
}
