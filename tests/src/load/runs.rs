//! The runs of `zhuji-load`, each of which ends in one object for people to set beside others.

use super::{Cutting, Identity, MemoryReplica, Origin};
use crate::bare::{Counted, counting};
use crate::measure::figure::quantile;
use crate::measure::running;
use anyhow::{Context, Result, anyhow, bail, ensure};
use chrono::{Datelike, Utc};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use zhuji_hub::store::{HubStore, SqliteStore};
use zhuji_protocol::console::civil_date;
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::identity::Role;
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::transport::{UplinkControl, World, socket};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::SummaryV1;
use zhuji_protocol::wire::subkey::Scope;

/// How the rows of an ingest are sent.
#[derive(Clone, Copy, Debug)]
pub struct Ingest {
    /// Rows of each connection.
    pub records: usize,
    /// Rows of a batch.
    pub batch: usize,
    /// Batches that wait for an acknowledgement, of each connection; the link itself allows four.
    pub in_flight: usize,
}

/// Months that a replica tells of; rows beyond that are later revisions of the same months.
const MONTHS: usize = 120;
/// How long a hub may take over a single row, or to let everybody in, before the run is given up.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often the top is looked at.
const LOOK: Duration = Duration::from_millis(1);
/// When the top shows the same for so long, nothing is on its way.
const SETTLED: Duration = Duration::from_secs(3);

struct Line {
    replica: MemoryReplica,
    control: UplinkControl,
}

