//! The Unix socket beside the store: one request and one reply a connection, each a line of JSON.

use super::{Reply, Request};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
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

/// Sends a request to the hub that runs on this store. `None`: none runs.
///
/// # Errors
/// It runs and does not answer, or may not be asked.
pub fn send(
    store: &Path,
    language: Language,
    who: &str,
    request: &Request,
) -> Result<Option<Reply>, Failure> {
    let stream = match UnixStream::connect(path_beside(store)) {
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
