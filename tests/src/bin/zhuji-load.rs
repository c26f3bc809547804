//! `zhuji-load`: drives running hubs from outside, and prints one object of JSON a run.

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use zhuji_tests::load::{self, Identity, Ingest};

/// Drives running hubs from outside, and prints one object of JSON a run. What it sends are invented counts of the units
/// whose tokens it is given: never use it on a hub that anybody relies on.
#[derive(Parser, Debug)]
#[command(name = "zhuji-load")]
struct Cli {
    #[command(subcommand)]
    run: Run,
}

#[derive(Subcommand, Debug)]
enum Run {
    /// Every connection sends its rows, as many batches ahead as allowed
    Ingest {
        #[command(flatten)]
        newcomers: Newcomers,
        /// How many connections; all that there are tokens for if left out
        #[arg(long)]
        connections: Option<usize>,
        /// Rows of each connection
        #[arg(long, default_value_t = 1000)]
        records: usize,
        /// Rows of a batch, at most 256
        #[arg(long, default_value_t = 100)]
        batch: usize,
        /// Batches of a connection that wait for their acknowledgement, at most 4
        #[arg(long, default_value_t = 4)]
        in_flight: usize,
    },
    /// A leaf sends one row at a time, until the top shows it
    Chain {
        #[command(flatten)]
        newcomers: Newcomers,
        /// The store of the hub at the top, on this machine; it is only read
        #[arg(long, value_name = "FILE")]
        top: PathBuf,
        /// How many rows
        #[arg(long, default_value_t = 100)]
        records: usize,
    },
    /// Everybody connects, hangs up, and comes back at once
    Storm {
        #[command(flatten)]
        newcomers: Newcomers,
        /// How many connections; all that there are tokens for if left out
        #[arg(long)]
        connections: Option<usize>,
    },
}

/// Who connects: tokens from a file, or issued by the hub's own command.
#[derive(Args, Debug)]
struct Newcomers {
    /// A file with one enrolment token a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["program", "store", "units"])]
    tokens: Option<PathBuf>,
    /// The zhuji-hub program that issues tokens
    #[arg(long, value_name = "FILE", requires_all = ["store", "units"])]
    program: Option<PathBuf>,
    /// The store of the hub that lets them in
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// The units whose nodes connect, by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    units: Vec<String>,
}

impl Newcomers {
    fn tokens(&self) -> Result<Vec<String>> {
        if let Some(file) = &self.tokens {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            return Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Into::into).collect());
        }
        let program = self.program.as_ref().context("--tokens, or --program with --store and --units")?;
        let store = self.store.as_ref().context("--store")?;
        self.units.iter().map(|unit| load::issued(program, store, unit)).collect()
    }

    /// As many as wanted, enrolled.
    async fn enrolled(&self, wanted: Option<usize>) -> Result<Vec<Identity>> {
        let tokens = self.tokens()?;
        let wanted = wanted.unwrap_or(tokens.len());
        ensure!(wanted > 0 && tokens.len() >= wanted, "{} tokens for {wanted} connections", tokens.len());
        let mut identities = Vec::new();
        for token in &tokens[..wanted] {
            identities.push(load::enrol(token).await?);
        }
        Ok(identities)
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().run) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(run: Run) -> Result<serde_json::Value> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match run {
            Run::Ingest { newcomers, connections, records, batch, in_flight } => {
                let identities = newcomers.enrolled(connections).await?;
                load::ingest(&identities, Ingest { records, batch, in_flight }).await
            }
            Run::Chain { newcomers, top, records } => {
                let identities = newcomers.enrolled(Some(1)).await?;
                let leaf = identities.first().context("one leaf")?;
                load::chain(leaf, &top, records).await
            }
            Run::Storm { newcomers, connections } => {
                let identities = newcomers.enrolled(connections).await?;
                load::storm(&identities).await
            }
        }
    })
}
