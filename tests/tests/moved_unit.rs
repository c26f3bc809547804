//! A township moves from one county to another: its past stays where it was, its future counts where it is, and the
//! city, which has both counties, counts it once.

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, NaiveDate};
use std::fs;
use zhuji_protocol::unit::UnitId;
use zhuji_tests::federation::Federation;
use zhuji_tests::story::{
    CITY, COUNTY, Cast, FAR_TOWNSHIP, OTHER_COUNTY, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit,
};

fn contacts(tree: &Federation, hub: &str, of: &str, month: NaiveDate) -> Result<i64> {
    Ok(tree.shown(&unit(hub), &unit(of), &month.format("%Y-%m").to_string())?["contacts"])
}

#[test]
fn a_townships_past_stays_and_its_future_counts_in_the_new_county() -> Result<()> {
    let first_day = today();
    let cast = Cast {
        hubs: &[CITY, COUNTY, OTHER_COUNTY],
        nodes: &[TOWNSHIP, SECOND_TOWNSHIP, FAR_TOWNSHIP],
        policy_at: CITY,
        today: first_day,
    };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    tree.ensure_whole(&first_day.year().to_string(), first_day)?;

    let mover = unit(TOWNSHIP);
    let pairing = tree.pairing_of(&mover)?;
    let record = |tree: &Federation, node: &UnitId, day: NaiveDate| {
        tree.node(node, &["contact", "add", "--pairing", &pairing, "--date", &day.to_string()])
    };
    record(&tree, &mover, first_day)?;
    tree.await_quiet()?;
    let past = contacts(&tree, COUNTY, TOWNSHIP, first_day)?;
    let of_city = contacts(&tree, CITY, CITY, first_day)?;
    let (of_county, of_other) = (
        contacts(&tree, COUNTY, COUNTY, first_day)?,
        contacts(&tree, OTHER_COUNTY, OTHER_COUNTY, first_day)?,
    );
    ensure!(past > 0 && of_city == of_county + of_other);

    let moving = first_day.with_day(1).unwrap_or(first_day) + chrono::Months::new(1);
    tree.move_to(moving)?;
    let moved = fs::read_to_string(&tree.place.divisions)?
        .replace("511723205000,梅家乡,4,511723000000", "511723205000,梅家乡,4,511722000000");
    let snapshot = tree.folder().join("moved.csv");
    fs::write(&snapshot, moved)?;
    let file = snapshot.display().to_string();
    tree.hub(&unit(CITY), &["directory", "import", &file, "--on", &moving.to_string(), "--confirm"])?;
    tree.await_that("the move at the new county", |tree| {
        let shown = tree.hub_json(&unit(OTHER_COUNTY), &["directory", "show", "--depth", "9"])?;
        Ok(shown.as_array().is_some_and(|rows| rows.iter().any(|row| row["unit"] == TOWNSHIP)))
    })?;
    // What the old county has to tell the township of its move, it can tell only before the township leaves.
    tree.await_that("the move at the township", |tree| {
        let fleet = tree.hub_json(&unit(COUNTY), &["fleet"])?;
        let rows = fleet.as_array().context("a list")?;
        Ok(rows.iter().filter(|row| row["unit"] == TOWNSHIP).all(|row| row["owed"] == 0))
    })?;
    let token = tree.token(&unit(OTHER_COUNTY), &mover, "node")?;
    tree.node(&mover, &["enrol", &token])?;
    record(&tree, &mover, moving)?;
    tree.await_that("the new month in the new county", |tree| {
        Ok(contacts(tree, OTHER_COUNTY, TOWNSHIP, moving)? == 1)
    })?;
    tree.await_quiet()?;

    // The past, where it was.
    ensure!(contacts(&tree, COUNTY, COUNTY, first_day)? == of_county, "the old county lost its past");
    ensure!(contacts(&tree, OTHER_COUNTY, OTHER_COUNTY, first_day)? == of_other, "the new county got a past");
    ensure!(contacts(&tree, CITY, CITY, first_day)? == of_city, "the city's past changed");
    // The new month, where the township is now, and once in the city.
    ensure!(contacts(&tree, COUNTY, COUNTY, moving)? == 0);
    ensure!(contacts(&tree, OTHER_COUNTY, OTHER_COUNTY, moving)? == 1);
    ensure!(contacts(&tree, CITY, CITY, moving)? == 1);
    // Stocks and open duties: the city has what its three townships have, each once.
    let year = moving.year().to_string();
    let mut leaders = 0;
    for node in tree.nodes.keys() {
        leaders += tree.recorded(node, &year, moving)?["leaders"];
    }
    let shown = tree.shown(&unit(CITY), &unit(CITY), &year)?;
    ensure!(shown["leaders"] == leaders, "{leaders} leaders are recorded, the city shows {shown:?}");
    tree.ensure_verified()
}
