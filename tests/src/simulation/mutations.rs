//! One fault of our own for each invariant: a tree that has it must be found out. They are triggers that a simulation puts
//! into the stores of its machines, so the programs that ship have no switch for them.

use anyhow::{Context, Result};
use rusqlite::Connection;
use std::path::Path;

/// A way to break an invariant on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// *Whole*: now and then a hub's sum does not move.
    LosesUpdates,
    /// *Whole*, *liveness*: a hub forgets to queue some of what it has to tell upward.
    ForgetsToTell,
    /// *Durable*: a machine that dies had acknowledged what was not on its disk.
    ForgetfulDisk,
    /// *Idempotent*: what is sent again in a new life counts again.
    CountsAgain,
    /// *Bounded authority*: an office is not told what its hub refused.
    TellsNobody,
    /// *Clock-free*: a hub hears nobody whose clock, or its own, reads earlier than it did before.
    OrdersByClock,
    /// *Mixed versions*: what a newer program sends is dropped.
    DropsUnknown,
    /// *Provable*: some signatures are not kept.
    LosesProof,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::LosesUpdates,
        Self::ForgetsToTell,
        Self::ForgetfulDisk,
        Self::CountsAgain,
        Self::TellsNobody,
        Self::OrdersByClock,
        Self::DropsUnknown,
        Self::LosesProof,
    ];

    /// What the store of a hub does of itself.
    fn at_a_hub(self) -> Option<&'static str> {
        Some(match self {
            Self::LosesUpdates => {
                "CREATE TRIGGER mutation AFTER UPDATE ON rollup WHEN NEW.month % 3 = 0
                 BEGIN UPDATE rollup SET flows = OLD.flows WHERE id = NEW.id; END;"
            }
            Self::ForgetsToTell => {
                "CREATE TRIGGER mutation BEFORE INSERT ON outgoing WHEN NEW.kind = 1 AND NEW.mark % 4 = 0
                 BEGIN SELECT RAISE(IGNORE); END;"
            }
            Self::CountsAgain => {
                "CREATE TRIGGER mutation AFTER INSERT ON position WHEN NEW.ordinal > 1
                 BEGIN DELETE FROM item WHERE replica = NEW.replica; END;"
            }
            Self::OrdersByClock => {
                "CREATE TABLE mutation (replica INTEGER PRIMARY KEY, latest INTEGER NOT NULL);
                 CREATE TRIGGER mutation_clock BEFORE UPDATE OF skew_seconds ON replica
                 WHEN NEW.last_contact IS NOT NULL
                 BEGIN
                     SELECT RAISE(ABORT, 'its clock went backward')
                       FROM mutation
                      WHERE replica = NEW.id
                        AND unixepoch(NEW.last_contact) + NEW.skew_seconds < latest - 7200;
                     INSERT INTO mutation VALUES (NEW.id, unixepoch(NEW.last_contact) + NEW.skew_seconds)
                     ON CONFLICT (replica) DO UPDATE SET latest = max(latest, excluded.latest);
                 END;
                 CREATE TRIGGER mutation_own_clock BEFORE UPDATE OF last_contact ON replica
                 WHEN unixepoch(NEW.last_contact) < unixepoch(OLD.last_contact) - 7200
                 BEGIN SELECT RAISE(ABORT, 'our clock went backward'); END;"
            }
            Self::DropsUnknown => {
                "CREATE TRIGGER mutation BEFORE INSERT ON item WHEN NEW.kind > 9
                 BEGIN SELECT RAISE(IGNORE); END;"
            }
            Self::LosesProof => {
                "CREATE TRIGGER mutation AFTER INSERT ON batch WHEN NEW.id % 3 = 0
                 BEGIN UPDATE batch SET signature = zeroblob(64) WHERE id = NEW.id; END;"
            }
            Self::ForgetfulDisk | Self::TellsNobody => return None,
        })
    }

    /// What the store of a node does of itself.
    fn at_a_node(self) -> Option<&'static str> {
        match self {
            Self::TellsNobody => {
                Some("CREATE TRIGGER mutation BEFORE INSERT ON refused_row BEGIN SELECT RAISE(IGNORE); END;")
            }
            _ => None,
        }
    }

    /// Puts it into a hub's store that nobody has opened.
    ///
    /// # Errors
    /// The store is not as this file knows it.
    pub fn into_hub(self, store: &Path) -> Result<()> {
        put(self.at_a_hub(), store)
    }

    /// Puts it into a node's store that nobody has opened.
    ///
    /// # Errors
    /// The store is not as this file knows it.
    pub fn into_node(self, store: &Path) -> Result<()> {
        put(self.at_a_node(), store)
    }
}

fn put(sql: Option<&str>, store: &Path) -> Result<()> {
    let Some(sql) = sql else { return Ok(()) };
    Connection::open(store)?.execute_batch(sql).with_context(|| store.display().to_string())
}
