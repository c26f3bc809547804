//! `directory import` of a national file of 664,034 units, by the shipped command in a process of its own: seconds and the
//! most memory held. The file is made up, in the shape and size of the published one; `ZHUJI_BENCH_DIVISIONS` names another.
//!
//! `ZHUJI_BENCH_ROUNDS` (1).

use anyhow::{Context, Result};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use zhuji_tests::measure::apart::{self, Took};
use zhuji_tests::measure::figure::{Figure, Goal};
use zhuji_tests::measure::sized;

/// Of the published file: provinces, cities, counties, townships, and all.
const PROVINCES: usize = 31;
const CITIES: usize = 342;
const COUNTIES: usize = 2974;
const TOWNSHIPS: usize = 41_351;
const ALL: usize = 664_034;

fn main() -> Result<()> {
    if apart::is_it()? {
        return Ok(());
    }
    let rounds = sized("ZHUJI_BENCH_ROUNDS", 1);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = match std::env::var_os("ZHUJI_BENCH_DIVISIONS") {
        Some(given) => PathBuf::from(given),
        None => {
            let made = folder.path().join("divisions.csv");
            std::fs::write(&made, nation()?)?;
            made
        }
    };
    let (mut seconds, mut memory) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let Took { seconds: took, peak_bytes } = imported(folder.path(), &file, round)?;
        seconds.push(took);
        memory.push(peak_bytes as f64 / 1e6);
    }
    let name = "directory import of 664,034 units";
    Figure { name, unit: "s", ours: seconds, limit: None, goal: Goal::AtMost(20.0) }.print();
    let name = "directory import of 664,034 units, memory";
    Figure { name, unit: "MB", ours: memory, limit: None, goal: Goal::AtMost(500.0) }.print();
    Ok(())
}

fn imported(folder: &Path, file: &Path, round: usize) -> Result<Took> {
    let store = folder.join(format!("hub-{round}.sqlite"));
    let (store, file) = (store.to_str().context("a path")?, file.to_str().context("a path")?);
    let address = "127.0.0.1:7443";
    let hub = ["--unit", "110000000000", "--name", "某省", "--level", "province", "--address", address];
    apart::run("zhuji-hub", &[&["--store", store, "init"][..], &hub].concat())?;
    apart::run("zhuji-hub", &["--store", store, "directory", "import", file])
}

/// A nation: the same every time.
fn nation() -> Result<String> {
    let mut text = String::with_capacity(40 << 20);
    text.push_str("code,name,level,parent_code\n");
    let province = |number: usize| format!("{:02}", 11 + number);
    for number in 0..PROVINCES {
        writeln!(text, "{}0000000000,{}省,1,", province(number), name(number))?;
    }
    let city = |number: usize| format!("{}{:02}", province(number % PROVINCES), number / PROVINCES + 1);
    for number in 0..CITIES {
        let above = province(number % PROVINCES);
        writeln!(text, "{}00000000,{}市,2,{above}0000000000", city(number), name(number))?;
    }
    let county = |number: usize| format!("{}{:02}", city(number % CITIES), number / CITIES + 1);
    for number in 0..COUNTIES {
        let above = city(number % CITIES);
        writeln!(text, "{}000000,{}县,3,{above}00000000", county(number), name(number))?;
    }
    let township = |number: usize| format!("{}{:03}", county(number % COUNTIES), number / COUNTIES + 1);
    for number in 0..TOWNSHIPS {
        let above = county(number % COUNTIES);
        writeln!(text, "{}000,{}镇,4,{above}000000", township(number), name(number))?;
    }
    for number in 0..ALL - PROVINCES - CITIES - COUNTIES - TOWNSHIPS {
        let (above, nth) = (township(number % TOWNSHIPS), number / TOWNSHIPS + 1);
        writeln!(text, "{above}{nth:03},{}村民委员会,5,{above}000", name(number))?;
    }
    Ok(text)
}

/// Two or three characters.
fn name(number: usize) -> String {
    const CHARACTERS: [char; 20] = [
        '东', '西', '南', '北', '上', '下', '大', '小', '新', '安', '平', '和', '永', '长', '青', '石', '山',
        '河', '泉', '林',
    ];
    let mut rest = number;
    let count = 2 + number % 2;
    let mut name = String::new();
    for _ in 0..count {
        name.push(CHARACTERS[rest % CHARACTERS.len()]);
        rest = rest / CHARACTERS.len() + 7;
    }
    name
}
