//! A storm: a thousand nodes come back at once after the hub was restarted. With the back-off off: greetings answered a
//! second, and how long the last one waited; beside it, turn by turn, the bare program's handshakes a second. With the back-off
//! on: how long until all are back, as a share of the longest wait (5 min).
//!
//! The back-off on is told by virtual time: the waits are drawn by the product's own back-off, and the hub takes as many a
//! second as it was just measured to take. `ZHUJI_BENCH_REAL=1` waits for it instead, five minutes long, with real nodes.
//!
//! `ZHUJI_BENCH_NODES` (1000), `ZHUJI_BENCH_ROUNDS` (3).

use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use zhuji_protocol::link::backoff::{Backoff, Ended};
use zhuji_protocol::transport::{DialEndpoint, UplinkControl, World};
use zhuji_protocol::wire::limits;
use zhuji_tests::bare::{BareClient, Signed};
use zhuji_tests::load::MemoryReplica;
use zhuji_tests::measure::apart::{self, Kind, Server};
use zhuji_tests::measure::figure::{Figure, Goal, Spread};
use zhuji_tests::measure::villages::Villages;
use zhuji_tests::measure::{running, sized};

/// A hub that was away for an hour meets nodes whose wait has grown to its longest.
const FAILURES: u32 = 12;
/// How long somebody waits in the hub's queue before giving up and backing off again, in seconds.
const PATIENCE_S: f64 = 15.0;

fn main() -> Result<()> {
    if apart::is_it()? {
        return Ok(());
    }
    let (nodes, rounds) = (sized("ZHUJI_BENCH_NODES", 1000), sized("ZHUJI_BENCH_ROUNDS", 3));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let villages = Villages::found(folder.path(), nodes)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let replicas: Vec<MemoryReplica> =
        villages.nodes.iter().cloned().map(MemoryReplica::new).collect::<Result<_>>()?;

    // The first time everything comes down to everybody; what is measured is that they come back.
    ours(&villages, &replicas, &runtime)?;
    let (mut rates, mut limit, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let took = ours(&villages, &replicas, &runtime)?;
        rates.push(nodes as f64 / took);
        last.push(took);
        limit.push(nodes as f64 / bares(&villages, &runtime)?);
    }
    let name = "nodes back after a restart, back-off off";
    let limit = Some(("bare program", limit));
    Figure { name, unit: "handshakes/s", ours: rates.clone(), limit, goal: Goal::AtLeast(0.5) }.print();
    let name = "the last of all of them, back-off off";
    Figure { name, unit: "s", ours: last, limit: None, goal: Goal::Shown }.print();

    let cap = limits::BACKOFF_MOST.as_secs_f64();
    let (name, all_back) = if std::env::var_os("ZHUJI_BENCH_REAL").is_some() {
        let took = back_in_real_time(&villages, &replicas, &runtime)?;
        ("all back with back-off, by the longest wait, real time", vec![took / cap])
    } else {
        let rate = Spread::of(&rates).min;
        let runs = (0..100).map(|_| back_in_virtual_time(nodes, rate) / cap);
        ("all back with back-off, by the longest wait, virtual time", runs.collect())
    };
    Figure { name, unit: "× the longest wait", ours: all_back, limit: None, goal: Goal::AtMost(1.2) }.print();
    Ok(())
}

/// Seconds until every greeting was answered.
fn ours(villages: &Villages, replicas: &[MemoryReplica], runtime: &Runtime) -> Result<f64> {
    // It starts within this, and is stopped when it is dropped: the next call is its restart.
    let server = Server::start(Kind::Hub, &villages.store, &villages.address)?;
    let took = runtime.block_on(all_open(replicas, &World::real()))?;
    drop(server);
    Ok(took)
}

async fn all_open(replicas: &[MemoryReplica], world: &World) -> Result<f64> {
    let before: Vec<u32> = replicas.iter().map(|replica| replica.progress().borrow().opened).collect();
    let endpoints: Vec<DialEndpoint> = replicas.iter().map(|_| running::dialler()).collect::<Result<_>>()?;
    let begun = Instant::now();
    let mut controls: Vec<UplinkControl> = Vec::new();
    for (replica, endpoint) in replicas.iter().zip(endpoints) {
        controls.push(running::dial(replica, endpoint, world));
    }
    for (replica, before) in replicas.iter().zip(before) {
        replica.progress().wait_for(|progress| progress.opened > before).await?;
    }
    let took = begun.elapsed().as_secs_f64();
    // Else some would still be taking in what comes down when the hub is stopped.
    for control in &controls {
        running::quiet(control).await?;
        control.stop();
    }
    Ok(took)
}

/// Seconds until every handshake was through.
fn bares(villages: &Villages, runtime: &Runtime) -> Result<f64> {
    let server = Server::start(Kind::Bare, &villages.store, &villages.address)?;
    let took = runtime.block_on(async {
        let endpoints: Vec<DialEndpoint> =
            villages.nodes.iter().map(|_| running::dialler()).collect::<Result<_>>()?;
        let begun = Instant::now();
        let dialling = villages.nodes.iter().cloned().zip(endpoints).map(|(identity, endpoint)| {
            tokio::spawn(async move {
                let credentials = identity.credentials()?;
                BareClient::dial(&endpoint, &identity.address, &identity.hub, credentials, Signed::No).await
            })
        });
        let dialling: Vec<_> = dialling.collect();
        let mut clients = Vec::new();
        for dialled in dialling {
            clients.push(dialled.await??);
        }
        let took = begun.elapsed().as_secs_f64();
        ensure!(clients.len() == villages.nodes.len(), "nobody was left out");
        clients.iter().for_each(BareClient::close);
        Ok(took)
    })?;
    drop(server);
    Ok(took)
}

fn back_in_real_time(villages: &Villages, replicas: &[MemoryReplica], runtime: &Runtime) -> Result<f64> {
    let waiting: Vec<MemoryReplica> =
        replicas.iter().map(|replica| replica.clone().having_failed(FAILURES)).collect();
    let server = Server::start(Kind::Hub, &villages.store, &villages.address)?;
    let took = runtime.block_on(all_open(&waiting, &World::real()))?;
    drop(server);
    Ok(took)
}

/// Seconds until the last is back: each dials when its wait is over, the hub takes them in turn at its rate, and whoever
/// waits too long for its turn backs off again.
fn back_in_virtual_time(nodes: usize, rate: f64) -> f64 {
    let world = World::real();
    let random = || (world.random)();
    let drawn = |wait: Duration| wait.as_secs_f64();
    let mut dials: Vec<(f64, Backoff)> = (0..nodes)
        .map(|_| {
            let backoff = Backoff { failures: FAILURES, ..Backoff::default() };
            (drawn(backoff.after_restart(random())), backoff)
        })
        .collect();
    let (mut free_at, mut last) = (0.0f64, 0.0f64);
    while !dials.is_empty() {
        dials.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let Some((at, mut backoff)) = dials.pop() else { break };
        let turn = free_at.max(at);
        if turn - at > PATIENCE_S {
            let wait = backoff.after(Ended::Lost, random());
            dials.push((at + PATIENCE_S + drawn(wait), backoff));
            continue;
        }
        free_at = turn + 1.0 / rate;
        last = last.max(free_at);
    }
    last
}
