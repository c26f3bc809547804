//! `report` asked of a hub that runs: any unit, over 700,000 units with one month each, and 60,000 with two years. Beside it a
//! plain SQL sum over the same rows, in a table of their figures.
//!
//! The store is filled through its own questions, a hub's batches below it unit by unit. That takes minutes, so the usual
//! sizes are a tenth; `ZHUJI_BENCH_FULL=1` takes the whole. `ZHUJI_BENCH_SAMPLES` (2000).

use anyhow::{Context, Result, anyhow, ensure};
use chrono::Utc;
use rusqlite::Connection;
use std::path::Path;
use std::time::Instant;
use tokio::runtime::Runtime;
use zhuji_hub::store::{Asked, HubStore, SqliteStore};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{HubAddress, Replica};
use zhuji_protocol::link::effects::{self, Greeted, Outcome};
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::batch::Cutter;
use zhuji_protocol::wire::bounded::{List, Text};
use zhuji_protocol::wire::hello::{Capabilities, HelloV1};
use zhuji_protocol::wire::item::Item;
use zhuji_protocol::wire::life::{Incarnation, ProcessId};
use zhuji_protocol::wire::subkey::Scope;
use zhuji_tests::load::Identity;
use zhuji_tests::measure::figure::{Figure, Goal, quantile};
use zhuji_tests::measure::ground::{self, Ground, shuffle};
use zhuji_tests::measure::summaries::{self, Years};
use zhuji_tests::measure::{running, sized};

const ROOT: &str = "510000000000";
/// Units of one hub below the root.
const EACH: usize = 500;

fn main() -> Result<()> {
    let full = std::env::var_os("ZHUJI_BENCH_FULL").is_some();
    let samples = sized("ZHUJI_BENCH_SAMPLES", 2000);
    let share = if full { 1 } else { 10 };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for (units, months) in [(700_000 / share, 1), (60_000 / share, 24)] {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let begun = Instant::now();
        let (store, all) = filled(folder.path(), units, months)?;
        eprintln!("{units} units × {months} filled in {:.0} s", begun.elapsed().as_secs_f64());
        measured(&runtime, store, folder.path(), &all, months, samples)?;
    }
    Ok(())
}

