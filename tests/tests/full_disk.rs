//! The disk of a node, and of a hub, is full: whoever writes is told, nothing is half-done, the rest goes on; after room
//! is made everything goes on by itself, and the sums agree.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::federation::{Federation, HUB, NODE};
use zhuji_tests::mounts::{SmallDisk, in_own_mounts};
use zhuji_tests::story::{COUNTY, Cast, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

/// Room for a store of a story, its log, and a little.
const ROOM_KIB: u32 = 8 << 10;

/// What fits into what is left of pages that were written already, and then some.
const ATTEMPTS: usize = 400;

#[test]
fn a_node_whose_disk_is_full_says_so_and_goes_on_when_there_is_room() -> Result<()> {
    in_own_mounts("a_node_whose_disk_is_full_says_so_and_goes_on_when_there_is_room", || {
        let (mut tree, disk) = begin()?;
        let node = unit(TOWNSHIP);
        tree.settle_node(&node, disk.path())?;
        tree.await_quiet()?;
        let before = contacts(&tree)?;

        disk.fill()?;
        let (recorded, told) = record_until_refused(&tree)?;
        ensure!(told.contains("the disk is full") && told.contains("nothing was written"), "told: {told}");
        let listed = tree.node_json(&node, &["contact", "list"])?;
        let typed = |row: &&serde_json::Value| row["note"] == "typed while the disk fills";
        let kept = listed.as_array().context("a list")?.iter().filter(typed).count();
        ensure!(kept == recorded, "{recorded} contacts were confirmed, {kept} are kept");
        tree.node(&node, &["verify"])?;
        let other = tree.programs.command(NODE, &disk.path().join("other.db")).args(INIT).output()?;
        let told = String::from_utf8(other.stderr)?;
        ensure!(other.status.code() == Some(2) && told.contains("the disk is full"), "told: {told}");
        ensure!(!disk.path().join("other.db").exists(), "an unfinished store was left");
        tree.check_running()?;

        disk.make_room()?;
        let expected = before + i64::try_from(recorded)?;
        tree.await_that("what was recorded, at the hub", |tree| Ok(contacts(tree)? == expected))?;
        ensure!(record(&tree)?.is_none(), "there is room, and a contact is refused");
        tree.await_that("one more at the hub", |tree| Ok(contacts(tree)? == expected + 1))?;
        whole(&mut tree)
    })
}

#[test]
fn a_hub_whose_disk_is_full_takes_nothing_in_says_so_and_goes_on_when_there_is_room() -> Result<()> {
    in_own_mounts("a_hub_whose_disk_is_full_takes_nothing_in_says_so_and_goes_on_when_there_is_room", || {
        let (mut tree, disk) = begin()?;
        let county = unit(COUNTY);
        tree.settle_hub(&county, disk.path())?;
        tree.await_quiet()?;
        let before = contacts(&tree)?;

        disk.fill()?;
        let mut recorded = 0;
        tree.await_that("the hub says that its disk is full", |tree| {
            // Until the pages that the log has already are used up, it takes things in.
            ensure!(record(tree)?.is_none(), "the node's disk is not full");
            recorded += 1;
            Ok(std::fs::read_to_string(&tree.hubs[&county].log)?.contains("THE DISK IS FULL"))
        })?;
        tree.await_that("the node knows that something is not through", |tree| {
            Ok(tree.node_json(&unit(TOWNSHIP), &["status"])?[0]["owed"].as_i64() > Some(0))
        })?;
        let meanwhile = contacts(&tree)?;
        ensure!(meanwhile <= before + recorded, "{meanwhile} contacts of {}", before + recorded);
        let refused = tree.hub(&county, &["token", "issue", "--unit", SECOND_TOWNSHIP, "--role", "node"]);
        let told = refused.err().context("a token was issued on a full disk")?.to_string();
        ensure!(told.contains("the disk is full"), "told: {told}");
        tree.hub(&county, &["verify"])?;
        tree.check_running()?;

        disk.make_room()?;
        tree.await_that("everything at the hub", |tree| Ok(contacts(tree)? == before + recorded))?;
        tree.hub(&county, &["token", "issue", "--unit", SECOND_TOWNSHIP, "--role", "node"])?;
        whole(&mut tree)
    })
}

#[test]
fn where_nothing_may_be_written_both_programs_say_so() -> Result<()> {
    in_own_mounts("where_nothing_may_be_written_both_programs_say_so", || {
        let (mut tree, disk) = begin()?;
        let (county, node) = (unit(COUNTY), unit(TOWNSHIP));
        tree.settle_node(&node, disk.path())?;
        tree.settle_hub(&county, disk.path())?;
        tree.await_quiet()?;
        let pairing = tree.pairing_of(&node)?;
        tree.stop();
        disk.make_read_only()?;
        let stores = [(NODE, tree.nodes[&node].store.clone()), (HUB, tree.hubs[&county].store.clone())];
        for (program, store) in stores {
            let writing: &[&[&str]] = match program {
                NODE => &[&["contact", "add", "--pairing", &pairing], &["run"], &["sync", "--once"]],
                _ => &[&["serve"], &["revoke", "--unit", TOWNSHIP, "--role", "node"]],
            };
            for words in writing {
                let output = tree.programs.command(program, &store).args(*words).output()?;
                let told = String::from_utf8(output.stderr)?;
                ensure!(output.status.code() == Some(2), "{program} {words:?}: {} {told}", output.status);
                let name = store.display().to_string();
                ensure!(told.contains(&name) && told.contains("written"), "{program} {words:?} told: {told}");
            }
        }
        Ok(())
    })
}

const INIT: [&str; 7] = ["init", "--unit", SECOND_TOWNSHIP, "--name", "普安镇", "--level", "township"];

fn begin() -> Result<(Story, SmallDisk)> {
    let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP], policy_at: COUNTY, today: today() };
    let tree = Story::begin(&cast)?;
    let disk = SmallDisk::mount(&tree.folder().join("disk"), ROOM_KIB)?;
    Ok((tree, disk))
}

/// Records a contact; gives what was told if it was refused.
fn record(tree: &Federation) -> Result<Option<String>> {
    let (node, day) = (unit(TOWNSHIP), today().to_string());
    let pairing = tree.pairing_of(&node)?;
    let mut add = tree.programs.command(NODE, &tree.nodes[&node].store);
    add.args([
        "contact",
        "add",
        "--note",
        "typed while the disk fills",
        "--pairing",
        &pairing,
        "--date",
        &day,
    ]);
    let output = add.output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn record_until_refused(tree: &Federation) -> Result<(usize, String)> {
    for recorded in 0..ATTEMPTS {
        if let Some(told) = record(tree)? {
            return Ok((recorded, told));
        }
    }
    anyhow::bail!("{ATTEMPTS} contacts found room on a full disk")
}

fn contacts(tree: &Federation) -> Result<i64> {
    let county = unit(COUNTY);
    Ok(tree.shown(&county, &county, &today().year().to_string())?["contacts"])
}

fn whole(tree: &mut Story) -> Result<()> {
    tree.await_quiet()?;
    tree.ensure_covered()?;
    tree.ensure_whole(&today().year().to_string(), today())?;
    tree.ensure_verified()
}
