//! The bare program's listening end.

use super::client::BareClient;
use super::message::Message;
use super::store::BareStore;
use anyhow::{Context, Result, ensure};
use quinn::{AsyncUdpSocket, Connection, RecvStream};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zhuji_protocol::identity::PublicKey;
use zhuji_protocol::transport::{Arrival, Credentials, EndpointOptions, HubEndpoint};
use zhuji_protocol::wire::close::CloseCode;

/// Whether each message carries a signature that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// One Ed25519 signature a message, made by the sender and checked by the receiver.
    Yes,
    /// Neither made nor checked.
    No,
}

/// What it takes.
pub struct Parts<'a> {
    /// Where callers come in.
    pub socket: Arc<dyn AsyncUdpSocket>,
    /// What it shows, and whom it believes.
    pub credentials: &'a Credentials,
    /// Its file.
    pub file: &'a Path,
    /// Whether it checks signatures.
    pub signed: Signed,
    /// The next link of a chain.
    pub next: Option<BareClient>,
}

/// A running bare program.
#[derive(Debug)]
pub struct BareHub {
    endpoint: Arc<HubEndpoint>,
    accepting: JoinHandle<()>,
    writer: std::thread::JoinHandle<()>,
}

impl BareHub {
    /// Starts. Called within a tokio runtime.
    ///
    /// # Errors
    /// Socket, key or file cannot be used.
    pub fn start(parts: Parts<'_>) -> Result<Self> {
        let endpoint = HubEndpoint::open(parts.socket, parts.credentials, EndpointOptions::default())
            .map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let endpoint = Arc::new(endpoint);
        let (store, writer) = BareStore::start(parts.file)?;
        let (signed, next) = (parts.signed, parts.next);
        let accepting = {
            let endpoint = endpoint.clone();
            tokio::spawn(async move {
                while let Some(handshake) = endpoint.accept().await {
                    let (store, next) = (store.clone(), next.clone());
                    tokio::spawn(async move {
                        if let Ok(Arrival::Link { connection, peer, mut guest }) = handshake.finish().await {
                            // The same windows as a link that was greeted.
                            guest.greeted(&connection);
                            // A caller that left is no fault of ours.
                            let _left = serve(&connection, peer.public_key, &store, signed, next).await;
                        }
                    });
                }
            })
        };
        Ok(Self { endpoint, accepting, writer })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The socket does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.endpoint.local_addr()?)
    }

    /// How many connections stand.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.endpoint.connections()
    }

    /// Stops, and waits for the last commit.
    pub async fn stop(self) {
        self.endpoint.close(CloseCode::ShuttingDown).await;
        self.accepting.abort();
        let _ended = self.accepting.await;
        let writer = self.writer;
        let _joined = tokio::task::spawn_blocking(move || writer.join()).await;
    }
}

/// One caller: each message is handed to the writer as it comes, and answered after its commit, in order.
async fn serve(
    connection: &Connection,
    sender: PublicKey,
    store: &BareStore,
    signed: Signed,
    next: Option<BareClient>,
) -> Result<()> {
    let (mut outgoing, mut incoming) = connection.accept_bi().await?;
    let (queue, mut waiting) = mpsc::unbounded_channel::<(Message, tokio::sync::oneshot::Receiver<()>)>();
    let answering = tokio::spawn(async move {
        let mut count = 0u64;
        while let Some((message, committed)) = waiting.recv().await {
            committed.await?;
            if let Some(next) = &next {
                next.send(&message).await?;
            }
            count += 1;
            outgoing.write_all(&count.to_le_bytes()).await?;
        }
        anyhow::Ok(())
    });
    let forwards = connection.clone();
    while let Some(message) = read(&mut incoming, &sender, signed).await? {
        let kept = message.clone();
        queue.send((kept, store.put(message)))?;
    }
    drop(queue);
    let answered = answering.await?;
    drop(forwards);
    answered
}

/// Message lengths that the bare program takes: as long as a frame of the product's state stream, and a little.
const MOST: usize = 512 << 10;

async fn read(stream: &mut RecvStream, sender: &PublicKey, signed: Signed) -> Result<Option<Message>> {
    let mut head = [0; 4];
    if stream.read_exact(&mut head).await.is_err() {
        return Ok(None);
    }
    let length = u32::from_le_bytes(head) as usize;
    ensure!(length <= MOST, "a message of {length} bytes");
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    if signed == Signed::Yes {
        let (_, signature) = bytes.split_last_chunk::<64>().context("no signature")?;
        let signature = *signature;
        bytes.truncate(length - signature.len());
        ensure!(sender.verifies(&bytes, &signature), "the signature does not hold");
    }
    Ok(Some(Message::received(bytes)))
}

impl std::fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("signed", &self.signed).finish_non_exhaustive()
    }
}