fn measured(
    runtime: &Runtime,
    store: SqliteStore,
    folder: &Path,
    units: &[UnitId],
    months: usize,
    samples: usize,
) -> Result<()> {
    let plain = Plain::fill(folder, units, months)?;
    let hub = runtime.block_on(async { running::serve(store, running::listening(None)?).await })?;
    let mut asked: Vec<UnitId> = units.to_vec();
    shuffle(&mut asked, 1);
    asked.truncate(samples);
    // The largest as often as any: the root and the hubs below it.
    let largest = units.iter().filter(|unit| unit.as_str().ends_with("000000")).take(samples / 20);
    asked.extend(largest.cloned().chain(vec![ground::unit(ROOT)?; samples / 20]));
    let (first, _) = span(months)?;
    let year = first.year();
    let period: Period = match months {
        1 => format!("{year}-01").parse().map_err(|fault| anyhow!("{fault:?}"))?,
        _ => year.to_string().parse().map_err(|fault| anyhow!("{fault:?}"))?,
    };
    let months_asked = if months == 1 { 1 } else { 12 };
    let (mut ours, mut deep, mut limit) = (Vec::new(), Vec::new(), Vec::new());
    runtime.block_on(async {
        // The first question reads what later ones find at hand.
        hub.reader().figures(asked[0].clone(), 0, period, summaries::today()).await?;
        for unit in &asked {
            for (depth, into) in [(0, &mut ours), (1, &mut deep)] {
                let begun = Instant::now();
                let figures = hub.reader().figures(unit.clone(), depth, period, summaries::today()).await?;
                into.push(begun.elapsed().as_secs_f64() * 1000.0);
                ensure!(!figures.is_empty(), "{unit} has figures");
            }
            let begun = Instant::now();
            plain.sum(unit, first.number(), months_asked)?;
            limit.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        anyhow::Ok(())
    })?;
    for list in [&mut ours, &mut deep, &mut limit] {
        list.sort_by(f64::total_cmp);
    }
    let size = format!("{} units × {months}", units.len());
    let at = |list: &[f64], share: f64| vec![quantile(list, share)];
    for (share, word, goal) in
        [(0.5, "p50", Goal::Shown), (0.99, "p99", Goal::AtMost(1.0)), (1.0, "most", Goal::Shown)]
    {
        let name = format!("report, any unit of {size}, {word}");
        let limit = Some(("plain SQL sum", at(&limit, share)));
        let shown = Figure { name: &name, unit: "ms", ours: at(&ours, share), limit, goal: Goal::Shown };
        shown.print();
        if goal != Goal::Shown {
            Figure { limit: None, goal, ..shown }.print();
        }
        let name = format!("report with the level below, any unit of {size}, {word}");
        Figure { name: &name, unit: "ms", ours: at(&deep, share), limit: None, goal: Goal::Shown }.print();
    }
    runtime.block_on(hub.stop());
    Ok(())
}

/// The first month and the last.
fn span(months: usize) -> Result<(Month, Month)> {
    let first = Month::from_number(summaries::YEAR * 12).context("a month")?;
    let last = first.number() + i32::try_from(months)? - 1;
    Ok((first, Month::from_number(last).context("a month")?))
}

/// A store in which every unit has its months; and every unit.
fn filled(folder: &Path, units: usize, months: usize) -> Result<(SqliteStore, Vec<UnitId>)> {
    let root = ground::unit(ROOT)?;
    let hubs = units.div_ceil(EACH);
    let hub_unit = |number: usize| ground::unit(&format!("51{:04}000000", number + 1));
    let leaf_unit = |hub: usize, nth: usize| ground::unit(&format!("51{:04}{:03}000", hub + 1, nth + 1));
    let mut entries = vec![Entry::always(root.clone(), "某省", Level::Province, None)];
    for number in 0..hubs {
        entries.push(Entry::always(hub_unit(number)?, "某县", Level::County, Some(root.clone())));
    }
    let mut all: Vec<UnitId> = entries.iter().map(|entry| entry.id.clone()).collect();
    let (ground, mut store) = Ground::found(folder, &root, entries)?;
    let years = ground.years()?;
    let address: HubAddress = "127.0.0.1:9".parse().map_err(|fault| anyhow!("{fault:?}"))?;
    let mut children = Vec::new();
    for number in 0..hubs {
        children.push(ground.enrol(&mut store, Replica::hub(hub_unit(number)?), &address)?);
    }
    let mut leaves = Vec::new();
    for number in 0..units {
        let (hub, nth) = (number / EACH, number % EACH);
        let entry = Entry::always(leaf_unit(hub, nth)?, "某村", Level::Village, Some(hub_unit(hub)?));
        all.push(entry.id.clone());
        leaves.push(entry);
    }
    zhuji_hub::ready(store.change_directory(leaves, &ground::author(), ground::moment()))?;
    for (number, child) in children.iter().enumerate() {
        let below = (0..EACH.min(units - number * EACH)).map(|nth| leaf_unit(number, nth));
        let below: Vec<UnitId> = below.collect::<Result<_>>()?;
        fill(&mut store, child, &years, &below, months)?;
    }
    Ok((store, all))
}

/// One hub below tells of its units.
fn fill(
    store: &mut SqliteStore,
    child: &Identity,
    years: &Years,
    units: &[UnitId],
    months: usize,
) -> Result<()> {
    let key = child.key()?;
    let incarnation = Incarnation(zhuji_protocol::transport::random_bytes());
    let hello = HelloV1 {
        replica: child.replica.clone(),
        hub: None,
        versions: List::first_of([1]),
        capabilities: Capabilities::OURS,
        program: Text::cut("0"),
        process: ProcessId(incarnation.0),
        clock_ms: Utc::now().timestamp_millis(),
        incarnation,
        head: 0,
        down: None,
        extensions: List::new(),
    };
    let peer = child.replica.clone();
    let greet = Asked { peer: peer.clone(), request: effects::Request::Greet(Box::new(hello)) };
    let greeted = zhuji_hub::ready(store.apply(&[greet], ground::moment()))?;
    let welcomed = matches!(greeted.outcomes[..], [Some(Outcome::Greeted(Greeted::Welcome(_)))]);
    ensure!(welcomed, "{peer} is welcome");
    let (mut mark, mut after) = (0, 0);
    let mut cutter = Cutter::default();
    let mut send = |cutter: Cutter, mark: u64| -> Result<()> {
        let Some(batch) = cutter.cut(&peer, incarnation, after, mark, &key) else { return Ok(()) };
        after = batch.through();
        let batch = batch.check(&peer, &[key.public()]).map_err(|fault| anyhow!("{fault}"))?;
        let asked = Asked { peer: peer.clone(), request: effects::Request::Apply(Box::new(batch)) };
        let applied = zhuji_hub::ready(store.apply(&[asked], ground::moment()))?;
        let done = matches!(&applied.outcomes[..],
            [Some(Outcome::Applied(effects::Applied::Done { refused, .. }))] if refused.is_empty());
        ensure!(done, "a batch is taken whole");
        Ok(())
    };
    let (first, _) = span(months)?;
    for (number, unit) in units.iter().enumerate() {
        let bodies = years.folded(number, 0)?;
        for nth in 0..months {
            let (_, body) = &bodies[nth % bodies.len()];
            let month = Month::from_number(first.number() + i32::try_from(nth)?).context("a month")?;
            let key = zhuji_hub::store::onward::summary_key(unit, month, Scope::Subtree);
            mark += 1;
            let item = Item::new(key, 1, mark, body).map_err(|fault| anyhow!("{fault}"))?;
            if let Err(item) = cutter.push(item) {
                send(std::mem::take(&mut cutter), mark)?;
                cutter.push(item).map_err(|_| anyhow!("an item fits an empty batch"))?;
            }
        }
    }
    send(cutter, mark)
}

/// A table with a row for each unit and month, and ten figures in it.
struct Plain {
    db: Connection,
}

impl Plain {
    fn fill(folder: &Path, units: &[UnitId], months: usize) -> Result<Self> {
        let mut db = Connection::open(folder.join("plain.sqlite"))?;
        let columns: Vec<String> = (0..10).map(|nth| format!("f{nth} INTEGER NOT NULL")).collect();
        db.execute_batch(&format!(
            "CREATE TABLE figure (unit TEXT NOT NULL, month INTEGER NOT NULL, {}, PRIMARY KEY (unit, month))
             STRICT, WITHOUT ROWID",
            columns.join(", ")
        ))?;
        let transaction = db.transaction()?;
        {
            let mut insert =
                transaction.prepare("INSERT INTO figure VALUES (?1, ?2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)")?;
            let (first, _) = span(months)?;
            for unit in units {
                for nth in 0..months {
                    insert.execute((unit.as_str(), first.number() + i32::try_from(nth)?))?;
                }
            }
        }
        transaction.commit()?;
        Ok(Self { db })
    }

    fn sum(&self, unit: &UnitId, first: i32, months: i32) -> Result<i64> {
        let mut ask = self.db.prepare_cached(
            "SELECT sum(f0), sum(f1), sum(f2), sum(f3), sum(f4), sum(f5), sum(f6), sum(f7), sum(f8), sum(f9)
               FROM figure WHERE unit = ?1 AND month BETWEEN ?2 AND ?3",
        )?;
        Ok(ask.query_row((unit.as_str(), first, first + months - 1), |row| row.get(9))?)
    }
}
