//! `enrol`: makes this hub a child of the hub that wrote the token.

use crate::administration::{NoReply, PrivateKey, Reply, Request};
use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{HubStore, Identity};
use chrono::{DateTime, Utc};
use quinn::AsyncUdpSocket;
use std::sync::Arc;
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::{EnrolmentToken, ReplicaKey};
use zhuji_protocol::transport::{DialEndpoint, EndpointOptions, enrolment, socket};
use zhuji_protocol::wire::close::CloseCode;

/// The token.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// As the hub above printed it.
    token: String,
}

/// Enrols; the running hub dials from then on.
///
/// # Errors
/// When the token is wrong, the hub above is not reached, or it refuses.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let identity = {
        let store = SqliteStore::read(context.store_path()?)?;
        let identity = crate::ready(store.identity())?;
        let token = EnrolmentToken::parse(&args.token).map_err(Failure::told)?;
        token.check_for(&identity.replica).map_err(Failure::told)?;
        identity
    };
    let identity = Identity { key: newcomer_key(context)?, ..identity };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let request = runtime.block_on(async {
        let socket = socket::for_transport(socket::dialling()?)?;
        ask(&args.token, &identity, socket, &EndpointOptions::default(), context.now()).await
    })?;
    context.act(&request)
}

/// Asks the hub above to be let in with the key of `identity`, which is kept already; what comes of it is to be performed.
///
/// # Errors
/// When the token is wrong, the hub above is not reached, or it refuses.
pub async fn ask(
    token: &str,
    identity: &Identity,
    socket: Arc<dyn AsyncUdpSocket>,
    options: &EndpointOptions,
    now: DateTime<Utc>,
) -> Result<Request, Failure> {
    let token = EnrolmentToken::parse(token).map_err(Failure::told)?;
    token.check_for(&identity.replica).map_err(Failure::told)?;
    let endpoint = DialEndpoint::open(socket, options).map_err(Failure::told)?;
    let program = env!("CARGO_PKG_VERSION");
    let enrolled = enrolment::enrol(&endpoint, &token, &identity.key, program, now).await;
    // The hub above is told before this process ends; else it waits for us.
    endpoint.close(CloseCode::Done).await;
    let enrolled = enrolled.map_err(Failure::told)?;
    Ok(Request::EnrolledAbove {
        address: token.address.to_string(),
        parent: enrolled.hub,
        authority: enrolled.authority.der().to_vec(),
        certificate: enrolled.certificate,
        vouched: enrolled.vouched,
    })
}

/// The key to enrol with, kept before the hub above is asked: if its answer is lost, it gives it again to the same key and
/// to no other. It is not the key that this hub's children know.
fn newcomer_key(context: &Context) -> Result<ReplicaKey, Failure> {
    let unexpected = |fault| Failure::Unexpected(Box::new(fault));
    let fresh = ReplicaKey::from_seed(&context.random()).map_err(unexpected)?;
    let kept = context.ask(&Request::KeepNewcomerKey { fresh: PrivateKey(fresh.pkcs8().to_vec()) })?;
    let Reply::Key(PrivateKey(pkcs8)) = kept else { return Err(Failure::told(NoReply)) };
    ReplicaKey::from_pkcs8(&pkcs8).map_err(unexpected)
}
