//! A node is suspended and let in again, another one's office ends: each is told what happened and what to do, nothing is
//! lost and nothing counts twice; and keys are exchanged when their time has come.

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, TimeDelta};
use std::fs;
use zhuji_protocol::unit::UnitId;
use zhuji_tests::federation::Federation;
use zhuji_tests::story::{COUNTY, Cast, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

/// How many units a hub expects to report, as its report says.
fn expected(tree: &Federation, hub: &UnitId, year: &str) -> Result<i64> {
    let words = ["report", "--unit", hub.as_str(), "--period", year, "--depth", "0"];
    let rows = tree.hub_json(hub, &words)?;
    rows[0]["units_expected"].as_i64().with_context(|| format!("a report says who is expected: {rows}"))
}

fn told(tree: &Federation, node: &UnitId, words: &[&str]) -> Result<String> {
    let refused = tree.node(node, words).err().with_context(|| format!("{words:?} was not refused"))?;
    Ok(refused.to_string())
}

#[test]
fn suspended_resumed_and_retired() -> Result<()> {
    let today = today();
    let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP, SECOND_TOWNSHIP], policy_at: COUNTY, today };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, year, day) = (unit(COUNTY), today.year().to_string(), today.to_string());
    let (node, pairing) = tree.some_pairing()?;
    let other = tree.nodes.keys().find(|other| **other != node).context("another node")?.clone();
    let contacts =
        |tree: &Federation| Ok::<i64, anyhow::Error>(tree.shown(&county, &county, &year)?["contacts"]);
    let before = contacts(&tree)?;
    let rule = |tree: &Federation, ruling: &str, node: &UnitId| {
        let words = [ruling, "--unit", node.as_str(), "--role", "node", "--reason", "a rehearsal"];
        tree.hub(&county, &words)
    };

    rule(&tree, "suspend", &node)?;
    tree.await_that("the node knows that it is suspended", |tree| {
        Ok(tree.node(&node, &["status"])?.contains("suspended"))
    })?;
    ensure!(tree.fleet_row(&county, &node, "node")?["standing"] == "suspended");
    ensure!(expected(&tree, &county, &year)? == 2, "a suspended office is expected");
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    ensure!(told(&tree, &node, &["sync", "--once"])?.contains("suspended"));
    let barred = tree.token(&county, &node, "node").err().context("a token was issued")?;
    ensure!(barred.to_string().contains("resume"), "it does not say what to do: {barred}");
    tree.node(&other, &["sync", "--once"])?;
    ensure!(contacts(&tree)? == before, "a contact of a suspended node arrived");

    rule(&tree, "resume", &node)?;
    tree.node(&node, &["sync", "--once"])?;
    tree.await_that("the contact at the hub", |tree| Ok(contacts(tree)? == before + 1))?;
    ensure!(tree.fleet_row(&county, &node, "node")?["standing"] == "active");

    let of_other = tree.recorded(&other, &year, today)?;
    ensure!(of_other.values().any(|figure| *figure > 0), "the office that is retired has a history");
    let figures = tree.shown(&county, &county, &year)?;
    rule(&tree, "retire", &other)?;
    tree.await_that("the node knows that it is retired", |tree| {
        Ok(tree.node(&other, &["status"])?.contains("retired"))
    })?;
    ensure!(expected(&tree, &county, &year)? == 1, "a retired office is not expected");
    ensure!(tree.shown(&county, &county, &year)? == figures, "its history goes on counting");
    ensure!(told(&tree, &other, &["sync", "--once"])?.contains("retired"));

    let entered = tree.hub(&county, &["audit", "--last", "200"])?;
    ensure!(["suspend", "resume", "retire", "a rehearsal"].iter().all(|word| entered.contains(word)));
    let beside = tree.hubs[&county].store.with_extension("sqlite.revocations");
    let kept = fs::read_to_string(&beside).with_context(|| beside.display().to_string())?;
    let standings: Vec<&str> = kept.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    ensure!(standings == ["suspended", "active", "retired"], "{kept}");

    // A quarter later: the certificate's half-life is over, and the key is exchanged for a new one.
    let until = |tree: &Federation| {
        Ok::<_, anyhow::Error>(tree.fleet_row(&county, &node, "node")?["certificate_until"].clone())
    };
    let trail = |tree: &Federation| tree.hub(&county, &["audit", "--last", "200"]);
    let first = until(&tree)?;
    let quarter = today + TimeDelta::days(120);
    tree.move_to(quarter)?;
    // By its own clock no day has passed: it hears of the quarter at its first dial, and acts on it at the second.
    tree.node(&node, &["sync", "--once"])?;
    tree.cut_off(&node)?;
    tree.reconnect(&node)?;
    tree.await_that("a new certificate", |tree| Ok(until(tree)? != first))?;
    tree.await_that("the new key in use", |tree| Ok(trail(tree)?.contains("key-used")))?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &quarter.to_string()])?;
    tree.node(&node, &["sync", "--once"])?;
    ensure!(trail(&tree)?.contains("renew-own-key"), "the hub renewed its own certificate, too");
    // What the first key signed is proved as before.
    tree.ensure_verified()
}
