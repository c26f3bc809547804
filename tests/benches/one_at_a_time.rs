//! One summary at a time, the next after its acknowledgement: signed when it is sent, checked, judged, added up, committed.
//! Beside it, turn by turn, the bare program that also signs and checks one Ed25519 signature a message, and the plain one.
//!
//! `ZHUJI_BENCH_ROUNDS` (5), `ZHUJI_BENCH_ITEMS` a round (300).

use anyhow::{Result, ensure};
use std::time::Instant;
use tokio::runtime::Builder;
use zhuji_protocol::identity::Replica;
use zhuji_tests::bare::{self, BareClient, BareHub, Message, Signed};
use zhuji_tests::load::{Cutting, MemoryReplica};
use zhuji_tests::measure::figure::{Figure, Goal, Spread, quantile};
use zhuji_tests::measure::ground::{self, Ground};
use zhuji_tests::measure::{running, sized};

/// As large a place as for ingest in batches.
const HUBS: usize = 50;
const UNITS: usize = 167;

fn main() -> Result<()> {
    let (rounds, items) = (sized("ZHUJI_BENCH_ROUNDS", 5), sized("ZHUJI_BENCH_ITEMS", 300));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let entries = ground::city(HUBS, UNITS)?;
    let (ground, mut store) = Ground::found(folder.path(), &ground::unit(ground::CITY)?, entries)?;
    ground.put_below(&mut store, &ground::unit(ground::PROVINCE)?)?;
    let address = running::free_address()?;
    let identity = ground.enrol(&mut store, Replica::hub(ground::county(1)?), &address)?;
    let years = ground.years()?;

    let serving = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let calling = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let hub = serving.block_on(async { running::serve(store, running::listening(Some(&address))?).await })?;
    let (child, control) = calling.block_on(async {
        let linked = running::link(&identity)?;
        running::quiet(&linked.1).await?;
        anyhow::Ok(linked)
    })?;
    let mut bares = Vec::new();
    for signed in [Signed::Yes, Signed::No] {
        let bare = serving.block_on(async {
            let credentials = ground.keys.credentials()?;
            let file = folder.path().join(format!("bare-{signed:?}.sqlite"));
            let socket = running::listening(None)?;
            BareHub::start(bare::Parts { socket, credentials: &credentials, file: &file, signed, next: None })
        })?;
        let at = running::address_of(bare.address()?)?;
        let client = calling.block_on(async {
            let endpoint = running::dialler()?;
            BareClient::dial(&endpoint, &at, &identity.hub, identity.credentials()?, signed).await
        })?;
        bares.push((bare, client));
    }

    // Keys in all three stores: what is timed are later passes.
    let first = ground::told_of(&years, 1, UNITS, 0)?;
    let mark = child.give(&first, Cutting::Before(100))?;
    let filling: Vec<Message> = child.waiting().iter().map(|items| Message::of(items)).collect();
    child.go();
    calling.block_on(child.acknowledged(mark))?;
    for (_, client) in &bares {
        calling.block_on(client.send_all(&filling, 4))?;
    }
    drop(child.take_waits());

    let (mut ours, mut signed, mut plain, mut waits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        let rows = ground::told_of(&years, 1, UNITS, round)?;
        let rows = &rows[..items.min(rows.len())];
        let mark = child.give(rows, Cutting::OneByOne)?;
        let messages: Vec<Message> = child.waiting().iter().map(|items| Message::of(items)).collect();
        ensure!(messages.len() == rows.len(), "one row a message");
        ours.push(calling.block_on(one_by_one(&child, mark, rows.len()))?);
        waits.extend(child.take_waits());
        for ((_, client), into) in bares.iter().zip([&mut signed, &mut plain]) {
            let begun = Instant::now();
            calling.block_on(client.send_all(&messages, 1))?;
            into.push(messages.len() as f64 / begun.elapsed().as_secs_f64());
        }
    }
    let name = "durable ingest, one summary at a time";
    let limit = Some(("bare program that signs", signed));
    Figure { name, unit: "items/s", ours: ours.clone(), limit, goal: Goal::AtLeast(0.5) }.print();
    let limit = Some(("bare program", plain));
    Figure { name, unit: "items/s", ours, limit, goal: Goal::Shown }.print();
    waits.sort_by(f64::total_cmp);
    let Spread { median, .. } = Spread::of(&waits);
    println!("  acknowledged after {median:.2} ms (median), {:.2} ms (p99)", quantile(&waits, 0.99));

    control.stop();
    serving.block_on(async {
        hub.stop().await;
        for (bare, _) in bares {
            bare.stop().await;
        }
    });
    Ok(())
}

async fn one_by_one(child: &MemoryReplica, mark: u64, items: usize) -> Result<f64> {
    let begun = Instant::now();
    child.go();
    child.acknowledged(mark).await?;
    Ok(items as f64 / begun.elapsed().as_secs_f64())
}
