//! `run`: keeps the office's figures up to date and the link up, until it is told to stop.

use super::lock::{self, DaemonLock};
use super::service::{Service, Surroundings};
use crate::context::Context;
use crate::store::{Store, uplink};
use chrono::NaiveDate;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::texts::{Told, text_with};
use zhuji_protocol::transport::{StoreFailed, UplinkControl, UplinkFault};

/// How long a daemon that begins waits for a `sync --once` that is under way; only another daemon holds out longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a store that failed is left alone: soon enough for whoever made room.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

fn locked(store: &Path) -> Result<DaemonLock, Failure> {
    let begun = Instant::now();
    loop {
        match lock::take(store)? {
            Some(lock) => return Ok(lock),
            None if begun.elapsed() < PATIENCE => std::thread::sleep(PATIENCE / 40),
            None => return Err(Failure::told(RunsAlready)),
        }
    }
}

/// Runs the daemon to its end.
///
/// # Errors
/// When a second one is started on the store, or the store or a socket cannot be opened.
pub fn run(context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let store = Store::open(path)?;
    store.ensure_writable()?;
    let _lock = locked(path)?;
    let office = store.office()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let service = Service::start(store, Surroundings::of(context))?;
        let said = text_with(context.language, "daemon-runs", &[("unit", office.unit.to_string())]);
        println!("{said}");
        let stop = async {
            tokio::select! {
                _ = terminate.recv() => Ok(()),
                stopped = tokio::signal::ctrl_c() => stopped,
            }
        };
        keep(&service, stop).await
    })
}

/// Keeps figures and link up until `stop` is through.
///
/// # Errors
/// When the store cannot be read, no socket is given, or `stop` fails.
pub async fn keep(service: &Service, stop: impl Future<Output = io::Result<()>>) -> Result<(), Failure> {
    let failed = |StoreFailed| Failure::told(UplinkFault::Store);
    let replica = Replica::node(service.with(|store| store.office()).await.map_err(failed)?.unit);
    let mut stop = pin!(stop);
    loop {
        let (uplink, control) = service.uplink(replica.clone())?;
        let mut link = pin!(uplink.run());
        let enrolled_anew = tokio::select! {
            biased;
            () = &mut link => return Ok(()),
            () = follow(service, &control) => true,
            stopped = &mut stop => { stopped?; false }
        };
        control.stop();
        link.await;
        if !enrolled_anew {
            return Ok(());
        }
    }
}

/// What the figures were computed from: the store's version and what came down, and the day.
type Seen = ((i64, u64), NaiveDate);

/// Follows the store: computes figures anew when records, what came down or the day changed, and serves those who ask for a sync. Ends
/// when the office was enrolled anew: the link that stands, or the wait of one that was turned away, is of the old key.
async fn follow(service: &Service, control: &UplinkControl) {
    let mut seen: Option<Seen> = None;
    let mut noted: Option<Arc<UplinkFault>> = None;
    let mut enrolled: Option<u32> = None;
    loop {
        let looked = async {
            look(service, control, &mut seen).await?;
            note_if_turned_away(service, control, &mut noted).await?;
            service.with(|store| uplink::enrolments(store.db())).await
        };
        match looked.await {
            Ok(now) if enrolled.is_some_and(|before| before > 0 && now != before) => return,
            Ok(now) => enrolled = Some(now),
            Err(StoreFailed) => {
                // Said in the log; a later look tries again. At every look it would fill the disk that may just be full.
                seen = None;
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        tokio::time::sleep(service.surroundings().look).await;
    }
}

async fn look(
    service: &Service,
    control: &UplinkControl,
    seen: &mut Option<Seen>,
) -> Result<(), StoreFailed> {
    let today = service.today().await?;
    let version = service.version().await?;
    if *seen != Some((version, today)) {
        *seen = Some((version, today));
        service.refresh().await?;
        // Also wakes an uplink that was not enrolled yet.
        control.changed();
        if service.with(|store| uplink::standing(store.db())).await?.wants_sync() {
            control.dial_now();
        }
    }
    if control.status().borrow().quiet {
        service.with(serve_sync).await?;
    }
    Ok(())
}

/// That the hub turns the office away is told of in `status`, and to whoever asked for a sync.
async fn note_if_turned_away(
    service: &Service,
    control: &UplinkControl,
    noted: &mut Option<Arc<UplinkFault>>,
) -> Result<(), StoreFailed> {
    let Some(fault) = control.status().borrow().fault.clone() else { return Ok(()) };
    let Some(code) = fault.turned_away() else { return Ok(()) };
    if !noted.as_ref().is_some_and(|noted| Arc::ptr_eq(noted, &fault)) {
        service.with(move |store| store.writing(|db| uplink::turned_away(db, code))).await?;
        *noted = Some(fault);
    }
    Ok(())
}

/// What came down may have changed what goes up; a sync is served when both are through.
fn serve_sync(store: &mut Store) -> Result<(), crate::store::StoreFault> {
    let standing = uplink::standing(store.db())?;
    let acknowledged = uplink::acknowledged(store.db())?;
    if !standing.wants_sync() || uplink::backlog(store.db(), acknowledged.cursor)? > 0 {
        return Ok(());
    }
    store.writing(|db| {
        let served = uplink::Standing { sync_served_ms: standing.sync_asked_ms, ..uplink::standing(db)? };
        uplink::write_standing(db, &served)
    })
}

#[derive(Debug)]
struct RunsAlready;

impl Told for RunsAlready {
    fn key(&self) -> &'static str {
        "daemon-runs-already"
    }
}
