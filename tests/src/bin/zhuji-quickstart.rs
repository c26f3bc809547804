//! `deploy/quickstart`: starts a real federation on this machine, shows each level's roll-up and the proof that the top
//! equals the sum of the leaves, and keeps it running to be played with.

use anyhow::{Context, Result, bail, ensure};
use chrono::{Datelike, NaiveDate, Utc};
use clap::Parser;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use zhuji_protocol::console::civil_date;
use zhuji_protocol::texts::{Language, text_with};
use zhuji_tests::federation::{Federation, Programs, SUMMED};
use zhuji_tests::place::{Place, Shown};

/// A real federation on this machine: separate processes, loopback QUIC with mutual TLS, embedded stores.
#[derive(Parser, Debug)]
#[command(name = "deploy/quickstart")]
struct Args {
    /// Which place: meijia, laibin or chongqing
    #[arg(long, default_value = "meijia")]
    place: String,
    /// Check everything, stop, and end with an exit code
    #[arg(long)]
    check: bool,
    /// Where stores and logs are put; emptied first
    #[arg(long, default_value = "target/quickstart")]
    folder: PathBuf,
    /// The language shown: zh or en
    #[arg(long, default_value = "zh", value_parser = language)]
    lang: Language,
    #[arg(long, hide = true)]
    programs: PathBuf,
    #[arg(long, hide = true)]
    places: PathBuf,
}

/// Everything runs in less, or it is no light program.
const MOST_RESIDENT_BYTES: u64 = 1 << 30;

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let place = Place::read(&args.places, &args.place)?;
    let folder = emptied(&args.folder.join(&args.place))?;
    let programs = Programs::of(&fs::canonicalize(&args.programs)?);
    say(args, "quickstart-starting", &[("place", place.name.clone())]);

    // A signal ends the building-up as well: dropping what runs stops every process.
    let stopped = runtime.spawn(stop_signal());
    let started = std::thread::spawn(move || {
        let tell = &mut |what: &str| println!("  {what}");
        Federation::start(programs, place, &folder, tell)
    });
    while !started.is_finished() && !stopped.is_finished() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    if stopped.is_finished() {
        bail!("stopped");
    }
    let Ok(started) = started.join() else { bail!("starting panicked") };
    let mut federation = started?;
    federation.await_quiet()?;
    let seconds = begun.elapsed().as_secs_f64();

    let today = civil_date(Utc::now());
    let period = period(federation.place.period, today);
    show_levels(args, &federation, &period)?;
    let proof = prove(args, &federation, &period, today)?;
    let resident = federation.resident_bytes();
    let numbers = [
        ("seconds", format!("{seconds:.1}")),
        ("processes", (federation.hubs.len() + federation.nodes.len()).to_string()),
        ("mebibytes", (resident >> 20).to_string()),
    ];
    say(args, "quickstart-ready", &numbers);
    if args.check {
        check(&mut federation, &period, resident)?;
        federation.stop();
        println!("{proof} passed, 0 failed");
        return Ok(());
    }
    show_what_to_try(args, &federation)?;
    runtime.block_on(stopped)??;
    federation.stop();
    say(args, "quickstart-stopped", &[]);
    Ok(())
}

