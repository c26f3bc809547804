//! Idle connections: how much memory a hub holds for each of a thousand nodes that are up and have nothing to say. Beside
//! it, turn by turn, the bare program's. Either server is a process of its own, which begins anew each round.
//!
//! `ZHUJI_BENCH_NODES` (1000), `ZHUJI_BENCH_ROUNDS` (3).

use anyhow::Result;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use zhuji_tests::bare::{BareClient, Signed};
use zhuji_tests::load::Identity;
use zhuji_tests::measure::apart::{self, Kind, Server};
use zhuji_tests::measure::figure::{Figure, Goal};
use zhuji_tests::measure::villages::Villages;
use zhuji_tests::measure::{running, sized};

/// How many dial at a time: this is no storm.
const AT_ONCE: usize = 50;
/// What was needed to come up is given back.
const SETTLE: Duration = Duration::from_secs(3);

fn main() -> Result<()> {
    if apart::is_it()? {
        return Ok(());
    }
    let (nodes, rounds) = (sized("ZHUJI_BENCH_NODES", 1000), sized("ZHUJI_BENCH_ROUNDS", 3));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let villages = Villages::found(folder.path(), nodes)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(measured(Kind::Hub, &villages, &runtime)?);
        limit.push(measured(Kind::Bare, &villages, &runtime)?);
    }
    let (name, unit) = ("idle connection at the hub", "KiB");
    let limit = Some(("bare program", limit));
    Figure { name, unit, ours: ours.clone(), limit, goal: Goal::AtMost(1.5) }.print();
    Figure { name, unit, ours, limit: None, goal: Goal::AtMost(45.0) }.print();
    Ok(())
}

/// KiB of one connection.
fn measured(kind: Kind, villages: &Villages, runtime: &Runtime) -> Result<f64> {
    let server = Server::start(kind, &villages.store, &villages.address)?;
    let before = server.resident_bytes()?;
    let count = villages.nodes.len();
    let after = runtime.block_on(async {
        let mut up = Up::default();
        for some in villages.nodes.chunks(AT_ONCE) {
            up.add(kind, some).await?;
        }
        tokio::time::sleep(SETTLE).await;
        let after = server.resident_bytes()?;
        up.end();
        anyhow::Ok(after)
    })?;
    drop(server);
    Ok(after.saturating_sub(before) as f64 / count as f64 / 1024.0)
}

/// Who is connected.
#[derive(Default)]
struct Up {
    linked: Vec<running::Linked>,
    bare: Vec<BareClient>,
}

impl Up {
    async fn add(&mut self, kind: Kind, some: &[Identity]) -> Result<()> {
        match kind {
            Kind::Hub => {
                let linked: Vec<_> = some.iter().map(running::link).collect::<Result<_>>()?;
                for (_, control) in &linked {
                    running::quiet(control).await?;
                }
                self.linked.extend(linked);
            }
            Kind::Bare => {
                for identity in some {
                    let endpoint = running::dialler()?;
                    let credentials = identity.credentials()?;
                    let (address, hub) = (&identity.address, &identity.hub);
                    let client = BareClient::dial(&endpoint, address, hub, credentials, Signed::No).await?;
                    self.bare.push(client);
                }
            }
        }
        Ok(())
    }

    fn end(self) {
        for (_, control) in self.linked {
            control.stop();
        }
        for client in self.bare {
            client.close();
        }
    }
}
