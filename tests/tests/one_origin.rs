//! Over a township with its villages, everything judged has exactly one origin, and the hub's tallies are these verdicts.

use anyhow::{Result, ensure};
use chrono::Datelike;
use std::collections::BTreeMap;
use zhuji_protocol::rules::SubjectType;
use zhuji_tests::story::{COUNTY, Cast, SECOND_VILLAGE, Story, TOWNSHIP, VILLAGE, today, unit};

#[test]
fn every_verdict_has_exactly_one_origin_and_the_hub_counts_it_once() -> Result<()> {
    let today = today();
    let nodes = &[TOWNSHIP, VILLAGE, SECOND_VILLAGE];
    let mut tree = Story::begin(&Cast { hubs: &[COUNTY], nodes, policy_at: TOWNSHIP, today })?;
    tree.await_quiet()?;

    let mut origins = BTreeMap::new();
    for origin in tree.nodes.keys() {
        for judged in tree.verdicts(origin, today)? {
            let verdict = judged.verdict;
            // A unit has one code everywhere; leaders, pairings … are numbered by each office for itself.
            let subject = match verdict.subject.r#type {
                SubjectType::Unit => verdict.subject.id.clone(),
                _ => format!("{origin} {}", verdict.subject.id),
            };
            let key = (verdict.rule, verdict.subject.r#type, subject, verdict.item, verdict.period);
            if let Some(other) = origins.insert(key.clone(), origin.clone()) {
                anyhow::bail!("{key:?} is judged by {other} and by {origin}");
            }
            if key.1 == SubjectType::Unit {
                // Its own, or a member of its own.
                let is_own = key.2 == origin.as_str() || key.2.starts_with(&format!("{origin}-"));
                ensure!(is_own, "{origin} judges another unit: {key:?}");
            }
        }
    }
    for village in [VILLAGE, SECOND_VILLAGE] {
        for rule in ["village-liaison", "village-progress"] {
            let is_asked = origins.keys().any(|key| key.0 == rule && key.2 == village);
            ensure!(is_asked, "{rule} is asked of nobody at {village}");
        }
    }

    let year = today.year().to_string();
    let shown = tree.shown_by_rule(&unit(COUNTY), &unit(TOWNSHIP), &year)?;
    let judged = tree.judged_by_rule(&year, today)?;
    ensure!(shown == judged, "the hub shows\n{shown:?}, judged was\n{judged:?}");
    tree.ensure_verified()
}
