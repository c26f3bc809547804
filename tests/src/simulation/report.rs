//! Many seeds on all cores, and what they came to.

use super::run::{Asked, Ran, run};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What many seeds came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Seeds that ran.
    pub seeds: u64,
    /// Runs in which something did not hold, by seed.
    pub failures: BTreeMap<u64, Ran>,
    /// Faults by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Commits of all stores.
    pub commits: u64,
    /// Packets sent.
    pub packets: u64,
    /// Hours of transport that were simulated.
    pub simulated_hours: f64,
    /// The longest that healing took.
    pub longest_healing: Duration,
    /// How long all of it took.
    pub took: Duration,
}

/// Runs seeds on as many threads as there are cores; `tell` hears of each.
///
/// # Errors
/// The machine that simulates gives no folder or no runtime.
pub fn run_all(seeds: Range<u64>, hours: f64, tell: &(dyn Fn(&Ran) + Sync)) -> Result<Summary> {
    let begun = Instant::now();
    let (next, summary) = (AtomicU64::new(seeds.start), Mutex::new(Summary::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<()> {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(());
            }
            let ran = run(&Asked { seed, hours, mutation: None })?;
            tell(&ran);
            if let Ok(mut summary) = summary.lock() {
                summary.add(ran);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(worked) => worked?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        anyhow::Ok(())
    })?;
    let mut summary = summary.into_inner().unwrap_or_default();
    summary.took = begun.elapsed();
    Ok(summary)
}

impl Summary {
    fn add(&mut self, ran: Ran) {
        self.seeds += 1;
        self.commits += ran.counts.commits;
        self.packets += ran.counts.packets;
        self.simulated_hours += ran.simulated_hours;
        self.longest_healing = self.longest_healing.max(ran.healed_after);
        for (kind, count) in &ran.counts.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        if ran.failure.is_some() {
            self.failures.insert(ran.seed, ran);
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seeds            {}", self.seeds)?;
        writeln!(f, "simulated hours  {:.1}", self.simulated_hours)?;
        writeln!(f, "seconds          {:.1}", self.took.as_secs_f64())?;
        writeln!(f, "packets          {}", self.packets)?;
        writeln!(f, "commits          {}", self.commits)?;
        writeln!(f, "longest healing  {} s", self.longest_healing.as_secs())?;
        for (kind, count) in &self.faults {
            writeln!(f, "{kind:<24} {count}")?;
        }
        write!(f, "failures         {}", self.failures.len())
    }
}
