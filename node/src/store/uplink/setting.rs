//! Who the office is on the link, and what it last heard.

use crate::store::StoreFault;
use chrono::{DateTime, TimeDelta};
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zhuji_protocol::identity::{AuthorityCertificate, PublicKey, ReplicaKey};
use zhuji_protocol::link::backoff::Backoff;
use zhuji_protocol::link::clock::Heard;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::close::CloseCode;
use zhuji_protocol::wire::kinds::PROTOCOL_VERSION;
use zhuji_protocol::wire::position::Point;

/// The office's membership in a hub: made at enrolment.
#[derive(Debug)]
pub struct Membership {
    /// Host and port of the hub.
    pub address: String,
    /// The unit whose hub it is.
    pub hub: UnitId,
    /// The hub's authority, pinned.
    pub authority: AuthorityCertificate,
    /// The office's certificate.
    pub certificate: Vec<u8>,
    /// The office's key.
    pub key: ReplicaKey,
}

/// What the daemon last saw, for `status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Milliseconds since 1970 UTC of the last answered hello.
    pub last_contact_ms: Option<i64>,
    /// Our clock minus the hub's, in seconds.
    pub skew_seconds: Option<i32>,
    /// The first month that the hub takes summaries of.
    pub from_month: Option<i32>,
    /// How often it did not work since: the back-off survives a restart.
    pub backoff: Option<Backoff>,
    /// When somebody last asked the running daemon to sync, and which of these askings it has served.
    pub sync_asked_ms: i64,
    /// See [`sync_asked_ms`](Self::sync_asked_ms).
    pub sync_served_ms: i64,
    /// The protocol version agreed last; 0 before the first time.
    pub version: u16,
    /// The close code with which the hub turned the office away; none once a hello was answered, or enrolled anew.
    pub turned_away: Option<u32>,
}

impl Standing {
    /// Whether somebody asked for a sync that was not served yet.
    #[must_use]
    pub fn wants_sync(&self) -> bool {
        self.sync_asked_ms > self.sync_served_ms
    }

    /// What both clocks said when the hub was last heard.
    #[must_use]
    pub fn heard(&self) -> Option<Heard> {
        let ours = self.last_contact_ms.and_then(DateTime::from_timestamp_millis)?;
        let skew = TimeDelta::seconds(self.skew_seconds?.into());
        Some(Heard { ours, hubs: ours.checked_sub_signed(skew)? })
    }

    fn heard_at(self, heard: Heard) -> Self {
        let skew = (heard.ours - heard.hubs).num_seconds();
        let bound = if skew < 0 { i32::MIN } else { i32::MAX };
        Self {
            last_contact_ms: Some(heard.ours.timestamp_millis()),
            skew_seconds: Some(i32::try_from(skew).unwrap_or(bound)),
            ..self
        }
    }
}

const MEMBERSHIP: &str = "membership";
const STANDING: &str = "standing";
/// The key of an enrolment under way, PKCS#8.
const NEWCOMER: &str = "newcomer";
/// The key of a renewal under way, PKCS#8.
const NEXT: &str = "next";
const ACKNOWLEDGED: &str = "acknowledged";
const VOUCHED: &str = "vouched";

#[derive(Serialize, Deserialize)]
struct KeptMembership {
    address: String,
    hub: UnitId,
    authority: Vec<u8>,
    certificate: Vec<u8>,
    pkcs8: Vec<u8>,
    /// How often the office has enrolled.
    #[serde(default)]
    enrolments: u32,
}

