//! The Unix socket beside the store: one request and one reply a connection, each a line of JSON.

use super::{Reply, Request};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::{Language, Told};

/// The longest line taken: a flattened policy with room to spare.
const LONGEST_LINE: u64 = 1 << 20;

/// A client of this machine answers at once or not at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What goes over the socket.
#[derive(Serialize, Deserialize)]
struct Call {
    language: String,
    who: String,
    request: Request,
}

/// A request that came in.
#[derive(Debug)]
pub struct Called {
    /// The language to reply in.
    pub language: Language,
    /// Who acts.
    pub who: String,
    /// What is asked.
    pub request: Request,
    stream: UnixStream,
}

/// The running hub's end.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl AdminSocket {
    /// Listens beside the store. The caller owns the store's lock, so a socket that is there already is a leftover.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn bind(store: &Path) -> io::Result<Self> {
        let path = path_beside(store);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// The next request; blocks. What is no request is passed over.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn next(&self) -> io::Result<Called> {
        loop {
            let (stream, _) = self.listener.accept()?;
            match read_call(&stream) {
                Ok(call) => {
                    let language = Language::from_tag(&call.language).unwrap_or_default();
                    return Ok(Called { language, who: call.who, request: call.request, stream });
                }
                Err(error) => {
                    tracing::warn!(%error, "a call over the administration socket could not be read");
                }
            }
        }
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.path);
    }
}

impl Called {
    /// Replies, and ends the connection.
    ///
    /// # Errors
    /// The caller is gone.
    pub fn reply(mut self, reply: &Reply) -> io::Result<()> {
        write_line(&mut self.stream, reply)
    }
}

/// How long a running hub may take to perform a command: a commit on a bad disk behind a long queue; an import of a
/// nation's directory is more.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);
const IMPORT_PATIENCE: Duration = Duration::from_secs(15 * 60);

fn patience_with(request: &Request) -> Duration {
    match request {
        Request::ImportDirectory { .. } => IMPORT_PATIENCE,
        _ => ANSWER_PATIENCE,
    }
}

/// Sends a request to the hub that runs on this store. `None`: none runs.
///
/// # Errors
/// It runs and does not answer in time, or may not be asked.
pub fn send(
    store: &Path,
    language: Language,
    who: &str,
    request: &Request,
) -> Result<Option<Reply>, Failure> {
    within(patience_with(request), store, language, who, request)
}

/// The whole exchange on a thread of its own, which is left behind if the hub is stuck: even to connect to one that takes no
/// more calls has no end.
fn within(
    patience: Duration,
    store: &Path,
    language: Language,
    who: &str,
    request: &Request,
) -> Result<Option<Reply>, Failure> {
    let (sender, answered) = mpsc::channel();
    let (path, who, request) = (path_beside(store), who.to_owned(), request.clone());
    thread::Builder::new().name("asking".to_owned()).spawn(move || {
        // Nobody waits any more if it came too late.
        let _too_late = sender.send(exchange(&path, language, &who, &request));
    })?;
    answered.recv_timeout(patience).map_err(|_| Failure::told(TooLate { seconds: patience.as_secs() }))?
}

fn exchange(path: &Path, language: Language, who: &str, request: &Request) -> Result<Option<Reply>, Failure> {
    let stream = match UnixStream::connect(path) {
        Ok(stream) => stream,
        // Of a path that is too long for a socket (`InvalidInput`) none can run.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::InvalidInput
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    ask(stream, language, who, request).map(Some).map_err(|error| {
        tracing::warn!(%error, "the running hub did not answer");
        Failure::told(NoReply)
    })
}

fn ask(mut stream: UnixStream, language: Language, who: &str, request: &Request) -> io::Result<Reply> {
    let language = match language {
        Language::Chinese => "zh",
        Language::English => "en",
    };
    let call = Call { language: language.to_owned(), who: who.to_owned(), request: request.clone() };
    write_line(&mut stream, &call)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn path_beside(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".socket");
    path.into()
}

fn read_call(stream: &UnixStream) -> io::Result<Call> {
    use std::io::Read;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST_LINE)).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn write_line(stream: &mut UnixStream, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line)
}

/// The hub that runs took the call, and hung up on it.
#[derive(Debug)]
pub struct NoReply;

impl Told for NoReply {
    fn key(&self) -> &'static str {
        "hub-no-reply"
    }
}

/// The hub that runs is stuck.
#[derive(Debug)]
struct TooLate {
    seconds: u64,
}

impl Told for TooLate {
    fn key(&self) -> &'static str {
        "hub-answers-too-late"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("seconds", self.seconds.to_string())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revoke() -> Request {
        let unit = "430981101200".parse().expect("a unit");
        Request::Rule { unit, as_hub: false, ruling: crate::store::Ruling::Revoke, reason: String::new() }
    }

    #[test]
    fn a_hub_that_is_stuck_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("hub.db");
        // It listens, and never looks who calls.
        let _stuck = AdminSocket::bind(&store).expect("a socket");
        let patience = Duration::from_millis(50);
        let outcome = within(patience, &store, Language::English, "somebody", &revoke());
        let failure = outcome.expect_err("nobody answers");
        assert!(failure.lines(Language::English)[0].contains("did not answer within"), "{failure:?}");
    }

    #[test]
    fn where_no_hub_runs_nobody_is_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("hub.db");
        assert!(send(&store, Language::English, "somebody", &revoke()).expect("nobody runs").is_none());
    }
}
