//! A node's store is copied and both run: the hub tells loudly, lets neither in until one is enrolled anew, and counts
//! nothing twice.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::federation::copy_store;
use zhuji_tests::story::{COUNTY, Cast, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn two_stores_that_run_as_one_office_are_both_kept_out_until_one_is_enrolled_anew() -> Result<()> {
    let today = today();
    let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP, SECOND_TOWNSHIP], policy_at: COUNTY, today };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, year, day) = (unit(COUNTY), today.year().to_string(), today.to_string());
    let (node, pairing) = tree.some_pairing()?;
    let add = ["contact", "add", "--pairing", &pairing, "--date", &day];
    let contacts = |tree: &Story| Ok::<i64, anyhow::Error>(tree.shown(&county, &county, &year)?["contacts"]);
    let before = contacts(&tree)?;

    let (store, clone) = (tree.nodes[&node].store.clone(), tree.folder().join("clone.sqlite"));
    tree.cut_off(&node)?;
    copy_store(&store, &clone)?;
    let mut programs = tree.programs.clone();
    programs.environment.push(("ZHUJI_OPERATOR".to_owned(), "the clone".to_owned()));
    let other = programs.start("zhuji-node", &clone, &["run"], &tree.folder().join("clone.log"))?;
    tree.reconnect(&node)?;
    // Both record; a fork shows at the latest when both have sent.
    tree.node(&node, &add)?;
    programs.run("zhuji-node", &clone, &add)?;
    programs.run("zhuji-node", &clone, &add)?;
    tree.await_that("the hub tells of the copy", |tree| {
        // Whoever is at a machine asks it to sync now and then.
        let _refused = tree.node(&node, &["sync", "--once"]);
        let _refused = programs.run("zhuji-node", &clone, &["sync", "--once"]);
        let trail = tree.hub_json(&county, &["audit", "--last", "1000"])?;
        let told = |row: &serde_json::Value| row["act"] == "fork";
        Ok(trail.as_array().is_some_and(|rows| rows.iter().any(told)))
    })?;
    let meanwhile = contacts(&tree)?;
    ensure!((before..=before + 2).contains(&meanwhile), "{before} contacts became {meanwhile}");

    other.kill()?;
    tree.cut_off(&node)?;
    let token = tree.token(&county, &node, "node")?;
    tree.node(&node, &["enrol", &token])?;
    tree.reconnect(&node)?;
    tree.await_that("the office's own contact and no other", |tree| {
        Ok(tree.shown(&county, &county, &year)?["contacts"] == before + 1)
    })?;
    let refused = programs.run("zhuji-node", &clone, &["sync", "--once"]);
    refused.err().context("the clone synced after the office was enrolled anew")?;
    tree.await_quiet()?;
    ensure!(contacts(&tree)? == before + 1);
    tree.ensure_whole(&year, today)?;
    tree.ensure_verified()
}
