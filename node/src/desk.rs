//! The desk at which a command works: the open store, the office, the policy whose words are in use, and today.

use crate::context::Context;
use crate::store::{Author, Change, Office, Store, StoreFault, directory, judging};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_protocol::console::Failure;
use zhuji_protocol::policy::{Policy, Vocabulary};
use zhuji_protocol::texts::{Language, Told};

/// An open store with what typed words are held against.
#[derive(Debug)]
pub struct Desk {
    /// The store.
    pub store: Store,
    /// The office whose store it is.
    pub office: Office,
    /// The policy in force today, if there is one.
    pub policy: Option<Policy>,
    /// Today.
    pub today: NaiveDate,
    /// The user's language.
    pub language: Language,
    author: Author,
    no_words: Vocabulary,
}

impl Desk {
    /// Opens the store that the user named.
    ///
    /// # Errors
    /// When none was named or it cannot be opened.
    pub fn open(context: &Context) -> Result<Self, Failure> {
        let store = Store::open(context.store_path()?)?;
        let office = store.office()?;
        let calendar = directory::calendar(store.db())?;
        let today = context.today_in(&store)?;
        let author = Author { who: context.who(), at: context.now_in(&store)? };
        let policy =
            judging::office(store.db(), &calendar)?.policy_on(today).map(|(_, policy)| policy.clone());
        Ok(Self {
            store,
            office,
            policy,
            today,
            language: context.language,
            author,
            no_words: Vocabulary::default(),
        })
    }

    /// The words in use: the policy's, or none.
    #[must_use]
    pub fn words(&self) -> &Vocabulary {
        self.policy.as_ref().map_or(&self.no_words, |policy| &policy.vocabulary)
    }

    /// Does something to the store, all of it or nothing.
    ///
    /// # Errors
    /// When the store cannot be written, or as `act` does.
    pub fn change<T>(
        &mut self,
        act: impl FnOnce(&Change<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let change = self.store.change(&self.author)?;
        let done = act(&change)?;
        change.commit()?;
        Ok(done)
    }

    /// Finds out what an act would do: it is done, and then never happened.
    ///
    /// # Errors
    /// When the store cannot be written, or as `act` does.
    pub fn rehearse<T>(
        &mut self,
        act: impl FnOnce(&Change<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        act(&self.store.change(&self.author)?)
    }

    /// The names of leaders, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn leader_names(&self) -> Result<BTreeMap<String, String>, StoreFault> {
        let leaders = crate::store::leader::all(self.store.db())?;
        Ok(leaders.into_iter().map(|leader| (leader.id, leader.name)).collect())
    }

    /// The names of talents, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn talent_names(&self) -> Result<BTreeMap<String, String>, StoreFault> {
        let talents = crate::store::talent::all(self.store.db())?;
        Ok(talents.into_iter().map(|talent| (talent.id, talent.name)).collect())
    }

    /// The names of the units that are known here, by code.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unit_names(&self) -> Result<BTreeMap<String, String>, StoreFault> {
        crate::store::unit::names(self.store.db(), self.today)
    }

    /// Tells something on standard output.
    pub fn say(&self, told: &impl Told) {
        println!("{}", told.tell(self.language));
    }

    /// Warns on standard error.
    pub fn warn(&self, told: &impl Told) {
        eprintln!("{}", told.tell(self.language));
    }
}
