//! A new version of the policy holds from the middle of the year: what fell due before stays judged by the old one, what
//! falls due later is judged by the new one, and node and hubs agree.

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, NaiveDate};
use std::fs;
use std::path::Path;
use zhuji_protocol::judge::Judged;
use zhuji_tests::story::{COUNTY, Cast, PROVINCE, Story, TOWNSHIP, VILLAGE, today, unit};

type Asked = (u32, String, String, String, NaiveDate, u32);

/// What was asked by the versions of dated duties due before `day`: whatever is done about it later, this stays.
fn asked_before(day: NaiveDate, verdicts: &[Judged]) -> Vec<Asked> {
    let dated =
        verdicts.iter().filter(|judged| !judged.verdict.kind.is_standing() && judged.verdict.due < day);
    let mut asked: Vec<Asked> = dated
        .map(|judged| {
            let verdict = judged.verdict.clone();
            let number = judged.version.number;
            (number, verdict.rule, verdict.subject.id, verdict.period, verdict.due, verdict.required)
        })
        .collect();
    asked.sort();
    asked
}

#[test]
fn the_closed_past_keeps_its_version_and_what_falls_due_later_has_the_new_one() -> Result<()> {
    // A year that has not come yet: both halves of it can be rehearsed.
    let year = today().year() + 1;
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).context("a day");
    let (before, change, after) = (day(6, 30)?, day(7, 1)?, day(7, 15)?);
    let cast =
        Cast { hubs: &[PROVINCE, COUNTY], nodes: &[TOWNSHIP, VILLAGE], policy_at: COUNTY, today: before };
    let mut tree = Story::begin(&cast)?;
    tree.await_quiet()?;
    let (county, township) = (unit(COUNTY), unit(TOWNSHIP));
    let past = asked_before(change, &tree.verdicts(&township, before)?);
    ensure!(!past.is_empty(), "nothing fell due in the first half of the year");

    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/policies/meijia-2023.toml");
    let text = fs::read_to_string(shipped)?;
    let once = "title        = \"每年主动联系不少于一次\"\nclause       = \"四、(一)\"\ngroup        = \"leadership\"\nmin          = 1";
    ensure!(text.contains(once), "the rule to be changed reads otherwise now");
    let twice = once.replace("min          = 1", "min          = 2").replace("一次", "两次");
    let file = tree.folder().join("meijia-2023.toml");
    fs::write(&file, text.replace(once, &twice))?;
    let (file, from) = (file.display().to_string(), change.to_string());
    let assign = ["policy", "assign", "--unit", COUNTY, "--policy", &file, "--from", &from];
    tree.hub(&county, &assign)?;
    tree.move_to(after)?;
    tree.await_quiet()?;

    let verdicts = tree.verdicts(&township, after)?;
    ensure!(asked_before(change, &verdicts) == past, "the closed past was judged anew");
    let yearly: Vec<&Judged> =
        verdicts.iter().filter(|judged| judged.verdict.rule == "yearly-contact").collect();
    // A pairing that began within the year is asked for its share of the two.
    ensure!(yearly.iter().any(|judged| judged.verdict.required == 2), "nobody is asked for two: {yearly:?}");
    ensure!(yearly.iter().all(|judged| judged.version.number == 2), "by the old version: {yearly:?}");
    ensure!(past.iter().all(|asked| asked.0 == 1), "the past has another version: {past:?}");

    let year = year.to_string();
    tree.ensure_whole(&year, after)?;
    let (shown, judged) = (tree.shown_by_rule(&county, &county, &year)?, tree.judged_by_rule(&year, after)?);
    ensure!(shown == judged, "the hub shows\n{shown:?}, judged was\n{judged:?}");
    tree.ensure_verified()
}
