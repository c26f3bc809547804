//! A hub's side of one connection: what the caller wants first, and the link that follows.

use super::bounds::Guest;
use super::driver::{Desk, Driver, blamed, message_of, now};
use super::inbox::LinkInbox;
use super::renewal::{Renewal, asked_in};
use super::streams::{Stream, StreamFault, within};
use crate::identity::PeerCertificate;
use crate::link::backoff::Ended;
use crate::link::end::Me;
use crate::link::listener::Listener;
use crate::wire::close::CloseCode;
use crate::wire::frame::Frame;
use crate::wire::kinds::StreamClass;
use crate::wire::limits;
use quinn::Connection;

/// What a replica wants that has come through the handshake.
#[derive(Debug)]
pub enum Wish {
    /// Its next certificate.
    Renewal(Box<Renewal>),
    /// A link.
    Link(Box<LinkWish>),
}

/// A caller that has greeted; nobody has judged it yet.
#[derive(Debug)]
pub struct LinkWish {
    connection: Connection,
    peer: PeerCertificate,
    control: Stream,
    hello: Frame,
    guest: Guest,
}

/// Waits for the first words of a replica.
pub async fn wish(connection: Connection, peer: PeerCertificate, guest: Guest) -> Result<Wish, StreamFault> {
    let first = within(limits::PATIENCE, async {
        let mut stream = Stream::accept(&connection).await?;
        let frame = stream.incoming.next().await?;
        Ok((stream, frame))
    });
    let (stream, frame) = match first.await {
        Ok(first) => first,
        Err(fault) => {
            let code = blamed(&fault).unwrap_or(CloseCode::Silent);
            connection.close(code.number().into(), &[]);
            return Err(fault);
        }
    };
    if stream.class != StreamClass::Control {
        connection.close(CloseCode::Protocol.number().into(), &[]);
        return Err(StreamFault::OutOfTurn);
    }
    Ok(match asked_in(&frame, &peer) {
        Some(asked) => Wish::Renewal(Box::new(Renewal::new(connection, stream, asked, guest))),
        None => Wish::Link(Box::new(LinkWish { connection, peer, control: stream, hello: frame, guest })),
    })
}

impl LinkWish {
    /// Who wants the link, as its certificate says.
    #[must_use]
    pub fn peer(&self) -> &PeerCertificate {
        &self.peer
    }

    /// Serves the link to its end. An expired certificate gets no link but only its renewal.
    pub async fn serve(self, me: Me, desk: &mut impl Desk, inbox: &mut LinkInbox) -> Ended {
        let now = now(desk.clock());
        if desk.clock() > self.peer.validity.not_after {
            self.connection.close(CloseCode::RenewOnly.number().into(), &[]);
            return Ended::Closed(CloseCode::RenewOnly);
        }
        let mut listener = Listener::accept(me, self.peer.replica, self.peer.public_key, now);
        let first = listener.handle(message_of(StreamClass::Control, &self.hello), now);
        Driver::new(listener, desk, &self.connection)
            .greeted_on(self.control, self.guest)
            .run(first, inbox)
            .await
    }
}