/// Keeps a new membership. What is known of another hub's life is forgotten.
///
/// # Errors
/// When the store cannot be written.
pub fn enrolled(
    db: &Connection,
    membership: &Membership,
    vouched: &[PublicKey],
    heard: Heard,
) -> Result<(), StoreFault> {
    let before = read::<KeptMembership>(db, MEMBERSHIP)?;
    if before.as_ref().is_some_and(|before| before.hub != membership.hub) {
        db.execute_batch("DELETE FROM down_position; DELETE FROM down_item; DELETE FROM refused_row;")?;
        write_acknowledged(db, Point::START)?;
    }
    let kept = KeptMembership {
        address: membership.address.clone(),
        hub: membership.hub.clone(),
        authority: membership.authority.der().to_vec(),
        certificate: membership.certificate.clone(),
        pkcs8: membership.key.pkcs8().to_vec(),
        enrolments: before.map_or(0, |before| before.enrolments).saturating_add(1),
    };
    write(db, MEMBERSHIP, &kept)?;
    // Whatever the hub held against the old key is over.
    let standing = standing(db)?.heard_at(heard);
    write_standing(db, &Standing { backoff: None, turned_away: None, ..standing })?;
    remove(db, NEWCOMER)?;
    remove(db, NEXT)?;
    write(db, VOUCHED, &vouched.iter().map(|key| *key.as_bytes()).collect::<Vec<[u8; 32]>>())
}

/// The key to enrol with: `fresh`, unless an enrolment is under way. It is kept before the hub is asked: if the answer
/// is lost, the hub gives it again to the same key and to no other.
///
/// # Errors
/// When the store cannot be read or written.
pub fn newcomer_key(db: &Connection, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    kept_key(db, NEWCOMER, fresh)
}

/// The key to renew the certificate for: `fresh`, unless a renewal is under way. It, too, is kept before the hub is asked.
///
/// # Errors
/// When the store cannot be read or written.
pub fn next_key(db: &Connection, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    kept_key(db, NEXT, fresh)
}

fn kept_key(db: &Connection, purpose: &str, fresh: ReplicaKey) -> Result<ReplicaKey, StoreFault> {
    if let Some(pkcs8) = read::<Vec<u8>>(db, purpose)? {
        let damaged = |_| StoreFault::Damaged(db.path().unwrap_or_default().into());
        return ReplicaKey::from_pkcs8(&pkcs8).map_err(damaged);
    }
    write(db, purpose, &fresh.pkcs8())?;
    Ok(fresh)
}

/// How often the office has enrolled: a link that stands, or waits, from before the last time is of no more use.
///
/// # Errors
/// When the store cannot be read.
pub fn enrolments(db: &Connection) -> Result<u32, StoreFault> {
    Ok(read::<KeptMembership>(db, MEMBERSHIP)?.map_or(0, |kept| kept.enrolments))
}

/// The membership, if the office has enrolled.
///
/// # Errors
/// When the store cannot be read or what it holds is not what was written.
pub fn membership(db: &Connection) -> Result<Option<Membership>, StoreFault> {
    let Some(kept) = read::<KeptMembership>(db, MEMBERSHIP)? else { return Ok(None) };
    let damaged = || StoreFault::Damaged(db.path().unwrap_or_default().into());
    Ok(Some(Membership {
        address: kept.address,
        hub: kept.hub,
        authority: AuthorityCertificate::parse(&kept.authority).map_err(|_| damaged())?,
        certificate: kept.certificate,
        key: ReplicaKey::from_pkcs8(&kept.pkcs8).map_err(|_| damaged())?,
    }))
}

/// The keys of writers that the hub vouches for, itself among them.
///
/// # Errors
/// When the store cannot be read.
pub fn vouched_keys(db: &Connection) -> Result<Vec<PublicKey>, StoreFault> {
    let kept: Vec<[u8; 32]> = read(db, VOUCHED)?.unwrap_or_default();
    Ok(kept.into_iter().map(PublicKey::new).collect())
}

/// A writer's key came down: it is believed from now on, or no longer.
pub(super) fn vouch(db: &Connection, key: PublicKey, revoked: bool) -> Result<(), StoreFault> {
    let mut kept: Vec<[u8; 32]> = read(db, VOUCHED)?.unwrap_or_default();
    kept.retain(|known| known != key.as_bytes());
    if !revoked {
        kept.push(*key.as_bytes());
    }
    write(db, VOUCHED, &kept)
}