/// Every connection sends its rows as fast as it is allowed.
///
/// # Errors
/// A hub is not reached, or refuses a row.
pub async fn ingest(identities: &[Identity], how: Ingest) -> Result<Value> {
    let counted = Counted::default();
    let lines = up(identities, &counted).await?;
    let mut marks = Vec::new();
    for line in &lines {
        line.replica.send_ahead(how.in_flight);
        marks.push(line.replica.give(&rows(&line.replica, how.records)?, Cutting::Before(how.batch))?);
    }
    let (sent, received) = (counted.sent(), counted.received());
    let begun = Instant::now();
    for line in &lines {
        line.replica.go();
    }
    for (line, mark) in lines.iter().zip(&marks) {
        line.replica.acknowledged(*mark).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let refused: usize = lines.iter().map(|line| line.replica.progress().borrow().refused).sum();
    let acknowledged = how.records * lines.len() - refused;
    let waits = lines.iter().flat_map(|line| line.replica.take_waits()).collect();
    let answer = json!({
        "run": "ingest",
        "connections": lines.len(),
        "records": how.records,
        "batch": how.batch,
        "in_flight": how.in_flight,
        "seconds": seconds,
        "acknowledged": acknowledged,
        "refused": refused,
        "per_second": acknowledged as f64 / seconds,
    });
    let answer = with_waits(answer, waits, counted.sent() - sent, counted.received() - received);
    down(lines);
    Ok(answer)
}

/// One row at a time from a leaf, until the store of a hub at the top shows it.
///
/// # Errors
/// A row is refused or does not arrive.
pub async fn chain(leaf: &Identity, top: &Path, records: usize) -> Result<Value> {
    let counted = Counted::default();
    let lines = up(std::slice::from_ref(leaf), &counted).await?;
    let line = lines.first().context("one connection")?;
    let (top, today) = (SqliteStore::read(top)?, civil_date(Utc::now()));
    let root = top.identity().await?.replica.unit;
    let shown = || contacts(&top, &root, today);
    let month = Month::of(today);
    let base = usize::try_from(Utc::now().timestamp() % 1_000_000)?;
    // A replica that enrols anew begins another life: until its first row has gone up, older ones still leave the sum.
    send(&line.replica, row(&line.replica, month, base)?).await?;
    let mut before = settled(&shown).await?;
    drop(line.replica.take_waits());
    let (sent, received) = (counted.sent(), counted.received());
    let mut waits = Vec::new();
    let begun = Instant::now();
    for number in 1..=records {
        // One contact more than the row before told of.
        let begun = Instant::now();
        send(&line.replica, row(&line.replica, month, base + number)?).await?;
        while shown().await? != before + 1 {
            ensure!(begun.elapsed() < PATIENCE, "row {number} did not arrive at the top");
            tokio::time::sleep(LOOK).await;
        }
        waits.push(begun.elapsed().as_secs_f64() * 1000.0);
        before += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let answer = json!({ "run": "chain", "records": records, "seconds": seconds, "acknowledged": records });
    let answer = with_waits(answer, waits, counted.sent() - sent, counted.received() - received);
    down(lines);
    Ok(answer)
}

/// Everybody hangs up, and comes back at once.
///
/// # Errors
/// Somebody is not let in again.
pub async fn storm(identities: &[Identity]) -> Result<Value> {
    let counted = Counted::default();
    let replicas: Vec<MemoryReplica> = up(identities, &counted)
        .await?
        .into_iter()
        .map(|line| {
            line.control.stop();
            line.replica
        })
        .collect();
    let (sent, received) = (counted.sent(), counted.received());
    let begun = Instant::now();
    let mut waiting = Vec::new();
    let mut controls = Vec::new();
    for replica in &replicas {
        let before = replica.progress().borrow().opened;
        controls.push(dial(replica, &counted)?);
        let mut progress = replica.progress();
        waiting.push(tokio::spawn(async move {
            let opened = progress.wait_for(|progress| progress.opened > before);
            tokio::time::timeout(PATIENCE, opened).await??;
            anyhow::Ok(begun.elapsed().as_secs_f64() * 1000.0)
        }));
    }
    let mut waits = Vec::new();
    for waited in waiting {
        waits.push(waited.await?.context("somebody was not let in again")?);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let count = replicas.len();
    let answer = json!({
        "run": "storm",
        "connections": count,
        "seconds": seconds,
        "acknowledged": waits.len(),
        "per_second": count as f64 / seconds,
    });
    let answer = with_waits(answer, waits, counted.sent() - sent, counted.received() - received);
    controls.iter().for_each(UplinkControl::stop);
    Ok(answer)
}

async fn send(replica: &MemoryReplica, row: Origin) -> Result<()> {
    let mark = replica.give(&[row], Cutting::OneByOne)?;
    replica.go();
    replica.acknowledged(mark).await?;
    ensure!(replica.progress().borrow().refused == 0, "the leaf's hub refused a row");
    Ok(())
}

/// What is shown once it has stayed the same for a while.
async fn settled<F: Future<Output = Result<i64>>>(shown: impl Fn() -> F) -> Result<i64> {
    let (mut last, mut since) = (shown().await?, Instant::now());
    while since.elapsed() < SETTLED {
        tokio::time::sleep(LOOK).await;
        let now = shown().await?;
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    Ok(last)
}

fn with_waits(mut answer: Value, mut waits_ms: Vec<f64>, sent: u64, received: u64) -> Value {
    waits_ms.sort_by(f64::total_cmp);
    answer["p50_ms"] = json!(quantile(&waits_ms, 0.5));
    answer["p99_ms"] = json!(quantile(&waits_ms, 0.99));
    answer["bytes_sent"] = json!(sent);
    answer["bytes_received"] = json!(received);
    answer
}

async fn up(identities: &[Identity], counted: &Counted) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for identity in identities {
        let replica = MemoryReplica::new(identity.clone())?;
        let control = dial(&replica, counted)?;
        lines.push(Line { replica, control });
    }
    for line in &lines {
        let quiet = tokio::time::timeout(PATIENCE, running::quiet(&line.control)).await;
        quiet.map_err(|_| anyhow!("{} is not served", line.replica.replica()))??;
    }
    Ok(lines)
}

fn dial(replica: &MemoryReplica, counted: &Counted) -> Result<UplinkControl> {
    let endpoint = running::dialler_on(counting(socket::dialler()?, counted))?;
    Ok(running::dial(replica, endpoint, &World::real()))
}

fn down(lines: Vec<Line>) {
    for line in lines {
        line.control.stop();
    }
}

fn rows(replica: &MemoryReplica, count: usize) -> Result<Vec<Origin>> {
    let mut months = vec![Month::of(civil_date(Utc::now()))];
    while months.len() < MONTHS.min(count) {
        let Some(last) = months.last() else { bail!("a month") };
        months.push(last.previous());
    }
    (0..count).map(|number| row(replica, months[number % months.len()], number)).collect()
}

/// A month of the replica's own office, in counts that need no policy; a later number has other figures.
fn row(replica: &MemoryReplica, month: Month, number: usize) -> Result<Origin> {
    let mut summary = Summary::default();
    let more = i64::try_from(number)? + 1;
    summary.stocks.add_count(CountKey::Total(Count::Leaders), 5);
    summary.flows.add_count(CountKey::Total(Count::Contacts), more);
    let made_of = (replica.replica().role == Role::Hub).then(|| Digest::of(&[&number.to_le_bytes()]));
    let body = SummaryV1::encode(&summary, made_of).map_err(|fault| anyhow!("{fault}"))?;
    let key = zhuji_hub::store::onward::summary_key(&replica.replica().unit, month, Scope::Own);
    Ok(Origin { key, body })
}

async fn contacts(top: &SqliteStore, root: &UnitId, today: chrono::NaiveDate) -> Result<i64> {
    let year = today.year().to_string().parse().map_err(|fault| anyhow!("{fault:?}"))?;
    let figures = top.figures(root, 0, year, today).await?;
    Ok(figures.first().map_or(0, |unit| unit.summary.flows.count(&CountKey::Total(Count::Contacts))))
}
