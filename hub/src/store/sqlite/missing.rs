//! The months of which a child's earlier life had reported more than its present one has: noticed when they are put aside
//! or sent again with less, told to the child, and over when the month has as much again or somebody says so.

use super::replicas::{self, Peer, Side};
use super::work::Work;
use super::{V1, audit, items, queue, row};
use crate::store::missing::{LeftBehind, MissingMonth};
use crate::store::{Author, StoreFault};
use rusqlite::{Connection, OptionalExtension, named_params};
use zhuji_protocol::identity::Replica;
use zhuji_protocol::month::Month;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::payload::{AsideV1, SummaryV1};

impl Work<'_> {
    /// A month arrives in a later life of its sender: is it less than was known of it? To be called before it is kept.
    pub(super) fn weigh_lives(
        &mut self,
        peer: &Peer,
        key: &ItemKey,
        ordinal: u32,
        now: &Summary,
    ) -> Result<(), StoreFault> {
        let noted = known(self.db, peer.id, key)?;
        let is_noted = noted.is_some();
        let Some(known) = (match noted {
            Some(known) => Some(known),
            None => of_earlier_life(self.db, peer.id, key, ordinal)?,
        }) else {
            return Ok(());
        };
        match (now.shortfalls(&known).is_empty(), is_noted) {
            (true, true) => self.no_longer_missing(peer, key),
            (false, false) => self.note_missing(peer, key, &known),
            _ => Ok(()),
        }
    }

    /// A month is put aside: all that was known of it is missing. To be called while it still stands.
    pub(super) fn month_put_aside(&mut self, peer: &Peer, key: &ItemKey) -> Result<(), StoreFault> {
        if known(self.db, peer.id, key)?.is_some() {
            return Ok(());
        }
        match of_earlier_life(self.db, peer.id, key, u32::MAX)? {
            Some(known) if !Summary::default().shortfalls(&known).is_empty() => {
                self.note_missing(peer, key, &known)
            }
            _ => Ok(()),
        }
    }

    /// The child's operator says that the month is right as it is: heard if what is confirmed is what is missed.
    pub(super) fn confirmed(
        &mut self,
        peer: &Peer,
        key: &ItemKey,
        confirmed: &Summary,
    ) -> Result<(), StoreFault> {
        let key = ItemKey { kind: kinds::item::SUMMARY, ..key.clone() };
        if known(self.db, peer.id, &key)?.as_ref() == Some(confirmed) {
            self.no_longer_missing(peer, &key)?;
            let detail = items::summary_place(&key).map_or_else(String::new, |(month, _)| month.to_string());
            let author = self.author_of(&peer.replica);
            audit::append(self.db, &author, "settle-aside", key.unit.as_str(), &detail)?;
        }
        Ok(())
    }

    fn note_missing(&mut self, peer: &Peer, key: &ItemKey, known: &Summary) -> Result<(), StoreFault> {
        // Totals are enough to enter it again by, and always fit.
        let Ok(body) = AsideV1::encode(Some(&known.reduced(&|_| false))) else { return Ok(()) };
        self.db
            .prepare_cached(
                "INSERT INTO missing (replica, unit, subkey, body, since)
                 VALUES (:peer, :unit, :subkey, :body, :since)
                 ON CONFLICT (replica, unit, subkey) DO NOTHING",
            )?
            .execute(named_params! {
                ":peer": peer.id,
                ":unit": key.unit.as_str(),
                ":subkey": &key.subkey[..],
                ":body": body,
                ":since": row::instant(self.moment.now),
            })?;
        self.tell_missing(peer, key, &body)
    }

    fn no_longer_missing(&mut self, peer: &Peer, key: &ItemKey) -> Result<(), StoreFault> {
        self.db
            .prepare_cached(
                "DELETE FROM missing WHERE replica = :peer AND unit = :unit AND subkey = :subkey",
            )?
            .execute(named_params! {
                ":peer": peer.id, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..],
            })?;
        match AsideV1::encode(None) {
            Ok(body) => self.tell_missing(peer, key, &body),
            Err(_) => Ok(()),
        }
    }

    /// To this child and to nobody else.
    fn tell_missing(&mut self, peer: &Peer, key: &ItemKey, body: &[u8]) -> Result<(), StoreFault> {
        let told = ItemKey { kind: kinds::item::ASIDE, ..key.clone() };
        queue::put_body(self.db, Side::Child, &told, V1, body)?;
        let mark = self.next_mark();
        queue::enqueue(self.db, peer.id, &told, mark)?;
        self.effects.to_wake.insert(peer.replica.clone());
        Ok(())
    }
}

/// Somebody here says that what a child is said to miss is right as it is. Gives how many months were.
pub(super) fn settle(
    work: &mut Work<'_>,
    child: &Replica,
    month: Option<Month>,
    author: &Author,
) -> Result<u64, StoreFault> {
    let unknown = || StoreFault::UnknownReplica(child.clone());
    let peer = replicas::find(work.db, child)?.ok_or_else(unknown)?;
    let mut settled = 0;
    for (key, _) in of_child(work.db, peer.id)? {
        let Some((of, _)) = items::summary_place(&key) else { continue };
        if month.is_none_or(|month| month == of) {
            work.no_longer_missing(&peer, &key)?;
            settled += 1;
        }
    }
    if settled > 0 {
        let detail = month.map_or_else(|| settled.to_string(), |month| month.to_string());
        audit::append(work.db, author, "settle-aside", &child.to_string(), &detail)?;
    }
    Ok(settled)
}

