//! A village's record on its way to the province: node, county hub, city hub, province hub; four commits, three links, all
//! of it the product's own code in one process. Measured from the moment before the daemon commits the changed rows until the
//! province's store shows them to a reader. Beside it, turn by turn, the bare program in the same chain: one that signs and
//! checks an Ed25519 signature a message, and the plain one.
//!
//! `ZHUJI_BENCH_SAMPLES` of each (200).

use anyhow::{Context, Result, anyhow, bail, ensure};
use chrono::Utc;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use zhuji_hub::administration::{Reply, Request};
use zhuji_hub::command::enrol;
use zhuji_hub::service::Running;
use zhuji_hub::store::{HubStore, SqliteStore};
use zhuji_node::store::{Author, Office, Store};
use zhuji_node::uplink::{Service, Surroundings, daemon};
use zhuji_protocol::console::civil_date;
use zhuji_protocol::directory::Entry;
use zhuji_protocol::facts::{Contact, Leader, Pairing, Talent};
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::texts::Language;
use zhuji_protocol::transport::{EndpointOptions, socket};
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::item::Item;
use zhuji_protocol::wire::subkey::Scope;
use zhuji_tests::bare::{self, BareClient, BareHub, BareStore, Message, Signed};
use zhuji_tests::measure::figure::{Figure, Goal, quantile};
use zhuji_tests::measure::ground::{self, Ground, HubKeys};
use zhuji_tests::measure::{running, sized};

const PROVINCE: &str = "510000000000";
const CITY: &str = "511700000000";
const COUNTY: &str = "511723000000";
const VILLAGE: &str = "511723205200";

/// Nobody is in a hurry between two samples: acknowledgements are still on their way.
const SETTLE: Duration = Duration::from_millis(30);
/// How often a reader looks.
const LOOK: Duration = Duration::from_micros(100);
/// When something is wrong rather than slow.
const PATIENCE: Duration = Duration::from_secs(20);
/// Turns are taken in blocks of so many.
const BLOCK: usize = 20;

fn main() -> Result<()> {
    let samples = sized("ZHUJI_BENCH_SAMPLES", 200);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut ours = Ours::begin(folder.path(), &runtime)?;
    let mut signed = Bare::begin(folder.path(), &runtime, Signed::Yes)?;
    let mut plain = Bare::begin(folder.path(), &runtime, Signed::No)?;
    let mut taken: [Vec<f64>; 3] = Default::default();
    for number in 0..=samples.div_ceil(BLOCK) {
        for _ in 0..BLOCK {
            let took = ours.sample()?;
            // The first block warms up.
            if number > 0 {
                taken[0].push(took);
            }
        }
        for (bare, into) in [(&mut signed, 1), (&mut plain, 2)] {
            for _ in 0..BLOCK {
                let took = bare.sample(&runtime)?;
                if number > 0 {
                    taken[into].push(took);
                }
            }
        }
    }
    for list in &mut taken {
        list.sort_by(f64::total_cmp);
    }
    let [ours_ms, signed_ms, plain_ms] = taken;
    for (share, word, goal) in [(0.5, "p50", 2.0), (0.99, "p99", 3.0)] {
        let name = format!("village to province, {word}");
        let at = |list: &[f64]| vec![quantile(list, share)];
        let limit = Some(("bare chain that signs", at(&signed_ms)));
        let mut figure =
            Figure { name: &name, unit: "ms", ours: at(&ours_ms), limit, goal: Goal::AtMost(goal) };
        figure.print();
        (figure.limit, figure.goal) = (Some(("bare chain", at(&plain_ms))), Goal::Shown);
        figure.print();
    }
    runtime.block_on(ours.end());
    Ok(())
}

/// Sees a file change as a reader beside its owner does.
struct Reader {
    db: Connection,
    seen: i64,
}

impl Reader {
    fn open(path: &Path) -> Result<Self> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { db, seen: 0 })
    }

    fn has_changed(&mut self) -> Result<bool> {
        let now = self.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        Ok(std::mem::replace(&mut self.seen, now) != now)
    }

    /// Waits for a commit after which `shows` holds; gives when it was seen.
    fn wait_until(&mut self, shows: impl Fn(&Connection) -> Result<bool>) -> Result<Instant> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.has_changed()? {
                let seen = Instant::now();
                if shows(&self.db)? {
                    return Ok(seen);
                }
            }
            std::thread::sleep(LOOK);
        }
        bail!("nothing arrived at the top")
    }
}

struct Ours {
    hubs: Vec<Running>,
    /// The operator's connection to the node's store, beside the daemon's.
    operator: Store,
    /// When the daemon was about to commit first, since this was emptied.
    begun: Arc<Mutex<Option<Instant>>>,
    province: PathBuf,
    reader: Reader,
    contacts: i64,
}

