//! Real summaries: invented offices' years, judged by a built-in policy and counted by the code that nodes run.

use anyhow::{Context, Result, anyhow};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_node::sample::{self, Wish};
use zhuji_protocol::assignment::{PolicyVersion, Segment};
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::PolicyFile;
use zhuji_protocol::figures::{Count, CountKey};
use zhuji_protocol::judge;
use zhuji_protocol::month::Month;
use zhuji_protocol::policy::Policy;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::payload::SummaryV1;

/// The policy by which the invented offices are judged.
pub const POLICY: &str = "meijia-2023";
/// The year of their records.
pub const YEAR: i32 = 2025;
/// How many different offices there are; units take turns.
const OFFICES: usize = 24;
/// Leaders of an office of a township.
const LEADERS: u32 = 10;

/// The policy.
///
/// # Errors
/// The built-in policy is gone.
pub fn policy() -> Result<Policy> {
    let file = PolicyFile::open(POLICY).map_err(|fault| anyhow!("{fault:?}"))?;
    file.read(Calendar::shipped()).map_err(|faults| anyhow!("{faults:?}"))
}

/// The day up to which the year was lived.
#[must_use]
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(YEAR, 12, 31).unwrap_or_default()
}

/// The years of some offices, month by month.
#[derive(Debug)]
pub struct Years {
    offices: Vec<Vec<(Month, Summary)>>,
}

impl Years {
    /// Makes them up, the same ones every time, judged by this version of the policy.
    ///
    /// # Errors
    /// The policy cannot be read.
    pub fn made_up(version: &PolicyVersion, assigned_to: &UnitId) -> Result<Self> {
        let policy = policy()?;
        let first = NaiveDate::from_ymd_opt(YEAR, 1, 1).context("a day")?;
        let timeline = vec![Segment {
            first: policy.effective,
            last: None,
            version: version.clone(),
            assigned_to: assigned_to.clone(),
            run_start: policy.effective,
        }];
        let calendar = Calendar::shipped();
        let offices = (0..OFFICES as u64).map(|seed| {
            let unit: UnitId = "511723205000".parse().map_err(|fault| anyhow!("{fault}"))?;
            let office = sample::Office { unit: &unit, name: "某乡", level: Level::Township };
            let wish = Wish { year: YEAR, today: today(), seed, leaders: LEADERS, groups: None };
            let facts = sample::facts(&office, Some(&policy), calendar, &wish);
            let judged = judge::Office {
                unit: unit.clone(),
                since: first,
                timeline: timeline.clone(),
                policies: BTreeMap::from([(version.clone(), policy.clone())]),
            };
            let months = judged.summaries(calendar, &facts, today());
            Ok(months.into_iter().filter(|(month, _)| month.year() == YEAR).collect())
        });
        Ok(Self { offices: offices.collect::<Result<_>>()? })
    }

    /// The months of one unit as a hub tells of them; another pass has other values under the same keys.
    ///
    /// # Errors
    /// A summary cannot be encoded.
    pub fn folded(&self, number: usize, pass: usize) -> Result<Vec<(Month, Vec<u8>)>> {
        let made_of = Digest::of(&[&number.to_le_bytes(), &pass.to_le_bytes()]);
        self.bodies(number, pass, Some(made_of))
    }

    /// The months of one unit as its node tells of them.
    ///
    /// # Errors
    /// A summary cannot be encoded.
    pub fn own(&self, number: usize, pass: usize) -> Result<Vec<(Month, Vec<u8>)>> {
        self.bodies(number, pass, None)
    }

    fn bodies(&self, number: usize, pass: usize, made_of: Option<Digest>) -> Result<Vec<(Month, Vec<u8>)>> {
        let months = &self.offices[number % self.offices.len()];
        let encoded = months.iter().map(|(month, summary)| {
            let mut summary = summary.clone();
            let more = i64::try_from(pass)? + 1;
            summary.flows.add_count(CountKey::Total(Count::Contacts), more);
            let body = SummaryV1::encode(&summary, made_of).map_err(|fault| anyhow!("{fault}"))?;
            Ok((*month, body))
        });
        encoded.collect()
    }
}
