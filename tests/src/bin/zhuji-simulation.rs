//! `zhuji-simulation`: runs seeds of the simulated tree, prints what they came to, and how to see a failure again.

use anyhow::{Context, Result, bail};
use clap::Parser;
use std::ops::Range;
use zhuji_tests::simulation::report::run_all;
use zhuji_tests::simulation::run::{Ran, told};

/// Whole federations in one process: faults by seed, invariants after every run.
#[derive(Parser, Debug)]
struct Options {
    /// Which seeds, the last one excluded: `1..201`.
    #[arg(long, default_value = "1..201", value_parser = seeds)]
    seeds: Range<u64>,
    /// For how many simulated hours things go wrong in each, at most 10.
    #[arg(long, default_value_t = 1.0)]
    hours: f64,
    /// Tells what was done to each tree.
    #[arg(long)]
    verbose: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if !(0.0..=10.0).contains(&options.hours) {
        bail!("--hours is from 0 to 10");
    }
    let tell = |ran: &Ran| {
        if options.verbose {
            println!(
                "seed {} trace {:016x} healed after {} s",
                ran.seed,
                ran.counts.hash,
                ran.healed_after.as_secs()
            );
            for line in &ran.lines {
                println!("  {line}");
            }
        }
        if let Some(failure) = told(ran, options.hours) {
            println!("{failure:#}");
        }
    };
    let summary = run_all(options.seeds.clone(), options.hours, &tell)?;
    println!("{summary}");
    if !summary.failures.is_empty() {
        let failed: Vec<String> = summary.failures.keys().map(u64::to_string).collect();
        bail!("failed: seeds {}", failed.join(", "));
    }
    Ok(())
}

fn seeds(text: &str) -> Result<Range<u64>> {
    let (first, end) = text.split_once("..").context("as in 1..201")?;
    Ok(first.parse()?..end.parse()?)
}
