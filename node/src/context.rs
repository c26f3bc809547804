//! What a command is run with: the user's language, the store asked for, who acts, and today.

use crate::store::{Author, Store, StoreFault, uplink};
use chrono::{DateTime, NaiveDate, Utc};
use std::path::{Path, PathBuf};
use std::time::Instant;
use zhuji_protocol::console::{self, Failure, civil_date};
use zhuji_protocol::link::clock::corrected;
use zhuji_protocol::texts::{Language, Told};

/// What a command is run with.
#[derive(Clone, Debug)]
pub struct Context {
    /// The user's language.
    pub language: Language,
    /// The store's file, if one was named.
    pub store: Option<PathBuf>,
    /// Who acts, if somebody gave a name.
    pub operator: Option<String>,
    /// Today, if it was given instead of being read from the clock.
    pub today: Option<NaiveDate>,
    /// The clock.
    pub clock: Clock,
}

/// The machine's clock, or one that was set otherwise for a rehearsal and runs on from there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    set: Option<(DateTime<Utc>, Instant)>,
}

impl Clock {
    /// One that says `begins` now.
    #[must_use]
    pub fn set_to(begins: DateTime<Utc>) -> Self {
        Self { set: Some((begins, Instant::now())) }
    }

    /// What it says.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self.set {
            Some((begins, at)) => begins + at.elapsed(),
            None => Utc::now(),
        }
    }
}

impl Context {
    /// The store's file.
    ///
    /// # Errors
    /// When none was named.
    pub fn store_path(&self) -> Result<&Path, Failure> {
        self.store.as_deref().ok_or_else(|| Failure::told(NoStoreNamed))
    }

    /// Today at UTC+8, whatever the machine's zone (design, section 4).
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.today.unwrap_or_else(|| civil_date(self.now()))
    }

    /// Today, as far as the office knows how wrong its clock is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn today_in(&self, store: &Store) -> Result<NaiveDate, StoreFault> {
        let now = self.now_in(store)?;
        Ok(self.today.unwrap_or_else(|| civil_date(now)))
    }

    /// The instant, as the machine's clock has it; never for order.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The instant, for the audit trail, as far as the office knows how wrong its clock is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn now_in(&self, store: &Store) -> Result<DateTime<Utc>, StoreFault> {
        Ok(corrected(self.now(), uplink::standing(store.db())?.heard()))
    }

    /// Who acts: the name given, else the user of the operating system.
    #[must_use]
    pub fn who(&self) -> String {
        match &self.operator {
            Some(name) if !name.trim().is_empty() => name.trim().to_owned(),
            _ => console::system_user(),
        }
    }

    /// Who acts, and when, for the audit trail.
    #[must_use]
    pub fn author(&self) -> Author {
        Author { who: self.who(), at: self.now() }
    }
}

#[derive(Debug)]
struct NoStoreNamed;

impl Told for NoStoreNamed {
    fn key(&self) -> &'static str {
        "store-not-named"
    }
}
