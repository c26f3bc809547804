//! What the hub above had of this office before a restore, and has not now: months to be entered again or to be confirmed,
//! and what the hub itself had handed down before its own restore, and not since.

use super::row;
use crate::store::{Act, Change, Kind, StoreFault, setting};
use rusqlite::{Connection, named_params};
use std::collections::BTreeMap;
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::wire::fixed::Fields;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::payload::AsideV1;
use zhuji_protocol::wire::subkey::{self, Scope};

/// The version of the structure that this program writes.
const VERSION: u16 = 1;

/// The months of which the hub knows more than this store reported since its restore, with what it knows; without those
/// that the operator confirmed.
///
/// # Errors
/// When the store cannot be read.
pub fn missed_months(db: &Connection) -> Result<BTreeMap<Month, Summary>, StoreFault> {
    let mut missed = BTreeMap::new();
    let mut statement = db.prepare_cached(
        "SELECT bytes FROM down_item WHERE kind = :kind AND aside = 0 ORDER BY unit, subkey",
    )?;
    let mut rows = statement.query(named_params! { ":kind": kinds::item::ASIDE })?;
    while let Some(found) = rows.next()? {
        let bytes: Vec<u8> = found.get("bytes")?;
        let Ok(item) = Item::read(&mut Fields::of(&bytes)) else { continue };
        let (Some((number, Scope::Own)), Ok(Some(known))) =
            (subkey::read_aside(&item.key().subkey), AsideV1::decode(item.body()))
        else {
            continue;
        };
        if row::body(db, item.key())?.as_deref() != Some(item.body())
            && let Some(month) = Month::from_number(number)
        {
            missed.insert(month, known);
        }
    }
    Ok(missed)
}

/// The operator says that a month is right as it is: the hub is told. Gives whether the hub missed anything of it.
///
/// # Errors
/// When the store cannot be written.
pub fn confirm_month(change: &Change<'_>, month: Month) -> Result<bool, StoreFault> {
    let Some(known) = missed_months(change)?.remove(&month) else { return Ok(false) };
    let body = AsideV1::encode(Some(&known)).map_err(|fault| StoreFault::Io(std::io::Error::other(fault)))?;
    let key = ItemKey {
        kind: kinds::item::ASIDE,
        unit: setting::office(change)?.unit,
        subkey: subkey::aside(month.number(), Scope::Own),
    };
    row::put(change, &key, VERSION, &body)?;
    change.enter(Act::Confirm, Kind::Link, &month.to_string(), &[], &BTreeMap::new())?;
    Ok(true)
}

/// What the hub had handed down before its own restore, and did not again. It holds here until it is written anew there.
///
/// # Errors
/// When the store cannot be read.
pub fn not_handed_down_again(db: &Connection) -> Result<Vec<ItemKey>, StoreFault> {
    let keys = db
        .prepare_cached(
            "SELECT kind, unit, subkey FROM down_item
              WHERE aside = 1 AND kind NOT IN (:keys, :months) ORDER BY kind, unit, subkey",
        )?
        .query_map(
            named_params! { ":keys": kinds::item::VOUCHED_KEY, ":months": kinds::item::ASIDE },
            row::key_of,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}
