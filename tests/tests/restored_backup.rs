//! A store is lost and its backup put in its place: what had been reported since is shown at both ends until it was entered
//! again, and nothing counts that nobody has.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::federation::Federation;
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
fn what_an_office_lost_is_shown_at_both_ends_until_it_was_entered_again() -> Result<()> {
    let (mut tree, county) = (begin()?, unit(COUNTY));
    let (year, day) = (today().year().to_string(), today().to_string());
    let (node, pairing) = tree.some_pairing()?;
    let add = ["contact", "add", "--pairing", &pairing, "--date", &day];
    let before = contacts_at_the_top(&tree)?;
    let backup = tree.folder().join("office.backup").display().to_string();
    tree.node(&node, &["backup", &backup])?;
    tree.node(&node, &add)?;
    tree.node(&node, &add)?;
    tree.await_quiet()?;
    ensure!(contacts_at_the_top(&tree)? == before + 2);

    tree.cut_off(&node)?;
    tree.node(&node, &["restore", &backup])?;
    tree.reconnect(&node)?;
    let aside = |tree: &Federation| {
        let row = tree.fleet_row(&county, &node, "node")?;
        row["aside"].as_i64().context("a number")
    };
    tree.await_that("the hub tells what is missing", |tree| Ok(aside(tree)? > 0))?;
    tree.await_that("only what the office has counts", |tree| Ok(contacts_at_the_top(tree)? == before))?;
    tree.ensure_whole(&year, today())?;
    let short = |tree: &Federation| -> Result<Vec<(i64, i64)>> {
        let listed = tree.node(&node, &["aside", "list", "--format", "json"])?;
        let rows: Vec<serde_json::Value> = serde_json::from_str(&listed)?;
        let of_contacts = rows.iter().filter(|row| row["figure"] == "contacts");
        of_contacts
            .map(|row| Ok((row["known"].as_i64().context("known")?, row["now"].as_i64().context("now")?)))
            .collect()
    };
    tree.await_that("the office is told what is missing", |tree| Ok(!short(tree)?.is_empty()))?;
    let missing = short(&tree)?;
    ensure!(missing.iter().map(|(known, now)| known - now).sum::<i64>() == 2, "{missing:?}");
    ensure!(tree.node(&node, &["status"])?.contains("enter it again"));

    tree.node(&node, &add)?;
    tree.node(&node, &add)?;
    tree.await_that("nothing is missing any more", |tree| Ok(short(tree)?.is_empty() && aside(tree)? == 0))?;
    tree.await_quiet()?;
    ensure!(contacts_at_the_top(&tree)? == before + 2);
    tree.ensure_whole(&year, today())?;
    tree.ensure_verified()
}

#[test]
fn a_hub_restored_from_its_backup_is_refilled_and_misses_nothing_in_the_end() -> Result<()> {
    let (mut tree, county) = (begin()?, unit(COUNTY));
    let (year, day) = (today().year().to_string(), today().to_string());
    let (node, pairing) = tree.some_pairing()?;
    let before = contacts_at_the_top(&tree)?;
    let backup = tree.folder().join("hub.backup").display().to_string();
    tree.hub(&county, &["backup", &backup])?;
    tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    tree.await_quiet()?;
    ensure!(contacts_at_the_top(&tree)? == before + 1);

    tree.kill_hub(&county)?;
    tree.hub(&county, &["restore", &backup])?;
    ensure!(tree.shown(&county, &county, &year)?["contacts"] == before, "the backup is not old");
    tree.revive_hub(&county)?;
    tree.await_that("the province whole again", |tree| Ok(contacts_at_the_top(tree)? == before + 1))?;
    tree.await_quiet()?;
    let province = unit(PROVINCE);
    tree.await_that("the province misses nothing", |tree| {
        Ok(tree.fleet_row(&province, &county, "hub")?["aside"] == 0)
    })?;
    tree.ensure_whole(&year, today())?;
    tree.ensure_verified()
}
