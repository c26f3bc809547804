//! `run`: keeps the office's figures up to date and the link up, until it is told to stop.

use super::lock::DaemonLock;
use super::service::Service;
use crate::context::Context;
use crate::store::{Store, uplink};
use chrono::NaiveDate;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::texts::{Told, text_with};
use zhuji_protocol::transport::{StoreFailed, UplinkControl, World};

/// How soon a change made by a command is seen.
const LOOK: Duration = Duration::from_millis(250);

/// Runs the daemon to its end.
///
/// # Errors
/// When a second one is started on the store, or the store or a socket cannot be opened.
pub fn run(context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let store = Store::open(path)?;
    let _lock = DaemonLock::take(path)?.ok_or_else(|| Failure::told(RunsAlready))?;
    let office = store.office()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let service = Service::start(store, World::real())?;
        let (uplink, control) = service.uplink(Replica::node(office.unit.clone()))?;
        let said = text_with(context.language, "daemon-runs", &[("unit", office.unit.to_string())]);
        println!("{said}");
        let mut link = std::pin::pin!(uplink.run());
        tokio::select! {
            () = &mut link => {}
            () = follow(&service, &control, context) => {}
            _ = terminate.recv() => {}
            stopped = tokio::signal::ctrl_c() => stopped?,
        }
        control.stop();
        link.await;
        Ok(())
    })
}

/// Follows the store: computes figures anew when records or the day changed, and serves those who ask for a sync.
async fn follow(service: &Service, control: &UplinkControl, context: &Context) {
    let mut seen: Option<(i64, NaiveDate)> = None;
    loop {
        if let Err(StoreFailed) = look(service, control, context, &mut seen).await {
            // Said in the log; the next look tries again.
            seen = None;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(
    service: &Service,
    control: &UplinkControl,
    context: &Context,
    seen: &mut Option<(i64, NaiveDate)>,
) -> Result<(), StoreFailed> {
    let today = context.today();
    let version = service.with(|store| store.data_version()).await?;
    if *seen != Some((version, today)) {
        *seen = Some((version, today));
        service.refresh(today).await?;
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