/// Keeps a renewed certificate, and from now on uses its key, which [`next_key`] gave. One that is for another key, since
/// the office has enrolled anew meanwhile, is of no use to anybody.
///
/// # Errors
/// When the store cannot be written.
pub fn renewed(db: &Connection, certificate: &[u8], key: &PublicKey) -> Result<(), StoreFault> {
    let Some(mut kept) = read::<KeptMembership>(db, MEMBERSHIP)? else { return Ok(()) };
    let next = read::<Vec<u8>>(db, NEXT)?
        .filter(|next| ReplicaKey::from_pkcs8(next).is_ok_and(|next| next.public() == *key));
    let Some(next) = next else { return Ok(()) };
    kept.certificate = certificate.to_vec();
    kept.pkcs8 = next;
    write(db, MEMBERSHIP, &kept)?;
    remove(db, NEXT)
}

/// What the daemon last saw.
///
/// # Errors
/// When the store cannot be read.
pub fn standing(db: &Connection) -> Result<Standing, StoreFault> {
    Ok(read(db, STANDING)?.unwrap_or_default())
}

/// This protocol version was agreed.
///
/// # Errors
/// When the store cannot be written.
pub fn speaks(db: &Connection, version: u16) -> Result<(), StoreFault> {
    let before = standing(db)?;
    super::row::remark_kinds_since(db, before.version, version)?;
    write_standing(db, &Standing { version, ..before })
}

/// The protocol version that was agreed last; before the first time the newest.
pub(super) fn agreed(db: &Connection) -> Result<u16, StoreFault> {
    Ok(match standing(db)?.version {
        0 => PROTOCOL_VERSION,
        version => version,
    })
}

/// Keeps what the daemon saw.
///
/// # Errors
/// When the store cannot be written.
pub fn write_standing(db: &Connection, standing: &Standing) -> Result<(), StoreFault> {
    write(db, STANDING, standing)
}

/// The hub answered a hello.
///
/// # Errors
/// When the store cannot be written.
pub fn contact_noted(
    db: &Connection,
    clock_ms: i64,
    hub_clock_ms: i64,
    from_month: Option<i32>,
) -> Result<(), StoreFault> {
    let moment = |ms| DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH);
    let heard = Heard { ours: moment(clock_ms), hubs: moment(hub_clock_ms) };
    let standing = standing(db)?.heard_at(heard);
    write_standing(db, &Standing { from_month, turned_away: None, ..standing })
}

/// The hub turned the office away; whoever asked for a sync is answered with that.
///
/// # Errors
/// When the store cannot be written.
pub fn turned_away(db: &Connection, code: CloseCode) -> Result<(), StoreFault> {
    let standing = standing(db)?;
    let answered =
        Standing { turned_away: Some(code.number()), sync_served_ms: standing.sync_asked_ms, ..standing };
    write_standing(db, &answered)
}

pub(super) fn acknowledged(db: &Connection) -> Result<Point, StoreFault> {
    Ok(read(db, ACKNOWLEDGED)?.unwrap_or(Point::START))
}

pub(super) fn write_acknowledged(db: &Connection, at: Point) -> Result<(), StoreFault> {
    write(db, ACKNOWLEDGED, &at)
}

fn remove(db: &Connection, key: &str) -> Result<(), StoreFault> {
    db.execute("DELETE FROM link_setting WHERE key = :key", named_params! { ":key": key })?;
    Ok(())
}

