//! What a commit means for links that did not ask: those with something to send are woken, and after a change of the
//! territory the rows that were refused are asked for again.

use super::Service;
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Effects, HubStore, Moment};
use tokio::sync::mpsc;
use zhuji_protocol::identity::{Replica, Role};
use zhuji_protocol::wire::close::CloseCode;

pub(super) async fn run(service: Service, mut effects: mpsc::UnboundedReceiver<Effects>) {
    while let Some(effects) = effects.recv().await {
        for replica in &effects.to_wake {
            match service.links.of(replica) {
                Some(link) => link.changed(),
                // The hub above is no link of ours, but our uplink.
                None => service.uplink.changed(),
            }
        }
        if effects.territory_changed {
            for replica in service.links.up() {
                service.ask_again_soon(replica);
            }
        }
        for replica in effects.forks {
            service.put_out_copied(&replica);
        }
    }
}

impl Service {
    /// Two stores speak as one replica: told in the log, and whichever of them is connected is put out.
    fn put_out_copied(&self, replica: &Replica) {
        tracing::error!(%replica, "TWO STORES SPEAK AS ONE REPLICA: both are kept out until the one that is right is enrolled anew");
        self.links.close(replica, CloseCode::Fork);
    }

    /// Processes that were replaced keep coming back: noted in the store, which keeps both out from then on.
    pub(super) fn fork_found(&self, replica: Replica) {
        let service = self.clone();
        tokio::spawn(async move {
            let noted = service
                .committer
                .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
                    Box::pin(async move {
                        match store.fork_found(&replica, moment).await {
                            Ok(effects) => (Ok(()), effects),
                            Err(fault) => (Err(fault), Effects::default()),
                        }
                    })
                })
                .await;
            if let Ok(Err(fault)) = noted {
                tracing::error!(%fault, "that a replica was copied could not be noted");
            }
        });
    }

    /// Asks a child again for what was refused and would be judged otherwise now. An office whose first month is another
    /// one now, since the directory moved it while its link stood, greets anew: it sends what the greeting asks for.
    pub(super) fn ask_again_soon(&self, replica: Replica) {
        let service = self.clone();
        tokio::spawn(async move {
            let Some(link) = service.links.of(&replica) else { return };
            if replica.role == Role::Node
                && let Some(from_month) = service.reader.first_month_of(replica.clone()).await
                && let Some(link) = service.links.told_otherwise(&replica, from_month)
            {
                // It dials again within a second.
                link.close(CloseCode::ShuttingDown);
                return;
            }
            if !service.reader.may_ask_again(replica.clone()).await {
                return;
            }
            let asked = service
                .committer
                .act(move |store: &mut SqliteStore, _: Moment| -> Doing<'_, _> {
                    Box::pin(async move { (store.ask_again(&replica).await, Effects::default()) })
                })
                .await;
            match asked {
                Ok(Ok(keys)) if !keys.is_empty() => link.ask_again(keys),
                Ok(Ok(_)) | Err(_) => {}
                Ok(Err(fault)) => tracing::error!(%fault, "refused rows could not be looked up"),
            }
        });
    }
}