impl Ours {
    fn begin(folder: &Path, runtime: &Runtime) -> Result<Self> {
        let (_ground, store) = Ground::found(folder, &ground::unit(PROVINCE)?, entries()?)?;
        let province = store.path().to_owned();
        let first = runtime.block_on(async { running::serve(store, running::listening(None)?).await })?;
        let mut hubs = vec![first];
        for code in [CITY, COUNTY] {
            let below =
                hub_below(folder, runtime, hubs.last().context("a hub above")?, &ground::unit(code)?)?;
            hubs.push(below);
        }
        let path = folder.join("village.sqlite");
        let begun = Arc::new(Mutex::new(None));
        node(&path, runtime, hubs.last().context("a hub above")?, begun.clone())?;
        let mut operator = Store::open(&path)?;
        roster(&mut operator)?;
        let reader = Reader::open(&province)?;
        let mut ours = Self { hubs, operator, begun, province, reader, contacts: 0 };
        ours.sample().context("the first contact")?;
        Ok(ours)
    }

    /// One contact is recorded; milliseconds from the daemon's commit until the province shows one more.
    fn sample(&mut self) -> Result<f64> {
        std::thread::sleep(SETTLE);
        self.reader.has_changed()?;
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.contacts += 1;
        let change = self.operator.change(&clerk())?;
        change.put(zhuji_node::store::Act::Add, &contact(self.contacts))?;
        change.commit()?;
        let (province, wanted) = (self.province.clone(), self.contacts);
        let seen = self.reader.wait_until(|_| Ok(shown(&province)? == wanted))?;
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).context("the daemon wrote")?;
        Ok((seen - begun).as_secs_f64() * 1000.0)
    }

    async fn end(self) {
        for hub in self.hubs.into_iter().rev() {
            hub.stop().await;
        }
    }
}

/// How many contacts the province shows of all.
fn shown(province: &Path) -> Result<i64> {
    let store = SqliteStore::read(province)?;
    let today = civil_date(Utc::now());
    let period = today.format("%Y").to_string().parse().map_err(|fault| anyhow!("{fault:?}"))?;
    let figures = zhuji_hub::ready(store.figures(&ground::unit(PROVINCE)?, 0, period, today))?;
    Ok(figures.first().map_or(0, |unit| unit.summary.flows.count(&CountKey::Total(Count::Contacts))))
}

fn entries() -> Result<Vec<Entry>> {
    let unit = ground::unit;
    Ok(vec![
        Entry::always(unit(PROVINCE)?, "某省", Level::Province, None),
        Entry::always(unit(CITY)?, "某市", Level::City, Some(unit(PROVINCE)?)),
        Entry::always(unit(COUNTY)?, "某县", Level::County, Some(unit(CITY)?)),
        Entry::always(unit(VILLAGE)?, "某村", Level::Village, Some(unit(COUNTY)?)),
    ])
}

