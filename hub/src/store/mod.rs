//! The state of a hub, in the domain's words. What a database is, only the modules below this one know.
//!
//! [`HubStore`] is what a hub asks of its state; [`sqlite`] answers on one machine. Decisions are pure and shared by
//! every database: who may send what ([`territory`]), whether an item is taken ([`judging`]), what it adds up to
//! ([`rolling`]), what the hub above is told ([`onward`], [`attendance`]) and what goes down to whom ([`downward`]).
//! Nothing is decided on what was kept between transactions but the territory, which is checked by its version.

pub mod anchoring;
pub mod arrival;
pub mod attendance;
pub mod backup;
pub mod downward;
pub mod enrolment;
pub mod fault;
pub mod judging;
pub mod missing;
pub mod onward;
pub mod report;
pub mod rolling;
pub mod setup;
pub mod sqlite;
pub mod standing;
pub mod territory;

pub use arrival::{Applied, Asked, Effects, Moment};
pub use enrolment::{Contact, FleetRow, IssuedToken, KnownKey, RefusedBy, RefusedRow};
pub use fault::StoreFault;
pub use missing::{LeftBehind, MissingMonth};
pub use report::{AuditEntry, Checked, Misfit, Verified};
pub use setup::{Author, Founding, Identity, Uplink};
pub use sqlite::SqliteStore;
pub use standing::{Ruling, Standing};
pub use territory::Territory;

use crate::proof::level::AnchorRow;
use crate::proof::{Extent, Level};
use crate::report::UnitFigures;
use crate::revocations::Revocation;
use chrono::{DateTime, NaiveDate, Utc};
use std::future::Future;
use std::sync::Arc;
use zhuji_protocol::assignment::{Assignment, PolicyVersion};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{Admission, PublicKey, Replica, ReplicaKey, SecretHash, TokenRecord};
use zhuji_protocol::link::dialer;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::policy::Policy;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;

/// An answer of the store, in its own time. SQLite has it at the first poll.
pub trait Answer<T>: Future<Output = Result<T, StoreFault>> {}

impl<T, F: Future<Output = Result<T, StoreFault>>> Answer<T> for F {}

/// A new holder of a key, let in by a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The token's hash.
    pub token: SecretHash,
    /// Who.
    pub replica: Replica,
    /// With which key.
    pub key: PublicKey,
    /// The certificate issued for it.
    pub certificate: Vec<u8>,
    /// How it was judged.
    pub admission: Admission,
}

/// A policy that is to hold for a unit from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigning {
    /// The unit.
    pub unit: UnitId,
    /// The version.
    pub version: PolicyVersion,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none: open.
    pub to: Option<NaiveDate>,
}

/// The state of a hub. Every function that changes it is one transaction: all of it or nothing.
///
/// Faults are [`StoreFault`]s: of the database, or of what was asked.
pub trait HubStore {
    // Itself.

