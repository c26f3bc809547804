//! A node is restored from an old backup: what it had reported since counts no more, is shown at both ends as to be entered
//! again, and entering it again ends that.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use serde_json::Value;
use zhuji_tests::federation::Federation;
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn what_was_reported_after_the_backup_is_asked_for_and_counts_once_when_entered_again() -> Result<()> {
    let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
    let cast = Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, node) = (unit(COUNTY), unit(TOWNSHIP));
    let before = contacts(&tree)?;
    let life = tree.position(&county, &node, "node")?.context("it synced")?.life;
    let backup = tree.folder().join("old.backup").display().to_string();
    tree.node(&node, &["backup", &backup])?;
    for _ in 0..3 {
        record(&tree)?;
    }
    tree.await_quiet()?;
    ensure!(contacts(&tree)? == before + 3);

    tree.cut_off(&node)?;
    tree.node(&node, &["restore", &backup])?;
    // Entered before anybody was asked for it: it counts, and is not asked for.
    record(&tree)?;
    tree.reconnect(&node)?;
    tree.await_that("what the restored node has, at the top", |tree| Ok(contacts(tree)? == before + 1))?;
    let restored = tree.position(&county, &node, "node")?.context("it synced")?.life;
    ensure!(restored > life, "it goes on in life {restored}");
    let month = format!("{:04}-{:02}", today().year(), today().month());
    tree.await_that("the operator is asked for the month", |tree| {
        Ok(missing(tree)?.iter().any(|line| line.starts_with(&month) && line.contains("contacts")))
    })?;
    ensure!(tree.node(&node, &["status"])?.contains("enter it again"), "status does not say what to do");
    let listed = tree.hub(&county, &["aside", "list"])?;
    ensure!(listed.contains(&month) && listed.contains(TOWNSHIP), "the hub lists {listed}");

    for _ in 0..2 {
        record(&tree)?;
    }
    tree.await_that("nobody is asked any more", |tree| {
        let is_settled = tree.fleet_row(&county, &node, "node")?["aside"] == 0;
        Ok(is_settled && missing(tree)?.is_empty())
    })?;
    tree.await_quiet()?;
    ensure!(contacts(&tree)? == before + 3);
    tree.ensure_whole(&today().year().to_string(), today())?;
    tree.ensure_verified()
}

fn record(tree: &Federation) -> Result<()> {
    let (node, day) = (unit(TOWNSHIP), today().to_string());
    let pairing = tree.pairing_of(&node)?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    Ok(())
}

/// What the node's operator is asked to enter again, a line a month.
fn missing(tree: &Federation) -> Result<Vec<String>> {
    let status = tree.node_json(&unit(TOWNSHIP), &["status"])?;
    let lines = status[0]["missing"].as_array().context("a list")?;
    Ok(lines.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn contacts(tree: &Federation) -> Result<i64> {
    let province = unit(PROVINCE);
    Ok(tree.shown(&province, &province, &today().year().to_string())?["contacts"])
}
