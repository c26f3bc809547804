//! A store is replaced by an old copy of itself, at a hub or at a node: the tree heals, and nothing counts twice.

use anyhow::{Result, ensure};
use chrono::Datelike;
use zhuji_tests::federation::{Federation, copy_store};
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

fn begin() -> Result<Story> {
    let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
    let mut tree =
        Story::begin(&Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() })?;
    tree.await_quiet()?;
    Ok(tree)
}

fn contacts_at_the_top(tree: &Federation) -> Result<i64> {
    let province = unit(PROVINCE);
    Ok(tree.shown(&province, &province, &today().year().to_string())?["contacts"])
}

#[test]
fn a_restored_hub_is_refilled_by_its_children() -> Result<()> {
    let (mut tree, county) = (begin()?, unit(COUNTY));
    let (year, day) = (today().year().to_string(), today().to_string());
    let (node, pairing) = tree.some_pairing()?;
    let before = contacts_at_the_top(&tree)?;

    let store = tree.hubs[&county].store.clone();
    let copy = tree.folder().join("old-copy.sqlite");
    tree.kill_hub(&county)?;
    copy_store(&store, &copy)?;
    tree.revive_hub(&county)?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    tree.await_quiet()?;
    ensure!(contacts_at_the_top(&tree)? == before + 1);

    tree.kill_hub(&county)?;
    copy_store(&copy, &store)?;
    ensure!(tree.shown(&county, &county, &year)?["contacts"] == before, "the copy is not old");
    tree.revive_hub(&county)?;
    tree.await_that("the county's hub refilled", |tree| {
        Ok(tree.shown(&county, &county, &year)?["contacts"] == before + 1)
    })?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    tree.await_that("the province whole again", |tree| Ok(contacts_at_the_top(tree)? == before + 2))?;
    tree.await_quiet()?;
    tree.ensure_whole(&year, today())?;
    tree.ensure_verified()
}

#[test]
fn a_restored_node_begins_a_new_life_and_sends_everything_again_once() -> Result<()> {
    let (mut tree, county) = (begin()?, unit(COUNTY));
    let (year, day) = (today().year().to_string(), today().to_string());
    let (node, pairing) = tree.some_pairing()?;
    let add = ["contact", "add", "--pairing", &pairing, "--date", &day];
    let before = contacts_at_the_top(&tree)?;
    let life = tree.fleet_row(&county, &node, "node")?["incarnation"].as_i64();

    let store = tree.nodes[&node].store.clone();
    let copy = tree.folder().join("old-copy.sqlite");
    tree.cut_off(&node)?;
    copy_store(&store, &copy)?;
    tree.reconnect(&node)?;
    tree.node(&node, &add)?;
    tree.node(&node, &add)?;
    tree.await_quiet()?;
    ensure!(contacts_at_the_top(&tree)? == before + 2);

    tree.cut_off(&node)?;
    copy_store(&copy, &store)?;
    tree.node(&node, &add)?;
    tree.reconnect(&node)?;
    tree.await_that("what the restored node has, at the top", |tree| {
        Ok(contacts_at_the_top(tree)? == before + 1)
    })?;
    tree.await_quiet()?;
    ensure!(
        tree.fleet_row(&county, &node, "node")?["incarnation"].as_i64() > life,
        "no new incarnation is shown"
    );
    tree.ensure_whole(&year, today())?;
    tree.ensure_verified()
}
