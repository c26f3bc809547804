//! What an arriving item is, and whether it is taken: pure, so that every database judges alike.

use super::territory::{Elsewhere, Series, Territory};
use chrono::NaiveDate;
use zhuji_protocol::assignment::Assignment;
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{KeyId, PublicKey, Replica, Role};
use zhuji_protocol::month::Month;
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::summary::{Scale, Summary, SummaryFault};
use zhuji_protocol::wire::ack::Refusal;
use zhuji_protocol::wire::codec::decode;
use zhuji_protocol::wire::item::Item;
use zhuji_protocol::wire::payload::{
    AnchorV1, AsideV1, AssignmentV1, CalendarV1, DirectoryEntryV1, PolicyV1, ReportingV1, SummaryV1,
};
use zhuji_protocol::wire::published::{PublishedV1, VouchedKeyV1};
use zhuji_protocol::wire::subkey::Scope;
use zhuji_protocol::wire::{kinds, subkey};

/// An item that may be taken, read.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is its structure's")]
pub enum Taken {
    Summary {
        series: Series,
        month: Month,
        summary: Summary,
    },
    Reporting {
        series: Series,
        reporting: Reporting,
    },
    Entry(Entry),
    Policy {
        policy: PolicyV1,
    },
    Assignment(Assignment),
    Calendar {
        year: u16,
        csv: String,
    },
    VouchedKey(VouchedKeyV1),
    /// The end of the sender's own audit chain.
    Anchor(AnchorV1),
    /// From above: of this hub's own rows, as the hub above put it aside; `None`: it no longer is. From below: what the
    /// child's operator confirms to be right as it is, though this was known.
    Aside {
        last_known: Option<Summary>,
    },
    /// Kept as it is, and of no effect here: an anchor that a hub in between did not know and passed on.
    Kept,
    /// From a newer program: kept, and passed on.
    Unread,
}

/// Why an item is not taken, with the key, month or unit that it is about.
pub type NotTaken = (Refusal, String);

fn not(reason: Refusal) -> NotTaken {
    (reason, String::new())
}

/// The only version of every structure of today.
pub const V1: u16 = 1;

/// Judges an item that a child sent.
///
/// # Errors
/// It is not taken: why.
pub fn from_child(
    territory: &Territory,
    sender: &Replica,
    item: &Item,
    today: NaiveDate,
) -> Result<Taken, NotTaken> {
    match item.key().kind {
        // Items are encoded in the version agreed at hello; a structure that cannot be added up is not kept instead
        // of one that can.
        kinds::item::SUMMARY | kinds::item::REPORTING if item.version() != V1 => Err(not(Refusal::Malformed)),
        kinds::item::SUMMARY => summary(territory, sender, item),
        kinds::item::REPORTING => reporting(territory, sender, item, today),
        kinds::item::DIRECTORY_ENTRY
        | kinds::item::POLICY
        | kinds::item::ASSIGNMENT
        | kinds::item::CALENDAR
        | kinds::item::VOUCHED_KEY => Err(not(Refusal::WrongDirection)),
        kinds::item::ASIDE => confirmation(sender, item),
        kinds::item::ANCHOR if item.version() == V1 => anchor(territory, sender, item),
        _ => unread(territory, sender, item),
    }
}

fn summary(territory: &Territory, sender: &Replica, item: &Item) -> Result<Taken, NotTaken> {
    let unit = &item.key().unit;
    let (number, scope) = subkey::read_summary(&item.key().subkey).ok_or_else(|| not(Refusal::Malformed))?;
    let month = Month::from_number(number).ok_or_else(|| not(Refusal::Malformed))?;
    let series = Series { sender: sender.clone(), unit: unit.clone(), scope };
    territory.takes(&series, month).map_err(|elsewhere| match elsewhere {
        Elsewhere::UnknownUnit => (Refusal::UnknownUnit, unit.to_string()),
        Elsewhere::Never => (Refusal::NotYours, unit.to_string()),
        Elsewhere::NotInThisMonth => (Refusal::MonthNotYours, month.to_string()),
    })?;
    let (summary, made_of) = SummaryV1::decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
    if made_of.is_some() != (sender.role == Role::Hub) {
        return Err(not(Refusal::Malformed));
    }
    let scale = match scope {
        Scope::Own => Scale::Office,
        Scope::Subtree => Scale::Subtree,
    };
    summary.check(scale, &territory.policies_of(unit)).map_err(refusal_of)?;
    Ok(Taken::Summary { series, month, summary })
}

