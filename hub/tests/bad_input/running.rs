//! One process owns the store: what a second one is told, and what becomes of commands while the hub runs, once it was
//! killed, and where it cannot run at all.

use crate::support::{Hub, command, refused};
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running hub; killed when it is no longer held, as a power cut would.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it, and waits until it listens.
    pub(crate) fn of(hub: &Hub) -> Self {
        let mut child = hub
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        assert!(line.contains("监听"), "{line}");
        Self(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}

const TOKEN: [&str; 6] = ["token", "issue", "--unit", "430981100000", "--role", "node"];
const NOBODYS: [&str; 6] = ["token", "issue", "--unit", "430981109000", "--role", "node"];

#[test]
fn a_second_hub_on_the_same_store_is_refused() {
    let hub = Hub::with_units();
    let _running = Running::of(&hub);
    let words = ["serve", "--listen", "127.0.0.1:0"];
    hub.refuses(&[(&words, "另一个进程", "another process")]);
    // The first one goes on as if nothing had been: its socket was not taken away.
    assert!(hub.does(&TOKEN).starts_with("zhuji1."));
}

#[test]
fn the_running_hub_refuses_what_a_command_alone_would_refuse_and_in_the_callers_language() {
    let hub = Hub::with_units();
    let file = hub.file("bad.csv", "code,name,level,parent_code\n1,甲,4,\n");
    let _running = Running::of(&hub);
    hub.refuses(&[
        (&NOBODYS, "没有单位", "no unit"),
        (&["directory", "import", &file], "第 2 行", "line 2"),
        (&["revoke", "--unit", "430981100000", "--role", "node"], "没有登记", "not enrolled"),
        (
            &["policy", "assign", "--unit", "430922000000", "--policy", "yuanjiang-2015"],
            "不归本枢纽",
            "not directly under this hub",
        ),
    ]);
}

#[test]
fn a_socket_that_a_killed_hub_left_is_in_nobodys_way() {
    let hub = Hub::with_units();
    drop(Running::of(&hub));
    assert!(hub.path("hub.db.socket").exists(), "a kill leaves the socket");
    assert!(hub.does(&TOKEN).starts_with("zhuji1."));
    hub.refuses(&[(&NOBODYS, "没有单位", "no unit")]);
    let _running = Running::of(&hub);
    assert!(hub.does(&TOKEN).starts_with("zhuji1."));
}

#[test]
fn a_hub_that_hangs_up_without_a_word_is_told() {
    let hub = Hub::with_units();
    let listener = UnixListener::bind(hub.path("hub.db.socket")).expect("a socket");
    std::thread::spawn(move || listener.incoming().for_each(drop));
    hub.refuses(&[(&TOKEN, "没有应答", "did not answer")]);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let hub = Hub::with_units();
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    hub.refuses(&[
        (&["serve", "--listen", &address], &address, &address),
        (&["serve", "--listen", &address], "无法使用网络端口", "the network port cannot be used"),
    ]);
    assert!(!hub.path("hub.db.socket").exists(), "nobody listens, so there is no socket");
}

#[test]
fn a_store_too_deep_for_a_socket_still_takes_commands_and_says_why_it_cannot_serve() {
    let hub = Hub::nowhere();
    let folder = hub.path(&"深".repeat(40));
    std::fs::create_dir(&folder).expect("a folder");
    let store = folder.join("hub.db");
    let run = |words: &[&str]| command(&store, words).output().expect("it runs");
    let made = run(&[
        "init",
        "--unit",
        "430981000000",
        "--name",
        "某市",
        "--level",
        "county",
        "--address",
        "localhost:1",
    ]);
    assert!(made.status.success());
    let issued = run(&["token", "issue", "--unit", "430981000000", "--role", "node"]);
    assert!(issued.status.success(), "{}", String::from_utf8_lossy(&issued.stderr));
    let words = ["serve", "--listen", "127.0.0.1:0"];
    let begun = Instant::now();
    let told = refused(&run(&words), &words);
    assert!(told.contains("路径太长"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_full_disk_is_told_and_nothing_is_half_written() {
    // A small file system of our own, where the machine lets us have one.
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#"
        set -e
        mount -t tmpfs -o size=1m none "$FOLDER"
        cd "$FOLDER"
        "$HUB" --store hub.db init --unit 430981000000 --name 某市 --level county --address localhost:1
        cat /dev/zero > filler 2>/dev/null || true
        cp hub.db /tmp/before.$$
        for lang in zh en; do
            set +e
            "$HUB" --lang $lang --store hub.db directory import "$UNITS" >out 2>/dev/null
            told=$("$HUB" --lang $lang --store hub.db directory import "$UNITS" 2>&1)
            echo "status $? $told"
            told=$("$HUB" --lang $lang --store other.db init --unit 430981000000 --name 某市 --level county --address localhost:1 2>&1)
            echo "status $? $told"
            set -e
        done
        ls
        rm filler
        cmp hub.db /tmp/before.$$ && echo unchanged
        rm /tmp/before.$$
        "$HUB" --lang zh --store hub.db verify
        "$HUB" --lang en --store hub.db directory import "$UNITS"
    "#;
    let units = tempfile::NamedTempFile::new().expect("a file");
    let mut rows = "code,name,level,parent_code\n430981000000,某市,3,\n".to_owned();
    for number in 100..900 {
        rows.push_str(&format!("430981{number}000,某镇{number},4,430981000000\n"));
    }
    std::fs::write(units.path(), rows).expect("written");
    let ran = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", script])
        .env("FOLDER", folder.path())
        .env("UNITS", units.path())
        .env("HUB", env!("CARGO_BIN_EXE_zhuji-hub"))
        .output();
    let Some(output) = ran.ok().filter(|output| {
        let told = String::from_utf8_lossy(&output.stderr);
        !told.contains("unshare:") && !told.contains("mount:")
    }) else {
        eprintln!("no file system of our own to be had here; nothing was tried");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{errors}");
    assert_eq!(told.matches("status 2").count(), 4, "{told}{errors}");
    assert_eq!(told.matches("status 2 磁盘已满").count(), 2, "{told}{errors}");
    assert_eq!(told.matches("status 2 the disk is full").count(), 2, "{told}{errors}");
    // The message names the store; the folder must not.
    assert!(!told.lines().any(|line| line.starts_with("other.db")), "an unfinished store was left: {told}");
    assert!(told.contains("核对无误") && told.contains("800 added"), "{told}{errors}");
}
