//! Between node and hub, too, bad input gets a clear answer: tokens, certificates, addresses, and one program's store
//! given to the other.

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;
use serde_json::Value;
use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use zhuji_protocol::identity::{EnrolmentToken, TokenSecret};
use zhuji_tests::federation::{Daemon, Programs};

const HUB: &str = "zhuji-hub";
const NODE: &str = "zhuji-node";
const COUNTY: &str = "430981000000";
const TOWN: &str = "430981100000";
const OTHER_TOWN: &str = "430981101000";
const UNITS: &str = "code,name,level,parent_code
430981000000,沅江市,3,
430981100000,琼湖街道,4,430981000000
430981101000,草尾镇,4,430981000000
";

/// Nobody waits longer for a command to say that it cannot.
const PATIENCE: Duration = Duration::from_secs(40);

/// A folder with the stores of a story.
struct Desk {
    programs: Programs,
    folder: TempDir,
}

/// A hub of the county; each has an authority of its own.
struct Hub {
    store: PathBuf,
    address: String,
    log: PathBuf,
}

impl Desk {
    fn new() -> Result<Self> {
        Ok(Self { programs: Programs::built()?, folder: tempfile::tempdir()? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn hub(&self, name: &str) -> Result<Hub> {
        let (store, log) = (self.path(&format!("{name}.db")), self.path(&format!("{name}.log")));
        let address = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let init = ["init", "--unit", COUNTY, "--name", "沅江市", "--level", "county", "--address", &address];
        self.programs.run(HUB, &store, &init)?;
        let units = self.path("units.csv");
        fs::write(&units, UNITS)?;
        self.programs.run(HUB, &store, &["directory", "import", &units.display().to_string()])?;
        Ok(Hub { store, address, log })
    }

    fn serve(&self, hub: &Hub) -> Result<Daemon> {
        let words = ["serve", "--listen", &hub.address];
        let mut daemon = self.programs.start(HUB, &hub.store, &words, &hub.log)?;
        let begun = Instant::now();
        while !daemon.logged().contains("监听") {
            daemon.check_running()?;
            ensure!(begun.elapsed() < PATIENCE, "the hub does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(daemon)
    }

    fn token(&self, hub: &Hub, unit: &str, role: &str) -> Result<String> {
        let words = ["token", "issue", "--unit", unit, "--role", role];
        Ok(self.programs.run(HUB, &hub.store, &words)?.trim().to_owned())
    }

    fn node(&self, name: &str) -> Result<PathBuf> {
        let store = self.path(&format!("{name}.db"));
        let init = ["init", "--unit", TOWN, "--name", "琼湖街道", "--level", "township"];
        self.programs.run(NODE, &store, &init)?;
        Ok(store)
    }

    /// It is refused in both languages: status 2, nothing printed, the words told, and in reasonable time.
    fn refuses(&self, program: &str, store: &Path, words: &[&str], told: [&str; 2]) -> Result<()> {
        for (language, told) in ["zh", "en"].into_iter().zip(told) {
            let begun = Instant::now();
            let mut command = self.programs.command(program, store);
            let output = command.args(["--lang", language]).args(words).output()?;
            let said = String::from_utf8(output.stderr)?;
            ensure!(output.status.code() == Some(2), "{words:?} ended with {}: {said}", output.status);
            ensure!(output.stdout.is_empty(), "{words:?} printed before it was refused");
            ensure!(said.contains(told), "{words:?} lacks “{told}”: {said}");
            ensure!(begun.elapsed() < PATIENCE, "{words:?} took {:?}", begun.elapsed());
        }
        Ok(())
    }

    fn is_enrolled(&self, node: &Path) -> Result<bool> {
        let kept = "SELECT count(*) FROM link_setting WHERE key = 'membership'";
        Ok(Connection::open(node)?.query_row(kept, [], |row| row.get::<_, i64>(0))? > 0)
    }

    fn fleet(&self, hub: &Hub) -> Result<usize> {
        let fleet = self.programs.json(HUB, &hub.store, &["fleet"])?;
        Ok(fleet.as_array().context("the fleet is a list")?.len())
    }
}

/// The same token with something else in it, and a checksum that fits.
fn altered(token: &str, alter: impl FnOnce(&mut EnrolmentToken)) -> Result<String> {
    let mut token = EnrolmentToken::parse(token)?;
    alter(&mut token);
    Ok(token.to_text())
}

#[test]
fn a_token_that_does_not_let_in_says_why_and_nobody_is_enrolled() -> Result<()> {
    let desk = Desk::new()?;
    let (hub, other) = (desk.hub("hub")?, desk.hub("other")?);
    // Issued years ago: the store, which knows a later moment, would not be fooled by a clock that says so today.
    let expired = desk.token(&hub, TOWN, "node")?;
    Connection::open(&hub.store)?.execute("UPDATE token SET expires = '2020-01-04T04:00:00.000Z'", [])?;
    let _daemons = [desk.serve(&hub)?, desk.serve(&other)?];
    let good = desk.token(&hub, TOWN, "node")?;
    let (for_other_unit, for_hub) = (desk.token(&hub, OTHER_TOWN, "node")?, desk.token(&hub, TOWN, "hub")?);
    let node = desk.node("node")?;
    let nobody = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let at = |address: &str| altered(&good, |token| token.address = address.parse().expect("an address"));
    let unknown = altered(&good, |token| token.secret = TokenSecret([7; 16]))?;
    let relabelled = altered(&for_other_unit, |token| token.target.unit = TOWN.parse().expect("a unit"))?;
    let middle = good.len() / 2;
    let letter = if good.as_bytes()[middle] == b'k' { "m" } else { "k" };
    let mistyped = format!("{}{letter}{}", &good[..middle], &good[middle + 1..]);
    let cases = [
        (good[..middle].to_owned(), ["末尾有缺失", "the end of the token is missing"]),
        (mistyped, ["与原文不符", "not as issued"]),
        ("你好".to_owned(), ["不是登记凭证", "no enrolment token"]),
        (for_other_unit, ["发给单位 430981101000", "for unit 430981101000"]),
        (for_hub, ["本程序是节点", "this program is a node"]),
        (expired, ["已过期", "has expired"]),
        (unknown, ["没有签发过", "issued no such token"]),
        (relabelled, ["另一个单位", "another unit"]),
        (at(&other.address)?, ["不是由预期的枢纽签发", "not issued by the expected hub"]),
        (at("nowhere.invalid:4433")?, ["找不到上级枢纽的地址 nowhere.invalid:4433", "nowhere.invalid:4433"]),
        (at(&nobody)?, ["没有应答", "does not answer"]),
    ];
    for (token, told) in &cases {
        desk.refuses(NODE, &node, &["enrol", token], *told)?;
        ensure!(!desk.is_enrolled(&node)?, "{told:?} enrolled the node");
        ensure!(desk.fleet(&hub)? == 0 && desk.fleet(&other)? == 0, "{told:?} let somebody in");
    }
    desk.refuses(NODE, &node, &["sync", "--once"], ["还没有登记", "is not enrolled"])?;

    // The token itself is as good as before; after its one use it is of no use to another key.
    desk.programs.run(NODE, &node, &["enrol", &good])?;
    let second = desk.node("second")?;
    desk.refuses(NODE, &second, &["enrol", &good], ["已被使用过", "used already"])?;
    ensure!(!desk.is_enrolled(&second)? && desk.fleet(&hub)? == 1);
    desk.programs.run(NODE, &node, &["sync", "--once"])?;
    Ok(())
}

#[test]
fn a_certificate_that_does_not_fit_is_told_by_whoever_finds_it() -> Result<()> {
    let desk = Desk::new()?;
    let (hub, other) = (desk.hub("hub")?, desk.hub("other")?);
    let daemons = [desk.serve(&hub)?, desk.serve(&other)?];
    let (node, stranger) = (desk.node("node")?, desk.node("stranger")?);
    desk.programs.run(NODE, &node, &["enrol", &desk.token(&hub, TOWN, "node")?])?;
    desk.programs.run(NODE, &stranger, &["enrol", &desk.token(&other, TOWN, "node")?])?;
    let (ours, theirs) = (membership(&node)?, membership(&stranger)?);
    // At our hub's address another answers.
    let mut elsewhere = ours.clone();
    elsewhere["address"] = theirs["address"].clone();
    keep_membership(&node, &elsewhere)?;
    let told = ["不是由预期的枢纽签发", "not issued by the expected hub"];
    desk.refuses(NODE, &node, &["sync", "--once"], told)?;
    keep_membership(&node, &ours)?;
    desk.programs.run(NODE, &node, &["sync", "--once"])?;
    desk.programs.run(HUB, &hub.store, &["revoke", "--unit", TOWN, "--role", "node"])?;
    desk.refuses(NODE, &node, &["sync", "--once"], ["吊销", "revoked"])?;
    drop(daemons);
    desk.refuses(NODE, &node, &["sync", "--once"], ["没有应答", "does not answer"])
}

#[test]
fn one_programs_store_is_not_the_others() -> Result<()> {
    let desk = Desk::new()?;
    let (hub, node) = (desk.hub("hub")?, desk.node("node")?);
    let before = (fs::read(&hub.store)?, fs::read(&node)?);
    let none = ["不是枢纽的数据文件", "not a hub's store"];
    for words in
        [&["fleet"][..], &["serve"], &["verify"], &["token", "issue", "--unit", TOWN, "--role", "node"]]
    {
        desk.refuses(HUB, &node, words, none)?;
    }
    for words in [&["status"][..], &["run"], &["verify"], &["leader", "add", "--name", "王伟"]] {
        desk.refuses(NODE, &hub.store, words, ["不是本程序的数据文件", "no store of this program"])?;
    }
    ensure!(before == (fs::read(&hub.store)?, fs::read(&node)?), "a store was written");
    Ok(())
}

#[test]
fn a_nodes_store_of_a_newer_program_or_with_a_broken_header_is_left_alone() -> Result<()> {
    let desk = Desk::new()?;
    let node = desk.node("node")?;
    let whole = fs::read(&node)?;
    for (at, bytes, told) in [
        (60, &[0, 0, 0x70, 0][..], ["请升级", "upgrade"]),
        (3, b"x", ["不是本程序的数据文件", "no store of this program"]),
        (16, &[0, 3], ["已损坏", "damaged"]),
        (18, &[9, 9], ["已损坏", "damaged"]),
        (100, &[0xA5; 400], ["已损坏", "damaged"]),
    ] {
        let mut broken = whole.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes);
        fs::write(&node, &broken)?;
        for words in [&["leader", "list"][..], &["leader", "add", "--name", "王伟"], &["run"]] {
            desk.refuses(NODE, &node, words, told).with_context(|| format!("a change at byte {at}"))?;
            ensure!(fs::read(&node)? == broken, "{words:?} wrote to a store changed at byte {at}");
        }
    }
    Ok(())
}

#[test]
fn a_second_daemon_on_a_nodes_store_is_refused() -> Result<()> {
    let desk = Desk::new()?;
    let node = desk.node("node")?;
    let log = desk.path("node.log");
    let mut daemon = desk.programs.start(NODE, &node, &["run"], &log)?;
    let begun = Instant::now();
    while !daemon.logged().contains("已启动") {
        daemon.check_running()?;
        ensure!(begun.elapsed() < PATIENCE, "the daemon does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    desk.refuses(NODE, &node, &["run"], ["已在运行", "runs on this store already"])?;
    daemon.check_running()
}

fn membership(node: &Path) -> Result<Value> {
    let text: Vec<u8> = Connection::open(node)?.query_row(
        "SELECT CAST(value AS BLOB) FROM link_setting WHERE key = 'membership'",
        [],
        |row| row.get(0),
    )?;
    Ok(serde_json::from_slice(&text)?)
}

fn keep_membership(node: &Path, membership: &Value) -> Result<()> {
    let value = serde_json::to_vec(membership)?;
    let changed = Connection::open(node)?
        .execute("UPDATE link_setting SET value = ? WHERE key = 'membership'", [value])?;
    ensure!(changed == 1, "the node is enrolled");
    Ok(())
}
