//! A newcomer with a token: judged, let in, and all of that committed before it is answered.

use super::Service;
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, Effects, Enrolled, HubStore, Moment, StoreFault};
use quinn::Connection;
use tokio::time::Instant;
use zhuji_protocol::identity::{EnrolRefusal, Replica, judge_enrolment};
use zhuji_protocol::transport::enrolment::{Admitted, EnrolFault, EnrolmentRequest, serve_enrolment};
use zhuji_protocol::wire::codec;
use zhuji_protocol::wire::published::VouchedKeyV1;

pub(super) async fn serve(service: &Service, connection: &Connection) {
    let from = connection.remote_address();
    let served = serve_enrolment(connection, service.world.now(), |request| async move {
        if let Some(seconds) = service.guesses.to_wait(from.ip(), Instant::now()) {
            return Err(EnrolRefusal::Busy { seconds });
        }
        let admitted = service
            .committer
            .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
                Box::pin(async move {
                    match admit(store, request, moment).await {
                        Ok((admitted, effects)) => (Ok(admitted), effects),
                        Err(refusal) => (Err(refusal), Effects::default()),
                    }
                })
            })
            .await;
        admitted.unwrap_or(Err(EnrolRefusal::HubFault))
    });
    match served.await {
        Ok(replica) => {
            service.links.enrolled(&replica);
            tracing::info!(%replica, "enrolled");
        }
        Err(EnrolFault::Refused(EnrolRefusal::Busy { .. })) => {
            tracing::debug!(%from, "a newcomer from where many wrong tokens came was told to come again");
        }
        Err(fault) => {
            tracing::warn!(%from, %fault, "a newcomer was not enrolled");
            if is_a_guess(&fault) && service.guesses.wrong(from.ip(), Instant::now()) {
                tracing::warn!(%from, "MANY WRONG TOKENS: nobody from there is listened to for some minutes");
            }
        }
    }
}

/// Whether it may have been a try at somebody else's token.
fn is_a_guess(fault: &EnrolFault) -> bool {
    let EnrolFault::Refused(refusal) = fault else { return false };
    matches!(
        refusal,
        EnrolRefusal::UnknownToken
            | EnrolRefusal::UsedToken
            | EnrolRefusal::OtherUnit
            | EnrolRefusal::OtherRole
            | EnrolRefusal::BadRequest
    )
}

async fn admit(
    store: &mut SqliteStore,
    request: EnrolmentRequest,
    moment: Moment,
) -> Result<(Admitted, Effects), EnrolRefusal> {
    let fault = |fault: StoreFault| {
        tracing::error!(%fault, "a newcomer could not be let in");
        EnrolRefusal::HubFault
    };
    let hash = request.secret.hash();
    let identity = store.identity().await.map_err(fault)?;
    let now = moment.now.max(identity.latest);
    let token = store.token(&hash).await.map_err(fault)?;
    let standing = store.standing(&request.replica).await.map_err(fault)?.filter(|_| token.is_some());
    if let Some(refusal) = standing.filter(|standing| standing.bars_tokens()) {
        return Err(refusal.refuses_certificate().unwrap_or(EnrolRefusal::NotAChild));
    }
    let admission = judge_enrolment(token.as_ref(), &request.replica, &request.key.id(), now)?;
    let certificate =
        identity.authority.issue(&request.replica, &request.key, moment.serial(), now).map_err(|fault| {
            tracing::error!(%fault, "a certificate could not be issued");
            EnrolRefusal::HubFault
        })?;
    let enrolled = Enrolled {
        token: hash,
        replica: request.replica.clone(),
        key: request.key,
        certificate: certificate.clone(),
        admission,
    };
    let author = Author::of_link(&request.replica, moment.now);
    let effects = store.enrol(enrolled, &author, moment).await.map_err(fault)?;
    // Its own key; those above come down the link, vouched for one by one.
    let own = VouchedKeyV1 {
        replica: Replica::hub(identity.replica.unit.clone()),
        key: identity.key.public(),
        revoked: false,
    };
    let vouched = codec::encode(&own).map_err(|_| EnrolRefusal::HubFault)?;
    let admitted = Admitted {
        certificate,
        authority: identity.authority.certificate().clone(),
        hub: identity.replica.unit,
        vouched: vec![vouched],
    };
    Ok((admitted, effects))
}
