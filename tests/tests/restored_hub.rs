//! A hub is restored from yesterday's backup: its children refill it, nothing counts twice at any level, and who was put
//! out since stays out.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::federation::Federation;
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn a_hub_restored_from_yesterday_is_refilled_and_who_was_put_out_since_stays_out() -> Result<()> {
    let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
    let cast = Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (province, county, put_out) = (unit(PROVINCE), unit(COUNTY), unit(SECOND_TOWNSHIP));
    let before = contacts(&tree, PROVINCE)?;
    let backup = tree.folder().join("yesterday.backup").display().to_string();
    tree.hub(&county, &["backup", &backup])?;

    // What happens after the backup: records at both, and one of them is put out.
    for node in [TOWNSHIP, SECOND_TOWNSHIP] {
        record(&tree, node)?;
    }
    tree.await_quiet()?;
    ensure!(contacts(&tree, PROVINCE)? == before + 2);
    tree.hub(&county, &["revoke", "--unit", SECOND_TOWNSHIP, "--role", "node"])?;
    tree.await_that("the node knows that it is revoked", |tree| {
        Ok(tree.node(&put_out, &["status"])?.contains("revoked"))
    })?;

    tree.kill_hub(&county)?;
    tree.hub(&county, &["restore", &backup])?;
    ensure!(contacts(&tree, COUNTY)? == before, "the backup is not of yesterday");
    tree.revive_hub(&county)?;
    // The one that was put out does not come back to send its contact again: the hub has what it had of it yesterday.
    tree.await_that("the county refilled", |tree| Ok(contacts(tree, COUNTY)? == before + 1))?;
    tree.await_that("the province as the county", |tree| Ok(contacts(tree, PROVINCE)? == before + 1))?;
    ensure!(tree.fleet_row(&county, &put_out, "node")?["standing"] == "revoked", "it was let in again");
    let told = tree.node(&put_out, &["sync", "--once"]).err().context("a revoked node synced")?;
    ensure!(told.to_string().contains("revoked"), "told: {told}");

    // Enrolled anew it sends what it has, and everything is whole again.
    let token = tree.token(&county, &put_out, "node")?;
    tree.node(&put_out, &["enrol", &token])?;
    record(&tree, TOWNSHIP)?;
    tree.await_that("everything at the top", |tree| Ok(contacts(tree, PROVINCE)? == before + 3))?;
    tree.await_quiet()?;
    ensure!(contacts(&tree, COUNTY)? == before + 3);
    ensure!(tree.shown(&province, &county, &year())? == tree.shown(&county, &county, &year())?);
    tree.ensure_whole(&year(), today())?;
    tree.ensure_verified()
}

fn record(tree: &Federation, node: &str) -> Result<()> {
    let (node, day) = (unit(node), today().to_string());
    let pairing = tree.pairing_of(&node)?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    Ok(())
}

fn contacts(tree: &Federation, hub: &str) -> Result<i64> {
    Ok(tree.shown(&unit(hub), &unit(hub), &year())?["contacts"])
}

fn year() -> String {
    today().year().to_string()
}
