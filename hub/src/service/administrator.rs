//! Writing commands of this machine, performed between two groups by the one writer.

use super::Service;
use crate::administration::{AdminSocket, Desk, NoReply, Reply, ReportRequest, Request, perform};
use crate::committer::Doing;
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, Moment, Ruling};
use std::io;
use std::path::Path;
use tokio::runtime::Handle;
use zhuji_protocol::console::Failure;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::texts::{Language, Told};
use zhuji_protocol::wire::close::CloseCode;

/// Starts the thread that listens beside the store; it ends with the process.
pub(super) fn start(store: &Path, service: Service) -> io::Result<()> {
    let socket = AdminSocket::bind(store)?;
    let runtime = Handle::current();
    std::thread::Builder::new().name("administration".to_owned()).spawn(move || {
        loop {
            let called = match socket.next() {
                Ok(called) => called,
                Err(error) => {
                    tracing::error!(%error, "the administration socket is gone");
                    return;
                }
            };
            let (language, who) = (called.language, called.who.clone());
            let request = called.request.clone();
            let reply = runtime.block_on(carry_out(&service, language, who, request));
            if let Err(error) = called.reply(&reply) {
                tracing::warn!(%error, "a command did not wait for its reply");
            }
        }
    })?;
    Ok(())
}

/// The code with which a live link is closed.
fn put_out_with(ruling: Ruling) -> Option<CloseCode> {
    match ruling {
        // Who is let in again has no link.
        Ruling::Resume => None,
        Ruling::Suspend => Some(CloseCode::Suspended),
        Ruling::Ban => Some(CloseCode::Banned),
        Ruling::Retire => Some(CloseCode::Retired),
        Ruling::Revoke => Some(CloseCode::Revoked),
    }
}

/// Figures come from beside the writer.
async fn report(service: &Service, language: Language, asked: &ReportRequest) -> Result<Reply, Failure> {
    let period = asked.period()?;
    let figures = service.reader.figures(asked.unit.clone(), asked.depth, period, asked.today).await?;
    asked.printed(&figures, language)
}

/// Performs one command between two groups, and tells the links what it means for them.
pub(super) async fn carry_out(service: &Service, language: Language, who: String, request: Request) -> Reply {
    if let Request::Report(asked) = &request {
        return report(service, language, asked)
            .await
            .unwrap_or_else(|failure| Reply::Refused(failure.lines(language)));
    }
    let asked = request.clone();
    let performed = service
        .committer
        .act(move |store: &mut SqliteStore, moment: Moment| -> Doing<'_, _> {
            Box::pin(async move {
                let desk = Desk { language, author: Author { who, at: moment.now }, moment };
                perform(store, asked, &desk).await
            })
        })
        .await;
    let Ok(reply) = performed else { return Reply::Refused(vec![NoReply.tell(language)]) };
    if let (Reply::Done(_), Request::Rule { unit, as_hub, ruling, .. }) = (&reply, request.clone()) {
        let replica = if as_hub { Replica::hub(unit) } else { Replica::node(unit) };
        if let Some(code) = put_out_with(ruling) {
            service.links.close(&replica, code);
        }
    }
    if matches!((&reply, &request), (Reply::Done(_), Request::EnrolledAbove { .. })) {
        service.uplink.changed();
        service.uplink.dial_now();
    }
    reply
}
