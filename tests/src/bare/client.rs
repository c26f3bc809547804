//! The bare program's dialling end.

use super::message::{Message, length};
use super::server::Signed;
use anyhow::{Context, Result, anyhow};
use quinn::{Connection, RecvStream, SendStream};
use std::sync::Arc;
use tokio::sync::Mutex;
use zhuji_protocol::identity::{HubAddress, ReplicaKey};
use zhuji_protocol::transport::{Credentials, DialEndpoint};
use zhuji_protocol::unit::UnitId;

/// A connection to a bare program. Copies share it.
#[derive(Clone, Debug)]
pub struct BareClient {
    connection: Connection,
    key: Arc<ReplicaKey>,
    signed: Signed,
    outgoing: Arc<Mutex<SendStream>>,
    incoming: Arc<Mutex<RecvStream>>,
}

impl BareClient {
    /// Connects.
    ///
    /// # Errors
    /// The other end is not there, or does not know us.
    pub async fn dial(
        endpoint: &DialEndpoint,
        address: &HubAddress,
        hub: &UnitId,
        credentials: Credentials,
        signed: Signed,
    ) -> Result<Self> {
        let connection = endpoint
            .dial(address, hub, &credentials)
            .await
            .map_err(|fault| anyhow!("the bare program is not reached: {fault}"))?;
        let (outgoing, incoming) = connection.open_bi().await?;
        Ok(Self {
            connection,
            key: Arc::new(credentials.key),
            signed,
            outgoing: Arc::new(Mutex::new(outgoing)),
            incoming: Arc::new(Mutex::new(incoming)),
        })
    }

    /// Sends a message; signs it first where messages are signed.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send(&self, message: &Message) -> Result<()> {
        let body = message.bytes();
        let signature = match self.signed {
            Signed::Yes => Some(self.key.sign(body)),
            Signed::No => None,
        };
        let whole = body.len() + signature.map_or(0, |signature| signature.len());
        let mut frame = Vec::with_capacity(4 + whole);
        frame.extend_from_slice(&length(whole).to_le_bytes());
        frame.extend_from_slice(body);
        frame.extend(signature.into_iter().flatten());
        self.outgoing.lock().await.write_all(&frame).await.context("the bare program is gone")
    }

    /// Waits for the next answer: how many messages are committed.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn answer(&self) -> Result<u64> {
        let mut count = [0; 8];
        self.incoming.lock().await.read_exact(&mut count).await.context("no answer")?;
        Ok(u64::from_le_bytes(count))
    }

    /// Sends messages with at most so many unanswered, and waits for the last answer.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send_all(&self, messages: &[Message], in_flight: usize) -> Result<()> {
        for (number, message) in messages.iter().enumerate() {
            if number >= in_flight {
                self.answer().await?;
            }
            self.send(message).await?;
        }
        for _ in 0..messages.len().min(in_flight) {
            self.answer().await?;
        }
        Ok(())
    }

    /// Hangs up.
    pub fn close(&self) {
        self.connection.close(0u32.into(), &[]);
    }
}
