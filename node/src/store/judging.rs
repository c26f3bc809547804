//! By which policies the office is judged: its timeline, and the versions that it names.

use super::{StoreFault, assignment, directory, policy, setting};
use rusqlite::Connection;
use std::collections::BTreeMap;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::judge;
use zhuji_protocol::policy::{Source, parse_flattened};

/// The office with its timeline of policies. A version whose text is not here yet, or cannot be read, judges nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn office(db: &Connection, calendar: &Calendar) -> Result<judge::Office, StoreFault> {
    let office = setting::office(db)?;
    let timeline = assignment::all(db)?.timeline(&directory::read(db)?, &office.unit);
    let mut policies = BTreeMap::new();
    for version in timeline.iter().map(|segment| &segment.version) {
        if policies.contains_key(version) {
            continue;
        }
        let Some(text) = policy::text(db, version)? else { continue };
        let source = Source { file: version.policy.clone(), bytes: text.into_bytes() };
        match parse_flattened(&source, calendar) {
            Ok(read) => {
                policies.insert(version.clone(), read);
            }
            Err(faults) => tracing::warn!(
                policy = version.policy,
                number = version.number,
                faults = faults.len(),
                "a policy that is assigned cannot be read"
            ),
        }
    }
    Ok(judge::Office { unit: office.unit, since: office.since, timeline, policies })
}
