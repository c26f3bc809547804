//! Who gets through the handshake, and what each end learns of the other.

use super::{Hub, dialler, key, noon, silent_address, unit};
use crate::identity::{CertificateFault, Replica};
use crate::transport::tls;
use crate::transport::{Arrival, Credentials, DialFault, HandshakeFault};
use crate::wire::close::CloseCode;
use chrono::TimeDelta;
use quinn::{ClientConfig, ConnectionError};
use std::sync::Arc;

const COUNTY: &str = "430981000000";
const TOWNSHIP: &str = "430981101000";

fn close_code(error: &ConnectionError) -> Option<CloseCode> {
    match error {
        ConnectionError::ApplicationClosed(close) => {
            u32::try_from(close.error_code.into_inner()).ok().map(CloseCode::from_number)
        }
        _ => None,
    }
}

#[tokio::test]
async fn both_ends_learn_who_the_other_is() {
    let hub = Hub::start(COUNTY, 10);
    let child = hub.child(TOWNSHIP, 50, noon());
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &child), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    let _connection = dialled.expect("connected");
    let Ok(Arrival::Link { peer, .. }) = arrived else { panic!("no link: {arrived:?}") };
    assert_eq!(peer.replica, Replica::node(unit(TOWNSHIP)));
    assert_eq!(peer.public_key, key(50).public());
}

#[tokio::test]
async fn an_expired_certificate_still_connects() {
    let hub = Hub::start(COUNTY, 10);
    let child = hub.child(TOWNSHIP, 50, noon() - TimeDelta::days(4000));
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &child), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    let _connection = dialled.expect("connected");
    let Ok(Arrival::Link { peer, .. }) = arrived else { panic!("no link: {arrived:?}") };
    assert!(!peer.validity.holds_at(noon()));
}

#[tokio::test]
async fn a_hub_turns_away_certificates_of_another_authority() {
    let (hub, other) = (Hub::start(COUNTY, 10), Hub::start("430922000000", 20));
    let foreign = other.child(TOWNSHIP, 50, noon());
    // It believes the hub, but holds a certificate that this hub never issued.
    let mixed = Credentials { authority: hub.authority.certificate().clone(), ..foreign };
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &mixed), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    assert!(matches!(arrived, Err(HandshakeFault::Broken(_))), "{arrived:?}");
    // The dialler's own handshake ends before the hub has judged it: the refusal comes right after.
    let told = match dialled {
        Ok(connection) => DialFault::from(connection.closed().await),
        Err(fault) => fault,
    };
    assert!(matches!(told, DialFault::Unwelcome), "{told}");
}

#[tokio::test]
async fn a_dialler_turns_away_a_hub_of_another_authority_and_another_unit() {
    let (hub, other) = (Hub::start(COUNTY, 10), Hub::start("430922000000", 20));
    let dialler = dialler();
    let serve = async |hub: &Hub| {
        while let Some(caller) = hub.listener.accept().await {
            let _refused = caller.finish().await;
        }
    };
    let county = unit(COUNTY);
    let child = other.child(TOWNSHIP, 50, noon());
    let address = hub.address();
    let foreign = tokio::select! {
        outcome = dialler.dial(&address, &county, &child) => outcome,
        () = serve(&hub) => panic!("closed"),
    };
    assert!(matches!(foreign, Err(DialFault::OtherHub(CertificateFault::ForeignAuthority))), "{foreign:?}");
    let address = other.address();
    let elsewhere = tokio::select! {
        outcome = dialler.dial(&address, &county, &child) => outcome,
        () = serve(&other) => panic!("closed"),
    };
    assert!(
        matches!(elsewhere, Err(DialFault::OtherHub(CertificateFault::OtherReplica { .. }))),
        "{elsewhere:?}"
    );
}

#[tokio::test]
async fn a_caller_without_a_certificate_gets_no_link() {
    let hub = Hub::start(COUNTY, 10);
    let authority = hub.authority.certificate();
    let config =
        tls::nameless_link_client(authority, Replica::hub(hub.unit.clone())).expect("a configuration");
    let endpoint = quinn::Endpoint::client("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = hub.listener.local_addr().expect("bound");
    let connecting = endpoint.connect_with(ClientConfig::new(Arc::new(config)), address, "hub.zhuji");
    let (connection, arrived) = tokio::join!(connecting.expect("begun"), async {
        hub.listener.accept().await.expect("a caller").finish().await
    });
    assert!(matches!(arrived, Err(HandshakeFault::Nameless)), "{arrived:?}");
    let closed = connection.expect("the handshake itself is in order").closed().await;
    assert_eq!(close_code(&closed), Some(CloseCode::UnknownReplica), "{closed}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_address_is_given_up_on() {
    let (_silent, address) = silent_address();
    let hub = Hub::start(COUNTY, 10);
    let outcome = dialler().dial(&address, &unit(COUNTY), &hub.child(TOWNSHIP, 50, noon())).await;
    assert!(matches!(outcome, Err(DialFault::NoAnswer)), "{outcome:?}");
}

#[tokio::test]
async fn no_session_is_ever_resumed() {
    let hub = Hub::start(COUNTY, 10);
    let child = hub.child(TOWNSHIP, 50, noon());
    let dialler = dialler();
    let (address, county) = (hub.address(), unit(COUNTY));
    for _ in 0..2 {
        let (dialled, arrived) = tokio::join!(dialler.dial(&address, &county, &child), async {
            hub.listener.accept().await.expect("a caller").finish().await
        });
        dialled.expect("connected").close(0u32.into(), &[]);
        // A resumed session would show no certificate of its own.
        assert!(matches!(arrived, Ok(Arrival::Link { .. })), "{arrived:?}");
    }
}
