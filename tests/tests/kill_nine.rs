//! Nodes and hubs are killed without warning while they sync under load; in the end everything is whole and verifies.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

/// How many rounds; more in a long night.
const ROUNDS: &str = "ZHUJI_KILLS";

/// Contacts that a round records, so that something is under way when it is killed.
const LOAD: i64 = 3;

#[test]
fn killed_again_and_again_it_is_whole_in_the_end() -> Result<()> {
    let rounds: i64 = match std::env::var(ROUNDS) {
        Ok(rounds) => rounds.parse().context(ROUNDS)?,
        Err(_) => 10,
    };
    let today = today();
    let cast =
        Cast { hubs: &[PROVINCE, COUNTY], nodes: &[TOWNSHIP, SECOND_TOWNSHIP], policy_at: COUNTY, today };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (province, county) = (unit(PROVINCE), unit(COUNTY));
    let (year, day) = (today.year().to_string(), today.to_string());
    let (node, pairing) = tree.some_pairing()?;
    let before = tree.shown(&province, &province, &year)?["contacts"];
    for round in 0..rounds {
        for _ in 0..LOAD {
            tree.node(&node, &["contact", "add", "--pairing", &pairing, "--date", &day])?;
        }
        match round % 4 {
            0 => {
                tree.cut_off(&node)?;
                tree.reconnect(&node)?;
            }
            1 => {
                tree.kill_hub(&county)?;
                tree.revive_hub(&county)?;
            }
            2 => {
                tree.kill_hub(&county)?;
                tree.cut_off(&node)?;
                tree.reconnect(&node)?;
                tree.revive_hub(&county)?;
            }
            _ => {
                tree.kill_hub(&province)?;
                tree.kill_hub(&county)?;
                tree.revive_hub(&province)?;
                tree.revive_hub(&county)?;
            }
        }
    }
    tree.await_quiet()?;
    tree.await_that("every contact at the top", |tree| {
        Ok(tree.shown(&province, &province, &year)?["contacts"] == before + LOAD * rounds)
    })?;
    let shown = tree.shown(&province, &province, &year)?["contacts"];
    ensure!(shown == before + LOAD * rounds, "{shown} contacts are shown");
    tree.ensure_whole(&year, today)?;
    tree.ensure_verified()
}
