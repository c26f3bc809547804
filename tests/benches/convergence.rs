//! What a long time off line costs: a county hub takes ten thousand changes of five hundred figures while the city's hub is away;
//! then the city comes back, and bytes of UDP payload are counted both ways until it has everything. Beside it the bytes by which
//! the bare program sends the five hundred final rows. The handshake is left out of both.
//!
//! `ZHUJI_BENCH_PASSES` over all figures (20), `ZHUJI_BENCH_ROUNDS` (3).

use anyhow::{Context, Result, anyhow, bail, ensure};
use chrono::Utc;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use zhuji_hub::administration::{Reply, Request};
use zhuji_hub::command::enrol;
use zhuji_hub::service::Running;
use zhuji_hub::store::{Asked, Effects, HubStore, SqliteStore};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{HubAddress, Replica};
use zhuji_protocol::link::effects::{self, Cut, CutFrom, Outcome};
use zhuji_protocol::texts::Language;
use zhuji_protocol::transport::{EndpointOptions, socket};
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::item::Item;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::position::Point;
use zhuji_protocol::wire::subkey::Scope;
use zhuji_tests::bare::{self, BareClient, BareHub, Counted, Message, Signed, counting};
use zhuji_tests::load::{Cutting, Identity, Origin};
use zhuji_tests::measure::figure::{Figure, Goal};
use zhuji_tests::measure::ground::{self, Ground, HubKeys};
use zhuji_tests::measure::running::{self, Linked};
use zhuji_tests::measure::sized;

/// Five hundred figures: so many offices, so many months of each.
const OFFICES: usize = 50;
const MONTHS: usize = 10;
/// When something is wrong rather than slow.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    let (passes, rounds) = (sized("ZHUJI_BENCH_PASSES", 20), sized("ZHUJI_BENCH_ROUNDS", 3));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut tree = Tree::plant(folder.path(), &runtime)?;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let items = tree.live_off_line(&runtime, round * passes + 1, passes)?;
        let handshake = tree.bare_handshake(&runtime, folder.path(), &[])?;
        let bare = tree.bare_handshake(&runtime, folder.path(), &items)? - handshake;
        let whole = tree.converge(&runtime)?;
        eprintln!(
            "{} rows, ours {whole} bytes with, bare {bare} without a handshake of {handshake}",
            items.len()
        );
        ours.push((whole - handshake) as f64);
        limit.push(bare as f64);
    }
    let name = "10,000 changes of 500 figures off line, then converged";
    let limit = Some(("bare program, the final rows", limit));
    Figure { name, unit: "bytes", ours, limit, goal: Goal::AtMost(1.3) }.print();
    runtime.block_on(async {
        for hub in tree.county.take().into_iter().chain(tree.city.take()) {
            hub.stop().await;
        }
    });
    Ok(())
}

/// A city hub, a county hub below it, and the county's offices.
struct Tree {
    city_path: PathBuf,
    city_address: HubAddress,
    city: Option<Running>,
    county: Option<Running>,
    county_path: PathBuf,
    /// Who the county is at the city, for the bare program.
    identity: Identity,
    credentials: HubKeys,
    offices: Vec<Linked>,
    years: zhuji_tests::measure::summaries::Years,
}

