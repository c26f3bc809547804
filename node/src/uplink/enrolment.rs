//! `enrol`: makes the office a member of the hub that wrote the token.

use super::service::Surroundings;
use crate::context::Context;
use crate::store::uplink::{self, Membership};
use crate::store::{Act, Author, Change, Kind, Store, StoreFault, setting};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use zhuji_protocol::console::{Failure, civil_date};
use zhuji_protocol::identity::{EnrolmentToken, PublicKey, Replica, ReplicaKey};
use zhuji_protocol::link::clock::Heard;
use zhuji_protocol::transport::{DialEndpoint, enrolment};
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
    let mut store = Store::open(context.store_path()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(enrol_from(&mut store, token, &Surroundings::of(context), context.author()))
}

/// The same, from where it is told. Called within a tokio runtime.
///
/// # Errors
/// As [`enrol`].
pub async fn enrol_from(
    store: &mut Store,
    token: &str,
    surroundings: &Surroundings,
    author: Author,
) -> Result<UnitId, Failure> {
    let world = &surroundings.world;
    let token = EnrolmentToken::parse(token).map_err(Failure::told)?;
    let replica = Replica::node(store.office()?.unit);
    token.check_for(&replica).map_err(Failure::told)?;
    let fresh =
        ReplicaKey::from_seed(&world.bytes()).map_err(|error| Failure::Unexpected(Box::new(error)))?;
    let key = store.writing(|db| uplink::newcomer_key(db, fresh))?;
    let endpoint =
        DialEndpoint::open((surroundings.socket)()?, &world.endpoint_options()).map_err(Failure::told)?;
    let program = env!("CARGO_PKG_VERSION");
    let enrolled = enrolment::enrol(&endpoint, &token, &key, program, author.at).await;
    // The hub is told before this process ends; else it waits for us.
    endpoint.close(CloseCode::Done).await;
    let enrolled = enrolled.map_err(Failure::told)?;
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
    let change = store.change(&author)?;
    if uplink::membership(&change)?.is_some() {
        // Enrolling anew is the way out for a store that was copied: it goes on in a life that no copy knows.
        uplink::open_next(&change, Incarnation(world.bytes()), author.at.timestamp_millis())?;
    }
    let heard = Heard { ours: author.at, hubs: enrolled.hub_clock };
    uplink::enrolled(&change, &membership, &vouched, heard)?;
    mend_since(&change, heard)?;
    let hub = enrolled.hub.to_string();
    change.enter(Act::Receive, Kind::Link, &hub, &[("hub", hub.clone())], &BTreeMap::new())?;
    change.commit()?;
    Ok(enrolled.hub)
}

/// An office that was made by a wrong clock begins in the wrong year: by default on its first of January. Now that the hub
/// has told the time, it begins in the right one. A day that somebody chose stays.
fn mend_since(change: &Change<'_>, heard: Heard) -> Result<(), StoreFault> {
    let (wrong, right) = (civil_date(heard.ours).year(), civil_date(heard.corrected(heard.ours)).year());
    let first_of = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    let begins_wrong = wrong != right && Some(setting::office(change)?.since) == first_of(wrong);
    first_of(right).filter(|_| begins_wrong).map_or(Ok(()), |day| setting::mend_since(change, day))
}