/// Everything that is to be seen to, here and below.
pub(super) fn left_behind(db: &Connection) -> Result<LeftBehind, StoreFault> {
    let mut left = LeftBehind::default();
    for peer in replicas::on_side(db, Side::Child)? {
        for (key, known) in of_child(db, peer.id)? {
            let now = standing_summary(db, peer.id, &key)?;
            left.of_children.extend(missing_month(&peer.replica, &key, known, now));
        }
    }
    if let Some(parent) = replicas::parent(db)? {
        let own = Replica::hub(super::hub::unit(db)?);
        for (key, known) in said_by(db, parent.id)? {
            let onward = ItemKey { kind: kinds::item::SUMMARY, ..key.clone() };
            let now = queue::body(db, Side::Parent, &onward)?
                .and_then(|(_, body)| SummaryV1::decode(&body).ok())
                .map(|(summary, _)| summary);
            left.of_us.extend(missing_month(&own, &key, known, now));
        }
        left.of_us.retain(|month| !month.shortfalls().is_empty());
        left.handed_down = items::aside(db, &replicas::names(db)?)?
            .into_iter()
            .filter(|(of, key)| *of == parent.replica && key.kind != kinds::item::ASIDE)
            .map(|(_, key)| key)
            .collect();
    }
    Ok(left)
}

fn missing_month(
    replica: &Replica,
    key: &ItemKey,
    known: Summary,
    now: Option<Summary>,
) -> Option<MissingMonth> {
    let (month, scope) = items::summary_place(key)?;
    let (replica, unit) = (replica.clone(), key.unit.clone());
    Some(MissingMonth { replica, unit, month, scope, known, now: now.unwrap_or_default() })
}

/// What is missed of a child, by the key of the summary.
fn of_child(db: &Connection, peer: i64) -> Result<Vec<(ItemKey, Summary)>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT :kind AS kind, unit, subkey, body FROM missing WHERE replica = :peer ORDER BY unit, subkey",
    )?;
    let mut rows = statement.query(named_params! { ":peer": peer, ":kind": kinds::item::SUMMARY })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get("body")?;
        if let Some(known) = decoded(&body)? {
            found.push((row::item_key(row)?, known));
        }
    }
    Ok(found)
}

/// What the hub above says that it misses.
fn said_by(db: &Connection, parent: i64) -> Result<Vec<(ItemKey, Summary)>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT kind, unit, subkey, bytes FROM item
          WHERE replica = :peer AND kind = :kind AND aside = 0 ORDER BY unit, subkey",
    )?;
    let mut rows = statement.query(named_params! { ":peer": parent, ":kind": kinds::item::ASIDE })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let item = items::item_of(row.get_ref("bytes")?.as_blob().map_err(rusqlite::Error::from)?)?;
        if let Some(known) = decoded(item.body())? {
            found.push((row::item_key(row)?, known));
        }
    }
    Ok(found)
}

fn known(db: &Connection, peer: i64, key: &ItemKey) -> Result<Option<Summary>, StoreFault> {
    let body: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT body FROM missing WHERE replica = :peer AND unit = :unit AND subkey = :subkey",
        )?
        .query_row(
            named_params! { ":peer": peer, ":unit": key.unit.as_str(), ":subkey": &key.subkey[..] },
            |row| row.get(0),
        )
        .optional()?;
    body.map_or(Ok(None), |body| decoded(&body))
}

fn decoded(body: &[u8]) -> Result<Option<Summary>, StoreFault> {
    AsideV1::decode(body).map_err(|_| StoreFault::Unreadable("aside"))
}

/// What an item of a life before `ordinal` says, whether it counts or is put aside.
fn of_earlier_life(
    db: &Connection,
    peer: i64,
    key: &ItemKey,
    ordinal: u32,
) -> Result<Option<Summary>, StoreFault> {
    stored(db, peer, key, "ordinal < :bound", ordinal)
}

/// What counts of a month.
fn standing_summary(db: &Connection, peer: i64, key: &ItemKey) -> Result<Option<Summary>, StoreFault> {
    stored(db, peer, key, "aside = 0 AND ordinal <= :bound", u32::MAX)
}

fn stored(
    db: &Connection,
    peer: i64,
    key: &ItemKey,
    which: &str,
    bound: u32,
) -> Result<Option<Summary>, StoreFault> {
    let sql = format!(
        "SELECT bytes FROM item
          WHERE replica = :peer AND kind = :kind AND unit = :unit AND subkey = :subkey AND {which}"
    );
    let bytes: Option<Vec<u8>> = db
        .prepare_cached(&sql)?
        .query_row(
            named_params! {
                ":peer": peer,
                ":kind": key.kind,
                ":unit": key.unit.as_str(),
                ":subkey": &key.subkey[..],
                ":bound": bound,
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(bytes) = bytes else { return Ok(None) };
    let item = items::item_of(&bytes)?;
    let (summary, _) = SummaryV1::decode(item.body()).map_err(|_| StoreFault::Unreadable("summary"))?;
    Ok(Some(summary))
}
