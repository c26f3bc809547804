//! `sync --once`: one exchange with the hub, by this process or by the daemon that runs.

use super::lock;
use super::service::{Service, Surroundings};
use crate::context::Context;
use crate::store::{Store, StoreFault, uplink};
use std::time::{Duration, Instant};
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::texts::Told;
use zhuji_protocol::transport::{StoreFailed, UplinkFault};
use zhuji_protocol::wire::close::CloseCode;

/// How long the running daemon is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How often what came down may change what goes up: a policy arrives, then figures by it.
const ROUNDS: usize = 3;

/// Syncs.
///
/// # Errors
/// When the office is not enrolled, or the hub is not reached or turns the office away.
pub fn sync(context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let mut store = Store::open(path)?;
    if uplink::membership(store.db())?.is_none() {
        return Err(Failure::told(UplinkFault::NotEnrolled));
    }
    store.ensure_writable()?;
    match lock::take(path)? {
        Some(lock) => {
            let done = by_ourselves(store, context);
            drop(lock);
            done
        }
        None => by_the_daemon(&mut store, context),
    }
}

fn by_ourselves(store: Store, context: &Context) -> Result<(), Failure> {
    let replica = Replica::node(store.office()?.unit);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let failed = |StoreFailed| Failure::told(UplinkFault::Store);
        let service = Service::start(store, Surroundings::of(context))?;
        service.refresh().await.map_err(failed)?;
        for _ in 0..ROUNDS {
            let (link, _) = service.uplink(replica.clone())?;
            if let Err(fault) = link.sync_once().await {
                if let Some(code) = fault.turned_away() {
                    let noted = service.with(move |store| store.writing(|db| uplink::turned_away(db, code)));
                    noted.await.map_err(failed)?;
                }
                return Err(Failure::told(fault));
            }
            if !service.refresh().await.map_err(failed)? {
                break;
            }
        }
        Ok(())
    })
}

fn by_the_daemon(store: &mut Store, context: &Context) -> Result<(), Failure> {
    let clock_ms = context.now().timestamp_millis();
    let asked_ms = store.writing(|db| {
        let standing = uplink::standing(db)?;
        // Later than every asking before, even if the clock has gone back since.
        let asked_ms = clock_ms.max(standing.sync_asked_ms.saturating_add(1));
        uplink::write_standing(db, &uplink::Standing { sync_asked_ms: asked_ms, ..standing })?;
        Ok(asked_ms)
    })?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let standing = uplink::standing(store.db())?;
        if standing.sync_served_ms >= asked_ms {
            return match standing.turned_away {
                Some(code) => Err(Failure::told(CloseCode::from_number(code))),
                None => Ok(()),
            };
        }
        std::thread::sleep(LOOK);
    }
    Err(Failure::told(NotServed))
}

#[derive(Debug)]
struct NotServed;

impl Told for NotServed {
    fn key(&self) -> &'static str {
        "sync-not-served"
    }
}

/// Whether what is to be sent waits for the hub: for `status`.
///
/// # Errors
/// When the store cannot be read.
pub fn backlog(store: &Store) -> Result<u64, StoreFault> {
    uplink::backlog(store.db(), uplink::acknowledged(store.db())?.cursor)
}