    /// What the hub is: keys, certificates, unit.
    fn identity(&self) -> impl Answer<Identity>;
    /// The hub above, if there is one.
    fn uplink(&self) -> impl Answer<Option<Uplink>>;
    /// Enrolled upward: everything known here is queued for the hub above.
    fn set_uplink(&mut self, uplink: Uplink, author: &Author, moment: Moment) -> impl Answer<Effects>;
    /// The hub above showed this key under its pinned authority: what it signs is believed.
    fn trust_parent(&mut self, key: PublicKey, author: &Author) -> impl Answer<()>;
    /// The hub has a new key to publish by, or a new certificate of its own authority for its key.
    fn renew_own_key(
        &mut self,
        key: &ReplicaKey,
        certificate: Vec<u8>,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<Effects>;
    /// The key with which this hub dials the hub above, and signs what goes there.
    fn upward_key(&self) -> impl Answer<ReplicaKey>;
    /// The key of the next certificate from above: the one that was kept for it, else `fresh`, kept before this answers.
    fn next_upward_key(&mut self, fresh: ReplicaKey) -> impl Answer<ReplicaKey>;
    /// The key to enrol above with: the one that was kept for it, else `fresh`, kept before this answers.
    fn newcomer_key(&mut self, fresh: ReplicaKey) -> impl Answer<ReplicaKey>;
    /// The hub above gave a certificate for the next key: it is used from now on.
    fn renew_upward(&mut self, key: PublicKey, certificate: Vec<u8>, author: &Author) -> impl Answer<()>;
    /// The store was restored or copied: everything is sent in new lives.
    fn begin_new_lives(&mut self, author: &Author, moment: Moment) -> impl Answer<()>;

    // What is true of units.

    /// The directory with assignments, policies and child hubs.
    fn territory(&self) -> impl Answer<Arc<Territory>>;
    /// Takes entries in, in place of those under the same ids, if the directory remains one. Stored months are
    /// counted where they belong now, in the same transaction.
    fn change_directory(
        &mut self,
        entries: Vec<Entry>,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<Effects>;
    /// Keeps a flattened policy under the hub's next number; the same text keeps its number.
    fn add_policy(
        &mut self,
        policy: &Policy,
        flattened: &str,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(PolicyVersion, Effects)>;
    /// The flattened text of a version.
    fn policy_text(&self, version: &PolicyVersion) -> impl Answer<Option<String>>;
    /// Every version known here, with the unit whose hub wrote it.
    fn policy_versions(&self) -> impl Answer<Vec<(UnitId, PolicyVersion)>>;
    /// Assigns a policy to a unit that is under this hub and under no lower one.
    fn assign(
        &mut self,
        assigning: Assigning,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(Assignment, Effects)>;
    /// Keeps a year's notice of working days, and hands it down.
    fn put_calendar(&mut self, year: u16, csv: &str, author: &Author, moment: Moment)
    -> impl Answer<Effects>;
    /// The notices known here besides those that the program ships with.
    fn calendars(&self) -> impl Answer<Vec<(u16, String)>>;

    // Who may speak.

    /// Keeps a token's hash. The first token of a unit's node makes the unit expected.
    fn issue_token(
        &mut self,
        hash: &SecretHash,
        target: &Replica,
        expires: DateTime<Utc>,
        author: &Author,
    ) -> impl Answer<()>;
    /// The token with this hash.
    fn token(&self, hash: &SecretHash) -> impl Answer<Option<TokenRecord>>;
    /// Every token that was issued.
    fn tokens(&self) -> impl Answer<Vec<IssuedToken>>;
    /// Lets a replica in, as its token was judged.
    fn enrol(&mut self, enrolled: Enrolled, author: &Author, moment: Moment) -> impl Answer<Effects>;
    /// A replica has another certificate, for its key or for a new one; both keys hold until the new one is used.
    fn renew(
        &mut self,
        replica: &Replica,
        key: PublicKey,
        certificate: Vec<u8>,
        author: &Author,
    ) -> impl Answer<()>;
    /// A replica that this hub gave a certificate shows this key. If it is active, its earlier keys are done with. A key
    /// that is not listed is taken in again, unless a person put its replica out: this hub was restored from before it
    /// gave the certificate. Gives how the key, and before it the replica, stands.
    fn key_used(
        &mut self,
        replica: &Replica,
        key: PublicKey,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(Standing, Effects)>;
    /// Whose key it is, and how it stands.
    fn known_key(&self, key: &PublicKey) -> impl Answer<Option<KnownKey>>;
    /// Every key that a replica ever had.
    fn keys_of(&self, replica: &Replica) -> impl Answer<Vec<KnownKey>>;
    /// How a replica stands by a person's ruling; `None`: it never enrolled here.
    fn standing(&self, replica: &Replica) -> impl Answer<Option<Standing>>;
    /// A person rules how a replica stands from now on. It is kept outside the store as well, see [`revocations`], before
    /// this answers. `reason` is for the trail.
    ///
    /// [`revocations`]: crate::revocations
    fn rule(
        &mut self,
        replica: &Replica,
        ruling: Ruling,
        reason: &str,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(Standing, Effects)>;
    /// The store was restored: what was ruled since is ruled again. Gives how many replicas stand otherwise than before.
    fn apply_revocations(
        &mut self,
        kept: &[Revocation],
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(usize, Effects)>;
    /// What a replica told of itself.
    fn heard_of(&mut self, replica: &Replica, contact: &Contact, now: DateTime<Utc>) -> impl Answer<()>;
    /// All children with how they stand.
    fn fleet(&self) -> impl Answer<Vec<FleetRow>>;
    /// The parent's row, as the fleet shows children.
    fn parent_row(&self) -> impl Answer<Option<FleetRow>>;

    // Links.

    /// Answers what links ask, all in one transaction. Batches of one group are added up together and written once.
    fn apply(&mut self, group: &[Asked], moment: Moment) -> impl Answer<Applied>;
    /// What this hub says of itself when it dials the hub above; `None` without one.
    fn dialling(&self) -> impl Answer<Option<dialer::Standing>>;
    /// The keys of a sender that were refused and would be judged otherwise now. Each is given once a territory.
    fn ask_again(&mut self, sender: &Replica) -> impl Answer<Vec<ItemKey>>;
    /// Everything that is refused at present, here or there.
    fn refused(&self) -> impl Answer<Vec<RefusedRow>>;
    /// Keys from before a sender's restore that were not sent again.
    fn put_aside(&self) -> impl Answer<Vec<(Replica, ItemKey)>>;
    /// What restores, here and at other ends, left to be seen to.
    fn left_behind(&self) -> impl Answer<LeftBehind>;
    /// A person says that a month of a child, or every one, is right as it is, though more of it was known. Gives how many.
    fn settle_missing(
        &mut self,
        child: &Replica,
        month: Option<Month>,
        author: &Author,
        moment: Moment,
    ) -> impl Answer<(u64, Effects)>;
    /// Processes that were replaced keep coming back: two stores speak as this end. Shown, and both kept out, until one of
    /// them is enrolled anew.
    fn fork_found(&mut self, end: &Replica, moment: Moment) -> impl Answer<Effects>;

    // What is shown.

    /// The unit and `depth` levels below it, as they stand on `today`: the period's flows, and the stocks of its last
    /// month, or of the current one if the period still runs.
    fn figures(
        &self,
        unit: &UnitId,
        depth: usize,
        period: Period,
        today: NaiveDate,
    ) -> impl Answer<Vec<UnitFigures>>;
    /// The last entries of the trail, oldest first.
    fn audit(&self, last: u32) -> impl Answer<Vec<AuditEntry>>;
    /// Writes an entry of the trail for something done outside the store.
    fn record(&mut self, author: &Author, act: &str, subject: &str, detail: &str) -> impl Answer<()>;
    /// The ends of a unit's audit chains as they came, of all units' without one.
    fn anchors(&self, unit: Option<&UnitId>) -> impl Answer<Vec<AnchorRow>>;
    /// What this level holds of a unit and period, to prove figures from and to hand to another office.
    fn holdings(&self, extent: &Extent, now: DateTime<Utc>) -> impl Answer<Level>;
    /// Counts everything afresh from the signed items, and names the first thing that does not fit. `step` is called
    /// for each thing checked.
    fn verify(&self, step: &mut dyn FnMut()) -> impl Answer<Verified>;
}
