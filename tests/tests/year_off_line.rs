//! A node that was off line for a year comes back, and totals are whole at every level.

use anyhow::{Result, ensure};
use chrono::{Datelike, Months};
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, SECOND_TOWNSHIP, Story, TOWNSHIP, today, unit};

#[test]
fn after_a_year_off_line_the_totals_agree() -> Result<()> {
    let first_day = today();
    let cast = Cast {
        hubs: &[PROVINCE, COUNTY],
        nodes: &[TOWNSHIP, SECOND_TOWNSHIP],
        policy_at: COUNTY,
        today: first_day,
    };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let this_year = first_day.year().to_string();
    tree.ensure_whole(&this_year, first_day)?;
    let before = tree.shown(&unit(PROVINCE), &unit(PROVINCE), &this_year)?["contacts"];

    let (away, pairing) = tree.some_pairing()?;
    tree.cut_off(&away)?;
    let mut day = first_day;
    for _ in 0..12 {
        day = day + Months::new(1);
        tree.programs.environment.push(("ZHUJI_TODAY".to_owned(), day.to_string()));
        tree.node(&away, &["contact", "add", "--pairing", &pairing, "--date", &day.to_string()])?;
    }
    tree.move_to(day)?;
    let meanwhile = tree.shown(&unit(PROVINCE), &unit(PROVINCE), &this_year)?["contacts"];
    ensure!(meanwhile == before, "records arrived from a node that was cut off");

    tree.reconnect(&away)?;
    tree.await_quiet()?;
    for year in [first_day.year(), day.year()] {
        let shown = tree.shown(&unit(PROVINCE), &unit(PROVINCE), &year.to_string())?;
        let mut recorded = 0;
        for node in tree.nodes.keys() {
            recorded += tree.recorded(node, &year.to_string(), day)?["contacts"];
        }
        ensure!(
            shown["contacts"] == recorded,
            "in {year} {recorded} contacts were recorded, {shown:?} is shown"
        );
    }
    tree.ensure_whole(&day.year().to_string(), day)?;
    tree.ensure_verified()
}
