//! Every single verdict that a node holds, by the judge itself: listings count, a story may have to tell them apart.

use super::Federation;
use anyhow::{Context, Result};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_node::store::{Store, directory, facts_of, judging};
use zhuji_protocol::judge::Judged;
use zhuji_protocol::month::Period;
use zhuji_protocol::rules::Status;
use zhuji_protocol::unit::UnitId;

/// Verdicts by rule: how many there are, and how many of them were met on time.
pub type ByRule = BTreeMap<String, (i64, i64)>;

impl Federation {
    /// The verdicts of a node.
    ///
    /// # Errors
    /// Its store cannot be read.
    pub fn verdicts(&self, unit: &UnitId, today: NaiveDate) -> Result<Vec<Judged>> {
        let mut store = Store::open(&self.nodes.get(unit).context("no such node")?.store)?;
        let verdicts = store.reading(|db| {
            let calendar = directory::calendar(db)?;
            let office = judging::office(db, &calendar)?;
            Ok(office.verdicts(&calendar, &facts_of(db)?, today))
        })?;
        Ok(verdicts)
    }

    /// The verdicts of all nodes that count for a period, which still runs today.
    ///
    /// # Errors
    /// A store cannot be read.
    pub fn judged_by_rule(&self, period: &str, today: NaiveDate) -> Result<ByRule> {
        let period: Period = period.parse().ok().context("a period")?;
        let span = period.first.first_day()..=period.last.last_day();
        let mut by_rule = ByRule::new();
        for unit in self.nodes.keys() {
            for judged in self.verdicts(unit, today)? {
                let verdict = judged.verdict;
                if verdict.status == Status::Exempt
                    || !(verdict.kind.is_standing() || span.contains(&verdict.due))
                {
                    continue;
                }
                let (expected, met) = by_rule.entry(verdict.rule).or_default();
                *expected += 1;
                *met += i64::from(verdict.status == Status::Met);
            }
        }
        Ok(by_rule)
    }

    /// The same as a hub shows it for a unit and everything below it; rules of which nothing was asked are left out.
    ///
    /// # Errors
    /// The hub does not show it.
    pub fn shown_by_rule(&self, hub: &UnitId, unit: &UnitId, period: &str) -> Result<ByRule> {
        let words = ["report", "--unit", unit.as_str(), "--period", period, "--depth", "0", "--by", "rule"];
        let shown = self.hub_json(hub, &words)?;
        let mut by_rule = ByRule::new();
        for row in shown.as_array().context("a list")? {
            let rule = row["rule"].as_str().context("a rule")?.to_owned();
            let (expected, met) = by_rule.entry(rule).or_default();
            *expected += row["expected"].as_i64().context("expected")?;
            *met += row["met"].as_i64().context("met")?;
        }
        by_rule.retain(|_, (expected, _)| *expected != 0);
        Ok(by_rule)
    }
}
