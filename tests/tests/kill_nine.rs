//! Under load, with clerks that record and sync all the time, nodes and hubs are killed without warning at random
//! moments: nothing acknowledged is lost, nothing counts twice, and every store verifies.

use anyhow::{Context, Result, ensure};
use chrono::Datelike;
use std::collections::BTreeSet;
use std::time::Duration;
use zhuji_protocol::unit::UnitId;
use zhuji_tests::clerks::{Clerks, Written};
use zhuji_tests::dice::{Dice, with_dice};
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

/// How many rounds; more in a long night.
const ROUNDS: &str = "ZHUJI_KILLS";

/// The clerks rest and everything is looked at after so many rounds.
const SHIFT: u64 = 10;

/// They work for so long at most before somebody dies.
const QUIET: Duration = Duration::from_millis(900);

/// And the dead stay dead for so long at most, each by itself.
const DEAD: Duration = Duration::from_millis(300);

#[test]
fn killed_again_and_again_under_load_nothing_acknowledged_is_lost_and_nothing_counts_twice() -> Result<()> {
    let rounds: u64 = match std::env::var(ROUNDS) {
        Ok(rounds) => rounds.parse().context(ROUNDS)?,
        Err(_) => 50,
    };
    with_dice(20_261_120, |mut dice| {
        let nodes = &[TOWNSHIP, SECOND_TOWNSHIP];
        let cast = Cast { hubs: &[PROVINCE, COUNTY], nodes, policy_at: COUNTY, today: today() };
        let mut tree = Story::begin(&cast)?;
        tree.await_quiet()?;
        let mut confirmed = 0;
        for shift in 0..rounds.div_ceil(SHIFT) {
            let clerks = Clerks::begin(&tree, shift, today(), &mut dice)?;
            for round in shift * SHIFT..rounds.min((shift + 1) * SHIFT) {
                kill_some(&mut tree, &mut dice).with_context(|| format!("round {round}"))?;
                tree.ensure_covered().with_context(|| format!("after round {round}"))?;
            }
            let written = clerks.stop()?;
            confirmed += written.values().map(|written| written.confirmed.len()).sum::<usize>();
            let looked = look(&mut tree, &written);
            looked.with_context(|| format!("after {} rounds", rounds.min((shift + 1) * SHIFT)))?;
        }
        ensure!(confirmed > 0, "the clerks recorded nothing, so nothing is proven");
        tree.ensure_verified()
    })
}

/// Some of the four die at a moment nobody chose, and come back one after another.
fn kill_some(tree: &mut Story, dice: &mut Dice) -> Result<()> {
    std::thread::sleep(dice.between(Duration::ZERO, QUIET));
    let everybody = [PROVINCE, COUNTY, TOWNSHIP, SECOND_TOWNSHIP].map(unit);
    let mut dead: Vec<&UnitId> = everybody.iter().filter(|_| dice.percent(40)).collect();
    if dead.is_empty() {
        dead.push(dice.one_of(&everybody));
    }
    for victim in &dead {
        if tree.hubs.contains_key(victim) { tree.kill_hub(victim)? } else { tree.cut_off(victim)? }
    }
    if dice.percent(50) {
        dead.reverse();
    }
    for victim in dead {
        std::thread::sleep(dice.between(Duration::ZERO, DEAD));
        if tree.hubs.contains_key(victim) { tree.revive_hub(victim)? } else { tree.reconnect(victim)? }
    }
    Ok(())
}

/// Every record whose command said so is there, none that was never typed is, and every level shows the sum.
fn look(tree: &mut Story, written: &Written) -> Result<()> {
    for (node, written) in written {
        let listed = tree.node_json(node, &["contact", "list"])?;
        let ids = listed.as_array().context("a list")?.iter().filter_map(|row| row["id"].as_str());
        let ids: BTreeSet<&str> = ids.collect();
        let lost: Vec<_> = written.confirmed.iter().filter(|id| !ids.contains(id.as_str())).collect();
        ensure!(lost.is_empty(), "{node} confirmed {lost:?} and has them no more");
    }
    tree.await_quiet()?;
    tree.ensure_covered()?;
    tree.ensure_whole(&today().year().to_string(), today())
}