/// A hub, enrolled under another, running, once it knows the village.
fn hub_below(folder: &Path, runtime: &Runtime, above: &Running, unit: &UnitId) -> Result<Running> {
    let entry = Entry::always(unit.clone(), "某地", Level::County, None);
    let store = HubKeys::fresh(unit)?.store(folder, entry)?;
    runtime.block_on(async {
        let identity = store.identity().await?;
        let hub = running::serve(store, running::listening(None)?).await?;
        let token = token(above, unit, true).await?;
        let options = EndpointOptions::default();
        let asked = enrol::ask(&token, &identity, socket::dialler()?, &options, Utc::now());
        perform(&hub, asked.await.map_err(|failure| anyhow!("{failure:?}"))?).await?;
        let village = ground::unit(VILLAGE)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let village = village.clone();
            let knows = hub.committer().act(move |store, _| {
                Box::pin(async move {
                    let territory = store.territory().await;
                    let knows = territory.is_ok_and(|territory| territory.directory.get(&village).is_some());
                    (knows, zhuji_hub::store::Effects::default())
                })
            });
            if knows.await.map_err(|_| anyhow!("the writer stopped"))? {
                return Ok(hub);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the directory did not come down to {unit}")
    })
}

async fn token(hub: &Running, unit: &UnitId, as_hub: bool) -> Result<String> {
    let address = Some(running::address_of(hub.address()?)?.to_string());
    perform(hub, Request::IssueToken { unit: unit.clone(), as_hub, address }).await
}

async fn perform(hub: &Running, request: Request) -> Result<String> {
    match hub.perform(Language::English, "benchmark", request).await {
        Reply::Done(lines) => Ok(lines.join("\n")),
        Reply::Key(_) => bail!("no key was asked for"),
        Reply::Refused(lines) => bail!("refused: {}", lines.join("\n")),
    }
}

/// The village's daemon, running for as long as the runtime.
fn node(path: &Path, runtime: &Runtime, above: &Running, begun: Arc<Mutex<Option<Instant>>>) -> Result<()> {
    let unit = ground::unit(VILLAGE)?;
    let today = civil_date(Utc::now());
    let since = Month::of(today).first_day();
    let office = Office { unit: unit.clone(), name: "某村".to_owned(), level: Level::Village, since };
    let mut store = Store::create(path, &office, None, &clerk())?;
    let surroundings = Surroundings { look: Duration::from_millis(5), ..Surroundings::real(None) };
    let enrolled = runtime.block_on(async {
        let token = token(above, &unit, false).await?;
        let enrolled = zhuji_node::uplink::enrolment::enrol_from(&mut store, &token, &surroundings, clerk());
        enrolled.await.map_err(|failure| anyhow!("{failure:?}"))
    })?;
    ensure!(enrolled == ground::unit(COUNTY)?, "enrolled at {enrolled}");
    store.ask_before_commits(move || {
        begun.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        true
    })?;
    let service = Service::start(store, surroundings)?;
    runtime.spawn(async move {
        if let Err(failure) = daemon::keep(&service, std::future::pending()).await {
            eprintln!("the village's daemon ended: {failure:?}");
        }
    });
    Ok(())
}

fn clerk() -> Author {
    Author { who: "王五".to_owned(), at: Utc::now() }
}

fn roster(store: &mut Store) -> Result<()> {
    use zhuji_node::store::{Act, pairing};
    let change = store.change(&clerk())?;
    change.put(Act::Add, &Leader { id: "L1".to_owned(), name: "张三".to_owned(), ..Leader::default() })?;
    change.put(Act::Add, &Talent { id: "T1".to_owned(), name: "李四".to_owned(), ..Talent::default() })?;
    let (leader, talent) = ("L1".to_owned(), "T1".to_owned());
    let facts = Pairing { id: "P1".to_owned(), leader, talent, ..Pairing::default() };
    let agreed = pairing::Pairing {
        facts,
        stage: pairing::Stage::Active,
        nominated_on: None,
        confirmed_on: None,
        agreed_on: None,
    };
    change.put(Act::Add, &agreed)?;
    Ok(change.commit()?)
}

fn contact(number: i64) -> Contact {
    Contact {
        id: format!("C{number}"),
        pairing: "P1".to_owned(),
        date: civil_date(Utc::now()),
        mode: None,
        initiated_by: None,
        topics: Vec::new(),
        occasion: String::new(),
        also_counts_for: String::new(),
        note: String::new(),
    }
}

struct Bare {
    /// The village's own file, and the way to the county.
    village: BareStore,
    county: BareClient,
    reader: Reader,
    number: u64,
    _hubs: Vec<BareHub>,
}

impl Bare {
    fn begin(folder: &Path, runtime: &Runtime, signed: Signed) -> Result<Self> {
        let _within = runtime.enter();
        let mut next: Option<BareClient> = None;
        let mut hubs = Vec::new();
        let file = |code: &str| folder.join(format!("bare-{signed:?}-{code}.sqlite"));
        for (code, below) in [
            (PROVINCE, Replica::hub(ground::unit(CITY)?)),
            (CITY, Replica::hub(ground::unit(COUNTY)?)),
            (COUNTY, Replica::node(ground::unit(VILLAGE)?)),
        ] {
            let keys = HubKeys::fresh(&ground::unit(code)?)?;
            let credentials = keys.credentials()?;
            let parts = bare::Parts {
                socket: running::listening(None)?,
                credentials: &credentials,
                file: &file(code),
                signed,
                next: next.take(),
            };
            let hub = BareHub::start(parts)?;
            let at = running::address_of(hub.address()?)?;
            let child = keys.child(below, &at)?;
            let endpoint = running::dialler()?;
            let dialled = BareClient::dial(&endpoint, &at, &child.hub, child.credentials()?, signed);
            next = Some(runtime.block_on(dialled)?);
            hubs.push(hub);
        }
        let (village, _writer) = BareStore::start(&file(VILLAGE))?;
        let reader = Reader::open(&file(PROVINCE))?;
        let county = next.context("a chain")?;
        Ok(Self { village, county, reader, number: 0, _hubs: hubs })
    }

    fn sample(&mut self, runtime: &Runtime) -> Result<f64> {
        std::thread::sleep(SETTLE);
        self.reader.has_changed()?;
        self.number += 1;
        let key = zhuji_hub::store::onward::summary_key(
            &ground::unit(VILLAGE)?,
            Month::of(civil_date(Utc::now())),
            Scope::Own,
        );
        // As long as the village's own summary.
        let body = [&self.number.to_le_bytes()[..], &[7; 32]].concat();
        let item = Item::new(key, 1, self.number, &body).map_err(|fault| anyhow!("{fault}"))?;
        let wanted = item.bytes().to_vec();
        let message = Message::of(&[item]);
        let begun = Instant::now();
        let (village, county) = (self.village.clone(), self.county.clone());
        runtime.spawn(async move {
            village.put(message.clone()).await?;
            county.send(&message).await?;
            county.answer().await
        });
        let seen = self.reader.wait_until(|db| {
            let bytes: Vec<u8> = db.query_row("SELECT bytes FROM item", [], |row| row.get(0))?;
            Ok(bytes == wanted)
        })?;
        Ok((seen - begun).as_secs_f64() * 1000.0)
    }
}
