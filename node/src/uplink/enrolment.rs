//! `enrol`: makes the office a member of the hub that wrote the token.

use crate::context::Context;
use crate::store::uplink::{self, Membership};
use crate::store::{Act, Author, Kind, Store};
use std::collections::BTreeMap;
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::{EnrolmentToken, PublicKey, Replica, ReplicaKey};
use zhuji_protocol::transport::{DialEndpoint, EndpointOptions, enrolment, random_bytes, socket};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::codec;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::published::VouchedKeyV1;

/// Enrols; gives the hub's unit.
///
/// # Errors
/// When the token is wrong, the hub is not reached, or it refuses. Then nothing was changed.
pub fn enrol(token: &str, context: &Context) -> Result<UnitId, Failure> {
    let token = EnrolmentToken::parse(token).map_err(Failure::told)?;
    let mut store = Store::open(context.store_path()?)?;
    let replica = Replica::node(store.office()?.unit);
    token.check_for(&replica).map_err(Failure::told)?;
    let fresh =
        ReplicaKey::from_seed(&random_bytes()).map_err(|error| Failure::Unexpected(Box::new(error)))?;
    let key = store.writing(|db| uplink::newcomer_key(db, fresh))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let enrolled = runtime.block_on(async {
        let endpoint =
            DialEndpoint::open(socket::for_transport(socket::dialling()?)?, &EndpointOptions::default())
                .map_err(Failure::told)?;
        let program = env!("CARGO_PKG_VERSION");
        let enrolled = enrolment::enrol(&endpoint, &token, &key, program, context.now()).await;
        // The hub is told before this process ends; else it waits for us.
        endpoint.close(CloseCode::Done).await;
        enrolled.map_err(Failure::told)
    })?;
    let vouched: Vec<PublicKey> = enrolled
        .vouched
        .iter()
        .filter_map(|bytes| codec::decode::<VouchedKeyV1>(bytes).ok())
        .filter(|vouched| !vouched.revoked)
        .map(|vouched| vouched.key)
        .collect();
    let membership = Membership {
        address: token.address.to_string(),
        hub: enrolled.hub.clone(),
        authority: enrolled.authority,
        certificate: enrolled.certificate,
        key,
    };
    let author = Author { who: context.who(), at: context.now() };
    let change = store.change(&author)?;
    if uplink::membership(&change)?.is_some() {
        // Enrolling anew is the way out for a store that was copied: it goes on in a life that no copy knows.
        uplink::open_next(&change, Incarnation(random_bytes()), context.now().timestamp_millis())?;
    }
    uplink::enrolled(&change, &membership, &vouched)?;
    let hub = enrolled.hub.to_string();
    change.enter(Act::Receive, Kind::Link, &hub, &[("hub", hub.clone())], &BTreeMap::new())?;
    change.commit()?;
    Ok(enrolled.hub)
}
