//! `zhuji-load` against real hubs: everything that it sends is acknowledged, and its answer says so.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::process::Command;
use zhuji_tests::federation::HUB;
use zhuji_tests::story::{
    CITY, COUNTY, Cast, PROVINCE, SECOND_VILLAGE, Story, TOWNSHIP, VILLAGE, today, unit,
};

fn driven(words: &[&str]) -> Result<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_zhuji-load")).args(words).output()?;
    ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn everything_that_it_sends_is_acknowledged_and_arrives_at_the_top() -> Result<()> {
    let cast = Cast { hubs: &[PROVINCE, CITY, COUNTY], nodes: &[], policy_at: PROVINCE, today: today() };
    let mut story = Story::begin(&cast)?;
    story.await_that("the directory at the county", |story| {
        let shown = story.hub_json(&unit(COUNTY), &["directory", "show", "--depth", "9"])?;
        let rows = shown.as_array().context("the directory is a list")?;
        let known = |wanted: &str| rows.iter().any(|row| row["unit"] == wanted);
        Ok([TOWNSHIP, VILLAGE, SECOND_VILLAGE].into_iter().all(known))
    })?;
    let store = |hub: &str| -> Result<String> {
        Ok(story.hubs.get(&unit(hub)).context("it runs")?.store.display().to_string())
    };
    let (county, province) = (store(COUNTY)?, store(PROVINCE)?);
    let program = story.programs.command(HUB, &story.folder().join("none")).get_program().to_owned();
    let program = program.to_str().context("a path")?;
    let units = [TOWNSHIP, VILLAGE, SECOND_VILLAGE].join(",");
    let who = ["--program", program, "--store", &county, "--units", &units];

    let size = ["ingest", "--records", "50", "--batch", "20", "--in-flight", "2"];
    let ingest = driven(&[&size[..], &who].concat())?;
    ensure!(ingest["acknowledged"] == 150 && ingest["refused"] == 0, "{ingest}");
    ensure!(ingest["bytes_sent"].as_u64() > Some(150 * 30), "{ingest}");

    let storm = driven(&[&["storm"][..], &who].concat())?;
    ensure!(storm["acknowledged"] == 3, "{storm}");

    let leaf = ["--program", program, "--store", &county, "--units", VILLAGE];
    let chain = driven(&[&["chain", "--top", &province, "--records", "3"][..], &leaf].concat())?;
    ensure!(chain["acknowledged"] == 3 && chain["p50_ms"].as_f64() > Some(0.0), "{chain}");
    Ok(())
}