fn refusal_of(fault: SummaryFault) -> NotTaken {
    match fault {
        SummaryFault::Absurd { .. } | SummaryFault::Negative | SummaryFault::TooManyKeys { .. } => {
            not(Refusal::BeyondLimit)
        }
        // The policy and the rule were words of the sender's; only those of a known policy are repeated.
        SummaryFault::UnknownPolicy { .. } => not(Refusal::UnknownRule),
        SummaryFault::UnknownRule { policy, .. } => (Refusal::UnknownRule, policy),
        SummaryFault::UnknownKey { policy, .. } => (Refusal::UnknownKey, policy),
        SummaryFault::Misplaced => not(Refusal::Malformed),
    }
}

fn reporting(
    territory: &Territory,
    sender: &Replica,
    item: &Item,
    today: NaiveDate,
) -> Result<Taken, NotTaken> {
    let unit = &item.key().unit;
    let scope = subkey::read_reporting(&item.key().subkey).ok_or_else(|| not(Refusal::Malformed))?;
    let series = Series { sender: sender.clone(), unit: unit.clone(), scope };
    if territory.directory.get(unit).is_none() {
        return Err((Refusal::UnknownUnit, unit.to_string()));
    }
    if !territory.may_send(&series, &territory.chain_on(unit, today)) {
        return Err((Refusal::NotYours, unit.to_string()));
    }
    let (reporting, _, made_of) = ReportingV1::decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
    if made_of.is_some() != (sender.role == Role::Hub) {
        return Err(not(Refusal::Malformed));
    }
    if let Some(as_of) = reporting.as_of.keys().find(|as_of| Territory::is_from_the_future(**as_of, today)) {
        return Err((Refusal::FromTheFuture, as_of.to_string()));
    }
    Ok(Taken::Reporting { series, reporting })
}

/// Only an office confirms its own months: it entered them.
fn confirmation(sender: &Replica, item: &Item) -> Result<Taken, NotTaken> {
    if sender.role != Role::Node || item.key().unit != sender.unit {
        return Err((Refusal::NotYours, item.key().unit.to_string()));
    }
    subkey::read_aside(&item.key().subkey).ok_or_else(|| not(Refusal::Malformed))?;
    let last_known = AsideV1::decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
    Ok(Taken::Aside { last_known })
}

/// The sender's own chain is anchored here. Another's, which a hub in between passed on because it did not know the
/// kind, is kept as any unknown item is, and taken for nobody's: that hub signed it, not the one whose chain it is of.
fn anchor(territory: &Territory, sender: &Replica, item: &Item) -> Result<Taken, NotTaken> {
    let role = subkey::read_anchor(&item.key().subkey).ok_or_else(|| not(Refusal::Malformed))?;
    let anchor = AnchorV1::decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
    if item.key().unit == sender.unit && role == sender.role {
        return Ok(Taken::Anchor(anchor));
    }
    unread(territory, sender, item).map(|_| Taken::Kept)
}

/// What this program cannot read is kept if the sender may speak of the unit at all.
fn unread(territory: &Territory, sender: &Replica, item: &Item) -> Result<Taken, NotTaken> {
    let unit = &item.key().unit;
    let is_theirs = match sender.role {
        Role::Node => *unit == sender.unit,
        Role::Hub => territory.directory.ever_covers(&sender.unit, unit),
    };
    if is_theirs { Ok(Taken::Unread) } else { Err((Refusal::NotYours, unit.to_string())) }
}

