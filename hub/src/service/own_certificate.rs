//! The hub's own certificate, under its own authority, is renewed while it runs: from half-life, for the same key.
//!
//! The key stays: it signs what goes down, and a child takes only batches signed by the key that its link showed. Children
//! believe the hub by its authority, pinned when they enrolled, so they need not be told of another certificate.

use super::Service;
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, Effects, HubStore, Identity, Moment, StoreFault};
use std::sync::Arc;
use std::time::Duration;
use zhuji_protocol::identity::{PeerCertificate, check_peer};
use zhuji_protocol::transport::{Credentials, HubEndpoint};

/// How often it is looked at whether it is due. Wall clocks jump, so nobody sleeps through.
const LOOK: Duration = Duration::from_secs(6 * 3600);

/// Runs until the hub stops.
pub(super) async fn run(service: Service, endpoint: Arc<HubEndpoint>) {
    loop {
        let renewed = service
            .committer
            .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
                Box::pin(async move {
                    match renew_in_time(store, moment).await {
                        Ok((renewed, effects)) => (Ok(renewed), effects),
                        Err(fault) => (Err(fault), Effects::default()),
                    }
                })
            })
            .await;
        match renewed {
            Ok(Ok(Some(credentials))) => match endpoint.renew(&credentials) {
                Ok(()) => tracing::info!("the hub's own certificate was renewed"),
                Err(fault) => tracing::error!(%fault, "the hub's renewed certificate cannot be shown"),
            },
            Ok(Ok(None)) => {}
            Ok(Err(fault)) => tracing::error!(%fault, "the hub's own certificate was not renewed"),
            Err(_stopping) => return,
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What to show from now on; `None`: the present certificate is not due.
async fn renew_in_time<S: HubStore>(
    store: &mut S,
    moment: Moment,
) -> Result<(Option<Credentials>, Effects), StoreFault> {
    let identity = store.identity().await?;
    let now = moment.now.max(identity.latest);
    let shown = check_peer(identity.authority.certificate(), &identity.certificate).ok();
    if shown.is_some_and(|shown| now < renewal_at(&identity, &shown)) {
        return Ok((None, Effects::default()));
    }
    let issued = identity.authority.issue(&identity.replica, &identity.key.public(), moment.serial(), now);
    let certificate = issued.map_err(|fault| StoreFault::Database(Box::new(fault)))?;
    let author = Author { who: identity.replica.to_string(), at: moment.now };
    let effects = store.renew_own_key(&identity.key, certificate.clone(), &author, moment).await?;
    let authority = identity.authority.certificate().clone();
    Ok((Some(Credentials { key: identity.key, certificate, authority }), effects))
}

/// The key is random, so its id spreads renewals.
fn renewal_at(identity: &Identity, shown: &PeerCertificate) -> chrono::DateTime<chrono::Utc> {
    let [low, high, ..] = *identity.key.public().id().as_bytes();
    shown.validity.renewal_at(u16::from_le_bytes([low, high]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::tests::{Hub, noon, now, seed_of};
    use chrono::TimeDelta;

    #[test]
    fn it_is_renewed_from_half_life_for_the_same_key_and_shown_again_after_a_restart() {
        let mut hub = Hub::county();
        let at = |days| Moment { now: noon() + TimeDelta::days(days), seed: seed_of("renewal") };
        let renewed =
            |hub: &mut Hub, days| now(renew_in_time(&mut hub.store, at(days))).expect("looked at").0;
        let before = now(hub.store.identity()).expect("read");
        assert!(renewed(&mut hub, 80).is_none(), "before half-life");
        let credentials = renewed(&mut hub, 120).expect("after half-life and all jitter");
        assert_eq!(credentials.key.id(), before.key.id());
        let until = credentials.own().expect("under the same authority").validity.not_after;
        assert!(until > noon() + TimeDelta::days(299));
        assert_eq!(now(hub.store.identity()).expect("read").certificate, credentials.certificate);
        assert!(renewed(&mut hub, 121).is_none(), "once");
        // One that ran out while the machine was off, and even one whose clock has fallen back since.
        assert!(renewed(&mut hub, 4000).is_some());
        assert!(renewed(&mut hub, -9000).is_none(), "the store knows a later time than the clock");
    }
}