async fn stop_signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut hangup) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Each hub's own roll-up, from the top down, two levels deep: under the lowest hubs that is every village.
fn show_levels(args: &Args, federation: &Federation, period: &str) -> Result<()> {
    for unit in &federation.place.hubs {
        let name = federation.place.name_of(unit).to_owned();
        println!();
        say(args, "quickstart-level", &[("name", name), ("period", period.to_owned())]);
        print!(
            "{}",
            federation.hub(
                unit,
                &["report", "--unit", unit.as_str(), "--period", period, "--depth", "2", "--lang", tag(args)]
            )?
        );
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// The top's figures against what every node's own records give; gives how many figures were compared.
fn prove(args: &Args, federation: &Federation, period: &str, today: NaiveDate) -> Result<usize> {
    let mut sums = [0i64; SUMMED.len()];
    for unit in federation.nodes.keys() {
        let own = federation.node_figures(unit, period, today)?;
        for (sum, column) in sums.iter_mut().zip(SUMMED) {
            *sum += own[column].as_i64().with_context(|| format!("{column} of {unit}"))?;
        }
    }
    let top = federation.place.top();
    let report =
        federation.hub_json(top, &["report", "--unit", top.as_str(), "--period", period, "--depth", "0"])?;
    println!();
    say(args, "quickstart-proof", &[("nodes", federation.nodes.len().to_string())]);
    for (sum, column) in sums.iter().zip(SUMMED) {
        let shown = report[0][column].as_i64().with_context(|| column.to_owned())?;
        let heading = text_with(args.lang, &format!("column-{column}"), &[]);
        println!("  {heading}: {sum} = {shown}");
        ensure!(*sum == shown, "{column}: the leaves have {sum}, the top shows {shown}");
    }
    ensure!(sums[0] > 0, "nothing was judged at all");
    Ok(SUMMED.len())
}

/// What `--check` adds: memory, a contact that arrives at the top, everything verified from signed items.
fn check(federation: &mut Federation, period: &str, resident: u64) -> Result<()> {
    ensure!(resident < MOST_RESIDENT_BYTES, "{} MiB are resident", resident >> 20);
    let top = federation.place.top().clone();
    let words = ["report", "--unit", top.as_str(), "--period", period, "--depth", "0"];
    let contacts = |federation: &Federation| -> Result<i64> {
        federation.hub_json(&top, &words)?[0]["contacts"].as_i64().context("contacts")
    };
    let before = contacts(federation)?;
    let (unit, pairing) = federation.some_pairing()?;
    federation.cut_off(&unit)?;
    let today = civil_date(Utc::now()).to_string();
    federation.node(&unit, &["contact", "add", "--pairing", &pairing, "--date", &today])?;
    ensure!(contacts(federation)? == before, "a contact arrived from a node that was cut off");
    federation.reconnect(&unit)?;
    federation.await_that("the contact at the top", |federation| Ok(contacts(federation)? == before + 1))?;
    for hub in federation.hubs.keys() {
        federation.hub(hub, &["verify"])?;
    }
    for node in federation.nodes.keys() {
        federation.node(node, &["verify"])?;
    }
    Ok(())
}

fn show_what_to_try(args: &Args, federation: &Federation) -> Result<()> {
    let (unit, pairing) = federation.some_pairing()?;
    let programs = args.programs.display();
    let store = federation.nodes[&unit].store.display().to_string();
    let process = federation.nodes[&unit].daemon.as_ref().map_or(0, zhuji_tests::federation::Daemon::id);
    let top = federation.place.top();
    let top_store = federation.hubs[top].store.display().to_string();
    let period = period(federation.place.period, civil_date(Utc::now()));
    println!();
    say(args, "quickstart-try", &[]);
    println!("  {programs}/zhuji-node --store {store} due");
    println!("  {programs}/zhuji-node --store {store} status");
    println!("  kill -STOP {process}");
    println!(
        "  {programs}/zhuji-node --store {store} contact add --pairing {pairing} --date {}",
        civil_date(Utc::now())
    );
    println!("  kill -CONT {process}");
    println!("  {programs}/zhuji-hub --store {top_store} report --unit {top} --period {period} --depth 2");
    println!("  {programs}/zhuji-hub --store {top_store} fleet");
    println!("  {programs}/zhuji-hub --store {top_store} verify");
    println!();
    say(args, "quickstart-keep", &[]);
    Ok(())
}

fn period(shown: Shown, today: NaiveDate) -> String {
    let (year, month) = (today.year(), today.month());
    match shown {
        Shown::Year => format!("{year}"),
        Shown::Half => format!("{year}-H{}", month.div_ceil(6)),
        Shown::Quarter => format!("{year}-Q{}", month.div_ceil(3)),
        Shown::Month => format!("{year}-{month:02}"),
    }
}

fn emptied(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        // Only what an earlier quick start left is taken away.
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            ensure!(
                name.starts_with("hub-") || name.starts_with("node-"),
                "{} is not from a quick start; choose another --folder",
                path.display()
            );
            fs::remove_file(&path)?;
        }
    }
    fs::create_dir_all(folder)?;
    Ok(fs::canonicalize(folder)?)
}

fn say(args: &Args, key: &str, values: &[(&'static str, String)]) {
    println!("{}", text_with(args.lang, key, values));
}

fn tag(args: &Args) -> &'static str {
    match args.lang {
        Language::Chinese => "zh",
        Language::English => "en",
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| format!("{tag:?} is neither zh nor en"))
}