/// Judges an item that the hub above sent. `writers` gives the key with an id, if it is the parent's or vouched for.
///
/// # Errors
/// It is not taken: why.
pub fn from_parent(
    sender: &Replica,
    item: &Item,
    writers: &impl Fn(&KeyId) -> Option<(Replica, PublicKey)>,
) -> Result<Taken, NotTaken> {
    let kind = item.key().kind;
    if kind == kinds::item::VOUCHED_KEY {
        let vouched: VouchedKeyV1 = decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
        let fits = vouched.replica.role == Role::Hub
            && subkey::vouched_key(vouched.key.id()) == item.key().subkey
            && vouched.replica.unit == item.key().unit;
        return if fits { Ok(Taken::VouchedKey(vouched)) } else { Err(not(Refusal::Malformed)) };
    }
    if kind == kinds::item::ASIDE && item.version() == V1 {
        let last_known = AsideV1::decode(item.body()).map_err(|_| not(Refusal::Malformed))?;
        let named = subkey::read_aside(&item.key().subkey).is_some();
        return if named { Ok(Taken::Aside { last_known }) } else { Err(not(Refusal::Malformed)) };
    }
    if matches!(kind, kinds::item::SUMMARY | kinds::item::REPORTING | kinds::item::ANCHOR) {
        return Err(not(Refusal::WrongDirection));
    }
    let proof = PublishedV1::read(item).map_err(|_| not(Refusal::Malformed))?;
    let bad = || (Refusal::BadProof, proof.writer.to_string());
    let (writer, key) = writers(&proof.key).ok_or_else(bad)?;
    let is_writer = writer.role == Role::Hub && writer.unit == proof.writer && sender.role == Role::Hub;
    if !is_writer || !proof.holds(item.key(), item.version(), &key) {
        return Err(bad());
    }
    if item.version() != V1 {
        return Ok(Taken::Unread);
    }
    payload(item, &proof).ok_or_else(|| not(Refusal::Malformed))
}

/// What a published item says, where it says it of the key that it stands under.
#[must_use]
pub fn payload(item: &Item, proof: &PublishedV1) -> Option<Taken> {
    let key = item.key();
    match key.kind {
        kinds::item::DIRECTORY_ENTRY => {
            let entry = DirectoryEntryV1::decode(&proof.payload).ok()?;
            (entry.id == key.unit).then_some(Taken::Entry(entry))
        }
        kinds::item::POLICY => {
            let policy = PolicyV1::decode(&proof.payload).ok()?;
            let named = subkey::read_policy(&key.subkey) == Some((policy.policy.as_str(), policy.number));
            named.then_some(Taken::Policy { policy })
        }
        kinds::item::ASSIGNMENT => {
            let assignment = AssignmentV1::decode(&proof.payload).ok()?;
            let named = assignment.unit == key.unit
                && subkey::read_assignment(&key.subkey) == Some(assignment.serial);
            named.then_some(Taken::Assignment(assignment))
        }
        kinds::item::CALENDAR => {
            let year = subkey::read_calendar(&key.subkey)?;
            let calendar = CalendarV1::decode(&proof.payload).ok()?;
            Some(Taken::Calendar { year, csv: calendar.csv })
        }
        _ => Some(Taken::Unread),
    }
}

/// Whether an item refused for this reason could be taken after a change of directory, policies or assignments.
#[must_use]
pub fn may_be_asked_again(reason: Refusal) -> bool {
    matches!(
        reason,
        Refusal::NotYours
            | Refusal::MonthNotYours
            | Refusal::UnknownUnit
            | Refusal::UnknownRule
            | Refusal::UnknownKey
            | Refusal::AwaitsMapping
            | Refusal::BadProof
    )
}
