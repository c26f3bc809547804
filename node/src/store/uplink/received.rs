//! What comes down: directory entries, policies, assignments, calendars, keys that the hub vouches for.

use super::{row, setting};
use crate::store::{Act, Change, StoreFault, assignment, directory, policy};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::assignment::Assignment;
use zhuji_protocol::identity::PublicKey;
use zhuji_protocol::link::position::{Arrival, Incoming, arrival, receive, supersedes};
use zhuji_protocol::wire::ack::{FullStateEndV1, Refusal, RefusedItemV1};
use zhuji_protocol::wire::batch::{Batch, CheckedBatch};
use zhuji_protocol::wire::codec;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::payload::{AsideV1, AssignmentV1, CalendarV1, DirectoryEntryV1, PolicyV1};
use zhuji_protocol::wire::position::{Point, PositionV1};
use zhuji_protocol::wire::published::{PublishedV1, VouchedKeyV1};
use zhuji_protocol::wire::subkey;

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `link::effects::Applied`")]
pub enum Received {
    Applied { position: PositionV1, refused: Vec<RefusedItemV1> },
    Repeat(PositionV1),
    NotNext(PositionV1),
    Retired,
}

/// Every position that is kept of the hub.
///
/// # Errors
/// When the store cannot be read.
pub fn positions(db: &Connection) -> Result<Vec<PositionV1>, StoreFault> {
    let positions = db
        .prepare_cached("SELECT * FROM down_position ORDER BY ordinal")?
        .query_map([], position_of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(positions)
}

/// The newest position.
///
/// # Errors
/// When the store cannot be read.
pub fn position(db: &Connection) -> Result<Option<PositionV1>, StoreFault> {
    Ok(positions(db)?.pop())
}

/// Takes the life that the hub names at its welcome. `None`: one that was retired speaks again.
///
/// # Errors
/// When the store cannot be written.
pub fn settle_position(db: &Connection, hub: Incarnation) -> Result<Option<PositionV1>, StoreFault> {
    match receive(&positions(db)?, hub) {
        Incoming::Current(position) => Ok(Some(position)),
        Incoming::New(position) => write_position(db, &position).map(|()| Some(position)),
        Incoming::Retired => Ok(None),
    }
}

/// Applies a batch and moves the position, in the change that the caller commits.
///
/// # Errors
/// When the store cannot be written.
pub fn apply(change: &Change<'_>, checked: CheckedBatch) -> Result<Received, StoreFault> {
    let batch: &Batch = &checked;
    let Some(mut position) = position(change)? else { return Ok(Received::Retired) };
    if position.incarnation != batch.incarnation() {
        return Ok(Received::Retired);
    }
    let at = match arrival(batch, position.at) {
        Arrival::Next(at) => at,
        Arrival::Repeat => return Ok(Received::Repeat(position)),
        Arrival::Gap => return Ok(Received::NotNext(position)),
    };
    let mut refused = Vec::new();
    for item in checked.into_items() {
        if let Err(reason) = take(change, &item, position.ordinal)? {
            refused.push(RefusedItemV1::new(item.key().clone(), item.revision(), reason, ""));
        }
    }
    position.at = at;
    write_position(change, &position)?;
    Ok(Received::Applied { position, refused })
}

/// The hub has sent everything that it has in its current life: what it did not send again is put aside.
///
/// # Errors
/// When the store cannot be written.
pub fn apply_end(change: &Change<'_>, end: &FullStateEndV1) -> Result<Received, StoreFault> {
    let Some(mut position) = position(change)? else { return Ok(Received::Retired) };
    if position.incarnation != end.incarnation {
        return Ok(Received::Retired);
    }
    if position.at.cursor != end.through {
        return Ok(Received::NotNext(position));
    }
    for key in put_aside(change, position.ordinal)? {
        // Units, policies and notices of before harm nobody; an assignment would go on judging by what no hub knows.
        if key.kind == kinds::item::ASSIGNMENT
            && let Some(serial) = subkey::read_assignment(&key.subkey)
        {
            assignment::withdraw(change, &key.unit, serial)?;
        }
    }
    position.whole = true;
    write_position(change, &position)?;
    Ok(Received::Applied { position, refused: Vec::new() })
}

fn put_aside(change: &Change<'_>, ordinal: u32) -> Result<Vec<ItemKey>, StoreFault> {
    let keys = change
        .prepare_cached(
            "UPDATE down_item SET aside = 1 WHERE ordinal < :ordinal AND aside = 0 RETURNING kind, unit, subkey",
        )?
        .query_map(named_params! { ":ordinal": ordinal }, row::key_of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}

fn take(change: &Change<'_>, item: &Item, ordinal: u32) -> Result<Result<(), Refusal>, StoreFault> {
    let key = item.key();
    let before = change
        .prepare_cached(
            "SELECT ordinal, revision FROM down_item WHERE kind = :kind AND unit = :unit AND subkey = :subkey",
        )?
        .query_row(
            named_params! { ":kind": key.kind, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?.cast_unsigned())),
        )
        .optional()?;
    if before.is_some_and(|before| !supersedes((ordinal, item.revision()), before)) {
        return Ok(Ok(()));
    }
    if let Err(reason) = put_to_use(change, item)? {
        return Ok(Err(reason));
    }
    change
        .prepare_cached(
            "INSERT INTO down_item (kind, unit, subkey, ordinal, revision, bytes)
             VALUES (:kind, :unit, :subkey, :ordinal, :revision, :bytes)
             ON CONFLICT (kind, unit, subkey)
                DO UPDATE SET ordinal = excluded.ordinal, revision = excluded.revision, bytes = excluded.bytes,
                              aside = 0",
        )?
        .execute(named_params! {
            ":kind": key.kind,
            ":unit": key.unit.as_str(),
            ":subkey": &key.subkey[..],
            ":ordinal": ordinal,
            ":revision": item.revision().cast_signed(),
            ":bytes": item.bytes(),
        })?;
    Ok(Ok(()))
}

/// Checks the writer's proof and puts what it proves where judging reads it. Unknown kinds are kept and used by a later
/// program.
fn put_to_use(change: &Change<'_>, item: &Item) -> Result<Result<(), Refusal>, StoreFault> {
    let kind = item.key().kind;
    if matches!(kind, kinds::item::SUMMARY | kinds::item::REPORTING) {
        return Ok(Err(Refusal::WrongDirection));
    }
    if kind == kinds::item::ASIDE && item.version() == 1 {
        // Proved by the batch, as it is the hub's own word; read where it is shown.
        let about_us = item.key().unit == crate::store::setting::office(change)?.unit;
        let reads = subkey::read_aside(&item.key().subkey).is_some() && AsideV1::decode(item.body()).is_ok();
        return Ok(if about_us && reads { Ok(()) } else { Err(Refusal::Malformed) });
    }
    if !matches!(
        kind,
        kinds::item::DIRECTORY_ENTRY
            | kinds::item::POLICY
            | kinds::item::ASSIGNMENT
            | kinds::item::CALENDAR
            | kinds::item::VOUCHED_KEY
    ) {
        return Ok(Ok(()));
    }
    if kind == kinds::item::VOUCHED_KEY {
        // Proved by the batch: only the hub itself, which is pinned, vouches.
        let Ok(vouched) = codec::decode::<VouchedKeyV1>(item.body()) else {
            return Ok(Err(Refusal::Malformed));
        };
        return setting::vouch(change, vouched.key, vouched.revoked).map(Ok);
    }
    let Ok(published) = PublishedV1::read(item) else { return Ok(Err(Refusal::Malformed)) };
    let writers = setting::vouched_keys(change)?;
    let signed_by = |writer: &PublicKey| published.holds(item.key(), item.version(), writer);
    if !writers.iter().any(signed_by) {
        return Ok(Err(Refusal::BadProof));
    }
    let payload = &published.payload[..];
    let taken = match kind {
        kinds::item::DIRECTORY_ENTRY => match DirectoryEntryV1::decode(payload) {
            Ok(entry) => directory::receive(change, &entry).map(Some)?,
            Err(_) => None,
        },
        kinds::item::POLICY => match PolicyV1::decode(payload) {
            Ok(body) => {
                let version = policy::version(&body.policy, body.number, &body.toml);
                policy::keep(change, Act::Receive, &version, &body.toml).map(Some)?
            }
            Err(_) => None,
        },
        kinds::item::ASSIGNMENT => match AssignmentV1::decode(payload) {
            Ok(assigned) => {
                let assigned = Assignment { issuer: Some(published.writer.clone()), ..assigned };
                assignment::receive(change, &assigned).map(Some)?
            }
            Err(_) => None,
        },
        _ => match (CalendarV1::decode(payload), subkey::read_calendar(&item.key().subkey)) {
            (Ok(body), Some(year)) => {
                directory::receive_notice(change, i32::from(year), &body.csv).map(Some)?
            }
            _ => None,
        },
    };
    Ok(taken.ok_or(Refusal::Malformed))
}

fn write_position(db: &Connection, position: &PositionV1) -> Result<(), StoreFault> {
    db.prepare_cached(
        "INSERT INTO down_position (ordinal, incarnation, cursor, chain, whole)
         VALUES (:ordinal, :incarnation, :cursor, :chain, :whole)
         ON CONFLICT (ordinal) DO UPDATE
            SET cursor = excluded.cursor, chain = excluded.chain, whole = excluded.whole",
    )?
    .execute(named_params! {
        ":ordinal": position.ordinal,
        ":incarnation": position.incarnation.0,
        ":cursor": position.at.cursor.cast_signed(),
        ":chain": position.at.chain.0,
        ":whole": position.whole,
    })?;
    Ok(())
}

fn position_of(row: &Row<'_>) -> rusqlite::Result<PositionV1> {
    Ok(PositionV1 {
        incarnation: Incarnation(row.get("incarnation")?),
        ordinal: row.get("ordinal")?,
        at: Point { cursor: row.get::<_, i64>("cursor")?.cast_unsigned(), chain: Digest(row.get("chain")?) },
        whole: row.get("whole")?,
    })
}