impl Tree {
    fn plant(folder: &Path, runtime: &Runtime) -> Result<Self> {
        let (city_unit, county_unit) = (ground::unit(ground::CITY)?, ground::county(1)?);
        let (ground, store) = Ground::found(folder, &city_unit, ground::city(1, OFFICES)?)?;
        let years = ground.years()?;
        let city_address = running::free_address()?;
        let entry = Entry::always(county_unit.clone(), "某县", Level::County, None);
        let keys = HubKeys::fresh(&county_unit)?;
        let county_store = keys.store(folder, entry)?;
        let county_path = county_store.path().to_owned();
        let (city, county) = runtime.block_on(async {
            let city = running::serve(store, running::listening(Some(&city_address))?).await?;
            let identity = county_store.identity().await?;
            let county = running::serve(county_store, running::listening(None)?).await?;
            let address = Some(city_address.to_string());
            let token =
                perform(&city, Request::IssueToken { unit: county_unit.clone(), as_hub: true, address })
                    .await?;
            let options = EndpointOptions::default();
            let asked = enrol::ask(&token, &identity, socket::dialler()?, &options, Utc::now());
            perform(&county, asked.await.map_err(|failure| anyhow!("{failure:?}"))?).await?;
            anyhow::Ok((city, county))
        })?;
        let last = ground::township(1, OFFICES)?;
        runtime.block_on(until(|| knows(&county, &last)))?;
        let mut offices = Vec::new();
        for number in 1..=OFFICES {
            let unit = ground::township(1, number)?;
            let office = runtime.block_on(async {
                let address = Some(running::address_of(county.address()?)?.to_string());
                let token = perform(&county, Request::IssueToken { unit, as_hub: false, address }).await?;
                running::link(&zhuji_tests::load::enrol(&token).await?)
            })?;
            offices.push(office);
        }
        // The bare program has keys and certificates of its own, as long as the real ones.
        let credentials = HubKeys::fresh(&city_unit)?;
        let identity = credentials.child(Replica::hub(county_unit), &city_address)?;
        let city_path = ground.path;
        let mut tree = Self {
            city_path,
            city_address,
            city: Some(city),
            county: Some(county),
            county_path,
            identity,
            credentials,
            offices,
            years,
        };
        tree.change(runtime, 0)?;
        runtime.block_on(until(|| all_arrived(tree.city.as_ref())))?;
        Ok(tree)
    }

    /// Every figure changes once, and the county has it.
    fn change(&mut self, runtime: &Runtime, pass: usize) -> Result<()> {
        for (number, (office, _)) in (1..).zip(&self.offices) {
            let unit = office.replica().unit.clone();
            let months = self.years.own(number, pass)?;
            let rows: Vec<Origin> = months
                .into_iter()
                .take(MONTHS)
                .map(|(month, body)| Origin {
                    key: zhuji_hub::store::onward::summary_key(&unit, month, Scope::Own),
                    body,
                })
                .collect();
            let mark = office.give(&rows, Cutting::Before(100))?;
            office.go();
            runtime.block_on(office.acknowledged(mark))?;
            ensure!(office.progress().borrow().refused == 0, "nothing is refused");
        }
        Ok(())
    }

    /// The city goes away, everything changes so often, the county stops. Gives the rows that it then has for the city.
    fn live_off_line(&mut self, runtime: &Runtime, first: usize, passes: usize) -> Result<Vec<Item>> {
        let city = self.city.take().context("the city runs")?;
        runtime.block_on(city.stop());
        for pass in first..first + passes {
            self.change(runtime, pass)?;
        }
        let county = self.county.as_ref().context("the county runs")?;
        let rows = runtime.block_on(final_rows(county, ground::unit(ground::CITY)?))?;
        ensure!(rows.len() == OFFICES * MONTHS, "{} rows", rows.len());
        Ok(rows)
    }

    /// Bytes of a bare connection that sends these rows; none: what the handshake takes.
    fn bare_handshake(&self, runtime: &Runtime, folder: &Path, items: &[Item]) -> Result<u64> {
        runtime.block_on(async {
            let credentials = self.credentials.credentials()?;
            let file = folder.join("bare.sqlite");
            let (socket, signed, next) = (running::listening(None)?, Signed::No, None);
            let hub =
                BareHub::start(bare::Parts { socket, credentials: &credentials, file: &file, signed, next })?;
            let counted = Counted::default();
            let endpoint = running::dialler_on(counting(socket::dialler()?, &counted))?;
            let (at, child) = (running::address_of(hub.address()?)?, &self.identity);
            let client =
                BareClient::dial(&endpoint, &at, &child.hub, child.credentials()?, Signed::No).await?;
            // What ends a handshake is still under way when it is through.
            tokio::time::sleep(LOOK * 5).await;
            let messages: Vec<Message> = items.chunks(100).map(Message::of).collect();
            client.send_all(&messages, 4).await?;
            tokio::time::sleep(LOOK * 5).await;
            let bytes = counted.all();
            client.close();
            hub.stop().await;
            Ok(bytes)
        })
    }

