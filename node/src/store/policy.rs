//! Policies as texts, by version.

use super::{Act, Change, Kind, StoreFault};
use aws_lc_rs::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::assignment::PolicyVersion;

/// The version that a flattened text is, under a hub's number.
#[must_use]
pub fn version(policy: &str, number: u32, toml: &str) -> PolicyVersion {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, toml.as_bytes()).as_ref());
    PolicyVersion { policy: policy.to_owned(), number, digest: hash }
}

/// Keeps a version's text. A version never changes, so one that is known is left alone.
///
/// # Errors
/// When the store cannot be written.
pub fn keep(change: &Change<'_>, act: Act, version: &PolicyVersion, toml: &str) -> Result<(), StoreFault> {
    let kept = change
        .prepare_cached(
            "INSERT INTO policy (id, number, digest, toml) VALUES (:id, :number, :digest, :toml)
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":id": version.policy,
            ":number": version.number,
            ":digest": version.digest,
            ":toml": toml,
        })?;
    if kept == 0 {
        return Ok(());
    }
    let name = format!("{}@{}", version.policy, version.number);
    change.enter(act, Kind::Policy, &name, &[("toml", toml.to_owned())], &BTreeMap::new())
}

/// The text of a version.
///
/// # Errors
/// When the store cannot be read.
pub fn text(db: &Connection, version: &PolicyVersion) -> Result<Option<String>, StoreFault> {
    Ok(db
        .prepare_cached("SELECT toml FROM policy WHERE id = :id AND number = :number AND digest = :digest")?
        .query_row(
            named_params! { ":id": version.policy, ":number": version.number, ":digest": version.digest },
            |row| row.get(0),
        )
        .optional()?)
}
