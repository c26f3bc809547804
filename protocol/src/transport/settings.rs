//! Every setting of the transport, each with its reason. quinn's defaults leave a connection's window unlimited and
//! its streams at a hundred, which lets a peer pin memory by the gigabyte.

use super::bounds::Bounds;
use super::fault::EndpointFault;
use crate::identity::ReplicaKey;
use aws_lc_rs::{digest, hmac};
use quinn::{Connection, EndpointConfig, IdleTimeout, ServerConfig, TransportConfig, VarInt};
use quinn_proto::HashedConnectionIdGenerator;
use std::sync::Arc;
use std::time::Duration;

/// A silent peer is given up on: after three keep-alives were lost, and before a person wonders.
const IDLE: Duration = Duration::from_secs(75);
/// Address translators forget a silent UDP flow after 30 s. Only the dialler keeps alive: a hub with 30,000 children
/// would do nothing else.
const KEEP_ALIVE: Duration = Duration::from_millis(17_500);
/// Spreads keep-alives of children that came back together.
const KEEP_ALIVE_JITTER: Duration = Duration::from_secs(5);
/// Control and state, mail and bulk later, and as many again while they are being replaced.
const STREAMS: u32 = 8;
/// One frame of state fits in; a stream that is not read stops here.
const STREAM_WINDOW: u32 = 256 << 10;
/// What one peer can make us hold.
const CONNECTION_WINDOW: u32 = 1 << 20;
/// What a caller can make a hub hold that has not been greeted: a hello has less than half of it.
const UNGREETED_WINDOW: u32 = 64 << 10;
/// What we hold for a peer that does not acknowledge.
const SEND_WINDOW: u64 = 1 << 20;
/// Callers that wait to be looked at, what each and what all may have sent before that.
const MAX_INCOMING: usize = 4096;
const INCOMING_BYTES: u64 = 64 << 10;
const ALL_INCOMING_BYTES: u64 = 16 << 20;
/// A handshake waits for a round trip, some tens of milliseconds, and computes for about two.
const HANDSHAKES_PER_CORE: usize = 16;

/// What differs from machine to machine, and from simulation to the world.
#[derive(Clone, Debug)]
pub struct EndpointOptions {
    /// Hand the system several packets at once. Some network cards and virtual machines lose them: then off.
    pub segmentation_offload: bool,
    /// What the endpoint's own randomness is seeded with; `None` takes the system's.
    pub rng_seed: Option<[u8; 32]>,
    /// The replica's own random number: where in the jitter its keep-alives fall.
    pub draw: u16,
    /// How many callers may be in their handshake at once.
    pub handshakes: usize,
    /// What callers share.
    pub bounds: Bounds,
}

impl Default for EndpointOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            segmentation_offload: true,
            rng_seed: None,
            draw: 0,
            handshakes: cores * HANDSHAKES_PER_CORE,
            bounds: Bounds::default(),
        }
    }
}

/// A hub's endpoint. Its resets are keyed by its own key: after a restart it can tell its children at once that their
/// connections are gone, instead of leaving each to find out by silence.
pub(super) fn listening_endpoint(
    options: &EndpointOptions,
    key: &ReplicaKey,
) -> Result<EndpointConfig, EndpointFault> {
    let seed = key.seed().ok_or_else(|| EndpointFault::tls("the key gives no seed"))?;
    let reset_key = hmac::Key::new(hmac::HMAC_SHA256, &derived(b"zhuji stateless reset 1", &seed));
    let [a, b, c, d, e, f, g, h, ..] = derived(b"zhuji connection ids 1", &seed);
    let ids = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let mut config = EndpointConfig::new(Arc::new(reset_key));
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(ids)));
    config.rng_seed(options.rng_seed);
    Ok(config)
}

/// A dialler's endpoint.
pub(super) fn dialling_endpoint(options: &EndpointOptions) -> EndpointConfig {
    let mut config = EndpointConfig::default();
    config.rng_seed(options.rng_seed);
    config
}

/// What a hub grants and bears.
pub(super) fn listening(config: &mut ServerConfig, options: &EndpointOptions) {
    let mut transport = common(options);
    transport.max_concurrent_bidi_streams(STREAMS.into());
    transport.receive_window(UNGREETED_WINDOW.into());
    config
        .transport_config(Arc::new(transport))
        .max_incoming(MAX_INCOMING)
        .incoming_buffer_size(INCOMING_BYTES)
        .incoming_buffer_size_total(ALL_INCOMING_BYTES)
        .migration(true);
}

/// What a hub grants more, once it has greeted.
pub(super) fn greeted(connection: &Connection) {
    connection.set_receive_window(CONNECTION_WINDOW.into());
}

/// What a dialler grants; hubs open no streams.
pub(super) fn dialling(options: &EndpointOptions) -> Arc<TransportConfig> {
    let mut transport = common(options);
    transport.max_concurrent_bidi_streams(0u32.into());
    let jitter = KEEP_ALIVE_JITTER * u32::from(options.draw) / u32::from(u16::MAX);
    transport.keep_alive_interval(Some(KEEP_ALIVE + jitter));
    Arc::new(transport)
}

fn common(options: &EndpointOptions) -> TransportConfig {
    let idle = u32::try_from(IDLE.as_millis()).map_or(VarInt::MAX, VarInt::from_u32);
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_uni_streams(0u32.into())
        .stream_receive_window(STREAM_WINDOW.into())
        .receive_window(CONNECTION_WINDOW.into())
        .send_window(SEND_WINDOW)
        .max_idle_timeout(Some(IdleTimeout::from(idle)))
        .keep_alive_interval(None)
        .datagram_receive_buffer_size(None)
        .ack_frequency_config(None)
        .enable_segmentation_offload(options.segmentation_offload);
    transport
}

fn derived(purpose: &[u8], seed: &[u8; 32]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(purpose);
    context.update(seed);
    let mut key = [0; 32];
    key.copy_from_slice(context.finish().as_ref());
    key
}
