//! A node's store is copied and both speak: it is found out by what they sent, or by their taking each other's place.
//! Either way the hub keeps both out and says so, both are told, nothing counts twice, and enrolling one anew ends it.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use serde_json::Value;
use std::path::{Path, PathBuf};
use zhuji_protocol::unit::UnitId;
use zhuji_tests::federation::{Federation, NODE, copy_store};
use zhuji_tests::story::{COUNTY, Cast, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn two_stores_that_both_sent_are_kept_out_until_one_is_enrolled_anew() -> Result<()> {
    let mut tree = begin()?;
    let node = unit(TOWNSHIP);
    let before = contacts(&tree)?;
    let clone = copied(&mut tree)?;
    // Each has sent something of its own: to the clone it looks as if the hub came from elsewhere, so it begins a new life;
    // then the old one speaks again.
    record(&tree, &tree.nodes[&node].store)?;
    sync(&tree, &tree.nodes[&node].store)?;
    record(&tree, &clone)?;
    record(&tree, &clone)?;
    sync(&tree, &clone)?;
    let meanwhile = contacts(&tree)?;
    ensure!(
        meanwhile == before + 2,
        "{before} contacts became {meanwhile}: what both sent was added up, or lost"
    );
    let told = sync(&tree, &tree.nodes[&node].store).err().context("the old life was let in")?.to_string();
    ensure!(told.contains("two stores") && told.contains("run enrol"), "told: {told}");
    let told = sync(&tree, &clone).err().context("the new life was let in")?.to_string();
    ensure!(told.contains("two stores"), "told: {told}");
    ensure!(found_by(&tree)? == ["old-life"], "found otherwise: {:?}", found_by(&tree)?);
    is_told_everywhere(&tree, &[&tree.nodes[&node].store, &clone])?;
    the_way_out(&mut tree, &clone, before + 1)
}

#[test]
fn two_daemons_that_take_each_others_place_are_kept_out_until_one_is_enrolled_anew() -> Result<()> {
    let mut tree = begin()?;
    let node = unit(TOWNSHIP);
    let before = contacts(&tree)?;
    let clone = copied(&mut tree)?;
    // Nobody records anything: both stand where the hub stands, and only their coming and going tells.
    let log = tree.folder().join("clone.log");
    let other = tree.programs.start(NODE, &clone, &["run"], &log)?;
    tree.reconnect(&node)?;
    tree.await_that("the hub keeps both out", |tree| {
        Ok(tree.fleet_row(&unit(COUNTY), &node, "node")?["standing"] == "forked")
    })?;
    ensure!(found_by(&tree)? == ["returns"], "found otherwise: {:?}", found_by(&tree)?);
    tree.await_that("both daemons say so", |tree| {
        let said = |log: &Path| {
            Ok::<_, anyhow::Error>(std::fs::read_to_string(log)?.contains("TURNS THIS REPLICA AWAY"))
        };
        Ok(said(&log)? && said(&tree.nodes[&node].log)?)
    })?;
    // A daemon enters it in its store a moment after it has said so.
    tree.await_that("both stores say so", |tree| {
        Ok(is_told_everywhere(tree, &[&tree.nodes[&node].store, &clone]).is_ok())
    })?;
    is_told_everywhere(&tree, &[&tree.nodes[&node].store, &clone])?;
    ensure!(contacts(&tree)? == before, "something counted twice");
    other.kill()?;
    tree.cut_off(&node)?;
    record(&tree, &tree.nodes[&node].store)?;
    the_way_out(&mut tree, &clone, before + 1)
}

fn begin() -> Result<Story> {
    let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
    let mut tree = Story::begin(&Cast { hubs: &[COUNTY], nodes, policy_at: COUNTY, today: today() })?;
    tree.await_quiet()?;
    Ok(tree)
}

/// The township's daemon is killed, and its files are copied.
fn copied(tree: &mut Story) -> Result<PathBuf> {
    let clone = tree.folder().join("clone.sqlite");
    tree.cut_off(&unit(TOWNSHIP))?;
    copy_store(&tree.nodes[&unit(TOWNSHIP)].store, &clone)?;
    Ok(clone)
}

fn record(tree: &Federation, store: &Path) -> Result<()> {
    let (pairing, day) = (tree.pairing_of(&unit(TOWNSHIP))?, today().to_string());
    tree.programs.run(NODE, store, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    Ok(())
}

fn sync(tree: &Federation, store: &Path) -> Result<()> {
    tree.programs.run(NODE, store, &["sync", "--once"]).map(drop)
}

fn contacts(tree: &Federation) -> Result<i64> {
    let county = unit(COUNTY);
    Ok(tree.shown(&county, &county, &today().year().to_string())?["contacts"])
}

/// How the hub found a copy, as often as its trail says that it did.
fn found_by(tree: &Federation) -> Result<Vec<String>> {
    let trail = tree.hub_json(&unit(COUNTY), &["audit", "--last", "1000"])?;
    let rows = trail.as_array().context("a list")?;
    let forks = rows.iter().filter(|row| row["act"] == "fork");
    Ok(forks.filter_map(|row| row["detail"].as_str()).map(str::to_owned).collect())
}

/// The hub's log and `fleet`, and `status` at both stores.
fn is_told_everywhere(tree: &Federation, stores: &[&PathBuf]) -> Result<()> {
    let county = unit(COUNTY);
    let log = std::fs::read_to_string(&tree.hubs[&county].log)?;
    ensure!(log.contains("TWO STORES SPEAK AS ONE REPLICA"), "the hub's log does not say it");
    let row = tree.fleet_row(&county, &unit(TOWNSHIP), "node")?;
    ensure!(row["standing"] == "forked", "fleet shows {row}");
    let shown = tree.hub(&county, &["fleet"])?;
    ensure!(shown.contains("run enrol with it"), "fleet shows no way out: {shown}");
    for store in stores {
        let status: Value = tree.programs.json(NODE, store, &["status"])?;
        let told = status[0]["turned_away"].as_str().unwrap_or_default();
        ensure!(told.contains("two stores") && told.contains("run enrol"), "status tells {told:?}");
    }
    Ok(())
}

/// The office's own store is enrolled anew: it goes on, the clone does not, and only the office's records count.
fn the_way_out(tree: &mut Story, clone: &Path, expected: i64) -> Result<()> {
    let (county, node): (UnitId, UnitId) = (unit(COUNTY), unit(TOWNSHIP));
    let token = tree.token(&county, &node, "node")?;
    tree.node(&node, &["enrol", &token])?;
    tree.reconnect(&node)?;
    tree.await_that("the office's own contact and no other", |tree| Ok(contacts(tree)? == expected))?;
    let told = sync(tree, clone).err().context("the clone synced after the office was enrolled anew")?;
    ensure!(told.to_string().contains("token"), "the clone is not told why: {told}");
    ensure!(tree.fleet_row(&county, &node, "node")?["standing"] == "active");
    tree.await_quiet()?;
    ensure!(contacts(tree)? == expected);
    tree.ensure_whole(&today().year().to_string(), today())?;
    tree.ensure_verified()
}
