//! A revoked node is put out at once and told why, does not come back, and harms nobody; enrolled anew it works again.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::story::{COUNTY, Cast, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn a_revoked_node_is_put_out_told_why_and_enrolled_anew_comes_back() -> Result<()> {
    let today = today();
    let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP, SECOND_TOWNSHIP], policy_at: COUNTY, today };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, year, day) = (unit(COUNTY), today.year().to_string(), today.to_string());
    let (node, pairing) = tree.some_pairing()?;
    let others = tree.nodes.keys().find(|other| **other != node).context("another node")?.clone();
    let contacts = |tree: &Story| Ok::<i64, anyhow::Error>(tree.shown(&county, &county, &year)?["contacts"]);
    let before = contacts(&tree)?;

    tree.hub(&county, &["revoke", "--unit", node.as_str(), "--role", "node"])?;
    tree.await_that("the node knows that it is revoked", |tree| {
        Ok(tree.node(&node, &["status"])?.contains("revoked"))
    })?;
    ensure!(tree.fleet_row(&county, &node, "node")?["standing"] == "revoked");

    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    let refused = tree.node(&node, &["sync", "--once"]).err().context("a revoked node synced")?;
    ensure!(refused.to_string().contains("revoked"), "it was not told why: {refused}");
    tree.cut_off(&node)?;
    let refused = tree.node(&node, &["sync", "--once"]).err().context("a revoked node synced")?;
    ensure!(refused.to_string().contains("revoked"), "it was not told why: {refused}");
    tree.reconnect(&node)?;
    tree.node(&others, &["sync", "--once"])?;
    ensure!(contacts(&tree)? == before, "a contact of a revoked node arrived");

    let token = tree.token(&county, &node, "node")?;
    tree.node(&node, &["enrol", &token])?;
    tree.await_that("the contact at the hub", |tree| {
        Ok(tree.shown(&county, &county, &year)?["contacts"] == before + 1)
    })?;
    tree.await_quiet()?;
    tree.ensure_whole(&year, today)?;
    tree.ensure_verified()
}
