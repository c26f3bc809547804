//! Lines that delay, lose, repeat and reorder datagrams, that give callers other addresses, and that go silent: what is
//! recorded arrives exactly once, and a link that can live through it does.

use anyhow::{Result, ensure};
use chrono::Datelike;
use zhuji_tests::dice::with_dice;
use zhuji_tests::relay::Weather;
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn in_a_storm_everything_arrives_exactly_once() -> Result<()> {
    with_dice(31, |mut dice| {
        let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
        let cast = Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() };
        let mut tree = Story::begin_over(Some((Weather::STORM, dice.split())), &cast)?;
        let before = contacts_at(&tree, PROVINCE)?;
        for round in 0..20 {
            let node = unit(nodes[round % nodes.len()]);
            record(&tree, &node)?;
            if dice.percent(30) {
                tree.line(COUNTY).rebind();
            }
            if dice.percent(30) {
                tree.node(&node, &["sync", "--once"])?;
            }
        }
        tree.await_quiet()?;
        for hub in [PROVINCE, COUNTY] {
            let counted = tree.line(hub).counted();
            ensure!(counted.lost > 0 && counted.repeated > 0 && counted.late > 0, "no storm: {counted:?}");
        }
        tree.await_that("every contact at the top", |tree| Ok(contacts_at(tree, PROVINCE)? == before + 20))?;
        tree.ensure_covered()?;
        tree.ensure_whole(&today().year().to_string(), today())?;
        tree.ensure_verified()
    })
}

#[test]
fn a_link_lives_through_one_new_address_after_another() -> Result<()> {
    with_dice(32, |dice| {
        let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP], policy_at: COUNTY, today: today() };
        let mut tree = Story::begin_over(Some((Weather::CLEAR, dice)), &cast)?;
        tree.await_quiet()?;
        // Single exchanges made it quiet; what comes now comes over the daemon's link, so that one stands.
        let first = contacts_at(&tree, COUNTY)? + 1;
        record(&tree, &unit(TOWNSHIP))?;
        tree.await_that("a contact over the daemon's link", |tree| Ok(contacts_at(tree, COUNTY)? == first))?;
        let (links, bindings) = (links_opened(&tree), tree.line(COUNTY).counted().bindings);
        ensure!(links > 0, "the hub does not log its links, so nothing is proven");
        let before = contacts_at(&tree, COUNTY)?;
        for expected in before + 1..=before + 10 {
            tree.line(COUNTY).rebind();
            record(&tree, &unit(TOWNSHIP))?;
            tree.await_that("a contact over a new address", |tree| {
                Ok(contacts_at(tree, COUNTY)? == expected)
            })?;
        }
        let moved = tree.line(COUNTY).counted().bindings - bindings;
        ensure!(moved >= 10, "the node had only {moved} other addresses");
        ensure!(links_opened(&tree) == links, "a link was lost:\n{}", log_of(&tree));
        tree.ensure_whole(&today().year().to_string(), today())?;
        tree.ensure_verified()
    })
}

#[test]
fn after_a_long_silence_it_is_dialled_anew_and_goes_on() -> Result<()> {
    with_dice(33, |dice| {
        let cast = Cast { hubs: &[COUNTY], nodes: &[TOWNSHIP], policy_at: COUNTY, today: today() };
        let mut tree = Story::begin_over(Some((Weather::CLEAR, dice)), &cast)?;
        tree.await_quiet()?;
        let (links, before) = (links_opened(&tree), contacts_at(&tree, COUNTY)?);
        tree.line(COUNTY).set(Weather::SILENCE);
        record(&tree, &unit(TOWNSHIP))?;
        tree.await_that("the node has given the line up", |tree| {
            Ok(std::fs::read_to_string(&tree.nodes[&unit(TOWNSHIP)].log)?.contains("dialling again later"))
        })?;
        ensure!(contacts_at(&tree, COUNTY)? == before, "something came through the silence");
        tree.line(COUNTY).rebind();
        tree.line(COUNTY).set(Weather::CLEAR);
        tree.await_that(
            "the contact after the silence",
            |tree| Ok(contacts_at(tree, COUNTY)? == before + 1),
        )?;
        ensure!(links_opened(&tree) > links, "no other link was opened");
        tree.await_quiet()?;
        tree.ensure_covered()?;
        tree.ensure_whole(&today().year().to_string(), today())?;
        tree.ensure_verified()
    })
}

fn record(tree: &Story, node: &zhuji_protocol::unit::UnitId) -> Result<()> {
    let (pairing, day) = (tree.pairing_of(node)?, today().to_string());
    tree.node(node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
    Ok(())
}

fn contacts_at(tree: &zhuji_tests::federation::Federation, hub: &str) -> Result<i64> {
    Ok(tree.shown(&unit(hub), &unit(hub), &today().year().to_string())?["contacts"])
}

/// How many links the county's hub has welcomed so far, as it logged them.
fn links_opened(tree: &Story) -> usize {
    log_of(tree).matches("a link is open").count()
}

fn log_of(tree: &Story) -> String {
    std::fs::read_to_string(&tree.hubs[&unit(COUNTY)].log).unwrap_or_default()
}
