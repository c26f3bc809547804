//! A village whose clock battery died, or whose clock somebody set to another century: it enrols, links and records by the
//! right civil date all the same.

use anyhow::{Context, Result, ensure};
use chrono::{Datelike, Utc};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;
use zhuji_protocol::console::civil_date;
use zhuji_tests::federation::Programs;

const COUNTY: &str = "511723000000";
const VILLAGE: &str = "511723205200";
const DIVISIONS: &str = "\
code,name,level,parent_code
511723000000,开江县,3,
511723205000,梅家乡,4,511723000000
511723205200,梅家坝村民委员会,5,511723205000
";

fn speaking_english(clock: Option<&str>) -> Result<Programs> {
    let mut programs = Programs::built()?;
    programs.environment.push(("ZHUJI_LANG".to_owned(), "en".to_owned()));
    programs.environment.extend(clock.map(|clock| ("ZHUJI_CLOCK".to_owned(), clock.to_owned())));
    Ok(programs)
}

#[test]
fn a_wrong_clock_locks_nobody_out_and_dates_nothing_wrongly() -> Result<()> {
    let folder = TempDir::new()?;
    let hub = folder.path().join("hub.sqlite");
    let right = speaking_english(None)?;
    let port = std::net::UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let init = ["init", "--unit", COUNTY, "--name", "开江县", "--level", "county", "--address", &address];
    right.run("zhuji-hub", &hub, &init)?;
    let divisions = folder.path().join("divisions.csv");
    fs::write(&divisions, DIVISIONS)?;
    right.run("zhuji-hub", &hub, &["directory", "import", &divisions.display().to_string()])?;
    let _serving = right.start("zhuji-hub", &hub, &["serve"], &folder.path().join("hub.log"))?;

    for clock in ["1970-01-01T00:00:07Z", "2000-01-01T00:00:00Z", "2040-05-01T00:00:00Z"] {
        let store = folder.path().join(format!("{}.sqlite", &clock[..4]));
        let wrong = speaking_english(Some(clock))?;
        let node = |words: &[&str]| wrong.run("zhuji-node", &store, words);
        node(&["init", "--unit", VILLAGE, "--name", "梅家坝村", "--level", "village"])?;
        // Each of these is the one node of the village, in the place of the one before.
        let token = right.run("zhuji-hub", &hub, &["token", "issue", "--unit", VILLAGE, "--role", "node"])?;
        node(&["enrol", token.trim()])?;

        let before = civil_date(Utc::now());
        let status: Value = wrong.json("zhuji-node", &store, &["status"])?;
        let status = status.get(0).context("one object")?;
        let days = [before, civil_date(Utc::now())].map(|day| day.to_string());
        let today = status["today"].as_str().context("a date")?.to_owned();
        ensure!(days.contains(&today), "{clock}: the day was {today}");
        let first_of_year = format!("{}-01-01", before.year());
        ensure!(status["since"] == first_of_year.as_str(), "{clock}: it begins {}", status["since"]);

        node(&["sync", "--once"])?;
        let fleet: Value = right.json("zhuji-hub", &hub, &["fleet"])?;
        let as_of = fleet[0]["as_of"].as_str().with_context(|| format!("it reported: {fleet}"))?;
        ensure!(days.iter().any(|day| day == as_of), "{clock}: it reported as of {as_of}");
        ensure!(fleet[0]["skew_seconds"].as_i64().is_some_and(|skew| skew.abs() > 86_400), "{fleet}");
        ensure!(fleet[0]["refused"] == 0, "{fleet}");
    }
    Ok(())
}
