//! A figure of the province is proven down to its offices, from what each level hands out, without a store and without a
//! network; a changed digit is named, and so is an office's audit trail that was written anew.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use rusqlite::{Connection, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use zhuji_protocol::wire::digest::Digest;
use zhuji_tests::story::{CITY, COUNTY, Cast, PROVINCE, Story, TOWNSHIP, VILLAGE, today, unit};

fn begin() -> Result<Story> {
    let hubs = &[PROVINCE, CITY, COUNTY];
    let mut tree =
        Story::begin(&Cast { hubs, nodes: &[TOWNSHIP, VILLAGE], policy_at: PROVINCE, today: today() })?;
    tree.await_quiet()?;
    Ok(tree)
}

/// Runs `zhuji-hub verify --with …` beside no store at all.
fn verify(tree: &Story, exports: &[&Path], further: &[&str]) -> Result<Output> {
    let mut command = tree.programs.command("zhuji-hub", &tree.folder().join("no-such-store"));
    command.args(["verify"]).args(further).arg("--with").args(exports);
    Ok(command.output()?)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn a_figure_of_the_province_is_proven_from_the_exports_of_three_levels() -> Result<()> {
    let tree = begin()?;
    let year = today().year().to_string();
    let mut exports: Vec<PathBuf> = Vec::new();
    for hub in [COUNTY, PROVINCE, CITY] {
        let path = tree.folder().join(format!("{hub}.proof"));
        let name = path.display().to_string();
        tree.hub(&unit(hub), &["export-proof", &name, "--period", &year])?;
        ensure!(tree.hub(&unit(hub), &["export-proof", &name]).is_err(), "an export was overwritten");
        exports.push(path);
    }
    let paths: Vec<&Path> = exports.iter().map(PathBuf::as_path).collect();
    let asked = ["--period", &year, "--rule", "contact-frequency", "--format", "json"];
    let output = verify(&tree, &paths, &asked)?;
    ensure!(output.status.code() == Some(0), "{}", told(&output));
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)?;
    let met = |depth: u64| {
        let rows = rows.iter().filter(|row| row["depth"] == depth);
        rows.filter_map(|row| row["met"].as_i64()).sum::<i64>()
    };
    ensure!(met(0) > 0 && met(0) == met(1) && met(1) == met(2), "{} {} {}", met(0), met(1), met(2));
    let is_a_leaf = |row: &&serde_json::Value| row["depth"] == 2;
    ensure!(rows.iter().filter(is_a_leaf).all(|row| row["sender"].as_str().is_some_and(|sender| {
        sender == format!("zhuji:node:{TOWNSHIP}") || sender == format!("zhuji:node:{VILLAGE}")
    })));
    let report =
        tree.hub_json(&unit(PROVINCE), &["report", "--unit", PROVINCE, "--period", &year, "--by", "kind"])?;
    let shown = report.as_array().context("rows")?.iter();
    let shown = shown.filter(|row| row["kind"] == "contact-frequency" && row["unit"] == PROVINCE);
    ensure!(shown.filter_map(|row| row["met"].as_i64()).sum::<i64>() == met(0));

    // The same of a store, without joining.
    let of_the_store = tree.hub(&unit(CITY), &["verify", "--unit", CITY, "--period", &year])?;
    ensure!(of_the_store.contains("come to the figure that is shown"), "{of_the_store}");

    let output = verify(&tree, &paths[..2], &[])?;
    ensure!(output.status.code() == Some(3) && told(&output).contains(CITY), "{}", told(&output));

    let whole = fs::read(&exports[0])?;
    for place in [40, whole.len() / 3, whole.len() / 2, whole.len() - 9] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&exports[0], &changed)?;
        let output = verify(&tree, &paths, &[])?;
        ensure!(matches!(output.status.code(), Some(1 | 2)), "byte {place}: {}", told(&output));
        ensure!(told(&output).contains(COUNTY), "byte {place} names no level: {}", told(&output));
    }
    Ok(())
}

#[test]
fn an_audit_trail_that_was_written_anew_is_seen_at_the_office_and_at_its_hub() -> Result<()> {
    let (mut tree, county, village) = (begin()?, unit(COUNTY), unit(VILLAGE));
    let chain =
        |tree: &Story| Ok::<_, anyhow::Error>(tree.fleet_row(&county, &village, "node")?["chain"].clone());
    ensure!(chain(&tree)? == "follows");
    let anchors = tree.folder().join("anchors.json");
    let list = tree.hub(&county, &["anchors", "--unit", VILLAGE, "--format", "json"])?;
    fs::write(&anchors, list)?;
    let anchors = anchors.display().to_string();
    tree.node(&village, &["verify", "--anchors", &anchors])?;

    tree.cut_off(&village)?;
    write_anew(&tree.nodes[&village].store, 5)?;
    let refused = tree.node(&village, &["verify"]).expect_err("the hub acknowledged another past");
    ensure!(refused.to_string().contains("rewritten"), "{refused}");
    // Whoever is thorough removes that as well; the hub's own list is elsewhere.
    let db = Connection::open(&tree.nodes[&village].store)?;
    db.execute("DELETE FROM anchor_sent", [])?;
    drop(db);
    tree.node(&village, &["verify"])?;
    let refused = tree.node(&village, &["verify", "--anchors", &anchors]).expect_err("the list says it");
    ensure!(refused.to_string().contains("rewritten"), "{refused}");

    tree.reconnect(&village)?;
    tree.await_that("the county saw it", |tree| {
        Ok(tree.fleet_row(&county, &village, "node")?["chain"] == "rewritten")
    })?;
    let trail = tree.hub(&county, &["audit"])?;
    ensure!(trail.contains("chain-rewritten"), "{trail}");
    ensure!(tree.hubs[&county].daemon.as_ref().is_some_and(|hub| hub.logged().contains("written anew")));
    tree.await_quiet()?;
    tree.ensure_verified()
}

/// Puts another name to an entry, and makes every hash from there on anew: the chain is whole again.
fn write_anew(store: &Path, number: i64) -> Result<()> {
    let db = Connection::open(store)?;
    ensure!(db.execute("UPDATE audit SET who = 'somebody else' WHERE number = ?1", [number])? == 1);
    let mut entries = db.prepare(
        "SELECT number, at, who, act, kind, record, fields, hashes FROM audit WHERE number >= ?1 ORDER BY number",
    )?;
    let mut previous: Vec<u8> =
        db.query_row("SELECT previous FROM audit WHERE number = ?1", [number], |row| row.get(0))?;
    let mut rows = entries.query([number])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let mut bytes = [b"zhuji audit 1\0".as_slice(), &number.to_le_bytes()].concat();
        for column in 1..=6 {
            let text: String = row.get(column)?;
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        for part in [row.get::<_, Vec<u8>>(7)?, previous.clone()] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        let hash = Digest::of(&[&bytes]).0.to_vec();
        db.execute(
            "UPDATE audit SET previous = ?1, hash = ?2 WHERE number = ?3",
            params![previous, hash, number],
        )?;
        previous = hash;
    }
    Ok(())
}
