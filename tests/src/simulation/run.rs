//! One run of one seed, from founding to the last check.

use super::director::Director;
use super::mutations::Mutation;
use super::plan::plan;
use super::trace::Counts;
use super::tree::Tree;
use anyhow::{Context, Result, anyhow};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

/// How soon a tree heals after everything was put right. A replica that failed often waits five minutes before it dials
/// again; a life that must begin anew, at two levels one after the other, asks for two more dials each, and a dead line is
/// noticed after 75 s.
pub const HEALING: Duration = Duration::from_secs(20 * 60);

/// How often a healing tree is looked at, at first and when it takes long.
const LOOKS: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(60)];

/// What a run is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The seed.
    pub seed: u64,
    /// For how many hours things go wrong.
    pub hours: f64,
    /// What is broken on purpose.
    pub mutation: Option<Mutation>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The seed.
    pub seed: u64,
    /// What happened.
    pub counts: Counts,
    /// What was done to the tree, one line each.
    pub lines: Vec<String>,
    /// Hours of transport that were simulated.
    pub simulated_hours: f64,
    /// How long healing took.
    pub healed_after: Duration,
    /// What did not hold.
    pub failure: Option<String>,
}

/// Runs a seed.
///
/// # Errors
/// The machine that simulates gives no folder or no runtime.
pub fn run(asked: &Asked) -> Result<Ran> {
    let folder = folder()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let local = LocalSet::new();
    Ok(local.block_on(&runtime, simulated(asked, folder.path())))
}

/// In memory where there is such a folder: every commit waits for its disk.
fn folder() -> Result<TempDir> {
    let in_memory = Path::new("/dev/shm");
    let made = if in_memory.is_dir() { TempDir::new_in(in_memory) } else { TempDir::new() };
    made.context("a folder for the stores")
}

async fn simulated(asked: &Asked, folder: &Path) -> Ran {
    let begun = Instant::now();
    let mut ran = Ran {
        seed: asked.seed,
        counts: Counts::default(),
        lines: Vec::new(),
        simulated_hours: 0.0,
        healed_after: Duration::ZERO,
        failure: None,
    };
    match Tree::found(asked.seed, folder, asked.mutation).await.context("while it was founded") {
        Err(error) => ran.failure = Some(format!("{error:#}")),
        Ok(mut tree) => {
            match lived(&mut tree, asked).await {
                Ok(healed_after) => ran.healed_after = healed_after,
                Err(error) => ran.failure = Some(format!("{error:#}")),
            }
            ran.counts = tree.yard.trace.counts();
            ran.lines = tree.yard.trace.lines();
        }
    }
    ran.simulated_hours = begun.elapsed().as_secs_f64() / 3600.0;
    ran
}

/// A plan carried out, everything put right, healed and checked. Gives how long healing took.
async fn lived(tree: &mut Tree, asked: &Asked) -> Result<Duration> {
    healed(tree).await.context("before anything went wrong")?;
    let plan = plan(tree, asked.seed, asked.hours);
    let mut director = Director::new(tree);
    director.carry_out(plan).await?;
    director.put_right().await.context("while everything was put right")?;
    healed(tree).await
}

/// Waits until all is quiet and everything holds.
async fn healed(tree: &mut Tree) -> Result<Duration> {
    let begun = Instant::now();
    loop {
        match settled(tree).await {
            Ok(()) => break,
            Err(error) if begun.elapsed() > HEALING => {
                return Err(error.context(format!("not healed after {} minutes", HEALING.as_secs() / 60)));
            }
            // A copy is found out only when the hub hears both, and a hub that knows less than before when it is dialled.
            Err(_) => tree.errands().await?,
        }
        sleep(if begun.elapsed() < LOOKS[1] { LOOKS[0] } else { LOOKS[1] }).await;
    }
    let healed_after = begun.elapsed();
    tree.check_provable().await?;
    tree.check_durable().await?;
    Ok(healed_after)
}

/// What comes true in time.
async fn settled(tree: &Tree) -> Result<()> {
    tree.check_quiet().await?;
    tree.check_authority().await?;
    tree.check_newer()?;
    tree.check_whole().await
}

/// The error of a run that failed, with the way to see it again.
#[must_use]
pub fn told(ran: &Ran, hours: f64) -> Option<anyhow::Error> {
    let failure = ran.failure.as_ref()?;
    let seed = ran.seed;
    let lines = ran.lines.join("\n");
    Some(anyhow!(
        "seed {seed}: {failure}\n{lines}\nagain: cargo run -p zhuji-tests --bin zhuji-simulation -- --seeds {seed}..{} --hours {hours} --verbose",
        seed + 1
    ))
}
