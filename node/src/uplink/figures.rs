//! The office's figures as rows to be sent: computed from the records, written only where their bytes changed.

use crate::store::{self, Store, StoreFault, uplink};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use zhuji_protocol::month::Month;
use zhuji_protocol::reporting::{OwnReport, Reporting};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::item::ItemKey;
use zhuji_protocol::wire::kinds;
use zhuji_protocol::wire::payload::{PayloadFault, ReportingV1, SummaryV1};
use zhuji_protocol::wire::subkey::{self, Scope};

/// The version of summaries and reporting that this program writes.
const VERSION: u16 = 1;

/// Brings the rows to be sent up to date with the records. If any changed, `then` does what follows from it in the same
/// transaction, and its answer is given.
///
/// # Errors
/// When the store cannot be read or written.
pub fn refresh<T>(
    store: &mut Store,
    today: NaiveDate,
    then: impl FnOnce(&rusqlite::Connection) -> Result<T, StoreFault>,
) -> Result<Option<T>, StoreFault> {
    let unit = store.office()?.unit;
    let (rows, known) =
        store.reading(|db| Ok((rows(db, today)?, uplink::keys_of_kind(db, kinds::item::SUMMARY)?)))?;
    store.writing(|db| {
        let mut changed = false;
        let computed: BTreeSet<&ItemKey> = rows.iter().map(|(key, _)| key).collect();
        for key in known.iter().filter(|key| !computed.contains(key)) {
            // A month that has nothing any more: its zero must travel, or the old figure stays upstream.
            let zero = SummaryV1::encode(&Summary::default(), None).map_err(unencodable)?;
            changed |= uplink::put(db, key, VERSION, &zero)?;
        }
        for (key, body) in &rows {
            changed |= uplink::put(db, key, VERSION, body)?;
        }
        changed |= uplink::put_anchor(db, &unit)?;
        if changed { then(db).map(Some) } else { Ok(None) }
    })
}

type Rows = Vec<(ItemKey, Vec<u8>)>;

fn rows(db: &rusqlite::Connection, today: NaiveDate) -> Result<Rows, StoreFault> {
    let calendar = store::directory::calendar(db)?;
    let office = store::judging::office(db, &calendar)?;
    let facts = store::facts_of(db)?;
    let standing = uplink::standing(db)?;
    let first = standing.from_month.and_then(Month::from_number);
    let mut rows = Rows::new();
    for (month, summary) in office.summaries(&calendar, &facts, today) {
        if first.is_some_and(|first| month < first) {
            continue;
        }
        // The month in which the office came under this hub has days of before, judged by policies that only the hub of
        // then knows: without their keys it is taken, with them it would be refused whole.
        let summary = if first == Some(month) {
            summary.reduced(&known_on_last_day(db, &office.unit, month)?)
        } else {
            summary
        };
        let key = summary_key(&office.unit, month);
        rows.push((key, SummaryV1::encode(&summary, None).map_err(unencodable)?));
    }
    let reporting = Reporting::heard(today, office.policy_on(today).is_some());
    // In whole minutes: a reading that trembles by a second is no news.
    let skew_seconds = standing.skew_seconds.map_or(0, |skew| skew - skew % 60);
    let own = OwnReport { program: program_version(), skew_seconds };
    let key = ItemKey {
        kind: kinds::item::REPORTING,
        unit: office.unit.clone(),
        subkey: subkey::reporting(Scope::Own),
    };
    rows.push((key, ReportingV1::encode(&reporting, Some(own), None).map_err(unencodable)?));
    Ok(rows)
}

/// Whether a policy is assigned to the office, or to a unit that is above it on the month's last day.
fn known_on_last_day(
    db: &rusqlite::Connection,
    unit: &UnitId,
    month: Month,
) -> Result<impl Fn(&str) -> bool, StoreFault> {
    let chain: BTreeSet<UnitId> = store::directory::read(db)?.chain_in(unit, month).into_iter().collect();
    let assignments = store::assignment::all(db)?;
    Ok(move |policy: &str| assignments.names(policy, &chain))
}

fn summary_key(unit: &UnitId, month: Month) -> ItemKey {
    let subkey = subkey::summary(month.number(), Scope::Own);
    ItemKey { kind: kinds::item::SUMMARY, unit: unit.clone(), subkey }
}

/// Major, minor and patch number of this program.
fn program_version() -> [u16; 3] {
    let mut numbers = env!("CARGO_PKG_VERSION").split('.').map(|part| part.parse().unwrap_or(0));
    [0; 3].map(|_: u16| numbers.next().unwrap_or(0))
}

fn unencodable(fault: PayloadFault) -> StoreFault {
    StoreFault::Io(std::io::Error::other(fault))
}
