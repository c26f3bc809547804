//! Servers and commands in a process of their own: the benchmark's program starts itself again with other words, so that
//! memory is counted apart, and nothing else must have been built.

use super::running;
use crate::bare::{self, BareHub, Signed};
use anyhow::{Context, Result, bail};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use zhuji_hub::store::{HubStore, SqliteStore};
use zhuji_protocol::identity::HubAddress;
use zhuji_protocol::transport::Credentials;

/// What the process is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The hub, as `serve` runs it.
    Hub,
    /// The bare program with the hub's keys.
    Bare,
}

/// The word by which this program knows that it was started again.
const APART: &str = "--apart";
/// As what it runs a command.
const COMMANDS: [&str; 2] = ["zhuji-hub", "zhuji-node"];
/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Is what it was started again for, if it was: then the program has nothing else to do.
///
/// # Errors
/// What it was started for went wrong.
pub fn is_it() -> Result<bool> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_none_or(|word| word != APART) {
        return Ok(false);
    }
    match words.get(1).map(String::as_str) {
        Some("hub") => serve(Kind::Hub, &words[2..])?,
        Some("bare") => serve(Kind::Bare, &words[2..])?,
        Some(program) if COMMANDS.contains(&program) => command(program, &words[1..])?,
        _ => bail!("started again for nothing that is known"),
    }
    Ok(true)
}

/// A server apart; it ends with this.
#[derive(Debug)]
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts it on a hub's store, and waits until it listens.
    ///
    /// # Errors
    /// It does not.
    pub fn start(kind: Kind, store: &Path, address: &HubAddress) -> Result<Self> {
        let word = match kind {
            Kind::Hub => "hub",
            Kind::Bare => "bare",
        };
        let mut command = Command::new(std::env::current_exe()?);
        command.args([APART, word]).arg(store).arg(address.to_string());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut server = Self { child };
        let mut said = [0];
        server.child.stdout.as_mut().context("its output")?.read_exact(&mut said).context("it ended")?;
        Ok(server)
    }

    /// Memory that it holds now, in bytes.
    ///
    /// # Errors
    /// The system does not say.
    pub fn resident_bytes(&self) -> Result<u64> {
        status_bytes(&format!("/proc/{}/status", self.child.id()), "VmRSS:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its input does.
        drop(self.child.stdin.take());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// From its start to its end, in seconds.
    pub seconds: f64,
    /// The most memory that it held, in bytes.
    pub peak_bytes: u64,
}

/// Runs a shipped command to its end; what it prints is dropped.
///
/// # Errors
/// It failed.
pub fn run(program: &str, words: &[&str]) -> Result<Took> {
    let begun = Instant::now();
    let mut command = Command::new(std::env::current_exe()?);
    command.args([APART, program]).args(words).stdin(Stdio::null()).stdout(Stdio::null());
    let output = command.stderr(Stdio::piped()).spawn()?.wait_with_output()?;
    let seconds = begun.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{program} {words:?} ended with {}: {said}", output.status);
    }
    let peak = said.lines().find_map(|line| line.strip_prefix(PEAK)).context("its peak of memory")?;
    Ok(Took { seconds, peak_bytes: peak.trim().parse()? })
}

const PEAK: &str = "peak bytes: ";

fn command(program: &str, words: &[String]) -> Result<()> {
    let words = words.iter().map(Into::into);
    let failed = |said: String| anyhow::anyhow!("{program}: {said}");
    match program {
        "zhuji-hub" => match zhuji_hub::cli::parse(words).1 {
            Ok((command, context)) => {
                command.run(&context).map_err(|failure| failed(format!("{failure:?}")))?;
            }
            Err(_) => bail!("{program} does not know these words"),
        },
        _ => match zhuji_node::cli::parse(words).1 {
            Ok((command, context)) => {
                command.run(&context).map_err(|failure| failed(format!("{failure:?}")))?;
            }
            Err(_) => bail!("{program} does not know these words"),
        },
    }
    eprintln!("{PEAK}{}", status_bytes("/proc/self/status", "VmHWM:")?);
    Ok(())
}

fn serve(kind: Kind, words: &[String]) -> Result<()> {
    let [store, address] = words else { bail!("a store and an address") };
    let address: HubAddress = address.parse().map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match kind {
        Kind::Hub => {
            let store = SqliteStore::open(Path::new(store))?;
            let hub = runtime
                .block_on(async { running::serve(store, running::listening(Some(&address))?).await })?;
            until_told()?;
            runtime.block_on(hub.stop());
        }
        Kind::Bare => {
            let identity = zhuji_hub::ready(SqliteStore::read(Path::new(store))?.identity())?;
            let credentials = Credentials {
                key: identity.key,
                certificate: identity.certificate,
                authority: identity.authority.certificate().clone(),
            };
            let file = Path::new(store).with_extension("bare");
            let bare = runtime.block_on(async {
                let socket = running::listening(Some(&address))?;
                let (signed, next) = (Signed::No, None);
                BareHub::start(bare::Parts { socket, credentials: &credentials, file: &file, signed, next })
            })?;
            until_told()?;
            runtime.block_on(bare.stop());
        }
    }
    Ok(())
}

/// Says that it listens, and waits until its input ends.
fn until_told() -> Result<()> {
    print!(".");
    std::io::Write::flush(&mut std::io::stdout())?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A line of a process's status, which is in kibibytes.
fn status_bytes(path: &str, line: &str) -> Result<u64> {
    let status = std::fs::read_to_string(path)?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)).context("no such line")?;
    Ok(found.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
