//! A node dies while its acknowledgement is on the way: nothing counts twice, nothing acknowledged is lost.

use anyhow::{Result, ensure};
use chrono::Datelike;
use zhuji_tests::story::{COUNTY, Cast, Story, TOWNSHIP, VILLAGE, today, unit};

/// How often the node dies. Each time it lives until the hub shows what it sent, or a little shorter.
const DEATHS: i64 = 6;

#[test]
fn whatever_was_committed_before_the_acknowledgement_was_taken_counts_once() -> Result<()> {
    let today = today();
    let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP, VILLAGE], policy_at: TOWNSHIP, today };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, year, day) = (unit(COUNTY), today.year().to_string(), today.to_string());
    let (node, pairing) = tree.some_pairing()?;
    let add = ["contact", "add", "--pairing", &pairing, "--date", &day];
    let contacts = |tree: &Story| Ok::<i64, anyhow::Error>(tree.shown(&county, &county, &year)?["contacts"]);
    let before = contacts(&tree)?;
    for death in 1..=DEATHS {
        // The hub stands still: it gets what is sent, and has answered nothing when the node dies.
        tree.hubs[&county].pause()?;
        tree.node(&node, &add)?;
        tree.await_that("figures to be sent", |tree| {
            Ok(tree.node_json(&node, &["status"])?[0]["owed"].as_i64() > Some(0))
        })?;
        tree.node(&node, &add)?;
        tree.cut_off(&node)?;
        tree.hubs[&county].go_on()?;
        tree.reconnect(&node)?;
        if death % 2 == 0 {
            // And once more just when the hub has committed, whatever the node knows of it by then.
            tree.await_that("the contacts at the hub", |tree| {
                Ok(tree.shown(&county, &county, &year)?["contacts"] == before + 2 * death)
            })?;
            tree.cut_off(&node)?;
            tree.reconnect(&node)?;
        }
    }
    tree.await_quiet()?;
    let after = contacts(&tree)?;
    ensure!(after == before + 2 * DEATHS, "{before} contacts and {} more became {after}", 2 * DEATHS);
    tree.ensure_whole(&year, today)?;
    tree.ensure_verified()
}
