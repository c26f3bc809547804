//! `enrol`: makes this hub a child of the hub that wrote the token.

use crate::administration::Request;
use crate::context::Context;
use crate::store::HubStore;
use crate::store::sqlite::SqliteStore;
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::EnrolmentToken;
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
    let token = EnrolmentToken::parse(&args.token).map_err(Failure::told)?;
    let identity = {
        let store = SqliteStore::read(context.store_path()?)?;
        crate::ready(store.identity())?
    };
    token.check_for(&identity.replica).map_err(Failure::told)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let enrolled = runtime.block_on(async {
        let endpoint =
            DialEndpoint::open(socket::for_transport(socket::dialling()?)?, &EndpointOptions::default())
                .map_err(Failure::told)?;
        let program = env!("CARGO_PKG_VERSION");
        let enrolled = enrolment::enrol(&endpoint, &token, &identity.key, program, context.now()).await;
        // The hub above is told before this process ends; else it waits for us.
        endpoint.close(CloseCode::Done).await;
        enrolled.map_err(Failure::told)
    })?;
    context.act(&Request::EnrolledAbove {
        address: token.address.to_string(),
        parent: enrolled.hub,
        authority: enrolled.authority.der().to_vec(),
        certificate: enrolled.certificate,
        vouched: enrolled.vouched,
    })
}