    /// The city comes back, and the county starts anew, so that it dials at once. Gives the bytes until all has arrived.
    fn converge(&mut self, runtime: &Runtime) -> Result<u64> {
        let counted = Counted::default();
        let county = self.county.take().context("the county runs")?;
        let county_address = running::address_of(county.address()?)?;
        runtime.block_on(county.stop());
        runtime.block_on(async {
            let city = SqliteStore::open(&self.city_path)?;
            self.city = Some(running::serve(city, running::listening(Some(&self.city_address))?).await?);
            let store = SqliteStore::open(&self.county_path)?;
            let dialling = counting(socket::dialler()?, &counted);
            let listening = running::listening(Some(&county_address))?;
            self.county = Some(running::serve_from(store, listening, dialling).await?);
            until(|| all_arrived(self.city.as_ref())).await
        })?;
        Ok(counted.all())
    }
}

/// The rows that a hub has for the one above.
async fn final_rows(county: &Running, above: UnitId) -> Result<Vec<Item>> {
    let read = county.committer().act(move |store, moment| {
        Box::pin(async move {
            let read = async {
                let standing = store.dialling().await?;
                let Some(standing) = standing else { return Ok(Vec::new()) };
                let (mut at, mut rows) = (Point::START, Vec::new());
                loop {
                    let from = CutFrom { incarnation: standing.incarnation, at, version: 1 };
                    let peer = Replica::hub(above.clone());
                    let asked = Asked { peer, request: effects::Request::Cut(from) };
                    let applied = store.apply(&[asked], moment).await?;
                    let Some(Some(Outcome::Cut(Cut::Batch { batch, .. }))) =
                        applied.outcomes.into_iter().next()
                    else {
                        return Ok(rows);
                    };
                    at = batch.point(at);
                    rows.extend(batch.items().iter().cloned());
                }
            };
            let read: Result<Vec<Item>, zhuji_hub::store::StoreFault> = read.await;
            (read, Effects::default())
        })
    });
    let rows = read.await.map_err(|_| anyhow!("the writer stopped"))??;
    Ok(rows.into_iter().filter(|item| item.key().kind == kinds::item::SUMMARY).collect())
}

/// Whether the directory came down as far as this unit.
async fn knows(hub: &Running, unit: &UnitId) -> Result<bool> {
    let unit = unit.clone();
    let knows = hub.committer().act(move |store, _| {
        Box::pin(async move {
            let territory = store.territory().await;
            let knows = territory.is_ok_and(|territory| territory.directory.get(&unit).is_some());
            (knows, Effects::default())
        })
    });
    knows.await.map_err(|_| anyhow!("the writer stopped"))
}

/// Whether the city has all that its county has, and is owed no answer.
async fn all_arrived(city: Option<&Running>) -> Result<bool> {
    let Some(city) = city else { return Ok(false) };
    let fleet = city
        .committer()
        .act(move |store, _| Box::pin(async move { (store.fleet().await, Effects::default()) }));
    let fleet = fleet.await.map_err(|_| anyhow!("the writer stopped"))??;
    Ok(!fleet.is_empty()
        && fleet.iter().all(|row| row.last_contact.is_some() && row.behind == 0 && row.owed == 0))
}

async fn until<F: Future<Output = Result<bool>>>(mut holds: impl FnMut() -> F) -> Result<()> {
    let begun = Instant::now();
    // Twice in a row: what was just acknowledged may be the first half of a change.
    let mut seen = 0;
    while begun.elapsed() < PATIENCE {
        seen = if holds().await? { seen + 1 } else { 0 };
        if seen == 10 {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("it did not come true")
}

async fn perform(hub: &Running, request: Request) -> Result<String> {
    match hub.perform(Language::English, "benchmark", request).await {
        Reply::Done(lines) => Ok(lines.join("\n")),
        Reply::Key(_) => bail!("no key was asked for"),
        Reply::Refused(lines) => bail!("refused: {}", lines.join("\n")),
    }
}