fn read<T: DeserializeOwned>(db: &Connection, key: &str) -> Result<Option<T>, StoreFault> {
    let bytes: Option<Vec<u8>> = db
        .prepare_cached("SELECT value FROM link_setting WHERE key = :key")?
        .query_row(named_params! { ":key": key }, |row| row.get(0))
        .optional()?;
    let Some(bytes) = bytes else { return Ok(None) };
    let damaged = |_| StoreFault::Damaged(db.path().unwrap_or_default().into());
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

fn write<T: Serialize>(db: &Connection, key: &str, value: &T) -> Result<(), StoreFault> {
    let bytes = serde_json::to_vec(value).map_err(|error| StoreFault::Io(error.into()))?;
    db.prepare_cached(
        "INSERT INTO link_setting (key, value) VALUES (:key, :value)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(named_params! { ":key": key, ":value": bytes })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::identity::{HubAuthority, Replica};

    fn store() -> Connection {
        let db = Connection::open_in_memory().expect("a store");
        db.execute_batch("CREATE TABLE link_setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;")
            .expect("a table");
        db
    }

    #[test]
    fn being_turned_away_answers_who_asked_and_is_forgotten_with_the_next_hello() {
        let db = store();
        write_standing(&db, &Standing { sync_asked_ms: 7, ..Standing::default() }).expect("asked");
        turned_away(&db, CloseCode::Revoked).expect("kept");
        let told = standing(&db).expect("a standing");
        assert_eq!((told.wants_sync(), told.turned_away), (false, Some(CloseCode::Revoked.number())));
        contact_noted(&db, 8, 8, None).expect("kept");
        assert_eq!(standing(&db).expect("a standing").turned_away, None);
    }

    #[test]
    fn an_enrolment_begun_again_asks_with_the_same_key() {
        let db = store();
        let first = newcomer_key(&db, drawn(1)).expect("kept");
        let again = newcomer_key(&db, drawn(2)).expect("kept");
        assert_eq!((first.id(), again.id()), (drawn(1).id(), drawn(1).id()));
    }

    fn drawn(seed: u8) -> ReplicaKey {
        ReplicaKey::from_seed(&[seed; 32]).expect("a seed")
    }

    fn enrol(db: &Connection, key: ReplicaKey) {
        let hub: UnitId = "511723000000".parse().expect("a unit");
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let authority = HubAuthority::create(&hub, drawn(9), [1; 16], now).expect("an authority");
        let certificate =
            authority.issue(&Replica::hub(hub.clone()), &key.public(), [2; 16], now).expect("issued");
        let authority = authority.certificate().clone();
        let membership = Membership { address: "127.0.0.1:1".to_owned(), hub, authority, certificate, key };
        enrolled(db, &membership, &[], Heard { ours: DateTime::UNIX_EPOCH, hubs: now }).expect("kept");
    }

    #[test]
    fn a_renewal_begun_again_asks_with_the_same_key_and_then_uses_it() {
        let db = store();
        enrol(&db, drawn(1));
        let asked = next_key(&db, drawn(2)).expect("kept");
        // The answer was lost.
        let again = next_key(&db, drawn(3)).expect("kept");
        assert_eq!(again.id(), asked.id());
        let present = || membership(&db).expect("read").expect("enrolled");
        assert_eq!(present().key.id(), drawn(1).id(), "the old key is in use until the answer came");
        renewed(&db, b"next", &asked.public()).expect("kept");
        assert_eq!((present().key.id(), present().certificate), (drawn(2).id(), b"next".to_vec()));
        assert_eq!(next_key(&db, drawn(4)).expect("kept").id(), drawn(4).id(), "the next time with another");
    }

    #[test]
    fn a_certificate_that_comes_after_another_enrolment_is_passed_over() {
        let db = store();
        enrol(&db, drawn(1));
        let asked = next_key(&db, drawn(2)).expect("kept");
        enrol(&db, drawn(5));
        renewed(&db, b"next", &asked.public()).expect("passed over");
        assert_eq!(membership(&db).expect("read").expect("enrolled").key.id(), drawn(5).id());
        assert_eq!(enrolments(&db).expect("read"), 2);
    }

    #[test]
    fn enrolment_tells_how_wrong_the_clock_is() {
        let db = store();
        enrol(&db, drawn(1));
        let heard = standing(&db).expect("read").heard().expect("the hub was heard");
        let tomorrow = heard.corrected(DateTime::UNIX_EPOCH + TimeDelta::days(1));
        assert_eq!(tomorrow, DateTime::UNIX_EPOCH + TimeDelta::days(20_001));
    }
}
