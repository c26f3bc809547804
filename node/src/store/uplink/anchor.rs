//! The end of the audit chain, anchored at the hub: whoever writes the past anew cannot write that anew as well.

use super::row;
use crate::store::{StoreFault, audit};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zhuji_protocol::identity::Role;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::digest::Digest;
use zhuji_protocol::wire::item::{Item, ItemKey};
use zhuji_protocol::wire::payload::{AnchorV1, ChainPointV1};
use zhuji_protocol::wire::{kinds, subkey};

/// The version of anchors that this program writes.
const VERSION: u16 = 1;

/// Writes the end of the chain to be sent, if it is another than the one that was. Gives whether it is.
///
/// # Errors
/// When the store cannot be written.
pub fn put_anchor(db: &Connection, unit: &UnitId) -> Result<bool, StoreFault> {
    let now = audit::end(db)?;
    let key = ItemKey { kind: kinds::item::ANCHOR, unit: unit.clone(), subkey: subkey::anchor(Role::Node) };
    let stands = row::body(db, &key)?.and_then(|body| AnchorV1::decode(&body).ok());
    if stands.is_some_and(|stands| stands.now == now) {
        return Ok(false);
    }
    let before = match acknowledged_anchor(db)? {
        Some(told) => {
            let head = audit::hash_at(db, told.entries)?.unwrap_or(Digest::ZERO);
            Some(ChainPointV1 { head, ..told })
        }
        None => None,
    };
    let body = AnchorV1 { now, before }.encode().map_err(std::io::Error::other)?;
    row::put(db, &key, VERSION, &body)
}

/// The end of the chain that the hub acknowledged last.
///
/// # Errors
/// When the store cannot be read.
pub fn acknowledged_anchor(db: &Connection) -> Result<Option<ChainPointV1>, StoreFault> {
    Ok(db
        .prepare_cached(
            "SELECT entries, head FROM anchor_sent WHERE acknowledged = 1 ORDER BY mark DESC LIMIT 1",
        )?
        .query_row([], point)
        .optional()?)
}

fn point(row: &Row<'_>) -> rusqlite::Result<ChainPointV1> {
    let entries: i64 = row.get("entries")?;
    Ok(ChainPointV1 { entries: entries.cast_unsigned(), head: Digest(row.get("head")?) })
}

/// A batch is cut: the ends of the chain in it may be acknowledged with it.
pub(super) fn cut(db: &Connection, items: &[Item]) -> Result<(), StoreFault> {
    for item in items.iter().filter(|item| item.key().kind == kinds::item::ANCHOR) {
        let Ok(anchor) = AnchorV1::decode(item.body()) else { continue };
        db.prepare_cached(
            "INSERT INTO anchor_sent (mark, entries, head) VALUES (:mark, :entries, :head)
             ON CONFLICT (mark) DO UPDATE SET entries = excluded.entries, head = excluded.head, acknowledged = 0",
        )?
        .execute(named_params! {
            ":mark": item.revision().cast_signed(),
            ":entries": anchor.now.entries.cast_signed(),
            ":head": anchor.now.head.0,
        })?;
    }
    Ok(())
}

/// The hub stands at this mark: the last end of the chain up to there is the one that it keeps.
pub(super) fn acknowledged(db: &Connection, cursor: u64) -> Result<(), StoreFault> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(mark) FROM anchor_sent WHERE mark <= :cursor")?
        .query_row(named_params! { ":cursor": cursor.cast_signed() }, |row| row.get(0))?;
    let Some(last) = last else { return Ok(()) };
    db.prepare_cached("UPDATE anchor_sent SET acknowledged = 1 WHERE mark = :last AND acknowledged = 0")?
        .execute(named_params! { ":last": last })?;
    db.prepare_cached("DELETE FROM anchor_sent WHERE mark < :last")?
        .execute(named_params! { ":last": last })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::store;
    use crate::store::uplink::{backlog, head};
    use crate::store::uplink::{cut_next, speaks, stands_at};
    use zhuji_protocol::identity::{Replica, ReplicaKey};
    use zhuji_protocol::link::effects::CutFrom;
    use zhuji_protocol::wire::batch::Batch;
    use zhuji_protocol::wire::life::Incarnation;
    use zhuji_protocol::wire::position::Point;

    fn cut(db: &Connection, unit: &UnitId, cursor: u64, version: u16) -> Option<Batch> {
        let at = Point { cursor, chain: Digest::ZERO };
        let from = CutFrom { incarnation: Incarnation([1; 16]), at, version };
        let key = ReplicaKey::from_seed(&[7; 32]).expect("a key");
        cut_next(db, from, &Replica::node(unit.clone()), &key, 0).expect("cut")
    }

    fn anchor_in(batch: &Batch) -> AnchorV1 {
        AnchorV1::decode(batch.items()[0].body()).expect("an anchor")
    }

    #[test]
    fn the_end_of_the_trail_goes_up_once_and_says_what_stands_where_it_was_acknowledged() {
        let (_folder, mut store) = store();
        let unit = store.office().expect("an office").unit;
        store
            .writing(|db| {
                assert!(put_anchor(db, &unit)?);
                assert!(!put_anchor(db, &unit)?, "nothing is new");
                let first = cut(db, &unit, 0, 2).expect("a batch");
                assert_eq!(anchor_in(&first).before, None);
                stands_at(db, Point { cursor: first.through(), chain: Digest::ZERO })?;
                let told = acknowledged_anchor(db)?.expect("acknowledged");
                assert_eq!(told, audit::end(db)?);
                assert!(!put_anchor(db, &unit)?, "an acknowledgement is no news");

                // Somebody makes the last entry's hash another.
                db.execute(
                    "UPDATE audit SET hash = zeroblob(32) WHERE number = ?1",
                    [told.entries.cast_signed()],
                )?;
                assert!(put_anchor(db, &unit)?);
                let second = cut(db, &unit, first.through(), 2).expect("a batch");
                let before = anchor_in(&second).before.expect("named");
                assert_eq!((before.entries, before.head), (told.entries, Digest::ZERO));
                Ok(())
            })
            .expect("written");
    }

    #[test]
    fn a_hub_that_speaks_version_1_gets_no_anchor_owes_none_and_gets_it_when_it_speaks_version_2() {
        let (_folder, mut store) = store();
        let unit = store.office().expect("an office").unit;
        store
            .writing(|db| {
                speaks(db, 1)?;
                put_anchor(db, &unit)?;
                assert!(cut(db, &unit, 0, 1).is_none());
                assert_eq!((head(db)?, backlog(db, 0)?), (0, 0));
                let mark: u64 = 40;
                db.execute("UPDATE mark SET last = ?1", [mark.cast_signed()])?;
                speaks(db, 2)?;
                assert_eq!((head(db)?, backlog(db, mark)?), (mark + 1, 1));
                assert_eq!(cut(db, &unit, mark, 2).expect("a batch").through(), mark + 1);
                Ok(())
            })
            .expect("written");
    }
}
