//! What a command is run with: the user's language, the store asked for, today, and randomness.

use crate::administration::{self, Desk, Reply, Request, perform};
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, Moment, StoreFault};
use chrono::{DateTime, NaiveDate, Utc};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zhuji_protocol::console::{self, Failure, civil_date};
use zhuji_protocol::texts::{Language, Told};
use zhuji_protocol::transport;

/// What a command is run with.
#[derive(Clone, Debug)]
pub struct Context {
    /// The user's language.
    pub language: Language,
    /// The store's file, if one was named.
    pub store: Option<PathBuf>,
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
        civil_date(self.now())
    }

    /// The instant; never for order. On a rehearsed day it is that day's noon at UTC+8.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self.today.and_then(|day| day.and_hms_opt(4, 0, 0)) {
            Some(noon) => noon.and_utc(),
            None => Utc::now(),
        }
    }

    /// The moment, with fresh randomness.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { now: self.now(), seed: self.random() }
    }

    /// Fresh random bytes of the system.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        transport::random_bytes()
    }

    /// A fresh serial number for a certificate.
    #[must_use]
    pub fn serial(&self) -> [u8; 16] {
        self.random()
    }

    /// Who acts: the user of the operating system.
    #[must_use]
    pub fn who(&self) -> String {
        console::system_user()
    }

    /// Has a writing command performed: by the hub that runs on the store, else here.
    ///
    /// # Errors
    /// It was refused; nothing was changed.
    pub fn act(&self, request: &Request) -> Result<(), Failure> {
        self.ask(request).and_then(|reply| self.shown(reply))
    }

    /// Prints what the command is told.
    ///
    /// # Errors
    /// It was refused.
    pub fn shown(&self, reply: Reply) -> Result<(), Failure> {
        match reply {
            Reply::Refused(lines) => return Err(Failure::Lines(lines)),
            Reply::Done(lines) => lines.iter().for_each(|line| println!("{line}")),
            Reply::Key(_) => {}
        }
        Ok(())
    }

    /// The same, and prints nothing.
    ///
    /// # Errors
    /// It was refused; nothing was changed.
    pub fn ask(&self, request: &Request) -> Result<Reply, Failure> {
        match self.performed(request)? {
            Reply::Refused(lines) => Err(Failure::Lines(lines)),
            reply => Ok(reply),
        }
    }
}

impl Context {
    /// The hub that runs is asked first. One that is just starting owns the store before it listens, so the owner is
    /// given a moment.
    fn performed(&self, request: &Request) -> Result<Reply, Failure> {
        let path = self.store_path()?;
        let begun = Instant::now();
        loop {
            if let Some(reply) = administration::send(path, self.language, &self.who(), request)? {
                return Ok(reply);
            }
            match SqliteStore::open(path) {
                Err(StoreFault::Owned(_)) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
                opened => {
                    let mut store = opened?;
                    let author = Author { who: self.who(), at: self.now() };
                    let desk = Desk { language: self.language, author, moment: self.moment() };
                    return Ok(crate::ready(async {
                        Ok(perform(&mut store, request.clone(), &desk).await.0)
                    })?);
                }
            }
        }
    }
}

/// How long a command waits for whoever owns the store to listen, or to be done.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Debug)]
struct NoStoreNamed;

impl Told for NoStoreNamed {
    fn key(&self) -> &'static str {
        "store-not-named"
    }
}
