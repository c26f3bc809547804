//! A change: records written and their audit entries, all of it or nothing.

use super::record::{Act, Kind, Record};
use super::{StoreFault, audit};
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, named_params};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Who acts, and when: data for the trail, never order.
#[derive(Clone, Debug)]
pub struct Author {
    /// The operator's name, or the user of the operating system.
    pub who: String,
    /// The instant.
    pub at: DateTime<Utc>,
}

/// What writing a record did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was new.
    Added,
    /// These fields changed.
    Changed(Vec<&'static str>),
    /// Nothing: it stood there as it is.
    Same,
}

/// An open transaction. Dropped without [`commit`](Change::commit) it never happened.
#[derive(Debug)]
pub struct Change<'a> {
    transaction: Transaction<'a>,
    who: String,
    at: String,
}

impl<'a> Change<'a> {
    pub(super) fn begin(db: &'a mut Connection, author: &Author) -> Result<Self, StoreFault> {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Self {
            transaction,
            who: author.who.clone(),
            at: author.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        })
    }

    /// Writes a record under its id, with an audit entry that names what changed.
    ///
    /// # Errors
    /// When the store refuses it.
    pub fn put<R: Record>(&self, act: Act, record: &R) -> Result<Effect, StoreFault> {
        let before = R::find(self, record.id())?;
        if before.as_ref() == Some(record) {
            return Ok(Effect::Same);
        }
        let old: BTreeMap<&'static str, String> =
            before.as_ref().map(|before| before.fields().into_iter().collect()).unwrap_or_default();
        let changed: Vec<(&'static str, String)> = record
            .fields()
            .into_iter()
            .filter(|(name, value)| old.get(name).map_or("", String::as_str) != value)
            .collect();
        record.write(self)?;
        let names: Vec<&'static str> = changed.iter().map(|(name, _)| *name).collect();
        self.enter(act, R::KIND, record.id(), &changed, &old)?;
        Ok(if before.is_some() { Effect::Changed(names) } else { Effect::Added })
    }

    /// Takes a record out. What stood in it remains in the history until that is erased.
    ///
    /// # Errors
    /// When something still refers to it.
    pub fn remove<R: Record>(&self, record: &R, reason: &str) -> Result<(), StoreFault> {
        record.delete(self).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => {
                StoreFault::StillReferredTo { id: record.id().to_owned() }
            }
            _ => StoreFault::from(error),
        })?;
        let old: BTreeMap<&'static str, String> = record.fields().into_iter().collect();
        let mut emptied: Vec<(&'static str, String)> = record
            .fields()
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, _)| (name, String::new()))
            .collect();
        emptied.push((audit::WHY, reason.to_owned()));
        self.enter(Act::Remove, R::KIND, record.id(), &emptied, &old)
    }

    /// An audit entry for a change that was made otherwise: settings, policies, the link.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn enter(
        &self,
        act: Act,
        kind: Kind,
        record: &str,
        changed: &[(&'static str, String)],
        old: &BTreeMap<&'static str, String>,
    ) -> Result<(), StoreFault> {
        let subject =
            audit::Subject { at: &self.at, who: &self.who, act: act.word(), kind: kind.word(), record };
        audit::append(self, &subject, changed, old)
    }

    /// An id for a new record: the kind's letter and the next number that is free.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn next_id(&self, kind: Kind) -> Result<String, StoreFault> {
        loop {
            let id = format!("{}{}", kind.prefix(), self.next_serial(kind.word())?);
            // The table's name comes from our own list of kinds.
            let taken: bool = self
                .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM {} WHERE id = :id)", kind.table()))?
                .query_row(named_params! { ":id": id }, |row| row.get(0))?;
            if !taken {
                return Ok(id);
            }
            self.skip_numbers_of_files(kind)?;
        }
    }

    /// An imported folder brought ids of our own pattern: go on after the highest of them.
    fn skip_numbers_of_files(&self, kind: Kind) -> Result<(), StoreFault> {
        let highest: Option<u32> = self
            .prepare_cached(&format!(
                // Longer numbers are an office's own numbering, not ours to continue.
                "SELECT max(CAST(substr(id, 2) AS INTEGER)) FROM {} WHERE id GLOB :pattern AND length(id) <= 9",
                kind.table()
            ))?
            .query_row(named_params! { ":pattern": format!("{}[0-9]*", kind.prefix()) }, |row| row.get(0))?;
        self.prepare_cached("UPDATE serial SET next = max(next, :next) WHERE kind = :series")?
            .execute(named_params! { ":next": highest.unwrap_or(0) + 1, ":series": kind.word() })?;
        Ok(())
    }

    /// The next number of a series; none is given twice.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn next_serial(&self, series: &str) -> Result<u32, StoreFault> {
        Ok(self
            .prepare_cached(
                "INSERT INTO serial (kind, next) VALUES (:series, 2)
                 ON CONFLICT (kind) DO UPDATE SET next = next + 1
                 RETURNING next - 1",
            )?
            .query_row(named_params! { ":series": series }, |row| row.get(0))?)
    }

    /// Makes it last. After this returns it is on the disk.
    ///
    /// # Errors
    /// When the disk is full or failed; then nothing happened.
    pub fn commit(self) -> Result<(), StoreFault> {
        Ok(self.transaction.commit()?)
    }
}

impl Deref for Change<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}
