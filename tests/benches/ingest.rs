//! Durable ingest in batches: child hubs send a second full pass of their units' year to one hub, at most four batches of
//! about a hundred ahead. Everything that the hub does is in it: signatures, judging, sums, rows for the hub above, the
//! commit. Beside it, turn by turn, the bare program with the same keys and bytes.
//!
//! `ZHUJI_BENCH_HUBS` (50), `ZHUJI_BENCH_UNITS` of each (167), `ZHUJI_BENCH_ROUNDS` (3), `ZHUJI_BENCH_BATCH` (100).

use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use zhuji_hub::service::Running;
use zhuji_protocol::identity::{HubAddress, Replica};
use zhuji_tests::bare::{self, BareClient, BareHub, Message, Signed};
use zhuji_tests::load::{Cutting, Identity, Origin};
use zhuji_tests::measure::figure::{Figure, Goal, Spread};
use zhuji_tests::measure::ground::{self, Ground};
use zhuji_tests::measure::running::{self, Linked};
use zhuji_tests::measure::sized;
use zhuji_tests::measure::summaries::Years;

struct Sizes {
    hubs: usize,
    units: usize,
    rounds: usize,
    batch: usize,
}

/// As many as the link allows.
const IN_FLIGHT: usize = 4;

fn main() -> Result<()> {
    let sizes = Sizes {
        hubs: sized("ZHUJI_BENCH_HUBS", 50),
        units: sized("ZHUJI_BENCH_UNITS", 167),
        rounds: sized("ZHUJI_BENCH_ROUNDS", 3),
        batch: sized("ZHUJI_BENCH_BATCH", 100),
    };
    // On the disk that builds lie on: a temporary folder may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let serving = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let calling = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut bench = Bench::begin(folder.path(), &sizes, &serving, &calling)?;

    // Keys in both stores: what is timed are later passes.
    bench.pass(&sizes, 0, Order::Contiguous)?;
    for (order, name) in [
        (Order::Contiguous, "durable ingest in batches, keys contiguous"),
        (Order::Shuffled, "durable ingest in batches, keys shuffled"),
    ] {
        let (mut ours, mut limit) = (Vec::new(), Vec::new());
        let mut waits = Vec::new();
        for _ in 0..sizes.rounds {
            let pass = bench.passes + 1;
            let timed = bench.pass(&sizes, pass, order)?;
            ours.push(timed.ours);
            limit.push(timed.bare);
            waits.extend(timed.waits);
        }
        let goal = if order == Order::Contiguous { Goal::AtLeast(0.5) } else { Goal::Shown };
        Figure { name, unit: "items/s", ours, limit: Some(("bare program", limit)), goal }.print();
        println!("  a batch waits {:.0} ms for its acknowledgement (median)", Spread::of(&waits).median);
    }
    bench.end(&serving);
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Contiguous,
    Shuffled,
}

struct Bench<'a> {
    calling: &'a Runtime,
    hub: Running,
    children: Vec<Linked>,
    bare: BareHub,
    clients: Vec<BareClient>,
    years: Years,
    passes: usize,
}

struct Timed {
    ours: f64,
    bare: f64,
    waits: Vec<f64>,
}

impl<'a> Bench<'a> {
    fn begin(folder: &Path, sizes: &Sizes, serving: &Runtime, calling: &'a Runtime) -> Result<Self> {
        let entries = ground::city(sizes.hubs, sizes.units)?;
        let (ground, mut store) = Ground::found(folder, &ground::unit(ground::CITY)?, entries)?;
        ground.put_below(&mut store, &ground::unit(ground::PROVINCE)?)?;
        let address = running::free_address()?;
        let mut identities = Vec::new();
        for number in 1..=sizes.hubs {
            let replica = Replica::hub(ground::county(number)?);
            identities.push(ground.enrol(&mut store, replica, &address)?);
        }
        let years = ground.years()?;
        let hub =
            serving.block_on(async { running::serve(store, running::listening(Some(&address))?).await })?;
        let children = calling.block_on(link(&identities))?;
        let bare = serving.block_on(async {
            let socket = running::listening(None)?;
            let credentials = ground.keys.credentials()?;
            let file = folder.join("bare.sqlite");
            let parts = bare::Parts {
                socket,
                credentials: &credentials,
                file: &file,
                signed: Signed::No,
                next: None,
            };
            BareHub::start(parts)
        })?;
        let clients = calling.block_on(dial(&identities, &running::address_of(bare.address()?)?))?;
        Ok(Self { calling, hub, children, bare, clients, years, passes: 0 })
    }

    /// Both programs take the same rows, one after the other.
    fn pass(&mut self, sizes: &Sizes, pass: usize, order: Order) -> Result<Timed> {
        self.passes = pass;
        let mut messages = Vec::new();
        let mut marks = Vec::new();
        let mut count = 0;
        for (number, (child, _)) in (1..).zip(&self.children) {
            let mut rows: Vec<Origin> = ground::told_of(&self.years, number, sizes.units, pass)?;
            if order == Order::Shuffled {
                ground::shuffle(&mut rows, pass as u64);
            }
            count += rows.len();
            marks.push(child.give(&rows, Cutting::Before(sizes.batch))?);
            messages.push(child.waiting().iter().map(|items| Message::of(items)).collect::<Vec<_>>());
        }
        let ours = self.calling.block_on(self.ours(&marks, count))?;
        let bare = self.calling.block_on(self.bares(messages, count))?;
        let waits = self.children.iter().flat_map(|(child, _)| child.take_waits()).collect();
        eprintln!("pass {pass}: {ours:.0} items/s, bare {bare:.0} items/s");
        Ok(Timed { ours, bare, waits })
    }

    async fn ours(&self, marks: &[u64], count: usize) -> Result<f64> {
        let begun = Instant::now();
        for (child, _) in &self.children {
            child.go();
        }
        for ((child, _), mark) in self.children.iter().zip(marks) {
            child.acknowledged(*mark).await?;
        }
        let took = begun.elapsed();
        let refused: usize = self.children.iter().map(|(child, _)| child.progress().borrow().refused).sum();
        ensure!(refused == 0, "{refused} items were refused");
        Ok(count as f64 / took.as_secs_f64())
    }

    async fn bares(&self, messages: Vec<Vec<Message>>, count: usize) -> Result<f64> {
        let begun = Instant::now();
        let sending = self.clients.iter().zip(messages).map(|(client, messages)| {
            let client = client.clone();
            tokio::spawn(async move { client.send_all(&messages, IN_FLIGHT).await })
        });
        for sent in sending.collect::<Vec<_>>() {
            sent.await??;
        }
        Ok(count as f64 / begun.elapsed().as_secs_f64())
    }

    fn end(self, serving: &Runtime) {
        for (_, control) in &self.children {
            control.stop();
        }
        serving.block_on(async {
            self.hub.stop().await;
            self.bare.stop().await;
        });
    }
}

/// Every child up and settled, with what comes down to it.
async fn link(identities: &[Identity]) -> Result<Vec<Linked>> {
    let children: Vec<Linked> = identities.iter().map(running::link).collect::<Result<_>>()?;
    for (_, control) in &children {
        running::quiet(control).await?;
    }
    Ok(children)
}

async fn dial(identities: &[Identity], address: &HubAddress) -> Result<Vec<BareClient>> {
    let mut clients = Vec::new();
    for identity in identities {
        let endpoint = running::dialler()?;
        let credentials = identity.credentials()?;
        clients.push(BareClient::dial(&endpoint, address, &identity.hub, credentials, Signed::No).await?);
    }
    Ok(clients)
}
