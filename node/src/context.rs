//! What a command is run with: the user's language, the store asked for, who acts, and today.

use crate::store::Author;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::{Path, PathBuf};
use zhuji_protocol::console::{self, Failure, civil_date};
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

    /// The instant, for the audit trail; never for order.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
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
